/** Changes that take nothing away from the isolation. */
import { z } from "zod";
import { alarms, foreignQueue, mail, news, pushes, saying, subscribe, tell, sns } from "./carriers";
import {
  account,
  addRole,
  and,
  document,
  forService,
  inEndpoint,
  inPull,
  inPush,
  only,
  repository,
  stranger,
} from "./parts";
import type { Editor, Statement } from "./editor";
import { inContainers } from "./proxy";
import { admit, inTrail, share } from "./tripwires";
import { each, type Weakening } from "./weakening";

/** Rewrites statements as the JSON that they are. */
const asText = (rewrite: (text: string) => string) => (statements: Statement[]) =>
  z.array(z.unknown()).parse(JSON.parse(rewrite(JSON.stringify(statements))));

/** Makes several statements of one. */
const split =
  (effect: Statement["Effect"], by: "Action" | "Resource") =>
  (statements: Statement[]): unknown[] =>
    statements.flatMap((one) =>
      one.Effect === effect
        ? (one[by] ?? []).map((value, i) => ({ ...one, Sid: `${one.Sid}${i}`, [by]: [value] }))
        : [one],
    );

const denying = (Action: string, more: object = {}) =>
  and({ Sid: "More", Effect: "Deny", ...more, Action, Resource: "*" });

const documents = each({ stack: "target" }, [
  { what: "lists the push policy's statements in another order", edit: inPush((all) => [...all].reverse()) },
  { what: "lists the pull policy's statements in another order", edit: inPull((all) => [...all].reverse()) },
  {
    what: "names the statements of the push policy otherwise",
    edit: inPush((all) => all.map((one, i) => ({ ...one, Sid: `S${i}` }))),
  },
  {
    what: "leaves the statements of the push policy unnamed",
    edit: inPush((all) => all.map(({ Sid: _, ...one }) => one)),
  },
  {
    what: "writes an address without /32",
    edit: inPush(asText((text) => text.replaceAll("203.0.113.10/32", "203.0.113.10"))),
  },
  {
    what: "repeats an address",
    edit: inPush(
      asText((text) => text.replaceAll('"203.0.113.10/32"', '"203.0.113.10/32","203.0.113.10/32"')),
    ),
  },
  {
    what: "writes actions in other cases",
    edit: inPush(asText((text) => text.replaceAll("GitPush", "gitpush"))),
  },
  { what: "splits the Allow in two", edit: inPush(split("Allow", "Action")) },
  { what: "splits the Allow by repository", edit: inPush(split("Allow", "Resource")) },
  { what: "splits the endpoint policy by repository", edit: inEndpoint(split("Allow", "Resource")) },
  { what: "denies the push user tagging, too", edit: inPush(denying("codecommit:TagResource")) },
  { what: "denies the pull user pushes, too", edit: inPull(denying("codecommit:GitPush")) },
  { what: "denies all of S3, too", edit: inPull(denying("s3:*")) },
  {
    what: "denies pushes through the endpoint, too",
    edit: inEndpoint(denying("codecommit:GitPush", { Principal: "*" })),
  },
  {
    what: "lets the endpoint admit the pull user alone",
    edit: inEndpoint(
      only("Allow", (one) => ({ ...one, Principal: { AWS: `arn:aws:iam::${account}:user/target-pull` } })),
    ),
  },
  {
    what: "narrows the endpoint to the account's principals",
    edit: inEndpoint(
      only("Allow", (one) => ({ ...one, Condition: { StringEquals: { "aws:PrincipalAccount": account } } })),
    ),
  },
  {
    what: "allows one reference less",
    edit: inPush(asText((text) => text.replace('"refs/heads/*","refs/tags/*"', '"refs/heads/*"'))),
  },
  {
    what: "writes the Null condition as a truth value",
    edit: inPush(
      asText((text) => text.replace('{"codecommit:References":"false"}', '{"codecommit:References":false}')),
    ),
  },
]);

