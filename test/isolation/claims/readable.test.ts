import { expect } from "chai";
import { readable } from "../../../isolation/claims/readable";

const vpc = "urn:pulumi:dev::git-airlock::git-airlock:source:NetworkedGitlab$aws:ec2/vpc:Vpc::source-network";
const rule =
  "urn:pulumi:dev::p::aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule::in-web-198.51.100.0-24";

describe("a sentence for people", () => {
  it("calls resources by their types and names, whatever stands behind them", () => {
    expect(readable(`${vpc}: by ${rule}.`)).to.equal(
      "Vpc source-network: by SecurityGroupIngressRule in-web-198.51.100.0-24.",
    );
    expect(readable(`from ${vpc}, to ${rule}; and so on`)).to.equal(
      "from Vpc source-network, to SecurityGroupIngressRule in-web-198.51.100.0-24; and so on",
    );
  });

  it("stays as it is without any", () => {
    expect(readable("arn:aws:s3:::bucket is read.")).to.equal("arn:aws:s3:::bucket is read.");
  });
});
