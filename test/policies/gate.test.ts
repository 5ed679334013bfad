import * as aws from "@pulumi/aws";
import { expect } from "chai";
import * as gate from "../../policies/gate";
import { gateNamesOwnRepositories } from "../../policies/gateRepositories";
import { pushPolicyIsBoundToReferences } from "../../policies/gateReferences";
import * as locks from "../../policies/gateLocks";
import { describeRule, UNKNOWN } from "./describeRule";
import { run, subject } from "./harness";

const account = "444455556666";
const app = `arn:aws:codecommit:eu-west-1:${account}:app`;
const settings = { pushUsers: "^uploader", pullUsers: "^reader" };

interface Parts {
  action?: string | string[];
  resource?: string | string[];
  open?: object;
  shut?: object;
}

/** The document of a gate user in good order, but for the parts given. */
function policy(
  { action = "codecommit:GitPull", resource = app, open, shut }: Parts,
  ...more: object[]
): string {
  const allow = { Effect: "Allow", Action: action, Resource: resource, ...(open && { Condition: open }) };
  const deny = { Effect: "Deny", Action: "codecommit:*", Resource: "*", ...(shut && { Condition: shut }) };
  return JSON.stringify({ Version: "2012-10-17", Statement: [allow, ...(shut ? [deny] : []), ...more] });
}

const from = (...addresses: string[]) => ({ IpAddress: { "aws:SourceIp": addresses } });
const notFrom = (...addresses: string[]) => ({ NotIpAddress: { "aws:SourceIp": addresses } });
const git = ["codecommit:GitPull", "codecommit:GitPush"];
const pushing = (parts: Parts) =>
  policy({ action: git, open: from("9.9.9.9/32"), shut: notFrom("9.9.9.9/32"), ...parts });
const endpoint = { "aws:SourceVpce": "vpce-1" };
const pulling = (parts: Parts) =>
  policy({ open: { StringEquals: endpoint }, shut: { StringNotEquals: endpoint }, ...parts });

const ofPushUser = (properties: Record<string, unknown>) => [subject(aws.iam.Policy, "uploader", properties)];
const ofPullUser = (properties: Record<string, unknown>) => [subject(aws.iam.Policy, "reader", properties)];
/** Only one rule waits for a document, and says so once for all of them. */
const leavesWaiting = { settings, ifUnknown: "passes" as const };

describeRule("a condition beyond the known ones", {
  rule: gate.gatePolicyCanBeDecided,
  settings,
  program: ofPullUser,
  good: { policy: pulling({}) },
  bad: { policy: pulling({ open: { StringEquals: { "s3:prefix": "x" } } }) },
  says: 'Policy "reader" cannot be decided: policy "Policy "reader"", statement Statement[0], Condition',
});
describeRule("an inline policy", {
  rule: gate.gatePolicyCanBeDecided,
  settings,
  program: (properties) => [subject(aws.iam.UserPolicy, "reader", properties)],
  good: { policy: pulling({}) },
  bad: { policy: "no JSON" },
  says: "expected JSON",
});

