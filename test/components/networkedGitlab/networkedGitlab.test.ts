import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as aws from "@pulumi/aws";
import * as tls from "@pulumi/tls";
import { expect } from "chai";
import { z } from "zod";
import type {
  ExistingNetworkArgs,
  NetworkedGitlabArgs,
  NewGitlabArgs,
} from "../../../components/networkedGitlab/args";
import { NetworkedGitlab } from "../../../components/networkedGitlab/networkedGitlab";
import { squidConf } from "../../../components/networkedGitlab/squidConf";
import { Account } from "../../../rehearsal/accounts/account";
import { deploy, DeployError } from "../../../rehearsal/embedded/deploy";
import { textAt, type Deployment, type ResourceState } from "../../../rehearsal/embedded/deployment";
import { isSecret, open } from "../../../rehearsal/embedded/wire";
import { accountId, newGitlab, newNetwork, region, someSource } from "./someSource";

const component = "git-airlock:source:NetworkedGitlab";
const selfSigned: NewGitlabArgs = {
  ...newGitlab,
  hostname: undefined,
  certificateArn: undefined,
  selfSignedCertificate: true,
};
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const theirs = { url: "https://gitlab.example.com", instanceId: "i-0123456789abcdef0" };

type Changes = Partial<NetworkedGitlabArgs>;

/** Deploys a source called "dev"; `before` makes what exists already, and says what follows from it. */
function deploySource(changes: Changes = {}, before: () => Promise<Changes> = () => Promise.resolve({})) {
  return deploy({
    project: "git-airlock",
    stack: "dev",
    config: {},
    account: new Account({ accountId, region, seed: "test" }),
    program: async () => {
      const args = someSource({ gitlab: selfSigned, ...changes, ...(await before()) });
      const { natPublicIps, gitlabUrl, gitlabInstanceId, ...rest } = new NetworkedGitlab("dev", args);
      const { gitlabRootPasswordParameter, ingressDnsName, proxyUrl } = rest;
      return {
        ...{
          natPublicIps,
          gitlabUrl,
          gitlabInstanceId,
          gitlabRootPasswordParameter,
          ingressDnsName,
          proxyUrl,
        },
        ...{ region: rest.region, accountId: rest.accountId },
      };
    },
  });
}

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

