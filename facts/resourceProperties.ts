/**
 * The properties of the resource types that the proof's model reads. A property that is set and is not known here leaves
 * claims open: it is of a newer provider, or it changes what the model makes of the resource and no reader asks for it.
 */

/** What is known of a type's properties. */
export interface KnownProperties {
  /** Those that a reader asks for, and those that change nothing of what any reader makes of the resource. */
  readonly known: ReadonlySet<string>;
  /** Properties that change nothing while they have one of these values. */
  readonly only: Readonly<Record<string, readonly unknown[]>>;
  /** Properties without which nothing can be made of the resource. */
  readonly required: readonly string[];
}

/** Names, ids, and what AWS and people write beside a resource. */
const EVERYWHERE = "arn description id name namePrefix ownerId region tags tagsAll timeouts urn";

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function known(
  names: string,
  more: { readonly only?: KnownProperties["only"]; readonly required?: string } = {},
): KnownProperties {
  const { only = {}, required = "" } = more;
  return {
    known: new Set([...words(EVERYWHERE), ...words(names), ...words(required), ...Object.keys(only)]),
    only,
    required: words(required),
  };
}

/** IPv6 beside IPv4 is another way to the same listeners. */
const IPV4_ONLY = { ipAddressType: ["ipv4"] };

const VPC = known(
  `cidrBlock defaultNetworkAclId defaultRouteTableId defaultSecurityGroupId ipv6CidrBlock mainRouteTableId
  assignGeneratedIpv6CidrBlock dhcpOptionsId enableDnsHostnames enableDnsSupport enableNetworkAddressUsageMetrics
  existingDefaultVpc forceDestroy instanceTenancy ipv4IpamPoolId ipv4NetmaskLength ipv6AssociationId
  ipv6CidrBlockNetworkBorderGroup ipv6IpamPoolId ipv6NetmaskLength`,
);

const SUBNET = known(
  `availabilityZone availabilityZoneId cidrBlock ipv6CidrBlock mapPublicIpOnLaunch assignIpv6AddressOnCreation
  enableDns64 enableResourceNameDnsARecordOnLaunch enableResourceNameDnsAaaaRecordOnLaunch existingDefaultSubnet
  forceDestroy ipv4IpamPoolId ipv4NetmaskLength ipv6CidrBlockAssociationId ipv6IpamPoolId ipv6Native ipv6NetmaskLength
  privateDnsHostnameTypeOnLaunch`,
  { required: "vpcId" },
);

const SECURITY_GROUP = known("egress ingress revokeRulesOnDelete vpcId");

const SECURITY_GROUP_RULE = known(
  "cidrIpv4 cidrIpv6 fromPort prefixListId referencedSecurityGroupId securityGroupRuleId toPort",
  { required: "ipProtocol securityGroupId" },
);

const NETWORK_ACL = known("defaultNetworkAclId egress ingress subnetIds vpcId");

const LOAD_BALANCER = known(
  `arnSuffix clientKeepAlive desyncMitigationMode dnsName dnsRecordClientRoutingPolicy dropInvalidHeaderFields
  enableCrossZoneLoadBalancing enableDeletionProtection enableHttp2 enablePrefixForIpv6SourceNat
  enableTlsVersionAndCipherSuiteHeaders enableWafFailOpen enableXffClientPort enableZonalShift
  enforceSecurityGroupInboundRulesOnPrivateLinkTraffic idleTimeout internal loadBalancerType
  minimumLoadBalancerCapacity preserveHostHeader secondaryIpsAutoAssignedPerSubnet securityGroups subnetMappings subnets
  vpcId xffHeaderProcessingMode zoneId`,
  { only: IPV4_ONLY },
);

const TARGET_GROUP = known(
  `arnSuffix connectionTermination deregistrationDelay healthCheck lambdaMultiValueHeadersEnabled loadBalancerArns
  loadBalancingAlgorithmType loadBalancingAnomalyMitigation loadBalancingCrossZoneEnabled port preserveClientIp protocol
  protocolVersion proxyProtocolV2 slowStart stickiness targetControlPort targetFailovers targetGroupHealth
  targetHealthStates targetType vpcId`,
  { only: IPV4_ONLY },
);

