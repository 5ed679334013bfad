/**
 * The table of resource types: what a resource of each type can have a say in, and why it has none in the rest. A type
 * that is not in it can have a say in everything. Rows are types, never namespaces.
 */

import {
  belongsToNoVpc,
  deliversToOwnBucket,
  isCalledFromOwnAccount,
  isNoNameOfAws,
  isOff,
  isRuleOfAws,
  onlyDenies,
  type Condition,
} from "./resourceConditions";

/**
 * What claims are about: which packets get where (what runs and answers included), who may do what, and what carries
 * content, or words of somebody's choice, onwards.
 */
export const CONCERNS = ["packets", "rights", "words"] as const;
export type Concern = (typeof CONCERNS)[number];

/** One row. */
export interface ResourceType {
  /** What its resources can have a say in; empty for harmless types. */
  readonly concerns: readonly Concern[];
  /** Whether the proof's model reads its resources. What has a say and is not read leaves claims open, by name. */
  readonly isRead: boolean;
  /** Why it has no say in the rest, as the end of "The resource …". */
  readonly because: string;
  /** What makes a resource of a harmless type matter after all: its condition, as the end of "The resource …". */
  readonly unless?: Condition;
}

type Rows = readonly (readonly [type: string, row: ResourceType])[];

/** Types whose resources the model reads. */
function read(concerns: readonly Concern[], because: string, ...types: readonly string[]): Rows {
  return types.map((type) => [type, { concerns, isRead: true, because }]);
}

/** Types whose resources can have a say that nothing reads, but not in everything. */
function unread(concerns: readonly Concern[], because: string, ...types: readonly string[]): Rows {
  return types.map((type) => [type, { concerns, isRead: false, because }]);
}

function harmless(because: string, ...types: readonly string[]): Rows {
  return types.map((type) => [type, { concerns: [], isRead: false, because }]);
}

function harmlessUnless(unless: Condition, because: string, ...types: readonly string[]): Rows {
  return types.map((type) => [type, { concerns: [], isRead: false, because, unless }]);
}

