import { expect } from "chai";
import { textAt, type Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { deploySource, ordinarySource } from "./deploySource";
import { region } from "./someSource";

const LIST = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";

/** The names that the VPC's resolver answers for. */
function names(deployment: Deployment): unknown {
  return deployment.resource(LIST, "dev-network-dns-needed-names").inputs["domains"];
}

function proxyName(deployment: Deployment): string {
  return textAt(deployment.resource("aws:lb/loadBalancer:LoadBalancer", "dev-proxy").outputs, "dnsName");
}

const managed = { mode: "managed" as const, tasks: 1 };
const always = ["git-codecommit", "ssm", "ssmmessages"].map((name) => `${name}.${region}.amazonaws.com.`);
const log = `logs.${region}.amazonaws.com.`;

describe("NetworkedGitlab", () => {
  describe("the network's resolver", () => {
    let dev: Deployment;
    before(async () => {
      dev = await ordinarySource();
    });

    it("answers for CodeCommit, Systems Manager, the proxy and what the proxy starts from", () => {
      expect(names(dev)).to.deep.equal([
        ...always,
        `${proxyName(dev)}.`,
        log,
        "public.ecr.aws.",
        "d2glxqk2uabbnd.cloudfront.net.",
        "d5l0dvt14r5h8.cloudfront.net.",
      ]);
    });

    it("blocks every other name after that, and answers for none while its firewall does not", () => {
      const rules = dev
        .ofType("aws:route53/resolverFirewallRule:ResolverFirewallRule")
        .map(({ inputs }) => ({ ...inputs, priority: Number(inputs["priority"]) }))
        .sort((a, b) => a.priority - b.priority);
      expect(rules.map((rule) => Reflect.get(rule, "action") as unknown)).to.deep.equal(["ALLOW", "BLOCK"]);
      expect(dev.resource(LIST, "dev-network-dns-all-names").inputs["domains"]).to.deep.equal(["*."]);
      const config = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig";
      const { inputs } = dev.resource(config, "dev-network-dns-fail-closed");
      expect(inputs["firewallFailOpen"]).to.equal("DISABLED");
    });

    it("asks a private registry of ECR, and where that keeps its layers, by their exact names", async () => {
      const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/squid:1";
      const own = await deploySource({ proxy: { ...managed, image } });
      expect(names(own)).to.deep.equal([
        ...always,
        `${proxyName(own)}.`,
        log,
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.",
        "api.ecr.eu-west-1.amazonaws.com.",
        "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com.",
      ]);
    });

    it("asks another registry, and the hosts that are named beside it", async () => {
      const imageHosts = ["layers.example.com", "registry.example.com"];
      const image = "registry.example.com:443/squid:1";
      const other = await deploySource({ proxy: { ...managed, image, imageHosts } });
      expect(names(other)).to.deep.equal([
        ...always,
        `${proxyName(other)}.`,
        log,
        "registry.example.com.",
        "layers.example.com.",
      ]);
    });

    it("answers for a proxy that exists, where it has a name", async () => {
      const named = await deploySource({ proxy: { mode: "existing", url: "http://proxy.internal:3128" } });
      expect(names(named)).to.deep.equal([...always, "proxy.internal."]);
      const numbered = await deploySource({ proxy: { mode: "existing", url: "http://10.0.200.1:3128" } });
      expect(names(numbered)).to.deep.equal(always);
    });

    it("is left as it is where GitLab is to go anywhere", async () => {
      const direct = await deploySource({ proxy: { mode: "none" } });
      expect(direct.ofType(LIST)).to.deep.equal([]);
    });
  });
});
