/**
 * Reads what carries news on by itself: events, alarms, trails, logs, and the topics, queues and buckets that they lead to; and
 * what copies disks.
 */
import type { Carrier } from "./deployment";
import { readAlarms } from "./carriers/alarms";
import { readBuckets } from "./carriers/buckets";
import { readCommandOutput } from "./carriers/commandOutput";
import { readCopies } from "./carriers/copies";
import { readEvents } from "./carriers/events";
import { readLogs } from "./carriers/logs";
import { NAMING_A_TOPIC, readTopics } from "./carriers/topics";
import { readTrails } from "./carriers/trails";
import type { Stack } from "./stack";
import { EVENT_TARGET } from "./types";

/** Types whose ARN is another resource's: what they lead to, or belong to. */
export const NAMING_ANOTHER: readonly string[] = [EVENT_TARGET, ...NAMING_A_TOPIC];

/** @param accountId the stack's own account, where that is known */
export function readCarriers(stack: Stack, accountId: string | undefined): Carrier[] {
  return [
    ...readEvents(stack),
    ...readAlarms(stack),
    ...readTrails(stack),
    ...readTopics(stack),
    ...readBuckets(stack),
    ...readLogs(stack),
    ...readCommandOutput(stack),
    ...readCopies(stack, accountId),
  ];
}
