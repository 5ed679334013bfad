import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const vpc = "aws:ec2/vpc:Vpc";

describe("a VPC of a stand-in account", () => {
  let net: NetworkUnderTest;
  beforeEach(() => {
    net = new NetworkUnderTest();
  });

  it("comes with its id, ARN, main route table and default security group", async () => {
    const { id, outputs } = await net.create(vpc, "net", { cidrBlock: "10.0.0.0/16", tags: { Name: "net" } });
    expect(id).to.match(/^vpc-[0-9a-f]{17}$/);
    expect(outputs).to.include({
      arn: `arn:aws:ec2:ap-northeast-1:111111111111:vpc/${id}`,
      ownerId: "111111111111",
    });
    expect(outputs.mainRouteTableId).to.match(/^rtb-/);
    expect(outputs.defaultSecurityGroupId).to.match(/^sg-/);
    expect(outputs.tagsAll).to.deep.equal({ Name: "net" });
  });

  it("has host names off and DNS on until told otherwise", async () => {
    const { outputs } = await net.create(vpc, "net", { cidrBlock: "10.0.0.0/16" });
    expect(outputs).to.include({ enableDnsSupport: true, enableDnsHostnames: false });
  });

  for (const cidrBlock of ["10.0.0.0/15", "10.0.0.0/29", "127.0.0.0/16"]) {
    it(`is refused the range ${cidrBlock}`, async () => {
      expect(await net.refusal(vpc, "net", { cidrBlock })).to.match(/^InvalidVpc\.Range: .*\d\/\d\d/);
    });
  }

  for (const cidrBlock of ["10.0.0.1/16", "10.0.0.0/33", "10.0.0/16", "net", "010.0.0.0/16"]) {
    it(`is refused "${cidrBlock}", which is not a network address`, async () => {
      const refusal = await net.refusal(vpc, "net", { cidrBlock });
      expect(refusal)
        .to.match(/^InvalidParameterValue: /)
        .and.to.include(cidrBlock);
    });
  }

  it("takes one Internet gateway and no second", async () => {
    const vpcId = await net.vpc();
    await net.internetGateway(vpcId, "first");
    expect(await net.refusal("aws:ec2/internetGateway:InternetGateway", "second", { vpcId })).to.match(
      /^Resource\.AlreadyAssociated: /,
    );
  });

  it("is found by id, by tag and by filter", async () => {
    await net.vpc("other", "10.9.0.0/16");
    const id = await net.vpc("net", "10.0.0.0/16", { tags: { Name: "mirror" } });
    for (const question of [
      { id },
      { tags: { Name: "mirror" } },
      { filters: [{ name: "tag:Name", values: ["mir*"] }] },
      { cidrBlock: "10.0.0.0/16" },
    ]) {
      expect(net.call("aws:ec2/getVpc:getVpc", question)).to.include({ id, cidrBlock: "10.0.0.0/16" });
    }
  });

  it("is not found when there is none, or more than one", async () => {
    await net.vpc("one", "10.0.0.0/16");
    await net.vpc("two", "10.1.0.0/16");
    expect(() => net.call("aws:ec2/getVpc:getVpc", { id: "vpc-0" })).to.throw("InvalidVpcID.NotFound");
    expect(() => net.call("aws:ec2/getVpc:getVpc", { default: true })).to.throw("InvalidVpcID.NotFound");
    expect(() => net.call("aws:ec2/getVpc:getVpc", {})).to.throw("multiple EC2 VPCs matched");
  });
});

describe("tags in a stand-in account", () => {
  const tagged = (tags: Record<string, string>) =>
    new NetworkUnderTest().refusal(vpc, "net", { cidrBlock: "10.0.0.0/16", tags });

  it("may be 50 and not 51", async () => {
    const tags = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`key${i}`, "v"]));
    expect(await tagged(tags(50))).to.equal("not refused");
    expect(await tagged(tags(51))).to.match(/^TagLimitExceeded: .*51/);
  });

  it("may not begin with aws:", async () => {
    expect(await tagged({ "aws:name": "x" })).to.match(/^InvalidParameterValue: .*aws:name/);
  });

  it("may not be longer than 128 characters, nor their values than 256", async () => {
    expect(await tagged({ ["k".repeat(128)]: "v".repeat(256) })).to.equal("not refused");
    expect(await tagged({ ["k".repeat(129)]: "v" })).to.match(/^InvalidParameterValue: /);
    expect(await tagged({ key: "v".repeat(257) })).to.match(/^InvalidParameterValue: /);
  });
});
