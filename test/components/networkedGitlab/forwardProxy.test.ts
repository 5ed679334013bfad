import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { squidCommand, squidConf } from "../../../components/networkedGitlab/squidConf";
import { textAt, type Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { counts, gitlabCounts, networkCounts, sum, topicCounts } from "./counting";
import { deploySource, instance, ordinarySource, subnetId } from "./deploySource";
import { rules } from "./securityGroupRules";
import { accountId, region } from "./someSource";

describe("NetworkedGitlab", () => {
  let dev: Deployment;
  before(async () => {
    dev = await ordinarySource();
  });

  describe("the forward proxy", () => {
    const startOf = z.object({
      command: z.array(z.string()).length(1),
      environment: z.array(z.object({ name: z.string(), value: z.string() })),
    });
    const container = (deployment: Deployment) => {
      const task = deployment.resource("aws:ecs/taskDefinition:TaskDefinition", "dev-proxy");
      const [squid] = JSON.parse(textAt(task.inputs, "containerDefinitions")) as unknown[];
      return squid;
    };

    it("runs squid with CodeCommit of this region as its only destination", () => {
      const conf = Buffer.from(squidConf({ region, clientCidr: "10.0.0.0/16" })).toString("base64");
      expect(container(dev)).to.deep.include({
        image: "public.ecr.aws/ubuntu/squid:6.6-24.04_edge",
        environment: [{ name: "SQUID_CONF", value: conf }],
        ...squidCommand,
      });
    });

    it("starts squid with that configuration, and with logs that it may open once it is not root any more", () => {
      const folder = mkdtempSync(join(tmpdir(), "squid-"));
      try {
        // Tells what squid is given: its arguments, its configuration, and whether others may read and write its output.
        writeFileSync(
          join(folder, "squid"),
          `#!/bin/sh\necho "$*"; cat "$3"; stat -Lc %A /dev/stdout /dev/stderr\n`,
        );
        chmodSync(join(folder, "squid"), 0o755);
        const { command, environment } = startOf.parse(container(dev));
        const started = execFileSync(
          "sh",
          ["-c", `sh -c "$0" 2>&1 | cat`, String(command[0]).replaceAll("/tmp/", `${folder}/`)],
          {
            encoding: "utf8",
            env: {
              PATH: `${folder}:${process.env["PATH"] ?? ""}`,
              ...Object.fromEntries(environment.map(({ name, value }) => [name, value])),
            },
          },
        );
        expect(started.split("\n")[0]).to.equal(`-NYC -f ${folder}/squid.conf`);
        expect(started).to.contain(squidConf({ region, clientCidr: "10.0.0.0/16" }));
        expect(started.trim().split("\n").slice(-2)).to.deep.equal(["prw----rw-", "prw----rw-"]);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("starts its tasks once they may write their log", () => {
      const { dependencies } = dev.resource("aws:ecs/service:Service", "dev-proxy");
      expect(dependencies.map((urn) => urn.slice(urn.lastIndexOf("$") + 1))).to.include(
        "aws:iam/rolePolicy:RolePolicy::dev-proxy",
      );
    });

    it("runs in the private subnets, without public addresses, as often as asked for", async () => {
      const two = await deploySource({ proxy: { mode: "managed", tasks: 2, image: "squid:6" } });
      const { inputs } = two.resource("aws:ecs/service:Service", "dev-proxy");
      expect(inputs).to.include({ desiredCount: 2, launchType: "FARGATE" });
      expect(inputs["networkConfiguration"]).to.deep.include({
        subnets: [subnetId(two, "private-1"), subnetId(two, "private-2")],
        assignPublicIp: false,
      });
    });

    it("is reached by an internal load balancer", () => {
      expect(dev.resource("aws:lb/loadBalancer:LoadBalancer", "dev-proxy").inputs).to.include({
        internal: true,
      });
      expect(dev.resource("aws:lb/listener:Listener", "dev-proxy").inputs).to.include({
        port: 3128,
        protocol: "TCP",
      });
    });

    it("may fetch its image from a private registry, and from that repository only", async () => {
      const image = `${accountId}.dkr.ecr.${region}.amazonaws.com/tools/squid:6`;
      const mirrored = await deploySource({ proxy: { mode: "managed", tasks: 1, image } });
      const policy = mirrored.resource("aws:iam/rolePolicy:RolePolicy", "dev-proxy");
      expect(textAt(policy.inputs, "policy")).to.contain(
        `arn:aws:ecr:${region}:${accountId}:repository/tools/squid"`,
      );
      expect(
        textAt(dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-proxy").inputs, "policy"),
      ).not.to.contain("ecr:");
    });
  });

  it("puts GitLab in the private tier and lets it out by https when there is no proxy", async () => {
    const direct = await deploySource({ proxy: { mode: "none" } });
    expect(counts(direct)).to.deep.equal(sum(networkCounts, gitlabCounts, topicCounts));
    expect(instance(direct).inputs["subnetId"]).to.equal(subnetId(direct, "private-1"));
    expect(rules(direct)).to.include("gitlab out 443 to 0.0.0.0/0");
    expect(textAt(instance(direct).inputs, "userData")).not.to.contain("_proxy'");
    expect(direct.output("proxyUrl")).to.equal(undefined);
  });
});
