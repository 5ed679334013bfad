/** What runs. */
import { known, type KnownProperties } from "./knownProperties";

export const COMPUTE: Readonly<Record<string, KnownProperties>> = {
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
