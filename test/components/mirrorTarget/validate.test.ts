import { expect } from "chai";
import type { MirrorTargetArgs } from "../../../components/mirrorTarget/args";
import { validateMirrorTarget } from "../../../components/mirrorTarget/validate";
import { account, endpointPull, manyRepositories, someTarget } from "./someTarget";
import { addresses, endpoint, wrongTargets } from "./wrongTargets";

function problems(changes: Partial<MirrorTargetArgs>, name = "airlock"): string[] {
  return validateMirrorTarget(name, someTarget(changes));
}

describe("the arguments of the target", () => {
  it("pass when they are in order, in both pull modes and with a given VPC", () => {
    expect(problems({})).to.deep.equal([]);
    expect(problems({ pull: endpointPull })).to.deep.equal([]);
    expect(problems(endpoint({ network: { vpcId: "vpc-0a1b", subnetIds: ["subnet-1"] } }))).to.deep.equal([]);
    expect(problems({ pushCredentialEpochs: [3, 4] })).to.deep.equal([]);
  });

  for (const [what, changes, path, text] of wrongTargets) {
    it(`refuse ${what}`, () => {
      const found = problems(changes);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.contain(text);
      expect(found[0]?.startsWith(`${path}: `)).to.equal(true);
    });
  }

  it("refuse a component name that IAM would not take", () => {
    expect(problems({}, "air lock")).to.have.lengthOf(1);
  });

  it("report every problem at once", () => {
    const found = problems({ accountId: "1", pushSourceAddresses: ["x"], pushCredentialEpochs: [] });
    expect(found.map((problem) => problem.split(":")[0])).to.deep.equal([
      "accountId",
      "pushSourceAddresses[0]",
      "pushCredentialEpochs",
    ]);
  });
});

describe("the number of repositories", () => {
  it("may be 700 by exact ARNs, and 1,000 behind a prefix", () => {
    expect(problems({ repositories: manyRepositories(700) })).to.deep.equal([]);
    for (const pull of [endpointPull, someTarget().pull]) {
      expect(
        problems({ repositories: manyRepositories(1000), repositoryPrefix: "airlock", pull }),
      ).to.deep.equal([]);
    }
  });

  it("is refused beyond ten policies, with the numbers and the way out", () => {
    const found = problems({ repositories: manyRepositories(900) });
    expect(found).to.have.lengthOf(2);
    expect(found[0]).to.match(
      /900 repositories need 1[1-9] managed policies on the push user, which holds 10.*repositoryPrefix/,
    );
  });

  it("is refused beyond the size of an endpoint policy, with the numbers and the way out", () => {
    expect(problems({ repositories: manyRepositories(240), pull: endpointPull })).to.deep.equal([]);
    const [found, ...more] = problems({ repositories: manyRepositories(500), pull: endpointPull });
    expect(more).to.deep.equal([]);
    expect(found).to.match(
      /500 repositories make an endpoint policy of \d+ characters, and AWS takes 20480.*repositoryPrefix/,
    );
  });

  it("does not excuse more addresses than one policy holds", () => {
    const cidrs = Array.from({ length: 250 }, (_, i) => `192.0.2.${i}/32`);
    const found = problems(addresses(...cidrs));
    expect(found).to.deep.equal([
      "pull.isolatedTerminalCidrs: too many to fit into one policy; give fewer, wider ones",
    ]);
    const pushSourceAddresses = Array.from({ length: 250 }, (_, i) => `203.0.113.${i}`);
    expect(problems({ pushSourceAddresses })).to.deep.equal([
      "pushSourceAddresses: too many to fit into one policy; give fewer, wider ones",
    ]);
  });

  it("leaves room for the writers of the service control policy, or says so", () => {
    const breakGlassArns = Array.from(
      { length: 240 },
      (_, i) => `arn:aws:iam::${account}:role/break-glass-${i}`,
    );
    expect(problems({ breakGlassArns })).to.have.lengthOf(1);
    expect(problems({ breakGlassArns })[0]).to.contain("241 writers");
  });
});
