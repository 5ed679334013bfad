/** Reads what passes on what it is sent: topics with their subscriptions, and queues. */
import type { Carrier } from "../deployment";
import { admittedBy, ANYBODY } from "../resourcePolicies";
import type { StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { QUEUE, TOPIC } from "../types";
import { topicOf } from "./references";

const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const TOPIC_DATA_PROTECTION = "aws:sns/dataProtectionPolicy:DataProtectionPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";

/** Types whose ARN is a topic's. */
export const NAMING_A_TOPIC: readonly string[] = [TOPIC_POLICY, SUBSCRIPTION, TOPIC_DATA_PROTECTION];

export function readTopics(stack: Stack): Carrier[] {
  const topicPolicies = [
    // SNS's own policy, which a topic's outputs show, admits the account alone.
    ...stack.of(TOPIC).map((topic) => ({ policy: topic, given: topic.inputs.policy })),
    ...stack.of(TOPIC_POLICY).map((policy) => ({ policy, given: propertiesOf(policy).policy })),
  ];
  return [
    ...stack.of(SUBSCRIPTION).map((subscription): Carrier => {
      const from = topicOf(stack, subscription, "topic");
      const to = [stack.text(subscription, "endpoint") ?? ANYBODY];
      return { urn: subscription.urn, kind: "topic subscription", from, to, says: "anything" };
    }),
    ...topicPolicies.map(({ policy, given }): Carrier => {
      const from = topicOf(stack, policy, "arn");
      const to = admittedBy(given, ["sns:publish"]);
      return { urn: policy.urn, kind: "topic policy", from, to, says: "anything" };
    }),
    ...[...stack.of(QUEUE), ...stack.of(QUEUE_POLICY)].map((policy): Carrier => {
      const to = admittedBy(propertiesOf(policy).policy, ["sqs:sendmessage", "sqs:getqueueurl"]);
      return { urn: policy.urn, kind: "queue policy", from: queueOf(stack, policy), to, says: "anything" };
    }),
  ];
}

/** The queue's ARN; none where it is not known: it may be any. */
function queueOf(stack: Stack, policy: StackResource): string[] {
  const queue = policy.type === QUEUE ? policy.urn : stack.reference(policy, "queueUrl", [QUEUE]);
  const { arn } = stack.of(QUEUE).find(({ urn }) => urn === queue)?.outputs ?? {};
  return typeof arn === "string" ? [arn] : [];
}