/** The ARN of a certificate that ACM holds already. */
function someonesCertificate() {
  const { privateKeyPem } = new tls.PrivateKey("theirs", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const { certPem } = new tls.SelfSignedCert("theirs", {
    privateKeyPem,
    subject: { organization: "Example" },
    dnsNames: ["gitlab.dev.example.com"],
    allowedUses: ["digital_signature", "server_auth"],
    validityPeriodHours: 24,
  });
  return new aws.acm.Certificate("theirs", { privateKey: privateKeyPem, certificateBody: certPem }).arn;
}

async function refusal(changes: Changes, before?: () => Promise<Changes>): Promise<DeployError> {
  try {
    await deploySource(changes, before);
  } catch (error) {
    if (error instanceof DeployError) return error;
    throw error;
  }
  throw new Error("the arguments were taken");
}

/** Every resource, but for keys and certificates: these are made anew each time. */
function withoutKeys({ resources }: Deployment): unknown {
  return JSON.parse(JSON.stringify(resources).replace(/-----BEGIN [^"]*-----/g, "PEM"));
}

/** Everything below the component: what awsx's Vpc makes too. */
function below({ resources }: Deployment): ResourceState[] {
  return resources.filter(({ urn, type }) => urn.includes(`::${component}$`) && type !== "awsx:ec2:Vpc");
}

function counts(deployment: Deployment): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { type } of below(deployment)) {
    const short = type.replace(/^(aws:)?(.+)\/.+:(.+)$/, "$2.$3").replace(":index", "");
    result[short] = (result[short] ?? 0) + 1;
  }
  return result;
}

const networkCounts = {
  "ec2.Eip": 2,
  "ec2.Vpc": 1,
  "ec2.DefaultSecurityGroup": 1,
  "ec2.InternetGateway": 1,
  "ec2.Subnet": 6,
  "ec2.RouteTable": 6,
  "ec2.RouteTableAssociation": 6,
  "ec2.Route": 4,
  "ec2.NatGateway": 2,
};

const proxyCounts = {
  "ec2.SecurityGroup": 2,
  "vpc.SecurityGroupIngressRule": 2,
  "vpc.SecurityGroupEgressRule": 2,
  "lb.LoadBalancer": 1,
  "lb.TargetGroup": 1,
  "lb.Listener": 1,
  "iam.Role": 1,
  "iam.RolePolicy": 1,
  "cloudwatch.LogGroup": 1,
  "ecs.Cluster": 1,
  "ecs.TaskDefinition": 1,
  "ecs.Service": 1,
};

const gitlabCounts = {
  "ec2.SecurityGroup": 3,
  "vpc.SecurityGroupIngressRule": 5,
  "vpc.SecurityGroupEgressRule": 4,
  "ec2.VpcEndpoint": 2,
  "lb.LoadBalancer": 1,
  "lb.TargetGroup": 2,
  "lb.Listener": 2,
  "lb.TargetGroupAttachment": 2,
  "acm.Certificate": 1,
  "tls.PrivateKey": 1,
  "tls.SelfSignedCert": 1,
  "random.RandomPassword": 1,
  "ssm.Parameter": 1,
  "ssm.Document": 1,
  "iam.Role": 2,
  "iam.RolePolicy": 2,
  "iam.InstanceProfile": 1,
  "ec2.Instance": 1,
  "ebs.Volume": 1,
  "ec2.VolumeAttachment": 1,
  "dlm.LifecyclePolicy": 1,
};

/** What there is less of without the Systems Manager endpoints. */
const withoutEndpoints = {
  "ec2.SecurityGroup": -1,
  "vpc.SecurityGroupIngressRule": -1,
  "ec2.VpcEndpoint": -2,
};

function sum(...parts: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [type, count] of Object.entries(part)) total[type] = (total[type] ?? 0) + count;
  return Object.fromEntries(Object.entries(total).filter(([, count]) => count !== 0));
}

/** Who lets what in or out, in words: "gitlab in 80 from ingress". */
function rules(deployment: Deployment): string[] {
  const groups = new Map(
    deployment.ofType("aws:ec2/securityGroup:SecurityGroup").map((g) => [g.id, g.name.slice(4)]),
  );
  const words = (direction: string, preposition: string) => (rule: ResourceState) => {
    const { securityGroupId, referencedSecurityGroupId, cidrIpv4, fromPort, toPort, ipProtocol } =
      rule.outputs;
    expect([ipProtocol, fromPort]).to.deep.equal(["tcp", toPort]);
    const peer = groups.get(String(referencedSecurityGroupId)) ?? String(cidrIpv4);
    return `${groups.get(String(securityGroupId)) ?? ""} ${direction} ${String(fromPort)} ${preposition} ${peer}`;
  };
  return [
    ...deployment
      .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
      .map(words("in", "from")),
    ...deployment.ofType("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule").map(words("out", "to")),
  ].sort();
}

/** The policy document at a path of a resource's inputs. */
function document(resource: ResourceState, key: string): unknown {
  return JSON.parse(textAt(resource.inputs, key));
}

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
    dev = await deploySource();
  });

  const instance = (deployment: Deployment) => deployment.resource("aws:ec2/instance:Instance", "dev-gitlab");
  const subnetId = (deployment: Deployment, name: string) =>
    deployment.resource("aws:ec2/subnet:Subnet", `dev-network-${name}`).id;

  it("makes a network, a proxy and a GitLab, and nothing else", () => {
    expect(counts(dev)).to.deep.equal(sum(networkCounts, proxyCounts, gitlabCounts));
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

  describe("the GitLab host", () => {
    it("runs the official image of the version asked for, in an isolated subnet, without a public address", () => {
      const { inputs } = instance(dev);
      expect(inputs["ami"]).to.match(/^ami-/);
      expect(inputs["subnetId"]).to.equal(subnetId(dev, "isolated-1"));
      expect(inputs["associatePublicIpAddress"]).to.equal(false);
    });

    it("runs another image on Graviton, and the very image that is given", async () => {
      const graviton = await deploySource({ gitlab: { ...selfSigned, instanceType: "m7g.large" } });
      expect(instance(graviton).inputs["ami"]).not.to.equal(instance(dev).inputs["ami"]);
      const amiId = textAt(instance(graviton).inputs, "ami");
      const given = await deploySource({ gitlab: { ...selfSigned, instanceType: "m7g.large", amiId } });
      expect(instance(given).inputs["ami"]).to.equal(amiId);
    });

    it("says which image is missing, and what to do, when GitLab has published none of the version", async () => {
      const { message } = await refusal({ gitlab: { ...selfSigned, version: "18.5.1000" } });
      expect(message).to.contain(
        'gitlab.version: got "18.5.1000", but the image "GitLab CE 18.5.1000" of GitLab\'s account 782774275127 was not ' +
          "found in ap-northeast-1; expected a version that GitLab has published there, or gitlab.amiId",
      );
    });

    it("is protected in Pulumi and in EC2, encrypts its disks and asks for metadata sessions", () => {
      const { inputs, protect } = instance(dev);
      expect([protect, inputs["disableApiTermination"]]).to.deep.equal([true, true]);
      expect(inputs["rootBlockDevice"]).to.include({ encrypted: true, volumeType: "gp3", volumeSize: 30 });
      expect(inputs["metadataOptions"]).to.include({ httpTokens: "required", httpPutResponseHopLimit: 1 });
    });

    it("keeps its data on a protected, encrypted volume in its own zone", () => {
      const volume = dev.resource("aws:ebs/volume:Volume", "dev-gitlab-data");
      expect(volume.protect).to.equal(true);
      expect(volume.inputs).to.include({
        encrypted: true,
        type: "gp3",
        size: 100,
        availabilityZone: `${region}a`,
      });
      const attachment = dev.resource("aws:ec2/volumeAttachment:VolumeAttachment", "dev-gitlab-data");
      expect(attachment.deleteBeforeReplace).to.equal(true);
      expect(attachment.inputs).to.include({ volumeId: volume.id, instanceId: instance(dev).id });
      expect(attachment.inputs).to.include({ stopInstanceBeforeDetaching: true });
    });

    it("is told its URL, its proxy, its volume and where its password is, but not the password", () => {
      const text = textAt(instance(dev).inputs, "userData");
      const volume = dev.resource("aws:ebs/volume:Volume", "dev-gitlab-data").id ?? "none";
      for (const told of [
        dev.output("gitlabUrl"),
        dev.output("proxyUrl"),
        "/git-airlock/dev/dev-root-password",
        volume,
      ])
        expect(text).to.contain(`'${String(told)}'`);
      const password = dev.resource("random:index/randomPassword:RandomPassword", "dev-root-password");
      expect(text).not.to.contain(textAt(password.outputs, "result"));
      expect(isSecret(instance(dev).inputs["userData"])).to.equal(false);
    });

    it("may speak to Systems Manager and read the root password, and nothing else", () => {
      const policy = dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-gitlab");
      expect(document(policy, "policy")).to.deep.equal({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: [
              "ssm:UpdateInstanceInformation",
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
            ],
            Resource: "*",
          },
          {
            Effect: "Allow",
            Action: ["ssm:GetParameter"],
            Resource: `arn:aws:ssm:${region}:${accountId}:parameter/git-airlock/dev/dev-root-password`,
          },
        ],
      });
    });

    it("starts after what it needs at its first start", () => {
      const needs = instance(dev).dependencies.map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
      expect(needs).to.include.members(["dev-ssm", "dev-ssmmessages", "dev-gitlab", "dev-root-password"]);
    });

    it("has its root password in a SecureString, marked as a secret", () => {
      const parameter = dev.resource("aws:ssm/parameter:Parameter", "dev-root-password");
      expect(parameter.inputs["type"]).to.equal("SecureString");
      expect(isSecret(parameter.inputs["value"])).to.equal(true);
      expect(open(parameter.inputs["value"])).to.match(/^[A-Za-z0-9]{32}$/);
    });
  });

  describe("the ingress", () => {
    const byName = (type: string, name: string) => dev.resource(`aws:lb/${type}`, name).inputs;

    it("faces the Internet from the public subnets, with a security group from the start", () => {
      const balancer = byName("loadBalancer:LoadBalancer", "dev-ingress");
      expect(balancer).to.include({ loadBalancerType: "network", internal: false });
      expect(balancer["subnets"]).to.deep.equal([subnetId(dev, "public-1"), subnetId(dev, "public-2")]);
      expect(balancer["securityGroups"]).to.deep.equal([
        dev.resource("aws:ec2/securityGroup:SecurityGroup", "dev-ingress").id,
      ]);
    });

    it("ends TLS on 443 and hands on with the PROXY protocol; git over ssh goes on as it is", () => {
      expect(byName("listener:Listener", "dev-web")).to.include({ port: 443, protocol: "TLS" });
      expect(byName("targetGroup:TargetGroup", "dev-web")).to.include({ port: 80, proxyProtocolV2: true });
      expect(byName("listener:Listener", "dev-ssh")).to.include({ port: 22, protocol: "TCP" });
      expect(byName("targetGroup:TargetGroup", "dev-ssh")).to.include({ port: 22, proxyProtocolV2: false });
      for (const name of ["dev-web", "dev-ssh"])
        expect(byName("targetGroup:TargetGroup", name)).to.include({ preserveClientIp: "false" });
    });

    it("has no door for ssh when git over ssh is off", async () => {
      const closed = await deploySource({ gitlab: { ...selfSigned, gitOverSsh: false } });
      expect(rules(closed).filter((rule) => rule.includes(" 22 "))).to.deep.equal([]);
      expect(closed.ofType("aws:lb/listener:Listener").map(({ name }) => name)).to.have.members([
        "dev-web",
        "dev-proxy",
      ]);
    });

    it("uses the certificate that is given, under the hostname that is given", async () => {
      const own = await deploySource({}, () => {
        return Promise.resolve({ gitlab: { ...newGitlab, certificateArn: someonesCertificate() } });
      });
      const arn = own.resource("aws:acm/certificate:Certificate", "theirs").outputs["arn"];
      expect(own.resource("aws:lb/listener:Listener", "dev-web").inputs["certificateArn"]).to.equal(arn);
      expect(own.output("gitlabUrl")).to.equal("https://gitlab.dev.example.com");
      expect(own.ofType("tls:index/privateKey:PrivateKey").map(({ name }) => name)).to.deep.equal(["theirs"]);
    });
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

  describe("backups", () => {
    it("take the data volume nightly at the given time, whether or not GitLab can be stopped first", () => {
      const { inputs } = dev.resource("aws:dlm/lifecyclePolicy:LifecyclePolicy", "dev-backup");
      const text = JSON.stringify(inputs);
      for (const part of [
        '"resourceTypes":["INSTANCE"]',
        '"excludeBootVolume":true',
        '"times":"17:00"',
        '"count":7',
        '"executeOperationOnScriptFailure":true',
      ])
        expect(text).to.contain(part);
      expect(instance(dev).inputs["tags"]).to.include({ "git-airlock-backup": "git-airlock/dev/dev" });
    });

    it("use a document that Data Lifecycle Manager may run", () => {
      const script = dev.resource("aws:ssm/document:Document", "dev-backup");
      expect(script.inputs["tags"]).to.include({ DLMScriptsAccess: "true" });
      expect(document(script, "content")).to.have.nested.property("parameters.command.allowedValues");
    });

    it("may command this host alone, and delete only their own snapshots", () => {
      const { inputs } = dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-backup");
      const policy = textAt(inputs, "policy");
      expect(policy).to.contain(`:instance/${instance(dev).id ?? "none"}"`);
      expect(policy).not.to.contain("instance/*");
      expect(policy).to.contain('"aws:ResourceTag/git-airlock-backup":"git-airlock/dev/dev"');
    });
  });

  it("starts and stops the host by the clock when office hours are given, and may do so to this host only", async () => {
    const timed = await deploySource({ gitlab: { ...selfSigned, officeHours } });
    expect(counts(timed)).to.deep.equal(
      sum(counts(dev), { "scheduler.Schedule": 2, "iam.Role": 1, "iam.RolePolicy": 1 }),
    );
    const start = timed.resource("aws:scheduler/schedule:Schedule", "dev-office-hours-start").inputs;
    expect(start).to.include({
      scheduleExpression: "cron(0 8 ? * MON-FRI *)",
      scheduleExpressionTimezone: "Asia/Tokyo",
    });
    expect(textAt(start, "target", "arn")).to.equal("arn:aws:scheduler:::aws-sdk:ec2:startInstances");
    // A start that failed is not to come after the next stop.
    expect(start["target"]).to.have.deep.property("retryPolicy", { maximumEventAgeInSeconds: 3600 });
    expect(textAt(start, "target", "input")).to.equal(JSON.stringify({ InstanceIds: [instance(timed).id] }));
    const policy = textAt(
      timed.resource("aws:iam/rolePolicy:RolePolicy", "dev-office-hours").inputs,
      "policy",
    );
    expect(policy).to.contain(
      `"Resource":"arn:aws:ec2:${region}:${accountId}:instance/${instance(timed).id ?? "none"}"`,
    );
  });

  describe("with something that exists", () => {
    it("uses a network as it is", async () => {
      const theirNetwork = await deploySource({}, someoneElsesNetwork);
      expect(counts(theirNetwork)).to.deep.equal(sum(proxyCounts, gitlabCounts, withoutEndpoints));
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
      expect(counts(theirGitlab)).to.deep.equal(sum(networkCounts, proxyCounts));
      expect(rules(theirGitlab)).to.include("proxy in 3128 from 10.0.0.0/16");
      expect(theirGitlab.output("gitlabUrl")).to.equal(theirs.url);
      expect(theirGitlab.output("gitlabInstanceId")).to.equal(theirs.instanceId);
      for (const none of ["gitlabRootPasswordParameter", "ingressDnsName"])
        expect(theirGitlab.output(none)).to.equal(undefined);
    });

    it("points GitLab to a proxy in the VPC, and lets it out to there alone", async () => {
      const proxy = { mode: "existing", url: "http://proxy.internal:8080" } as const;
      const theirProxy = await deploySource({ proxy });
      expect(counts(theirProxy)).to.deep.equal(sum(networkCounts, gitlabCounts));
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

  it("puts GitLab in the private tier and lets it out by https when there is no proxy", async () => {
    const direct = await deploySource({ proxy: { mode: "none" } });
    expect(counts(direct)).to.deep.equal(sum(networkCounts, gitlabCounts));
    expect(instance(direct).inputs["subnetId"]).to.equal(subnetId(direct, "private-1"));
    expect(rules(direct)).to.include("gitlab out 443 to 0.0.0.0/0");
    expect(textAt(instance(direct).inputs, "userData")).not.to.contain("_proxy'");
    expect(direct.output("proxyUrl")).to.equal(undefined);
  });

  it("refuses wrong arguments all at once, before it makes anything", async () => {
    const { message, resources } = await refusal({ accountId: "1", workTerminalCidrs: ["0.0.0.0/0"] });
    expect(message).to.contain('accountId: got "1"; expected twelve digits');
    expect(message).to.contain('workTerminalCidrs[0]: got "0.0.0.0/0"');
    expect(resources.filter(({ custom }) => custom)).to.deep.equal([]);
  });

  it("makes the same for the same arguments", async () => {
    const again = await deploySource();
    expect(withoutKeys(again)).to.deep.equal(withoutKeys(dev));
  });
});
