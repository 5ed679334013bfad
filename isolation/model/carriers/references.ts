/** What carriers refer to, in the form in which claims compare it. */
import type { StackResource, Properties } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { BUCKET, LOG_GROUP, TOPIC } from "../types";
import { ANYBODY } from "../resourcePolicies";

/** The topic's ARN; none where it is not known: it may be any. */
export function topicOf(stack: Stack, resource: StackResource, name: string): string[] {
  const reference = stack.reference(resource, name, [TOPIC]);
  const topic = stack.of(TOPIC).find(({ urn }) => urn === reference);
  const arn = topic === undefined ? reference : propertiesOf(topic).arn;
  return typeof arn === "string" && arn.startsWith("arn:") ? [arn] : [];
}

/** The bucket's URN, or the ARN of one that is not shown; none where it is not known. */
export function bucketOf(
  stack: Stack,
  resource: StackResource,
  name: string,
  from: Properties = propertiesOf(resource),
): string[] {
  const reference = stack.reference(resource, name, [BUCKET], { from });
  if (reference === undefined) return [];
  return [bucketNamed(stack, reference)];
}

/** @param named by URN, by name, or by ARN, with a folder or without */
export function bucketNamed(stack: Stack, named: string): string {
  if (named.startsWith("urn:")) return named;
  const name = named.replace(/^arn:[^:]+:s3:::/, "").replace(/\/.*$/, "");
  return stack.find(name, [BUCKET])?.urn ?? `arn:aws:s3:::${name}`;
}

/**
 * Where logs are written that name their destination by its ARN: a bucket as `bucketOf` names it, a log group without the
 * asterisk behind it, or anything else as it stands.
 */
export function logDestination(stack: Stack, resource: StackResource, ...names: readonly string[]): string[] {
  const given = names.flatMap((name) => stack.reference(resource, name, [BUCKET, LOG_GROUP]) ?? []);
  return given.length === 0 ? [ANYBODY] : given.map((one) => destinationNamed(stack, one));
}

/** @param named the ARN of a bucket, log group or stream, or the URN of one of the stack */
export function destinationNamed(stack: Stack, named: string): string {
  const group = stack.of(LOG_GROUP).find(({ urn }) => urn === named);
  if (group !== undefined) {
    const { arn } = propertiesOf(group);
    return typeof arn === "string" ? arn : named;
  }
  return named.startsWith("urn:") || /^arn:[^:]+:s3:::/.test(named)
    ? bucketNamed(stack, named)
    : named.replace(/:\*$/, "");
}
