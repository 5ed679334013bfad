import { expect } from "chai";
import fc from "fast-check";
import { airlockArns, repositoryArn } from "../../../components/mirrorTarget/airlockRepositories";
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import { SPECIMEN_IDS } from "../../../components/mirrorTarget/lock";
import { RESOURCE_CONTROL_POLICY_LIMIT } from "../../../components/mirrorTarget/resourceControlPolicy";
import {
  specimenPullLock,
  targetResourceControlPolicy,
} from "../../../components/mirrorTarget/targetPolicies";
import { CODECOMMIT_ACTIONS } from "../../../isolation/iam/actions";
import { decide } from "../../../isolation/iam/decide";
import { parsePolicy } from "../../../isolation/iam/policy";
import { checkControlPolicy } from "../../../rehearsal/aws/identity/controlPolicy";
import { account, endpointPull, manyRepositories, region, someTarget } from "./someTarget";

const policyOf = (args: CheckedMirrorTargetArgs) =>
  targetResourceControlPolicy("airlock", args, specimenPullLock(args));

/** Everything is allowed but what the policy denies. */
const everything = parsePolicy(
  { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  "everything",
);

/** Whether somebody who may do everything may do this, with the resource control policy attached. */
function may(
  args: CheckedMirrorTargetArgs,
  principal: string,
  action: string,
  {
    context = {},
    resource = airlockArns(args)[0] ?? "",
  }: { context?: Record<string, string>; resource?: string },
): boolean {
  const request = {
    principalArn: `arn:aws:iam::${account}:${principal}`,
    principalAccount: account,
    action,
    resource,
    context,
  };
  const attached = parsePolicy(policyOf(args), "attached");
  return decide(request, { identity: [everything], resourceControl: [attached] }).outcome === "allowed";
}

const args = someTarget({
  pull: endpointPull,
  breakGlassArns: [`arn:aws:iam::${account}:role/break-glass`],
});
const changes = CODECOMMIT_ACTIONS.filter(({ access }) => access !== "Read" && access !== "List");
const readings = CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read" || access === "List");
const nat = { "aws:SourceIp": "203.0.113.10" };
const endpoint = { "aws:SourceVpce": SPECIMEN_IDS.endpointId };

describe("the resource control policy", () => {
  it("leaves no change of an airlock repository to anybody but the writers", () => {
    for (const { name } of changes) {
      for (const other of ["role/admin", "user/somebody", "user/airlock-pull"])
        expect(may(args, other, name, { context: endpoint }), `${other} ${name}`).to.equal(false);
      for (const writer of ["role/deployer", "role/break-glass"])
        expect(may(args, writer, name, { context: nat }), `${writer} ${name}`).to.equal(true);
    }
  });

  it("leaves everybody's reading alone, and what lies beside the airlock", () => {
    for (const { name } of readings) expect(may(args, "role/admin", name, {}), name).to.equal(true);
    const resource = repositoryArn(args, "beside");
    expect(may(args, "role/admin", "codecommit:GitPush", { resource })).to.equal(true);
  });

  it("holds the gate users' locks, whatever rights they are given", () => {
    const elsewhere: Record<string, string>[] = [
      {},
      { "aws:SourceIp": "8.8.8.8" },
      { "aws:SourceVpce": "vpce-stranger" },
    ];
    for (const { name } of CODECOMMIT_ACTIONS)
      for (const context of elsewhere) {
        expect(may(args, "user/airlock-push", name, { context }), `push ${name}`).to.equal(false);
        expect(may(args, "user/airlock-pull", name, { context }), `pull ${name}`).to.equal(false);
      }
    expect(may(args, "user/airlock-push", "codecommit:GitPush", { context: nat })).to.equal(true);
    expect(may(args, "user/airlock-pull", "codecommit:GitPull", { context: endpoint })).to.equal(true);
    expect(may(args, "user/airlock-pull", "codecommit:GitPull", { context: nat })).to.equal(false);
  });

  it("is one that AWS takes, however many repositories and ranges there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 200 }), (count, ranges) => {
        const cidrs = Array.from({ length: ranges }, (_, i) => `192.0.${i}.0/28`);
        const some = someTarget({
          repositories: manyRepositories(count),
          pull: { mode: "addresses", isolatedTerminalCidrs: cidrs },
        });
        const text = policyOf(some);
        expect(text.length).to.be.at.most(RESOURCE_CONTROL_POLICY_LIMIT);
        expect(() => {
          checkControlPolicy(text, "RESOURCE_CONTROL_POLICY");
        }).not.to.throw();
        const outsider = may(some, "role/admin", "codecommit:GitPush", { context: nat });
        expect(outsider).to.equal(false);
      }),
      { numRuns: 50 },
    );
  });

  it("says in its id when it had to speak of every repository", () => {
    const many = policyOf(someTarget({ repositories: manyRepositories(170) }));
    expect(many)
      .to.contain("OnlyWritersChangeAnyRepository")
      .and.contain(`arn:aws:codecommit:${region}:${account}:*`);
    expect(policyOf(args)).to.contain("OnlyWritersChangeTheAirlock");
  });
});
