/** Policies of VPC endpoints. */
import fc from "fast-check";

const pin = fc.constantFrom("aws:PrincipalAccount", "aws:ResourceAccount");
/** Policies that pin the account more or less. @param own the account that is meant */
export const endpointPolicies = (own: string): fc.Arbitrary<string> =>
  fc
    .record({
      pins: fc.uniqueArray(pin),
      operator: fc.constantFrom("StringEquals", "StringEquals", "StringLike", "StringEqualsIfExists"),
      account: fc.constantFrom(own, own, `${own.slice(0, 1)}*`, "333333333333", "999999999999"),
      principal: fc.constantFrom<unknown>("*", { AWS: own }, { AWS: "*" }),
      deny: fc.boolean(),
    })
    .map(({ pins, operator, account, principal, deny }) => {
      const keys = Object.fromEntries(pins.map((key) => [key, account]));
      const condition = pins.length === 0 ? {} : { Condition: { [operator]: keys } };
      const negated = { StringNotEquals: Object.fromEntries(pins.map((key) => [key, own])) };
      const all = { Action: "*", Resource: "*" };
      const statements = deny
        ? [
            { Effect: "Allow", Principal: "*", ...all },
            { Effect: "Deny", Principal: "*", ...all, Condition: negated },
          ]
        : [{ Effect: "Allow", Principal: principal, ...all, ...condition }];
      return JSON.stringify({
        Version: "2012-10-17",
        Statement: pins.length === 0 ? statements.slice(0, 1) : statements,
      });
    });
