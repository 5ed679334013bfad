/** Reads where Systems Manager writes what commands and sessions on hosts print. */
import { isRecord } from "../../../facts/record";
import type { Carrier } from "../deployment";
import { strictlyParsed } from "../../../facts/json";
import { ANYBODY } from "../resourcePolicies";
import type { Properties, StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { ASSOCIATION, DOCUMENT, SCHEDULE, WINDOW_TASK } from "../types";
import { bucketNamed, bucketOf } from "./references";

/** Log groups that they name are of the account itself. */
export function readCommandOutput(stack: Stack): Carrier[] {
  const carrier = ({ urn }: StackResource, to: readonly string[]): Carrier => ({
    urn,
    kind: "command output",
    from: [],
    to,
    says: "anything",
  });
  return [
    ...stack.of(ASSOCIATION).map((one) => {
      const location = stack.object(one, "outputLocation");
      return carrier(one, bucketOf(stack, one, "s3BucketName", location));
    }),
    ...stack.of(WINDOW_TASK).map((one) => {
      const parameters = stack.object(one, "taskInvocationParameters");
      const command = stack.object(one, "runCommandParameters", parameters);
      return carrier(one, bucketOf(stack, one, "outputS3Bucket", command));
    }),
    ...stack.of(SCHEDULE).flatMap((one) => {
      const target = stack.object(one, "target");
      const isCommand = stack.text(one, "arn", target)?.endsWith(":aws-sdk:ssm:sendCommand") === true;
      return isCommand ? [carrier(one, ofSchedule(stack, one, target))] : [];
    }),
    ...stack
      .of(DOCUMENT)
      .filter((one) => propertiesOf(one).documentType === "Session")
      .map((one) => carrier(one, ofSessions(stack, one))),
  ];
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_SendCommand.html */
function ofSchedule(stack: Stack, schedule: StackResource, target: Properties): string[] {
  const input = strictlyParsed(stack.text(schedule, "input", target) ?? "");
  if (!isRecord(input)) return [ANYBODY];
  const { OutputS3BucketName: bucket = "" } = input;
  if (typeof bucket !== "string") return [ANYBODY];
  return bucket === "" ? [] : [bucketNamed(stack, bucket)];
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html */
function ofSessions(stack: Stack, document: StackResource): string[] {
  const content = strictlyParsed(stack.text(document, "content") ?? "");
  if (!isRecord(content)) return [ANYBODY];
  const bucket = isRecord(content.inputs) ? content.inputs.s3BucketName : undefined;
  return typeof bucket === "string" && bucket !== "" ? [bucketNamed(stack, bucket)] : [];
}