const ROWS: Rows = [
  // Pulumi, components, and what makes nothing in a cloud.
  ...harmless(
    "makes nothing in a cloud",
    "pulumi:pulumi:Stack",
    "pulumi:pulumi:StackReference",
    "pulumi:providers:aws",
    "pulumi:providers:awsx",
    "pulumi:providers:pulumi",
    "pulumi:providers:random",
    "pulumi:providers:tls",
    "pulumi:providers:time",
    "pulumi:providers:null",
    "random:index/randomBytes:RandomBytes",
    "random:index/randomId:RandomId",
    "random:index/randomInteger:RandomInteger",
    "random:index/randomPassword:RandomPassword",
    "random:index/randomPet:RandomPet",
    "random:index/randomShuffle:RandomShuffle",
    "random:index/randomString:RandomString",
    "random:index/randomUuid:RandomUuid",
    "tls:index/privateKey:PrivateKey",
    "tls:index/selfSignedCert:SelfSignedCert",
    "tls:index/certRequest:CertRequest",
    "tls:index/locallySignedCert:LocallySignedCert",
    "time:index/offset:Offset",
    "time:index/rotating:Rotating",
    "time:index/sleep:Sleep",
    "time:index/static:Static",
    "null:index/resource:Resource",
  ),

  // Networks.
  ...read(
    ["packets"],
    "grants nothing and carries packets alone",
    "aws:ec2/vpc:Vpc",
    "aws:ec2/defaultVpc:DefaultVpc",
    "aws:ec2/subnet:Subnet",
    "aws:ec2/defaultSubnet:DefaultSubnet",
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",
    "aws:ec2/networkAcl:NetworkAcl",
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
    "aws:ec2/networkAclRule:NetworkAclRule",
    "aws:ec2/networkAclAssociation:NetworkAclAssociation",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/vpnGateway:VpnGateway",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/carrierGateway:CarrierGateway",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/eip:Eip",
    "aws:ec2/eipAssociation:EipAssociation",
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:alb/loadBalancer:LoadBalancer",
    "aws:lb/targetGroup:TargetGroup",
    "aws:alb/targetGroup:TargetGroup",
    "aws:lb/listener:Listener",
    "aws:alb/listener:Listener",
    "aws:lb/targetGroupAttachment:TargetGroupAttachment",
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
    "aws:route53/resolverFirewallRule:ResolverFirewallRule",
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
  ),
  ...read(
    ["packets"],
    "admits by its policy, which is read, and carries packets alone",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
  ),
  ...unread(
    ["packets"],
    "grants nothing, and sends nothing by itself",
    "aws:rds/instance:Instance",
    "aws:rds/cluster:Cluster",
    "aws:rds/clusterInstance:ClusterInstance",
    "aws:elasticache/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:efs/fileSystem:FileSystem",
    "aws:efs/mountTarget:MountTarget",
    "aws:ec2/networkInterface:NetworkInterface",
    "aws:ec2/networkInterfaceAttachment:NetworkInterfaceAttachment",
    "aws:ec2/networkInterfaceSecurityGroupAttachment:NetworkInterfaceSecurityGroupAttachment",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
    "aws:ec2/defaultVpcDhcpOptions:DefaultVpcDhcpOptions",
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation",
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation",
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
    "aws:ec2/peeringConnectionOptions:PeeringConnectionOptions",
    "aws:ec2/vpnGatewayAttachment:VpnGatewayAttachment",
    "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation",
    "aws:ec2/vpnConnection:VpnConnection",
    "aws:ec2/vpnConnectionRoute:VpnConnectionRoute",
    "aws:ec2/managedPrefixList:ManagedPrefixList",
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
    "aws:elb/loadBalancer:LoadBalancer",
    "aws:elb/attachment:Attachment",
    "aws:ec2/vpcEndpointService:VpcEndpointService",
    "aws:ec2/vpcEndpointPolicy:VpcEndpointPolicy",
    "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation",
    "aws:ec2/vpcEndpointSubnetAssociation:VpcEndpointSubnetAssociation",
    "aws:route53/resolverRule:ResolverRule",
    "aws:route53/resolverRuleAssociation:ResolverRuleAssociation",
    "aws:route53/resolverEndpoint:ResolverEndpoint",
    "aws:route53/zoneAssociation:ZoneAssociation",
    "aws:ram/resourceAssociation:ResourceAssociation",
    "aws:ram/resourceShare:ResourceShare",
    "aws:ram/principalAssociation:PrincipalAssociation",
  ),
  ...harmless(
    "says nothing about where packets get, and grants nothing",
    "aws:acm/certificate:Certificate",
    "aws:acm/certificateValidation:CertificateValidation",
    "aws:lb/listenerCertificate:ListenerCertificate",
    "aws:alb/listenerCertificate:ListenerCertificate",
    "aws:ec2/customerGateway:CustomerGateway",
    "aws:rds/subnetGroup:SubnetGroup",
    "aws:rds/parameterGroup:ParameterGroup",
    "aws:elasticache/subnetGroup:SubnetGroup",
    "aws:elasticache/parameterGroup:ParameterGroup",
    "aws:ec2/placementGroup:PlacementGroup",
    "aws:scheduler/scheduleGroup:ScheduleGroup",
    "aws:ec2/tag:Tag",
    "aws:route53/healthCheck:HealthCheck",
    "aws:wafv2/ipSet:IpSet",
    "aws:wafv2/ruleGroup:RuleGroup",
    "aws:wafv2/webAcl:WebAcl",
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:shield/protection:Protection",
  ),
  ...harmlessUnless(
    belongsToNoVpc,
    "answers for names on the Internet, which nothing inside asks",
    "aws:route53/zone:Zone",
  ),
  ...harmlessUnless(
    isNoNameOfAws,
    "says nothing about where packets get, and grants nothing",
    "aws:route53/record:Record",
  ),
  ...harmless(
    "puts a VPC under a configuration that is judged by itself",
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
  ),
  ...harmless(
    "takes possibilities of a whole account away, which no claim counts on",
    "aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions",
    "aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion",
    "aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "aws:ec2/defaultCreditSpecification:DefaultCreditSpecification",
    "aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "aws:ebs/defaultKmsKey:DefaultKmsKey",
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
  ),

  // What runs.
  ...read(
    ["packets", "rights", "words"],
    "is read with its interfaces and its role",
    "aws:ec2/instance:Instance",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:lambda/function:Function",
  ),
  ...unread(
    ["packets", "words"],
    "has a role, whose rights are read",
    "aws:autoscaling/group:Group",
    "aws:ec2/launchTemplate:LaunchTemplate",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws:ec2/spotFleetRequest:SpotFleetRequest",
    "aws:ec2/fleet:Fleet",
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:codebuild/project:Project",
    "aws:apprunner/service:Service",
    "aws:ecs/taskSet:TaskSet",
  ),
  ...harmless(
    "runs nothing by itself; what runs in it is read",
    "aws:ecs/cluster:Cluster",
    "aws:lambda/alias:Alias",
    "aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig",
    "aws:ecr/repository:Repository",
    "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
    "aws:ecrpublic/repository:Repository",
  ),
  ...harmlessUnless(
    isCalledFromOwnAccount,
    "lets the account's own resources call a function",
    "aws:lambda/permission:Permission",
  ),
  ...harmless(
    "lets its holder onto the hosts that are started with it, which C14 lists",
    "aws:ec2/keyPair:KeyPair",
  ),

  // Rights.
  ...read(
    ["rights"],
    "carries nothing by itself",
    "aws:iam/user:User",
    "aws:iam/role:Role",
    "aws:iam/group:Group",
    "aws:iam/policy:Policy",
    "aws:iam/instanceProfile:InstanceProfile",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/sshKey:SshKey",
    "aws:iam/signingCertificate:SigningCertificate",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    "aws:iam/groupMembership:GroupMembership",
    "aws:iam/userGroupMembership:UserGroupMembership",
  ),
  ...read(["words"], "grants nothing on repositories", "aws:codecommit/repository:Repository"),
  ...read(
    ["rights"],
    "carries nothing: policies of an organization take rights away",
    "aws:organizations/policy:Policy",
    "aws:organizations/policyAttachment:PolicyAttachment",
    "aws:organizations/account:Account",
    "aws:organizations/organizationalUnit:OrganizationalUnit",
  ),
  ...unread(
    ["rights"],
    "carries nothing by itself",
    "aws:budgets/budgetAction:BudgetAction",
    "aws:kms/grant:Grant",
  ),
  ...harmless(
    "gives nobody a right",
    "aws:iam/accountAlias:AccountAlias",
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    "aws:iam/serverCertificate:ServerCertificate",
    "aws:iam/virtualMfaDevice:VirtualMfaDevice",
    "aws:iam/securityTokenServicePreferences:SecurityTokenServicePreferences",
    "aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate",
    "aws:codecommit/approvalRuleTemplateAssociation:ApprovalRuleTemplateAssociation",
  ),
  ...harmless(
    "gives nobody a right but the roles whose trust policy names it, and those are read",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/samlProvider:SamlProvider",
  ),
  ...harmlessUnless(
    isOff,
    "keeps hosts' serial consoles closed",
    "aws:ec2/serialConsoleAccess:SerialConsoleAccess",
  ),
  ...harmless(
    "keeps what the account's own identities put there, and lets nobody at it",
    "aws:athena/database:Database",
    "aws:glue/catalogDatabase:CatalogDatabase",
    "aws:codeartifact/domain:Domain",
    "aws:lambda/layerVersion:LayerVersion",
    "aws:signer/signingProfile:SigningProfile",
    "aws:sesv2/emailIdentity:EmailIdentity",
  ),
  ...harmless(
    "is of a service of AWS's, with rights of AWS's choice",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole",
  ),
  ...harmless(
    "encrypts; a key's policy lets nobody into a repository",
    "aws:kms/alias:Alias",
    "aws:kms/key:Key",
  ),
  ...harmless(
    "holds a value; who may read it is asked of identities",
    "aws:secretsmanager/secret:Secret",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "aws:secretsmanager/secretRotation:SecretRotation",
    "aws:ssm/parameter:Parameter",
  ),
  ...harmlessUnless(onlyDenies, "takes rights away", "aws:secretsmanager/secretPolicy:SecretPolicy"),

  // Words: what events, logs, topics and buckets carry.
  ...read(
    ["words"],
    "grants nothing on repositories, and opens no way for packets",
    "aws:codecommit/trigger:Trigger",
    "aws:codestarnotifications/notificationRule:NotificationRule",
    "aws:cloudwatch/eventRule:EventRule",
    "aws:cloudwatch/metricAlarm:MetricAlarm",
    "aws:cloudtrail/trail:Trail",
    "aws:s3/bucket:Bucket",
    "aws:s3/bucketPolicy:BucketPolicy",
    "aws:sns/topic:Topic",
    "aws:sns/topicPolicy:TopicPolicy",
    "aws:sns/topicSubscription:TopicSubscription",
    "aws:sqs/queue:Queue",
    "aws:sqs/queuePolicy:QueuePolicy",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm",
    "aws:cloudwatch/metricStream:MetricStream",
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter",
    "aws:cloudwatch/logDestination:LogDestination",
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    "aws:cloudwatch/logAccountPolicy:LogAccountPolicy",
    "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
    "aws:cloudwatch/logDelivery:LogDelivery",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:ec2/flowLog:FlowLog",
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
    "aws:route53/queryLog:QueryLog",
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketLogging:BucketLogging",
    "aws:s3/bucketNotification:BucketNotification",
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "aws:s3/inventory:Inventory",
  ),
  ...read(
    ["words"],
    "copies or keeps a disk, and has no network interface",
    "aws:ebs/volume:Volume",
    "aws:ec2/volumeAttachment:VolumeAttachment",
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    "aws:backup/plan:Plan",
    "aws:backup/vaultPolicy:VaultPolicy",
    "aws:ebs/snapshot:Snapshot",
    "aws:ebs/snapshotCopy:SnapshotCopy",
    "aws:ec2/ami:Ami",
    "aws:ec2/amiCopy:AmiCopy",
    "aws:ec2/amiFromInstance:AmiFromInstance",
    "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission",
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
  ),
  ...read(
    ["packets", "words"],
    "grants nothing",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:scheduler/schedule:Schedule",
    "aws:sfn/stateMachine:StateMachine",
    "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask",
  ),
  ...read(
    ["packets"],
    "restores backups within the account, as AWS Backup does",
    "aws:backup/restoreTestingSelection:RestoreTestingSelection",
  ),
  ...harmless(
    "says when something is started, and that is read by itself",
    "aws:backup/restoreTestingPlan:RestoreTestingPlan",
    "aws:ssm/maintenanceWindow:MaintenanceWindow",
    "aws:ssm/maintenanceWindowTarget:MaintenanceWindowTarget",
  ),
  ...harmless(
    "keeps what is brought to it in the account, and says who may bring it",
    "aws:backup/selection:Selection",
    "aws:backup/vault:Vault",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    "aws:cloudwatch/logDestinationPolicy:LogDestinationPolicy",
    "aws:cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
  ),
  ...unread(
    ["words"],
    "grants nothing on repositories, and opens no way for packets",
    "aws:codepipeline/pipeline:Pipeline",
    "aws:amplify/app:App",
    "aws:cloudwatch/eventArchive:EventArchive",
    "aws:cloudwatch/eventApiDestination:EventApiDestination",
    "aws:cloudwatch/eventConnection:EventConnection",
    "aws:cloudwatch/eventBus:EventBus",
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    "aws:cloudwatch/eventPermission:EventPermission",
    "aws:oam/link:Link",
    "aws:oam/sink:Sink",
    "aws:oam/sinkPolicy:SinkPolicy",
    "aws:lambda/eventSourceMapping:EventSourceMapping",
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
  ),
  ...unread(["packets", "words"], "has a role, whose rights are read", "aws:pipes/pipe:Pipe"),
  ...harmless(
    "keeps logs and numbers in the account, for those who may look into it",
    "aws:cloudwatch/dashboard:Dashboard",
    "aws:cloudwatch/logGroup:LogGroup",
    "aws:cloudwatch/logStream:LogStream",
    "aws:cloudwatch/logMetricFilter:LogMetricFilter",
    "aws:cloudwatch/logAnomalyDetector:LogAnomalyDetector",
    "aws:cloudwatch/queryDefinition:QueryDefinition",
    "aws:xray/group:Group",
    "aws:xray/samplingRule:SamplingRule",
    "aws:xray/encryptionConfig:EncryptionConfig",
  ),
  ...harmless(
    "says how a bucket keeps its objects, and lets nobody at them",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketVersioning:BucketVersioning",
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "aws:s3/bucketRequestPaymentConfiguration:BucketRequestPaymentConfiguration",
    "aws:s3/bucketAccelerateConfiguration:BucketAccelerateConfiguration",
    "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
    "aws:s3/bucketIntelligentTieringConfiguration:BucketIntelligentTieringConfiguration",
    "aws:s3/bucketMetric:BucketMetric",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
    "aws:s3/bucketVersioningV2:BucketVersioningV2",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2",
    "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2",
    "aws:s3/bucketRequestPaymentConfigurationV2:BucketRequestPaymentConfigurationV2",
    "aws:s3/bucketAccelerateConfigurationV2:BucketAccelerateConfigurationV2",
    "aws:s3/bucketCorsConfigurationV2:BucketCorsConfigurationV2",
  ),
  ...harmless(
    "holds items; what writes there is judged by itself",
    "aws:dynamodb/table:Table",
    "aws:dynamodb/tableItem:TableItem",
  ),
  ...harmless(
    "runs on a host that is read, or as a role: automation is read wherever it stands",
    "aws:ssm/association:Association",
    "aws:ssm/document:Document",
    "aws:ssm/patchBaseline:PatchBaseline",
    "aws:ssm/patchGroup:PatchGroup",
  ),

  // What watches an account, and what counts its costs.
  ...harmless(
    "looks at the account and reports within it, in words of AWS's",
    "aws:accessanalyzer/analyzer:Analyzer",
    "aws:accessanalyzer/archiveRule:ArchiveRule",
    "aws:guardduty/detector:Detector",
    "aws:guardduty/detectorFeature:DetectorFeature",
    "aws:guardduty/filter:Filter",
    "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
    "aws:detective/graph:Graph",
    "aws:computeoptimizer/enrollmentStatus:EnrollmentStatus",
    "aws:securityhub/standardsControl:StandardsControl",
    "aws:securityhub/findingAggregator:FindingAggregator",
    "aws:securityhub/account:Account",
    "aws:securityhub/standardsSubscription:StandardsSubscription",
    "aws:securityhub/insight:Insight",
    "aws:inspector2/enabler:Enabler",
    "aws:macie2/account:Account",
    "aws:cfg/recorder:Recorder",
    "aws:cfg/recorderStatus:RecorderStatus",
    "aws:cfg/retentionConfiguration:RetentionConfiguration",
    "aws:servicequotas/serviceQuota:ServiceQuota",
    "aws:resourceexplorer/view:View",
    "aws:resourcegroups/group:Group",
  ),
  ...harmlessUnless(isRuleOfAws, "looks at the account by a rule of AWS's", "aws:cfg/rule:Rule"),
  ...harmlessUnless(
    deliversToOwnBucket,
    "writes what the account holds into its own bucket",
    "aws:cfg/deliveryChannel:DeliveryChannel",
  ),
  ...harmless(
    "sends what the account costs, in words of AWS's",
    "aws:budgets/budget:Budget",
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor",
    "aws:costexplorer/anomalySubscription:AnomalySubscription",
    "aws:costexplorer/costAllocationTag:CostAllocationTag",
    "aws:costexplorer/costCategory:CostCategory",
    "aws:account/alternativeContact:AlternativeContact",
  ),
];

/** By Pulumi's name of the type. */
export const RESOURCE_TYPES: ReadonlyMap<string, ResourceType> = new Map(ROWS);

/** A type that is not in the table can have a say in everything. */
const ANY: ResourceType = { concerns: CONCERNS, isRead: false, because: "" };

/** A component makes nothing in a cloud; what it holds is judged by itself. */
export const COMPONENT: ResourceType = { concerns: [], isRead: false, because: "makes nothing in a cloud" };

/** The row of a type. */
export function resourceType(type: string): ResourceType {
  return RESOURCE_TYPES.get(type) ?? ANY;
}
