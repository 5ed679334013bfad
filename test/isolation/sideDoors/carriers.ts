/** What carries words, content or disks on, in every stack: the source's and the mirror's as well as the target's. */
import type { Editor } from "./threeStacks";
import { ACCOUNTS, arn, document, EVERYWHERE, onEach, stranger, type Row } from "./rows";

const { source, target } = ACCOUNTS;
const foreignStream = arn("kinesis", stranger, "stream/loot");
const foreignGroup = arn("logs", stranger, "log-group:loot:*");
const foreignTopic = arn("sns", stranger, "loot");
const sourceAlarms = arn("sns", source, "source-alarms");
const proxyLog = "/git-airlock/dev/source-proxy";

/** Has an event rule send to somebody. */
function send(stack: Editor, pattern: unknown, to: Record<string, unknown>): void {
  stack.add("cloudwatch.EventRule", "more", { name: "more", eventPattern: JSON.stringify(pattern) });
  stack.add("cloudwatch.EventTarget", "more", { rule: "more", ...to });
}

/** The id of the disk with GitLab's data. */
function diskIn(stack: Editor): string | undefined {
  return stack.find("ebs.Volume", "source-gitlab-data").id;
}

/** Has a policy of its own share snapshots of disks with a tag that the program does not put. */
function shareTagged(stack: Editor, account = stranger): void {
  const schedules = [{ name: "s", shareRule: { targetAccounts: [account] } }];
  stack.add("dlm.LifecyclePolicy", "more", { policyDetails: { targetTags: { share: "yes" }, schedules } });
}

function shareSnapshots(stack: Editor, account = stranger): void {
  const { policyDetails } = stack.find("dlm.LifecyclePolicy", "source-backup").outputs as {
    policyDetails: { schedules: object[] };
  };
  const shareRule = { targetAccounts: [account], unshareInterval: 1, unshareIntervalUnit: "DAYS" };
  const schedules = policyDetails.schedules.map((schedule) => ({ ...schedule, shareRule }));
  stack.change("dlm.LifecyclePolicy", "source-backup", { policyDetails: { ...policyDetails, schedules } });
}

/** Has a host of its own hold a volume. */
function mount(stack: Editor, volume: Record<string, unknown>): void {
  stack.add("ec2.Instance", "box", { subnetId: "subnet-elsewhere", vpcSecurityGroupIds: [] }, "i-box");
  stack.add("ebs.Volume", "copy", { encrypted: true, ...volume }, "vol-copy");
  stack.add("ec2.VolumeAttachment", "copy", { volumeId: "vol-copy", instanceId: "i-box" });
}

function backUp(stack: Editor, rule: Record<string, unknown>): void {
  stack.add("backup.Plan", "nightly", { rules: [{ ruleName: "nightly", targetVaultName: "own", ...rule }] });
}

