import { expect } from "chai";
import { z } from "zod";
import { NetworkUnderTest } from "../networkUnderTest";

const endpoint = "aws:ec2/vpcEndpoint:VpcEndpoint";
const serviceName = "com.amazonaws.ap-northeast-1.git-codecommit";
const name = "git-codecommit.ap-northeast-1.amazonaws.com";
const pullOnly = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: "*",
      Action: "codecommit:GitPull",
      Resource: "arn:aws:codecommit:ap-northeast-1:111111111111:app",
    },
  ],
};

describe("an interface endpoint of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let subnetId: string;
  let inputs: Record<string, unknown>;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc("net", "10.0.0.0/16", { enableDnsHostnames: true });
    subnetId = await net.subnet(vpcId, "a", "10.0.1.0/24");
    inputs = {
      vpcId,
      serviceName,
      vpcEndpointType: "Interface",
      subnetIds: [subnetId],
      privateDnsEnabled: true,
      policy: JSON.stringify(pullOnly),
    };
  });

  it("answers to its own names and, with private DNS, to the service's", async () => {
    const { id, outputs } = await net.create(endpoint, "pull", inputs);
    const entries = z
      .array(z.object({ dnsName: z.string(), hostedZoneId: z.string() }))
      .parse(outputs.dnsEntries);
    expect(entries.map((entry) => entry.dnsName.replace(/vpce-\w+-\w+?(?=[-.])/, "ID"))).to.deep.equal([
      "ID.git-codecommit.ap-northeast-1.vpce.amazonaws.com",
      "ID-ap-northeast-1a.git-codecommit.ap-northeast-1.vpce.amazonaws.com",
      name,
    ]);
    expect(net.network.endpoints.endpointFor(vpcId, name)?.id).to.equal(id);
    expect(net.network.endpoints.endpointFor(vpcId, entries[0]?.dnsName ?? "")?.id).to.equal(id);
    expect(net.network.endpoints.endpointFor(await net.vpc("other"), name)).to.equal(undefined);
  });

  it("does not answer to the service's name without private DNS", async () => {
    await net.create(endpoint, "pull", { ...inputs, privateDnsEnabled: false });
    expect(net.network.endpoints.endpointFor(vpcId, name)).to.equal(undefined);
  });

  it("is listed with its policy, group and an address in each subnet", async () => {
    const id = await net.id(endpoint, "pull", inputs);
    const [listed, ...others] = net.network.endpoints.endpointsOf(vpcId);
    expect(others).to.deep.equal([]);
    expect(listed).to.deep.include({ id, policy: JSON.stringify(pullOnly), subnetIds: [subnetId] });
    expect(listed?.securityGroupIds).to.deep.equal([net.network.vpcs.get(vpcId).defaultSecurityGroupId]);
    expect(listed?.addresses.map((address) => address.replace(/\d+$/, "x"))).to.deep.equal(["10.0.1.x"]);
  });

  it("allows everything when it was given no policy", async () => {
    await net.create(endpoint, "pull", { ...inputs, policy: undefined });
    const policy: unknown = JSON.parse(net.network.endpoints.endpointsOf(vpcId)[0]?.policy ?? "");
    expect(policy).to.deep.equal({
      Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }],
    });
  });

  it("is refused private DNS in a VPC without DNS host names", async () => {
    const other = await net.vpc("other");
    const there = await net.subnet(other, "there", "10.0.1.0/24");
    expect(await net.refusal(endpoint, "pull", { ...inputs, vpcId: other, subnetIds: [there] })).to.match(
      /^InvalidParameter: .*enableDnsSupport and enableDnsHostnames/,
    );
  });

  it("is refused a private name that another endpoint of the VPC has", async () => {
    await net.create(endpoint, "first", inputs);
    const refusal = await net.refusal(endpoint, "second", inputs);
    expect(refusal)
      .to.match(/^InvalidParameter: .*conflicting DNS domain/)
      .and.to.include(name);
    expect(await net.refusal(endpoint, "third", { ...inputs, privateDnsEnabled: false })).to.equal(
      "not refused",
    );
  });

  for (const unknown of [
    "com.amazonaws.us-east-1.git-codecommit",
    "com.amazonaws.ap-northeast-1.git-codecomit",
    "git-codecommit",
  ]) {
    it(`is refused for the service "${unknown}"`, async () => {
      const refusal = await net.refusal(endpoint, "pull", { ...inputs, serviceName: unknown });
      expect(refusal)
        .to.match(/^InvalidServiceName: /)
        .and.to.include(unknown);
    });
  }

  it("is refused subnets and groups of another VPC, and two subnets in one zone", async () => {
    const other = await net.vpc("other");
    const foreign = await net.subnet(other, "foreign", "10.0.1.0/24");
    const sibling = await net.subnet(vpcId, "sibling", "10.0.2.0/24");
    const group = await net.securityGroup(other, "foreign");
    expect(await net.refusal(endpoint, "e", { ...inputs, subnetIds: [foreign] })).to.match(
      /^InvalidParameter: /,
    );
    expect(await net.refusal(endpoint, "e", { ...inputs, subnetIds: [subnetId, sibling] })).to.match(
      /^DuplicateSubnetsInSameZone: /,
    );
    expect(await net.refusal(endpoint, "e", { ...inputs, securityGroupIds: [group] })).to.match(
      /^InvalidGroup\.NotFound: /,
    );
  });

  it("is refused a policy that is none", async () => {
    const [statement] = pullOnly.Statement;
    const bad = [
      "{",
      "[]",
      JSON.stringify({ ...pullOnly, Version: "2012-10-71" }),
      JSON.stringify({ ...pullOnly, Statement: [] }),
      JSON.stringify({ ...pullOnly, Statement: [{ ...statement, Principal: undefined }] }),
      JSON.stringify({ ...pullOnly, Statement: [{ ...statement, Action: undefined }] }),
      JSON.stringify({ ...pullOnly, Statement: [{ ...statement, Effect: "allow" }] }),
      JSON.stringify({ ...pullOnly, Statement: [{ ...statement, Conditions: {} }] }),
    ];
    for (const policy of bad) {
      expect(await net.refusal(endpoint, "e", { ...inputs, policy }), policy).to.match(
        /^InvalidPolicyDocument: /,
      );
    }
  });

  it("takes a policy of 20,480 characters and none longer", async () => {
    const text = JSON.stringify(pullOnly);
    const padded = (length: number) => text + " ".repeat(length - text.length);
    expect(await net.refusal(endpoint, "long", { ...inputs, policy: padded(20_481) })).to.match(
      /^InvalidPolicyDocument: .*20481/,
    );
    expect(await net.refusal(endpoint, "fits", { ...inputs, policy: padded(20_480) })).to.equal(
      "not refused",
    );
  });
});

describe("a gateway endpoint of a stand-in account", () => {
  const s3 = "com.amazonaws.ap-northeast-1.s3";
  let net: NetworkUnderTest;
  let vpcId: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
  });

  it("serves route tables of its VPC, each table once", async () => {
    const table = await net.id("aws:ec2/routeTable:RouteTable", "t", { vpcId });
    const inputs = { vpcId, serviceName: s3, routeTableIds: [table] };
    const { outputs } = await net.create(endpoint, "first", inputs);
    expect(outputs.prefixListId).to.match(/^pl-/);
    expect(net.network.endpoints.endpointsOf(vpcId)[0]?.routeTableIds).to.deep.equal([table]);
    expect(await net.refusal(endpoint, "second", inputs)).to.match(/^RouteAlreadyExists: /);
  });

  it("is refused for services that only have interface endpoints", async () => {
    expect(await net.refusal(endpoint, "e", { vpcId, serviceName })).to.match(/^InvalidParameter: .*Gateway/);
  });

  it("is refused private DNS and security groups", async () => {
    expect(await net.refusal(endpoint, "e", { vpcId, serviceName: s3, privateDnsEnabled: true })).to.match(
      /^InvalidParameter: .*Interface/,
    );
  });
});
