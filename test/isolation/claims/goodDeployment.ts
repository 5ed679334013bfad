/** A small deployment in which every claim about packets holds, for tests to weaken. */
import type {
  Deployment,
  Endpoint,
  Host,
  Network,
  ResolverFirewall,
  Route,
  RouteTable,
  RouteTargetKind,
  SecurityGroup,
  SecurityGroupRule,
  Side,
  Subnet,
} from "../../../isolation/model/deployment";
import { parsePolicy } from "../../../isolation/iam/policy";
import { squidConf } from "../../../components/networkedGitlab/squidConf";

const REGION = "ap-northeast-1";

const nothing: Network = {
  vpcs: [],
  subnets: [],
  routeTables: [],
  partlyKnownRoutes: [],
  securityGroups: [],
  networkAcls: [],
  gateways: [],
  natGateways: [],
  endpoints: [],
  loadBalancers: [],
  hosts: [],
  elasticIps: [],
  resolverFirewalls: [],
};

export function subnet(urn: string, vpc: string, cidr: string, routeTable: string): Subnet {
  return {
    urn,
    vpc,
    routeTable,
    name: urn,
    id: urn,
    cidrBlocks: [cidr],
    availabilityZone: "a",
    mapsPublicIp: false,
    networkAcl: undefined,
  };
}

export function route(cidr: string, kind: RouteTargetKind, to: string): Route {
  return { urn: `route-${cidr}-${to}`, destination: { cidr }, target: { kind, to } };
}

export function table(urn: string, vpc: string, ...routes: Route[]): RouteTable {
  return { urn, name: urn, vpc, routes, propagatedFrom: [], gateways: [] };
}

export function rule(peer: SecurityGroupRule["peer"], from: number, to = from): SecurityGroupRule {
  return { urn: `rule-${JSON.stringify(peer)}-${from}`, peer, ports: { protocol: "tcp", from, to } };
}

export function group(
  urn: string,
  ingress: readonly SecurityGroupRule[],
  egress: readonly SecurityGroupRule[],
): SecurityGroup {
  return { urn, name: urn, id: urn, vpc: "vpc", ingress, egress, portless: [] };
}

/** A firewall that lets the names of these services through. */
function firewall(vpc: string, ...services: string[]): ResolverFirewall {
  const domains = services.map((service) => `${service}.${REGION}.amazonaws.com.`);
  return {
    vpc,
    failsClosed: true,
    failOpen: "DISABLED",
    rules: [
      { urn: "allow", action: "ALLOW", inspectsRedirects: false, domains },
      { urn: "block", action: "BLOCK", domains: ["*."], inspectsRedirects: true },
    ],
  };
}

export function host(urn: string, role: Host["role"], subnets: string[], securityGroups: string[]): Host {
  return {
    urn,
    role,
    subnets,
    securityGroups,
    name: urn,
    kind: "instance",
    identities: [],
    privateIp: undefined,
    publicIp: false,
  };
}

export function endpoint(urn: string, vpc: string, service: string, statement: object): Endpoint {
  return {
    urn,
    vpc,
    name: urn,
    id: urn,
    kind: "Interface",
    serviceName: `com.amazonaws.${REGION}.${service}`,
    policy: parsePolicy({ Version: "2012-10-17", Statement: [statement] }, urn),
    subnets: [vpc === "vpc" ? "isolated" : "room"],
    routeTables: [],
    privateDns: true,
    securityGroups: [`sg-${urn}`],
  };
}

export const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };

export function pinnedTo(account: string): object {
  return {
    ...everything,
    Condition: { StringEquals: { "aws:PrincipalAccount": account, "aws:ResourceAccount": account } },
  };
}

export function pulling(account: string, name: string): object {
  return {
    ...everything,
    Action: "codecommit:GitPull",
    Resource: `arn:aws:codecommit:${REGION}:${account}:${name}`,
  };
}

function side(stack: string, accountId: string, network: Network): Side {
  return {
    stack,
    accountId,
    region: REGION,
    fips: false,
    network,
    identities: [],
    repositories: [],
    carriers: [],
    unmodelled: [],
    gaps: [],
    snapshot: { stack, resources: [], outputs: {} },
  };
}

function vpc(urn: string, cidr: string) {
  return {
    urn,
    name: urn,
    id: urn,
    cidrBlocks: [cidr],
    mainRouteTable: undefined,
    defaultSecurityGroup: undefined,
  };
}

