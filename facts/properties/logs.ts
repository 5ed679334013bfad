/** Logs, and where they go. */
import { known, type KnownProperties } from "./knownProperties";

export const LOGS: Readonly<Record<string, KnownProperties>> = {
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": known(
    "applyOnTransformedLogs distribution emitSystemFields filterPattern roleArn",
    { required: "destinationArn logGroup" },
  ),
  "aws:cloudwatch/logDestination:LogDestination": known("roleArn", { required: "targetArn" }),
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": known(
    "policyName policyScope resourceArn revisionId",
    {
      required: "policyDocument",
    },
  ),
  "aws:cloudwatch/logAccountPolicy:LogAccountPolicy": known("policyName scope selectionCriteria", {
    required: "policyDocument policyType",
  }),
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": known("logGroupName", {
    required: "policyDocument",
  }),
  "aws:cloudwatch/logDelivery:LogDelivery": known(
    "deliverySourceName fieldDelimiter recordFields s3DeliveryConfigurations",
    { required: "deliveryDestinationArn" },
  ),
  "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": known(
    "deliveryDestinationConfiguration deliveryDestinationType outputFormat",
  ),
  "aws:ec2/flowLog:FlowLog": known(
    `deliverCrossAccountRole destinationOptions eniId iamRoleArn logDestination logDestinationType logFormat logGroupName
    maxAggregationInterval regionalNatGatewayId subnetId tagFieldSpecifications trafficType transitGatewayAttachmentId
    transitGatewayId vpcId`,
  ),
  "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": known("shareStatus", {
    required: "destinationArn",
  }),
  "aws:route53/queryLog:QueryLog": known("zoneId", { required: "cloudwatchLogGroupArn" }),
};
