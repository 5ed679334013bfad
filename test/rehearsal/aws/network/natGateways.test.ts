import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const eip = "aws:ec2/eip:Eip";
const nat = "aws:ec2/natGateway:NatGateway";

describe("an Elastic IP address of a stand-in account", () => {
  it("is the next documentation address, beginning with 203.0.113.10", async () => {
    const net = new NetworkUnderTest();
    const first = await net.create(eip, "first", { domain: "vpc" });
    const second = await net.create(eip, "second", {});
    expect(first.outputs).to.include({ publicIp: "203.0.113.10", allocationId: first.id });
    expect(second.outputs).to.include({ publicIp: "203.0.113.11", allocationId: second.id });
  });

  it("comes from the pool that the account was given, until that is used up", async () => {
    const net = new NetworkUnderTest({ addresses: ["203.0.113.77"] });
    expect((await net.create(eip, "first", {})).outputs.publicIp).to.equal("203.0.113.77");
    expect(await net.refusal(eip, "second", {})).to.match(/^AddressLimitExceeded: /);
  });
});

describe("a NAT gateway of a stand-in account", () => {
  let net: NetworkUnderTest;
  let subnetId: string;
  let vpcId: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    subnetId = await net.subnet(vpcId, "public", "10.0.0.0/24");
  });

  it("has the public address of its allocation and a private one of its subnet", async () => {
    await net.internetGateway(vpcId);
    const allocationId = await net.id(eip, "nat", {});
    const { outputs } = await net.create(nat, "nat", { subnetId, allocationId });
    expect(outputs).to.include({ publicIp: "203.0.113.10", vpcId });
    expect(outputs.privateIp).to.match(/^10\.0\.0\.\d+$/);
    expect(outputs.networkInterfaceId).to.match(/^eni-/);
  });

  it("is refused while its VPC has no Internet gateway", async () => {
    const allocationId = await net.id(eip, "nat", {});
    expect(await net.refusal(nat, "nat", { subnetId, allocationId })).to.match(
      /^Gateway\.NotAttached: .*vpc-/,
    );
  });

  it("is refused an address that another NAT gateway has", async () => {
    await net.internetGateway(vpcId);
    const allocationId = await net.id(eip, "nat", {});
    const first = await net.id(nat, "first", { subnetId, allocationId });
    const refusal = await net.refusal(nat, "second", { subnetId, allocationId });
    expect(refusal)
      .to.match(/^Resource\.AlreadyAssociated: /)
      .and.to.include(first);
  });

  it("is refused an allocation or a subnet that does not exist", async () => {
    await net.internetGateway(vpcId);
    expect(await net.refusal(nat, "nat", { subnetId, allocationId: "eipalloc-1" })).to.match(
      /^InvalidAllocationID\.NotFound: .*eipalloc-1/,
    );
    expect(await net.refusal(nat, "nat", { subnetId: "subnet-1", allocationId: "eipalloc-1" })).to.match(
      /^InvalidSubnetID\.NotFound: /,
    );
  });

  it("needs an allocation, and cannot be private here", async () => {
    await net.internetGateway(vpcId);
    const allocationId = await net.id(eip, "nat", {});
    expect(await net.refusal(nat, "nat", { subnetId })).to.match(/^MissingParameter: /);
    expect(await net.refusal(nat, "nat", { subnetId, allocationId, connectivityType: "private" })).to.match(
      /^ValidationException: .*connectivityType/,
    );
  });
});
