import * as aws from "@pulumi/aws";
import { expect } from "chai";
import type { ExistingNetworkArgs } from "../../../components/networkedGitlab/networkArgs";
import { textAt } from "../../../rehearsal/engines/in-process/deployment";
import {
  counts,
  gitlabCounts,
  networkCounts,
  proxyCounts,
  resolverCounts,
  sum,
  topicCounts,
  withoutEndpoints,
} from "./counting";
import { deploySource, instance, refusal, theirs, type Changes } from "./deploySource";
import { rules } from "./securityGroupRules";
import { region } from "./someSource";

function physicalId(resource: aws.ec2.Vpc | aws.ec2.Subnet): Promise<string> {
  return new Promise((resolve) => {
    resource.id.apply(resolve);
  });
}

/** A VPC with two public subnets, a private and an isolated one, as somebody else made it. */
async function someoneElsesNetwork(changes: Partial<ExistingNetworkArgs> = {}): Promise<Changes> {
  const vpc = new aws.ec2.Vpc("theirs", { cidrBlock: "10.9.0.0/16", enableDnsHostnames: true });
  const internet = new aws.ec2.InternetGateway("theirs", { vpcId: vpc.id });
  const subnets = await Promise.all(
    ["a", "c", "c", "a"].map((zone, i) => {
      const cidrBlock = `10.9.${i}.0/24`;
      return physicalId(
        new aws.ec2.Subnet(`theirs-${i}`, { vpcId: vpc.id, cidrBlock, availabilityZone: region + zone }),
      );
    }),
  );
  const [first, second, third, fourth] = subnets;
  if (!first || !second || !third || !fourth) throw new Error("four subnets were asked for");
  const routes = new aws.ec2.RouteTable("theirs", { vpcId: vpc.id });
  new aws.ec2.Route("theirs", {
    routeTableId: routes.id,
    destinationCidrBlock: "0.0.0.0/0",
    gatewayId: internet.id,
  });
  for (const [i, subnetId] of [first, second].entries())
    new aws.ec2.RouteTableAssociation(`theirs-${i}`, { subnetId, routeTableId: routes.id });
  return {
    network: {
      vpcId: await physicalId(vpc),
      cidrBlock: "10.9.0.0/16",
      publicSubnetIds: [first, second],
      privateSubnetIds: [third],
      isolatedSubnetIds: [fourth],
      natPublicIps: ["203.0.113.99"],
      ...changes,
    },
  };
}

describe("NetworkedGitlab", () => {
  describe("with something that exists", () => {
    it("uses a network as it is", async () => {
      const theirNetwork = await deploySource({}, someoneElsesNetwork);
      expect(counts(theirNetwork)).to.deep.equal(
        sum(proxyCounts, gitlabCounts, topicCounts, withoutEndpoints),
      );
      expect(theirNetwork.output("natPublicIps")).to.deep.equal(["203.0.113.99"]);
      const isolated = theirNetwork.resource("aws:ec2/subnet:Subnet", "theirs-3");
      expect(instance(theirNetwork).inputs["subnetId"]).to.equal(isolated.id);
      const volume = theirNetwork.resource("aws:ebs/volume:Volume", "dev-gitlab-data");
      expect(volume.inputs["availabilityZone"]).to.equal(`${region}a`);
    });

    it("takes no service's name over in a network that is brought, and lets GitLab out to the endpoints it has", async () => {
      const theirNetwork = await deploySource({}, someoneElsesNetwork);
      expect(theirNetwork.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")).to.deep.equal([]);
      expect(rules(theirNetwork).filter((rule) => rule.startsWith("gitlab out"))).to.deep.equal([
        "gitlab out 3128 to proxy",
        "gitlab out 443 to 10.9.0.0/16",
      ]);
    });

    it("lets GitLab out by the one rule for everywhere where it has no proxy in a network that is brought", async () => {
      const direct = await deploySource({ proxy: { mode: "none" } }, someoneElsesNetwork);
      expect(rules(direct).filter((rule) => rule.startsWith("gitlab out"))).to.deep.equal([
        "gitlab out 443 to 0.0.0.0/0",
      ]);
      expect(direct.ofType("aws:ec2/vpcEndpoint:VpcEndpoint")).to.deep.equal([]);
    });

    it("refuses a range that is not the VPC's", async () => {
      const { message } = await refusal({}, () => someoneElsesNetwork({ cidrBlock: "10.8.0.0/16" }));
      expect(message).to.match(/network\.cidrBlock: got "10\.8\.0\.0\/16", but vpc-\w+ has 10\.9\.0\.0\/16/);
    });

    it("refuses a subnet of another VPC", async () => {
      const { message } = await refusal({}, async () => {
        const other = new aws.ec2.Vpc("other", { cidrBlock: "10.7.0.0/16" });
        const subnet = { vpcId: other.id, cidrBlock: "10.7.0.0/24", availabilityZone: `${region}a` };
        return someoneElsesNetwork({
          isolatedSubnetIds: [await physicalId(new aws.ec2.Subnet("other", subnet))],
        });
      });
      expect(message).to.match(/network: subnet subnet-\w+ is in vpc-\w+, expected vpc-/);
    });

    it("makes the proxy alone for a GitLab, and admits the VPC to it", async () => {
      const theirGitlab = await deploySource({ gitlab: theirs });
      expect(counts(theirGitlab)).to.deep.equal(sum(networkCounts, proxyCounts, topicCounts));
      expect(rules(theirGitlab)).to.include("proxy in 3128 from 10.0.0.0/16");
      expect(theirGitlab.output("gitlabUrl")).to.equal(theirs.url);
      expect(theirGitlab.output("gitlabInstanceId")).to.equal(theirs.instanceId);
      for (const none of ["gitlabRootPasswordParameter", "ingressDnsName"])
        expect(theirGitlab.output(none)).to.equal(undefined);
    });

    it("points GitLab to a proxy in the VPC, and lets it out to there alone", async () => {
      const proxy = { mode: "existing", url: "http://proxy.internal:8080" } as const;
      const theirProxy = await deploySource({ proxy });
      expect(counts(theirProxy)).to.deep.equal(sum(networkCounts, resolverCounts, gitlabCounts, topicCounts));
      expect(rules(theirProxy).filter((rule) => rule.startsWith("gitlab out"))).to.deep.equal([
        "gitlab out 443 to endpoints",
        "gitlab out 8080 to 10.0.0.0/16",
      ]);
      expect(textAt(instance(theirProxy).inputs, "userData")).to.contain(
        "'https_proxy' => 'http://proxy.internal:8080'",
      );
    });

    it("lets GitLab out to a proxy's one address where it is given by address", async () => {
      const theirProxy = await deploySource({ proxy: { mode: "existing", url: "http://10.0.7.9:3128" } });
      expect(rules(theirProxy)).to.include("gitlab out 3128 to 10.0.7.9/32");
    });
  });
});
