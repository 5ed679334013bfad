import * as aws from "@pulumi/aws";
import { expect } from "chai";
import * as network from "../../policies/network";
import { describeRule, UNKNOWN } from "./describeRule";
import { run, subject, type Subject } from "./harness";

const world = "0.0.0.0/0";
const office = "198.51.100.0/24";

const single = (type: Parameters<typeof subject>[0]) => (properties: Record<string, unknown>) => [
  subject(type, "door", properties),
];

describeRule("a rule of its own", {
  rule: network.noWorldOpenIngress,
  program: single(aws.vpc.SecurityGroupIngressRule),
  good: { cidrIpv4: office },
  bad: { cidrIpv4: world },
  says: 'SecurityGroupIngressRule "door" lets in 0.0.0.0/0',
});
describeRule("a rule of its own, of the older sort", {
  rule: network.noWorldOpenIngress,
  program: single(aws.ec2.SecurityGroupRule),
  good: { type: "ingress", cidrBlocks: [office] },
  bad: { type: "ingress", cidrBlocks: [office, world] },
  says: "lets in 0.0.0.0/0",
  unknown: { type: "ingress", cidrBlocks: [UNKNOWN] },
});
describeRule("a security group's own rules", {
  rule: network.noWorldOpenIngress,
  program: single(aws.ec2.SecurityGroup),
  good: { ingress: [{ cidrBlocks: [office] }] },
  bad: { ingress: [{ cidrBlocks: [office] }, { ipv6CidrBlocks: ["::/0"] }] },
  says: "lets in ::/0 in ingress[1]",
});
describeRule("the default security group", {
  rule: network.noWorldOpenIngress,
  program: single(aws.ec2.DefaultSecurityGroup),
  good: { ingress: [] },
  bad: { ingress: [{ cidrBlocks: ["0.0.0.0/1"] }] },
  says: "lets in 0.0.0.0/1",
});
describeRule("a prefix list", {
  rule: network.noWorldOpenIngress,
  program: single(aws.ec2.ManagedPrefixList),
  good: { entries: [{ cidr: office }] },
  bad: { entries: [{ cidr: office }, { cidr: world }] },
  says: "lets in 0.0.0.0/0 in its entries",
});
describeRule("an entry of a prefix list", {
  rule: network.noWorldOpenIngress,
  program: single(aws.ec2.ManagedPrefixListEntry),
  good: { cidr: office },
  bad: { cidr: "not-an-address" },
  says: "lets in not-an-address",
});
describeRule("as strictly as it is set to", {
  rule: network.noWorldOpenIngress,
  settings: { widestIpv4Prefix: 28 },
  program: single(aws.vpc.SecurityGroupIngressRule),
  good: { cidrIpv4: "198.51.100.16/28" },
  bad: { cidrIpv4: office },
  says: "Name ranges of /28 or narrower",
});

describeRule("the host's own setting", {
  rule: network.gitlabHasNoPublicAddress,
  program: (properties) => [subject(aws.ec2.Instance, "gitlab", properties)],
  good: { associatePublicIpAddress: false },
  bad: {},
  says: "associatePublicIpAddress not set",
});

describeRule("an address that names the host", {
  rule: network.gitlabHasNoElasticIp,
  program: (properties) => [
    subject(aws.ec2.Instance, "gitlab", { id: "i-1" }),
    subject(aws.ec2.Instance, "other", { id: "i-2" }),
    subject(aws.ec2.Eip, "address", properties),
  ],
  good: { instance: "i-2" },
  bad: { instance: "i-1" },
  says: 'Eip "address" gives a public address to the GitLab host Instance "gitlab"',
});

describeRule("an address that names the host's network interface", {
  rule: network.gitlabHasNoElasticIp,
  program: (properties) => [
    subject(aws.ec2.Instance, "gitlab", { id: "i-1", primaryNetworkInterfaceId: "eni-1" }),
    subject(aws.ec2.EipAssociation, "direct", properties),
  ],
  good: { networkInterfaceId: "eni-2" },
  bad: { networkInterfaceId: "eni-1" },
  says: 'EipAssociation "direct" gives a public address to the GitLab host Instance "gitlab"',
  // A NAT gateway's interface is not known before it exists either.
  ifUnknown: "passes",
});

