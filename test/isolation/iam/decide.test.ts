import { expect } from "chai";
import { decide, type PolicySet } from "../../../isolation/iam/decide";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import type { AccessRequest } from "../../../isolation/iam/request";
import { UnsupportedPolicyError, UnsupportedRequestError } from "../../../isolation/iam/unsupported";

const account = "111122223333";
const stranger = "444455556666";
const repository = `arn:aws:codecommit:eu-west-1:${account}:app`;

const pull: AccessRequest = {
  principalArn: `arn:aws:iam::${account}:user/airlock/pull`,
  principalAccount: account,
  action: "codecommit:GitPull",
  resource: repository,
  context: { "aws:SourceIp": "203.0.113.7" },
};

function policy(name: string, ...statements: object[]): Policy {
  return parsePolicy({ Version: "2012-10-17", Statement: statements }, name);
}

const everything = { Effect: "Allow", Action: "*", Resource: "*" };
const allowAll = policy("allow-all", everything);
const allowPull = policy("allow-pull", {
  Sid: "Pull",
  Effect: "Allow",
  Action: "codecommit:GitPull",
  Resource: repository,
});
const allowPush = policy("allow-push", {
  Sid: "Push",
  Effect: "Allow",
  Action: "codecommit:GitPush",
  Resource: repository,
});
const denyAll = policy("deny-all", { Sid: "Never", Effect: "Deny", Action: "*", Resource: "*" });

