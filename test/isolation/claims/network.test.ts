import { expect } from "chai";
import type { ClaimId } from "../../../isolation/claims";
import type { Verdict } from "../../../isolation/verdict";
import type { Deployment, Gateway, Network, Route, Unmodelled } from "../../../isolation/model/deployment";
import * as d from "./goodDeployment";
import { networkVerdicts } from "./networkVerdicts";

type Change = (network: Network) => Partial<Network>;

const verdict = (deployment: Deployment, claim: ClaimId): Verdict | undefined =>
  networkVerdicts(deployment).find((one) => one.claim === claim);
const anywhere = { cidr: "0.0.0.0/0" };
const routed =
  (table: string, ...routes: Route[]): Change =>
  (n) => ({
    routeTables: d.replaced(n.routeTables, table, (one) => ({ routes: [...one.routes, ...routes] })),
  });
const admits =
  (urn: string, ...rules: ReturnType<typeof d.rule>[]): Change =>
  (n) => ({
    securityGroups: d.replaced(n.securityGroups, urn, (one) => ({ ingress: [...one.ingress, ...rules] })),
  });
const sends =
  (urn: string, ...rules: ReturnType<typeof d.rule>[]): Change =>
  (n) => ({
    securityGroups: d.replaced(n.securityGroups, urn, (one) => ({ egress: [...one.egress, ...rules] })),
  });
const gateway =
  (kind: Gateway["kind"], vpc: string): Change =>
  (n) => ({
    gateways: [...n.gateways, { urn: kind, name: kind, id: kind, kind, vpcs: [vpc] }],
  });
const endpoint =
  (...given: Parameters<typeof d.endpoint>): Change =>
  (n) => ({
    endpoints: [...n.endpoints.filter(({ urn }) => urn !== given[0]), d.endpoint(...given)],
  });
const ranHost =
  (subnet: string, group: string): Change =>
  (n) => ({
    hosts: [...n.hosts, d.host("stranger", "other", [subnet], [group])],
  });
const firewall =
  (change: (one: Network["resolverFirewalls"][number]) => object): Change =>
  (n) => ({
    resolverFirewalls: n.resolverFirewalls.map((one) => ({ ...one, ...change(one) })),
  });
const gitlab =
  (change: Partial<Network["hosts"][number]>): Change =>
  (n) => ({
    hosts: d.replaced(n.hosts, "gitlab", () => change),
  });
const squid =
  (from: string, to: string): Change =>
  (n) => ({
    hosts: d.replaced(n.hosts, "squid", ({ squidConf }) => ({ squidConf: squidConf?.replace(from, to) })),
  });
const both =
  (...changes: Change[]): Change =>
  (n) =>
    changes.reduce((after, change) => ({ ...after, ...change(after) }), n);

/** A subnet before an endpoint in another one: the routes of both. */
const inspected =
  (before: Route, ...behind: Route[]): Change =>
  (n) => ({
    subnets: [
      ...n.subnets,
      d.subnet("spare", "vpc", "10.0.9.0/24", "spare-routes"),
      d.subnet("behind", "vpc", "10.0.8.0/24", "inspection-routes"),
    ],
    routeTables: [
      ...n.routeTables,
      d.table("spare-routes", "vpc", before),
      d.table("inspection-routes", "vpc", ...behind),
    ],
    securityGroups: [...n.securityGroups, d.group("sg-closed", [], [])],
    endpoints: [
      ...n.endpoints,
      {
        ...d.endpoint("inspection", "vpc", "inspection", d.everything),
        kind: "GatewayLoadBalancer",
        subnets: ["behind"],
        securityGroups: ["sg-closed"],
      },
    ],
  });

const list = { prefixList: "pl-1" };
const listRoute = (kind: Route["target"]["kind"], to: string): Route => ({
  urn: "route-list",
  destination: list,
  target: { kind, to },
});

