/** Simple Notification Service: topics, their policies and who is told. */
import { z } from "zod";
import { checkPolicyDocument, policyInput } from "../identity/iamPolicies";
import type { Iam } from "../identity/iam";
import type { Kms } from "../identity/kms";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";

/** A topic. */
interface Topic {
  /** ARN of the key that it is under; undefined when it is not encrypted. */
  keyArn: string | undefined;
  policy: string | undefined;
}

const topicSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  kmsMasterKeyId: z.string().optional(),
});
const topicPolicySchema = z.looseObject({ arn: z.string(), policy: policyInput });
const subscriptionSchema = z.looseObject({
  topic: z.string(),
  protocol: z.enum(["email", "email-json", "https", "sqs", "lambda", "sms", "firehose", "application"]),
  endpoint: z.string(),
});

export class Sns implements Service {
  readonly #topics = new Table<Topic>("topic", "NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
    private readonly kms: Kms,
  ) {}

  readonly kinds = {
    "aws:sns/topic:Topic": kind(topicSchema, (inputs, creation) => this.#create(inputs, creation)),
    "aws:sns/topicPolicy:TopicPolicy": kind(topicPolicySchema, (inputs) => {
      const topic = this.#topics.get(inputs.arn);
      checkPolicyDocument(inputs.policy, {
        use: "resource",
        code: "InvalidParameter",
        principalExists: (arn) => this.iam.principalExists(arn),
      });
      topic.policy = inputs.policy;
      return {
        id: inputs.arn,
        outputs: { ...inputs, owner: this.context.accountId, region: this.context.region },
      };
    }),
    "aws:sns/topicSubscription:TopicSubscription": kind(subscriptionSchema, (inputs, creation) => {
      this.#topics.get(inputs.topic);
      if (inputs.protocol === "email" && !/^[^\s@]+@[^\s@]+$/.test(inputs.endpoint))
        throw new AwsError("InvalidParameter", `Invalid parameter: Email address "${inputs.endpoint}"`);
      const arn = `${inputs.topic}:${this.context.newId("subscription", creation.name)}`;
      return {
        id: arn,
        outputs: {
          ...inputs,
          ...{ arn, ownerId: this.context.accountId, pendingConfirmation: true },
          confirmationWasAuthenticated: false,
          // The provider shows the scope of a filter only where there is one.
          filterPolicyScope: "",
          region: this.context.region,
        },
      };
    }),
  };

  /** The topic with this ARN. */
  topic(arn: string): Topic | undefined {
    return this.#topics.find(arn);
  }

  /** Whether a service may publish: the topic's policy lets it, and so does that of the key that it is under. */
  takesFrom(arn: string, service: string): boolean {
    const { policy, keyArn } = this.#topics.get(arn);
    const keyPolicy = keyArn === undefined ? undefined : this.kms.key(keyArn)?.policy;
    return (
      this.#lets(policy, service, ["sns:Publish"]) &&
      (keyArn === undefined || this.#lets(keyPolicy, service, ["kms:GenerateDataKey*", "kms:Decrypt"]))
    );
  }

  #lets(policy: string | undefined, service: string, needed: readonly string[]): boolean {
    if (policy === undefined) return false;
    const statements = checkPolicyDocument(policy, {
      use: "resource",
      code: "InvalidParameter",
      principalExists: (arn) => this.iam.principalExists(arn),
    });
    const toService = statements.filter(({ principals }) =>
      principals.some(({ kind, name }) => name === "*" || (kind === "Service" && name === service)),
    );
    // Whatever it denies: a topic that stays silent here is looked at, one that wrongly rings is not.
    if (toService.some(({ effect }) => effect === "Deny")) return false;
    // EventBridge sends no condition keys. CloudWatch does, but what is let under a condition is not asked for it here.
    const allowed = toService.filter(({ conditional }) => !conditional).flatMap(({ actions }) => actions);
    return needed.every((action) => allowed.includes(action));
  }

  /** The policy that a topic is made with: whoever acts for the account may use it, and nobody else. */
  #defaultPolicy(arn: string): string {
    const actions = ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission"];
    actions.push("DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish");
    return JSON.stringify({
      Version: "2008-10-17",
      Id: "__default_policy_ID",
      Statement: [
        {
          Sid: "__default_statement_ID",
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: actions.map((action) => `SNS:${action}`),
          Resource: arn,
          Condition: { StringEquals: { "AWS:SourceOwner": this.context.accountId } },
        },
      ],
    });
  }

  #create(inputs: z.infer<typeof topicSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 256);
    const arn = this.context.arn("sns", name);
    const { kmsMasterKeyId } = inputs;
    const keyArn = kmsMasterKeyId === undefined ? undefined : this.kms.find(kmsMasterKeyId);
    if (kmsMasterKeyId !== undefined && keyArn === undefined)
      throw new AwsError("KMSNotFound", `the key "${kmsMasterKeyId}" of the topic "${name}" does not exist`);
    const policy = this.#defaultPolicy(arn);
    this.#topics.add(arn, { keyArn, policy });
    return {
      id: arn,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        ...{ arn, name, policy, namePrefix: inputs.namePrefix ?? "" },
        ...{ beginningArchiveTime: "", fifoThroughputScope: "", signatureVersion: 0, tracingConfig: "" },
        ...{ owner: this.context.accountId, region: this.context.region },
      },
    };
  }
}
