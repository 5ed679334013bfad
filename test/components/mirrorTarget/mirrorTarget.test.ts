import { expect } from "chai";
import { z } from "zod";
import type { EndpointPullArgs } from "../../../components/mirrorTarget/pullArgs";
import { repositoryKeyActions } from "../../../facts/repositoryKey";
import { textAt, type Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { containsUnknown, isSecret } from "../../../rehearsal/engines/in-process/wire";
import { changed, children, commonCounts, counts, deployTarget, refusal } from "./deployTarget";
import { account, endpointPull, manyRepositories, region } from "./someTarget";

const component = "git-airlock:target:MirrorTarget";

describe("MirrorTarget", () => {
  let inAddressesMode: Deployment;
  let inEndpointMode: Deployment;
  before(async () => {
    inAddressesMode = await deployTarget();
    inEndpointMode = await deployTarget({ pull: endpointPull });
  });

  it("makes repositories, two users and one secret in addresses mode, and no network", () => {
    expect(counts(inAddressesMode)).to.deep.equal(commonCounts);
  });

  it("makes every resource its own child, under its own name", () => {
    for (const { urn, type, name } of children(inEndpointMode.resources)) {
      expect(urn).to.equal(`urn:pulumi:prd::git-airlock::${component}$${type}::${name}`);
      expect(name.startsWith("airlock-"), name).to.equal(true);
    }
  });

  it("protects the repositories and sets no default branch", () => {
    for (const { protect, inputs } of inAddressesMode.ofType("aws:codecommit/repository:Repository")) {
      expect(protect).to.equal(true);
      expect(inputs).not.to.have.property("defaultBranch");
    }
  });

  it("puts the repositories under a protected key that opens through CodeCommit alone, where that is asked for", async () => {
    const made = await deployTarget({ customerKey: true });
    const key = made.resource("aws:kms/key:Key", "airlock-repositories");
    expect(key.protect).to.equal(true);
    expect(key.inputs).to.include({ enableKeyRotation: true, deletionWindowInDays: 30 });
    for (const { inputs } of made.ofType("aws:codecommit/repository:Repository"))
      expect(inputs.kmsKeyId).to.equal(key.outputs.arn);
    const { Statement } = z
      .object({ Statement: z.array(z.looseObject({ Principal: z.object({ AWS: z.string() }) })) })
      .parse(JSON.parse(textAt(key.inputs, "policy")));
    expect(
      Statement.filter(({ Principal }) => Principal.AWS !== `arn:aws:iam::${account}:root`),
    ).to.deep.equal([
      {
        Sid: "UseThroughCodeCommit",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: repositoryKeyActions,
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:ViaService": `codecommit.${region}.amazonaws.com`,
            "kms:CallerAccount": account,
          },
        },
      },
    ]);
    expect(changed(await deployTarget(), made)).to.deep.equal([
      "airlock-repositories",
      "airlock-repository-platform.network",
      "airlock-repository-platform.web-app",
    ]);
  });

  it("lets a foreign credential keep a gate user from being deleted", () => {
    for (const { inputs } of inAddressesMode.ofType("aws:iam/user:User"))
      expect(inputs.forceDestroy).to.equal(false);
  });

  it("gives the gate users' policies to their own users", () => {
    const attachments = inAddressesMode.ofType("aws:iam/userPolicyAttachment:UserPolicyAttachment");
    expect(attachments.map(({ inputs }) => [inputs.user, inputs.policyArn])).to.have.deep.members([
      ["airlock-push", `arn:aws:iam::${account}:policy/airlock-push-1`],
      ["airlock-pull", `arn:aws:iam::${account}:policy/airlock-pull-1`],
    ]);
  });

  it("says what others need to know", () => {
    expect(inAddressesMode.output("cloneUrls")).to.deep.equal({
      "platform.network": `https://git-codecommit.${region}.amazonaws.com/v1/repos/platform.network`,
      "platform.web-app": `https://git-codecommit.${region}.amazonaws.com/v1/repos/platform.web-app`,
    });
    expect(inAddressesMode.output("repositories")).to.deep.include({
      gitlabProject: "platform/network",
      name: "platform.network",
      arn: `arn:aws:codecommit:${region}:${account}:platform.network`,
      cloneUrlHttp: `https://git-codecommit.${region}.amazonaws.com/v1/repos/platform.network`,
    });
    expect(inAddressesMode.output("pushSourceAddresses")).to.deep.equal(["203.0.113.10", "203.0.113.11"]);
    expect(inAddressesMode.output("pushUserName")).to.equal("airlock-push");
    expect(inAddressesMode.output("pullUserName")).to.equal("airlock-pull");
  });

  it("lets out one secret, the push credential, and keeps the pull credential in Secrets Manager", () => {
    expect(inAddressesMode.secretOutputNames()).to.deep.equal(["pushCredential"]);
    const credential = inAddressesMode.resource(
      "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
      "airlock-pull-credential-1",
    );
    const version = inAddressesMode.resource(
      "aws:secretsmanager/secretVersion:SecretVersion",
      "airlock-pull-secret-version",
    );
    expect(isSecret(version.inputs.secretString)).to.equal(true);
    expect(JSON.parse(textAt(version.inputs, "secretString"))).to.deep.equal({
      userName: textAt(credential.outputs, "serviceUserName"),
      password: textAt(credential.outputs, "servicePassword"),
    });
  });

  it("shows no password anywhere but marked as a secret", () => {
    const passwords = inEndpointMode
      .ofType("aws:iam/serviceSpecificCredential:ServiceSpecificCredential")
      .map(({ outputs: made }) => textAt(made, "servicePassword"));
    expect(passwords).to.have.lengthOf(2);
    const open = JSON.stringify([inEndpointMode.resources, inEndpointMode.outputs], (_, value: unknown) =>
      isSecret(value) ? "(secret)" : value,
    );
    for (const password of passwords) expect(open).not.to.contain(password);
  });

  it("rotates the push credential by making one and then deleting the other", async () => {
    const [three, both, four] = [
      await deployTarget({ pushCredentialEpochs: [3] }),
      await deployTarget({ pushCredentialEpochs: [3, 4] }),
      await deployTarget({ pushCredentialEpochs: [4] }),
    ];
    expect(changed(three, both)).to.deep.equal(["airlock-push-credential-4"]);
    expect(changed(both, four)).to.deep.equal(["airlock-push-credential-3"]);
    const active = (deployment: Deployment, epoch: number) => {
      const { outputs: made } = deployment.resource(
        "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
        `airlock-push-credential-${epoch}`,
      );
      return { userName: textAt(made, "serviceUserName"), password: textAt(made, "servicePassword") };
    };
    expect(both.output("pushCredential")).to.deep.equal(active(both, 4));
    expect(three.output("pushCredential")).to.deep.equal(active(three, 3));
  });

  it("changes the push policy alone when a NAT address changes", async () => {
    const after = await deployTarget({ pushSourceAddresses: ["203.0.113.10", "203.0.113.99"] });
    expect(changed(inAddressesMode, after)).to.deep.equal(["airlock-push-policy-1"]);
  });

  it("touches no other repository when one is renamed or the list is reordered", async () => {
    const one = { gitlabProject: "platform/network" };
    const other = { gitlabProject: "platform/web-app" };
    expect(changed(inAddressesMode, await deployTarget({ repositories: [other, one] }))).to.deep.equal([]);
    const renamed = await deployTarget({ repositories: [one, { ...other, name: "web" }] });
    expect(changed(inAddressesMode, renamed).filter((name) => name.includes("-repository-"))).to.deep.equal([
      "airlock-repository-platform.web-app",
      "airlock-repository-web",
    ]);
  });

  it("knows every policy at preview, but for the pull policy, which waits for the endpoint's id", async () => {
    const preview = await deployTarget({ pull: endpointPull }, true);
    const waiting = preview
      .ofType("aws:iam/policy:Policy")
      .filter(({ inputs }) => containsUnknown(inputs.policy))
      .map(({ name }) => name);
    expect(waiting).to.deep.equal(["airlock-pull-policy-1"]);
    const { inputs } = preview.resource("aws:ec2/vpcEndpoint:VpcEndpoint", "airlock-pull-endpoint");
    expect(containsUnknown(inputs.policy)).to.equal(false);
  });

  it("reports everything that is wrong at once, and makes nothing", async () => {
    const error = await refusal({ pushSourceAddresses: ["10.0.0.1"], pushCredentialEpochs: [1, 2, 3] });
    expect(error.message).to.contain('pushSourceAddresses[0]: "10.0.0.1" is not a public address');
    expect(error.message).to.contain("pushCredentialEpochs: [1,2,3] is more than two epochs");
    expect(children(error.resources)).to.deep.equal([]);
  });

  it("takes as many isolated terminals as the pull endpoint's security group has rules, and one more for none", async () => {
    const pull = (count: number): EndpointPullArgs => ({
      ...endpointPull,
      isolatedTerminalCidrs: Array.from({ length: count }, (_, i) => `10.1.0.${i}/32`),
    });
    const deployment = await deployTarget({ pull: pull(60) });
    expect(deployment.ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")).to.have.lengthOf(
      60,
    );
    const error = await refusal({ pull: pull(61) });
    expect(error.message).to.contain("61 CIDRs, and a security group holds 60 inbound rules");
    expect(children(error.resources)).to.deep.equal([]);
  });

  it("takes 500 repositories by exact ARNs", async () => {
    const deployment = await deployTarget({ repositories: manyRepositories(500) });
    expect(deployment.ofType("aws:codecommit/repository:Repository")).to.have.lengthOf(500);
    expect(deployment.ofType("aws:iam/policy:Policy").length).to.be.greaterThan(2).and.at.most(20);
  }).timeout(60_000);

  it("takes 1,000 repositories behind a prefix, with one policy for each user", async () => {
    const deployment = await deployTarget({
      repositories: manyRepositories(1000),
      repositoryPrefix: "airlock",
    });
    expect(deployment.ofType("aws:codecommit/repository:Repository")).to.have.lengthOf(1000);
    expect(deployment.ofType("aws:iam/policy:Policy")).to.have.lengthOf(2);
  }).timeout(60_000);

  it("says its region and account, so that a stack can pass them on", () => {
    expect(inAddressesMode.output("region")).to.equal(region);
    expect(inAddressesMode.output("accountId")).to.equal(account);
  });
});
