import { expect } from "chai";
import { textAt } from "../../../rehearsal/engines/in-process/deployment";
import { admittedAddresses } from "../../../rehearsal/scenario/pushPolicies";
import { RehearsalError } from "../../../rehearsal/rehearsalError";
import type { StackOverrides } from "../../../rehearsal/engines/readStacks";
import { deploySource, deployTarget, type DeployedStack } from "../../../rehearsal/engines/deployStack";
import { manyRepositories } from "../../components/mirrorTarget/someTarget";
import { asTheyCome, root, deployBoth, targetOn } from "../rehearsing";

describe("standing both sides up", () => {
  it("gives the same resources to the byte for the same seed, but for the certificate's own random key", async () => {
    const [first, second] = [await deployBoth(), await deployBoth()];
    for (const side of ["source", "target"] as const) {
      const deployments = [first[side].deployment, second[side].deployment];
      // Which of two resources that do not need each other is made first, is nobody's promise.
      const [a = [], b = []] = deployments.map(({ resources }) =>
        [...resources].sort((one, other) => (one.urn < other.urn ? -1 : 1)),
      );
      expect(a.length).to.be.above(30);
      expect(b.map(({ urn }) => urn)).to.deep.equal(a.map(({ urn }) => urn));
      const differing = a.filter((r, i) => JSON.stringify(r) !== JSON.stringify(b[i]));
      expect(differing.map(({ type }) => type)).to.have.members(
        side === "target"
          ? []
          : [
              "tls:index/privateKey:PrivateKey",
              "tls:index/selfSignedCert:SelfSignedCert",
              "aws:acm/certificate:Certificate",
            ],
      );
      expect(first[side].deployment.outputs).to.deep.equal(second[side].deployment.outputs);
    }
  });

  it("gives other secrets for another seed", async () => {
    const { source } = await asTheyCome();
    const passwords = await Promise.all(
      ["one", "two"].map(async (seed) => {
        const { deployment } = await deployTarget(source.deployment, { root, seed });
        return textAt({ credential: deployment.outputs["pushCredential"] }, "credential", "password");
      }),
    );
    expect(passwords[0]).to.not.equal(passwords[1]);
  });

  it("hands over one secret alone: the target's push credential, which the mirrors need", async () => {
    const { source, target } = await asTheyCome();
    expect(source.deployment.secretOutputNames()).to.deep.equal([]);
    expect(target.deployment.secretOutputNames()).to.deep.equal(["pushCredential"]);
  });

  it("runs GitLab from the image that is configured, on either sort of processor", async () => {
    const amiId = "ami-0123456789abcdef0";
    for (const instanceType of ["m7i.large", "m7g.large"]) {
      const gitlab = { version: "17.3.0", selfSignedCertificate: true, amiId, instanceType };
      const { deployment } = await deploySource({
        root,
        seed: "test",
        overrides: { "git-airlock:gitlab": gitlab },
      });
      const [host] = deployment.ofType("aws:ec2/instance:Instance");
      expect(host?.inputs).to.include({ ami: amiId, instanceType });
    }
  });

  it("runs the official image of any version", async () => {
    const overrides = { "git-airlock:gitlab": { version: "16.11.10", selfSignedCertificate: true } };
    const { deployment } = await deploySource({ root, seed: "test", overrides });
    expect(deployment.ofType("aws:ec2/instance:Instance")).to.have.length(1);
  });

  it("serves GitLab with the certificate that is configured", async () => {
    const certificateArn =
      "arn:aws:acm:ap-northeast-1:123456789012:certificate/11111111-2222-3333-4444-555555555555";
    const gitlab = { version: "18.5.1", hostname: "gitlab.dev.example.com", certificateArn };
    const { deployment } = await deploySource({
      root,
      seed: "test",
      overrides: { "git-airlock:gitlab": gitlab },
    });
    const listeners = deployment.ofType("aws:lb/listener:Listener");
    const web = listeners.find(({ inputs }) => inputs["port"] === 443);
    expect(web?.inputs["certificateArn"]).to.equal(certificateArn);
    expect(deployment.ofType("tls:index/privateKey:PrivateKey")).to.deep.equal([]);
  });

  it("refuses what a configuration brings along, which no account here has, naming the value", async () => {
    const vpcId = "vpc-0123456789abcdef0";
    const subnets = (n: number) => [1, 2].map((i) => `subnet-0000000000000000${2 * n + i}`);
    const network = {
      vpcId,
      cidrBlock: "10.0.0.0/16",
      natPublicIps: ["203.0.113.10", "203.0.113.11"],
      publicSubnetIds: subnets(0),
      privateSubnetIds: subnets(1),
      isolatedSubnetIds: subnets(2),
    };
    const pull = { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { vpcId, subnetIds: subnets(3) } };
    const proxy = { mode: "existing", url: "http://proxy.example.com:3128" };
    const rows: [StackOverrides, string][] = [
      [{ dev: { "git-airlock:network": network } }, "git-airlock:network.vpcId"],
      [{ dev: { "git-airlock:proxy": proxy } }, "git-airlock:proxy.url"],
      [{ dev: { "git-airlock:gitlab": { url: "https://gitlab.example.com" } } }, "git-airlock:gitlab.url"],
      [{ prd: { "git-airlock:pull": pull } }, "git-airlock:pull.network.vpcId"],
    ];
    for (const [overrides, names] of rows) {
      const error = await deployBoth(overrides).catch((e: unknown) => e);
      expect(error).to.be.instanceOf(RehearsalError);
      expect(String(error)).to.contain(names);
    }
  });

  it("warns of push addresses that the files give and nobody has, and not of the rehearsal's own", async () => {
    const { source, target } = await asTheyCome();
    expect(target.deployment.warnings.join()).to.contain("documentation range");
    expect(target.warnings).to.deep.equal([]);
    const pinned = await targetOn(source, {
      "git-airlock:expectedSourceAddresses": ["203.0.113.10", "203.0.113.11"],
    });
    expect(pinned.warnings.join()).to.contain(
      "203.0.113.10, 203.0.113.11: push sources of a documentation range",
    );
  });

  it("hears what the program warns of in a source", async () => {
    const { warnings } = await deploySource({
      root,
      seed: "test",
      overrides: { "git-airlock:workTerminalCidrs": ["10.20.0.0/16"] },
    });
    expect(warnings.join()).to.contain('workTerminalCidrs[0]: "10.20.0.0/16" is not public');
  });

  it("says in words what is wrong with the stack files, where Pulumi would", async () => {
    for (const [overrides, says] of [
      [{ "git-airlock:role": "target" }, /git-airlock:sourceStack|role/],
      [{ "git-airlock:workTerminalCidrs": [] }, /git-airlock:workTerminalCidrs.* is missing/],
    ] as const) {
      const error = await deploySource({ root, seed: "test", overrides }).catch((e: unknown) => e);
      expect(error).to.be.instanceOf(RehearsalError);
      expect(String(error)).to.match(says);
    }
    const elsewhere = await deploySource({ root: "/nowhere", seed: "test" }).catch((e: unknown) => e);
    expect(elsewhere).to.be.instanceOf(RehearsalError);
    expect(String(elsewhere)).to.contain("Pulumi.yaml: there is no such file in /nowhere");
  });
});