const beside = each({ stack: "target" }, [
  {
    what: "lists the resources in another order",
    edit: (stack, other) => {
      stack.resources.reverse();
      other.resources.reverse();
    },
  },
  {
    what: "keeps things of its own in a bucket, a table and under a key, and has alarms of its own",
    edit: (stack) => {
      stack.add("s3.Bucket", "artifacts", { bucket: "artifacts" });
      stack.add("dynamodb.Table", "locks", { name: "locks" });
      stack.add("kms.Key", "own");
      stack.add("sns.Topic", "alarms");
      const Principal = forService("cloudwatch");
      const policy = document({ Effect: "Allow", Principal, Action: "sns:Publish", Resource: "*" });
      stack.add("sns.TopicPolicy", "alarms", { policy });
      stack.add("cloudwatch.MetricAlarm", "alarms");
      stack.add("cloudwatch.Dashboard", "alarms");
      stack.add("cloudwatch.LogMetricFilter", "alarms");
    },
  },
  {
    what: "tags a user",
    edit: (stack) => stack.change("iam.User", "target-push", { tags: { team: "platform" } }),
  },
  {
    what: "tags the isolated VPC",
    edit: (stack) => stack.change("ec2.Vpc", "target-isolated", { tags: { team: "platform" } }),
  },
  {
    what: "adds a log group",
    edit: (stack) => stack.add("cloudwatch.LogGroup", "logs", { name: "/app", retentionInDays: 90 }),
  },
  {
    what: "adds a repository beside the airlock",
    edit: (stack) => {
      stack.add("codecommit.Repository", "other", { repositoryName: "other", arn: repository("other") });
      stack.find("codecommit.Repository", "other").protect = true;
    },
  },
  {
    what: "gives the push user a second git credential",
    edit: (stack) => {
      const serviceName = forService("codecommit").Service;
      const credential = { userName: "target-push", serviceName, status: "Active" };
      stack.add("iam.ServiceSpecificCredential", "second", credential);
    },
  },
  {
    what: "has a repository tell a topic of the stack, which nobody hears",
    edit: (stack) => {
      news(stack);
    },
  },
  {
    what: "makes a role that reads repositories",
    edit: (stack) => {
      const Action = ["codecommit:GitPull", "codecommit:Get*"];
      addRole(stack, "reader", forService("ec2"), { Effect: "Allow", Action, Resource: "*" });
    },
  },
  {
    what: "lets another account watch alarms",
    edit: (stack) => {
      const alarms = { Effect: "Allow", Action: "cloudwatch:DescribeAlarms*", Resource: "*" };
      addRole(stack, "watcher", { AWS: stranger }, alarms);
    },
  },
]);

const isolatedVpc = each({ stack: "target" }, [
  {
    what: "adds an unused subnet to the isolated VPC",
    edit: (stack) => {
      const vpcId = stack.ref("ec2.Vpc", "target-isolated");
      const spare = { vpcId, cidrBlock: "10.1.0.128/26", mapPublicIpOnLaunch: false };
      const subnetId = stack.add("ec2.Subnet", "spare", spare);
      const routeTableId = stack.ref("ec2.RouteTable", "target-isolated-routes");
      stack.add("ec2.RouteTableAssociation", "spare", { subnetId, routeTableId });
    },
  },
  {
    what: "blocks one more name",
    edit: (stack) => {
      const list = { domains: ["bad.example.com."] };
      const firewallDomainListId = stack.add("route53.ResolverFirewallDomainList", "bad", list);
      blockFirst(stack, { firewallDomainListId });
    },
  },
  {
    what: "blocks names of one type of query, before all others",
    edit: (stack) => {
      blockFirst(stack, { qType: "TXT" });
    },
  },
  {
    what: "adds an endpoint for S3 that is pinned to whoever asks, and he to the account",
    edit: (stack) => {
      const { outputs } = stack.find("ec2.VpcEndpoint", "target-pull-endpoint");
      const { vpcId, subnetIds, securityGroupIds } = outputs;
      const pins = { "aws:PrincipalAccount": account, "aws:ResourceAccount": "${aws:PrincipalAccount}" };
      const pinned = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource: "*" };
      stack.add("ec2.VpcEndpoint", "s3", {
        vpcId,
        subnetIds,
        securityGroupIds,
        vpcEndpointType: "Interface",
        serviceName: "com.amazonaws.ap-northeast-1.s3",
        policy: document({ ...pinned, Condition: { StringEquals: pins } }),
      });
    },
  },
  {
    what: "keeps another VPC with a way out in the target's account",
    edit: (stack) => {
      const vpcId = stack.add("ec2.Vpc", "other", { cidrBlock: "10.9.0.0/16" });
      stack.add("ec2.InternetGateway", "other", { vpcId });
      const subnetId = stack.add("ec2.Subnet", "other", { vpcId, cidrBlock: "10.9.0.0/24" });
      stack.add("ec2.Instance", "other", {
        subnetId,
        privateIp: "10.9.0.9",
        vpcSecurityGroupIds: [],
        rootBlockDevice: { encrypted: true },
        metadataOptions: { httpTokens: "required" },
      });
    },
  },
]);

