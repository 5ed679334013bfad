/** Weakened policies of the gate users and of the pull endpoint. */
import { z } from "zod";
import { CODECOMMIT_ACTIONS } from "../../isolation/iam/actions";
import {
  account,
  and,
  document,
  endpoint,
  everywhere,
  inEndpoint,
  inPull,
  inPush,
  named,
  only,
  openPolicy,
  pull,
  push,
  repository,
  stranger,
} from "./parts";
import type { Editor, Statement } from "./editor";
import { each, type Weakening } from "./weakening";

const LOCK = "DenyFromElsewhere";
const BOUND = "DenyOtherReferences";
const PUSH = "PushFromSource";
const PULL = "PullFromIsolatedZone";

const open = (statements: Statement[]) =>
  statements
    .filter(({ Sid }) => Sid !== LOCK)
    .map(({ Condition, ...rest }) => (rest.Effect === "Allow" ? rest : { ...rest, Condition }));

/** Takes the lock off the Allow, and lets the Deny hang on something beside. */
const hangingOn = (condition: Statement["Condition"]) => (statements: Statement[]) =>
  statements.map(({ Condition, ...rest }) => {
    if (rest.Effect === "Allow") return rest;
    return { ...rest, Condition: rest.Sid === LOCK ? { ...Condition, ...condition } : Condition };
  });

const admit = (...addresses: string[]) => everywhere("aws:SourceIp", () => addresses);
const addresses = (...more: string[]) => everywhere("aws:SourceIp", (given) => [...given, ...more]);

/** Rewrites a statement's condition. */
const condition = (sid: string, rewrite: (given: NonNullable<Statement["Condition"]>) => object) =>
  named(sid, (one) => [{ ...one, Condition: rewrite(one.Condition ?? {}) }]);

const acts = (sid: string, ...more: string[]) =>
  named(sid, (one) => [{ ...one, Action: [...(one.Action ?? []), ...more] }]);

const reaches = (sid: string, ...more: string[]) =>
  named(sid, (one) => [{ ...one, Resource: [...(one.Resource ?? []), ...more] }]);

const LOCKED_PUSH = "push-policy-is-locked-to-addresses";