const LISTENER = known(
  `alpnPolicy certificateArn mutualAuthentication sslPolicy tcpIdleTimeoutSeconds
  routingHttpRequestXAmznMtlsClientcertHeaderName routingHttpRequestXAmznMtlsClientcertIssuerHeaderName
  routingHttpRequestXAmznMtlsClientcertLeafHeaderName routingHttpRequestXAmznMtlsClientcertSerialNumberHeaderName
  routingHttpRequestXAmznMtlsClientcertSubjectHeaderName routingHttpRequestXAmznMtlsClientcertValidityHeaderName
  routingHttpRequestXAmznTlsCipherSuiteHeaderName routingHttpRequestXAmznTlsVersionHeaderName
  routingHttpResponseAccessControlAllowCredentialsHeaderValue routingHttpResponseAccessControlAllowHeadersHeaderValue
  routingHttpResponseAccessControlAllowMethodsHeaderValue routingHttpResponseAccessControlAllowOriginHeaderValue
  routingHttpResponseAccessControlExposeHeadersHeaderValue routingHttpResponseAccessControlMaxAgeHeaderValue
  routingHttpResponseContentSecurityPolicyHeaderValue routingHttpResponseServerEnabled
  routingHttpResponseStrictTransportSecurityHeaderValue routingHttpResponseXContentTypeOptionsHeaderValue
  routingHttpResponseXFrameOptionsHeaderValue`,
  { required: "defaultActions loadBalancerArn port protocol" },
);