const source: Network = {
  ...nothing,
  vpcs: [vpc("vpc", "10.0.0.0/16")],
  subnets: [
    subnet("public", "vpc", "10.0.0.0/24", "public-routes"),
    subnet("private", "vpc", "10.0.1.0/24", "private-routes"),
    subnet("isolated", "vpc", "10.0.2.0/24", "isolated-routes"),
  ],
  routeTables: [
    table("public-routes", "vpc", route("0.0.0.0/0", "gateway", "igw")),
    table("private-routes", "vpc", route("0.0.0.0/0", "nat gateway", "nat")),
    table("isolated-routes", "vpc"),
  ],
  gateways: [{ urn: "igw", name: "igw", id: "igw", kind: "internet gateway", vpcs: ["vpc"] }],
  natGateways: [
    {
      urn: "nat",
      name: "nat",
      id: "nat",
      subnet: "public",
      elasticIps: ["eip"],
      publicIp: "203.0.113.10",
      connectivity: "public",
    },
  ],
  elasticIps: [{ urn: "eip", name: "eip", id: "eip", publicIp: "203.0.113.10", associatedWith: undefined }],
  securityGroups: [
    group("sg-in", [rule({ cidr: "198.51.100.0/24" }, 443)], [rule({ group: "sg-gitlab" }, 80)]),
    group(
      "sg-gitlab",
      [rule({ group: "sg-in" }, 80)],
      [rule({ group: "sg-proxy" }, 3128), rule({ group: "sg-ssm" }, 443)],
    ),
    group("sg-proxy", [rule({ group: "sg-gitlab" }, 3128)], [rule({ group: "sg-squid" }, 3128)]),
    group("sg-squid", [rule({ group: "sg-proxy" }, 3128)], [rule({ cidr: "0.0.0.0/0" }, 443)]),
    group("sg-ssm", [rule({ group: "sg-gitlab" }, 443)], []),
    group("sg-other", [], [rule({ cidr: "0.0.0.0/0" }, 0, 65535)]),
  ],
  endpoints: [endpoint("ssm", "vpc", "ssm", pinnedTo("111111111111"))],
  loadBalancers: [
    {
      urn: "lb-in",
      name: "in",
      kind: "network",
      internal: false,
      subnets: ["public"],
      privateIps: {},
      dnsName: undefined,
      securityGroups: ["sg-in"],
      listeners: [
        {
          urn: "web",
          port: 443,
          protocol: "TLS",
          targets: [{ to: "gitlab", port: 80, healthCheck: undefined }],
        },
      ],
    },
    {
      urn: "lb-proxy",
      name: "proxy",
      kind: "network",
      internal: true,
      subnets: ["private"],
      privateIps: {},
      dnsName: undefined,
      securityGroups: ["sg-proxy"],
      listeners: [
        {
          urn: "proxy",
          port: 3128,
          protocol: "TCP",
          targets: [{ to: "squid", port: 3128, healthCheck: undefined }],
        },
      ],
    },
  ],
  hosts: [
    host("gitlab", "gitlab", ["isolated"], ["sg-gitlab"]),
    {
      ...host("squid", "proxy", ["private"], ["sg-squid"]),
      squidConf: squidConf({ region: REGION, clientCidr: "10.0.0.0/16" }),
    },
  ],
  resolverFirewalls: [firewall("vpc", "git-codecommit", "ssm")],
};

const target: Network = {
  ...nothing,
  vpcs: [vpc("room-vpc", "10.9.0.0/16")],
  subnets: [subnet("room", "room-vpc", "10.9.0.0/24", "room-routes")],
  routeTables: [table("room-routes", "room-vpc")],
  securityGroups: [group("sg-pull", [rule({ cidr: "192.0.2.0/24" }, 443)], [])],
  endpoints: [endpoint("pull", "room-vpc", "git-codecommit", pulling("222222222222", "app"))],
  resolverFirewalls: [firewall("room-vpc", "git-codecommit")],
};

export const good: Deployment = {
  source: side("dev", "111111111111", source),
  target: side("prd", "222222222222", target),
  declared: {
    workTerminalCidrs: ["198.51.100.0/24"],
    isolatedTerminalCidrs: ["192.0.2.0/24"],
    deployerArns: [],
    breakGlassArns: [],
    pushUser: undefined,
    pullUser: undefined,
    references: [],
    repositoryArns: [],
    serviceControlPolicyAttached: false,
    accepted: [],
  },
};

/** The good deployment with another network on one side. */
export function changed(
  which: "source" | "target",
  change: (network: Network) => Partial<Network>,
): Deployment {
  const before = which === "source" ? source : target;
  const account = which === "source" ? "111111111111" : "222222222222";
  return {
    ...good,
    [which]: side(which === "source" ? "dev" : "prd", account, { ...before, ...change(before) }),
  };
}

/** A list with one part, found by URN, replaced. */
export function replaced<T extends { readonly urn: string }>(
  list: readonly T[],
  urn: string,
  change: (one: T) => Partial<T>,
): T[] {
  return list.map((one) => (one.urn === urn ? { ...one, ...change(one) } : one));
}
