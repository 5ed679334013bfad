import { expect } from "chai";
import fc from "fast-check";
import { formatAddress } from "../../../facts/ipv4";
import { airlockArns, repositoryArn } from "../../../components/mirrorTarget/airlockRepositories";
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import type { EndpointPullArgs } from "../../../components/mirrorTarget/pullArgs";
import { SPECIMEN_IDS } from "../../../components/mirrorTarget/lock";
import { endpointPolicy, policyText } from "../../../components/mirrorTarget/policyDocuments";
import {
  gateUserName,
  pullPolicies,
  pushPolicies,
  specimenPullLock,
  targetServiceControlPolicy,
} from "../../../components/mirrorTarget/targetPolicies";
import { decide, type PolicySet } from "../../../isolation/iam/decide";
import { parsePolicy } from "../../../isolation/iam/policy";
import { account, endpointPull, manyRepositories, region, someTarget } from "./someTarget";

type Context = Record<string, string>;

function allows(
  principal: string,
  action: string,
  resource: string,
  context: Context,
  policies: PolicySet,
): boolean {
  const principalArn = `arn:aws:iam::${account}:${principal}`;
  return (
    decide({ principalArn, principalAccount: account, action, resource, context }, policies).outcome ===
    "allowed"
  );
}

const push = (args: CheckedMirrorTargetArgs) =>
  pushPolicies(args).map((text, i) => parsePolicy(text, `push-${i}`));
const pull = (args: CheckedMirrorTargetArgs) =>
  pullPolicies(args).map((policy, i) => parsePolicy(policy(specimenPullLock(args)), `pull-${i}`));
const through = (args: CheckedMirrorTargetArgs) =>
  parsePolicy(policyText(endpointPolicy(airlockArns(args))), "endpoint");

const anyAction = fc
  .constantFrom(
    "GitPull",
    "GitPush",
    "GetFile",
    "ListRepositories",
    "PutFile",
    "DeleteRepository",
    "TagResource",
    "Unheard",
  )
  .map((name) => `codecommit:${name}`);

/** Where a request can come from: known addresses and their neighbours, any address, IPv6, endpoints of several owners. */
const anyContext = fc.oneof(
  fc
    .constantFrom(
      "203.0.113.9",
      "203.0.113.10",
      "203.0.113.11",
      "203.0.113.12",
      "192.0.2.0",
      "192.0.2.15",
      "192.0.2.16",
    )
    .map((ip): Context => ({ "aws:SourceIp": ip })),
  fc
    .integer({ min: 0, max: 2 ** 32 - 1 })
    .map((number): Context => ({ "aws:SourceIp": formatAddress(number) })),
  fc.constantFrom<Context>(
    { "aws:SourceIp": "2001:db8::1" },
    {
      "aws:SourceVpce": SPECIMEN_IDS.endpointId,
      "aws:SourceVpc": SPECIMEN_IDS.vpcId,
      "aws:VpcSourceIp": "10.1.0.9",
      "aws:RequestedRegion": region,
    },
    {
      "aws:SourceVpce": "vpce-stranger",
      "aws:SourceVpc": SPECIMEN_IDS.vpcId,
      "aws:VpcSourceIp": "10.1.0.9",
      "aws:RequestedRegion": region,
    },
    // VPCs of two Regions may have one id.
    {
      "aws:SourceVpce": "vpce-stranger",
      "aws:SourceVpc": SPECIMEN_IDS.vpcId,
      "aws:RequestedRegion": "us-east-1",
    },
    { "aws:SourceVpce": "vpce-stranger", "aws:SourceVpc": "vpc-stranger", "aws:RequestedRegion": region },
    { "aws:SourceVpce": "vpce-stranger", "aws:SourceVpc": "vpc-stranger", "aws:VpcSourceIp": "203.0.113.10" },
    {},
  ),
);

/** Enough repositories for several documents, and one beside the airlock. */
const repositories = manyRepositories(200);

function rightsAre(
  args: CheckedMirrorTargetArgs,
  user: "push" | "pull",
  expected: (action: string, context: Context) => boolean,
) {
  const identity = user === "push" ? push(args) : pull(args);
  expect(identity.length).to.be.greaterThan(1);
  const ours = airlockArns(args);
  const anyResource = fc.constantFrom(
    ...ours,
    repositoryArn(args, "beside"),
    repositoryArn(args, "platform"),
  );
  fc.assert(
    fc.property(anyAction, anyResource, anyContext, (action, resource, context) => {
      const allowed = allows(`user/${gateUserName("airlock", user)}`, action, resource, context, {
        identity,
      });
      expect(allowed).to.equal(ours.includes(resource) && expected(action, context));
    }),
    { numRuns: 1000 },
  );
}

