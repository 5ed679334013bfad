/** Weakenings by means that no reader knows in full: the claim must be left open, and name them. */
import type { ClaimId } from "../../../isolation/claims";
import { UNKNOWN, type Exports, type Unmodelled } from "./exports";
import { roomLink } from "./networkMutants";
import { tripwiresUnmodelled } from "./tripwireMutants";

const account = "222222222222";
const isolatedVpc = (exports: Exports) => exports.find("prd", "Vpc", "target-isolated").id;
const document = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** Resources of types that no reader knows: type and properties. */
const types: readonly [claim: ClaimId, side: "dev" | "prd", type: string][] = [
  ["C4", "prd", "aws:cloudformation/stack:Stack"],
  ["C5", "prd", "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy"],
  ["C6", "prd", "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"],
  ["C6", "prd", "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"],
  ["C6", "prd", "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment"],
  ["C6", "prd", "aws:ec2/networkInterface:NetworkInterface"],
  ["C6", "prd", "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation"],
  ["C6", "prd", "aws:route53/resolverRuleAssociation:ResolverRuleAssociation"],
  ["C6", "prd", "aws:route53/resolverEndpoint:ResolverEndpoint"],
  ["C6", "prd", "aws:ram/resourceAssociation:ResourceAssociation"],
  ["C7", "dev", "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment"],
  ["C7", "dev", "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment"],
  ["C8", "dev", "aws:elb/loadBalancer:LoadBalancer"],
  ["C8", "dev", "aws:ec2/vpcEndpointService:VpcEndpointService"],
  ["C8", "dev", "aws:globalaccelerator/endpointGroup:EndpointGroup"],
  ["C9", "prd", "aws-native:iam:AccessKey"],
  ["C10", "prd", "aws:pipes/pipe:Pipe"],
  ["C10", "prd", "aws:codepipeline/pipeline:Pipeline"],
  ["C10", "prd", "aws:codebuild/project:Project"],
  ["C10", "prd", "aws:amplify/app:App"],
  ["C10", "prd", "aws:apprunner/service:Service"],
  ["C10", "prd", "aws:cloudwatch/eventArchive:EventArchive"],
  ["C13", "dev", "aws:autoscaling/group:Group"],
  ["C13", "dev", "aws:eks/cluster:Cluster"],
];

