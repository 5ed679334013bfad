import { expect } from "chai";
import fc from "fast-check";
import { Account } from "../../../../rehearsal/aws/account";
import { AvailabilityZones } from "../../../../rehearsal/aws/network/availabilityZones";
import { NetworkUnderTest } from "../networkUnderTest";

const subnet = "aws:ec2/subnet:Subnet";

describe("a subnet of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
  });

  it("is in the zone that was asked for", async () => {
    const { outputs } = await net.create(subnet, "a", {
      vpcId,
      cidrBlock: "10.0.1.0/24",
      availabilityZone: "ap-northeast-1c",
    });
    expect(outputs).to.include({
      availabilityZone: "ap-northeast-1c",
      availabilityZoneId: "apne1-az2",
      vpcId,
    });
  });

  it("is refused in a zone that the region does not have", async () => {
    const inputs = { vpcId, cidrBlock: "10.0.1.0/24", availabilityZone: "us-east-1a" };
    expect(await net.refusal(subnet, "a", inputs)).to.match(
      /^InvalidParameterValue: .*us-east-1a.*ap-northeast-1d/,
    );
  });

  it("is refused outside its VPC's range", async () => {
    const refusal = await net.refusal(subnet, "a", { vpcId, cidrBlock: "10.1.0.0/24" });
    expect(refusal).to.match(/^InvalidSubnet\.Range: .*10\.1\.0\.0\/24.*10\.0\.0\.0\/16/);
  });

  it("is refused when smaller than a /28", async () => {
    expect(await net.refusal(subnet, "a", { vpcId, cidrBlock: "10.0.0.0/28" })).to.equal("not refused");
    expect(await net.refusal(subnet, "b", { vpcId, cidrBlock: "10.0.1.0/29" })).to.match(
      /^InvalidSubnet\.Range: /,
    );
  });

  it("is refused in a VPC that does not exist", async () => {
    const refusal = await net.refusal(subnet, "a", { vpcId: "vpc-1", cidrBlock: "10.0.0.0/24" });
    expect(refusal).to.match(/^InvalidVpcID\.NotFound: .*vpc-1/);
  });

  it("may have the range of another VPC's subnet", async () => {
    const other = await net.vpc("other");
    await net.subnet(other, "there", "10.0.1.0/24");
    expect(await net.refusal(subnet, "here", { vpcId, cidrBlock: "10.0.1.0/24" })).to.equal("not refused");
  });

  it("is refused exactly when it shares an address with an earlier one of its VPC", async () => {
    const ranges = fc
      .tuple(fc.integer({ min: 20, max: 28 }), fc.nat(2 ** 16 - 1))
      .map(([prefix, offset]) => ({ size: 2 ** (32 - prefix), prefix, offset }))
      .map(({ size, prefix, offset }) => ({ size, prefix, first: offset - (offset % size) }));
    await fc.assert(
      fc.asyncProperty(fc.array(ranges, { minLength: 2, maxLength: 8 }), async (asked) => {
        const fresh = new NetworkUnderTest();
        const id = await fresh.vpc();
        // Every address that is in use, one by one: slow, but plainly right.
        const used = new Set<number>();
        for (const [i, { size, prefix, first }] of asked.entries()) {
          const addresses = Array.from({ length: size }, (_, offset) => first + offset);
          const shares = addresses.some((address) => used.has(address));
          const cidrBlock = `10.0.${first >> 8}.${first & 255}/${prefix}`;
          const refusal = await fresh.refusal(subnet, `s${i}`, { vpcId: id, cidrBlock });
          expect(refusal.split(":")[0], cidrBlock).to.equal(
            shares ? "InvalidSubnet.Conflict" : "not refused",
          );
          if (!shares) addresses.forEach((address) => used.add(address));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("hands out each of its 11 usable addresses once, whatever the order, and then no more", async () => {
    const id = await net.subnet(vpcId, "small", "10.0.0.16/28");
    const addresses = Array.from({ length: 11 }, (_, i) => net.network.subnets.takeAddress(id, `host${i}`));
    const expected = Array.from({ length: 11 }, (_, i) => `10.0.0.${i + 20}`);
    expect([...addresses].sort()).to.deep.equal([...expected].sort());
    expect(() => net.network.subnets.takeAddress(id, "one more")).to.throw(
      "InsufficientFreeAddressesInSubnet",
    );
  });

  it("is found by id", async () => {
    await net.subnet(vpcId, "a", "10.0.1.0/24");
    const b = await net.subnet(vpcId, "b", "10.0.2.0/24");
    await net.subnet(await net.vpc("other"), "c", "10.0.1.0/24");
    expect(net.call("aws:ec2/getSubnet:getSubnet", { id: b })).to.include({
      cidrBlock: "10.0.2.0/24",
      vpcId,
    });
    expect(() => net.call("aws:ec2/getSubnet:getSubnet", { id: "subnet-0" })).to.throw(
      "InvalidSubnetID.NotFound",
    );
  });
});

describe("the availability zones of a stand-in account", () => {
  const names = (region: string) =>
    AvailabilityZones.of(new Account({ accountId: "111111111111", region, seed: "test" })).zones.map(
      ({ name }) => name,
    );

  it("are a, c and d in Tokyo, and a, b and c elsewhere", () => {
    expect(names("ap-northeast-1")).to.deep.equal(["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]);
    expect(names("eu-central-1")).to.deep.equal(["eu-central-1a", "eu-central-1b", "eu-central-1c"]);
  });
});