describe("what the gate users may do", () => {
  it("is, for the push user, git push and the listing it needs, from the NAT addresses and from nowhere else", () => {
    rightsAre(
      someTarget({ repositories }),
      "push",
      (action, context) =>
        ["codecommit:GitPull", "codecommit:GitPush"].includes(action) &&
        ["203.0.113.10", "203.0.113.11"].includes(context["aws:SourceIp"] ?? ""),
    );
  });

  it("is, for the pull user in addresses mode, git pull from the isolated terminals and from nowhere else", () => {
    rightsAre(
      someTarget({ repositories }),
      "pull",
      (action, context) =>
        action === "codecommit:GitPull" && /^192\.0\.2\.([0-9]|1[0-5])$/.test(context["aws:SourceIp"] ?? ""),
    );
  });

  const places: [EndpointPullArgs["lock"], string, (context: Context) => boolean][] = [
    ["sourceVpce", "the pull endpoint", (c) => c["aws:SourceVpce"] === SPECIMEN_IDS.endpointId],
    [
      "sourceVpc",
      "the isolated VPC's endpoints",
      (c) => c["aws:SourceVpc"] === SPECIMEN_IDS.vpcId && c["aws:RequestedRegion"] === region,
    ],
    ["noSourceIp", "any endpoint", (c) => c["aws:SourceIp"] === undefined],
  ];
  for (const [lock, place, isThere] of places) {
    it(`is, for the pull user with ${lock}, git pull through ${place} and from nowhere else`, () => {
      rightsAre(
        someTarget({ repositories, pull: { ...endpointPull, lock } }),
        "pull",
        (action, context) => action === "codecommit:GitPull" && isThere(context),
      );
    });
  }

  it("is nothing from elsewhere even if someone attaches an administrator's policy to them", () => {
    const admin = parsePolicy(
      { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
      "AdministratorAccess",
    );
    const args = someTarget();
    const [resource = ""] = airlockArns(args);
    const elsewhere: Context[] = [{ "aws:SourceIp": "8.8.8.8" }, {}];
    for (const [user, own] of [
      ["user/airlock-push", push(args)],
      ["user/airlock-pull", pull(args)],
    ] as const) {
      for (const context of elsewhere) {
        for (const action of ["codecommit:GitPush", "codecommit:GetFile"]) {
          expect(allows(user, action, resource, context, { identity: [...own, admin] }), user).to.equal(
            false,
          );
        }
      }
    }
  });
});

describe("what passes the pull endpoint", () => {
  it("is git pull from the airlock, whatever the rights of the credential", () => {
    const args = someTarget({ pull: endpointPull });
    const [ours = ""] = airlockArns(args);
    const identity = [
      parsePolicy(
        { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
        "admin",
      ),
    ];
    const passes = (action: string, resource: string) =>
      allows("role/admin", action, resource, {}, { identity, endpoint: through(args) });
    expect(passes("codecommit:GitPull", ours)).to.equal(true);
    expect(passes("codecommit:GitPush", ours)).to.equal(false);
    expect(passes("codecommit:PutFile", ours)).to.equal(false);
    expect(passes("codecommit:GitPull", repositoryArn(args, "beside"))).to.equal(false);
  });

  it("is nothing for a stranger with a repository of his own", () => {
    const args = someTarget({ pull: endpointPull });
    const stranger = "999999999999";
    const identity = [
      parsePolicy(
        { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
        "admin",
      ),
    ];
    for (const action of ["codecommit:GitPull", "codecommit:GitPush"]) {
      const { outcome } = decide(
        {
          principalArn: `arn:aws:iam::${stranger}:user/insider`,
          principalAccount: stranger,
          action,
          resource: repositoryArn({ ...args, accountId: stranger }, "platform.network"),
          context: {},
        },
        { identity, endpoint: through(args) },
      );
      expect(outcome, action).to.equal("implicitly denied");
    }
  });
});

describe("who may write with the service control policy attached", () => {
  const args = someTarget({
    deployerArns: [`arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Deploy_0123456789abcdef/alice`],
    breakGlassArns: [`arn:aws:iam::${account}:role/break-glass`],
  });
  const full = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const policies: PolicySet = {
    identity: [parsePolicy(full, "admin")],
    serviceControl: [
      [
        parsePolicy(full, "FullAWSAccess"),
        parsePolicy(targetServiceControlPolicy("airlock", args), "airlock"),
      ],
    ],
  };
  const [ours = ""] = airlockArns(args);
  const may = (principal: string, action: string, resource = ours) =>
    allows(principal, `codecommit:${action}`, resource, {}, policies);

  it("is the push user, the deployer wherever its role's path lies, and the break-glass role", () => {
    const sso = "role/aws-reserved/sso.amazonaws.com";
    for (const writer of [
      "user/airlock-push",
      `${sso}/AWSReservedSSO_Deploy_0123456789abcdef`,
      `${sso}/ap-northeast-1/AWSReservedSSO_Deploy_0123456789abcdef`,
      "role/break-glass",
    ]) {
      for (const action of ["GitPush", "CreateRepository", "DeleteRepository"]) {
        expect(may(writer, action), `${writer} ${action}`).to.equal(true);
      }
    }
  });

  it("is nobody else, by any action, not even the pull user or an administrator", () => {
    for (const other of ["user/airlock-pull", "role/admin", "role/AWSReservedSSO_Deploy_0123456789abcdef"]) {
      for (const action of [
        "GitPush",
        "PutFile",
        "PutRepositoryTriggers",
        "TagResource",
        "UnheardOfTomorrow",
      ]) {
        expect(may(other, action), `${other} ${action}`).to.equal(false);
      }
    }
  });

  it("leaves reading, and repositories beside the airlock, as they were", () => {
    for (const action of [
      "GitPull",
      "GetFile",
      "BatchGetCommits",
      "ListBranches",
      "DescribePullRequestEvents",
    ]) {
      expect(may("role/admin", action), action).to.equal(true);
    }
    expect(may("role/admin", "GitPush", repositoryArn(args, "beside"))).to.equal(true);
  });
});
