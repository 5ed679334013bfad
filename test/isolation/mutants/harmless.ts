/** Changes that take nothing away from the isolation: no claim may be refuted. */
import { z } from "zod";
import type { Exports, Mutation, Statement } from "./exports";
import { tripwiresHarmless } from "./tripwireMutants";

const push =
  (rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] =>
  (exports) => {
    exports.statements("prd", "Policy", "target-push-policy-1", rewrite);
  };
const pull =
  (rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] =>
  (exports) => {
    exports.statements("prd", "Policy", "target-pull-policy-1", rewrite);
  };
const endpoint =
  (rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] =>
  (exports) => {
    exports.statements("prd", "VpcEndpoint", "target-pull-endpoint", rewrite);
  };
const group = (exports: Exports, name: string) => exports.find("dev", "SecurityGroup", name).id;

/** Rewrites statements as the JSON that they are. Fails where nothing changes. */
function asText(statements: Statement[], rewrite: (text: string) => string): unknown[] {
  const before = JSON.stringify(statements);
  const after = rewrite(before);
  if (after === before) throw new Error(`there is nothing to rewrite in ${before}`);
  return z.array(z.unknown()).parse(JSON.parse(after));
}

/** Resources that have nothing to do with the airlock. */
export const unrelated: Mutation = {
  what: "keeps things of its own in a bucket, a table and under a key, and has alarms of its own",
  mutate: (exports) => {
    exports.add("prd", "aws:s3/bucket:Bucket", "artifacts", { bucket: "artifacts" });
    exports.add("prd", "aws:dynamodb/table:Table", "locks", { name: "locks" });
    exports.add("prd", "aws:kms/key:Key", "own", {});
    exports.add("prd", "aws:sns/topic:Topic", "alarms", {});
    const raise = {
      Effect: "Allow",
      Principal: { Service: "cloudwatch.amazonaws.com" },
      Action: "sns:Publish",
    };
    exports.add("prd", "aws:sns/topicPolicy:TopicPolicy", "alarms", {
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ ...raise, Resource: "*" }] }),
    });
    exports.add("prd", "aws:cloudwatch/metricAlarm:MetricAlarm", "alarms", {});
    exports.add("prd", "aws:cloudwatch/dashboard:Dashboard", "alarms", {});
    exports.add("prd", "aws:cloudwatch/logMetricFilter:LogMetricFilter", "alarms", {});
  },
};