const weakenings: Record<string, [ClaimId, "source" | "target", Change]> = {
  ...Object.fromEntries(
    (
      [
        "internet gateway",
        "egress-only gateway",
        "virtual private gateway",
        "transit gateway",
        "peering",
      ] as const
    ).map((kind) => [`the isolated VPC gets a ${kind}`, ["C6", "target", gateway(kind, "room-vpc")]]),
  ),
  "the isolated VPC gets a route": [
    "C6",
    "target",
    routed("room-routes", d.route("10.7.0.0/16", "peering", "pcx")),
  ],
  "the isolated VPC gets an IPv6 route": [
    "C6",
    "target",
    routed("room-routes", d.route("::/0", "egress-only gateway", "e")),
  ],
  "an unpinned endpoint joins": ["C6", "target", endpoint("s3", "room-vpc", "s3", d.everything)],
  "an endpoint is pinned to a stranger": [
    "C6",
    "target",
    endpoint("s3", "room-vpc", "s3", d.pinnedTo("333333333333")),
  ],
  "the pull endpoint admits a stranger's repository": [
    "C6",
    "target",
    endpoint("pull", "room-vpc", "git-codecommit", d.pulling("333333333333", "x")),
  ],
  "the pull endpoint admits everything": [
    "C6",
    "target",
    endpoint("pull", "room-vpc", "git-codecommit", d.everything),
  ],
  "the resolver fails open": ["C6", "target", firewall(() => ({ failsClosed: false }))],
  "the resolver blocks nothing": ["C6", "target", firewall(({ rules }) => ({ rules: rules.slice(0, 1) }))],
  "the resolver allows every name of AWS": [
    "C6",
    "target",
    firewall(({ rules }) => ({
      rules: rules.map((r) => ({ ...r, domains: r.action === "ALLOW" ? ["*.amazonaws.com"] : r.domains })),
    })),
  ],
  "the isolated VPC has no firewall": ["C6", "target", () => ({ resolverFirewalls: [] })],
  "the isolated VPC gets a route for a prefix list": [
    "C6",
    "target",
    routed("room-routes", listRoute("peering", "pcx")),
  ],
  "a host runs in the isolated VPC": ["C6", "target", ranHost("room", "sg-pull")],
  "GitLab's subnet gets a route to NAT": [
    "C7",
    "source",
    routed("isolated-routes", d.route("0.0.0.0/0", "nat gateway", "nat")),
  ],
  "GitLab's subnet gets the private routes": [
    "C7",
    "source",
    (n) => ({ subnets: d.replaced(n.subnets, "isolated", () => ({ routeTable: "private-routes" })) }),
  ],
  "GitLab may connect to a host with a way out": [
    "C7",
    "source",
    both(
      ranHost("private", "sg-other"),
      admits("sg-other", d.rule({ group: "sg-gitlab" }, 22)),
      sends("sg-gitlab", d.rule(anywhere, 22)),
    ),
  ],
  "the Systems Manager endpoint is unpinned": ["C7", "source", endpoint("ssm", "vpc", "ssm", d.everything)],
  "the proxy lets any name of AWS through": ["C7", "source", squid("git-codecommit.ap-northeast-1", "")],
  "the proxy lets any port through": ["C7", "source", squid("http_access deny !https\n", "")],
  "the proxy may send to another port": ["C7", "source", sends("sg-squid", d.rule(anywhere, 80))],
  "work terminals grow by one bit": [
    "C8",
    "source",
    admits("sg-in", d.rule({ cidr: "198.51.100.0/23" }, 443)),
  ],
  "GitLab reaches a service that has the name of Systems Manager": [
    "C7",
    "source",
    (n) => ({
      endpoints: d.replaced(n.endpoints, "ssm", () => ({ serviceName: "com.example.ap-northeast-1.ssm" })),
    }),
  ],
  "GitLab reaches an endpoint before which no policy stands": [
    "C7",
    "source",
    (n) => ({ endpoints: d.replaced(n.endpoints, "ssm", () => ({ kind: "GatewayLoadBalancer" })) }),
  ],
  "anyone in IPv6 reaches GitLab": ["C8", "source", admits("sg-in", d.rule({ cidr: "::/0" }, 443))],
  "the load balancer loses its groups": [
    "C8",
    "source",
    both(
      (n) => ({ loadBalancers: d.replaced(n.loadBalancers, "lb-in", () => ({ securityGroups: [] })) }),
      admits("sg-gitlab", d.rule({ cidr: "10.0.0.0/24" }, 80)),
    ),
  ],
  "GitLab gets a public address and a rule": [
    "C8",
    "source",
    both(gitlab({ publicIp: true }), admits("sg-gitlab", d.rule(anywhere, 22))),
  ],
  "a peered network reaches GitLab": [
    "C8",
    "source",
    both(gateway("peering", "vpc"), admits("sg-gitlab", d.rule({ cidr: "172.16.0.0/12" }, 22))),
  ],
  "another host stands before NAT": ["C13", "source", ranHost("private", "sg-other")],
  "GitLab stands before NAT": ["C13", "source", gitlab({ subnets: ["private"] })],
  "another subnet's routes lead to NAT": [
    "C13",
    "source",
    routed("isolated-routes", d.route("8.8.8.0/24", "nat gateway", "nat")),
  ],
  "the NAT address is a host's": [
    "C13",
    "source",
    (n) => ({ elasticIps: d.replaced(n.elasticIps, "eip", () => ({ associatedWith: "stranger" })) }),
  ],
};

