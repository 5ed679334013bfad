import { expect } from "chai";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { deploySource, document, ordinarySource, subnetId } from "./deploySource";
import { rules } from "./securityGroupRules";
import { accountId, newNetwork, region } from "./someSource";

const managedRules = [
  "endpoints in 443 from gitlab",
  "gitlab in 22 from ingress",
  "gitlab in 80 from ingress",
  "gitlab out 3128 to proxy",
  "gitlab out 443 to endpoints",
  "ingress in 22 from 198.51.100.0/24",
  "ingress in 443 from 198.51.100.0/24",
  "ingress out 22 to gitlab",
  "ingress out 80 to gitlab",
  "proxy in 3128 from gitlab",
  "proxy out 3128 to squid",
  "squid in 3128 from proxy",
  "squid out 443 to 0.0.0.0/0",
];

describe("NetworkedGitlab", () => {
  let dev: Deployment;
  before(async () => {
    dev = await ordinarySource();
  });

  describe("the network", () => {
    it("goes out by protected Elastic IPs of its own, one in each zone", () => {
      expect(dev.ofType("aws:ec2/eip:Eip").map(({ name, protect }) => [name, protect])).to.deep.equal([
        ["dev-nat-ap-northeast-1a", true],
        ["dev-nat-ap-northeast-1c", true],
      ]);
      const used = dev.ofType("aws:ec2/natGateway:NatGateway").map(({ inputs }) => inputs["allocationId"]);
      expect(used).to.have.members(dev.ofType("aws:ec2/eip:Eip").map(({ id }) => id));
    });

    it("gives up a NAT gateway before it makes the next on the same address", () => {
      for (const nat of dev.ofType("aws:ec2/natGateway:NatGateway"))
        expect(nat.deleteBeforeReplace).to.equal(true);
    });

    it("has one Elastic IP, in the first zone, when a single NAT gateway is asked for", async () => {
      const single = await deploySource({ network: { ...newNetwork, natGateways: "Single" } });
      expect(single.ofType("aws:ec2/eip:Eip").map(({ name }) => name)).to.deep.equal([
        "dev-nat-ap-northeast-1a",
      ]);
      expect(single.ofType("aws:ec2/natGateway:NatGateway")).to.have.length(1);
    });

    it("lets nothing out by the NAT addresses that is started without a security group of its own", () => {
      const [group, ...others] = dev.ofType("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup");
      expect(others).to.deep.equal([]);
      expect(group?.inputs).to.deep.include({ ingress: [], egress: [] });
      expect(group?.inputs["vpcId"]).to.equal(dev.resource("aws:ec2/vpc:Vpc", "dev-network").id);
    });

    it("gives the isolated subnets no route but the VPC's own", () => {
      const tables = dev
        .ofType("aws:ec2/routeTable:RouteTable")
        .filter(({ name }) => name.includes("isolated"));
      const routed = dev.ofType("aws:ec2/route:Route").map(({ inputs }) => inputs["routeTableId"]);
      expect(tables).to.have.length(2);
      for (const table of tables) expect(routed).not.to.include(table.id);
    });
  });

  describe("security groups", () => {
    it("let GitLab out to the proxy and Systems Manager, and let it be reached by the ingress alone", () => {
      expect(rules(dev)).to.deep.equal(managedRules);
    });

    it("hold no rules but those", () => {
      for (const group of dev.ofType("aws:ec2/securityGroup:SecurityGroup")) {
        expect(group.inputs).not.to.have.any.keys("ingress", "egress");
      }
    });

    it("let in each range of work terminals by itself", async () => {
      const workTerminalCidrs = ["198.51.100.0/25", "198.51.100.128/25"];
      const ins = rules(await deploySource({ workTerminalCidrs })).filter((rule) =>
        rule.startsWith("ingress in"),
      );
      expect(ins).to.deep.equal([
        "ingress in 22 from 198.51.100.0/25",
        "ingress in 22 from 198.51.100.128/25",
        "ingress in 443 from 198.51.100.0/25",
        "ingress in 443 from 198.51.100.128/25",
      ]);
    });
  });

  describe("the Systems Manager endpoints", () => {
    it("are ssm and ssmmessages, under the services' own names, beside the host", () => {
      const endpoints = dev.ofType("aws:ec2/vpcEndpoint:VpcEndpoint").map(({ inputs }) => inputs);
      expect(endpoints.map(({ serviceName }) => serviceName)).to.deep.equal([
        `com.amazonaws.${region}.ssm`,
        `com.amazonaws.${region}.ssmmessages`,
      ]);
      for (const { privateDnsEnabled, subnetIds, vpcEndpointType } of endpoints) {
        expect([privateDnsEnabled, vpcEndpointType]).to.deep.equal([true, "Interface"]);
        expect(subnetIds).to.deep.equal([subnetId(dev, "isolated-1")]);
      }
    });

    it("serve this account's principals on this account's resources only", () => {
      for (const endpoint of dev.ofType("aws:ec2/vpcEndpoint:VpcEndpoint"))
        expect(document(endpoint, "policy")).to.deep.equal({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: "*",
              Action: "*",
              Resource: "*",
              Condition: {
                StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId },
              },
            },
          ],
        });
    });
  });
});
