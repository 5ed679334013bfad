/** Which calls of AWS's API change nothing that claims are about, and carry nothing on. */

/** Calls that only read. @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const READING = /^(get|list|describe|batchGet|query|scan|head|search)[A-Z]?/;

/** Calls that change what no claim is about: a host that is started is read as one that runs. */
const HARMLESS: ReadonlySet<string> = new Set([
  ...["startInstances", "stopInstances", "rebootInstances", "createSnapshot", "createSnapshots"].map(
    (call) => `ec2:${call}`,
  ),
  ...["startDBInstance", "stopDBInstance", "startDBCluster", "stopDBCluster", "createDBSnapshot"].map(
    (call) => `rds:${call}`,
  ),
  ...["putItem", "updateItem", "deleteItem", "batchWriteItem"].map((call) => `dynamodb:${call}`),
  "cloudwatch:putMetricData",
  "ecr:startImageScan",
  "backup:startBackupJob",
]);

/**
 * Calls that send what they are given somewhere. A table may be another account's, by its ARN, and a command runs on a host
 * that may send it on.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html
 */
const SENDING: ReadonlySet<string> = new Set([
  ...["putItem", "updateItem", "deleteItem", "batchWriteItem"].map((call) => `dynamodb:${call}`),
  "ssm:sendCommand",
  "sns:publish",
  "sns:publishBatch",
  "sqs:sendMessage",
  "sqs:sendMessageBatch",
  "events:putEvents",
  "s3:putObject",
  "kinesis:putRecord",
  "kinesis:putRecords",
  "firehose:putRecord",
  "firehose:putRecordBatch",
  "sesv2:sendEmail",
  "ses:sendEmail",
  "http:invoke",
  "logs:putLogEvents",
]);

/** @param call as Step Functions and EventBridge Scheduler write it, e.g. "ec2:startInstances" */
export function isHarmless(call: string): boolean {
  const [service = "", name = ""] = call.split(":");
  // What reads a secret or a session's keys has them; what is done with them is another call.
  return HARMLESS.has(call) || (READING.test(name) && service !== "sts");
}

export function isSending(call: string): boolean {
  return SENDING.has(call);
}