const NETWORK: Readonly<Record<string, KnownProperties>> = {
  "aws:ec2/vpc:Vpc": VPC,
  "aws:ec2/defaultVpc:DefaultVpc": VPC,
  "aws:ec2/subnet:Subnet": SUBNET,
  "aws:ec2/defaultSubnet:DefaultSubnet": SUBNET,
  "aws:ec2/routeTable:RouteTable": known("propagatingVgws routes vpcId"),
  "aws:ec2/defaultRouteTable:DefaultRouteTable": known("defaultRouteTableId propagatingVgws routes vpcId"),
  "aws:ec2/route:Route": known(
    `carrierGatewayId coreNetworkArn destinationCidrBlock destinationIpv6CidrBlock destinationPrefixListId
    egressOnlyGatewayId gatewayId instanceId instanceOwnerId localGatewayId natGatewayId networkInterfaceId odbNetworkArn
    origin state transitGatewayId vpcEndpointId vpcPeeringConnectionId`,
    { required: "routeTableId" },
  ),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": known("gatewayId subnetId", {
    required: "routeTableId",
  }),
  "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation": known("originalRouteTableId", {
    required: "routeTableId vpcId",
  }),
  "aws:ec2/networkAcl:NetworkAcl": NETWORK_ACL,
  "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": NETWORK_ACL,
  "aws:ec2/networkAclRule:NetworkAclRule": known(
    "cidrBlock egress fromPort icmpCode icmpType ipv6CidrBlock toPort",
    { required: "networkAclId protocol ruleAction ruleNumber" },
  ),
  "aws:ec2/networkAclAssociation:NetworkAclAssociation": known("", { required: "networkAclId subnetId" }),
  "aws:ec2/internetGateway:InternetGateway": known("vpcId"),
  "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": known("", {
    required: "internetGatewayId vpcId",
  }),
  "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": known("", { required: "vpcId" }),
  "aws:ec2/vpnGateway:VpnGateway": known("amazonSideAsn availabilityZone vpcId"),
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection": known(
    "acceptStatus accepter autoAccept peerOwnerId peerRegion requester",
    { required: "peerVpcId vpcId" },
  ),
  "aws:ec2/carrierGateway:CarrierGateway": known("", { required: "vpcId" }),
  "aws:ec2transitgateway/vpcAttachment:VpcAttachment": known(
    `applianceModeSupport dnsSupport ipv6Support securityGroupReferencingSupport subnetIds
    transitGatewayDefaultRouteTableAssociation transitGatewayDefaultRouteTablePropagation transitGatewayId vpcOwnerId`,
    { required: "vpcId" },
  ),
  "aws:ec2/natGateway:NatGateway": known(
    `allocationId associationId connectivityType networkInterfaceId privateIp publicIp routeTableId
    secondaryAllocationIds secondaryPrivateIpAddressCount secondaryPrivateIpAddresses vpcId`,
    { required: "subnetId", only: { availabilityMode: ["zonal"] } },
  ),
  "aws:ec2/eip:Eip": known(
    `address allocationId associateWithPrivateIp associationId domain instance ipamPoolId networkBorderGroup
    networkInterface privateDns privateIp ptrRecord publicDns publicIp publicIpv4Pool`,
  ),
  "aws:ec2/eipAssociation:EipAssociation": known(
    "allocationId allowReassociation instanceId networkInterfaceId privateIpAddress publicIp",
  ),
  "aws:ec2/securityGroup:SecurityGroup": SECURITY_GROUP,
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": SECURITY_GROUP,
  "aws:ec2/securityGroupRule:SecurityGroupRule": known(
    `cidrBlocks fromPort ipv6CidrBlocks prefixListIds securityGroupRuleId self sourceSecurityGroupId toPort`,
    { required: "protocol securityGroupId type" },
  ),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": SECURITY_GROUP_RULE,
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": SECURITY_GROUP_RULE,
  "aws:lb/loadBalancer:LoadBalancer": LOAD_BALANCER,
  "aws:alb/loadBalancer:LoadBalancer": LOAD_BALANCER,
  "aws:lb/targetGroup:TargetGroup": TARGET_GROUP,
  "aws:alb/targetGroup:TargetGroup": TARGET_GROUP,
  "aws:lb/listener:Listener": LISTENER,
  "aws:alb/listener:Listener": LISTENER,
  "aws:lb/targetGroupAttachment:TargetGroupAttachment": known("availabilityZone port quicServerId", {
    required: "targetGroupArn targetId",
  }),
  "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": known("shareStatus"),
  "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": known("domains"),
  "aws:route53/resolverFirewallRule:ResolverFirewallRule": known(
    `blockOverrideDnsType blockOverrideDomain blockOverrideTtl blockResponse confidenceThreshold dnsThreatProtection
    firewallDomainListId firewallDomainRedirectionAction firewallThreatProtectionId qType`,
    { required: "action firewallRuleGroupId priority" },
  ),
  "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": known(
    "mutationProtection",
    { required: "firewallRuleGroupId priority vpcId" },
  ),
  "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": known("firewallFailOpen", {
    required: "resourceId",
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": known(
    `autoAccept cidrBlocks dnsEntries dnsOptions ipAddressType networkInterfaceIds policy prefixListId privateDnsEnabled
    requesterManaged routeTableIds securityGroupIds serviceRegion state subnetConfigurations subnetIds vpcEndpointType`,
    { required: "serviceName vpcId" },
  ),
};