const denyAll = {
  urn: "deny",
  number: 1,
  allow: false,
  cidr: "203.0.113.0/24",
  ports: { protocol: "all", from: 0, to: 65535 },
};
const harmless: Record<string, ["source" | "target", Change]> = {
  "a network ACL denies more": [
    "source",
    (n) => ({
      networkAcls: [{ urn: "acl", vpc: "vpc", ingress: [denyAll], egress: [denyAll] }],
      subnets: d.replaced(n.subnets, "public", () => ({ networkAcl: "acl" })),
    }),
  ],
  "fewer work terminals": [
    "source",
    (n) => ({
      securityGroups: d.replaced(n.securityGroups, "sg-in", () => ({
        ingress: [d.rule({ cidr: "198.51.100.0/25" }, 443)],
      })),
    }),
  ],
  "a CIDR in two halves": [
    "source",
    (n) => ({
      securityGroups: d.replaced(n.securityGroups, "sg-in", () => ({
        ingress: ["198.51.100.0/25", "198.51.100.128/25"].map((cidr) => d.rule({ cidr }, 443)),
      })),
    }),
  ],
  "an unused subnet": [
    "source",
    (n) => ({ subnets: [...n.subnets, d.subnet("spare", "vpc", "10.0.9.0/24", "isolated-routes")] }),
  ],
  "another order": [
    "source",
    (n) => ({
      subnets: [...n.subnets].reverse(),
      hosts: [...n.hosts].reverse(),
      securityGroups: [...n.securityGroups].reverse(),
    }),
  ],
  "another VPC that is joined to other networks": [
    "source",
    (n) => ({
      vpcs: [...n.vpcs, ...n.vpcs.map((vpc) => ({ ...vpc, urn: "theirs", cidrBlocks: ["10.8.0.0/16"] }))],
      ...gateway("transit gateway", "theirs")(n),
      ...admits("sg-gitlab", d.rule({ cidr: "10.8.0.0/16" }, 80))(n),
    }),
  ],
  "a private NAT gateway beside": [
    "source",
    both(
      (n) => ({
        natGateways: [
          ...n.natGateways,
          {
            urn: "inner",
            name: "inner",
            id: "inner",
            subnet: "isolated",
            elasticIps: [],
            publicIp: undefined,
            connectivity: "private",
          },
        ],
        subnets: [...n.subnets, d.subnet("spare", "vpc", "10.0.9.0/24", "spare-routes")],
        routeTables: [
          ...n.routeTables,
          d.table("spare-routes", "vpc", d.route("10.99.0.0/16", "nat gateway", "inner")),
        ],
      }),
      ranHost("spare", "sg-ssm"),
    ),
  ],
  "a host before an endpoint whose subnet leads elsewhere to NAT": [
    "source",
    both(
      inspected(
        d.route("10.99.0.0/16", "endpoint", "inspection"),
        d.route("8.8.8.0/24", "nat gateway", "nat"),
      ),
      ranHost("spare", "sg-closed"),
    ),
  ],
  "a host before an endpoint in its own subnet": [
    "source",
    both(
      inspected(d.route("0.0.0.0/0", "endpoint", "inspection")),
      (n) => ({ endpoints: d.replaced(n.endpoints, "inspection", () => ({ subnets: ["spare"] })) }),
      ranHost("spare", "sg-closed"),
    ),
  ],
  "another VPC's gateway that has routes of its own": [
    "source",
    (n) => ({
      routeTables: [
        ...n.routeTables,
        {
          ...d.table("theirs", "their-vpc", d.route("10.8.0.0/24", "endpoint", "e")),
          gateways: ["their-igw"],
        },
      ],
    }),
  ],
  "another name": ["target", (n) => ({ vpcs: n.vpcs.map((vpc) => ({ ...vpc, name: "renamed" })) })],
  "another pinned endpoint": ["target", endpoint("s3", "room-vpc", "s3", d.pinnedTo("222222222222"))],
};

