import { expect } from "chai";
import type { PullArgs } from "../../../components/mirrorTarget/pullArgs";
import { textAt, type Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { changed, commonCounts, counts, deployTarget } from "./deployTarget";
import { endpointPull, region } from "./someTarget";

const endpointCounts = {
  ...commonCounts,
  "aws:ec2/securityGroup:SecurityGroup": 1,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": 1,
  "aws:ec2/vpcEndpoint:VpcEndpoint": 1,
};

const existingNetwork: PullArgs = {
  ...endpointPull,
  network: { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
};

describe("MirrorTarget, in endpoint mode", () => {
  let inAddressesMode: Deployment;
  let inEndpointMode: Deployment;
  before(async () => {
    inAddressesMode = await deployTarget();
    inEndpointMode = await deployTarget({ pull: endpointPull });
  });

  it("adds the endpoint, and a VPC without a way out, in endpoint mode", () => {
    expect(counts(inEndpointMode)).to.deep.equal({
      ...endpointCounts,
      "aws:ec2/vpc:Vpc": 1,
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": 1,
      "aws:ec2/routeTable:RouteTable": 1,
      "aws:ec2/subnet:Subnet": 2,
      "aws:ec2/routeTableAssociation:RouteTableAssociation": 2,
      "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": 2,
      "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": 1,
      "aws:route53/resolverFirewallRule:ResolverFirewallRule": 2,
      "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": 1,
      "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": 1,
    });
  });

  it("locks the pull user to the endpoint it made", () => {
    const { id } = inEndpointMode.resource("aws:ec2/vpcEndpoint:VpcEndpoint", "airlock-pull-endpoint");
    const policy = inEndpointMode.resource("aws:iam/policy:Policy", "airlock-pull-policy-1");
    expect(textAt(policy.inputs, "policy")).to.contain(`"aws:SourceVpce":"${id ?? "none"}"`);
    expect(inEndpointMode.output("pullEndpointId")).to.equal(id);
    expect(inAddressesMode.output("pullEndpointId")).to.equal(undefined);
  });

  it("admits only the isolated terminals to the endpoint, only on 443", () => {
    const [rule, ...more] = inEndpointMode.ofType(
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    );
    expect(more).to.deep.equal([]);
    expect(rule?.inputs).to.include({
      cidrIpv4: "10.1.0.0/24",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
    });
    const group = inEndpointMode.resource(
      "aws:ec2/securityGroup:SecurityGroup",
      "airlock-pull-endpoint-group",
    );
    expect(group.inputs).not.to.have.any.keys("ingress", "egress");
  });

  it("answers to the ordinary clone URL inside, and passes nothing but GitPull", () => {
    const { inputs } = inEndpointMode.resource("aws:ec2/vpcEndpoint:VpcEndpoint", "airlock-pull-endpoint");
    expect(inputs).to.include({
      serviceName: `com.amazonaws.${region}.git-codecommit`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
    });
    const policy: unknown = JSON.parse(textAt(inputs, "policy"));
    expect(policy).to.have.nested.property("Statement[0].Action").that.deep.equals(["codecommit:GitPull"]);
    expect(policy).to.have.property("Statement").with.lengthOf(1);
  });

  it("reaches CodeCommit by its FIPS endpoint and by nothing else, where that is asked for", async () => {
    const there = "us-west-2";
    const network = { cidrBlock: "10.1.0.0/24", availabilityZones: [`${there}a`] };
    const made = await deployTarget({ region: there, fips: true, pull: { ...endpointPull, network } });
    const { inputs } = made.resource("aws:ec2/vpcEndpoint:VpcEndpoint", "airlock-pull-endpoint");
    expect(inputs).to.include({ serviceName: `com.amazonaws.${there}.git-codecommit-fips` });
    const list = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";
    const names = made.resource(list, "airlock-isolated-dns-endpoint-names");
    expect(names.inputs.domains).to.deep.equal([`git-codecommit-fips.${there}.amazonaws.com.`]);
    const host = `https://git-codecommit-fips.${there}.amazonaws.com/v1/repos`;
    expect(made.output("cloneUrls")).to.deep.equal({
      "platform.network": `${host}/platform.network`,
      "platform.web-app": `${host}/platform.web-app`,
    });
    expect(made.output("fips")).to.equal(true);
  });

  it("leaves the isolated subnets where they are when another zone comes", async () => {
    const zones = (availabilityZones: string[], cidrBlock: string) =>
      deployTarget({ pull: { ...endpointPull, network: { cidrBlock, availabilityZones } } });
    const [a, c] = [`${region}a`, `${region}c`];
    for (const cidrBlock of ["10.1.0.0/16", "10.1.0.0/24", "10.1.0.0/27"]) {
      expect(changed(await zones([a], cidrBlock), await zones([a, c], cidrBlock))).to.deep.equal([
        `airlock-isolated-routes-${c}`,
        `airlock-isolated-subnet-${c}`,
        "airlock-pull-endpoint",
      ]);
    }
  });

  it("gives the isolated VPC no route, no open default group, and a resolver that fails closed", () => {
    const routes = inEndpointMode.resource("aws:ec2/routeTable:RouteTable", "airlock-isolated-routes");
    expect(routes.inputs.routes).to.deep.equal([]);
    const group = inEndpointMode.resource(
      "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
      "airlock-isolated-default-group",
    );
    expect(group.inputs).to.deep.include({ ingress: [], egress: [] });
    const config = inEndpointMode.resource(
      "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
      "airlock-isolated-dns-fail-closed",
    );
    expect(config.inputs.firewallFailOpen).to.equal("DISABLED");
  });

  it("has the isolated resolver answer for git-codecommit and block every other name after that", () => {
    const lists = new Map(
      inEndpointMode
        .ofType("aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList")
        .map(({ id, inputs }) => [id, inputs.domains]),
    );
    const rules = inEndpointMode
      .ofType("aws:route53/resolverFirewallRule:ResolverFirewallRule")
      .map(({ inputs }) => ({
        priority: Number(inputs.priority),
        action: inputs.action,
        domains: lists.get(textAt(inputs, "firewallDomainListId")),
      }))
      .sort((a, b) => a.priority - b.priority);
    expect(rules.map(({ action, domains }) => [action, domains])).to.deep.equal([
      ["ALLOW", [`git-codecommit.${region}.amazonaws.com.`]],
      ["BLOCK", ["*."]],
    ]);
  });

  it("puts the endpoint into a given VPC and makes no network there", async () => {
    const deployment = await deployTarget({ pull: existingNetwork }, true);
    expect(counts(deployment)).to.deep.equal(endpointCounts);
    const { inputs } = deployment.resource("aws:ec2/vpcEndpoint:VpcEndpoint", "airlock-pull-endpoint");
    expect(inputs).to.deep.include({
      vpcId: "vpc-0123456789abcdef0",
      subnetIds: ["subnet-0123456789abcdef0"],
    });
  });
});
