import { expect } from "chai";
import fc from "fast-check";
import { decide, type PolicySet } from "../../../isolation/iam/decide";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import type { AccessRequest } from "../../../isolation/iam/request";

// Few values, so that policies and requests meet often.
const account = "111122223333";
const address = fc.constantFrom("203.0.113.1", "203.0.113.129", "198.51.100.1", "2001:db8::1");
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
const statements = fc.array(fc.oneof({ weight: 3, arbitrary: allow }, deny), { minLength: 1, maxLength: 4 });

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

const request: fc.Arbitrary<AccessRequest> = fc.record({
  principalArn: fc.constant(`arn:aws:iam::${account}:user/u`),
  principalAccount: fc.constant(account),
  action: fc.constantFrom("codecommit:GitPull", "codecommit:GitPush", "codecommit:PutFile"),
  resource: fc.constantFrom("app", "web").map((name) => `arn:aws:codecommit:r:${account}:${name}`),
  context: fc.oneof(
    fc.record({ "aws:SourceIp": address }),
    fc.record({ "aws:SourceVpce": vpce }),
    fc.constant({}),
  ),
});

const asks = (asked: AccessRequest, policies: Draft) => decide(asked, policySet(policies)).outcome;

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
  it("policies of all three outcomes are among those tried", () => {
    const seen = fc.sample(fc.tuple(request, draft), { numRuns: 500, seed: 1 }).map(([r, d]) => asks(r, d));
    expect(new Set(seen)).to.have.all.keys("allowed", "explicitly denied", "implicitly denied");
  });

  it("one more Allow never takes away what was allowed", () => {
    fc.assert(
      fc.property(request, draft, allow, (asked, policies, statement) => {
        fc.pre(asks(asked, policies) === "allowed");
        for (const wider of withStatement(policies, statement))
          expect(asks(asked, wider)).to.equal("allowed");
      }),
      { numRuns: 300 },
    );
  });

  it("one more Deny never lets through what was denied", () => {
    fc.assert(
      fc.property(request, draft, deny, (asked, policies, statement) => {
        fc.pre(asks(asked, policies) !== "allowed");
        for (const tighter of withStatement(policies, statement))
          expect(asks(asked, tighter)).not.to.equal("allowed");
      }),
      { numRuns: 300 },
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
      fc.property(request, draft, (asked, policies) => {
        const other = reversed(policies);
        if (!isDraft(other)) throw new Error("reversing lost the policies");
        expect(asks(asked, other)).to.equal(asks(asked, policies));
      }),
      { numRuns: 500 },
    );
  });

  it("a range and its two halves are the same", () => {
    const range = fc.tuple(fc.nat(255), fc.nat(31)).map(([last, prefix]) => {
      const size = 2 ** (32 - prefix);
      const base = Math.floor((203 * 2 ** 24 + 113 * 2 ** 8 + last) / size) * size;
      const text = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join(".");
      const halves = [base, base + size / 2].map((start) => `${text(start)}/${prefix + 1}`);
      return { whole: [`${text(base)}/${prefix}`], halves };
    });
    const source = fc.oneof(
      fc.nat(255).map((last) => ({ "aws:SourceIp": `203.0.113.${last}` })),
      fc.record({ "aws:SourceIp": address }),
    );
    fc.assert(
      fc.property(
        request,
        source,
        range,
        fc.constantFrom("IpAddress", "NotIpAddress"),
        (asked, context, { whole, halves }, operator) => {
          const under = (ranges: string[]) =>
            asks(
              { ...asked, context },
              {
                identity: [
                  [
                    {
                      Effect: "Allow",
                      Action: "*",
                      Resource: "*",
                      Condition: { [operator]: { "aws:SourceIp": ranges } },
                    },
                  ],
                ],
              },
            );
          expect(under(halves)).to.equal(under(whole));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