export const unmodelled: readonly Unmodelled[] = [
  ...types.map(([claim, side, type]) => ({
    claim,
    what: `adds a resource of the type ${type}`,
    names: type,
    mutate: (exports: Exports) => {
      exports.add(side, type, "more");
    },
  })),
  {
    claim: "C6",
    what: "peers the isolated VPC from the source's stack",
    names: "is of the stack dev and concerns vpc-",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/vpcPeeringConnection:VpcPeeringConnection", "peer", {
        ...{
          vpcId: exports.find("dev", "ec2/vpc:Vpc", "source-network").id,
          peerVpcId: isolatedVpc(exports),
        },
      });
    },
  },
  {
    claim: "C6",
    what: "writes a route of the isolated table in the source's stack",
    names: "is of the stack dev and concerns rtb-",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/route:Route", "leak", {
        routeTableId: exports.find("prd", "RouteTable", "target-isolated-routes").id,
        ...{ destinationCidrBlock: "0.0.0.0/0", gatewayId: "igw-1" },
      });
    },
  },
  {
    claim: "C13",
    what: "runs an instance in a private subnet from the target's stack",
    names: "is of the stack prd and concerns subnet-",
    mutate: (exports) => {
      const subnetId = exports.find("dev", "Subnet", "source-network-private-1").id;
      exports.add("prd", "aws:ec2/instance:Instance", "box", { subnetId, vpcSecurityGroupIds: [] });
    },
  },
  {
    claim: "C9",
    what: "gives the push user a policy in a source's stack of the same account",
    names: "is of the stack dev and concerns target-push",
    mutate: (exports) => {
      exports.change("dev", "Stack", "git-airlock-dev", { accountId: account });
      const policy = document({ Effect: "Allow", Action: "s3:PutObject", Resource: "*" });
      exports.add("dev", "aws:iam/userPolicy:UserPolicy", "more", { user: "target-push", policy });
    },
  },
  {
    claim: "C6",
    what: "asks rules of another firewall group first",
    names: "the rules of rslvr-frg-0 are not shown",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        "first",
        { vpcId: isolatedVpc(exports), firewallRuleGroupId: "rslvr-frg-0", priority: 101 },
      );
    },
  },
  {
    claim: "C6",
    what: "brings the room in by a transit gateway of the stack, with a route to the room",
    names: "is taken for the room's link",
    mutate: (exports) => {
      roomLink(exports, "192.0.2.0/24");
    },
  },
  ...(
    [
      ["whose number is not known", { ruleNo: UNKNOWN }],
      ["that neither allows nor denies", { action: "permit" }],
      ["of no range", { cidrBlock: undefined }],
      ["of a protocol that is not known", { protocol: UNKNOWN }],
    ] as const
  ).map(([entry, change]): Unmodelled => ({
    claim: "C8",
    what: `has a network ACL with an entry ${entry}`,
    names: "a network ACL entry is not understood",
    mutate: (exports) => {
      const plain = { ruleNo: 100, action: "allow", protocol: "-1", fromPort: 0, toPort: 0 };
      exports.add("dev", "aws:ec2/networkAcl:NetworkAcl", "acl", {
        vpcId: exports.find("dev", "ec2/vpc:Vpc", "source-network").id,
        ingress: [{ ...plain, cidrBlock: "0.0.0.0/0", ...change }],
        egress: [{ ...plain, cidrBlock: "0.0.0.0/0" }],
      });
    },
  })),
  {
    claim: "C7",
    what: "lets squid out to a prefix list",
    names: "lets the proxy's packets out to what is not shown",
    mutate: (exports) => {
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "list", {
        securityGroupId: exports.find("dev", "SecurityGroup", "source-squid").id,
        ...{ prefixListId: "pl-1", ipProtocol: "-1" },
      });
    },
  },
  ...(
    [
      [
        "starts something else than squid",
        { command: ["exec socat TCP-LISTEN:3128,fork TCP:203.0.113.9:443"] },
      ],
      ["starts something else after squid's configuration", { entryPoint: ["/helper.sh"] }],
      ["runs something else to see whether squid lives", { healthCheck: { command: ["CMD", "/helper.sh"] } }],
      ["sends squid's log to a web page", { logConfiguration: { logDriver: "splunk" } }],
      ["mounts a volume over squid", { mountPoints: [{ sourceVolume: "v", containerPath: "/usr/sbin" }] }],
      ["says whom squid's names mean", { extraHosts: [{ hostname: "git", ipAddress: "198.51.100.9" }] }],
      ["has squid ask another resolver", { dnsServers: ["198.51.100.9"] }],
      ["gives squid a second environment", { secrets: [{ name: "SQUID_CONF", valueFrom: "other" }] }],
      ["says where squid is found", { environment: [{ name: "PATH", value: "/mnt" }] }],
    ] as const
  ).map(([what, change]): Unmodelled => ({
    claim: "C7",
    what,
    names: "squid.conf is not known",
    mutate: (exports) => {
      const { containerDefinitions } = exports.find("dev", "TaskDefinition", "source-proxy").outputs;
      const containers = (JSON.parse(String(containerDefinitions)) as object[]).map((one) => ({
        ...one,
        ...change,
      }));
      exports.change("dev", "TaskDefinition", "source-proxy", {
        containerDefinitions: JSON.stringify(containers),
      });
    },
  })),
  ...(
    [
      ["TaskDefinition", { proxyConfiguration: { containerName: "squid" } }, "squid.conf is not known"],
      ["Service", { serviceConnectConfiguration: { enabled: true } }, "more than its task's container"],
      ["Service", { enableExecuteCommand: true }, "more than its task's container"],
    ] as const
  ).map(([type, change, names]): Unmodelled => ({
    claim: "C7",
    what: `gives the proxy's ${type} ${Object.keys(change).join()}`,
    names,
    mutate: (exports) => {
      exports.change("dev", type, "source-proxy", change);
    },
  })),
  {
    claim: "C6",
    what: "keeps a load balancer whose subnets are not shown",
    names: "the subnets that it stands in",
    mutate: (exports) => {
      exports.add("prd", "aws:lb/loadBalancer:LoadBalancer", "more", { loadBalancerType: "network" });
    },
  },
  {
    claim: "C8",
    what: "declares the isolated terminals to be work terminals, too",
    names: "is declared as work and as isolated terminals",
    mutate: (exports) => {
      exports.change("dev", "Stack", "git-airlock-dev", {
        declared: { workTerminalCidrs: ["198.51.100.0/24", "192.0.2.0/25"] },
      });
    },
  },
  ...(["push", "pull"] as const).map((gate): Unmodelled => ({
    claim: "C1",
    what: `turns the ${gate} user's only credential off`,
    names: "that works is shown",
    mutate: (exports) => {
      exports.change("prd", "ServiceSpecificCredential", `target-${gate}-credential-1`, {
        status: "Inactive",
      });
    },
  })),
  {
    claim: "C9",
    what: "gives a policy to a gate user's name in other cases",
    names: "who may be meant",
    mutate: (exports) => {
      exports.add("prd", "aws:iam/userPolicyAttachment:UserPolicyAttachment", "more", {
        ...{ user: "Target-Pull", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" },
      });
    },
  },
  ...tripwiresUnmodelled,
  ...[
    `arn:aws:events:ap-northeast-1:${account}:api-destination/out/1`,
    `arn:aws:sns:ap-northeast-1:${account}:unknown`,
    `arn:aws:events:ap-northeast-1:${account}:event-bus/other`,
  ].map((arn): Unmodelled => ({
    claim: "C10",
    what: `sends events of pushes to ${arn}`,
    names: "where that passes it on cannot be told",
    mutate: (exports) => {
      const eventPattern = JSON.stringify({ source: ["aws.codecommit"] });
      exports.add("prd", "aws:cloudwatch/eventRule:EventRule", "pushes", { name: "pushes", eventPattern });
      exports.add("prd", "aws:cloudwatch/eventTarget:EventTarget", "out", { rule: "pushes", arn });
    },
  })),
  {
    claim: "C10",
    what: "runs a function that may read the repositories",
    names: "may read the repositories: where it sends them is not shown",
    mutate: (exports) => {
      const role = `arn:aws:iam::${account}:role/reader`;
      const assumeRolePolicy = document({
        ...{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
      });
      exports.add(
        "prd",
        "aws:iam/role:Role",
        "reader",
        { name: "reader", arn: role, assumeRolePolicy },
        "reader",
      );
      exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "reader", {
        role: "reader",
        policy: document({ Effect: "Allow", Action: "codecommit:GitPull", Resource: "*" }),
      });
      exports.add("prd", "aws:lambda/function:Function", "reader", { name: "reader", role });
    },
  },
  {
    claim: "C10",
    what: "lets an identity provider's users read the repositories",
    names: "is not shown",
    mutate: (exports) => {
      const Principal = {
        Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`,
      };
      const arn = `arn:aws:iam::${account}:role/actions`;
      exports.add(
        "prd",
        "aws:iam/role:Role",
        "actions",
        {
          ...{ name: "actions", arn },
          assumeRolePolicy: document({ Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity" }),
        },
        "actions",
      );
      exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "actions", {
        role: "actions",
        policy: document({ Effect: "Allow", Action: "codecommit:*", Resource: "*" }),
      });
    },
  },
  {
    claim: "C10",
    what: "shows a target without airlock repositories",
    names: "No airlock repository is shown",
    mutate: (exports) => {
      for (const name of ["platform.app", "platform.network"])
        exports.remove("prd", "Repository", `target-repository-${name}`);
    },
  },
  {
    claim: "C12",
    what: "lets the source's state declare the references",
    names: "No references are declared",
    mutate: (exports) => {
      exports.change("prd", "Stack", "git-airlock-prd", { declared: {} });
      exports.change("dev", "Stack", "git-airlock-dev", { declared: { references: ["*"] } });
    },
  },
];
