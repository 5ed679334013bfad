/** The stand-ins for topics, events, schedules and state machines. */
import type { Family } from "../resource";
import { eventRule, eventTarget } from "./eventBridge";
import { schedule } from "./scheduler";
import { topic, topicPolicy, topicSubscription } from "./sns";
import { stateMachine } from "./stepFunctions";

export const messaging: Family = {
  resources: [eventRule, eventTarget, schedule, stateMachine, topic, topicPolicy, topicSubscription],
};