const served =
  (subnet: string, routeTable: string | undefined): Change =>
  (n) => ({ subnets: d.replaced(n.subnets, subnet, () => ({ routeTable })) });

/** What leaves a claim open: the side, what a reason must name, and the claims. */
const notShown: Record<string, ["source" | "target", string, ClaimId[], Change]> = {
  "GitLab is in a group that is not shown": [
    "source",
    "gitlab is in the security group sg-unseen, which is not shown",
    ["C7", "C8", "C13"],
    gitlab({ securityGroups: ["sg-gitlab", "sg-unseen"] }),
  ],
  "GitLab is in a subnet that is not shown": [
    "source",
    "gitlab is in the subnet unseen, which is not shown",
    ["C7", "C8", "C13"],
    gitlab({ subnets: ["isolated", "unseen"] }),
  ],
  "a host is in a VPC of which only a subnet is shown": [
    "source",
    "stranger is in the VPC theirs, which is not shown",
    ["C7", "C8", "C13", "C15"],
    both(
      (n) => ({
        subnets: [...n.subnets, d.subnet("spare", "theirs", "10.8.0.0/24", "isolated-routes")],
        securityGroups: [...n.securityGroups, d.group("sg-closed", [], [])],
      }),
      ranHost("spare", "sg-closed"),
    ),
  ],
  "GitLab is in a default group that is not shown": [
    "source",
    "gitlab names no security group, and its VPC's default one is not shown",
    ["C7", "C8", "C13"],
    gitlab({ securityGroups: [] }),
  ],
  "GitLab's subnet has routes that are not shown": [
    "source",
    "unseen, which is not shown",
    ["C7"],
    served("isolated", "unseen"),
  ],
  "GitLab's subnet has the main routes, which are not shown": [
    "source",
    "isolated is served by its VPC's main route table, which is not shown",
    ["C7"],
    served("isolated", undefined),
  ],
  "a host that is not a proxy has routes that are not shown": [
    "source",
    "isolated is served by a route table that is not shown",
    ["C13"],
    served("isolated", "unseen"),
  ],
  "GitLab's routes lead to NAT for a prefix list": [
    "source",
    "route-list leads to a",
    ["C7", "C13"],
    routed("isolated-routes", listRoute("nat gateway", "nat")),
  ],
  "routes lead to an interface, which may pass packets on": [
    "source",
    "leads to the interface eni",
    ["C13"],
    routed("private-routes", d.route("10.7.0.0/16", "network interface", "eni")),
  ],
  "a transit gateway lets other networks in": [
    "source",
    "transit gateway lets other networks in",
    ["C13"],
    gateway("transit gateway", "vpc"),
  ],
  "a host's routes lead to an endpoint for a prefix list": [
    "source",
    "leads to an endpoint by a prefix list",
    ["C13"],
    both(inspected(listRoute("endpoint", "inspection")), ranHost("spare", "sg-closed")),
  ],
  "a gateway that is not shown joins the NAT gateways' VPC": [
    "source",
    "gateway lets other networks in",
    ["C13"],
    routed("public-routes", d.route("10.7.0.0/16", "gateway", "vgw-1")),
  ],
  "a NAT gateway is in a subnet that is not shown": [
    "source",
    "spare is served by a route table that is not shown",
    ["C13"],
    both(
      (n) => ({
        natGateways: n.natGateways.map((nat) => ({ ...nat, subnet: "unseen" })),
        subnets: [...n.subnets, d.subnet("spare", "theirs", "10.8.0.0/24", "unseen")],
      }),
      ranHost("spare", "sg-ssm"),
    ),
  ],
  "the Systems Manager endpoint's policy cannot be read": [
    "source",
    "ssm: its policy is not known",
    ["C7"],
    (n) => ({ endpoints: d.replaced(n.endpoints, "ssm", () => ({ policy: undefined })) }),
  ],
  "the load balancer admits a prefix list alone": [
    "source",
    "rule-",
    ["C8"],
    (n) => ({
      securityGroups: d.replaced(n.securityGroups, "sg-in", () => ({ ingress: [d.rule(list, 443)] })),
    }),
  ],
  "GitLab admits a prefix list": ["source", "rule-", ["C8"], admits("sg-gitlab", d.rule(list, 22))],
  "the load balancer admits a prefix list": ["source", "rule-", ["C8"], admits("sg-in", d.rule(list, 443))],
  "the proxy may send to a prefix list": ["source", "rule-", ["C7"], sends("sg-squid", d.rule(list, 443))],
  "the pull endpoint is in a subnet of the isolated VPC that is not shown": [
    "target",
    "pull is in the subnet unseen, which is not shown",
    ["C6"],
    (n) => ({ endpoints: d.replaced(n.endpoints, "pull", () => ({ subnets: ["room", "unseen"] })) }),
  ],
};

