/**
 * Who can act as whom within an account: by a role's trust, by passing a role to what runs as it, by changing what runs as it,
 * by issuing a user's credentials, and by changing policies. One step after the other, to the end.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 * @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
import { accountOf } from "../../facts/arn";
import type { BroadStatement } from "../iam/broadPolicy";
import {
  both,
  callerOf,
  either,
  permissionBy,
  permissionByResource,
  type Call,
  type Permission,
} from "../iam/permission";
import { parsePolicy } from "../iam/policy";
import type { Host, Identity, Side } from "../model/deployment";
import { strangerPermission } from "./strangers";

/** An identity that somebody can act as. */
export interface Takeover {
  readonly identity: Identity;
  /** What leads to it, from the first step to the last. */
  readonly steps: readonly string[];
  /** "maybe" where a step depends on what is not shown or not understood. */
  readonly permission: "yes" | "maybe";
}

export interface TakeoverInputs {
  /** Twelve digits. */
  readonly account: string;
  /** Every stack that is shown; only identities and hosts of the account count. */
  readonly sides: readonly Side[];
  /** Service control policies that are known to be attached, by level. */
  readonly serviceControl?: readonly (readonly BroadStatement[])[];
}

/** The account's identities, and who can act as them. */
export interface Takeovers {
  readonly identities: readonly Identity[];
  /** By principals of other accounts, and by those whom an identity provider lets in. */
  byStrangers(): readonly Takeover[];
  /**
   * By an identity of the account; itself is not among them.
   * @param isSingledOut whether only roles count whose trust policies tell it apart from everybody else of the account
   */
  by(identity: Identity, isSingledOut?: boolean): readonly Takeover[];
  /** By what runs on a host, function or task. */
  byHost(host: Host): readonly Takeover[];
  /** Stands for everybody who can give himself any right: not in the stacks, and never among the identities. */
  readonly administrator: Identity;
  /** Whether an identity may make a call, as its policies, its boundary and the service control policies say. */
  permission(identity: Identity, call: Call): Permission;
}

export function takeoversIn(inputs: TakeoverInputs): Takeovers {
  return new AccountTakeovers(inputs);
}

/** Rights to make oneself a user's credential. */
const CREDENTIALS = [
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:UpdateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UploadSSHPublicKey",
  "iam:UploadSigningCertificate",
];

const TRUST = "iam:UpdateAssumeRolePolicy";
const PASS = "iam:PassRole";
const ON_OTHERS: readonly string[] = [TRUST, PASS, ...CREDENTIALS];

/** Rights to change what a user or role may do. */
const POLICIES_OF: Readonly<Record<Identity["kind"], readonly string[]>> = {
  user: ["iam:PutUserPolicy", "iam:AttachUserPolicy"],
  role: ["iam:PutRolePolicy", "iam:AttachRolePolicy"],
};

/** The same by way of what they share with others: a managed policy or a group. */
const SHARED_POLICIES: readonly (readonly [action: string, resource: string])[] = [
  ["iam:CreatePolicyVersion", "policy/any-policy"],
  ["iam:SetDefaultPolicyVersion", "policy/any-policy"],
  ["iam:PutGroupPolicy", "group/any-group"],
  ["iam:AttachGroupPolicy", "group/any-group"],
  ["iam:AddUserToGroup", "group/any-group"],
];

