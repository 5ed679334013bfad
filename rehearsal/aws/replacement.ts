/**
 * Which changes make AWS's provider replace a resource instead of changing it.
 *
 * Source: terraform-provider-aws v6, `ForceNew` and `RequiresReplace` in the schema of each resource.
 */

import { isDeepStrictEqual } from "node:util";
import { isRecord } from "../../facts/record";
import { architectureOf } from "./compute/launchParameters";
import type { Properties } from "./service";

/** Stands for every input. */
const every = "*";

const replacing: Readonly<Record<string, readonly string[]>> = {
  "aws:acm/certificate:Certificate": [
    "domainName",
    "subjectAlternativeNames",
    "validationMethod",
    "keyAlgorithm",
  ],
  "aws:cloudtrail/trail:Trail": ["name"],
  "aws:cloudwatch/dashboard:Dashboard": ["dashboardName"],
  "aws:cloudwatch/eventRule:EventRule": ["name", "namePrefix", "eventBusName"],
  "aws:cloudwatch/eventTarget:EventTarget": ["rule", "targetId", "eventBusName"],
  "aws:cloudwatch/logGroup:LogGroup": ["name", "namePrefix", "logGroupClass"],
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": ["name", "logGroupName"],
  "aws:cloudwatch/metricAlarm:MetricAlarm": ["name"],
  "aws:ebs/volume:Volume": ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"],
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": ["vpcId"],
  "aws:ec2/eip:Eip": ["domain", "address", "networkBorderGroup", "publicIpv4Pool"],
  "aws:ec2/instance:Instance": [
    "ami",
    "availabilityZone",
    "subnetId",
    "privateIp",
    "associatePublicIpAddress",
  ],
  "aws:ec2/natGateway:NatGateway": ["allocationId", "subnetId", "connectivityType", "privateIp"],
  "aws:ec2/route:Route": ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"],
  "aws:ec2/routeTable:RouteTable": ["vpcId"],
  "aws:ec2/routeTableAssociation:RouteTableAssociation": ["subnetId", "gatewayId"],
  "aws:ec2/securityGroup:SecurityGroup": ["name", "namePrefix", "description", "vpcId"],
  "aws:ec2/securityGroupRule:SecurityGroupRule": [every],
  "aws:ec2/subnet:Subnet": ["vpcId", "cidrBlock", "availabilityZone", "availabilityZoneId"],
  "aws:ec2/volumeAttachment:VolumeAttachment": ["deviceName", "instanceId", "volumeId"],
  "aws:ec2/vpc:Vpc": ["cidrBlock", "ipv4IpamPoolId"],
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["vpcId", "serviceName", "vpcEndpointType"],
  "aws:ecs/cluster:Cluster": ["name"],
  "aws:ecs/service:Service": ["name", "cluster", "launchType"],
  "aws:iam/instanceProfile:InstanceProfile": ["name", "namePrefix", "path"],
  "aws:iam/policy:Policy": ["name", "namePrefix", "path", "description"],
  "aws:iam/role:Role": ["name", "namePrefix", "path"],
  "aws:iam/rolePolicy:RolePolicy": ["name", "namePrefix", "role"],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [every],
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": ["serviceName", "userName"],
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": [every],
  "aws:iam/userPolicy:UserPolicy": ["name", "namePrefix", "user"],
  "aws:kms/alias:Alias": ["name", "namePrefix"],
  "aws:kms/key:Key": ["customerMasterKeySpec", "keyUsage", "multiRegion"],
  "aws:lb/listener:Listener": ["loadBalancerArn"],
  "aws:lb/loadBalancer:LoadBalancer": ["name", "namePrefix", "internal", "loadBalancerType"],
  "aws:lb/targetGroup:TargetGroup": ["name", "namePrefix", "port", "protocol", "vpcId", "targetType"],
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": [every],
  "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": ["resourceId"],
  "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": ["name"],
  "aws:route53/resolverFirewallRule:ResolverFirewallRule": ["firewallDomainListId", "firewallRuleGroupId"],
  "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": ["name"],
  "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": [
    "firewallRuleGroupId",
    "vpcId",
  ],
  "aws:s3/bucket:Bucket": ["bucket", "bucketPrefix"],
  "aws:s3/bucketPolicy:BucketPolicy": ["bucket"],
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ["bucket"],
  "aws:scheduler/schedule:Schedule": ["name", "namePrefix", "groupName"],
  "aws:secretsmanager/secret:Secret": ["name", "namePrefix"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretId", "secretString"],
  "aws:sfn/stateMachine:StateMachine": ["name", "namePrefix", "type"],
  "aws:sns/topic:Topic": ["name", "namePrefix", "fifoTopic"],
  "aws:sns/topicPolicy:TopicPolicy": ["arn"],
  "aws:sns/topicSubscription:TopicSubscription": ["endpoint", "protocol", "topic"],
  "aws:ssm/association:Association": ["name"],
  "aws:ssm/document:Document": ["name"],
  "aws:ssm/parameter:Parameter": ["name"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
  "random:index/randomId:RandomId": [every],
  "random:index/randomPassword:RandomPassword": [every],
  "tls:index/privateKey:PrivateKey": [every],
  "tls:index/selfSignedCert:SelfSignedCert": [every],
};

/** Whether a change of an input from one value to another replaces the resource. */
type Judge = (before: unknown, after: unknown) => boolean;

/** A network load balancer can be given more subnets, but never lose one. */
const losesSubnet: Judge = (before, after) =>
  Array.isArray(before) && Array.isArray(after) && before.some((subnet) => !after.includes(subnet));

/** An instance cannot be started again under the other architecture: its image is for one. */
const changesArchitecture: Judge = (before, after) =>
  architectureOf(String(before)) !== architectureOf(String(after));

/** Inputs of which only some changes replace the resource; those of a part that is fixed, or to some values. */
const judges: Readonly<Record<string, Readonly<Record<string, Judge>>>> = {
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": { policyDetails: changesOf("copyTags") },
  "aws:ec2/instance:Instance": {
    instanceType: changesArchitecture,
    rootBlockDevice: changesOf("encrypted", "kmsKeyId"),
  },
  "aws:lb/loadBalancer:LoadBalancer": { subnets: losesSubnet },
};

/** Replaced by a change of any input but these. */
const allBut: Readonly<Record<string, readonly string[]>> = {
  // A revision never changes, but for its tags.
  "aws:ecs/taskDefinition:TaskDefinition": ["tags", "tagsAll", "skipDestroy", "trackLatest"],
};

/** Judges by properties of these names, wherever in the value they are. */
function changesOf(...names: readonly string[]): Judge {
  const under = (value: unknown): unknown[] => {
    if (Array.isArray(value)) return value.map(under);
    if (!isRecord(value)) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      names.includes(name) ? { [name]: inner } : [],
      under(inner),
    ]);
  };
  return (before, after) => !isDeepStrictEqual(under(before), under(after));
}

/** Whether the change of this input, from old inputs to new ones, replaces the resource. */
export function replaces(type: string, input: string, olds: Properties, news: Properties): boolean {
  const judge = judges[type]?.[input];
  if (judge) return judge(olds[input], news[input]);
  const kept = allBut[type];
  if (kept) return !kept.includes(input);
  const inputs = replacing[type] ?? [];
  return inputs.includes(every) || inputs.includes(input);
}
