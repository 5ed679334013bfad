/** Reads topics: whom they tell, and who else may have himself told. */
import type { Topic } from "./deployment";
import { isRecord, parsed } from "./json";
import type { Value } from "./snapshot";
import { propertiesOf, type Stack } from "./stack";

const TOPIC = "aws:sns/topic:Topic";
const TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";

/** Types that these readers read. */
export const TOPIC_TYPES: readonly string[] = [TOPIC, TOPIC_POLICY, SUBSCRIPTION];

/** @param place where the stack is: a topic's ARN is known by it before the topic exists, as its name is */
export function readTopics(
  stack: Stack,
  { accountId, region }: { accountId: string | undefined; region: string | undefined },
): Topic[] {
  const made = stack.of(TOPIC).map((topic) => {
    const { name, arn } = propertiesOf(topic);
    // Only what the program gave: SNS's own policy, which the outputs show, admits the account alone.
    const { policy } = topic.inputs;
    const ofThis = (type: string, property: string) =>
      stack.of(type).filter((other) => {
        const reference = stack.reference(other, property, [TOPIC]);
        // Whose it is cannot be told: it may be this one's.
        return reference === undefined || reference === topic.urn || reference === said;
      });
    const said =
      typeof name === "string" && accountId !== undefined && region !== undefined
        ? `arn:aws:sns:${region}:${accountId}:${name}`
        : undefined;
    const policies = ofThis(TOPIC_POLICY, "arn").map((other) => propertiesOf(other).policy);
    return {
      urn: topic.urn,
      arn: typeof arn === "string" && arn !== "" ? arn : said,
      subscribers: ofThis(SUBSCRIPTION, "topic").map((subscription) => ({
        urn: subscription.urn,
        endpoint: stack.text(subscription, "endpoint"),
      })),
      isShared: [...policies, ...(policy === undefined || policy === null ? [] : [policy])].some(
        mayAdmitOthers,
      ),
    };
  });
  return [...made, ...broughtTopics(stack, made)];
}

/** Topics that exist, and that the stack only subscribes to. */
function broughtTopics(stack: Stack, made: readonly Topic[]): Topic[] {
  return stack.of(SUBSCRIPTION).flatMap((subscription) => {
    const arn = stack.reference(subscription, "topic", [TOPIC]);
    if (arn === undefined || made.some((topic) => [topic.urn, topic.arn].includes(arn))) return [];
    const { urn } = subscription;
    const subscribers = [{ urn, endpoint: stack.text(subscription, "endpoint") }];
    return [{ urn, arn, subscribers, isShared: false }];
  });
}

/** Whether a topic's policy may let others do more than publish; a text that is not understood may. */
function mayAdmitOthers(policy: Value | undefined): boolean {
  const document: unknown = typeof policy === "string" ? parsed(policy) : policy;
  if (!isRecord(document) || document.Statement === undefined) return true;
  return [document.Statement].flat().some((statement: unknown) => {
    if (!isRecord(statement)) return true;
    if (statement.Effect === "Deny") return false;
    const actions: unknown[] = [statement.Action].flat();
    return !actions.every((action) => typeof action === "string" && action.toLowerCase() === "sns:publish");
  });
}
