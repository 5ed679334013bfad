import { expect } from "chai";
import fc from "fast-check";
import { requesterClasses } from "../../../isolation/access/requesters";
import { createSpace } from "../../../isolation/access/space";
import { decide } from "../../../isolation/iam/decide";
import { arnMatches } from "../../../isolation/iam/match";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";

const account = "222222222222";
const repository = `arn:aws:codecommit:ap-northeast-1:${account}:app`;
const everything = parsePolicy(
  { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "everything",
);

/** Every role and user whose name is made of these, up to three characters. */
const letters = ["a", "b"];
const names = [1, 2, 3].flatMap((length) =>
  Array.from({ length: letters.length ** length }, (_, i) =>
    Array.from({ length }, (_, at) => letters[Math.floor(i / letters.length ** at) % letters.length]).join(
      "",
    ),
  ),
);
const arns = ["user", "role"].flatMap((kind) =>
  names.map((name) => `arn:aws:iam::${account}:${kind}/${name}`),
);

const pattern = fc
  .tuple(
    fc.constantFrom("user/", "role/", "*", "?ole/", "r*"),
    fc.array(fc.constantFrom("a", "b", "*", "?"), { minLength: 1, maxLength: 3 }),
  )
  .map(([kind, name]) => `arn:aws:iam::${account}:${kind}${name.join("")}`);
const userName = fc
  .array(fc.constantFrom("a", "b", "*", "?"), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(""));
const condition = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "ArnNotLike",
        "ArnNotEquals",
        "StringNotLike",
        "StringNotEquals",
        "ArnLike",
        "StringNotEqualsIgnoreCase",
      ),
      fc.array(pattern, { minLength: 1, maxLength: 3 }),
    )
    .map(([operator, values]) => [operator, "aws:PrincipalArn", values] as const),
  fc
    .tuple(
      fc.constantFrom("StringNotLike", "StringNotEquals", "StringLike", "StringNotEqualsIgnoreCase"),
      fc.array(userName, { minLength: 1, maxLength: 2 }),
    )
    .map(([operator, values]) => [operator, "aws:username", values] as const),
  fc
    .tuple(fc.constantFrom("StringNotEquals", "StringEquals"), fc.constantFrom("User", "AssumedRole"))
    .map(([operator, value]) => [operator, "aws:PrincipalType", [value]] as const),
);

function controlOf(conditions: readonly (readonly [string, string, readonly string[]])[]): Policy {
  const block: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, key, values] of conditions) (block[operator] ??= {})[key] = values;
  return parsePolicy(
    {
      Version: "2012-10-17",
      Statement: [{ Effect: "Deny", Action: "codecommit:*", Resource: "*", Condition: block }],
    },
    "control",
  );
}

/** Whether the other decider lets somebody push, to whom his own policies allow everything. */
function isSpared(arn: string, control: Policy): boolean {
  const { outcome } = decide(
    {
      principalArn: arn,
      principalAccount: account,
      action: "codecommit:GitPush",
      resource: repository,
      context: {},
    },
    { identity: [everything], serviceControl: [[everything, control]] },
  );
  return outcome === "allowed";
}

/** One of each class that is spared and not declared. */
function outsiders(control: Policy, declared: readonly string[]): string[] {
  return requesterClasses([control], { accounts: [account], arns: declared })
    .filter((one) => one.account === account && !declared.some((pattern) => arnMatches(pattern, one.arn)))
    .filter((requester) => {
      const space = createSpace({
        policies: [everything, control],
        requesters: [requester],
        resources: [repository],
      });
      const limits = { identity: [everything], serviceControl: [[everything, control]] };
      return !space.allowed(requester, limits).isEmpty();
    })
    .map(({ arn }) => arn);
}

describe("whom a service control policy spares beside the declared", function () {
  this.timeout(120_000);

  it("is found wherever trying every short name finds somebody, and is spared by the other decider too", () => {
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 2 }),
        fc.array(pattern, { maxLength: 3 }),
        (conditions, declared) => {
          const control = controlOf(conditions);
          const found = outsiders(control, declared);
          for (const arn of found) expect(isSpared(arn, control), arn).to.equal(true);
          const tried = arns.find(
            (arn) => isSpared(arn, control) && !declared.some((one) => arnMatches(one, arn)),
          );
          if (tried !== undefined) expect(found, `${tried} is spared`).to.not.deep.equal([]);
        },
      ),
      { seed: 7, numRuns: 150 },
    );
  });
});
