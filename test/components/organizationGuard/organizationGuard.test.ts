import { join } from "node:path";
import { expect } from "chai";
import { organizationProblems, type OrganizationFacts } from "../../../components/config/organizationStacks";
import type { OrganizationGuardArgs } from "../../../components/organizationGuard/args";
import { OrganizationGuard } from "../../../components/organizationGuard/organizationGuard";
import { outputsOf } from "../../../components/outputs";
import program from "../../../index";
import { Account } from "../../../rehearsal/aws/account";
import { organizationOf } from "../../../rehearsal/engines/configured";
import { deploy, DeployError } from "../../../rehearsal/engines/in-process/deploy";
import { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { stackConfig } from "../../../rehearsal/engines/in-process/stackFiles";
import { account, someTarget } from "../mirrorTarget/someTarget";
import {
  specimenPullLock,
  targetResourceControlPolicy,
  targetServiceControlPolicy,
} from "../../../components/mirrorTarget/targetPolicies";

const management = "333333333333";
const region = "ap-northeast-1";

/** What a target of somebody's exports. */
function exportsOf(accountId: string) {
  const args = someTarget({ accountId, deployerArns: [`arn:aws:iam::${accountId}:role/deployer`] });
  return {
    accountId,
    serviceControlPolicy: targetServiceControlPolicy("target", args),
    resourceControlPolicy: targetResourceControlPolicy("target", args, specimenPullLock(args)),
  };
}

function managementAccount(members: readonly string[]): Account {
  const organization = organizationOf(members);
  return new Account({ accountId: management, region, seed: "test", organization });
}

const someGuard = (changes: Partial<OrganizationGuardArgs> = {}): OrganizationGuardArgs => ({
  region,
  accountId: management,
  managementAccountId: management,
  targets: [{ name: "prd", ...exportsOf(account) }],
  ...changes,
});

function deployGuard(args: OrganizationGuardArgs, aws = managementAccount([account])): Promise<Deployment> {
  return deploy({
    project: "git-airlock",
    stack: "org",
    config: {},
    account: aws,
    program: () => Promise.resolve(outputsOf(new OrganizationGuard("guard", args))),
  });
}

async function refusal(args: OrganizationGuardArgs): Promise<string> {
  try {
    await deployGuard(args);
  } catch (error) {
    if (error instanceof DeployError) return error.message;
    throw error;
  }
  throw new Error("the arguments were taken");
}

describe("the organization's guard", () => {
  it("attaches both policies of each target to that target's account, to the letter", async () => {
    const other = "444444444444";
    const aws = managementAccount([account, other]);
    const targets = [
      { name: "prd", ...exportsOf(account) },
      { name: "osaka", ...exportsOf(other) },
    ];
    const deployment = await deployGuard(someGuard({ targets }), aws);
    for (const { accountId, serviceControlPolicy, resourceControlPolicy } of targets) {
      const attached = (type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY") =>
        aws.organizations.attachedTo(accountId, type).map(({ document }) => document);
      expect(attached("SERVICE_CONTROL_POLICY")).to.deep.equal([serviceControlPolicy]);
      expect(attached("RESOURCE_CONTROL_POLICY")).to.deep.equal([resourceControlPolicy]);
    }
    expect(deployment.output("attachedPolicies")).to.have.length(4);
    expect(deployment.output("managementAccountId")).to.equal(management);
  });

  for (const [what, args, says] of [
    ["no target", someGuard({ targets: [] }), /targets: is missing/],
    [
      "a policy that grants something",
      someGuard({
        targets: [
          {
            name: "prd",
            ...exportsOf(account),
            serviceControlPolicy: exportsOf(account).serviceControlPolicy.replace("Deny", "Allow"),
          },
        ],
      }),
      /targets\[0\]\.serviceControlPolicy: .*does not deny/,
    ],
    [
      "what is no policy",
      someGuard({ targets: [{ name: "prd", ...exportsOf(account), resourceControlPolicy: "[]" }] }),
      /targets\[0\]\.resourceControlPolicy: .*is not a policy document/,
    ],
    [
      "a target in the management account, which nothing binds",
      someGuard({ targets: [{ name: "prd", ...exportsOf(management) }] }),
      /targets\[0\]\.accountId: "333333333333" is the organization's management account/,
    ],
    [
      "two targets of one name",
      someGuard({
        targets: [
          { name: "prd", ...exportsOf(account) },
          { name: "prd", ...exportsOf("444444444444") },
        ],
      }),
      /targets\[1\].*twice/,
    ],
  ] as const)
    it(`refuses ${what}`, async () => {
      expect(await refusal(args)).to.match(says);
    });
});

describe("an organization", () => {
  const withTypes = (status: string, ...types: string[]) => [
    { id: "r-ab12", policyTypes: types.map((type) => ({ type, status })) },
  ];
  const facts: OrganizationFacts = {
    featureSet: "ALL",
    masterAccountId: management,
    accounts: [{ id: management }, { id: account }],
    roots: withTypes("ENABLED", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"),
  };
  const targets = [{ name: "prd", accountId: account }];

  it("binds a member where both policy types are enabled", () => {
    expect(organizationProblems(facts, targets)).to.deep.equal([]);
  });

  for (const [what, changes, says] of [
    ["without all features", { featureSet: "CONSOLIDATED_BILLING" }, /aws organizations enable-all-features/],
    ["whose roots the credentials may not list", { roots: [] }, /management account 333333333333/],
    [
      "where a policy type is not enabled",
      { roots: withTypes("ENABLED", "SERVICE_CONTROL_POLICY") },
      /RESOURCE_CONTROL_POLICY is not enabled: run `aws organizations enable-policy-type --root-id r-ab12 --policy-type RESOURCE_CONTROL_POLICY`/,
    ],
    [
      "where a policy type is only about to be enabled",
      { roots: withTypes("PENDING_ENABLE", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY") },
      /SERVICE_CONTROL_POLICY is not enabled/,
    ],
    [
      "that the target's account is not in",
      { accounts: [] },
      /222222222222 of the target prd is not a member/,
    ],
  ] satisfies [string, Partial<OrganizationFacts>, RegExp][])
    it(`is refused ${what}, and says what to do`, () => {
      expect(organizationProblems({ ...facts, ...changes }, targets).join("\n")).to.match(says);
    });
});

describe("the program of an organization stack", () => {
  function up(outputs: Record<string, unknown> | undefined, aws = managementAccount([account])) {
    const stacks = outputs
      ? [new Deployment({ project: "git-airlock", stack: "prd", resources: [], outputs })]
      : [];
    const config = stackConfig(join(__dirname, "..", "..", ".."), "org");
    return deploy({ project: "git-airlock", stack: "org", config, program, account: aws, stacks });
  }
  const refused = (outputs: Record<string, unknown> | undefined, aws?: Account) =>
    up(outputs, aws).then(
      () => "nothing",
      (error: unknown) => String(error),
    );

  it("attaches what the target exports", async () => {
    const deployment = await up(exportsOf(account));
    const types = deployment.resources.map(({ type }) => type);
    expect(types.filter((type) => type.startsWith("aws:organizations"))).to.have.length(4);
  });

  it("is refused, with what to run, where the target is not deployed, or was before there were such policies", async () => {
    expect(await refused(undefined)).to.match(/pulumi up --stack prd/);
    const { resourceControlPolicy: _, ...older } = exportsOf(account);
    expect(await refused(older)).to.match(/no output resourceControlPolicy[^]*pulumi up --stack prd/);
  });

  it("makes nothing where the organization cannot bind the account", async () => {
    const aws = managementAccount([]);
    expect(await refused(exportsOf(account), aws)).to.match(/nothing was attached[^]*is not a member/);
    expect(aws.organizations.policies.values()).to.deep.equal([]);
  });
});
