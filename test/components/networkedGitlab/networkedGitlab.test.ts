import { expect } from "chai";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import {
  below,
  component,
  counts,
  gitlabCounts,
  networkCounts,
  proxyCounts,
  resolverCounts,
  sum,
  topicCounts,
} from "./counting";
import { deploySource, instance, ordinarySource, refusal, selfSigned, theirs } from "./deploySource";
import { accountId, region } from "./someSource";
import { manyCidrs } from "./wrongSources";

/** Every resource; of keys and certificates, which are made anew each time, what was asked for. */
function withoutKeys({ resources }: Deployment): unknown {
  const comparable = resources.map((one) =>
    /^(tls:|aws:acm\/)/.test(one.type) ? { urn: one.urn, inputs: one.inputs } : one,
  );
  return JSON.parse(JSON.stringify(comparable).replace(/-----BEGIN [^"]*-----/g, "PEM"));
}

describe("NetworkedGitlab", () => {
  let dev: Deployment;
  before(async () => {
    dev = await ordinarySource();
  });

  it("makes a network with a closed resolver, a proxy, a GitLab and a topic for their alarms, and nothing else", () => {
    expect(counts(dev)).to.deep.equal(
      sum(networkCounts, resolverCounts, proxyCounts, gitlabCounts, topicCounts),
    );
  });

  it("takes as many work terminals as the ingress's security group has rules, and one more for none", async () => {
    for (const [most, gitOverSsh] of [
      [30, true],
      [60, false],
    ] as const) {
      const gitlab = { ...selfSigned, gitOverSsh };
      const made = await deploySource({ gitlab, workTerminalCidrs: manyCidrs(most) });
      expect(made.ofType("aws:ec2/instance:Instance")).to.have.lengthOf(1);
      const { message, resources } = await refusal({ gitlab, workTerminalCidrs: manyCidrs(most + 1) });
      expect(message).to.contain(`has ${most + 1} CIDRs; expected at most ${most} CIDRs`);
      expect(resources.filter(({ custom }) => custom)).to.deep.equal([]);
    }
  });

  it("makes every resource its own child, under its own name", () => {
    const own = below(dev).filter(({ urn }) => !urn.includes("awsx:ec2:Vpc"));
    expect(own.length).to.be.greaterThan(40);
    for (const { urn, type, name } of own) {
      expect(urn).to.equal(`urn:pulumi:dev::git-airlock::${component}$${type}::${name}`);
      expect(name).to.match(/^dev-/);
    }
  });

  it("gives the outputs that the other stacks read, and no secret among them", () => {
    const eips = dev.ofType("aws:ec2/eip:Eip").map(({ outputs }) => outputs["publicIp"]);
    expect(dev.output("natPublicIps")).to.deep.equal(eips);
    expect(new Set(eips).size).to.equal(2);
    expect(dev.output("gitlabUrl")).to.equal(`https://${String(dev.output("ingressDnsName"))}`);
    expect(dev.output("gitlabInstanceId")).to.equal(instance(dev).id);
    expect(dev.output("gitlabRootPasswordParameter")).to.equal("/git-airlock/dev/dev-root-password");
    expect(dev.output("proxyUrl")).to.match(/^http:\/\/.+:3128$/);
    expect([dev.output("region"), dev.output("accountId")]).to.deep.equal([region, accountId]);
    expect(dev.secretOutputNames()).to.deep.equal([]);
  });

  describe("the work terminals", () => {
    it("are warned of when they have no public addresses, since the ingress faces the Internet", async () => {
      const { warnings } = await deploySource({ workTerminalCidrs: ["198.51.100.0/24", "10.20.0.0/16"] });
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.contain(
        'workTerminalCidrs[1]: "10.20.0.0/16" is not public (10.0.0.0/8 is private)',
      );
      expect(dev.warnings).to.deep.equal([]);
    });

    it("may have private addresses where the GitLab is one that exists", async () => {
      const { warnings } = await deploySource({ gitlab: theirs, workTerminalCidrs: ["10.20.0.0/16"] });
      expect(warnings.join()).not.to.contain("workTerminalCidrs");
    });
  });

  it("refuses wrong arguments all at once, before it makes anything", async () => {
    const { message, resources } = await refusal({ accountId: "1", workTerminalCidrs: ["0.0.0.0/0"] });
    expect(message).to.contain('accountId: "1" is not an account id of twelve digits');
    expect(message).to.contain('workTerminalCidrs[0]: "0.0.0.0/0" is the whole Internet');
    expect(resources.filter(({ custom }) => custom)).to.deep.equal([]);
  });

  it("makes the same for the same arguments", async () => {
    const again = await deploySource();
    expect(withoutKeys(again)).to.deep.equal(withoutKeys(dev));
  });
});
