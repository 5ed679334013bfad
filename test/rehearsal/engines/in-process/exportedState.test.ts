import { expect } from "chai";
import { deploySource } from "../../../../rehearsal/engines/deployStack";
import type { Deployment } from "../../../../rehearsal/engines/in-process/deployment";
import { root } from "../../rehearsing";

describe("a stack that the in-process engine deployed", () => {
  let source: Deployment;
  before(async () => {
    source = (await deploySource({ root, seed: "test" })).deployment;
  });

  it("has the default provider that each resource refers to, before it, with the Region and the default tags", () => {
    const seen = new Set<string>();
    for (const { type, urn, id, provider, custom } of source.resources) {
      if (type.startsWith("pulumi:providers:")) seen.add(`${urn}::${id ?? ""}`);
      else if (custom) expect(seen, urn).to.include(provider);
    }
    const [aws] = source.ofType("pulumi:providers:aws");
    expect(aws?.inputs).to.deep.include({ region: "ap-northeast-1", version: "7.48.0" });
    expect(aws?.inputs["defaultTags"]).to.contain('"env":"dev"');
  });

  it("says that each NAT gateway depends on its own Elastic IP", () => {
    const eips = source.ofType("aws:ec2/eip:Eip");
    const gateways = source.ofType("aws:ec2/natGateway:NatGateway");
    expect(gateways).to.have.length(2);
    for (const { inputs, propertyDependencies } of gateways) {
      const own = eips.filter(({ id }) => id === inputs["allocationId"]).map(({ urn }) => urn);
      expect(propertyDependencies["allocationId"]).to.deep.equal(own);
    }
  });

  it("has an encrypted root volume with the account's key, its performance and the provider's default tags", () => {
    const [gitlab] = source.ofType("aws:ec2/instance:Instance");
    expect(gitlab?.outputs["rootBlockDevice"]).to.deep.include({
      iops: 3000,
      throughput: 125,
      tagsAll: { pj: "mirror", env: "dev", owner: "you" },
    });
    const [volume] = source.ofType("aws:ebs/volume:Volume");
    expect(volume?.outputs["kmsKeyId"]).to.match(
      /^arn:aws:kms:ap-northeast-1:111111111111:key\/[0-9a-f-]{36}$/,
    );
    expect(gitlab?.outputs).to.have.nested.property("rootBlockDevice.kmsKeyId", volume?.outputs["kmsKeyId"]);
  });
});
