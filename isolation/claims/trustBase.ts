/** C14: whom the other claims trust. */
import { accountOf } from "../../facts/arn";
import { sidesOf } from "../model/sides";
import { CHANGING_RIGHTS, runningActions, type Takeovers } from "../access/takeover";
import type { Identity, Side } from "../model/deployment";
import type { Concern } from "../../facts/resourceTypes";
import { sampleOf } from "../iam/match";
import { callerOf, permissionByResource } from "../iam/permission";
import { policyDocuments } from "../model/policyDocuments";
import { textsIn, type StackResource } from "../model/snapshot";
import { propertiesOf } from "../model/stack";
import { EVENT_TARGET, SCHEDULE, STATE_MACHINE } from "../model/types";
import type { Evidence, Findings } from "../verdict";
import { changeableBy } from "./laterChanges";
import { parameterReading } from "./records";
import { isDeclared } from "./rights";
import { keyOf, pushCredentials, administratorPasswords } from "./storedSecrets";
import type { Claim, Question } from "./claim";

/** C14. It only lists: nothing but a missing list refutes it. */
export const trustBase: Claim<"C14"> = {
  id: "C14",
  title: "The trust base is known",
  statement:
    "The trust base is printed: state backend, deployers, GitLab administrators, session access to the host.",
  proved: () => "Whom the other claims trust is known; everybody among them can change what was proved here.",
  assumptions: () => [],
  needs: [],
  listsTrust: true,
  isSeenByPolicies: true,
  decide: findings,
};

function findings({ deployment, takeovers }: Question): Findings {
  const { source, target, declared } = deployment;
  const sides = sidesOf(deployment);
  const all = sides.flatMap((side) =>
    side.identities.map((identity) => ({ identity, known: takeovers(accountOf(identity.arn) ?? "") })),
  );
  const trusted = [...declared.deployerArns, ...declared.breakGlassArns];
  return {
    evidence: [
      {
        what: "everybody who can write the state or decrypt its secrets",
        values: sides.map(({ stack }) => `stack ${stack}`),
      },
      { what: "deployers", values: declared.deployerArns },
      { what: "break-glass roles", values: declared.breakGlassArns },
      {
        what: "who can act as a deployer or in a break-glass role, as far as these stacks say",
        values: [...new Set(trusted.flatMap((arn) => actingAs(arn, all)))].sort(),
      },
      {
        what: "identities of these stacks that principals of other accounts can act as",
        values: [...new Set(all.map(({ known }) => known))].flatMap((known) =>
          known.byStrangers().map(({ identity, steps }) => `${identity.arn}: ${steps.join(", then ")}`),
        ),
      },
      {
        what: "GitLab's administrators, and everybody who can open a session or run commands on its host",
        values: source === undefined ? [] : hostsOf(source),
      },
      ...rightsOf(sides, all),
      { what: "what of these stacks acts on hosts by itself", values: sides.flatMap(actingOnHosts).sort() },
      {
        what: "administrators of the accounts",
        values: [...new Set(sides.flatMap(({ accountId }) => accountId ?? []))],
      },
    ],
    counterExamples: [],
    reasons: [
      ...(source === undefined ? ["The source was not given."] : []),
      ...(target === undefined ? ["The target was not given."] : []),
    ],
  };
}

/** Who of the stacks' identities can do what the claims take nobody else to do. */
function rightsOf(sides: readonly Side[], all: readonly Known[]): Evidence[] {
  const able = (actions: readonly string[]) =>
    all
      .filter(({ identity, known }) => may(identity, known, actions))
      .map(({ identity }) => identity.arn)
      .sort();
  const changing = all.map(({ identity, known }) => ({ identity, about: changeableBy(identity, known) }));
  const ableToChange = (concern: Concern) =>
    changing.filter(({ about }) => about.has(concern)).map(({ identity }) => identity.arn);
  const reading = (parametersOf: (side: Side) => readonly StackResource[]) =>
    sides
      .flatMap((side) =>
        parametersOf(side).flatMap((parameter) =>
          all.filter((one) => mayRead(one, parameter, side)).map(({ identity }) => identity.arn),
        ),
      )
      .filter((arn, i, arns) => arns.indexOf(arn) === i)
      .sort();
  return [
    {
      what: "identities of these stacks that can read the first password of an administrator of GitLab, and so act as one",
      values: reading(administratorPasswords),
    },
    {
      what: "identities of these stacks that can read a push credential",
      values: reading(pushCredentials),
    },
    {
      what: "identities of these stacks that can open sessions or run commands on hosts",
      values: able(ENTERING),
    },
    {
      what: "identities of these stacks that can change what hosts start with, run or read",
      values: able(CHANGING_HOSTS),
    },
    { what: "identities of these stacks that can copy the disks of hosts", values: able(COPYING) },
    {
      what: "identities of these stacks that can change who may do what",
      values: [...new Set([...able(CHANGING_RIGHTS), ...ableToChange("rights")])].sort(),
    },
    {
      what: "identities of these stacks that can change the network",
      values: ableToChange("packets").sort(),
    },
    {
      what: "identities of these stacks that can change what is logged, sent on or kept under keys",
      values: ableToChange("words").sort(),
    },
  ];
}

/**
 * Actions by which somebody gets onto an instance or into a container.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-to-linux-instance.html
 */
const ENTERING: readonly string[] = [
  ...runningActions("instance").filter((action) => !action.startsWith("ec2:")),
  ...runningActions("tasks"),
  "ec2-instance-connect:OpenTunnel",
  "ssm-guiconnect:StartConnection",
];

/**
 * Actions that change what a host runs without getting onto it: its user data, its disks, the documents and parameters that
 * it takes from Systems Manager, the images and task definitions that it starts from.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
 */