const pushLock = each({ stack: "target", claim: "C2" }, [
  ...["203.0.113.10", "203.0.113.11"].flatMap((address) =>
    [30, 28, 24, 16, 8, 1, 0].map((prefix) => ({
      what: `widens ${address}/32 to /${prefix} in Allow and Deny`,
      edit: inPush(
        everywhere("aws:SourceIp", (given) =>
          given.map((one) => (one === `${address}/32` ? `${address}/${prefix}` : one)),
        ),
      ),
    })),
  ),
  ...["203.0.113.12/32", "203.0.113.9/32", "198.51.100.7/32", "10.0.0.0/8", "2001:db8::1/128", "::/0"].map(
    (address) => ({ what: `lets pushes in from ${address} too`, edit: inPush(addresses(address)) }),
  ),
  ...["203.0.113.10/32", "203.0.113.11/32"].map((address) => ({
    what: `no longer lets pushes in from ${address}`,
    edit: inPush(everywhere("aws:SourceIp", (given) => given.filter((one) => one !== address))),
  })),
  {
    what: "lets the push user push from anywhere",
    edit: inPush(admit("0.0.0.0/0")),
    rule: [LOCKED_PUSH, push, "0.0.0.0/0"],
  },
  {
    what: "writes the push user's two addresses as one range of two",
    edit: inPush(admit("203.0.113.10/31")),
    claim: [],
    rule: [LOCKED_PUSH, push, "203.0.113.10/31"],
  },
  {
    what: "takes the condition out of the push user's Allow",
    edit: inPush(only("Allow", ({ Condition: _, ...rest }) => rest)),
    claim: [],
    rule: [LOCKED_PUSH, push, "every address", PUSH],
  },
  {
    what: "allows more addresses than the Deny spares",
    edit: inPush(
      only("Allow", (one) => ({ ...one, Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } } })),
    ),
    claim: [],
    rule: [LOCKED_PUSH, push, "203.0.113.0/24"],
  },
  {
    what: "takes away the push user's Deny, though the Allow is locked",
    edit: inPush(named(LOCK, () => [])),
    claim: [],
    rule: [LOCKED_PUSH, push, "no Deny", "203.0.113.10/32"],
  },
  {
    what: "lets the Deny spare one more address than the Allow names",
    edit: inPush(named(LOCK, (one) => admit("203.0.113.10/32", "203.0.113.11/32", "203.0.113.12/32")([one]))),
    claim: [],
    rule: [LOCKED_PUSH, push, "no Deny that answers"],
  },
  {
    what: "makes the push user's Deny hang on aws:ViaAWSService too",
    edit: inPush(condition(LOCK, (given) => ({ ...given, Bool: { "aws:ViaAWSService": "false" } }))),
    claim: [],
    rule: ["gate-deny-hangs-on-its-lock-alone", push, "aws:ViaAWSService false", LOCK],
  },
  { what: "takes every lock off", edit: inPush(open) },
  ...Object.entries({
    "aws:ViaAWSService": "false",
    "aws:SecureTransport": "false",
    "aws:PrincipalIsAWSService": "true",
  }).map(([key, value]) => ({
    what: `makes the only lock hang on ${key}`,
    edit: inPush(hangingOn({ Bool: { [key]: value } })),
  })),
  {
    what: "makes the only lock hang on the key being there",
    edit: inPush(hangingOn({ Null: { "aws:SourceIp": "false" } })),
  },
  {
    what: "turns the only lock round",
    edit: inPush((statements) =>
      and({
        Sid: LOCK,
        Effect: "Deny",
        Action: ["codecommit:*"],
        Resource: ["*"],
        Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32"] } },
      })(open(statements)),
    ),
  },
  ...[
    ["one repository", { Resource: undefined, NotResource: [repository("platform.app")] }] as const,
    ["git pull", { Action: undefined, NotAction: ["codecommit:GitPull"] }] as const,
  ].map(([what, change]) => ({
    what: `lets the only lock spare ${what}`,
    edit: inPush((statements) => named(LOCK, (one) => [{ ...one, ...change }])(hangingOn({})(statements))),
  })),
  {
    what: "gives a NAT gateway a second address",
    stack: "source",
    edit: (stack) => {
      const secondary = stack.add("ec2.Eip", "second", { publicIp: "203.0.113.77" });
      stack.change("ec2.NatGateway", "source-network-1", { secondaryAllocationIds: [secondary] });
    },
  },
  {
    what: "lets a deployment pipeline push without a lock",
    edit: (stack) => {
      const references = { "codecommit:References": ["refs/heads/*"] };
      const Condition = { StringNotLike: references, Null: { "codecommit:References": "false" } };
      const policy = document(
        { Effect: "Allow", Action: ["codecommit:GitPush"], Resource: [repository("platform.app")] },
        { Effect: "Deny", Action: ["codecommit:GitPush"], Resource: ["*"], Condition },
      );
      stack.add("iam.RolePolicy", "pipeline", { role: "pipeline", policy });
    },
    unknown: "gives rights to pipeline, who is not shown",
    rule: [LOCKED_PUSH, "pipeline", "every address"],
  },
]);

