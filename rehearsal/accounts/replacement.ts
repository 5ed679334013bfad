/**
 * Which changes make AWS's provider replace a resource instead of changing it.
 *
 * Source: terraform-provider-aws v6, `ForceNew` and `RequiresReplace` in the schema of each resource.
 */

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
  "aws:codecommit/repository:Repository": ["repositoryName"],
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
  "aws:ecs/taskDefinition:TaskDefinition": [every],
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
  "aws:ssm/document:Document": ["name", "documentType"],
  "aws:ssm/parameter:Parameter": ["name"],
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ["securityGroupId"],
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ["securityGroupId"],
  "random:index/randomId:RandomId": [every],
  "random:index/randomPassword:RandomPassword": [every],
  "tls:index/privateKey:PrivateKey": [every],
  "tls:index/selfSignedCert:SelfSignedCert": [every],
};

/** A network load balancer can be given more subnets, but never lose one. */
function losesSubnet(olds: Properties, news: Properties): boolean {
  const [before, after] = [olds["subnets"], news["subnets"]];
  return Array.isArray(before) && Array.isArray(after) && before.some((subnet) => !after.includes(subnet));
}

/** Whether the change of this input, from old inputs to new ones, replaces the resource. */
export function replaces(type: string, input: string, olds: Properties, news: Properties): boolean {
  if (type === "aws:lb/loadBalancer:LoadBalancer" && input === "subnets") return losesSubnet(olds, news);
  const inputs = replacing[type] ?? [];
  return inputs.includes(every) || inputs.includes(input);
}
