import { expect } from "chai";
import type { MirrorTargetArgs, PullArgs } from "../../../components/mirrorTarget/args";
import { MirrorTarget } from "../../../components/mirrorTarget/mirrorTarget";
import { Account } from "../../../rehearsal/accounts/account";
import { deploy, DeployError } from "../../../rehearsal/embedded/deploy";
import { textAt, type Deployment, type ResourceState } from "../../../rehearsal/embedded/deployment";
import { containsUnknown, isSecret } from "../../../rehearsal/embedded/wire";
import { account, endpointPull, manyRepositories, region, someTarget } from "./someTarget";

const component = "git-airlock:target:MirrorTarget";

function deployTarget(changes: Partial<MirrorTargetArgs> = {}, preview = false): Promise<Deployment> {
  return deploy({
    project: "git-airlock",
    stack: "prd",
    config: {},
    account: new Account({ accountId: account, region, seed: "test" }),
    preview,
    program: () => {
      const target = new MirrorTarget("airlock", someTarget(changes));
      return Promise.resolve({ ...outputs(target) });
    },
  });
}

/** The component's outputs as stack outputs. */
function outputs(target: MirrorTarget) {
  const { repositories, cloneUrls, pushUserName, pullUserName, pushCredential, pullSecretArn } = target;
  const { serviceControlPolicy, pushSourceAddresses, pullEndpointId } = target;
  return {
    ...{ repositories, cloneUrls, pushUserName, pullUserName, pushCredential, pullSecretArn },
    ...{
      serviceControlPolicy,
      pushSourceAddresses,
      pullEndpointId,
      region: target.region,
      accountId: target.accountId,
    },
  };
}

async function refusal(changes: Partial<MirrorTargetArgs>): Promise<DeployError> {
  try {
    await deployTarget(changes);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error("the arguments were taken");
}

/** How many of each type were made, the stack, the provider and the component left out. */
function counts({ resources }: Deployment): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { type } of children(resources)) result[type] = (result[type] ?? 0) + 1;
  return result;
}

function children(resources: readonly ResourceState[]): ResourceState[] {
  return resources.filter(({ type }) => type.startsWith("aws:"));
}

function inputsByName({ resources }: Deployment): Map<string, unknown> {
  return new Map(children(resources).map(({ urn, inputs }) => [urn, inputs]));
}

/** Which resources differ between two deployments. */
function changed(before: Deployment, after: Deployment): string[] {
  const [old, now] = [inputsByName(before), inputsByName(after)];
  const name = (urn: string) => urn.slice(urn.lastIndexOf("::") + 2);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((urn) => JSON.stringify(old.get(urn)) !== JSON.stringify(now.get(urn)))
    .map(name)
    .sort();
}

const commonCounts = {
  "aws:codecommit/repository:Repository": 2,
  "aws:iam/user:User": 2,
  "aws:iam/policy:Policy": 2,
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": 2,
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": 2,
  "aws:secretsmanager/secret:Secret": 1,
  "aws:secretsmanager/secretVersion:SecretVersion": 1,
};

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
    expect(error.message).to.contain('pushSourceAddresses[0]: got "10.0.0.1"');
    expect(error.message).to.contain("pushCredentialEpochs: got [1,2,3]");
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