/** In endpoint mode the endpoint's own policy would stop these, so they are done where there is none. */
const pullGrants = each({ stack: "target", claim: "C3", mode: "addresses" }, [
  ...CODECOMMIT_ACTIONS.filter(({ access }) => access === "Write" || access === "Tagging")
    .filter((_, i) => i % 3 === 0)
    .map(({ name }) => name)
    .concat("codecommit:*", "codecommit:Git*", "*", "codecommit:?itPush", "CodeCommit:GITPUSH")
    .map((action) => ({ what: `lets the pull user ${action}`, edit: inPull(acts(PULL, action)) })),
  {
    what: "lets the pull user do all but push",
    edit: inPull(named(PULL, ({ Action: _, ...one }) => [{ ...one, NotAction: ["codecommit:GitPush"] }])),
  },
  ...["*", repository("*"), repository("platform.*"), repository("platform.ap?"), repository("secrets")].map(
    (resource) => ({ what: `lets the pull user read ${resource}`, edit: inPull(reaches(PULL, resource)) }),
  ),
  {
    what: "lets the pull user read all but one repository",
    edit: inPull(named(PULL, ({ Resource, ...one }) => [{ ...one, NotResource: Resource?.slice(0, 1) }])),
  },
  ...["192.0.2.0/23", "192.0.0.0/16", "0.0.0.0/0", "198.51.100.7/32", "::/0"].map((cidr) => ({
    what: `lets the pull user in from ${cidr} too`,
    edit: inPull(addresses(cidr)),
  })),
  { what: "takes the locks off the pull user who comes by address", edit: inPull(open) },
  ...["*", repository("*"), `arn:aws:codecommit:*:${account}:*`].map((pattern) => ({
    what: `lets the pull user read ${pattern}, and declares that to be the airlock`,
    declared: { serviceControlPolicyAttached: true, repositoryArns: [pattern] },
    edit: inPull(only("Allow", (one) => ({ ...one, Resource: [pattern] }))),
  })),
]);

/** Gives each statement a condition, by its effect. */
const locked = (rewrite: (isAllow: boolean) => object) => (statements: Statement[]) =>
  statements.map((one) => ({ ...one, Condition: rewrite(one.Effect === "Allow") }));

const pullLock = each({ stack: "target", claim: "C3" }, [
  { what: "takes the pull user's locks off", edit: inPull(open) },
  {
    what: "unlocks the pull user",
    edit: inPull((statements) => statements.map(({ Condition: _, ...rest }) => rest)),
    claim: "C1",
    rule: ["pull-policy-is-locked-to-isolated-zone", pull, "open to everywhere"],
  },
  {
    what: "takes the pull user's Deny away, though the Allow is locked",
    edit: inPull((all) => all.filter(({ Effect }) => Effect === "Allow")),
    claim: [],
    rule: ["pull-policy-is-locked-to-isolated-zone", pull, "no Deny"],
  },
  {
    what: "lets the pull user in by another endpoint too",
    edit: inPull(everywhere("aws:SourceVpce", (given) => [...given, "vpce-0fedcba9876543210"])),
  },
  {
    what: "lets the pull user in by any endpoint",
    edit: inPull(locked((isAllow) => ({ Null: { "aws:SourceIp": isAllow ? "true" : "false" } }))),
  },
  {
    what: "lets the pull user in by endpoints like ours",
    edit: inPull(
      locked((isAllow) => ({ [isAllow ? "StringLike" : "StringNotLike"]: { "aws:SourceVpce": ["vpce-*"] } })),
    ),
  },
  {
    what: "lets the pull user in from another VPC",
    edit: inPull(
      locked((isAllow) => ({
        [isAllow ? "StringEquals" : "StringNotEquals"]: { "aws:SourceVpc": ["vpc-0fedcba9876543210"] },
      })),
    ),
  },
  {
    what: "lets the pull user in where the endpoint is not said",
    edit: inPull((statements) =>
      statements
        .filter(({ Effect }) => Effect === "Allow")
        .map((one) => ({ ...one, Condition: { StringEqualsIfExists: one.Condition?.StringEquals ?? {} } })),
    ),
  },
]);

const pullRules = each({ stack: "target" }, [
  {
    what: "lets the pull user push",
    edit: inPull(only("Allow", (one) => ({ ...one, Action: ["codecommit:GitPull", "codecommit:GitPush"] }))),
    rule: ["pull-policy-reads-only", pull, "codecommit:GitPush"],
  },
  {
    what: "allows the pull user every git action by a wildcard",
    edit: inPull(only("Allow", (one) => ({ ...one, Action: ["codecommit:Git*"] }))),
    rule: ["gate-policy-has-no-wildcard-action", pull, "codecommit:Git*"],
  },
]);

const ADMITS = "pull-endpoint-admits-git-pull-only";