describe("claims about packets", () => {
  it("are proved of a good deployment", () => {
    expect(
      networkVerdicts(d.good).map(({ claim, status, summary }) => [
        claim,
        status,
        status === "proved" || summary,
      ]),
    ).to.deep.equal(["C6", "C7", "C8", "C13", "C15"].map((claim) => [claim, "proved", true]));
  });

  for (const [title, [claim, which, change]] of Object.entries(weakenings)) {
    it(`are refuted with a packet where ${title} (${claim})`, () => {
      const found = verdict(d.changed(which, change), claim);
      expect(found?.status, found?.summary).to.equal("refuted");
      expect(found?.counterExamples.every(({ kind }) => kind === "packet")).to.equal(true);
    });
  }

  for (const [title, [which, change]] of Object.entries(harmless)) {
    it(`stay proved with ${title}`, () => {
      for (const { status, summary } of networkVerdicts(d.changed(which, change))) {
        expect(status, summary).to.equal("proved");
      }
    });
  }

  it("are left open by a type that could carry traffic, by name", () => {
    const unmodelled = [
      {
        urn: "strange",
        type: "aws:vpclattice/service:Service",
        name: "strange",
        concerns: ["packets"],
        reason: "is not modelled",
        isOfNoAccount: false,
      },
    ] satisfies Unmodelled[];
    const { source, target } = d.good;
    if (source === undefined || target === undefined) throw new Error("the good deployment has two sides");
    const open = networkVerdicts({
      ...d.good,
      source: { ...source, unmodelled },
      target: { ...target, unmodelled },
    });
    for (const { status, reasons } of open) {
      expect(status).to.equal("unknown");
      expect(reasons.join()).to.contain("strange");
    }
  });

  for (const [title, [which, names, claims, change]] of Object.entries(notShown))
    it(`are left open where ${title} (${claims.join(", ")})`, () => {
      for (const claim of claims) {
        const found = verdict(d.changed(which, change), claim);
        expect(found?.status, `${claim}: ${found?.summary}`).to.equal("unknown");
        expect(found?.reasons.join("\n"), claim).to.contain(names);
      }
    });

  it("take a proxy that connects to CodeCommit alone for no way to GitLab, whoever reaches it (C8)", () => {
    const change = both(
      (n) => ({ loadBalancers: d.replaced(n.loadBalancers, "lb-proxy", () => ({ internal: false })) }),
      admits("sg-proxy", d.rule(anywhere, 3128)),
      sends("sg-squid", d.rule({ group: "sg-gitlab" }, 443)),
      admits("sg-gitlab", d.rule({ group: "sg-squid" }, 443)),
    );
    expect(verdict(d.changed("source", change), "C8")?.status).to.equal("proved");
    expect(
      verdict(d.changed("source", both(change, squid("http_access deny !https\n", ""))), "C8")?.status,
    ).to.equal("refuted");
  });

  it("are left open by a range that cannot be read", () => {
    const found = verdict(d.changed("source", admits("sg-in", d.rule({ cidr: "nonsense" }, 443))), "C8");
    expect(found?.status).to.equal("unknown");
  });

  it("are left open where nothing is shown of the network that pulls", () => {
    expect(
      verdict(
        d.changed("target", () => ({ endpoints: [] })),
        "C6",
      )?.status,
    ).to.equal("unknown");
    expect(
      verdict(
        d.changed("target", () => ({ vpcs: [] })),
        "C6",
      )?.status,
    ).to.equal("unknown");
  });
});