const locked = {
  ...leavesWaiting,
  rule: locks.pushPolicyIsLocked,
  program: ofPushUser,
  good: { policy: pushing({}) },
};
const bound = {
  Effect: "Deny",
  Action: "codecommit:GitPush",
  Resource: "*",
  Condition: {
    StringNotLike: { "codecommit:References": ["refs/heads/*"] },
    Null: { "codecommit:References": "false" },
  },
};
const references = {
  ...leavesWaiting,
  rule: pushPolicyIsBoundToReferences,
  program: ofPushUser,
  good: { policy: policy({ action: git }, bound) },
};
describeRule("pushes that may touch anything", {
  ...references,
  bad: { policy: policy({ action: git }) },
  says: 'Policy "uploader" lets pushes touch every reference',
});
describeRule("a bound that spares every reference", {
  ...references,
  bad: {
    policy: policy(
      { action: git },
      {
        ...bound,
        Condition: { StringNotLike: { "codecommit:References": "*" } },
      },
    ),
  },
  says: "lets pushes touch *, spared by its Deny statement Statement[1]",
});
describeRule("a bound that holds from one address alone", {
  ...references,
  bad: {
    policy: policy(
      { action: git },
      {
        ...bound,
        Condition: { ...bound.Condition, ...from("9.9.9.9/32") },
      },
    ),
  },
  says: "lets pushes touch every reference",
});
describeRule("a bound on one repository", {
  ...references,
  bad: { policy: policy({ action: git }, { ...bound, Resource: app }) },
  says: "lets pushes touch every reference",
});
describeRule("an Allow without a lock", {
  ...locked,
  bad: { policy: pushing({ open: undefined }) },
  says: 'Policy "uploader" is open to every address',
});
describeRule("a lock that is left open when the address is absent", {
  ...locked,
  bad: { policy: pushing({ open: { IpAddressIfExists: { "aws:SourceIp": "9.9.9.9/32" } } }) },
  says: "is open to every address",
});
describeRule("a range of two", {
  ...locked,
  bad: { policy: pushing({ open: from("9.9.9.8/31"), shut: notFrom("9.9.9.8/31") }) },
  says: "9.9.9.8/31",
});
describeRule("a private address", {
  ...locked,
  bad: { policy: pushing({ open: from("10.0.0.1/32"), shut: notFrom("10.0.0.1/32") }) },
  says: "10.0.0.1",
});
describeRule("an IPv6 range", {
  ...locked,
  bad: { policy: pushing({ open: from("2606:4700::/64"), shut: notFrom("2606:4700::/64") }) },
  says: "/64",
});
describeRule("a Deny with other addresses", {
  ...locked,
  bad: { policy: pushing({ shut: notFrom("9.9.9.9/32", "9.9.9.10/32") }) },
  says: "has no Deny that answers its Allow statement Statement[0] (IpAddress aws:SourceIp 9.9.9.9/32)",
});
for (const [title, part] of [
  ["a Deny of some actions only", { Action: "codecommit:GitPush" }],
  ["a Deny on some repositories only", { Resource: app }],
  ["a Deny of all actions but one", { Action: undefined, NotAction: "codecommit:GitPush" }],
] as const) {
  const deny = { Effect: "Deny", Action: "codecommit:*", Resource: "*", Condition: notFrom("9.9.9.9/32") };
  describeRule(title, {
    ...locked,
    bad: { policy: policy({ action: git, open: from("9.9.9.9/32") }, { ...deny, ...part }) },
    says: "has no Deny that answers",
  });
}
describeRule("other addresses than those that are set", {
  ...locked,
  settings: { ...settings, sourceAddresses: ["9.9.9.9"] },
  bad: { policy: pushing({ open: from("9.9.9.10/32"), shut: notFrom("9.9.9.10/32") }) },
  says: "is open to 9.9.9.10 in its Allow statement Statement[0], where 9.9.9.9 is expected",
});
describeRule("whoever else may push in so many words", {
  ...locked,
  settings: {},
  program: (properties) => [subject(aws.iam.RolePolicy, "anything", properties)],
  bad: { policy: policy({ action: "codecommit:gitpush" }) },
  says: 'RolePolicy "anything" is open to every address',
});

