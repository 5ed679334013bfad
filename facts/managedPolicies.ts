/**
 * What some of AWS's managed policies say: those that roles of functions, tasks and instances hold most often, and the one that
 * allows everything. AWS can change them; each has the version that it had when it was looked up, in 2026-11. Any other managed
 * policy is not known.
 *
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/about-managed-policy-reference.html
 */

/** A managed policy, as it was read. */
export interface ManagedPolicy {
  /** The default version. */
  readonly version: string;
  /** The day of that version. */
  readonly edited: string;
  /** The policy document. */
  readonly document: object;
}

function allowing(actions: string, resource = "*"): object {
  return { Effect: "Allow", Action: actions.split(/\s+/).filter((one) => one !== ""), Resource: resource };
}

function managed(version: string, edited: string, ...statements: readonly object[]): ManagedPolicy {
  return { version, edited, document: { Version: "2012-10-17", Statement: statements } };
}

const WRITING_LOGS = "logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents";
const TRACING = `xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets
  xray:GetSamplingStatisticSummaries`;

/** By ARN. */
export const MANAGED_POLICIES: ReadonlyMap<string, ManagedPolicy> = new Map(
  Object.entries({
    AdministratorAccess: managed("v1", "2015-02-06", allowing("*")),
    AmazonSSMManagedInstanceCore: managed(
      "v2",
      "2019-05-23",
      allowing(`ssm:DescribeAssociation ssm:GetDeployablePatchSnapshotForInstance ssm:GetDocument ssm:DescribeDocument
        ssm:GetManifest ssm:GetParameter ssm:GetParameters ssm:ListAssociations ssm:ListInstanceAssociations ssm:PutInventory
        ssm:PutComplianceItems ssm:PutConfigurePackageResult ssm:UpdateAssociationStatus ssm:UpdateInstanceAssociationStatus
        ssm:UpdateInstanceInformation`),
      allowing(`ssmmessages:CreateControlChannel ssmmessages:CreateDataChannel ssmmessages:OpenControlChannel
        ssmmessages:OpenDataChannel`),
      allowing(`ec2messages:AcknowledgeMessage ec2messages:DeleteMessage ec2messages:FailMessage ec2messages:GetEndpoint
        ec2messages:GetMessages ec2messages:SendReply`),
    ),
    "service-role/AWSLambdaBasicExecutionRole": managed("v1", "2015-04-09", allowing(WRITING_LOGS)),
    "service-role/AWSLambdaVPCAccessExecutionRole": managed(
      "v3",
      "2024-01-05",
      allowing(`${WRITING_LOGS} ec2:CreateNetworkInterface ec2:DescribeNetworkInterfaces ec2:DescribeSubnets
        ec2:DeleteNetworkInterface ec2:AssignPrivateIpAddresses ec2:UnassignPrivateIpAddresses`),
    ),
    "service-role/AWSLambdaSQSQueueExecutionRole": managed(
      "v1",
      "2018-06-14",
      allowing(`sqs:ReceiveMessage sqs:DeleteMessage sqs:GetQueueAttributes ${WRITING_LOGS}`),
    ),
    "service-role/AmazonECSTaskExecutionRolePolicy": managed(
      "v1",
      "2017-11-16",
      allowing(`ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:BatchGetImage
        logs:CreateLogStream logs:PutLogEvents`),
    ),
    AmazonEC2ContainerRegistryReadOnly: managed(
      "v3",
      "2019-12-10",
      allowing(`ecr:GetAuthorizationToken ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:GetRepositoryPolicy
        ecr:DescribeRepositories ecr:ListImages ecr:DescribeImages ecr:BatchGetImage ecr:GetLifecyclePolicy
        ecr:GetLifecyclePolicyPreview ecr:ListTagsForResource ecr:DescribeImageScanFindings`),
    ),
    CloudWatchAgentServerPolicy: managed(
      "v3",
      "2024-02-06",
      allowing(`cloudwatch:PutMetricData ec2:DescribeVolumes ec2:DescribeTags logs:PutLogEvents logs:PutRetentionPolicy
        logs:DescribeLogStreams logs:DescribeLogGroups logs:CreateLogStream logs:CreateLogGroup ${TRACING}`),
      allowing("ssm:GetParameter", "arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"),
    ),
    AWSXRayDaemonWriteAccess: managed("v2", "2024-02-13", allowing(TRACING)),
    "service-role/AmazonRDSEnhancedMonitoringRole": managed(
      "v1",
      "2015-11-11",
      allowing("logs:CreateLogGroup logs:PutRetentionPolicy", "arn:aws:logs:*:*:log-group:RDS*"),
      allowing(
        "logs:CreateLogStream logs:PutLogEvents logs:DescribeLogStreams logs:GetLogEvents",
        "arn:aws:logs:*:*:log-group:RDS*:log-stream:*",
      ),
    ),
  }).map(([name, policy]) => [`arn:aws:iam::aws:policy/${name}`, policy]),
);
