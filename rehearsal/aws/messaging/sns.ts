/** Simple Notification Service: topics, their policies and subscriptions. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { checkResourcePolicy } from "../identity/iam";
import { Kms } from "../identity/kms";
import { policyInput } from "../identity/policyDocument";
import { named } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";

/** A topic. */
interface Topic {
  /** ARN of the key that it is under; undefined when it is not encrypted. */
  keyArn: string | undefined;
  policy: string;
}

/** The topics of one account. */
export class Sns {
  static readonly of = perAccount((aws) => new Sns(aws));

  /** By ARN. */
  readonly topics = new Table<Topic>("topic", "NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The topic with this ARN. */
  topic(arn: string): Topic | undefined {
    return this.topics.find(arn);
  }

  /** Whether a service may publish: the topic's policy lets it, and so does that of the key that it is under. */
  takesFrom(arn: string, service: string): boolean {
    const { policy, keyArn } = this.topics.get(arn);
    if (!this.#lets(policy, service, ["sns:Publish"])) return false;
    const keyPolicy = keyArn === undefined ? undefined : Kms.of(this.aws).key(keyArn)?.policy;
    return keyArn === undefined || this.#lets(keyPolicy, service, ["kms:GenerateDataKey*", "kms:Decrypt"]);
  }

  #lets(policy: string | undefined, service: string, needed: readonly string[]): boolean {
    if (policy === undefined) return false;
    const toService = checkResourcePolicy(this.aws, policy, "InvalidParameter").filter(({ principals }) =>
      principals.some(({ kind, name }) => name === "*" || (kind === "Service" && name === service)),
    );
    // Whatever it denies: a topic that stays silent here is looked at, one that wrongly fires is not.
    if (toService.some(({ effect }) => effect === "Deny")) return false;
    // EventBridge sends no condition keys. CloudWatch does, but what is let under a condition is not asked for it here.
    const allowed = toService.filter(({ conditional }) => !conditional).flatMap(({ actions }) => actions);
    return needed.every((action) => allowed.includes(action));
  }
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html */
export const topic = resource({
  type: "aws:sns/topic:Topic",
  inputs: z.looseObject({ ...tagged.shape, ...named, kmsMasterKeyId: z.string().optional() }),
  replaces: ["name", "namePrefix", "fifoTopic"],
  longestName: 256,
  checks: [
    [
      "KMSNotFound",
      ({ aws, inputs: { kmsMasterKeyId: key }, name }) =>
        key !== undefined &&
        Kms.of(aws).find(key) === undefined &&
        `the key "${key}" of the topic "${name}" does not exist`,
    ],
  ],
  id: ({ aws, name }) => aws.arn("sns", name),
  arn: ({ id }) => id,
  keep: ({ aws, inputs: { kmsMasterKeyId: key }, arn }) => {
    const keyArn = key === undefined ? undefined : Kms.of(aws).find(key);
    Sns.of(aws).topics.add(arn, { keyArn, policy: defaultPolicy(aws, arn) });
  },
  outputs: ({ aws, arn }) => ({
    beginningArchiveTime: "",
    fifoThroughputScope: "",
    owner: aws.accountId,
    policy: defaultPolicy(aws, arn),
    signatureVersion: 0,
    tracingConfig: "",
  }),
});

/** The policy that a topic is made with: those who act for the account may use it, and nobody else. */
function defaultPolicy(aws: AccountContext, arn: string): string {
  return JSON.stringify({
    Version: "2008-10-17",
    Id: "__default_policy_ID",
    Statement: [
      {
        Sid: "__default_statement_ID",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "SNS:GetTopicAttributes",
          "SNS:SetTopicAttributes",
          "SNS:AddPermission",
          "SNS:RemovePermission",
          "SNS:DeleteTopic",
          "SNS:Subscribe",
          "SNS:ListSubscriptionsByTopic",
          "SNS:Publish",
        ],
        Resource: arn,
        Condition: { StringEquals: { "AWS:SourceOwner": aws.accountId } },
      },
    ],
  });
}

/** @see https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html */
export const topicPolicy = resource({
  type: "aws:sns/topicPolicy:TopicPolicy",
  inputs: z.looseObject({ arn: z.string(), policy: policyInput }),
  replaces: ["arn"],
  checks: [
    ({ aws, inputs }) => Sns.of(aws).topics.get(inputs.arn),
    ({ aws, inputs }) => checkResourcePolicy(aws, inputs.policy, "InvalidParameter"),
  ],
  id: ({ inputs }) => inputs.arn,
  keep: ({ aws, inputs }) => (Sns.of(aws).topics.get(inputs.arn).policy = inputs.policy),
  outputs: ({ aws }) => ({ owner: aws.accountId }),
});

/** @see https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html */
export const topicSubscription = resource({
  type: "aws:sns/topicSubscription:TopicSubscription",
  inputs: z.looseObject({
    topic: z.string(),
    protocol: z.enum(["email", "email-json", "https", "sqs", "lambda", "sms", "firehose", "application"]),
    endpoint: z.string(),
  }),
  replaces: ["endpoint", "protocol", "topic"],
  checks: [
    ({ aws, inputs }) => Sns.of(aws).topics.get(inputs.topic),
    [
      "InvalidParameter",
      ({ inputs: { protocol, endpoint } }) =>
        protocol === "email" &&
        !/^[^\s@]+@[^\s@]+$/.test(endpoint) &&
        `Invalid parameter: Email address "${endpoint}"`,
    ],
  ],
  id: ({ aws, creation, inputs }) => `${inputs.topic}:${aws.newId("subscription", creation.name)}`,
  arn: ({ id }) => id,
  outputs: ({ aws }) => ({
    confirmationWasAuthenticated: false,
    // The provider shows the scope of a filter only where there is one.
    filterPolicyScope: "",
    ownerId: aws.accountId,
    pendingConfirmation: true,
  }),
});
