/** The source side: a network, a GitLab in it, and the one way out that its mirrors use. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { codeCommitHost } from "../../facts/hosts";
import { outputsOf } from "../outputs";
import { checkedArgs, nameProblems } from "../checkedArgs";
import { closeResolver } from "../closedResolver";
import { networkedGitlabSchema, type CheckedNetworkedGitlabArgs, type NetworkedGitlabArgs } from "./args";
import type { ExistingGitlabArgs, NewGitlabArgs } from "./gitlabArgs";
import { backupTag, createBackups } from "./backups";
import { createGitlabHost, type GitlabHost } from "./gitlabHost";
import { createGitlabSettings } from "./gitlabSettings";
import { createHostAlarms } from "./hostAlarms";
import { connectIngress, createIngress } from "./ingress";
import { createNetwork, type Network, type Subnet } from "./network";
import { createOfficeHours } from "./officeHours";
import { privateTerminalWarnings } from "./privateTerminals";
import type { Proxy } from "./forwardProxy";
import { createProxy } from "./proxy";
import { proxyImageWarnings } from "./proxyImage";
import { createRootPassword } from "./rootPassword";
import type { Scope } from "../scope";
import { allowOut, securityGroup } from "./securityGroups";
import { createSystemsManagerEndpoints, systemsManagerHosts } from "./systemsManagerEndpoints";

/** Load balancer names hold 32 characters; ours add at most 8 ("-ingress"), and Pulumi's suffix 8 more. */
export const soundName = [
  /^[a-zA-Z][a-zA-Z0-9-]{0,15}$/,
  "a letter, then at most 15 letters, digits and dashes",
] as const;

/**
 * A GitLab whose mirrors push to CodeCommit by a known address and reach nothing else.
 *
 * Makes, unless told that something exists already:
 *  1. a VPC with public, private and isolated subnets in two zones, and NAT gateways on protected Elastic IPs;
 *  2. a forward proxy in the private subnets that lets through CodeCommit's git endpoint of this region alone;
 *  3. GitLab in an isolated subnet, with the proxy and Systems Manager endpoints as its only ways out, and a DNS Firewall
 *     that has the VPC's resolver answer for no other names (in a VPC that exists, neither endpoints nor firewall: it
 *     needs a way to Systems Manager of its own);
 *  4. an ingress load balancer that ends TLS, for work terminals only, and where a hosted zone is given, GitLab's DNS
 *     record and certificate;
 *  5. nightly snapshots of GitLab's data and, if asked for, office hours;
 *  6. unless turned off, GitLab's own settings, kept by a script on the host, and a first administrator if asked for;
 *  7. unless turned off, a topic and alarms on the host's status, on settings that cannot be kept, and on what the proxy
 *     refuses.
 *
 * Costs, in US dollars a month of 730 hours at list prices of ap-northeast-1 in 2026-09 (README.md, "What it costs"):
 * about 282 with the defaults. The host is 95, the NAT gateways 91, the load balancers 35, the Systems Manager
 * endpoints 20, the public addresses 15, the volumes 12, the proxy 11, the alarms 1.50 and the DNS Firewall cents; a GB through NAT is 0.062. `Single` NAT
 * saves 49, office hours of 60 a week save 61.
 *
 * The Elastic IPs, the GitLab host and its data volume are protected: to destroy them, unprotect them first
 * (`pulumi state unprotect <urn>`).
 *
 * @throws pulumi.ResourceError naming every argument that is wrong, before anything is made.
 */
