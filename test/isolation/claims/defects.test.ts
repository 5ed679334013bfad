import { expect } from "chai";
import { questionAbout } from "../../../isolation/claims/claim";
import { codeGoesIn } from "../../../isolation/claims/codeGoesIn";
import { judge } from "../../../isolation/claims/judgement";
import { verify } from "../../../isolation/claims/verify";
import { ProverDefect } from "../../../isolation/defect";
import type { Value } from "../../../isolation/model/snapshot";
import type { Deployment } from "../../../isolation/model/deployment";
import { Undecidable } from "../../../isolation/undecidable";
import { goodExports, type Exports } from "../exports";

/** Deeper than any stack is. */
function deep(): Value {
  let value: Value = "bottom";
  for (let i = 0; i < 100_000; i++) value = [value];
  return value;
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** What a claim's verdict is, once the deployment was changed. */
async function statusOf(claim: string, change: (exports: Exports) => void): Promise<string | undefined> {
  const exports = await goodExports();
  change(exports);
  return exports.report().verdicts.find((one) => one.claim === claim)?.status;
}

describe("a defect of the prover", function () {
  this.timeout(60_000);
  let good: Deployment;
  beforeEach(async () => {
    good = (await goodExports()).deployment();
  });

  it("is thrown where the two deciders disagree, and decides nothing", () => {
    const question = questionAbout(good);
    const { limits } = question.gate().push();
    for (const policy of limits.identity) Object.assign(policy, { statements: [] });
    const error = thrownBy(() => judge(codeGoesIn, question));
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(Undecidable);
    expect(String(error)).to.contain("The two deciders disagree about codecommit:GitP");
  });

  it("is thrown where an invariant is broken", () => {
    const { allowed } = questionAbout(good).gate().push();
    const error = thrownBy(() => allowed.within("aws:SourceVpce", { values: ["vpce-that-nobody-named"] }));
    expect(error).to.be.instanceOf(Error).and.not.instanceOf(Undecidable);
    expect(String(error)).to.contain("has no equivalence class for the value");
  });

  it("is thrown where the stack overflows, naming the claim and where to report it", () => {
    const snapshot = good.target?.snapshot;
    const [first] = snapshot?.resources ?? [];
    expect(first).to.not.equal(undefined);
    Object.assign(first?.outputs ?? {}, { deep: deep() });
    const error = thrownBy(() => verify(good));
    expect(error).to.be.instanceOf(ProverDefect);
    expect(String(error)).to.match(/defect of git-airlock's prover and no verdict.*deciding C\d+ failed/);
    expect(String(error)).to.contain("Maximum call stack size exceeded").and.contain("please report it");
  });
});

describe("what somebody wrote, however strange, is not a defect", function () {
  this.timeout(60_000);
  const deny = (Condition: object) => (exports: Exports) => {
    exports.target.statements("iam.Policy", "target-push-policy-1", (statements) => [
      ...statements,
      { Sid: "Strange", Effect: "Deny", Action: ["codecommit:DeleteBranch"], Resource: ["*"], Condition },
    ]);
  };
  const said =
    (...natPublicIps: string[]) =>
    (exports: Exports) => {
      for (const type of ["ec2.NatGateway", "ec2.Eip"]) {
        for (const name of ["source-network-1", "source-network-2", "source-nat-1", "source-nat-2"]) {
          try {
            exports.source.remove(type, name);
          } catch {
            // Not all of these names are of both types.
          }
        }
      }
      exports.source.root.outputs.natPublicIps = natPublicIps;
    };

  it("a key with several values that makes no difference leaves C1 proved", async () => {
    expect(await statusOf("C1", deny({ "ForAnyValue:StringLike": { "aws:TagKeys": ["a*"] } }))).to.equal(
      "proved",
    );
  });

  it("a wildcard that stands for itself in an ARN leaves C2 open", async () => {
    const arn = "arn:aws:iam::222222222222:user/${*}";
    expect(await statusOf("C2", deny({ ArnLike: { "aws:PrincipalArn": [arn] } }))).to.equal("unknown");
  });

  for (const address of ["2001:db8::1", "203.0.113.0/24", "x", ""]) {
    it(`a NAT address ${JSON.stringify(address)} proves nothing of C2`, async () => {
      expect(await statusOf("C2", said(address))).to.not.equal("proved");
    });
  }

  it("an endpoint whose id has a wildcard proves nothing of C1", async () => {
    expect(
      await statusOf("C1", (exports) => {
        exports.target.find("ec2.VpcEndpoint", "target-pull-endpoint").id = "vpce-*";
      }),
    ).to.not.equal("proved");
  });

  it("a range that cannot be read leaves open what rests on it", async () => {
    const status = await statusOf("C8", (exports) => {
      exports.declared = { ...exports.declared, workTerminalCidrs: ["198.51.100.0/33"] };
    });
    expect(status).to.equal("unknown");
  });
});