/** Adds an endpoint beside the pull endpoint. */
function addEndpoint(stack: Editor, service: string, policy: string): void {
  const { vpcId, subnetIds, securityGroupIds } = stack.find("ec2.VpcEndpoint", endpoint).outputs;
  stack.add("ec2.VpcEndpoint", `vpce-${service}`, {
    vpcId,
    subnetIds,
    securityGroupIds,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    serviceName: `com.amazonaws.ap-northeast-1.${service}`,
    policy,
  });
}

const endpointPolicy = each({ stack: "target", claim: "C5" }, [
  ...[
    "codecommit:GitPush",
    "codecommit:*",
    "*",
    "codecommit:Git*",
    "codecommit:PutFile",
    "codecommit:CreateCommit",
  ].map((action) => ({
    what: `lets ${action} through the pull endpoint`,
    edit: inEndpoint(only("Allow", (one) => ({ ...one, Action: [...(one.Action ?? []), action] }))),
    ...(action === "codecommit:GitPush" && { rule: [ADMITS, endpoint, action] as const }),
  })),
  {
    what: "lets every repository through the pull endpoint",
    edit: inEndpoint(only("Allow", (one) => ({ ...one, Resource: ["*"] }))),
    claim: ["C5", "C6"],
    rule: [ADMITS, endpoint, "access to *"],
  },
  {
    what: "takes the policy off the pull endpoint",
    edit: (stack) => stack.change("ec2.VpcEndpoint", endpoint, { policy: undefined }),
    unknown: "its policy is not known",
    rule: [ADMITS, endpoint, "no policy"],
  },
  {
    what: "lets all but GitPull through the pull endpoint",
    edit: inEndpoint(only("Allow", ({ Action, ...one }) => ({ ...one, NotAction: Action }))),
  },
  {
    what: "lets a stranger's account push through the pull endpoint",
    edit: inEndpoint(
      and({
        Sid: "Push",
        Effect: "Allow",
        Principal: { AWS: stranger },
        Action: "codecommit:GitPush",
        Resource: repository("loot", stranger),
      }),
    ),
  },
  ...["codecommit", "git-codecommit", "git-codecommit-fips"].map((service) => ({
    what: `adds an endpoint for ${service} with an open policy`,
    edit: (stack: Editor) => {
      addEndpoint(stack, service, openPolicy);
    },
  })),
]);

const pushGrants = each({ stack: "target", claim: "C9" }, [
  ...["codecommit:PutFile", "codecommit:Get*", "codecommit:*", "codecommit:DeleteRepository"].map(
    (action) => ({
      what: `lets the push user ${action}`,
      edit: inPush(acts(PUSH, action)),
      ...(action === "codecommit:PutFile" && {
        claim: ["C9", "C12"] as const,
        rule: ["push-policy-grants-git-only", push, action] as const,
      }),
    }),
  ),
  // Writes that no push makes.
  ...[
    "codecommit:CreateCommit",
    "codecommit:MergeBranchesByFastForward",
    "codecommit:DeleteBranch",
    "codecommit:UpdateDefaultBranch",
    "codecommit:Delete*",
  ].map((action) => ({
    what: `lets the push user ${action}`,
    edit: inPush(acts(PUSH, action)),
    claim: "C12" as const,
  })),
  ...["*", repository("*"), repository("secrets")].map((resource) => ({
    what: `lets the push user push to ${resource}`,
    edit: inPush(reaches(PUSH, resource)),
  })),
  {
    what: "gives the push user every repository",
    edit: inPush(only("Allow", (one) => ({ ...one, Resource: ["*"] }))),
    rule: ["gate-policy-names-exact-repositories", push, "access to *"],
  },
  {
    what: "gives the push user a repository of another account",
    edit: inPush(only("Allow", (one) => ({ ...one, Resource: [repository("loot", stranger)] }))),
    claim: ["C1", "C2"],
    rule: ["gate-names-own-repositories", push, repository("loot", stranger), `account ${stranger}`],
  },
  {
    what: "writes a condition that nobody can decide",
    edit: inPush(only("Deny", (one) => ({ ...one, Condition: { StringNotEquals: { "s3:prefix": "x" } } }))),
    unknown: "s3:prefix: this condition key is not understood",
    rule: ["gate-policy-can-be-decided", push, "cannot be decided", "s3:prefix"],
  },
]);

