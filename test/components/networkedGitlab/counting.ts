/** How many resources of which type a source is made of. */
import type { Deployment, ResourceState } from "../../../rehearsal/engines/in-process/deployment";

export const component = "git-airlock:source:NetworkedGitlab";

/** Everything below the component: what awsx's Vpc makes too. */
export function below({ resources }: Deployment): ResourceState[] {
  return resources.filter(({ urn, type }) => urn.includes(`::${component}$`) && type !== "awsx:ec2:Vpc");
}

export function counts(deployment: Deployment): Record<string, number> {
  const result: Record<string, number> = {};
  for (const { type } of below(deployment)) {
    const short = type.replace(/^(aws:)?(.+)\/.+:(.+)$/, "$2.$3").replace(":index", "");
    result[short] = (result[short] ?? 0) + 1;
  }
  return result;
}

export const networkCounts = {
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

/** What closes the resolver of a network that is made. */
export const resolverCounts = {
  "route53.ResolverFirewallDomainList": 2,
  "route53.ResolverFirewallRuleGroup": 1,
  "route53.ResolverFirewallRule": 2,
  "route53.ResolverFirewallRuleGroupAssociation": 1,
  "route53.ResolverFirewallConfig": 1,
};

export const proxyCounts = {
  "ec2.SecurityGroup": 2,
  "vpc.SecurityGroupIngressRule": 2,
  "vpc.SecurityGroupEgressRule": 2,
  "lb.LoadBalancer": 1,
  "lb.TargetGroup": 1,
  "lb.Listener": 1,
  "iam.Role": 1,
  "iam.RolePolicy": 1,
  "cloudwatch.LogGroup": 1,
  "cloudwatch.LogMetricFilter": 2,
  "cloudwatch.MetricAlarm": 1,
  "ecs.Cluster": 1,
  "ecs.TaskDefinition": 1,
  "ecs.Service": 1,
};

export const gitlabCounts = {
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
  "ssm.Parameter": 3,
  "ssm.Document": 2,
  "ssm.Association": 1,
  "iam.Role": 2,
  "iam.RolePolicy": 3,
  "iam.InstanceProfile": 1,
  "ec2.Instance": 1,
  "ebs.Volume": 1,
  "ec2.VolumeAttachment": 1,
  "dlm.LifecyclePolicy": 1,
  "cloudwatch.MetricAlarm": 1,
  "cloudwatch.EventRule": 1,
  "cloudwatch.EventTarget": 1,
};

/** Where alarms go. */
export const topicCounts = { "kms.Key": 1, "sns.Topic": 1, "sns.TopicPolicy": 1 };

/** What there is less of without the Systems Manager endpoints. */
export const withoutEndpoints = {
  "ec2.SecurityGroup": -1,
  "vpc.SecurityGroupIngressRule": -1,
  "ec2.VpcEndpoint": -2,
};

export function sum(...parts: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const part of parts)
    for (const [type, count] of Object.entries(part)) total[type] = (total[type] ?? 0) + count;
  return Object.fromEntries(Object.entries(total).filter(([, count]) => count !== 0));
}