const COMPUTE: Readonly<Record<string, KnownProperties>> = {
  "aws:ec2/instance:Instance": known(
    `ami associatePublicIpAddress availabilityZone capacityReservationSpecification cpuOptions creditSpecification
    disableApiStop disableApiTermination ebsBlockDevices ebsOptimized enablePrimaryIpv6 enclaveOptions
    ephemeralBlockDevices forceDestroy getPasswordData hibernation hostId hostResourceGroupArn iamInstanceProfile
    instanceInitiatedShutdownBehavior instanceLifecycle instanceMarketOptions instanceState instanceType
    ipv6AddressCount ipv6Addresses keyName maintenanceOptions metadataOptions monitoring networkInterfaces passwordData
    placementGroup placementGroupId placementPartitionNumber primaryNetworkInterface primaryNetworkInterfaceId privateDns
    privateDnsNameOptions privateIp publicDns publicIp rootBlockDevice secondaryPrivateIps securityGroups
    spotInstanceRequestId subnetId tenancy userData userDataBase64 userDataReplaceOnChange volumeTags vpcSecurityGroupIds`,
    // An instance that is not the end of a packet's way may forward it.
    { only: { sourceDestCheck: [true] } },
  ),
  "aws:ecs/service:Service": known(
    `alarms availabilityZoneRebalancing capacityProviderStrategies cluster deploymentCircuitBreaker
    deploymentConfiguration deploymentController deploymentMaximumPercent deploymentMinimumHealthyPercent desiredCount
    enableEcsManagedTags enableExecuteCommand forceDelete forceNewDeployment healthCheckGracePeriodSeconds iamRole
    launchType loadBalancers networkConfiguration orderedPlacementStrategies placementConstraints platformVersion
    propagateTags schedulingStrategy serviceConnectConfiguration sigintRollback triggers waitForSteadyState`,
    { required: "taskDefinition" },
  ),
  "aws:ecs/taskDefinition:TaskDefinition": known(
    `arnWithoutRevision cpu enableFaultInjection ephemeralStorage executionRoleArn family memory placementConstraints
    proxyConfiguration requiresCompatibilities revision runtimePlatform skipDestroy taskRoleArn trackLatest volumes`,
    { required: "containerDefinitions", only: { networkMode: ["awsvpc"] } },
  ),
  "aws:lambda/function:Function": known(
    `architectures code codeSha256 codeSigningConfigArn deadLetterConfig environment ephemeralStorage handler
    imageConfig imageUri invokeArn kmsKeyArn lastModified layers loggingConfig memorySize packageType publish publishTo
    qualifiedArn qualifiedInvokeArn replaceSecurityGroupsOnDestroy replacementSecurityGroupIds
    reservedConcurrentExecutions responseStreamingInvokeArn role runtime s3Bucket s3Key s3ObjectVersion signingJobArn
    signingProfileVersionArn skipDestroy snapStart sourceCodeHash sourceCodeSize sourceKmsKeyArn timeout tracingConfig
    useResourceTimeoutForPropagation version vpcConfig`,
  ),
};

const IDENTITY: Readonly<Record<string, KnownProperties>> = {
  "aws:iam/user:User": known("forceDestroy path permissionsBoundary uniqueId"),
  "aws:iam/role:Role": known(
    `createDate forceDetachPolicies inlinePolicies managedPolicyArns maxSessionDuration path permissionsBoundary uniqueId`,
    { required: "assumeRolePolicy" },
  ),
  "aws:iam/group:Group": known("path uniqueId"),
  "aws:iam/policy:Policy": known("attachmentCount delayAfterPolicyCreationInMs path policyId", {
    required: "policy",
  }),
  "aws:iam/instanceProfile:InstanceProfile": known("createDate path role uniqueId"),
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": known(
    `createDate credentialAgeDays expirationDate serviceCredentialAlias serviceCredentialSecret servicePassword
    serviceSpecificCredentialId serviceUserName status`,
    { required: "serviceName userName" },
  ),
  "aws:iam/accessKey:AccessKey": known(
    "createDate encryptedSecret encryptedSesSmtpPasswordV4 keyFingerprint pgpKey secret sesSmtpPasswordV4 status",
    { required: "user" },
  ),
  "aws:iam/userLoginProfile:UserLoginProfile": known(
    "encryptedPassword keyFingerprint password passwordLength passwordResetRequired pgpKey",
    { required: "user" },
  ),
  "aws:iam/sshKey:SshKey": known("encoding fingerprint publicKey sshPublicKeyId status", {
    required: "username",
  }),
  "aws:iam/signingCertificate:SigningCertificate": known("certificateBody certificateId status", {
    required: "userName",
  }),
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": known("", { required: "policyArn user" }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": known("", { required: "policyArn role" }),
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": known("", { required: "group policyArn" }),
  "aws:iam/policyAttachment:PolicyAttachment": known("groups roles users", { required: "policyArn" }),
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": known("policyArns", {
    required: "userName",
  }),
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": known("policyArns", {
    required: "roleName",
  }),
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": known("policyArns", {
    required: "groupName",
  }),
  "aws:iam/userPolicy:UserPolicy": known("", { required: "policy user" }),
  "aws:iam/rolePolicy:RolePolicy": known("", { required: "policy role" }),
  "aws:iam/groupPolicy:GroupPolicy": known("", { required: "group policy" }),
  "aws:iam/groupMembership:GroupMembership": known("users", { required: "group" }),
  "aws:iam/userGroupMembership:UserGroupMembership": known("groups", { required: "user" }),
  "aws:codecommit/repository:Repository": known(
    "cloneUrlHttp cloneUrlSsh defaultBranch kmsKeyId repositoryId",
    { required: "repositoryName" },
  ),
};