const CHANGING_HOSTS: readonly string[] = [
  ...runningActions("instance").filter((action) => action.startsWith("ec2:")),
  ...runningActions("function"),
  "ec2:RunInstances",
  "ec2:AttachVolume",
  "ec2:AssociateIamInstanceProfile",
  "ec2:ReplaceIamInstanceProfileAssociation",
  "ec2:CreateLaunchTemplateVersion",
  "ssm:CreateDocument",
  "ssm:UpdateDocument",
  "ssm:UpdateDocumentDefaultVersion",
  "ssm:PutParameter",
  "ssm:RegisterTargetWithMaintenanceWindow",
  "ssm:UpdateMaintenanceWindow",
  "ecs:RegisterTaskDefinition",
  "ecs:UpdateService",
  "ecs:RunTask",
  "ecr:PutImage",
];

const COPYING: readonly string[] = [
  "ec2:CreateSnapshot",
  "ec2:CreateSnapshots",
  "ec2:CopySnapshot",
  "ec2:ModifySnapshotAttribute",
  "ec2:CreateImage",
  "ec2:ModifyImageAttribute",
  "ebs:GetSnapshotBlock",
  "backup:StartBackupJob",
  "backup:StartCopyJob",
  "dlm:CreateLifecyclePolicy",
  "dlm:UpdateLifecyclePolicy",
];

/** What is not shown of an identity may say so too. */
function may(
  identity: Identity,
  takeovers: Takeovers,
  actions: readonly string[],
  resource?: string,
): boolean {
  return (
    identity.unknownRights.length > 0 ||
    actions.some(
      (action) =>
        takeovers.permission(identity, { action, ...(resource !== undefined && { resource }) }) !== "no",
    )
  );
}

/** Whether an identity may read a parameter, and what its key opens; a key that is not shown opens it to everybody. */
function mayRead({ identity, known }: Known, parameter: StackResource, side: Side): boolean {
  const account = accountOf(identity.arn);
  if (side.accountId !== undefined && side.accountId !== account) return false;
  if (identity.unknownRights.length > 0) return true;
  const { arn } = propertiesOf(parameter);
  const may = known.permission.bind(known);
  if (parameterReading(identity, may, typeof arn === "string" ? arn : undefined) === "no") return false;
  const key = keyOf(side, parameter);
  return key === undefined || mayOpen(identity, key, known);
}

/** Whether a key's policy lets an identity decrypt, or leaves that to its own policies, which do. */
function mayOpen(identity: Identity, key: StackResource, known: Takeovers): boolean {
  const keyArn = propertiesOf(key).arn;
  const call = { action: "kms:Decrypt", ...(typeof keyArn === "string" && { resource: keyArn }) };
  const caller = callerOf(identity);
  const { policies } = policyDocuments(key);
  if (policies.length === 0) return true;
  return policies
    .map((statements) => permissionByResource(statements, caller, call))
    .some(
      ({ direct, delegated }) =>
        direct !== "no" || (delegated !== "no" && known.permission(identity, call) !== "no"),
    );
}

interface Known {
  readonly identity: Identity;
  readonly known: Takeovers;
}

/** Who can act as a declared role: as far as it is shown, by its trust policy; and by the rights of everybody who is shown. */
function actingAs(declared: string, all: readonly Known[]): string[] {
  const shown = all.filter(({ identity }) => isDeclared(identity.arn, [declared]));
  const arn = sampleOf(declared);
  const account = accountOf(declared);
  return [
    ...shown.flatMap(({ identity: { name, trusts } }) => trusts.map((who) => `${name}: ${who}`)),
    ...all.flatMap(({ identity, known }) => {
      if (isDeclared(identity.arn, [declared])) return [];
      const isReached =
        shown.length > 0 &&
        known.by(identity).some((one) => shown.some((other) => other.identity === one.identity));
      // Another account's policies say nothing of this one's roles but whether they may be assumed.
      const actions =
        accountOf(identity.arn) === account ? ["sts:AssumeRole", ...CHANGING_RIGHTS] : ["sts:AssumeRole"];
      return isReached || may(identity, known, actions, arn) ? [`${declared}: ${identity.arn}`] : [];
    }),
  ];
}

function hostsOf({ network }: Side): string[] {
  return network.hosts.filter(({ role }) => role === "gitlab").map(({ urn }) => urn);
}

/** Types of what runs commands on hosts, or says who may log in there. */
const ACTING =
  /^aws:(ssm\/(association|document|maintenanceWindow\w*)|ec2\/keyPair|backup\/plan|dlm\/lifecyclePolicy):/;

/** Types of what sends commands to hosts, or starts automations, among other things. */
const STARTING: readonly string[] = [EVENT_TARGET, SCHEDULE, STATE_MACHINE];

function isActing(resource: StackResource): boolean {
  if (!STARTING.includes(resource.type)) return ACTING.test(resource.type);
  const properties = propertiesOf(resource);
  const { runCommandTargets } = properties;
  return (
    textsIn(properties).some((text) => text.includes(":ssm:")) ||
    (Array.isArray(runCommandTargets) && runCommandTargets.length > 0)
  );
}

function actingOnHosts({ snapshot, network }: Side): string[] {
  const keys = network.hosts.flatMap(({ urn }) => {
    const host = snapshot.resources.find((one) => one.urn === urn);
    const key = host === undefined ? undefined : propertiesOf(host).keyName;
    return typeof key === "string" && key !== "" ? [`${urn}: key pair ${key}`] : [];
  });
  return [...snapshot.resources.filter(isActing).map(({ urn }) => urn), ...keys];
}