describe("changing one NAT address of the source", () => {
  let then: DeployedStack<"target">, now: DeployedStack<"target">;
  before(async () => {
    const targetOf = async (...publicAddresses: string[]) =>
      targetOn(await deploySource({ root, seed: "test", publicAddresses }));
    then = await targetOf("203.0.113.10", "203.0.113.11");
    now = await targetOf("203.0.113.10", "203.0.113.99");
  });

  const resources = ({ deployment }: DeployedStack<"target">) => deployment.resources;

  it("changes the push policy in the target, and no other resource", () => {
    const [old, current] = [resources(then), resources(now)];
    expect(current.map(({ urn }) => urn)).to.deep.equal(old.map(({ urn }) => urn));
    const changed = current.filter(
      ({ inputs }, i) => JSON.stringify(inputs) !== JSON.stringify(old[i]?.inputs),
    );
    expect(changed.map(({ type, name }) => `${type} ${name}`)).to.deep.equal([
      "aws:iam/policy:Policy target-push-policy-1",
    ]);
  });

  it("changes the one address in that policy's document, wherever it stands, and nothing else of it", () => {
    const document = ({ deployment }: DeployedStack<"target">) =>
      textAt(deployment.resource("aws:iam/policy:Policy", "target-push-policy-1").inputs, "policy");
    expect(document(then)).to.contain("203.0.113.11/32").and.not.contain("203.0.113.99");
    expect(document(now)).to.equal(document(then).replaceAll("203.0.113.11", "203.0.113.99"));
    expect(admittedAddresses(now)).to.deep.equal(["203.0.113.10/32", "203.0.113.99/32"]);
  });

  it("changes the output that says who was let in, the lock of what the organization attaches, and no other output", () => {
    const [old, current] = [then.deployment.outputs, now.deployment.outputs];
    const changed = Object.keys(current).filter(
      (key) => JSON.stringify(current[key]) !== JSON.stringify(old[key]),
    );
    expect(changed).to.have.members(["pushSourceAddresses", "resourceControlPolicy"]);
  });
});

