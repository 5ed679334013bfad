import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const loadBalancer = "aws:lb/loadBalancer:LoadBalancer";

describe("a load balancer of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let subnets: string[];
  let inputs: Record<string, unknown>;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    subnets = [
      await net.subnet(vpcId, "a", "10.0.1.0/24", "ap-northeast-1a"),
      await net.subnet(vpcId, "c", "10.0.2.0/24", "ap-northeast-1c"),
    ];
    inputs = { name: "ingress", loadBalancerType: "network", internal: true, subnets };
  });
  const refusal = (more: object) => net.refusal(loadBalancer, "lb", { ...inputs, ...more });

  it("is found by its DNS name, with an address in each subnet", async () => {
    const group = await net.securityGroup(vpcId, "ingress");
    const { id, outputs } = await net.create(loadBalancer, "lb", { ...inputs, securityGroups: [group] });
    expect(outputs.dnsName).to.match(/^ingress-[0-9a-f]{16}\.elb\.ap-northeast-1\.amazonaws\.com$/);
    const found = net.network.loadBalancers.byDnsName(String(outputs.dnsName).toUpperCase());
    expect(found).to.deep.include({
      arn: id,
      internal: true,
      vpcId,
      subnetIds: subnets,
      securityGroupIds: [group],
    });
    expect(found?.addresses.map((address) => address.replace(/\d+$/, "x"))).to.deep.equal([
      "10.0.1.x",
      "10.0.2.x",
    ]);
  });

  it("has no security group when it is made without", async () => {
    const { outputs } = await net.create(loadBalancer, "n", inputs);
    expect(outputs.securityGroups).to.deep.equal([]);
  });

  for (const name of ["x".repeat(33), "internal-proxy", "-x", "x-", "x_y"]) {
    it(`is refused the name "${name}"`, async () => {
      expect(await refusal({ name }))
        .to.match(/^ValidationError: /)
        .and.to.include(name);
    });
  }

  it("is refused a name that is taken", async () => {
    await net.create(loadBalancer, "first", inputs);
    expect(await refusal({})).to.match(/^DuplicateLoadBalancerName: .*ingress/);
  });

  it("is refused to face an Internet that its VPC has no gateway to", async () => {
    expect(await refusal({ internal: false })).to.match(/^InvalidSubnet: .*no internet gateway/);
    await net.internetGateway(vpcId);
    expect(await refusal({ internal: false })).to.equal("not refused");
  });

  it("is refused unknown subnets, two in one zone, and groups that do not exist", async () => {
    const twin = await net.subnet(vpcId, "twin", "10.0.3.0/24", "ap-northeast-1a");
    expect(await refusal({ subnets: ["subnet-1"] })).to.match(/^SubnetNotFound: /);
    expect(await refusal({ subnets: [...subnets, twin] })).to.match(/^InvalidConfigurationRequest: .*Zone/);
    expect(await refusal({ subnets: [] })).to.match(/^ValidationError: /);
    expect(await refusal({ securityGroups: ["sg-1"] })).to.match(/^InvalidConfigurationRequest: .*sg-1/);
  });

  it("is refused when it is an application one, which is not part of the stand-in", async () => {
    expect(await refusal({ loadBalancerType: "application" })).to.match(
      /^ValidationException: .*application/,
    );
  });
});