/** A host in one of two subnets, each with its table. */
function twoSubnets(
  properties: Record<string, unknown>,
  dependencies: Record<string, Subject> = {},
): Subject[] {
  const tier = (name: string) => [
    subject(aws.ec2.Subnet, name, { id: `subnet-${name}` }),
    subject(aws.ec2.RouteTable, name, { id: `rtb-${name}`, routes: [] }),
    subject(aws.ec2.RouteTableAssociation, name, { subnetId: `subnet-${name}`, routeTableId: `rtb-${name}` }),
  ];
  const propertyDependencies = Object.fromEntries(
    Object.entries(dependencies).map(([k, { urn }]) => [k, [urn]]),
  );
  return [
    ...tier("isolated"),
    ...tier("private"),
    subject(aws.ec2.Route, "nat", {
      routeTableId: "rtb-private",
      destinationCidrBlock: world,
      natGatewayId: "nat-1",
    }),
    subject(aws.ec2.Instance, "gitlab", properties, { propertyDependencies }),
  ];
}

describeRule("by the host's subnet", {
  rule: network.gitlabHasNoRouteOut,
  program: (properties) => twoSubnets(properties),
  good: { subnetId: "subnet-isolated" },
  bad: { subnetId: "subnet-private" },
  says: 'Instance "gitlab" is in Subnet "private", which has a route to 0.0.0.0/0 by natGatewayId in "nat"',
});
describeRule("in a subnet from elsewhere that nobody has looked at", {
  rule: network.gitlabHasNoRouteOut,
  settings: { checkedSubnets: ["subnet-looked-at"] },
  program: (properties) => twoSubnets(properties),
  good: { subnetId: "subnet-looked-at" },
  bad: { subnetId: "subnet-of-another-stack" },
  says: "cannot be decided: it is in subnet-of-another-stack",
});

describe("gitlab-has-no-route-out, before the subnets exist", () => {
  for (const [tier, count] of [
    ["isolated", 0],
    ["private", 1],
  ] as const) {
    it(`decides by what the host's ${tier} subnet was computed from`, async () => {
      const subjects = twoSubnets({ subnetId: UNKNOWN }, { subnetId: subject(aws.ec2.Subnet, tier, {}) });
      const { violations, waiting } = await run([network.gitlabHasNoRouteOut], subjects);
      expect(violations).to.have.lengthOf(count);
      expect(waiting).to.deep.equal([]);
    });
  }
});

describe("gitlab-has-no-route-out, while the subnet's table is one of two", () => {
  it("judges the routes of both", async () => {
    const sources = ["isolated", "private"].map((name) => subject(aws.ec2.RouteTable, name, {}).urn);
    const subjects = twoSubnets({ subnetId: "subnet-isolated" }).map((one) =>
      one.type.includes("Association") && one.name === "isolated"
        ? {
            ...one,
            outputs: { subnetId: "subnet-isolated", routeTableId: UNKNOWN },
            propertyDependencies: { routeTableId: sources },
          }
        : one,
    );
    const { violations, waiting } = await run([network.gitlabHasNoRouteOut], subjects);
    expect(violations.map(({ message }) => message)).to.have.lengthOf(1);
    expect(violations[0]?.message).to.contain('a route to 0.0.0.0/0 by natGatewayId in "nat"');
    expect(waiting).to.deep.equal([]);
  });
});

/** A host with a group, and a rule that names the group. */
function egress(type: Parameters<typeof subject>[0]) {
  return (properties: Record<string, unknown>): Subject[] => [
    subject(aws.ec2.Vpc, "net", { id: "vpc-1", cidrBlock: "10.0.0.0/16" }),
    subject(aws.ec2.SecurityGroup, "host", { id: "sg-1", vpcId: "vpc-1", egress: [] }),
    subject(aws.ec2.Instance, "gitlab", { vpcSecurityGroupIds: ["sg-1"] }),
    subject(type, "out", { securityGroupId: "sg-1", ...properties }),
  ];
}

