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
  return stack.of(TOPIC).map((topic) => {
    const { name, arn, policy } = propertiesOf(topic);
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
      isShared: [...policies, ...(policy === undefined ? [] : [policy])].some(mayAdmitOthers),
    };
  });
}

/** Whether a topic's policy may let somebody in beside services of AWS; a text that is not understood may. */
function mayAdmitOthers(policy: Value | undefined): boolean {
  const document: unknown = typeof policy === "string" ? parsed(policy) : undefined;
  if (!isRecord(document)) return true;
  return [document.Statement].flat().some((statement: unknown) => {
    if (!isRecord(statement) || statement.Effect === "Deny") return !isRecord(statement);
    const { Principal } = statement;
    return !isRecord(Principal) || Object.keys(Principal).join() !== "Service";
  });
}