const MESSAGING: Readonly<Record<string, KnownProperties>> = {
  "aws:codecommit/trigger:Trigger": known("configurationId repositoryName", { required: "triggers" }),
  "aws:codestarnotifications/notificationRule:NotificationRule": known(
    "detailType eventTypeIds resource status targets",
  ),
  "aws:cloudwatch/eventRule:EventRule": known(
    "eventBusName eventPattern forceDestroy isEnabled roleArn scheduleExpression state",
  ),
  "aws:cloudwatch/eventTarget:EventTarget": known(
    `deadLetterConfig ecsTarget eventBusName forceDestroy httpTarget input inputPath inputTransformer kinesisTarget
    retryPolicy roleArn runCommandTargets sqsTarget targetId`,
    { required: "arn rule" },
  ),
  "aws:cloudwatch/metricAlarm:MetricAlarm": known(
    `actionsEnabled alarmActions alarmDescription comparisonOperator datapointsToAlarm dimensions
    evaluateLowSampleCountPercentiles evaluationCriteria evaluationInterval evaluationPeriods extendedStatistic
    insufficientDataActions metricName metricQueries namespace okActions period statistic threshold thresholdMetricId
    treatMissingData unit warmUpConfiguration`,
  ),
  "aws:cloudtrail/trail:Trail": known(
    `advancedEventSelectors cloudWatchLogsGroupArn cloudWatchLogsRoleArn enableLogFileValidation enableLogging
    eventSelectors homeRegion includeGlobalServiceEvents insightSelectors isMultiRegionTrail isOrganizationTrail kmsKeyId
    s3KeyPrefix snsTopicArn snsTopicName`,
    { required: "s3BucketName" },
  ),
  "aws:s3/bucket:Bucket": known(
    `accelerationStatus acl bucket bucketDomainName bucketNamespace bucketPrefix bucketRegion bucketRegionalDomainName
    corsRules forceDestroy grants hostedZoneId lifecycleRules objectLockConfiguration objectLockEnabled policy
    replicationConfiguration requestPayer serverSideEncryptionConfiguration versioning website websiteDomain
    websiteEndpoint`,
  ),
  "aws:s3/bucketPolicy:BucketPolicy": known("", { required: "bucket policy" }),
  "aws:sns/topic:Topic": known(
    `applicationFailureFeedbackRoleArn applicationSuccessFeedbackRoleArn applicationSuccessFeedbackSampleRate
    archivePolicy beginningArchiveTime contentBasedDeduplication deliveryPolicy displayName fifoThroughputScope fifoTopic
    firehoseFailureFeedbackRoleArn firehoseSuccessFeedbackRoleArn firehoseSuccessFeedbackSampleRate
    httpFailureFeedbackRoleArn httpSuccessFeedbackRoleArn httpSuccessFeedbackSampleRate kmsMasterKeyId
    lambdaFailureFeedbackRoleArn lambdaSuccessFeedbackRoleArn lambdaSuccessFeedbackSampleRate owner policy
    signatureVersion sqsFailureFeedbackRoleArn sqsSuccessFeedbackRoleArn sqsSuccessFeedbackSampleRate tracingConfig`,
  ),
  "aws:sns/topicPolicy:TopicPolicy": known("owner", { required: "policy" }),
  "aws:sns/topicSubscription:TopicSubscription": known(
    `confirmationTimeoutInMinutes confirmationWasAuthenticated deliveryPolicy endpointAutoConfirms filterPolicy
    filterPolicyScope pendingConfirmation rawMessageDelivery subscriptionRoleArn`,
    { required: "endpoint protocol topic" },
  ),
};

/** By Pulumi's name of the type. */
export const RESOURCE_PROPERTIES: ReadonlyMap<string, KnownProperties> = new Map(
  [NETWORK, COMPUTE, IDENTITY, MESSAGING].flatMap((family) => Object.entries(family)),
);