export const harmless: readonly Mutation[] = [
  {
    what: "lists the resources in another order",
    mutate: (exports) => {
      exports.reverse();
    },
  },
  { what: "lists the push policy's statements in another order", mutate: push((all) => [...all].reverse()) },
  { what: "lists the pull policy's statements in another order", mutate: pull((all) => [...all].reverse()) },
  {
    what: "names the statements of the push policy otherwise",
    mutate: push((all) => all.map((one, i) => ({ ...one, Sid: `S${i}` }))),
  },
  {
    what: "leaves the statements of the push policy unnamed",
    mutate: push((all) => all.map(({ Sid: _, ...one }) => one)),
  },
  {
    what: "allows more addresses than the Deny spares",
    mutate: push((all) =>
      all.map((one) =>
        one.Effect === "Allow"
          ? { ...one, Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.0/24"] } } }
          : one,
      ),
    ),
  },
  {
    what: "takes the condition off the Allow, which the Deny locks",
    mutate: push((all) =>
      all.map((one) => (one.Effect === "Allow" ? { ...one, Condition: undefined } : one)),
    ),
  },
  {
    what: "takes the Deny away, as the Allow is locked",
    mutate: push((all) => all.filter(({ Sid }) => Sid !== "DenyFromElsewhere")),
  },
  {
    what: "takes the pull user's Deny away, as the Allow is locked",
    mutate: pull((all) => all.filter(({ Effect }) => Effect === "Allow")),
  },
  {
    what: "writes an address without /32",
    mutate: push((all) => asText(all, (text) => text.replaceAll("203.0.113.10/32", "203.0.113.10"))),
  },
  {
    what: "writes two addresses as one range of two",
    mutate: push((all) =>
      asText(all, (text) => text.replaceAll('"203.0.113.10/32","203.0.113.11/32"', '"203.0.113.10/31"')),
    ),
  },
  {
    what: "repeats an address",
    mutate: push((all) =>
      asText(all, (text) => text.replaceAll('"203.0.113.10/32"', '"203.0.113.10/32","203.0.113.10/32"')),
    ),
  },
  {
    what: "writes actions in other cases",
    mutate: push((all) => asText(all, (text) => text.replaceAll("GitPush", "gitpush"))),
  },
  {
    what: "splits the Allow in two",
    mutate: push((all) =>
      all.flatMap((one) =>
        one.Effect === "Allow"
          ? (one.Action ?? []).map((action) => ({
              ...one,
              Sid: `${one.Sid}${action.slice(-4)}`,
              Action: [action],
            }))
          : [one],
      ),
    ),
  },
  {
    what: "splits the Allow by repository",
    mutate: push((all) =>
      all.flatMap((one) =>
        one.Effect === "Allow"
          ? (one.Resource ?? []).map((arn, i) => ({ ...one, Sid: `${one.Sid}${i}`, Resource: [arn] }))
          : [one],
      ),
    ),
  },
  {
    what: "denies the push user tagging, too",
    mutate: push((all) => [
      ...all,
      { Sid: "More", Effect: "Deny", Action: "codecommit:TagResource", Resource: "*" },
    ]),
  },
  {
    what: "denies the pull user pushes, too",
    mutate: pull((all) => [
      ...all,
      { Sid: "More", Effect: "Deny", Action: "codecommit:GitPush", Resource: "*" },
    ]),
  },
  {
    what: "denies all of S3, too",
    mutate: pull((all) => [...all, { Sid: "More", Effect: "Deny", Action: "s3:*", Resource: "*" }]),
  },
  {
    what: "denies pushes through the endpoint, too",
    mutate: endpoint((all) => [
      ...all,
      { Sid: "More", Effect: "Deny", Principal: "*", Action: "codecommit:GitPush", Resource: "*" },
    ]),
  },
  {
    what: "splits the endpoint policy by repository",
    mutate: endpoint((all) =>
      all.flatMap((one) =>
        (one.Resource ?? []).map((arn, i) => ({ ...one, Sid: `${one.Sid}${i}`, Resource: [arn] })),
      ),
    ),
  },
  {
    what: "lets the endpoint admit the pull user alone",
    mutate: endpoint((all) =>
      all.map((one) => ({ ...one, Principal: { AWS: "arn:aws:iam::222222222222:user/target-pull" } })),
    ),
  },
  {
    what: "narrows the endpoint to the account's principals",
    mutate: endpoint((all) =>
      all.map((one) => ({ ...one, Condition: { StringEquals: { "aws:PrincipalAccount": "222222222222" } } })),
    ),
  },
  {
    what: "allows one reference less",
    mutate: push((all) =>
      asText(all, (text) => text.replace('"refs/heads/*","refs/tags/*"', '"refs/heads/*"')),
    ),
  },
  {
    what: "writes the Null condition as a truth value",
    mutate: push((all) =>
      asText(all, (text) =>
        text.replace('{"codecommit:References":"false"}', '{"codecommit:References":false}'),
      ),
    ),
  },
  {
    what: "tags a user",
    mutate: (exports) => {
      exports.change("prd", "User", "target-push", { tags: { team: "platform" } });
    },
  },
  {
    what: "tags the isolated VPC",
    mutate: (exports) => {
      exports.change("prd", "Vpc", "target-isolated", { tags: { team: "platform" } });
    },
  },
  {
    what: "adds a log group",
    mutate: (exports) => {
      exports.add("prd", "aws:cloudwatch/logGroup:LogGroup", "logs", { name: "/app" });
    },
  },
  {
    what: "adds a repository beside the airlock",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:codecommit/repository:Repository",
        "other",
        { repositoryName: "other", arn: "arn:aws:codecommit:ap-northeast-1:222222222222:other" },
        "other",
      );
    },
  },
  {
    what: "adds an unused subnet to the isolated VPC",
    mutate: (exports) => {
      const { vpcId, routeTableId } = exports.find(
        "prd",
        "RouteTableAssociation",
        "target-isolated-routes-ap-northeast-1a",
      ).outputs;
      exports.add(
        "prd",
        "aws:ec2/subnet:Subnet",
        "spare",
        {
          vpcId: vpcId ?? exports.find("prd", "Vpc", "target-isolated").id,
          cidrBlock: "10.1.0.128/26",
          mapPublicIpOnLaunch: false,
        },
        "subnet-spare",
      );
      exports.add(
        "prd",
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "spare",
        { subnetId: "subnet-spare", routeTableId },
        "rtbassoc-spare",
      );
    },
  },
  {
    what: "blocks one more name",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        "bad",
        { domains: ["bad.example.com."] },
        "rslvr-fdl-bad",
      );
      const { firewallRuleGroupId } = exports.find(
        "prd",
        "ResolverFirewallRule",
        "target-isolated-dns-block-all",
      ).outputs;
      exports.add(
        "prd",
        "aws:route53/resolverFirewallRule:ResolverFirewallRule",
        "bad",
        { firewallRuleGroupId, firewallDomainListId: "rslvr-fdl-bad", priority: 1, action: "BLOCK" },
        "rule-bad",
      );
    },
  },
  {
    what: "narrows who reaches GitLab",
    mutate: (exports) => {
      exports.change("dev", "SecurityGroupIngressRule", "source-ingress-in-web-198.51.100.0-24", {
        cidrIpv4: "198.51.100.0/25",
      });
    },
  },
  {
    what: "closes ssh",
    mutate: (exports) => {
      exports.remove("dev", "SecurityGroupIngressRule", "source-ingress-in-ssh-198.51.100.0-24");
    },
  },
  {
    what: "lets GitLab reach an address of the VPC where nothing is",
    mutate: (exports) => {
      exports.add("dev", "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule", "more", {
        securityGroupId: group(exports, "source-gitlab"),
        cidrIpv4: "10.0.255.0/24",
        ipProtocol: "tcp",
        fromPort: 9,
        toPort: 9,
      });
    },
  },
  {
    what: "writes the range of a rule in two halves",
    mutate: (exports) => {
      exports.change("dev", "SecurityGroupIngressRule", "source-ingress-in-web-198.51.100.0-24", {
        cidrIpv4: "198.51.100.0/25",
      });
      exports.add("dev", "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "half", {
        securityGroupId: group(exports, "source-ingress"),
        cidrIpv4: "198.51.100.128/25",
        ipProtocol: "tcp",
        fromPort: 443,
        toPort: 443,
      });
    },
  },
  {
    what: "has a repository tell a topic of its own account",
    mutate: (exports) => {
      exports.add("prd", "aws:codecommit/trigger:Trigger", "trigger", {
        repositoryName: "platform.app",
        triggers: [
          { name: "all", events: ["all"], destinationArn: "arn:aws:sns:ap-northeast-1:222222222222:news" },
        ],
      });
    },
  },
  {
    what: "makes a role that reads repositories",
    mutate: (exports) => {
      const assumeRolePolicy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      });
      exports.add(
        "prd",
        "aws:iam/role:Role",
        "reader",
        { name: "reader", arn: "arn:aws:iam::222222222222:role/reader", assumeRolePolicy },
        "reader",
      );
      exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "reader", {
        role: "reader",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: ["codecommit:GitPull", "codecommit:Get*"], Resource: "*" }],
        }),
      });
    },
  },
  {
    what: "gives the push user a second git credential",
    mutate: (exports) => {
      exports.add("prd", "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "second", {
        userName: "target-push",
        serviceName: "codecommit.amazonaws.com",
        status: "Active",
      });
    },
  },
  {
    what: "refreshes the state, after which addresses name the NAT gateways' interfaces",
    mutate: (exports) => {
      for (const zone of ["a", "c"]) {
        const address = exports.find("dev", "Eip", `source-nat-ap-northeast-1${zone}`);
        const nat = exports.find("dev", "NatGateway", `source-network-${zone === "a" ? 1 : 2}`);
        address.outputs.networkInterface = nat.outputs.networkInterfaceId;
        address.outputs.associationId = nat.outputs.associationId;
      }
    },
  },
  {
    what: "tells a mailbox of pushes, over a topic of the stack, in words that AWS alone chooses",
    mutate: (exports) => {
      const arn = "arn:aws:sns:ap-northeast-1:222222222222:alarms";
      exports.add("prd", "aws:sns/topic:Topic", "alarms", { name: "alarms", arn }, arn);
      exports.add("prd", "aws:sns/topicSubscription:TopicSubscription", "mail", {
        ...{ topic: arn, protocol: "email", endpoint: "security@example.com" },
      });
      const eventPattern = JSON.stringify({ source: ["aws.codecommit"] });
      exports.add("prd", "aws:cloudwatch/eventRule:EventRule", "pushes", { name: "pushes", eventPattern });
      const inputTransformer = { inputPaths: { at: "$.time" }, inputTemplate: '"Somebody pushed at <at>"' };
      exports.add("prd", "aws:cloudwatch/eventTarget:EventTarget", "alarm", {
        ...{ rule: "pushes", arn, inputTransformer },
      });
    },
  },
  {
    what: "keeps another VPC with a way out in the target's account",
    mutate: (exports) => {
      exports.add("prd", "aws:ec2/vpc:Vpc", "other", { cidrBlock: "10.9.0.0/16" }, "vpc-other");
      exports.add("prd", "aws:ec2/internetGateway:InternetGateway", "other", { vpcId: "vpc-other" }, "igw-2");
      exports.add(
        "prd",
        "aws:ec2/subnet:Subnet",
        "other",
        { vpcId: "vpc-other", cidrBlock: "10.9.0.0/24" },
        "subnet-other",
      );
      exports.add("prd", "aws:ec2/instance:Instance", "other", {
        ...{ subnetId: "subnet-other", privateIp: "10.9.0.9", vpcSecurityGroupIds: [] },
      });
    },
  },
  {
    what: "runs a public web server in the source that cannot reach GitLab",
    mutate: (exports) => {
      const anyone = { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] };
      const vpcId = exports.find("dev", "ec2/vpc:Vpc", "source-network").id;
      exports.add(
        "dev",
        "aws:ec2/securityGroup:SecurityGroup",
        "web",
        { vpcId, ingress: [anyone], egress: [] },
        "sg-web",
      );
      exports.add("dev", "aws:ec2/instance:Instance", "web", {
        subnetId: exports.find("dev", "Subnet", "source-network-public-1").id,
        ...{ vpcSecurityGroupIds: ["sg-web"], privateIp: "10.0.0.9", associatePublicIpAddress: true },
      });
    },
  },
  {
    what: "adds an endpoint for S3 that is pinned to whoever asks, and he to the account",
    mutate: (exports) => {
      const { vpcId, subnetIds, securityGroupIds } = exports.find(
        "prd",
        "VpcEndpoint",
        "target-pull-endpoint",
      ).outputs;
      const Condition = {
        StringEquals: {
          "aws:PrincipalAccount": "222222222222",
          "aws:ResourceAccount": "${aws:PrincipalAccount}",
        },
      };
      exports.add(
        "prd",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        "s3",
        {
          ...{ vpcId, subnetIds, securityGroupIds, vpcEndpointType: "Interface" },
          serviceName: "com.amazonaws.ap-northeast-1.s3",
          policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*", Condition }],
          }),
        },
        "vpce-s3",
      );
    },
  },
  {
    what: "blocks names of one type of query, before all others",
    mutate: (exports) => {
      const { firewallRuleGroupId, firewallDomainListId } = exports.find(
        "prd",
        "ResolverFirewallRule",
        "target-isolated-dns-block-all",
      ).outputs;
      exports.add("prd", "aws:route53/resolverFirewallRule:ResolverFirewallRule", "texts", {
        ...{ firewallRuleGroupId, firewallDomainListId, priority: 1, action: "BLOCK", qType: "TXT" },
      });
    },
  },
  {
    what: "lets another account watch numbers",
    mutate: (exports) => {
      const assumeRolePolicy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS: "999999999999" }, Action: "sts:AssumeRole" }],
      });
      const arn = "arn:aws:iam::222222222222:role/watcher";
      exports.add(
        "prd",
        "aws:iam/role:Role",
        "watcher",
        { name: "watcher", arn, assumeRolePolicy },
        "watcher",
      );
      exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "watcher", {
        role: "watcher",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "cloudwatch:Get*", Resource: "*" }],
        }),
      });
    },
  },
  // GitLab's own group lets in that group's members alone.
  {
    what: "takes the security group off the load balancer",
    mutate: (exports) => {
      exports.change("dev", "LoadBalancer", "source-ingress", { securityGroups: [] });
    },
  },
  ...[
    ["email", "operators@example.com"],
    ["sqs", "arn:aws:sqs:ap-northeast-1:999999999999:alarms"],
  ].map(([protocol, endpoint]) => ({
    what: `has ${String(protocol)} tell of alarms, in words that AWS alone chooses`,
    mutate: (exports: Exports) => {
      const topic = "arn:aws:sns:ap-northeast-1:222222222222:target-alarms";
      const listener = { topic, protocol, endpoint };
      exports.add("prd", "aws:sns/topicSubscription:TopicSubscription", "listener", listener);
    },
  })),
  {
    what: "turns the alarms' trail off",
    mutate: (exports) => {
      exports.change("prd", "Trail", "target-tripwires", { enableLogging: false });
    },
  },
  {
    what: "refreshes the state, after which the proxy's container shows what AWS answers",
    mutate: (exports) => {
      const { containerDefinitions } = exports.find("dev", "TaskDefinition", "source-proxy").outputs;
      const none = { cpu: 0, mountPoints: [], volumesFrom: [], systemControls: [], secrets: [] };
      const containers = z.array(z.looseObject({})).parse(JSON.parse(String(containerDefinitions)));
      exports.change("dev", "TaskDefinition", "source-proxy", {
        containerDefinitions: JSON.stringify(containers.map((one) => ({ ...one, ...none }))),
      });
    },
  },
  ...tripwiresHarmless,
  unrelated,
];
