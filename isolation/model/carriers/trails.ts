/** Reads CloudTrail's trails. What a trail writes holds the words of every call; its topic hears where it wrote. */
import type { Carrier } from "../deployment";
import type { Stack } from "../stack";
import { bucketOf, topicOf } from "./references";

const TRAIL = "aws:cloudtrail/trail:Trail";

export function readTrails(stack: Stack): Carrier[] {
  return stack.of(TRAIL).flatMap((trail): Carrier[] => {
    const logs = stack.text(trail, "cloudWatchLogsGroupArn")?.replace(/:\*$/, "");
    const topic = topicOf(stack, trail, "snsTopicName")[0] ?? stack.text(trail, "snsTopicName");
    const common = { urn: trail.urn, kind: "trail" as const, from: [] };
    const written = [...bucketOf(stack, trail, "s3BucketName"), ...(logs === undefined ? [] : [logs])];
    return [
      { ...common, to: written, says: "anything" },
      { ...common, to: topic === undefined ? [] : [topic], says: "fixed words" },
    ];
  });
}
