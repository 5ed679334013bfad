/** Networks, and what forwards packets. */
import { known, type KnownProperties } from "./knownProperties";

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

export const NETWORK: Readonly<Record<string, KnownProperties>> = {
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