/** Blocks names before the rule that blocks all others, as that one does but for what is given. */
function blockFirst(stack: Editor, rule: Record<string, unknown>): void {
  const { outputs } = stack.find("route53.ResolverFirewallRule", "target-isolated-dns-block-all");
  const { firewallRuleGroupId, firewallDomainListId } = outputs;
  stack.add("route53.ResolverFirewallRule", "first", {
    firewallRuleGroupId,
    firewallDomainListId,
    priority: 1,
    action: "BLOCK",
    ...rule,
  });
}

const WEB = "source-ingress-in-web-198.51.100.0-24";
const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };

const sourceNetwork = each({ stack: "source" }, [
  {
    what: "narrows who reaches GitLab",
    edit: (stack) => stack.change("vpc.SecurityGroupIngressRule", WEB, { cidrIpv4: "198.51.100.0/25" }),
  },
  {
    what: "closes ssh",
    edit: (stack) => stack.remove("vpc.SecurityGroupIngressRule", "source-ingress-in-ssh-198.51.100.0-24"),
  },
  {
    what: "lets GitLab reach an address of the VPC where nothing is",
    edit: (stack) => {
      const securityGroupId = stack.ref("ec2.SecurityGroup", "source-gitlab");
      const rule = { cidrIpv4: "10.0.255.0/24", ipProtocol: "tcp", fromPort: 9, toPort: 9 };
      stack.add("vpc.SecurityGroupEgressRule", "more", { securityGroupId, ...rule });
    },
  },
  {
    what: "writes the range of a rule in two halves",
    edit: (stack) => {
      stack.change("vpc.SecurityGroupIngressRule", WEB, { cidrIpv4: "198.51.100.0/25" });
      const securityGroupId = stack.ref("ec2.SecurityGroup", "source-ingress");
      const half = { securityGroupId, cidrIpv4: "198.51.100.128/25", ...https };
      stack.add("vpc.SecurityGroupIngressRule", "half", half);
    },
  },
  // GitLab's own group lets in that group's members alone.
  {
    what: "takes the security group off the load balancer",
    edit: (stack) => stack.change("lb.LoadBalancer", "source-ingress", { securityGroups: [] }),
  },
]);

