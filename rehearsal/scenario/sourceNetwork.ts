/** Follows packets through the deployed source: resolver, routes, security groups and load balancers decide, as they stand. */
import { z } from "zod";
import { parseIpv4 } from "../../facts/ipv4";
import type { Account } from "../aws/account";
import type { Instance } from "../aws/compute/instances";
import { environmentOf } from "./deployedGitlabRb";
import { anywhere } from "./addresses";
import { Blocked, lookUpIn } from "./blocked";
import type { Deployment } from "../engines/in-process/deployment";
import type { Environment } from "../git/mirrorProxy";
import { readSquidContainer } from "../../isolation/model/squidContainer";
import { parseSquidConf, type SquidConf } from "../git/squidConf";
import { RehearsalError } from "../rehearsalError";

/** The forward proxy as it runs. */
export interface DeployedProxy {
  conf: SquidConf;
  /** The log group that its container writes to; undefined where it writes to none. */
  logGroup: string | undefined;
  /** The address that squid sees GitLab's connections come from. */
  clientIp: string;
  /** Where squid's own connections come from: its NAT gateways' addresses. */
  sourceAddresses: string[];
  /** Throws Blocked where squid's resolver does not answer for a host. */
  lookUp: (host: string) => void;
}

function required(rule: unknown, otherwise: string): void {
  if (rule === undefined) throw new Blocked(otherwise);
}

export class SourceNetwork {
  /** What people call GitLab: host and, if it is not 443, port. */
  readonly gitlabHostname: string;
  /** `gitaly['env']` of the deployed host. */
  readonly gitalyEnvironment: Environment;
  /** The same of GitLab's Rails. */
  readonly railsEnvironment: Environment;
  readonly #gitlab: Instance;
  readonly #ingressDnsName: string;

  constructor(
    private readonly account: Account,
    deployment: Deployment,
  ) {
    const { gitlabUrl, gitlabInstanceId, ingressDnsName } = z
      .object({ gitlabUrl: z.url(), gitlabInstanceId: z.string(), ingressDnsName: z.string() })
      .parse({
        gitlabUrl: deployment.output("gitlabUrl"),
        gitlabInstanceId: deployment.output("gitlabInstanceId"),
        ingressDnsName: deployment.output("ingressDnsName"),
      });
    this.gitlabHostname = new URL(gitlabUrl).hostname;
    this.#gitlab = account.instances.get(gitlabInstanceId);
    this.#ingressDnsName = this.#lookUpGitlab(ingressDnsName);
    this.gitalyEnvironment = environmentOf("gitaly", this.#gitlab.userData);
    this.railsEnvironment = environmentOf("gitlab_rails", this.#gitlab.userData);
  }

  /**
   * The load balancer that GitLab's name leads to: by its record, where the account has the name's zone. Otherwise people
   * make the record themselves, as the stack's output tells them to.
   */
  #lookUpGitlab(ingressDnsName: string): string {
    const { route53 } = this.account;
    if (!route53.answersFor(this.gitlabHostname)) return ingressDnsName;
    const [dnsName] = route53.answer(this.gitlabHostname, "A");
    if (dnsName === undefined) throw new Blocked(`the zone of ${this.gitlabHostname} has no record of it`);
    return dnsName;
  }

  /** Throws Blocked unless a client at that address reaches GitLab on that port of its ingress. */
  enter(address: string, port: number): void {
    const { securityGroups, listeners } = this.account;
    const ingress = listeners.at(this.#ingressDnsName, port);
    if (!ingress) throw new Blocked(`the ingress load balancer does not listen on port ${port}`);
    const groups = ingress.loadBalancer.securityGroupIds;
    const rule = securityGroups.ingressAllowed(groups, { peer: { cidr: `${address}/32` }, port });
    required(rule, `the ingress's security group lets nobody in from ${address}`);
  }

  /** The proxy that answers at a name and port, when GitLab connects to it. Throws Blocked on the way there. */
  proxyAt(host: string, port: number): DeployedProxy {
    const { securityGroups, listeners, ecs, routeTables } = this.account;
    this.lookUp(host);
    const found = listeners.at(host, port);
    if (!found) throw new Blocked(`no load balancer answers at ${host}:${port}`);
    const { loadBalancer } = found;
    const balancer = { cidr: `${loadBalancer.addresses[0]}/32`, groupIds: loadBalancer.securityGroupIds };
    const gitlab = { cidr: `${this.#gitlab.privateIp}/32`, groupIds: this.#gitlab.securityGroupIds };
    required(
      securityGroups.egressAllowed(this.#gitlab.securityGroupIds, { peer: balancer, port }),
      "GitLab's security group does not let it out to the proxy",
    );
    required(
      securityGroups.ingressAllowed(loadBalancer.securityGroupIds, { peer: gitlab, port }),
      "the proxy's load balancer does not let GitLab in",
    );
    const targetGroupArns = found.targetGroups.map((group) => group.arn);
    const service = ecs
      .services()
      .find((s) => s.loadBalancers.some((l) => targetGroupArns.includes(l.targetGroupArn)));
    if (!service) throw new Blocked("no task is registered behind the proxy's load balancer");
    const behind = { peer: balancer, port: service.loadBalancers[0]?.containerPort ?? port };
    required(
      securityGroups.ingressAllowed(service.securityGroupIds, behind),
      "squid's security group does not let its load balancer in",
    );
    required(
      securityGroups.egressAllowed(service.securityGroupIds, { peer: { cidr: `${anywhere}/32` }, port: 443 }),
      "squid's security group does not let it out",
    );
    const container = readSquidContainer(JSON.stringify(service.taskDefinition.containers));
    if (typeof container === "string")
      throw new RehearsalError(`The proxy ${service.name} cannot be rehearsed: ${container}.`);
    const conf = parseSquidConf(container.squidConf);
    if (!conf.httpPorts.includes(behind.port))
      throw new Blocked(
        `squid does not listen on port ${behind.port}, where its load balancer sends connections`,
      );
    return {
      conf,
      logGroup: container.logGroup,
      clientIp: loadBalancer.addresses[0] ?? this.#gitlab.privateIp,
      sourceAddresses: unique(service.subnetIds.flatMap((id) => routeTables.publicAddressesOf(id))),
      lookUp: (name) => {
        for (const id of service.subnetIds) this.#lookUpIn(id, name);
      },
    };
  }

  /** Throws Blocked where the resolver that GitLab asks does not answer for a host. */
  lookUp(host: string): void {
    this.#lookUpIn(this.#gitlab.subnetId, host);
  }

  /** An address needs no resolver. */
  #lookUpIn(subnetId: string, host: string): void {
    if (parseIpv4(host) !== undefined) return;
    lookUpIn(this.account, this.account.subnets.get(subnetId).vpcId, host);
  }

  /** The public addresses that GitLab itself reaches the Internet from. Throws Blocked where it has no way there. */
  direct(port: number): string[] {
    const { routeTables, securityGroups } = this.account;
    if (!routeTables.routeFor(this.#gitlab.subnetId, anywhere))
      throw new Blocked("GitLab's subnet has no route to the Internet");
    required(
      securityGroups.egressAllowed(this.#gitlab.securityGroupIds, { peer: { cidr: `${anywhere}/32` }, port }),
      `GitLab's security group does not let it out on port ${port}`,
    );
    return unique(routeTables.publicAddressesOf(this.#gitlab.subnetId));
  }
}

function unique(texts: string[]): string[] {
  return [...new Set(texts)].sort();
}
