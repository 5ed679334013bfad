import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const group = "aws:ec2/securityGroup:SecurityGroup";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";
const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };

describe("a security group of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let web: string;
  let proxy: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    web = await net.securityGroup(vpcId, "web");
    proxy = await net.securityGroup(vpcId, "proxy");
  });

  const lets = (cidr: string, port: number, groupIds: string[] = []) =>
    net.network.securityGroups.ingressAllowed([web], { peer: { cidr, groupIds }, port });

  it("lets nothing in or out when new: the provider takes the egress rule away", () => {
    expect(lets("198.51.100.7", 443)).to.equal(undefined);
    expect(
      net.network.securityGroups.egressAllowed([web], { peer: { cidr: "198.51.100.7" }, port: 443 }),
    ).to.equal(undefined);
  });

  for (const [form, add] of Object.entries({
    "inside the group": async () => {
      web = await net.securityGroup(vpcId, "inline", {
        ingress: [{ protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["198.51.100.0/24"] }],
      });
    },
    "as an ingress rule": async () => {
      await net.create(ingressRule, "r", { securityGroupId: web, cidrIpv4: "198.51.100.0/24", ...https });
    },
  })) {
    it(`lets in what a rule written ${form} allows, and nothing else`, async () => {
      await add();
      expect(lets("198.51.100.255", 443)?.peer).to.deep.include({ kind: "ipv4" });
      expect(lets("198.51.100.128/25", 443)?.groupId).to.equal(web);
      expect(lets("198.51.101.0", 443)).to.equal(undefined);
      expect(lets("198.51.100.0/23", 443)).to.equal(undefined);
      expect(lets("198.51.100.1", 444)).to.equal(undefined);
      expect(
        net.network.securityGroups.ingressAllowed([web], {
          peer: { cidr: "198.51.100.1" },
          port: 443,
          protocol: "udp",
        }),
      ).to.equal(undefined);
      expect(
        net.network.securityGroups.egressAllowed([web], { peer: { cidr: "198.51.100.1" }, port: 443 }),
      ).to.equal(undefined);
    });
  }

  it("lets in members of a group that a rule names, whatever their address", async () => {
    await net.create(ingressRule, "r", { securityGroupId: web, referencedSecurityGroupId: proxy, ...https });
    expect(lets("10.0.0.9", 443, [proxy])?.peer).to.deep.equal({ kind: "group", groupId: proxy });
    expect(lets("10.0.0.9", 443, [web])).to.equal(undefined);
  });

  it("lets members reach each other by a rule for itself", async () => {
    const own = await net.securityGroup(vpcId, "own", {
      ingress: [{ protocol: "-1", fromPort: 0, toPort: 0, self: true }],
    });
    const members = { peer: { groupIds: [own] }, port: 9999 };
    expect(net.network.securityGroups.ingressAllowed([own], members)?.ports).to.equal(undefined);
    expect(net.network.securityGroups.ingressAllowed([own], { peer: { groupIds: [web] }, port: 1 })).to.equal(
      undefined,
    );
  });

  it("lets out what an egress rule allows", async () => {
    await net.create(egressRule, "r", { securityGroupId: web, cidrIpv4: "0.0.0.0/0", ipProtocol: "-1" });
    const out = net.network.securityGroups.egressAllowed([proxy, web], {
      peer: { cidr: "198.51.100.7" },
      port: 22,
    });
    expect(out).to.include({ groupId: web, direction: "egress" });
  });

  it("has one name in its VPC, and may share it with another VPC's", async () => {
    expect(await net.refusal(group, "again", { vpcId, name: "web" })).to.match(
      /^InvalidGroup\.Duplicate: .*'web'/,
    );
    const other = await net.vpc("other");
    expect(await net.refusal(group, "there", { vpcId: other, name: "web" })).to.equal("not refused");
  });

  it("is refused a name that EC2 keeps for itself", async () => {
    expect(await net.refusal(group, "g", { vpcId, name: "default" })).to.match(/^InvalidParameterValue: /);
    expect(await net.refusal(group, "g", { vpcId, name: "sg-web" })).to.match(
      /^InvalidParameterValue: .*sg-web/,
    );
  });

  it("is named after the program's name when it has none", async () => {
    const { outputs } = await net.create(group, "endpoints", { vpcId });
    expect(outputs.name).to.match(/^endpoints-[0-9a-f]{7}$/);
  });

  it("takes a rule once, whichever way its protocol is written", async () => {
    const rule = (cidrIpv4: string) => ({ ...https, securityGroupId: web, cidrIpv4 });
    await net.create(ingressRule, "r", rule("198.51.100.0/24"));
    const again = { ...rule("198.51.100.0/24"), ipProtocol: "6" };
    expect(await net.refusal(ingressRule, "s", again)).to.match(
      /^InvalidPermission\.Duplicate: .*198\.51\.100\.0\/24/,
    );
    const other = { ...rule("192.0.2.0/24"), ipProtocol: "6" };
    expect(await net.refusal(ingressRule, "s", other)).to.equal("not refused");
  });

  it("takes 60 rules in each direction and not 61", async () => {
    const blocks = Array.from({ length: 61 }, (_, i) => `198.51.100.${i}/32`);
    const rules = (cidrBlocks: string[]) => [{ protocol: "tcp", fromPort: 1, toPort: 2, cidrBlocks }];
    const sixty = rules(blocks.slice(0, 60));
    const refusal = (name: string, inline: object) => net.refusal(group, name, { vpcId, ...inline });
    expect(await refusal("sixty", { ingress: sixty, egress: sixty })).to.equal("not refused");
    expect(await refusal("in", { ingress: rules(blocks) })).to.match(/^RulesPerSecurityGroupLimitExceeded: /);
    expect(await refusal("out", { egress: rules(blocks) })).to.match(/^RulesPerSecurityGroupLimitExceeded: /);
  });

  it("is refused rules with bad ports, protocols, CIDRs or peers", async () => {
    const refusal = (more: object) =>
      net.refusal(ingressRule, "r", { securityGroupId: web, ...https, ...more });
    expect(await refusal({ cidrIpv4: "198.51.100.1/24" })).to.match(
      /^InvalidParameterValue: .*198\.51\.100\.1\/24/,
    );
    expect(await refusal({ cidrIpv6: "2001:db8::1/32" })).to.match(/^InvalidParameterValue: .*2001:db8::1/);
    expect(await refusal({ cidrIpv4: "192.0.2.0/24", fromPort: 444 })).to.match(
      /^InvalidParameterValue: .*444:443/,
    );
    expect(await refusal({ cidrIpv4: "192.0.2.0/24", toPort: 70000 })).to.match(
      /^InvalidParameterValue: .*70000/,
    );
    expect(await refusal({ cidrIpv4: "192.0.2.0/24", fromPort: undefined })).to.match(
      /^InvalidParameterValue: .*both/,
    );
    expect(await refusal({ cidrIpv4: "192.0.2.0/24", ipProtocol: "tpc" })).to.match(
      /^InvalidPermission\.Malformed: /,
    );
    expect(await refusal({})).to.match(/^InvalidParameterCombination: /);
    expect(await refusal({ cidrIpv4: "192.0.2.0/24", referencedSecurityGroupId: proxy })).to.match(
      /^InvalidParameterCombination: /,
    );
    expect(await refusal({ referencedSecurityGroupId: "sg-1" })).to.match(/^InvalidGroup\.NotFound: .*sg-1/);
  });

  it("is refused a rule for a group of another VPC", async () => {
    const foreign = await net.securityGroup(await net.vpc("other"), "foreign");
    const rule = { securityGroupId: web, referencedSecurityGroupId: foreign, ...https };
    expect(await net.refusal(ingressRule, "r", rule)).to.match(
      /^InvalidGroup\.NotFound: .*different networks/,
    );
  });
});

describe("the default security group of a stand-in VPC", () => {
  it("lets its members in and everything out, until it is adopted without rules", async () => {
    const net = new NetworkUnderTest();
    const vpcId = await net.vpc();
    const id = net.network.vpcs.get(vpcId).defaultSecurityGroupId;
    const groups = net.network.securityGroups;
    const out = () => groups.egressAllowed([id], { peer: { cidr: "198.51.100.7" }, port: 443 });
    const within = () => groups.ingressAllowed([id], { peer: { groupIds: [id] }, port: 22 });
    expect(out()?.direction).to.equal("egress");
    expect(within()?.direction).to.equal("ingress");
    expect(groups.ingressAllowed([id], { peer: { cidr: "10.0.0.1" }, port: 22 })).to.equal(undefined);

    expect(await net.id("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "none", { vpcId })).to.equal(id);
    expect(out()).to.equal(undefined);
    expect(within()).to.equal(undefined);
  });
});
