import { expect } from "chai";
import fc from "fast-check";
import { decide, type PolicySet } from "../../../isolation/iam/decide";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import type { AccessRequest } from "../../../isolation/iam/request";

// Few values, so that policies and requests meet often.
const account = "111122223333";
const addresses = ["203.0.113.1", "203.0.113.129", "198.51.100.1", "2001:db8::1"];
const cidr = fc.constantFrom("203.0.113.0/24", "203.0.113.0/25", "203.0.113.1", "0.0.0.0/0", "2001:db8::/32");
const vpce = fc.constantFrom("vpce-1", "vpce-2");
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 2 });

const condition = fc.oneof(
  fc.record({ IpAddress: fc.record({ "aws:SourceIp": some(cidr) }) }),
  fc.record({ NotIpAddress: fc.record({ "aws:SourceIp": some(cidr) }) }),
  fc.record({ StringEquals: fc.record({ "aws:SourceVpce": some(vpce) }) }),
  fc.record({ StringNotEqualsIfExists: fc.record({ "aws:SourceVpce": some(vpce) }) }),
  fc.record({ Null: fc.record({ "aws:SourceIp": fc.boolean() }) }),
);
const action = some(fc.constantFrom("codecommit:GitPull", "codecommit:Git*", "codecommit:PutFile", "*"));
const resource = some(
  fc.constantFrom(`arn:aws:codecommit:r:${account}:app`, `arn:aws:codecommit:r:${account}:w*`, "*"),
);
const scope = fc
  .tuple(fc.oneof(fc.record({ Action: action }), fc.record({ NotAction: action })), fc.option(condition))
  .map(([actions, Condition]) => (Condition ? { ...actions, Condition } : actions));
const statementOf = (effect: fc.Arbitrary<"Allow" | "Deny">) =>
  fc
    .tuple(effect, scope, resource)
    .map(([Effect, rest, Resource]): object => ({ Effect, ...rest, Resource }));
const allow = statementOf(fc.constant("Allow"));
const deny = statementOf(fc.constant("Deny"));
const statements = fc.array(fc.oneof({ weight: 6, arbitrary: allow }, deny), { minLength: 1, maxLength: 4 });

/** Policy documents still as lists of statements, so that tests can change them. */
interface Draft {
  identity: object[][];
  permissionsBoundary?: object[];
  endpoint?: object[];
  serviceControl?: object[][][];
}
const draft: fc.Arbitrary<Draft> = fc.record(
  {
    identity: fc.array(statements, { minLength: 1, maxLength: 3 }),
    permissionsBoundary: statements,
    endpoint: statements,
    serviceControl: fc.array(fc.array(statements, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  },
  { requiredKeys: ["identity"] },
);

function read(list: object[]): Policy {
  return parsePolicy({ Version: "2012-10-17", Statement: list }, "p");
}

function policySet({ identity, permissionsBoundary, endpoint, serviceControl }: Draft): PolicySet {
  return {
    identity: identity.map(read),
    permissionsBoundary: permissionsBoundary && read(permissionsBoundary),
    endpoint: endpoint && read(endpoint.map((statement) => ({ ...statement, Principal: "*" }))),
    serviceControl: serviceControl?.map((level) => level.map(read)),
  };
}

/** Every request that the policies can tell apart, and some more. */
const requests: AccessRequest[] = ["GitPull", "GitPush", "PutFile"].flatMap((name) =>
  ["app", "web"].flatMap((repository) =>
    [
      {},
      ...addresses.map((source) => ({ "aws:SourceIp": source })),
      ...["vpce-1", "vpce-2", "vpce-3"].map((endpoint) => ({ "aws:SourceVpce": endpoint })),
    ].map((context) => ({
      principalArn: `arn:aws:iam::${account}:user/u`,
      principalAccount: account,
      action: `codecommit:${name}`,
      resource: `arn:aws:codecommit:r:${account}:${repository}`,
      context,
    })),
  ),
);

/** The outcome of each request. */
function outcomes(policies: Draft): string[] {
  const read = policySet(policies);
  return requests.map((request) => decide(request, read).outcome);
}

/** Every way to put one more statement somewhere. */
function withStatement(policies: Draft, statement: object): Draft[] {
  const { identity, permissionsBoundary, endpoint, serviceControl } = policies;
  return [
    ...identity.map((_, i) => ({
      ...policies,
      identity: identity.map((p, j) => (i === j ? [...p, statement] : p)),
    })),
    ...(permissionsBoundary
      ? [{ ...policies, permissionsBoundary: [...permissionsBoundary, statement] }]
      : []),
    ...(endpoint ? [{ ...policies, endpoint: [...endpoint, statement] }] : []),
    ...(serviceControl ?? []).map((_, i) => ({
      ...policies,
      serviceControl: serviceControl?.map((level, j) => (i === j ? [...level, [statement]] : level)),
    })),
  ];
}

describe("whatever the policies and the request", () => {
  it("each of the three outcomes is common among those tried here", () => {
    const seen = fc.sample(draft, { numRuns: 100, seed: 1 }).flatMap(outcomes);
    for (const outcome of ["allowed", "explicitly denied", "implicitly denied"]) {
      expect(seen.filter((one) => one === outcome).length, outcome).to.be.greaterThan(seen.length / 20);
    }
  });

  it("one more Allow never takes away what was allowed", () => {
    fc.assert(
      fc.property(draft, allow, (policies, statement) => {
        const before = outcomes(policies);
        for (const wider of withStatement(policies, statement)) {
          const lost = outcomes(wider).filter(
            (outcome, i) => before[i] === "allowed" && outcome !== "allowed",
          );
          expect(lost).to.deep.equal([]);
        }
      }),
    );
  });

  it("one more Deny never lets through what was denied", () => {
    fc.assert(
      fc.property(draft, deny, (policies, statement) => {
        const before = outcomes(policies);
        for (const tighter of withStatement(policies, statement)) {
          const gained = outcomes(tighter).filter(
            (outcome, i) => before[i] !== "allowed" && outcome === "allowed",
          );
          expect(gained).to.deep.equal([]);
        }
      }),
    );
  });

  it("the order of policies, statements and values never matters", () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed).reverse();
      if (typeof value !== "object" || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .map(([name, inner]) => [name, reversed(inner)])
          .reverse(),
      );
    };
    const isDraft = (value: unknown): value is Draft =>
      typeof value === "object" && value !== null && "identity" in value;
    fc.assert(
      fc.property(draft, (policies) => {
        const other = reversed(policies);
        if (!isDraft(other)) throw new Error("reversing lost the policies");
        expect(outcomes(other)).to.deep.equal(outcomes(policies));
      }),
    );
  });
});