const shut = {
  ...leavesWaiting,
  rule: locks.pullPolicyIsLocked,
  program: ofPullUser,
  good: { policy: pulling({}) },
};
describeRule("an Allow without a lock", {
  ...shut,
  bad: { policy: pulling({ open: undefined }) },
  says: "open to everywhere",
});
describeRule("all addresses", {
  ...shut,
  bad: { policy: pulling({ open: from("0.0.0.0/0"), shut: notFrom("0.0.0.0/0") }) },
  says: "open to 0.0.0.0/0",
});
describeRule("a Deny for another endpoint", {
  ...shut,
  bad: { policy: pulling({ shut: { StringNotEquals: { "aws:SourceVpce": "vpce-2" } } }) },
  says: "has no Deny that answers",
});
const region = (name: string) => ({ "aws:RequestedRegion": name });
const vpc = { "aws:SourceVpc": "vpc-1" };
const deny = (condition: object) => ({
  Effect: "Deny",
  Action: "codecommit:*",
  Resource: "*",
  Condition: condition,
});
const inVpc = { StringEquals: { ...vpc, ...region("eu-west-1") } };
const notInRegion = deny({ StringNotEquals: region("eu-west-1") });
const vpcLock = policy({ open: inVpc, shut: { StringNotEquals: vpc } }, notInRegion);
for (const [title, document] of [
  ["a VPC of a Region", vpcLock],
  [
    "no address",
    pulling({ open: { Null: { "aws:SourceIp": "true" } }, shut: { Null: { "aws:SourceIp": "false" } } }),
  ],
  ["CIDRs", pulling({ open: from("192.0.2.0/28"), shut: notFrom("192.0.2.0/28") })],
] as const) {
  it(`pull-policy-is-locked-to-isolated-zone: takes ${title} for a lock too`, async () => {
    const subjects = ofPullUser({ policy: document });
    const rules = [locks.pullPolicyIsLocked, locks.gateDenyHasNoCondition];
    const config = Object.fromEntries(rules.map(({ name }) => [name, settings]));
    expect(await run(rules, subjects, config)).to.deep.equal({ violations: [], waiting: [] });
  });
}
for (const [title, document, says] of [
  [
    "a VPC without its Region",
    policy({ open: { StringEquals: vpc }, shut: { StringNotEquals: vpc } }),
    "is open to the VPC of that id in every Region",
  ],
  [
    "a VPC in either of two Regions",
    policy(
      {
        open: { StringEquals: { ...vpc, "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } },
        shut: { StringNotEquals: vpc },
      },
      deny({ StringNotEquals: { "aws:RequestedRegion": ["eu-west-1", "us-east-1"] } }),
    ),
    "is open to the VPC of that id in every Region",
  ],
  [
    "a VPC's lock without the Deny for the Region",
    policy({ open: inVpc, shut: { StringNotEquals: vpc } }),
    "StringEquals aws:RequestedRegion eu-west-1",
  ],
  [
    "a VPC's lock without the Deny for the VPC",
    policy({ open: inVpc }, notInRegion),
    "StringEquals aws:SourceVpc vpc-1",
  ],
  [
    "a VPC's lock whose Deny is for another Region",
    policy({ open: inVpc, shut: { StringNotEquals: vpc } }, deny({ StringNotEquals: region("us-east-1") })),
    "StringEquals aws:RequestedRegion eu-west-1",
  ],
  [
    "a Region without a VPC",
    policy({ open: { StringEquals: region("eu-west-1") } }, notInRegion),
    "is open to everywhere",
  ],
] as const) {
  describeRule(title, { ...shut, good: { policy: vpcLock }, bad: { policy: document }, says });
}
describeRule("both keys of a lock in one Deny", {
  ...leavesWaiting,
  rule: locks.gateDenyHasNoCondition,
  program: ofPullUser,
  good: { policy: vpcLock },
  bad: { policy: policy({ open: inVpc, shut: { StringNotEquals: { ...vpc, ...region("eu-west-1") } } }) },
  says: "denies only when StringNotEquals aws:SourceVpc vpc-1 and StringNotEquals aws:RequestedRegion eu-west-1",
});

describeRule("a second condition", {
  ...leavesWaiting,
  rule: locks.gateDenyHasNoCondition,
  program: ofPushUser,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ shut: { ...notFrom("9.9.9.9/32"), Bool: { "aws:ViaAWSService": "false" } } }) },
  says: "denies only when Bool aws:ViaAWSService false",
});
describeRule("a lock that is not negated", {
  ...leavesWaiting,
  rule: locks.gateDenyHasNoCondition,
  program: ofPushUser,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ shut: from("0.0.0.0/0") }) },
  says: "denies only when IpAddress aws:SourceIp 0.0.0.0/0",
});

