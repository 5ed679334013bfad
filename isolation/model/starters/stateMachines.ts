/** Reads what state machines of Step Functions call. */
import { isRecord } from "../../../facts/record";
import type { Host } from "../deployment";
import { strictlyParsed } from "../../../facts/json";
import { ROLE } from "../identities";
import type { StackResource } from "../snapshot";
import type { Stack } from "../stack";
import { STATE_MACHINE } from "../types";
import { actorAs, isShownFunction } from "./actor";
import { isSending } from "./calls";

export function readStateMachines(stack: Stack): Host[] {
  return stack.of(STATE_MACHINE).flatMap((machine) => {
    const role = stack.reference(machine, "roleArn", [ROLE]);
    const calls = callsOf(stack, machine);
    if (calls === undefined) return actorAs(stack, machine, role, "does what is not understood");
    const sending = calls.filter(isSending);
    if (sending.length > 0)
      stack.readFor(["words"], () => {
        stack.gap(machine, `it calls ${sending.join(", ")}, and what it sends is not followed`);
      });
    // What it reads it can hand to any other call, in whatever that is given: a key of a bucket, the name of a metric.
    return calls.length === 0 ? [] : actorAs(stack, machine, role, `calls ${calls.join(", ")}`);
  });
}

/**
 * The calls of a definition in the Amazon States Language; undefined where one of them is not understood.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
function callsOf(stack: Stack, machine: StackResource): string[] | undefined {
  const definition = strictlyParsed(stack.text(machine, "definition") ?? "");
  if (!isRecord(definition) || !isRecord(definition.States)) return undefined;
  const calls = [...tasksIn(definition)].flatMap((task) => callOf(stack, task) ?? [undefined]);
  return calls.every((call) => call !== undefined) ? [...new Set(calls)].sort() : undefined;
}

/** Everything that names a resource: tasks, and what reads and writes the items of a map. */
function* tasksIn(value: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(value)) for (const one of value) yield* tasksIn(one);
  if (!isRecord(value)) return;
  if (value.Resource !== undefined) yield value;
  for (const inner of Object.values(value)) yield* tasksIn(inner);
}

/** What writes an item into the table that it names, which is the account's own unless it is named by an ARN. */
const WRITING_ITEM = /^dynamodb:(put|update|delete)Item$/;

/** None where a function of the stack is invoked, which is a host that is read, or an item is kept in a table of the account. */
function callOf(
  stack: Stack,
  { Resource: resource, ...task }: Record<string, unknown>,
): string[] | undefined {
  if (typeof resource !== "string") return undefined;
  if (/^arn:[^:]+:lambda:/.test(resource)) return isShownFunction(stack, resource) ? [] : undefined;
  const [, call] =
    /^arn:[^:]+:states:::(?:aws-sdk:)?([\w-]+:\w+)(?:\.sync(?::2)?|\.waitForTaskToken)?$/.exec(resource) ??
    [];
  if (call === undefined) return undefined;
  const given = [task.Parameters, task.Arguments].find(isRecord);
  const table = given?.TableName;
  if (WRITING_ITEM.test(call) && typeof table === "string" && /^[\w.-]+$/.test(table)) return [];
  if (call !== "lambda:invoke") return [call];
  const name = given?.FunctionName;
  return typeof name === "string" && isShownFunction(stack, name) ? [] : undefined;
}