const refuting: readonly Omit<Row, "claims">[] = [
  ...onEach(EVERYWHERE, {
    what: "subscribes a stranger's stream to a log group",
    edit: (stack) =>
      stack.add("cloudwatch.LogSubscriptionFilter", "tap", {
        logGroup: proxyLog,
        destinationArn: foreignStream,
      }),
  }),
  ...onEach(EVERYWHERE, {
    what: "has all logs of the account go to a stranger's destination",
    edit: (stack) =>
      stack.add("cloudwatch.LogAccountPolicy", "tap", {
        policyType: "SUBSCRIPTION_FILTER_POLICY",
        policyDocument: JSON.stringify({
          DestinationArn: arn("logs", stranger, "destination:loot"),
          FilterPattern: "",
        }),
      }),
  }),
  {
    what: "hides a stranger's stream behind a destination of its own",
    stack: "source",
    edit: (stack) => {
      const own = arn("logs", source, "destination:tap");
      stack.add("cloudwatch.LogDestination", "tap", { name: "tap", arn: own, targetArn: foreignStream }, own);
      stack.add("cloudwatch.LogSubscriptionFilter", "tap", { logGroup: proxyLog, destinationArn: own });
    },
  },
  {
    what: "lets a stranger read the account's logs",
    stack: "source",
    edit: (stack) =>
      stack.add("cloudwatch.LogResourcePolicy", "open", {
        policyName: "open",
        policyDocument: document({
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${stranger}:root` },
          Action: "logs:*",
          Resource: "*",
        }),
      }),
  },
  {
    what: "delivers logs to a stranger's delivery destination",
    stack: "source",
    edit: (stack) =>
      stack.add("cloudwatch.LogDelivery", "out", {
        deliverySourceName: "s",
        deliveryDestinationArn: arn("logs", stranger, "delivery-destination:loot"),
      }),
  },
  ...onEach(["source", "target"], {
    what: "writes a flow log to a stranger's log group",
    edit: (stack) => stack.add("ec2.FlowLog", "flows", { vpcId: "vpc-1", logDestination: foreignGroup }),
  }),
  ...onEach(["source", "target"], {
    what: "writes who asks for which name to a stranger's stream",
    edit: (stack) =>
      stack.add("route53.ResolverQueryLogConfig", "names", {
        destinationArn: arn("firehose", stranger, "deliverystream/loot"),
      }),
  }),
  ...onEach(EVERYWHERE, {
    what: "streams metrics to a stranger's delivery stream",
    edit: (stack) =>
      stack.add("cloudwatch.MetricStream", "metrics", {
        firehoseArn: arn("firehose", stranger, "deliverystream/loot"),
      }),
  }),
  ...onEach(["source", "mirror"], {
    what: "sends what changes in the parameter store to a stranger's bus",
    edit: (stack) => {
      const pattern = { source: ["aws.ssm"], "detail-type": ["Parameter Store Change"] };
      send(stack, pattern, { arn: arn("events", stranger, "event-bus/default") });
    },
  }),
  {
    what: "mails what changes in the parameter store",
    stack: "mirror",
    edit: (stack) => {
      send(stack, { source: ["aws.ssm"], "detail-type": ["Parameter Store Change"] }, { arn: sourceAlarms });
    },
  },
  {
    what: "mails all that an association's end has to say, where the alarm on GitLab's settings chooses",
    stack: "source",
    edit: (stack) => {
      const pattern = JSON.stringify({ source: ["aws.ssm"] });
      stack.change("cloudwatch.EventRule", "source-settings-failed", { eventPattern: pattern });
      stack.change("cloudwatch.EventTarget", "source-settings-failed", { inputTransformer: undefined });
    },
  },
  {
    what: "mails the status of what is not an association",
    stack: "mirror",
    edit: (stack) => {
      const inputTransformer = { inputPaths: { status: "$.detail.status" }, inputTemplate: '"<status>"' };
      send(stack, { source: ["aws.ssm", "aws.s3"] }, { arn: sourceAlarms, inputTransformer });
    },
  },
  ...onEach(["source", "target"], {
    what: "tells a stranger's topic of a bucket's objects",
    edit: (stack) =>
      stack.add("s3.BucketNotification", "news", {
        bucket: "artifacts",
        topics: [{ topicArn: foreignTopic, events: ["s3:ObjectCreated:*"] }],
      }),
  }),
  {
    what: "tells a stranger's function of a bucket's objects",
    stack: "source",
    edit: (stack) =>
      stack.add("s3.BucketNotification", "news", {
        bucket: "artifacts",
        lambdaFunctions: [{ lambdaFunctionArn: arn("lambda", stranger, "function:f") }],
      }),
  },
  {
    what: "lets a stranger read a queue that hears of all changes",
    stack: "source",
    edit: (stack) => {
      const queue = arn("sqs", source, "news");
      stack.add("sqs.Queue", "news", { arn: queue }, "https://sqs/news");
      stack.add("sqs.QueuePolicy", "news", {
        queueUrl: "https://sqs/news",
        policy: document({
          Effect: "Allow",
          Principal: { AWS: stranger },
          Action: "sqs:ReceiveMessage",
          Resource: "*",
        }),
      });
      send(stack, { source: ["aws.ssm"] }, { arn: queue });
    },
  },
  {
    what: "has a stranger's topic hear an alarm",
    stack: "source",
    edit: (stack) =>
      stack.add("cloudwatch.MetricAlarm", "more", { namespace: "own", alarmActions: [foreignTopic] }),
  },
  {
    what: "mails an alarm whose metric is looked for by what a log says",
    stack: "source",
    edit: (stack) => {
      const expression = "SELECT MAX(hits) FROM own GROUP BY host";
      stack.add("cloudwatch.MetricAlarm", "more", {
        alarmActions: [sourceAlarms],
        metricQueries: [{ id: "q", expression, returnData: true }],
      });
    },
  },
  {
    what: "mails an alarm of a metric that everybody in production may put",
    stack: "target",
    edit: (stack) => {
      const alarmActions = [arn("sns", target, "target-alarms")];
      stack.add("cloudwatch.MetricAlarm", "more", { namespace: "own", metricName: "hits", alarmActions });
    },
  },
  {
    what: "mails an alarm of a sum in which not every metric is AWS's",
    stack: "target",
    edit: (stack) => {
      const metricQueries = ["AWS/EC2", "own"].map((namespace, i) => ({
        id: `m${i}`,
        metric: { namespace },
      }));
      const alarmActions = [arn("sns", target, "target-alarms")];
      stack.add("cloudwatch.MetricAlarm", "more", { alarmActions, metricQueries });
    },
  },
  {
    what: "shares snapshots under a key of its own with a stranger",
    stack: "source",
    edit: (stack) => {
      const { arn: kmsKeyId } = stack.find("kms.Key", "source-alarms").outputs;
      stack.change("ebs.Volume", "source-gitlab-data", { kmsKeyId });
      shareSnapshots(stack);
    },
  },
  {
    what: "shares snapshots of a disk that is not encrypted",
    stack: "source",
    edit: (stack) => {
      stack.change("ebs.Volume", "source-gitlab-data", { encrypted: false });
      shareSnapshots(stack);
    },
  },
  ...onEach(EVERYWHERE, {
    what: "copies backups into a stranger's vault",
    edit: (stack) => {
      backUp(stack, { copyActions: [{ destinationVaultArn: arn("backup", stranger, "backup-vault:loot") }] });
    },
  }),
  {
    what: "lets a stranger into a backup vault",
    stack: "source",
    edit: (stack) =>
      stack.add("backup.VaultPolicy", "open", {
        backupVaultName: "own",
        policy: document({
          Effect: "Allow",
          Principal: { AWS: stranger },
          Action: "backup:StartRestoreJob",
          Resource: "*",
        }),
      }),
  },
  {
    what: "gives a stranger a snapshot of GitLab's disk",
    stack: "source",
    edit: (stack) => {
      const volumeId = stack.find("ebs.Volume", "source-gitlab-data").id;
      stack.add("ebs.Snapshot", "copy", { volumeId }, "snap-copy");
      stack.add("ec2.SnapshotCreateVolumePermission", "copy", {
        snapshotId: "snap-copy",
        accountId: stranger,
      });
    },
  },
  {
    what: "gives a stranger an image of GitLab's host",
    stack: "source",
    edit: (stack) => {
      const sourceInstanceId = stack.find("ec2.Instance", "source-gitlab").id;
      stack.add("ec2.AmiFromInstance", "copy", { sourceInstanceId }, "ami-copy");
      stack.add("ec2.AmiLaunchPermission", "copy", { imageId: "ami-copy", accountId: stranger });
    },
  },
];

const leavingOpen: readonly (Omit<Row, "claims"> & { unknown: string })[] = [
  {
    what: "subscribes a stream of the account to squid's log",
    stack: "source",
    unknown: "where that passes it on",
    edit: (stack) =>
      stack.add("cloudwatch.LogSubscriptionFilter", "tap", {
        logGroup: proxyLog,
        destinationArn: arn("kinesis", source, "stream/own"),
      }),
  },
  {
    what: "writes a flow log to a bucket that is not shown",
    stack: "source",
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack) =>
      stack.add("ec2.FlowLog", "flows", {
        logDestinationType: "s3",
        logDestination: "arn:aws:s3:::elsewhere/flows",
      }),
  },
  {
    what: "reports what a data protection policy finds to a bucket that is not shown",
    stack: "source",
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack) => {
      const Operation = { Audit: { FindingsDestination: { S3: { Bucket: "elsewhere" } } } };
      const policyDocument = JSON.stringify({ Name: "audit", Statement: [{ Operation }] });
      stack.add("cloudwatch.LogDataProtectionPolicy", "audit", { logGroupName: proxyLog, policyDocument });
    },
  },
  ...(["mirror", "source"] as const).map((role) => ({
    what: `keeps what the script of the ${role} stack prints on the host in a bucket that is not shown`,
    stack: role,
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack: Editor) => {
      const name = role === "mirror" ? "mirror" : "source-settings";
      stack.change("ssm.Association", name, { outputLocation: { s3BucketName: "elsewhere" } });
    },
  })),
  {
    what: "keeps what sessions on hosts print in a bucket that is not shown",
    stack: "source",
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack) => {
      const content = JSON.stringify({
        sessionType: "Standard_Stream",
        inputs: { s3BucketName: "elsewhere" },
      });
      stack.add("ssm.Document", "sessions", {
        name: "SSM-SessionManagerRunShell",
        documentType: "Session",
        content,
      });
    },
  },
  {
    what: "keeps what a maintenance window's commands print in a bucket that is not shown",
    stack: "source",
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack) => {
      const runCommandParameters = { outputS3Bucket: "elsewhere" };
      stack.add("ssm.MaintenanceWindowTask", "task", {
        taskType: "RUN_COMMAND",
        taskArn: "AWS-RunShellScript",
        windowId: "w",
        taskInvocationParameters: { runCommandParameters },
      });
    },
  },
  ...onEach(EVERYWHERE, {
    what: "has a maintenance window's commands print into a stranger's bucket",
    unknown: "whose arn:aws:s3:::loot is",
    edit: (stack) =>
      stack.add("ssm.MaintenanceWindowTask", "task", {
        taskType: "RUN_COMMAND",
        taskArn: "AWS-RunPatchBaseline",
        windowId: "w",
        taskInvocationParameters: { runCommandParameters: { outputS3Bucket: "loot" } },
      }),
  }),
  ...onEach(EVERYWHERE, {
    what: "has the commands of a schedule print into a stranger's bucket",
    unknown: "whose arn:aws:s3:::loot is",
    edit: (stack) => {
      const input = JSON.stringify({ DocumentName: "AWS-RunShellScript", OutputS3BucketName: "loot" });
      stack.add("scheduler.Schedule", "run", {
        target: { arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand", input },
      });
    },
  }),
  {
    what: "logs who reaches GitLab into a bucket that is not shown",
    stack: "source",
    unknown: "whose arn:aws:s3:::elsewhere is",
    edit: (stack) => {
      stack.change("lb.LoadBalancer", "source-ingress", {
        accessLogs: { enabled: true, bucket: "elsewhere" },
      });
    },
  },
  {
    what: "shares snapshots under a key that is not shown",
    stack: "source",
    unknown: "under whose keys they are",
    edit: (stack) => {
      shareSnapshots(stack);
    },
  },
  {
    what: "has another host hold a volume that was made from a snapshot",
    stack: "source",
    unknown: "whether GitLab's data is on it",
    edit: (stack) => {
      mount(stack, { snapshotId: "snap-1" });
    },
  },
  {
    what: "has another host hold GitLab's own volume",
    stack: "source",
    unknown: "whether GitLab's data is on it",
    edit: (stack) => {
      const volumeId = stack.find("ebs.Volume", "source-gitlab-data").id;
      stack.add("ec2.Instance", "box", { subnetId: "subnet-elsewhere", vpcSecurityGroupIds: [] }, "i-box");
      stack.add("ec2.VolumeAttachment", "second", { volumeId, instanceId: "i-box" });
    },
  },
  ...onEach(["source", "mirror"], {
    what: "shares snapshots of a disk that a tag of EC2 marks",
    unknown: "of which disks",
    edit: (stack, of) => {
      stack.add("ec2.Tag", "share", { resourceId: diskIn(of("source")), key: "share", value: "yes" });
      shareTagged(stack);
    },
  }),
  ...["volumeTags", "rootBlockDevice"].map((place) => ({
    what: `shares snapshots of a disk that the host's ${place} marks`,
    stack: "source" as const,
    unknown: "of which disks",
    edit: (stack: Editor) => {
      const { outputs } = stack.find("ec2.Instance", "source-gitlab");
      const tags = { share: "yes" };
      const marked = place === "volumeTags" ? tags : { ...(outputs.rootBlockDevice as object), tags };
      stack.change("ec2.Instance", "source-gitlab", { [place]: marked });
      shareTagged(stack);
    },
  })),
  ...onEach(["source", "mirror"], {
    what: "attaches GitLab's disk to a host that is not shown",
    unknown: "which is not shown",
    edit: (stack, of) =>
      stack.add("ec2.VolumeAttachment", "second", { volumeId: diskIn(of("source")), instanceId: "i-0999" }),
  }),
  ...onEach(["source", "mirror"], {
    what: "attaches a disk from a snapshot to a host that is not shown",
    unknown: "which is not shown",
    edit: (stack) => {
      stack.add("ebs.Volume", "copy", { encrypted: true, snapshotId: "snap-1" }, "vol-copy");
      stack.add("ec2.VolumeAttachment", "copy", { volumeId: "vol-copy", instanceId: "i-0999" });
    },
  }),
  {
    what: "attaches GitLab's disk to a host of the mirror's stack",
    stack: "mirror",
    unknown: "concerns",
    edit: (stack, of) => {
      stack.add("ec2.Instance", "box", { subnetId: "subnet-elsewhere", vpcSecurityGroupIds: [] }, "i-box");
      stack.add("ec2.VolumeAttachment", "second", { volumeId: diskIn(of("source")), instanceId: "i-box" });
    },
  },
  {
    what: "starts another host from an image of GitLab's",
    stack: "source",
    unknown: "whether GitLab's data is on it",
    edit: (stack) => {
      const sourceInstanceId = stack.find("ec2.Instance", "source-gitlab").id;
      stack.add("ec2.AmiFromInstance", "copy", { sourceInstanceId }, "ami-copy");
      stack.add(
        "ec2.Instance",
        "box",
        { ami: "ami-copy", subnetId: "subnet-1", vpcSecurityGroupIds: [] },
        "i-box",
      );
    },
  },
  {
    what: "gives a stranger a snapshot that is not shown",
    stack: "source",
    unknown: "what that holds is not shown",
    edit: (stack) =>
      stack.add("ec2.SnapshotCreateVolumePermission", "copy", { snapshotId: "snap-1", accountId: stranger }),
  },
];

const harmless: readonly Row[] = [
  {
    what: "keeps what commands print on hosts in a bucket of the stack",
    stack: "source",
    edit: (stack) => {
      stack.add("s3.Bucket", "printed", { bucket: "printed", arn: "arn:aws:s3:::printed" }, "printed");
      stack.add("ssm.Association", "patch", {
        name: "AWS-RunPatchBaseline",
        parameters: { Operation: "Install", RebootOption: "NoReboot" },
        outputLocation: { s3BucketName: "printed" },
      });
      stack.add("ssm.MaintenanceWindowTask", "patch", {
        taskType: "RUN_COMMAND",
        taskArn: "AWS-RunPatchBaseline",
        windowId: "w",
        taskInvocationParameters: { runCommandParameters: { outputS3Bucket: "printed" } },
      });
      const input = { DocumentName: "AWS-RunPatchBaseline", OutputS3BucketName: "printed" };
      stack.add("scheduler.Schedule", "patch", {
        target: { arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand", input: JSON.stringify(input) },
      });
    },
  },
  {
    what: "gives a host of the stack a disk more",
    stack: "source",
    edit: (stack) => {
      const { id: instanceId } = stack.find("ec2.Instance", "source-gitlab");
      stack.add("ebs.Volume", "more", { encrypted: true }, "vol-more");
      stack.add("ec2.VolumeAttachment", "more", { volumeId: "vol-more", instanceId });
    },
  },
  {
    what: "says how long sessions may idle, and keeps what they print in a log group",
    stack: "source",
    edit: (stack) => {
      const inputs = { s3BucketName: "", cloudWatchLogGroupName: "/sessions", idleSessionTimeout: "20" };
      const content = JSON.stringify({ sessionType: "Standard_Stream", inputs });
      stack.add("ssm.Document", "sessions", { documentType: "Session", content });
    },
  },
  ...(["source", "target"] as const).map((stack): Row => ({
    what: `writes flows and queries into a log group of the stack, in the ${stack}`,
    stack,
    edit: (editor) => {
      const group = arn("logs", ACCOUNTS[stack], "log-group:flows");
      editor.add("cloudwatch.LogGroup", "flows", { name: "flows", arn: group }, "flows");
      editor.add("ec2.FlowLog", "flows", { vpcId: "vpc-1", logDestination: group });
      editor.add("route53.ResolverQueryLogConfig", "names", { destinationArn: `${group}:*` });
    },
  })),
  {
    what: "mails a bill that is too high, and what an endpoint carries",
    stack: "target",
    edit: (stack) => {
      const alarmActions = [arn("sns", target, "target-alarms")];
      const billing = {
        namespace: "AWS/Billing",
        metricName: "EstimatedCharges",
        dimensions: { Currency: "USD" },
      };
      stack.add("cloudwatch.MetricAlarm", "bill", { ...billing, alarmActions });
      const carried = { namespace: "AWS/PrivateLinkEndpoints", metricName: "BytesProcessed" };
      stack.add("cloudwatch.MetricAlarm", "bytes", { ...carried, alarmActions });
      const metric = { namespace: "AWS/EC2", metricName: "CPUUtilization" };
      const metricQueries = [
        { id: "load", metric },
        { id: "high", expression: "IF(load > 90, 1, 0)", label: "high", returnData: true },
      ];
      stack.add("cloudwatch.MetricAlarm", "load", { alarmActions, metricQueries });
    },
  },
  {
    what: "mails fixed words of events whose source matches aws.*",
    stack: "target",
    edit: (stack) => {
      const inputTransformer = { inputPaths: { name: "$.detail.eventName" }, inputTemplate: '"<name>"' };
      const to = { arn: arn("sns", target, "target-alarms"), inputTransformer };
      send(stack, { source: [{ wildcard: "aws.*" }] }, to);
    },
  },
  {
    what: "hears a topic of another account",
    stack: "target",
    edit: (stack) => {
      const endpoint = "operators@example.com";
      const topic = arn("sns", stranger, "outages");
      stack.add("sns.TopicSubscription", "outages", {
        topic,
        arn: `${topic}:1`,
        protocol: "email",
        endpoint,
      });
    },
  },
  {
    what: "has a function of the stack hear of a bucket's objects",
    stack: "source",
    edit: (stack) => {
      const lambdaFunctionArn = arn("lambda", source, "function:resize");
      stack.add("lambda.Function", "resize", { arn: lambdaFunctionArn, name: "resize" }, "resize");
      stack.add("s3.BucketNotification", "news", {
        bucket: "pictures",
        lambdaFunctions: [{ lambdaFunctionArn, events: ["s3:ObjectCreated:*"] }],
      });
    },
  },
  {
    what: "backs up into vaults of its own account, here and in another Region",
    stack: "source",
    edit: (stack) => {
      const destinationVaultArn = `arn:aws:backup:ap-northeast-3:${source}:backup-vault:far`;
      backUp(stack, { copyActions: [{ destinationVaultArn }] });
    },
  },
  {
    what: "shares snapshots with its own account",
    stack: "source",
    edit: (stack) => {
      shareTagged(stack, source);
      stack.change("ebs.Volume", "source-gitlab-data", { encrypted: false });
      shareSnapshots(stack, source);
    },
  },
  {
    what: "restores GitLab's own volume from a snapshot",
    stack: "source",
    edit: (stack) => {
      stack.change("ebs.Volume", "source-gitlab-data", { snapshotId: "snap-1" });
    },
  },
  {
    what: "keeps the log of a bucket in another one of the stack, and a data protection policy's findings in a log group",
    stack: "target",
    edit: (stack) => {
      const { bucket } = stack.find("s3.Bucket", "target-tripwires").outputs;
      stack.add("s3.Bucket", "logs", { bucket: "logs", arn: "arn:aws:s3:::logs" }, "logs");
      stack.add("s3.BucketLogging", "logs", { bucket, targetBucket: "logs", targetPrefix: "trail/" });
      const group = arn("logs", target, "log-group:found");
      stack.add("cloudwatch.LogGroup", "found", { name: "found", arn: group }, "found");
      const Operation = { Audit: { FindingsDestination: { CloudWatchLogs: { LogGroup: "found" } } } };
      const policyDocument = JSON.stringify({ Name: "audit", Statement: [{ Operation }] });
      stack.add("cloudwatch.LogDataProtectionPolicy", "audit", { logGroupName: "found", policyDocument });
    },
  },
  {
    what: "lets AWS's services write into log groups",
    stack: "source",
    edit: (stack) =>
      stack.add("cloudwatch.LogResourcePolicy", "write", {
        policyDocument: document({
          Effect: "Allow",
          Principal: { Service: "route53.amazonaws.com" },
          Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
          Resource: "*",
        }),
      }),
  },
];

export const carrierRows: readonly Row[] = [
  ...[...refuting, ...leavingOpen].map((row): Row => ({ ...row, claims: ["C10"] })),
  ...harmless,
];