const refreshed = each({ stack: "source" }, [
  {
    what: "refreshes the state, after which addresses name the NAT gateways' interfaces",
    edit: (stack) => {
      for (const [zone, nat] of Object.entries({ a: "source-network-1", c: "source-network-2" })) {
        const { networkInterfaceId, associationId } = stack.find("ec2.NatGateway", nat).outputs;
        const address = stack.find("ec2.Eip", `source-nat-ap-northeast-1${zone}`);
        Object.assign(address.outputs, { networkInterface: networkInterfaceId, associationId });
      }
    },
  },
  {
    what: "refreshes the state, after which the proxy's container shows what AWS answers",
    edit: inContainers((container) => ({
      ...container,
      cpu: 0,
      mountPoints: [],
      volumesFrom: [],
      systemControls: [],
      secrets: [],
    })),
  },
  {
    what: "refreshes the state, after which the trail's bucket and the topic show what AWS answers",
    stack: "target",
    edit: (stack) => {
      const answer = (type: string, name: string, outputs: object) =>
        Object.assign(stack.find(type, name).outputs, outputs);
      const { policy } = stack.find("s3.BucketPolicy", "target-tripwires").outputs;
      const owner = { id: "abc", type: "CanonicalUser", permissions: ["FULL_CONTROL"], uri: "" };
      const bucket = { acl: "private", grants: [owner], replicationConfiguration: null, website: null };
      answer("s3.Bucket", "target-tripwires", { policy, ...bucket });
      const trail = { snsTopicName: "", cloudWatchLogsGroupArn: "", kmsKeyId: "", eventSelectors: [] };
      answer("cloudtrail.Trail", "target-tripwires", trail);
      const target = { input: "", inputPath: "", deadLetterConfig: null, ecsTarget: null };
      answer("cloudwatch.EventTarget", "target-tripwire-silenced-3", target);
    },
  },
]);

const tripwires = each({ stack: "target" }, [
  {
    what: "tells a mailbox of pushes, over a topic of the stack, in words that AWS alone chooses",
    edit: (stack) => {
      const arn = sns("alarms");
      stack.add("sns.Topic", "alarms", { name: "alarms", arn }, arn);
      subscribe(stack, arn, "email", "security@example.com");
      tell(stack, pushes, { arn, ...saying({ at: "$.time" }, '"Somebody pushed at <at>"') });
    },
  },
  ...Object.entries({ email: "operators@example.com", sqs: foreignQueue }).map(([protocol, endpoint]) => ({
    what: `has ${protocol} tell of alarms, in words that AWS alone chooses`,
    edit: (stack: Editor) => subscribe(stack, alarms, protocol, endpoint),
  })),
  { what: "turns the alarms' trail off", edit: inTrail({ enableLogging: false }) },
  ...[
    { Principal: { AWS: `arn:aws:iam::${account}:role/auditor` } },
    { Principal: "*", Condition: { StringEquals: { "aws:principalaccount": [account] } } },
  ].map((who) => ({ what: `lets ${JSON.stringify(who)} read what the trail writes`, edit: share(who) })),
  {
    what: "lets the own account subscribe to whole events, as SNS's own policy does",
    edit: admit({
      Principal: { AWS: "*" },
      Condition: { StringEquals: { "AWS:SourceOwner": account } },
    }),
  },
  {
    what: "has the trail write to a log group of the stack, and tell the topic where it wrote",
    edit: (stack) => {
      const arn = `arn:aws:logs:ap-northeast-1:${account}:log-group:trail`;
      stack.add("cloudwatch.LogGroup", "trail", { name: "trail", arn, retentionInDays: 90 });
      inTrail({ cloudWatchLogsGroupArn: `${arn}:*`, snsTopicName: alarms })(stack);
      mail(stack);
    },
  },
  {
    what: "mails when the event came and which rule rang",
    edit: (stack) => {
      const template = '"<id> <aws.events.event.ingestion-time> <aws.events.rule-name>"';
      tell(stack, pushes, { arn: alarms, ...saying({ id: "$.id" }, template) });
      mail(stack);
    },
  },
  {
    what: "stops an instance by an alarm, and raises another to a topic that nobody hears",
    edit: (stack) => {
      const stop = { alarmActions: ["arn:aws:automate:ap-northeast-1:ec2:stop"] };
      stack.add("cloudwatch.MetricAlarm", "stop", stop);
      stack.add("cloudwatch.MetricAlarm", "ring", { alarmActions: [alarms] });
    },
  },
]);

export const harmless: readonly Weakening[] = [
  ...documents,
  ...beside,
  ...isolatedVpc,
  ...sourceNetwork,
  ...refreshed,
  ...tripwires,
];
