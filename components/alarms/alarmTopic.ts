/** Where alarms go: an encrypted topic, and the people who are told. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AlarmTopicArgs {
  /** Twelve digits. */
  accountId: string;
  emails: readonly string[];
  /** The AWS services that raise alarms, e.g. "events.amazonaws.com". */
  services: readonly string[];
}

/**
 * A topic under a customer key: AWS's own key for SNS admits no other service. EventBridge takes no condition in a topic's
 * policy, so the services are named without one: at worst a stranger who knows the topic's ARN raises a false alarm
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 *
 * Costs 1 US dollar a month for the key, and next to nothing for e-mails (list price of ap-northeast-1 in 2026-09).
 */
export function createAlarmTopic(
  name: string,
  { accountId, emails, services }: AlarmTopicArgs,
  parent: pulumi.Resource,
): aws.sns.Topic {
  const Principal = { Service: [...services] };
  const key = new aws.kms.Key(
    name,
    {
      description: `Alarms of ${name}`,
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Administer",
            Effect: "Allow",
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action: "kms:*",
            Resource: "*",
          },
          {
            Sid: "RaiseAlarms",
            Effect: "Allow",
            Principal,
            Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
            Resource: "*",
          },
        ],
      }),
    },
    { parent },
  );
  const topic = new aws.sns.Topic(name, { kmsMasterKeyId: key.arn }, { parent });
  new aws.sns.TopicPolicy(
    name,
    {
      arn: topic.arn,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "RaiseAlarms", Effect: "Allow", Principal, Action: "sns:Publish", Resource: topic.arn },
        ],
      }),
    },
    { parent },
  );
  for (const email of emails) {
    new aws.sns.TopicSubscription(
      `${name}-${email}`,
      { topic: topic.arn, protocol: "email", endpoint: email },
      { parent },
    );
  }
  return topic;
}