function outcome(policies: PolicySet, request: Partial<AccessRequest> = {}): string {
  return decide({ ...pull, ...request }, policies).outcome;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
describe("a request", () => {
  it("is denied when nothing allows it", () => {
    const decision = decide(pull, { identity: [] });
    expect(decision).to.deep.equal({
      outcome: "implicitly denied",
      by: { kind: "identity policy" },
      detail: `codecommit:GitPull by ${pull.principalArn} on ${repository} is denied because there is no identity policy.`,
    });
    expect(outcome({ identity: [allowPush] })).to.equal("implicitly denied");
  });

  it("is allowed when any identity policy allows it, and the statement is named", () => {
    const decision = decide(pull, { identity: [allowPush, allowPull] });
    expect(decision).to.deep.equal({
      outcome: "allowed",
      by: { kind: "identity policy", policy: "allow-pull", statement: "Pull" },
      detail:
        `codecommit:GitPull by ${pull.principalArn} on ${repository} is allowed by ` +
        `statement Pull of the identity policy "allow-pull".`,
    });
  });

  it("is allowed by exactly the action and the resource that a statement says", () => {
    expect(outcome({ identity: [allowPull] }, { action: "codecommit:GitPush" })).to.equal(
      "implicitly denied",
    );
    expect(outcome({ identity: [allowPull] }, { action: "codecommit:gitpull" })).to.equal("allowed");
    expect(outcome({ identity: [allowPull] }, { resource: `${repository}2` })).to.equal("implicitly denied");
    expect(outcome({ identity: [allowPull] }, { resource: repository.replace("app", "App") })).to.equal(
      "implicitly denied",
    );
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
  it("is covered by NotAction and NotResource unless listed there", () => {
    const readers = policy("p", { Effect: "Allow", NotAction: ["codecommit:Git*"], Resource: "*" });
    expect(outcome({ identity: [readers] })).to.equal("implicitly denied");
    expect(outcome({ identity: [readers] }, { action: "codecommit:GetFile" })).to.equal("allowed");
    const elsewhere = policy("p", { Effect: "Allow", Action: "*", NotResource: [`${repository}*`] });
    expect(outcome({ identity: [elsewhere] })).to.equal("implicitly denied");
    expect(outcome({ identity: [elsewhere] }, { resource: repository.replace("app", "web") })).to.equal(
      "allowed",
    );
  });
});

describe("an explicit Deny", () => {
  const endpointDeny = policy(
    "endpoint",
    { ...everything, Principal: "*" },
    { Sid: "Never", Effect: "Deny", Principal: "*", Action: "*", Resource: "*" },
  );
  const placed: [string, PolicySet, string][] = [
    ["identity policy", { identity: [allowAll, denyAll] }, "deny-all"],
    ["permissions boundary", { identity: [allowAll], permissionsBoundary: denyAll }, "deny-all"],
    ["endpoint policy", { identity: [allowAll], endpoint: endpointDeny }, "endpoint"],
    [
      "service control policy",
      { identity: [allowAll], serviceControl: [[allowAll], [allowAll, denyAll]] },
      "deny-all",
    ],
  ];
  for (const [kind, policies, name] of placed) {
    it(`wins over every Allow, wherever it stands, and is named: ${kind}`, () => {
      const decision = decide(pull, policies);
      expect(decision.outcome).to.equal("explicitly denied");
      expect(decision.by).to.deep.equal({ kind, policy: name, statement: "Never" });
      expect(decision.detail).to.match(
        new RegExp(`is denied by statement Never of the ${kind} "${name}"\\.$`),
      );
    });
  }

  it("wins too where nothing allows, and where the repository is another account's", () => {
    expect(outcome({ identity: [denyAll] })).to.equal("explicitly denied");
    const strangers = { resource: repository.replace(account, stranger) };
    expect(outcome({ identity: [denyAll] }, strangers)).to.equal("explicitly denied");
  });

  it("does nothing where its condition does not hold", () => {
    const elsewhere = { "aws:SourceIp": "203.0.113.7/32" };
    const lock = policy("lock", {
      Effect: "Deny",
      Action: "*",
      Resource: "*",
      Condition: { NotIpAddress: elsewhere },
    });
    expect(outcome({ identity: [allowPull, lock] })).to.equal("allowed");
    expect(outcome({ identity: [allowPull, lock] }, { context: { "aws:SourceIp": "203.0.113.8" } })).to.equal(
      "explicitly denied",
    );
    expect(outcome({ identity: [allowPull, lock] }, { context: { "aws:SourceVpce": "vpce-1" } })).to.equal(
      "explicitly denied",
    );
  });
});

describe("every kind of policy that is present", () => {
  const endpoint = (...statements: object[]) =>
    policy("endpoint", ...statements.map((s) => ({ Principal: "*", ...s })));

  it("must allow, or the request is denied for want of it", () => {
    const closed: [string, PolicySet][] = [
      ["permissions boundary", { identity: [allowAll], permissionsBoundary: allowPush }],
      [
        "endpoint policy",
        { identity: [allowAll], endpoint: endpoint({ ...everything, Action: "codecommit:GitPush" }) },
      ],
      [
        "service control policy",
        { identity: [allowAll], serviceControl: [[allowAll], [allowPush], [allowAll]] },
      ],
      [
        "identity policy",
        {
          identity: [allowPush],
          permissionsBoundary: allowAll,
          endpoint: endpoint(everything),
          serviceControl: [[allowAll]],
        },
      ],
    ];
    for (const [kind, policies] of closed) {
      const decision = decide(pull, policies);
      expect(decision.outcome, kind).to.equal("implicitly denied");
      expect(decision.by, kind).to.deep.equal({ kind });
      expect(decision.detail, kind).to.contain(`no statement of the ${kind}`);
    }
  });

  it("together lets through what all allow", () => {
    const policies = {
      identity: [allowPull],
      permissionsBoundary: allowPull,
      endpoint: endpoint({ ...everything, Action: "codecommit:GitPull" }),
      serviceControl: [[allowPush, allowPull], [allowAll]],
    };
    expect(decide(pull, policies).by).to.deep.equal({
      kind: "identity policy",
      policy: "allow-pull",
      statement: "Pull",
    });
  });

  it("grants nothing by itself, but for the identity policies", () => {
    const limits = {
      permissionsBoundary: allowAll,
      endpoint: endpoint(everything),
      serviceControl: [[allowAll]],
    };
    expect(outcome({ identity: [], ...limits })).to.equal("implicitly denied");
  });

  // "…an explicit Allow statement at every level from the root through each OU in the direct path to the account"
  // https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
  it("must allow at each level of service control, of which an empty one allows nothing", () => {
    expect(outcome({ identity: [allowAll], serviceControl: [] })).to.equal("allowed");
    expect(outcome({ identity: [allowAll], serviceControl: [[allowAll], []] })).to.equal("implicitly denied");
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
describe("the Principal of an endpoint policy", () => {
  const through = (Principal: unknown, request: Partial<AccessRequest> = {}) =>
    outcome({ identity: [allowAll], endpoint: policy("endpoint", { ...everything, Principal }) }, request);

  it('"*" is everyone', () => {
    expect(through("*")).to.equal("allowed");
    expect(through({ AWS: "*" })).to.equal("allowed");
  });

  it("as an account is everyone in it", () => {
    for (const AWS of [account, `arn:aws:iam::${account}:root`]) expect(through({ AWS })).to.equal("allowed");
    expect(through({ AWS: stranger })).to.equal("implicitly denied");
    expect(through({ AWS: [stranger, account] })).to.equal("allowed");
  });

  it("as a user or role is that one alone", () => {
    expect(through({ AWS: pull.principalArn })).to.equal("allowed");
    expect(through({ AWS: `${pull.principalArn}2` })).to.equal("implicitly denied");
    expect(through({ AWS: `arn:aws:iam::${account}:role/airlock/pull` })).to.equal("implicitly denied");
  });

  it("must be there, and nowhere else", () => {
    const withPrincipal = policy("with", { ...everything, Principal: "*" });
    const misplaced: [PolicySet, string][] = [
      [{ identity: [allowAll], endpoint: allowAll }, "allow-all"],
      [{ identity: [withPrincipal] }, "with"],
      [{ identity: [allowAll], permissionsBoundary: withPrincipal }, "with"],
      [{ identity: [allowAll], serviceControl: [[withPrincipal]] }, "with"],
    ];
    for (const [policies, name] of misplaced) {
      expect(() => decide(pull, policies))
        .to.throw(UnsupportedPolicyError)
        .with.property("place")
        .that.deep.equals({ policy: name, statement: "Statement[0]", element: "Principal" });
    }
  });
});

describe("another account's repository", () => {
  it("is out of reach, whatever the identity policies allow", () => {
    const decision = decide(
      { ...pull, resource: repository.replace(account, stranger) },
      { identity: [allowAll] },
    );
    expect(decision.outcome).to.equal("implicitly denied");
    expect(decision.by).to.equal(undefined);
    expect(decision.detail).to.contain(`the repository is account ${stranger}'s`);
  });
});

describe("the keys that follow from a request", () => {
  const when = (operator: string, key: string, value: string) =>
    policy("p", { ...everything, Condition: { [operator]: { [key]: value } } });

  it("need not be given", () => {
    const conditions: [string, string, string, string][] = [
      ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/airlock/*", "arn:aws:iam::*:role/*"],
      ["StringEquals", "aws:PrincipalAccount", account, stranger],
      ["StringEquals", "aws:ResourceAccount", account, stranger],
    ];
    for (const [operator, key, right, wrong] of conditions) {
      expect(outcome({ identity: [when(operator, key, right)] }), key).to.equal("allowed");
      expect(outcome({ identity: [when(operator, key, wrong)] }), key).to.equal("implicitly denied");
    }
  });

  it("may be given if they agree", () => {
    expect(outcome({ identity: [allowAll] }, { context: { "AWS:principalAccount": account } })).to.equal(
      "allowed",
    );
  });

  const refused: [string, Partial<AccessRequest>, string][] = [
    ["contradict it", { context: { "aws:ResourceAccount": stranger } }, "context.aws:ResourceAccount"],
    ["are unknown", { context: { "aws:SourceIpp": "203.0.113.7" } }, "context.aws:SourceIpp"],
    [
      "come twice",
      { context: { "aws:SourceVpc": "vpc-1", "aws:sourcevpc": "vpc-1" } },
      "context.aws:sourcevpc",
    ],
    ["are not addresses", { context: { "aws:SourceIp": "203.0.113.7/32" } }, "context.aws:SourceIp"],
    ["are not truth values", { context: { "aws:ViaAWSService": "False" } }, "context.aws:ViaAWSService"],
    ["are empty", { context: { "aws:SourceVpce": "" } }, "context.aws:SourceVpce"],
  ];
  for (const [why, request, element] of refused) {
    it(`are refused where they ${why}`, () => {
      expect(() => decide({ ...pull, ...request }, { identity: [allowAll] }))
        .to.throw(UnsupportedRequestError)
        .with.property("element", element);
    });
  }
});

describe("a request that cannot be decided", () => {
  const refused: [string, Partial<AccessRequest>, string][] = [
    ["the root user's", { principalArn: `arn:aws:iam::${account}:root` }, "principalArn"],
    ["a session's", { principalArn: `arn:aws:sts::${account}:assumed-role/r/s` }, "principalArn"],
    ["of a principal said to be in another account", { principalAccount: stranger }, "principalAccount"],
    ["for a service that may have resource policies", { action: "s3:GetObject" }, "action"],
    ["for many actions", { action: "codecommit:*" }, "action"],
    ["on many repositories", { resource: repository.replace("app", "*") }, "resource"],
    ["on another service's resource", { resource: `arn:aws:s3:eu-west-1:${account}:app` }, "resource"],
  ];
  for (const [why, request, element] of refused) {
    it(`is refused: one ${why}`, () => {
      expect(() => decide({ ...pull, ...request }, { identity: [allowAll] }))
        .to.throw(UnsupportedRequestError)
        .with.property("element", element);
    });
  }
});

describe("a Deny that spares principals by NotPrincipal", () => {
  const user = pull.principalArn;
  const role = `arn:aws:iam::${account}:role/deploy`;
  const sparing = (...spared: string[]): PolicySet => ({
    identity: [allowAll],
    endpoint: policy(
      "endpoint",
      { ...everything, Principal: "*" },
      { Effect: "Deny", NotPrincipal: { AWS: spared }, Action: "*", Resource: "*" },
    ),
  });

  for (const [who, principalArn, spared] of [
    ["a user who is named without its account", user, [user]],
    ["a user whose account alone is named", user, [`arn:aws:iam::${account}:root`]],
    ["a role that is named with its account", role, [role, `arn:aws:iam::${account}:root`]],
  ] as const)
    it(`is not decided for ${who}, since AWS does not say`, () => {
      expect(() => outcome(sparing(...spared), { principalArn }))
        .to.throw(UnsupportedPolicyError)
        .with.property("message")
        .that.contains("NotPrincipal");
    });
});
