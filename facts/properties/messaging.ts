/** Events, alarms, topics and queues, and what is started by the clock. */
import { known, type KnownProperties } from "./knownProperties";

export const MESSAGING: Readonly<Record<string, KnownProperties>> = {
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
  "aws:sqs/queue:Queue": known(
    `contentBasedDeduplication deduplicationScope delaySeconds fifoQueue fifoThroughputLimit kmsDataKeyReusePeriodSeconds
    kmsMasterKeyId maxMessageSize messageRetentionSeconds policy receiveWaitTimeSeconds redriveAllowPolicy redrivePolicy
    sqsManagedSseEnabled url visibilityTimeoutSeconds`,
  ),
  "aws:sqs/queuePolicy:QueuePolicy": known("", { required: "policy queueUrl" }),
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": known(
    `actionsEnabled actionsSuppressor alarmActions alarmDescription alarmName alarmRule insufficientDataActions okActions`,
  ),
  "aws:cloudwatch/metricStream:MetricStream": known(
    `creationDate excludeFilters includeFilters includeLinkedAccountsMetrics lastUpdateDate outputFormat roleArn state
    statisticsConfigurations`,
    { required: "firehoseArn" },
  ),
  "aws:scheduler/schedule:Schedule": known(
    `actionAfterCompletion endDate flexibleTimeWindow groupName kmsKeyArn scheduleExpression scheduleExpressionTimezone
    startDate state`,
    { required: "target" },
  ),
  "aws:sfn/stateMachine:StateMachine": known(
    `creationDate encryptionConfiguration loggingConfiguration publish revisionId stateMachineVersionArn status
    tracingConfiguration type versionDescription`,
    { required: "definition roleArn" },
  ),
  "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask": known(
    `cutoffBehavior maxConcurrency maxErrors priority serviceRoleArn targets taskInvocationParameters windowTaskId`,
    { required: "taskArn taskType windowId" },
  ),
};
