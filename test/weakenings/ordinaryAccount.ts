/** What ordinary accounts hold beside an airlock: on either side it changes no verdict. */
import { document } from "./parts";
import type { Editor } from "./editor";
import type { Stack, Weakening } from "./weakening";

const region = "ap-northeast-1";
const accounts = { source: "111111111111", target: "222222222222" } as const;

/** What somebody adds, and how. `account` is the stack's own. */
const additions: readonly (readonly [what: string, add: (stack: Editor, account: string) => void])[] = [
  [
    "keeps a bucket of its own, encrypted, versioned and closed",
    (stack) => {
      const bucket = "artifacts-of-ours";
      stack.add("s3.Bucket", bucket, { bucket, arn: `arn:aws:s3:::${bucket}` }, bucket);
      for (const type of [
        "BucketVersioning",
        "BucketServerSideEncryptionConfiguration",
        "BucketLifecycleConfiguration",
        "BucketOwnershipControls",
        "BucketPublicAccessBlock",
      ])
        stack.add(`s3.${type}`, bucket, { bucket });
    },
  ],
  [
    "hardens its account",
    (stack) => {
      for (const type of [
        "iam.AccountPasswordPolicy",
        "iam.AccountAlias",
        "s3.AccountPublicAccessBlock",
        "ec2.InstanceMetadataDefaults",
        "ebs.EncryptionByDefault",
        "guardduty.Detector",
        "securityhub.Account",
        "accessanalyzer.Analyzer",
        "inspector2.Enabler",
        "cfg.Recorder",
      ])
        stack.add(type, "account");
      stack.add("ec2.VpcBlockPublicAccessOptions", "account", { internetGatewayBlockMode: "block-ingress" });
    },
  ],
  [
    "has a budget that mails",
    (stack) =>
      stack.add("budgets.Budget", "costs", {
        notifications: [{ subscriberEmailAddresses: ["team@example.com"] }],
      }),
  ],
  [
    "has names on the Internet",
    (stack) => {
      stack.add("route53.Zone", "names", { name: "example.com" }, "Z0123456789");
      stack.add("route53.Record", "names", { zoneId: "Z0123456789", name: "www.example.com", type: "A" });
      stack.add("acm.CertificateValidation", "names", {});
      stack.add("route53.Record", "mail", {
        zoneId: "Z0123456789",
        name: "example.com",
        type: "TXT",
        records: ["v=spf1 include:amazonses.com -all"],
      });
    },
  ],
  [
    "keeps images",
    (stack) => {
      stack.add("ecr.Repository", "images", { name: "images" });
      stack.add("ecr.LifecyclePolicy", "images", { repository: "images" });
    },
  ],
  [
    "makes what is in no cloud",
    (stack) => {
      for (const type of [
        "null:index/resource:Resource",
        "time:index/sleep:Sleep",
        "random:index/randomId:RandomId",
      ])
        stack.add(type, "nothing");
    },
  ],
  [
    "has a secret whose policy shuts strangers out",
    (stack, account) => {
      const arn = `arn:aws:secretsmanager:${region}:${account}:secret:ours`;
      const policy = document({
        Effect: "Deny",
        Principal: "*",
        Action: "secretsmanager:*",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalAccount": account } },
      });
      stack.add("secretsmanager.Secret", "ours", { name: "ours", arn });
      stack.add("secretsmanager.SecretPolicy", "ours", { secretArn: arn, policy });
    },
  ],
  [
    "has a role that its own account may take on, and that may do nothing",
    (stack, account) => {
      const assumeRolePolicy = document({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "sts:AssumeRole",
      });
      const arn = `arn:aws:iam::${account}:role/ours`;
      stack.add("iam.Role", "ours", { name: "ours", arn, assumeRolePolicy }, "ours");
    },
  ],
  [
    "has a user without rights in a group without any",
    (stack, account) => {
      stack.add("iam.Group", "ours", { name: "ours", arn: `arn:aws:iam::${account}:group/ours` }, "ours");
      stack.add("iam.User", "someone", { name: "someone", arn: `arn:aws:iam::${account}:user/someone` });
      stack.add("iam.UserGroupMembership", "ours", { user: "someone", groups: ["ours"] });
    },
  ],
  [
    "has alarms on what AWS counts, by e-mail to the team",
    (stack, account) => {
      const topic = `arn:aws:sns:us-east-1:${account}:costs`;
      stack.add("sns.Topic", "costs", { name: "costs", arn: topic, kmsMasterKeyId: "alias/aws/sns" });
      stack.add("sns.TopicSubscription", "costs", {
        topic,
        protocol: "email",
        endpoint: "team@example.com",
        arn: `${topic}:1`,
      });
      stack.add("cloudwatch.MetricAlarm", "costs", {
        namespace: "AWS/Billing",
        metricName: "EstimatedCharges",
        dimensions: { Currency: "USD" },
        alarmActions: [topic],
      });
    },
  ],
  [
    "counts errors in a log of its own",
    (stack, account) => {
      const name = "/ours/errors";
      stack.add("cloudwatch.LogGroup", "ours", {
        name,
        arn: `arn:aws:logs:${region}:${account}:log-group:${name}`,
        retentionInDays: 90,
      });
      stack.add("cloudwatch.LogMetricFilter", "ours", {
        logGroupName: name,
        pattern: "ERROR",
        metricTransformation: { name: "errors", namespace: "ours", value: "1" },
      });
    },
  ],
  [
    "backs things up into a vault of its own",
    (stack, account) => {
      const arn = `arn:aws:backup:${region}:${account}:backup-vault:ours`;
      stack.add("backup.Vault", "ours", { name: "ours", arn });
      stack.add("backup.Plan", "ours", {
        rules: [{ ruleName: "daily", targetVaultName: "ours", schedule: "cron(0 5 ? * * *)" }],
      });
    },
  ],
  [
    "tags everything",
    (stack) => {
      for (const { outputs } of stack.resources)
        if ("tagsAll" in outputs)
          outputs["tagsAll"] = Object.assign({ team: "platform" }, outputs["tagsAll"]);
    },
  ],
];

export const ordinaryAccount: readonly Weakening[] = additions.flatMap(([what, add]) =>
  (["source", "target"] as const satisfies readonly Stack[]).map((stack) => ({
    what: `${what}, in the ${stack}'s account`,
    stack,
    edit: (editor: Editor) => {
      add(editor, accounts[stack]);
    },
  })),
);
