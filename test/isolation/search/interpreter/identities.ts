/** Who there is in an account, what each of them may do, and who can become whom in one step. */
import { accountOf, allows, meaning, says, statementsOf, type Request, type Statement } from "./policies";
import { objects, text, texts, type State } from "./state";

/** A user or role. */
export interface Principal {
  readonly arn: string;
  readonly kind: "user" | "role";
  /** As IAM has it. */
  readonly name: string;
  /** Its own statements, attached, inline and by its groups. */
  readonly rights: readonly Statement[];
  readonly boundary: readonly Statement[] | undefined;
  /** A role's trust policy. */
  readonly trust: readonly Statement[];
  /** ARNs of the managed policies that it holds, and the names of its groups. */
  readonly managed: readonly string[];
  readonly groups: readonly string[];
}

/** Somebody whose rights nobody here shows: they may be all. */
export interface Stranger {
  readonly arn: string;
  readonly kind: "user" | "role";
}

/** Who holds a policy, by its IAM name. */
type Owner = readonly [kind: "user" | "role" | "group", name: string];

const EVERYTHING: readonly Statement[] = [{ Effect: "Allow", Action: "*", Resource: "*" }];

/** The users and roles of a stack. */
export class Account {
  readonly principals: readonly Principal[];

  constructor(
    readonly state: State,
    /** What binds everybody in the account. */
    readonly serviceControl: readonly Statement[],
  ) {
    this.principals = [...state.of("User", "Role")].map((resource) => {
      const { outputs } = resource;
      const name = text(outputs, "name");
      const kind = resource.type.endsWith(":User") ? "user" : "role";
      const groups = kind === "user" ? this.groupsOf(name) : [];
      const owners: Owner[] = [[kind, name], ...groups.map((group): Owner => ["group", group])];
      const managed = owners.flatMap((owner) => this.attached(owner));
      const inline = owners.flatMap((owner) => this.inline(owner));
      const boundary = text(outputs, "permissionsBoundary");
      return {
        arn: text(outputs, "arn"),
        kind,
        name,
        rights: [
          ...inline,
          ...objects(outputs, "inlinePolicies").flatMap((one) => statementsOf(text(one, "policy"))),
          ...[...managed, ...texts(outputs, "managedPolicyArns")].flatMap((arn) => this.managed(arn)),
        ],
        boundary: boundary === "" ? undefined : this.managed(boundary),
        trust: kind === "role" ? statementsOf(text(outputs, "assumeRolePolicy")) : [],
        managed,
        groups,
      };
    });
  }

  /** Whether a user or role of the account may do something, by its own policies and what limits them. */
  may(who: Principal, request: Omit<Request, "principal">): boolean {
    const asked = { ...request, principal: who.arn, context: { ...contextOf(who), ...request.context } };
    return (
      allows(who.rights, asked) &&
      (who.boundary === undefined || allows(who.boundary, asked)) &&
      !says("Deny", this.serviceControl, asked)
    );
  }

  /** Whether it may in any of the contexts that it can choose. */
  mayAnyhow(who: Principal, action: string, resource: string, context: Request["context"] = {}): boolean {
    return CHOICES.some((choice) => this.may(who, { action, resource, context: { ...choice, ...context } }));
  }

  /** Whether somebody takes on a role by sts:AssumeRole. */
  canAssume(who: Principal | Stranger, role: Principal): boolean {
    return CHOICES.some((choice) => {
      const request: Request = {
        principal: who.arn,
        action: "sts:AssumeRole",
        resource: role.arn,
        context: { ...contextOf(who), ...choice },
      };
      const meant = role.trust.filter((one) => one.Effect === "Allow" && says("Allow", [one], request));
      if (meant.length === 0 || says("Deny", role.trust, request)) return false;
      if (!("rights" in who)) return true;
      if (says("Deny", [...who.rights, ...this.serviceControl], request)) return false;
      const byName = meant.some(({ Principal }) => meaning(Principal, who.arn) === "by name");
      return byName || this.may(who, request);
    });
  }

  /** The functions and instances that run as a role. */
  runningAs(role: Principal): { functions: string[]; profiles: string[] } {
    const functions = this.state.of("Function").filter(({ outputs }) => text(outputs, "role") === role.arn);
    const profiles = this.state
      .of("InstanceProfile")
      .filter(({ outputs }) => text(outputs, "role") === role.name);
    return {
      functions: functions.map(({ outputs }) => text(outputs, "arn")),
      profiles: profiles.map(({ name }) => name),
    };
  }

  private groupsOf(user: string): string[] {
    return [
      ...this.state
        .of("UserGroupMembership")
        .filter(({ outputs }) => outputs["user"] === user)
        .flatMap(({ outputs }) => texts(outputs, "groups")),
      ...this.state
        .of("GroupMembership")
        .filter(({ outputs }) => texts(outputs, "users").includes(user))
        .flatMap(({ outputs }) => texts(outputs, "group")),
    ];
  }

  private attached([kind, name]: Owner): string[] {
    const type = {
      user: "UserPolicyAttachment",
      role: "RolePolicyAttachment",
      group: "GroupPolicyAttachment",
    }[kind];
    return [
      ...this.state.of(type).filter(({ outputs }) => outputs[kind] === name),
      ...this.state.of("PolicyAttachment").filter(({ outputs }) => texts(outputs, `${kind}s`).includes(name)),
    ].map(({ outputs }) => text(outputs, "policyArn"));
  }

  private inline([kind, name]: Owner): Statement[] {
    const type = { user: "UserPolicy", role: "RolePolicy", group: "GroupPolicy" }[kind];
    return this.state
      .of(type)
      .filter(({ outputs }) => outputs[kind] === name)
      .flatMap(({ outputs }) => statementsOf(text(outputs, "policy")));
  }

  private managed(arn: string): readonly Statement[] {
    if (arn === "arn:aws:iam::aws:policy/AdministratorAccess") return EVERYTHING;
    const found = this.state.of("Policy").find(({ outputs }) => text(outputs, "arn") === arn);
    return statementsOf(text(found?.outputs ?? {}, "policy"));
  }
}

/** What a request says of who makes it. */
export function contextOf({ arn, kind }: Pick<Principal, "arn" | "kind">): Request["context"] {
  return {
    "aws:principalarn": arn,
    "aws:principalaccount": accountOf(arn),
    "aws:principaltype": kind === "user" ? "User" : "AssumedRole",
    ...(kind === "user" && { "aws:username": arn.slice(arn.lastIndexOf("/") + 1) }),
    "aws:securetransport": "true",
  };
}

/** What whoever asks can choose: where from, and what it says. The NAT gateways' own addresses are the proxy's alone. */
const CHOICES: readonly Request["context"][] = [
  ...["198.51.100.7", "93.184.216.34", "203.0.113.77"].map((address) => ({ "aws:sourceip": address })),
  { "aws:sourceip": "93.184.216.34", "sts:externalid": "x" },
  { "aws:sourceip": "93.184.216.34", "aws:multifactorauthpresent": "true" },
];