/** Rights that start something which runs as a role that is passed, by the service that the role trusts. */
const STARTING: ReadonlyMap<string, readonly string[]> = new Map([
  ["lambda", ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"]],
  [
    "ec2",
    [
      "ec2:RunInstances",
      "ec2:AssociateIamInstanceProfile",
      "ec2:ReplaceIamInstanceProfileAssociation",
      "iam:AddRoleToInstanceProfile",
      "ec2:RequestSpotInstances",
      "ec2:RequestSpotFleet",
      "ec2:CreateFleet",
      "ec2:CreateLaunchTemplateVersion",
      "autoscaling:CreateLaunchConfiguration",
    ],
  ],
  ["ecs-tasks", ["ecs:RegisterTaskDefinition", "ecs:RunTask", "ecs:StartTask"]],
  ["ssm", ["ssm:StartAutomationExecution", "ssm:CreateAssociation", "ssm:RegisterTaskWithMaintenanceWindow"]],
  [
    "cloudformation",
    ["cloudformation:CreateStack", "cloudformation:UpdateStack", "cloudformation:CreateChangeSet"],
  ],
  ["codebuild", ["codebuild:CreateProject", "codebuild:UpdateProject", "codebuild:StartBuild"]],
  ["codepipeline", ["codepipeline:CreatePipeline", "codepipeline:UpdatePipeline"]],
  ["states", ["states:CreateStateMachine", "states:UpdateStateMachine"]],
  ["scheduler", ["scheduler:CreateSchedule", "scheduler:UpdateSchedule"]],
  ["events", ["events:PutTargets"]],
  ["pipes", ["pipes:CreatePipe", "pipes:UpdatePipe"]],
  ["glue", ["glue:CreateJob", "glue:UpdateJob", "glue:CreateDevEndpoint", "glue:CreateSession"]],
  [
    "sagemaker",
    ["sagemaker:CreateNotebookInstance", "sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob"],
  ],
]);

/** Rights by which somebody runs commands of his own where a role is at hand. */
const RUNNING: Readonly<Record<"function" | "tasks" | "instance", readonly string[]>> = {
  function: ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"],
  tasks: ["ecs:ExecuteCommand"],
  instance: [
    "ssm:StartSession",
    "ssm:ResumeSession",
    "ssm:SendCommand",
    "ssm:StartAutomationExecution",
    "ssm:CreateAssociation",
    "ssm:CreateAssociationBatch",
    "ssm:UpdateAssociation",
    "ssm:RegisterTaskWithMaintenanceWindow",
    "ssm:UpdateMaintenanceWindowTask",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ec2:ModifyInstanceAttribute",
    "ec2:CreateReplaceRootVolumeTask",
  ],
};

/** Rights to run commands on hosts of some kind, or to change what they run. */
export function runningActions(kind: Host["kind"]): readonly string[] {
  return kind === "function" || kind === "tasks" || kind === "instance" ? RUNNING[kind] : [];
}

/** Rights to change what somebody may do, or who may act as him. */
export const CHANGING_RIGHTS: readonly string[] = [
  TRUST,
  ...CREDENTIALS,
  ...Object.values(POLICIES_OF).flat(),
  ...SHARED_POLICIES.map(([action]) => action),
];

const ANYTHING: BroadStatement = {
  label: "anything",
  effect: "Allow",
  isNotPrincipal: false,
  actions: { inverted: false, patterns: ["*"] },
  resources: { inverted: false, patterns: ["*"] },
  conditions: [],
  foreign: [],
};

function administratorOf(account: string): Identity {
  const name = "an administrator";
  const arn = `arn:aws:iam::${account}:role/administrator`;
  const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  return {
    urn: arn,
    kind: "role",
    name,
    arn,
    policies: [{ urn: arn, policy: parsePolicy(everything, name) }],
    unreadPolicyArns: [],
    rights: [ANYTHING],
    unknownRights: [],
    groups: [],
    credentials: [],
    trusts: [],
    trust: [],
  };
}

/** Whom a role's trust policy may mean, at a glance. */
interface Named {
  readonly identity: Identity;
  readonly names: ReadonlySet<string>;
  /** Whether it may mean somebody of the account by more than a name. */
  readonly isWide: boolean;
  readonly isDelegated: boolean;
}

function namedBy(identity: Identity): Named {
  const allowing = (identity.trust ?? []).filter(({ effect }) => effect === "Allow");
  const principals = allowing.flatMap((one) => one.principals ?? []);
  return {
    identity,
    names: new Set(
      principals.flatMap((one) =>
        one.kind === "identity" ? [one.arn] : one.kind === "unique id" ? [one.id] : [],
      ),
    ),
    isWide:
      allowing.some(({ isNotPrincipal }) => isNotPrincipal) ||
      principals.some(({ kind }) => kind === "everyone" || kind === "session"),
    isDelegated: principals.some(({ kind }) => kind === "account"),
  };
}

function mayName(
  { names, isWide, isDelegated }: Named,
  { arn, uniqueId = "" }: Identity,
  mayAssume: boolean,
): boolean {
  return isWide || names.has(arn) || names.has(uniqueId) || (isDelegated && mayAssume);
}

interface Step {
  readonly to: Identity;
  readonly by: string;
  readonly permission: Permission;
}

class AccountTakeovers implements Takeovers {
  readonly identities: readonly Identity[];
  readonly administrator: Identity;
  private readonly hosts: readonly { readonly host: Host; readonly arn: string | undefined }[];
  private readonly account: string;
  private readonly serviceControl: readonly (readonly BroadStatement[])[];
  private readonly steps = new Map<string, readonly Step[]>();
  private readonly changing = new Map<string, boolean>();
  private readonly named: readonly Named[];
  private strangers: readonly Takeover[] | undefined;

  constructor({ account, sides, serviceControl = [] }: TakeoverInputs) {
    this.account = account;
    this.administrator = administratorOf(account);
    this.serviceControl = serviceControl;
    this.identities = sides
      .flatMap(({ identities }) => identities)
      .filter(({ arn }) => accountOf(arn) === account);
    this.named = this.identities.filter(({ kind }) => kind === "role").map(namedBy);
    this.hosts = sides
      .filter(({ accountId }) => accountId === account)
      .flatMap(({ network, snapshot }) => {
        const arns = new Map(snapshot.resources.map(({ urn, outputs }) => [urn, outputs.arn]));
        return network.hosts.map((host) => {
          const arn = arns.get(host.urn);
          return { host, arn: typeof arn === "string" ? arn : undefined };
        });
      });
  }

  byStrangers(): readonly Takeover[] {
    this.strangers ??= this.closure(
      this.identities.flatMap((identity): Step[] => {
        const { permission, who } = strangerPermission(identity, this.identities, this.account);
        return [{ to: identity, by: `${who} may assume ${identity.name}`, permission }];
      }),
    );
    return this.strangers;
  }

  by(identity: Identity, isSingledOut = false): readonly Takeover[] {
    const changing = this.byChanging(identity, identity);
    return this.closure([...this.stepsFrom(identity, isSingledOut), ...changing]).filter(
      (one) => one.identity !== identity,
    );
  }

  byHost(host: Host): readonly Takeover[] {
    return this.closure(
      this.identities
        .filter(({ urn, arn }) => host.identities.includes(urn) || host.identities.includes(arn))
        .map((to) => ({ to, by: `${host.name} runs as ${to.name}`, permission: "yes" })),
    );
  }

  permission(identity: Identity, call: Call): Permission {
    const caller = callerOf(identity);
    const { rights, boundary } = identity;
    const layers = [...(boundary === undefined ? [] : [boundary]), ...this.serviceControl];
    return layers.reduce(
      (permission, layer) => both(permission, permissionBy(layer, caller, call)),
      permissionBy(rights, caller, call),
    );
  }

  /** Everyone who is reached, with the fewest steps; what is sure goes before what may be. */
  private closure(first: readonly Step[]): Takeover[] {
    const reached = new Map<Identity, Takeover>();
    const waiting = { yes: new Array<Takeover>(), maybe: new Array<Takeover>() };
    const sure = new Set<Identity>();
    const changers: Takeover[] = [];
    const add = ({ to, by, permission }: Step, before?: Takeover): void => {
      const least = both(permission, before?.permission ?? "yes");
      if (least === "no" || reached.has(to) || sure.has(to)) return;
      if (least === "yes") sure.add(to);
      waiting[least].push({ identity: to, steps: [...(before?.steps ?? []), by], permission: least });
    };
    for (const step of first) add(step);
    for (;;) {
      const next = waiting.yes.shift() ?? waiting.maybe.shift();
      if (next === undefined) return [...reached.values()];
      if (reached.has(next.identity)) continue;
      reached.set(next.identity, next);
      // Nobody is left to be reached otherwise.
      if (sure.has(this.administrator) || next.identity === this.administrator) continue;
      for (const step of this.stepsOf(next.identity)) add(step, next);
      // Who may change the policies of somebody who is reached, be it of himself, may do anything.
      if (this.changesPolicies(next.identity)) changers.push(next);
      for (const changer of changers)
        for (const changed of changer === next ? reached.values() : [next])
          for (const step of this.byChanging(changer.identity, changed.identity)) add(step, changer);
    }
  }

  /** Whether it may change anybody's policies: most may not, and need not be asked for each. */
  private changesPolicies(identity: Identity): boolean {
    const known = this.changing.get(identity.urn);
    if (known !== undefined) return known;
    const found = Object.values(POLICIES_OF)
      .flat()
      .some((action) => this.permission(identity, { action }) !== "no");
    this.changing.set(identity.urn, found);
    return found;
  }

  private stepsOf(from: Identity): readonly Step[] {
    const steps = this.steps.get(from.urn) ?? this.stepsFrom(from, false);
    this.steps.set(from.urn, steps);
    return steps;
  }

  private stepsFrom(from: Identity, isSingledOut: boolean): readonly Step[] {
    // Most identities have none of these rights on anything, and need not be asked for each of the others.
    const mayAssume = this.permission(from, { action: "sts:AssumeRole" }) !== "no";
    const can = new Set(ON_OTHERS.filter((action) => this.permission(from, { action }) !== "no"));
    return [
      ...this.named
        .filter((one) => one.identity !== from && mayName(one, from, mayAssume))
        .map(({ identity }) => this.assuming(from, identity, isSingledOut)),
      ...(can.size === 0
        ? []
        : this.identities.filter((to) => to !== from).flatMap((to) => this.direct(from, to, can))),
      ...this.hosts.flatMap(({ host, arn }) => this.running(from, host, arn)),
      ...this.asAdministrator(from),
    ].filter(({ permission }) => permission !== "no");
  }

  private direct(from: Identity, to: Identity, can: ReadonlySet<string>): Step[] {
    const may = (action: string) => this.permission(from, { action, resource: to.arn });
    if (to.kind === "user")
      return CREDENTIALS.filter((action) => can.has(action)).map((action) => ({
        to,
        by: `${from.name} may ${action} for ${to.name}`,
        permission: may(action),
      }));
    const by = `${from.name} may change the trust policy of ${to.name}`;
    return [
      ...(can.has(TRUST) ? [{ to, by, permission: may(TRUST) }] : []),
      ...(can.has(PASS) ? this.passing(from, to) : []),
    ];
  }

  private assuming(from: Identity, to: Identity, isSingledOut: boolean): Step {
    const call = { action: "sts:AssumeRole", resource: to.arn };
    const caller = {
      arn: from.arn,
      account: this.account,
      ...(from.uniqueId !== undefined && { uniqueId: from.uniqueId }),
    };
    const { direct, singledOut, delegated } = permissionByResource(to.trust ?? [], caller, call);
    const trusted = isSingledOut ? singledOut : direct;
    // A trust policy that names it is enough, unless its own policies deny it.
    const named =
      trusted === "no" ? "no" : both(trusted, permissionBy([ANYTHING, ...from.rights], caller, call));
    const permission = either(
      named,
      delegated === "no" ? "no" : both(delegated, this.permission(from, call)),
    );
    return { to, by: `${from.name} may assume ${to.name}`, permission };
  }

  private passing(from: Identity, to: Identity): Step[] {
    const services = (to.trust ?? [])
      .filter(({ effect }) => effect === "Allow")
      .flatMap(({ principals = [] }) => principals)
      .flatMap((one) => (one.kind === "service" ? [one.name] : []));
    return [...new Set(services)].map((service) => {
      const starting = STARTING.get(service.replace(/\..*$/, ""));
      const passed = this.permission(from, { action: PASS, resource: to.arn, passedTo: service });
      const started =
        starting === undefined
          ? "maybe"
          : either(...starting.map((action) => this.permission(from, { action })));
      return {
        to,
        by: `${from.name} may pass ${to.name} to ${service}`,
        permission: both(passed, started),
      };
    });
  }

  private running(from: Identity, host: Host, arn: string | undefined): Step[] {
    const roles = this.identities.filter(
      (one) => one !== from && [one.urn, one.arn].some((name) => host.identities.includes(name)),
    );
    if (roles.length === 0) return [];
    const [found] = runningActions(host.kind)
      .map((action) => {
        // Sessions and commands are rights on documents, too, and execution on clusters.
        const resource = host.kind === "function" || action.startsWith("ec2") ? arn : undefined;
        return {
          action,
          permission: this.permission(from, { action, ...(resource !== undefined && { resource }) }),
        };
      })
      .filter(({ permission }) => permission !== "no")
      .sort((a, b) => Number(a.permission === "maybe") - Number(b.permission === "maybe"));
    if (found === undefined) return [];
    return roles.map((to) => ({
      to,
      by: `${from.name} may ${found.action} on ${host.name}, which runs as ${to.name}`,
      permission: found.permission,
    }));
  }

  /** By changing policies that it shares with others, or by making a role or user with policies of its choice. */
  private asAdministrator(from: Identity): Step[] {
    const name = (resource: string) => `arn:aws:iam::${this.account}:${resource}`;
    const may = (action: string, resource: string) =>
      this.permission(from, { action, resource: name(resource) });
    const shared = SHARED_POLICIES.map(([action, resource]) => ({
      action,
      permission: either(may(action, resource), both("maybe", this.permission(from, { action }))),
    }));
    const made = (["role", "user"] as const).map((kind) => {
      const create = kind === "role" ? "iam:CreateRole" : "iam:CreateUser";
      const resource = `${kind}/any-${kind}`;
      const changing = either(...POLICIES_OF[kind].map((action) => may(action, resource)));
      return { action: create, permission: both(may(create, resource), changing) };
    });
    return [...shared, ...made].flatMap(({ action, permission }) => this.all(from, action, permission));
  }

  private byChanging(from: Identity, changed: Identity): Step[] {
    return POLICIES_OF[changed.kind].flatMap((action) => {
      const permission = this.permission(from, { action, resource: changed.arn });
      // Within its boundary it stays.
      const isBounded = changed.boundary !== undefined || changed.permissionsBoundary !== undefined;
      return this.all(
        from,
        `${action} of ${changed.name}`,
        isBounded ? both("maybe", permission) : permission,
      );
    });
  }

  private all(from: Identity, action: string, permission: Permission): Step[] {
    if (permission === "no") return [];
    return [this.administrator, ...this.identities].map((to) => ({
      to,
      by: `${from.name} may ${action}, and by that whatever ${to.name} may`,
      permission,
    }));
  }
}