/** Has a stack's state declare something else. */
function declare(stack: Editor, more: object): void {
  const declared = z.looseObject({}).parse(stack.root.outputs.declared);
  stack.exports({ declared: { ...declared, ...more } });
}

const BINDS = "push-policy-is-bound-to-references";

const references = each({ stack: "target", claim: "C12" }, [
  {
    what: "lets the push user touch every reference",
    edit: inPush(named(BOUND, () => [])),
    rule: [BINDS, push, "every reference", PUSH],
  },
  {
    what: "lets the push user touch what is neither branch nor tag",
    edit: inPush(
      condition(BOUND, (given) => ({ ...given, StringNotLike: { "codecommit:References": ["refs/*"] } })),
    ),
    rule: [BINDS, push, "refs/*", BOUND],
  },
  ...["*", "refs/*", "refs/pipelines/*", "refs/notes/commits", "refs/head?/*"].map((reference) => ({
    what: `lets pushes touch ${reference}`,
    edit: inPush(everywhere("codecommit:References", (given) => [...given, reference])),
  })),
  {
    what: "holds references only where none is named",
    edit: inPush(condition(BOUND, (given) => ({ ...given, Null: { "codecommit:References": "true" } }))),
  },
  {
    what: "holds references from one address alone",
    edit: inPush(
      condition(BOUND, (given) => ({ ...given, IpAddress: { "aws:SourceIp": ["203.0.113.10/32"] } })),
    ),
  },
  {
    what: "holds references of one repository alone",
    edit: inPush(named(BOUND, (one) => [{ ...one, Resource: [repository("platform.app")] }])),
  },
  {
    what: "turns the bound on references round",
    edit: inPush(condition(BOUND, ({ StringNotLike = {} }) => ({ StringLike: StringNotLike }))),
  },
  {
    what: "holds another action to references",
    edit: inPush(named(BOUND, (one) => [{ ...one, Action: ["codecommit:DeleteBranch"] }])),
  },
  {
    what: "lets the source's state declare the references",
    edit: (target, source) => {
      declare(target, { references: [] });
      declare(source, { references: ["*"] });
    },
    unknown: "No references are declared",
  },
]);

const lessThanNeeded = each({ stack: "target", claim: "C1" }, [
  {
    what: "takes git pull from the push user",
    edit: inPush(named(PUSH, (one) => [{ ...one, Action: ["codecommit:GitPush"] }])),
  },
  {
    what: "takes git push from the push user",
    edit: inPush(named(PUSH, (one) => [{ ...one, Action: ["codecommit:GitPull"] }])),
  },
  {
    what: "forgets a repository in the push policy",
    edit: inPush(named(PUSH, (one) => [{ ...one, Resource: one.Resource?.slice(1) }])),
  },
  {
    what: "forgets a repository in the pull policy",
    edit: inPull(named(PULL, (one) => [{ ...one, Resource: one.Resource?.slice(1) }])),
  },
  {
    what: "forgets a repository in the endpoint policy",
    edit: inEndpoint((all) => all.map((one) => ({ ...one, Resource: one.Resource?.slice(1) }))),
  },
  {
    what: "denies the pull user what comes without an address, too",
    edit: inPull(
      and({
        Sid: "Both",
        Effect: "Deny",
        Action: "codecommit:*",
        Resource: "*",
        Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
      }),
    ),
  },
  ...["push", "pull"].map((gate) => ({
    what: `turns the ${gate} user's only credential off`,
    edit: (stack: Editor) =>
      stack.change("iam.ServiceSpecificCredential", `target-${gate}-credential-1`, { status: "Inactive" }),
    unknown: "that works is shown",
  })),
]);

export const gate: readonly Weakening[] = [
  ...pushLock,
  ...pushGrants,
  ...references,
  ...pullRules,
  ...pullLock,
  ...pullGrants,
  ...endpointPolicy,
  ...lessThanNeeded,
];