export class NetworkedGitlab extends pulumi.ComponentResource {
  readonly region: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;
  /** Whether the proxy lets through to CodeCommit's FIPS endpoint, and not to the ordinary one. */
  readonly fips: pulumi.Output<boolean>;
  /** The public IPv4 addresses that pushes come from. */
  readonly natPublicIps: pulumi.Output<string[]>;
  /** The URL people use. */
  readonly gitlabUrl: pulumi.Output<string>;
  /** The host's instance id; undefined for a GitLab that is brought without one. */
  readonly gitlabInstanceId: pulumi.Output<string | undefined>;
  /** Name of the host's role; undefined for a GitLab that is brought. */
  readonly gitlabRoleName: pulumi.Output<string | undefined>;
  /** Name of the SecureString parameter with the first password of root; undefined for a GitLab that is brought. */
  readonly gitlabRootPasswordParameter: pulumi.Output<string | undefined>;
  /** Name of the SecureString parameter with the first administrator's name and first password, as JSON, where one is made. */
  readonly gitlabAdministratorParameter?: pulumi.Output<string>;
  /** Name of the parameter with the host's last word on GitLab's settings, as JSON (settings.rb), where they are kept. */
  readonly gitlabSettingsStatusParameter?: pulumi.Output<string>;
  /** The load balancer that the GitLab host name's DNS record points to; undefined for a GitLab that is brought. */
  readonly ingressDnsName: pulumi.Output<string | undefined>;
  /** The forward proxy; undefined where there is none. */
  readonly proxyUrl: pulumi.Output<string | undefined>;
  /** Where alarms go; undefined where they are off, or nothing is there to be watched. */
  readonly alarmTopicArn: pulumi.Output<string | undefined>;
  /** Whether the host never stops by itself; undefined for a GitLab that is brought. */
  readonly gitlabIsAlwaysOn: pulumi.Output<boolean | undefined>;
  /** Name of the metric of what the proxy refused; undefined without alarms, or where no proxy is made. */
  readonly proxyRefusalsMetric: pulumi.Output<string | undefined>;
  /** What the proof is told about the deployment: from where people reach GitLab. */
  readonly declared: pulumi.Output<{ workTerminalCidrs: string[] }>;

  constructor(name: string, given: NetworkedGitlabArgs, opts?: pulumi.ComponentResourceOptions) {
    super("git-airlock:source:NetworkedGitlab", name, {}, opts);
    const args = checkedArgs(this, networkedGitlabSchema(given), given, nameProblems(name, ...soundName));
    for (const warning of [...privateTerminalWarnings(args), ...proxyImageWarnings(args)])
      void pulumi.log.warn(warning, this);

    const scope: Scope = {
      name,
      parent: this,
      region: args.region,
      accountId: args.accountId,
      fips: args.fips,
    };
    const network = createNetwork(scope, args.network);
    const gitlab =
      "url" in args.gitlab
        ? bringGitlab(scope, args, network, args.gitlab)
        : makeGitlab(scope, args, network, args.gitlab);
    const watched = { host: gitlab.made?.[1].instance, proxyLog: gitlab.proxy?.logGroup };
    const alarms = createHostAlarms(scope, args.alarms, watched);
    const settings = gitlab.made && createGitlabSettings(scope, ...gitlab.made, alarms?.topic);

    this.region = pulumi.output(args.region);
    this.accountId = pulumi.output(args.accountId);
    this.fips = pulumi.output(args.fips);
    this.natPublicIps = network.natPublicIps;
    this.gitlabUrl = pulumi.output(gitlab.url);
    this.gitlabInstanceId = pulumi.output(gitlab.instanceId);
    this.gitlabRoleName = pulumi.output(gitlab.roleName);
    this.gitlabRootPasswordParameter = pulumi.output(gitlab.rootPasswordParameter);
    if (settings?.administratorParameterName !== undefined)
      this.gitlabAdministratorParameter = pulumi.output(settings.administratorParameterName);
    if (settings) this.gitlabSettingsStatusParameter = pulumi.output(settings.statusParameterName);
    this.ingressDnsName = pulumi.output(gitlab.ingressDnsName);
    this.proxyUrl = pulumi.output(gitlab.proxy?.url);
    this.alarmTopicArn = pulumi.output(alarms?.topic.arn);
    this.gitlabIsAlwaysOn = pulumi.output(gitlab.isAlwaysOn);
    this.proxyRefusalsMetric = pulumi.output(alarms?.proxyRefusalsMetric);
    this.declared = pulumi.output({ workTerminalCidrs: args.workTerminalCidrs });
    this.registerOutputs(outputsOf(this));
  }
}

/** A GitLab and the proxy it uses, as far as the outputs tell of them. */
interface Gitlab {
  url: pulumi.Input<string>;
  instanceId?: pulumi.Input<string>;
  roleName?: pulumi.Input<string>;
  rootPasswordParameter?: string;
  ingressDnsName?: pulumi.Input<string>;
  /** Where it was made: as what, and the host. */
  made?: readonly [NewGitlabArgs, GitlabHost];
  isAlwaysOn?: boolean;
  proxy: Proxy | undefined;
}

