import * as aws from "@pulumi/aws";
import { expect } from "chai";
import fc from "fast-check";
import { decide } from "../../isolation/iam/decide";
import { parsePolicy } from "../../isolation/iam/policy";
import * as gate from "../../policies/gate";
import * as locks from "../../policies/gateLocks";
import { run, subject } from "./harness";

const account = "444455556666";
const arn = (name: string) => `arn:aws:codecommit:eu-west-1:${account}:${name}`;
const addresses = ["9.9.9.8", "9.9.9.9", "9.9.9.10"];
const sets = [["9.9.9.9/32"], ["9.9.9.8/32", "9.9.9.9/32"], ["9.9.9.8/31"], ["0.0.0.0/0"]];

/** Most parts are in order, so that many documents are let through, and the others are close to it. */
const condition = (operators: string[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ [operators[0] ?? ""]: { "aws:SourceIp": sets[0] } }) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom(...operators), fc.constantFrom(...sets))
        .map(([operator, set]) => ({ [operator]: { "aws:SourceIp": set } })),
    },
    { weight: 1, arbitrary: fc.constantFrom({ Bool: { "aws:ViaAWSService": "false" } }, undefined) },
  );
const allow = fc.record({
  Effect: fc.constant("Allow"),
  Action: fc.constantFrom(
    ["codecommit:GitPull"],
    ["codecommit:GitPull", "codecommit:GitPush"],
    ["codecommit:GITPUSH"],
    ["codecommit:Git*"],
    ["codecommit:PutFile"],
  ),
  Resource: fc.constantFrom([arn("app")], [arn("app"), arn("infra")], [arn("a*")], ["*"]),
  Condition: condition(["IpAddress", "IpAddressIfExists", "NotIpAddress"]),
});
const deny = fc.record({
  Effect: fc.constant("Deny"),
  Action: fc.constantFrom(["codecommit:*"], ["*"], ["codecommit:GitPush"]),
  Resource: fc.constantFrom(["*"], ["*"], [arn("app")]),
  Condition: condition(["NotIpAddress", "NotIpAddressIfExists", "IpAddress"]),
});
const document = fc
  .tuple(fc.array(allow, { minLength: 1, maxLength: 2 }), fc.array(deny, { minLength: 1, maxLength: 2 }))
  .map(([allows, denies]) => JSON.stringify({ Version: "2012-10-17", Statement: [...allows, ...denies] }));

/** Whether the document, being the push user's only one, allows it. */
function isAllowed(
  policy: string,
  action: string,
  repository: string,
  context: Record<string, string>,
): boolean {
  const principalArn = `arn:aws:iam::${account}:user/uploader`;
  const request = { principalArn, principalAccount: account, action, resource: arn(repository), context };
  return decide(request, { identity: [parsePolicy(policy, "p")] }).outcome === "allowed";
}

describe("the rules for the push user, all together", () => {
  it("let no document through by which it could do more, or from elsewhere", async () => {
    const rules = [...Object.values(gate), ...Object.values(locks)];
    const config = Object.fromEntries(rules.map(({ name }) => [name, { pushUsers: "^uploader$" }]));
    let passed = 0;
    const property = fc.asyncProperty(document, async (policy) => {
      const { violations } = await run(rules, [subject(aws.iam.Policy, "uploader", { policy })], config);
      if (violations.length > 0) return;
      passed += 1;
      for (const action of ["codecommit:PutFile", "codecommit:DeleteRepository", "codecommit:GitPush"]) {
        for (const context of [
          ...addresses.map((ip) => ({ "aws:SourceIp": ip })),
          { "aws:SourceVpce": "vpce-1" },
        ]) {
          const from = "aws:SourceIp" in context ? context["aws:SourceIp"] : undefined;
          const isNamed = from !== undefined && policy.includes(`"${from}/32"`);
          for (const repository of ["app", "infra", "another"]) {
            if (!isAllowed(policy, action, repository, context)) continue;
            expect(action).to.equal("codecommit:GitPush");
            expect(isNamed, `from ${String(from)}`).to.equal(true);
            expect(policy).to.contain(`"${arn(repository)}"`);
          }
        }
      }
    });
    await fc.assert(property, { numRuns: 3000 });
    expect(passed).to.be.greaterThan(30);
  });
});
