/** Topics of SNS: whoever subscribes to one takes along what is published to it. */
import { isRecord, parsed } from "./json";
import type { StackResource } from "./snapshot";

/** Types whose `policy` says who may publish to a topic, and who may subscribe. */
export const TOPIC_TYPES: readonly string[] = ["aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"];

/**
 * Whether the program gives the topic no policy, or one that lets others publish and nothing else. A topic that was given
 * none has SNS's own, which admits the account alone; the state may show that one as an output.
 */
export function letsNobodySubscribe({ inputs: { policy } }: StackResource): boolean {
  if (policy === undefined || policy === null) return true;
  const given: unknown = typeof policy === "string" ? parsed(policy) : policy;
  if (!isRecord(given) || given.Statement === undefined) return false;
  return [given.Statement].flat().every((statement) => {
    if (!isRecord(statement)) return false;
    if (statement.Effect === "Deny") return true;
    const actions: unknown[] = [statement.Action].flat();
    return actions.every((action) => typeof action === "string" && action.toLowerCase() === "sns:publish");
  });
}