describeRule("one action more", {
  ...leavesWaiting,
  rule: gate.pushPolicyGrantsGitOnly,
  program: ofPushUser,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ action: [...git, "codecommit:CreateCommit"] }) },
  says: "allows codecommit:CreateCommit",
});
describeRule("a push", {
  ...leavesWaiting,
  rule: gate.pullPolicyReadsOnly,
  program: ofPullUser,
  good: { policy: pulling({}) },
  bad: { policy: pulling({ action: git }) },
  says: "allows codecommit:GitPush",
});
describeRule("a wildcard", {
  ...leavesWaiting,
  rule: gate.gateNamesNoWildcardAction,
  program: ofPullUser,
  good: { policy: pulling({}) },
  bad: { policy: pulling({ action: "codecommit:GitP*" }) },
  says: "allows codecommit:GitP*",
});
describeRule("NotAction", {
  ...leavesWaiting,
  rule: gate.gateNamesNoWildcardAction,
  program: ofPullUser,
  good: { policy: pulling({}) },
  bad: {
    policy: JSON.stringify({
      Statement: { Effect: "Allow", NotAction: "codecommit:GitPush", Resource: app },
    }),
  },
  says: "allows everything but codecommit:GitPush",
});
describeRule("a pattern", {
  ...leavesWaiting,
  rule: gate.gateNamesExactRepositories,
  program: ofPushUser,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ resource: `arn:aws:codecommit:eu-west-1:${account}:app-*` }) },
  says: "gives access to arn:aws:codecommit:eu-west-1:444455556666:app-*",
});
describeRule("the prefix that is set, and no other", {
  ...leavesWaiting,
  rule: gate.gateNamesExactRepositories,
  settings: { ...settings, repositoryPrefix: "app" },
  program: ofPushUser,
  good: { policy: pushing({ resource: `arn:aws:codecommit:eu-west-1:${account}:app-*` }) },
  bad: { policy: pushing({ resource: `arn:aws:codecommit:eu-west-1:${account}:ap*` }) },
  says: "gives access to arn:aws:codecommit:eu-west-1:444455556666:ap*",
});

const repositories = (properties: Record<string, unknown>) => [
  subject(aws.codecommit.Repository, "app", { repositoryName: "app", arn: app }),
  ...ofPushUser(properties),
];
describeRule("a repository that the stack does not make", {
  ...leavesWaiting,
  rule: gateNamesOwnRepositories,
  program: repositories,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ resource: `${app}2` }) },
  says: "app2, which this stack does not make (it makes app)",
});
describeRule("a repository of another account", {
  ...leavesWaiting,
  rule: gateNamesOwnRepositories,
  program: repositories,
  good: { policy: pushing({}) },
  bad: { policy: pushing({ resource: app.replace(account, "999999999999") }) },
  says: "which is in account 999999999999 and not in 444455556666",
});
describeRule("a repository that another stack makes", {
  ...leavesWaiting,
  rule: gateNamesOwnRepositories,
  settings: { ...settings, repositories: ["elsewhere"] },
  program: repositories,
  good: { policy: pushing({ resource: app.replace(":app", ":elsewhere") }) },
  bad: { policy: pushing({ resource: app.replace(":app", ":nowhere") }) },
  says: ":nowhere, which this stack does not make (it makes app, elsewhere)",
});

describe("the gate's rules", () => {
  it("take a document for the gate's by the component that made it, whatever it is called", async () => {
    const urn = "urn:pulumi:prd::p::git-airlock:target:MirrorTarget$aws:iam/policy:Policy::more";
    const subjects = [
      subject(aws.iam.Policy, "more", { policy: policy({ action: "s3:PutObject" }) }, { urn }),
    ];
    const { violations } = await run([gate.pullPolicyReadsOnly], subjects);
    expect(violations.map(({ message }) => message)).to.have.lengthOf(1);
  });

  it("leave documents alone that are nobody's gate", async () => {
    const subjects = [
      subject(aws.iam.Policy, "admin", { policy: policy({ action: "*", resource: "*" }) }),
      subject(aws.iam.RolePolicy, "bucket", { policy: policy({ action: "s3:*", resource: "*" }) }),
      subject(aws.iam.RolePolicy, "later", { policy: UNKNOWN }),
    ];
    const rules = [...Object.values(gate), ...Object.values(locks)];
    expect(await run(rules, subjects)).to.deep.equal({ violations: [], waiting: [] });
  });
});