describeRule("a rule of its own", {
  rule: network.gitlabEgressStaysInside,
  program: egress(aws.vpc.SecurityGroupEgressRule),
  good: { cidrIpv4: "10.0.8.0/24" },
  bad: { cidrIpv4: world },
  says: 'SecurityGroupEgressRule "out" lets the GitLab host out to 0.0.0.0/0',
});
describeRule("a rule of its own, of the older sort", {
  rule: network.gitlabEgressStaysInside,
  program: egress(aws.ec2.SecurityGroupRule),
  good: { type: "egress", cidrBlocks: ["10.0.0.0/16"] },
  bad: { type: "egress", cidrBlocks: ["10.0.0.0/15"] },
  says: "lets the GitLab host out to 10.0.0.0/15",
  unknown: { type: "egress", cidrBlocks: [UNKNOWN] },
});
describeRule("the group's own rules, where the VPC is another stack's", {
  rule: network.gitlabEgressStaysInside,
  program: (properties) => [
    subject(aws.ec2.SecurityGroup, "host", { id: "sg-1", vpcId: "vpc-of-another-stack", ...properties }),
    subject(aws.ec2.Instance, "gitlab", { vpcSecurityGroupIds: ["sg-1"] }),
  ],
  good: { egress: [{ cidrBlocks: ["172.16.0.0/12"] }] },
  bad: { egress: [{ cidrBlocks: ["172.16.0.0/12"], prefixListIds: ["pl-1"] }] },
  says: "lets the GitLab host out to pl-1 in egress[0]",
});
describeRule("the group's own rules, in the order in which they are written", {
  rule: network.gitlabEgressStaysInside,
  program: (properties) => [
    subject(aws.ec2.SecurityGroup, "host", {
      id: "sg-1",
      egress: [{ cidrBlocks: ["10.0.0.0/8"] }, properties],
    }),
    subject(aws.ec2.Instance, "gitlab", { vpcSecurityGroupIds: ["sg-1"] }),
  ],
  good: { cidrBlocks: ["10.0.0.0/8"] },
  bad: { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["9.9.9.0/24"], prefixListIds: ["pl-1"] },
  says: "lets the GitLab host out to 9.9.9.0/24, pl-1 in egress[1]",
});
describeRule("a group whose VPC says what is inside", {
  rule: network.gitlabEgressStaysInside,
  program: (properties) => [
    subject(aws.ec2.Vpc, "net", { id: "vpc-1", cidrBlock: "10.0.0.0/16" }),
    subject(aws.ec2.SecurityGroup, "host", {
      id: "sg-1",
      egress: [{ cidrBlocks: ["10.9.0.0/16"] }],
      ...properties,
    }),
    subject(aws.ec2.Instance, "gitlab", { vpcSecurityGroupIds: ["sg-1"] }),
  ],
  good: { vpcId: "vpc-of-another-stack" },
  bad: { vpcId: "vpc-1" },
  says: "lets the GitLab host out to 10.9.0.0/16 in egress[0]",
});

describe("a second GitLab host", () => {
  it("is judged while where the first one will be is not known", async () => {
    const first = subject(aws.ec2.Instance, "a-gitlab", { subnetId: UNKNOWN });
    const subjects = [...twoSubnets({ subnetId: "subnet-private" }), first];
    const { violations, waiting } = await run([network.gitlabHasNoRouteOut], subjects);
    expect(violations.map(({ message }) => message)).to.deep.equal([
      'Instance "gitlab" is in Subnet "private", which has a route to 0.0.0.0/0 by natGatewayId in "nat". ' +
        "Take the route away, or put GitLab into a subnet without one.",
    ]);
    expect(waiting).to.have.lengthOf(1);
  });
});