/** Only the proxy is made. Its clients are all of the VPC, since the security group of a GitLab that exists is not ours. */
function bringGitlab(
  scope: Scope,
  args: CheckedNetworkedGitlabArgs,
  network: Network,
  { url, instanceId }: ExistingGitlabArgs,
): Gitlab {
  return { url, instanceId, proxy: createProxy(scope, network, args.proxy, { cidr: network.cidrBlock }) };
}

function makeGitlab(
  scope: Scope,
  args: CheckedNetworkedGitlabArgs,
  network: Network,
  gitlab: NewGitlabArgs,
): Gitlab {
  const subnet = hostSubnet(network, args.proxy.mode);
  const group = securityGroup(
    scope,
    "gitlab",
    network.vpcId,
    "GitLab: in by the ingress, out by the proxy only",
  );
  const proxy = createProxy(scope, network, args.proxy, { group });
  allowOutToProxy(scope, group, proxy);
  const endpoints = wayToSystemsManager(scope, args, network, { subnet, group });
  const resolver = closeNetworkResolver(scope, args, network, proxy);
  const ingress = createIngress(scope, network, { gitlab, workTerminalCidrs: args.workTerminalCidrs }, group);
  const rootPassword = createRootPassword(scope);
  const host = createGitlabHost(scope, {
    gitlab,
    subnet,
    group,
    url: ingress.url,
    loadBalancerCidr: network.cidrBlock,
    proxyUrl: proxy?.url,
    rootPassword,
    tags: backupTag(scope),
    dependsOn: [...endpoints, ...resolver],
  });
  connectIngress(scope, ingress, host.instance);
  createBackups(scope, gitlab.backups, host.instance);
  if (gitlab.officeHours) createOfficeHours(scope, gitlab.officeHours, host.instance);
  return {
    url: ingress.url,
    instanceId: host.instance.id,
    roleName: host.roleName,
    rootPasswordParameter: rootPassword.parameterName,
    ingressDnsName: ingress.dnsName,
    made: [gitlab, host],
    isAlwaysOn: gitlab.officeHours === undefined,
    proxy,
  };
}

/** Isolated, unless GitLab has to go out by itself. */
function hostSubnet(network: Network, proxyMode: CheckedNetworkedGitlabArgs["proxy"]["mode"]) {
  const [subnet] = proxyMode === "none" ? network.privateSubnets : network.isolatedSubnets;
  if (!subnet) throw new Error("the network has no subnet for GitLab: the schema lets no such network pass");
  return subnet;
}

/**
 * In a VPC that is brought, endpoints of our own would answer to the services' names for everybody, or clash with those
 * that it has: GitLab is let out to whatever answers there. Without a proxy it may go anywhere by https as it is.
 */
function wayToSystemsManager(
  scope: Scope,
  args: CheckedNetworkedGitlabArgs,
  network: Network,
  { subnet, group }: { subnet: Subnet; group: aws.ec2.SecurityGroup },
): aws.ec2.VpcEndpoint[] {
  if (!("vpcId" in args.network)) return createSystemsManagerEndpoints(scope, network, subnet, group);
  if (args.proxy.mode !== "none")
    allowOut(scope, "gitlab-out-endpoints", group, { cidr: network.cidrBlock, port: 443 });
  return [];
}

/**
 * Closes the resolver of a VPC that is made, so that GitLab's names get out no more than its packets do. A VPC that is brought
 * is used as it is. Without a proxy nothing limits where GitLab goes, and names do not either.
 */
function closeNetworkResolver(
  scope: Scope,
  args: CheckedNetworkedGitlabArgs,
  network: Network,
  proxy: Proxy | undefined,
): pulumi.Resource[] {
  if ("vpcId" in args.network || proxy === undefined) return [];
  const { vpcId } = network;
  const names = [
    codeCommitHost(scope.region, scope.fips),
    ...systemsManagerHosts(scope.region),
    ...proxy.names,
  ];
  return [closeResolver(scope, { network: "network", vpcId, of: "needed", names })];
}

/** Without a proxy, GitLab may go anywhere by https: a group cannot name CodeCommit, whose addresses change. */
function allowOutToProxy(scope: Scope, group: aws.ec2.SecurityGroup, proxy: Proxy | undefined): void {
  if (proxy) allowOut(scope, "gitlab-out-proxy", group, { ...proxy.peer, port: proxy.port });
  else allowOut(scope, "gitlab-out-https", group, { cidr: "0.0.0.0/0", port: 443 });
}
