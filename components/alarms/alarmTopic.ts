/** Where alarms go: an encrypted topic, and the people who are told. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../scope";

export interface AlarmTopicArgs {
  emails: readonly string[];
  /** The AWS services that raise alarms, e.g. "events.amazonaws.com". */
  services: readonly string[];
}

/** A topic, as those who raise alarms need to know it. */
export interface AlarmTopic {
  /** Known at preview, as the topic's name is. */
  arn: string;
  /** What has to be there first. */
  dependsOn: pulumi.Resource[];
}

/**
 * A topic under a customer key: AWS's own key for SNS admits no other service. EventBridge takes no condition in a topic's
 * policy, so the services are named without one: at worst a stranger who knows the topic's ARN raises a false alarm
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services,
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html).
 *
 * Costs 1 US dollar a month for the key, and next to nothing for e-mails (list price of ap-northeast-1 in 2026-09).
 */
export function createAlarmTopic(scope: Scope, { emails, services }: AlarmTopicArgs): AlarmTopic {
  const { parent, region, accountId } = scope;
  const name = `${scope.name}-alarms`;
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
  const topic = new aws.sns.Topic(name, { name, kmsMasterKeyId: key.arn }, { parent });
  const arn = `arn:aws:sns:${region}:${accountId}:${name}`;
  const policy = new aws.sns.TopicPolicy(
    name,
    {
      arn: topic.arn,
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Sid: "RaiseAlarms", Effect: "Allow", Principal, Action: "sns:Publish", Resource: arn },
          {
            // Nobody of the account, whatever his own policies allow: he could have words of his choice mailed out.
            Sid: "DenyPeople",
            Effect: "Deny",
            Principal: { AWS: `arn:aws:iam::${accountId}:root` },
            Action: "sns:Publish",
            Resource: arn,
          },
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
  return { arn, dependsOn: [topic, policy] };
}