describe("a target at scale", () => {
  let source: DeployedStack<"source">;
  before(async () => {
    ({ source } = await asTheyCome());
  });

  /** The texts of a gate user's policies, as the account holds them. */
  const documents = ({ account, deployment }: DeployedStack<"target">, user: "push" | "pull") =>
    account.iam.policiesOf(String(deployment.output(`${user}UserName`))).map(({ document }) => document);
  const arns = ({ deployment }: DeployedStack<"target">) =>
    deployment.ofType("aws:codecommit/repository:Repository").map(({ outputs }) => textAt(outputs, "arn"));

  it("names 500 repositories by their exact ARNs within AWS's limits", async () => {
    const target = await targetOn(source, {
      "git-airlock:repositories": manyRepositories(500),
      "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
    });
    expect(arns(target)).to.have.length(500);
    for (const user of ["push", "pull"] as const) {
      const texts = documents(target, user);
      expect(texts.length).to.be.within(2, 10);
      expect(Math.max(...texts.map((text) => text.length))).to.be.at.most(6144);
      const named = texts.flatMap((text) => text.match(/arn:aws:codecommit:[^"*]+/g) ?? []);
      expect(new Set(named)).to.deep.equal(new Set(arns(target)));
    }
    const scp = String(target.deployment.output("serviceControlPolicy"));
    expect(scp.length).to.be.at.most(10_240);
  });

  it("names 1,000 repositories by one prefix within AWS's limits", async () => {
    const target = await targetOn(source, {
      "git-airlock:repositories": manyRepositories(1000),
      "git-airlock:repositoryPrefix": "airlock",
    });
    expect(arns(target)).to.have.length(1000);
    for (const arn of arns(target)) expect(arn).to.match(/:222222222222:airlock-/);
    for (const user of ["push", "pull"] as const) {
      const texts = documents(target, user);
      expect(texts).to.have.length(1);
      expect(texts[0]).to.contain('"arn:aws:codecommit:ap-northeast-1:222222222222:airlock-*"');
    }
    const endpoint = target.account.vpcEndpoints.get(String(target.deployment.output("pullEndpointId")));
    expect(endpoint.policy.length).to.be.below(1000);
  });

  it("refuses exact ARNs that no user's policies can hold, and asks for a prefix", async () => {
    const tooMany = targetOn(source, {
      "git-airlock:repositories": manyRepositories(900),
      "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
    });
    const error = await tooMany.then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(String(error)).to.match(/900 repositories.*repositoryPrefix/);
  });
});
