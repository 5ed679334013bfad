/** Reads what EventBridge starts: the targets of its Scheduler, and of its rules. */
import { splitArn } from "../../../facts/arn";
import { isRecord } from "../../../facts/record";
import { strictlyParsed } from "../../../facts/json";
import type { Host, Reference } from "../deployment";
import { ROLE } from "../identities";
import type { Properties, StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { DOCUMENT, EVENT_TARGET, FUNCTION, LOG_GROUP, QUEUE, SCHEDULE, STATE_MACHINE, TOPIC } from "../types";
import { actorAs, isShownFunction } from "./actor";
import { isHarmless, isSending } from "./calls";
import { documentKind, isKnown } from "./documents";

const STARTED = [FUNCTION, STATE_MACHINE, DOCUMENT];
const RECEIVING = [TOPIC, QUEUE, LOG_GROUP];

export function readSchedules(stack: Stack): Host[] {
  return [
    ...stack.of(SCHEDULE).flatMap((schedule) => {
      const target = stack.object(schedule, "target");
      const arn = stack.reference(schedule, "arn", [...STARTED, ...RECEIVING], {
        from: target,
        property: "target",
      });
      const role = stack.reference(schedule, "roleArn", [ROLE], { from: target, property: "target" });
      if (arn === undefined) {
        stack.gap(schedule, "what it starts is not shown");
        return [];
      }
      const [, call] = /^arn:[^:]+:scheduler:::aws-sdk:(.+)$/.exec(arn) ?? [];
      return call === undefined
        ? started(stack, schedule, { arn, role, settings: target })
        : called(stack, schedule, { call, role, input: stack.text(schedule, "input", target) });
    }),
    ...stack.of(EVENT_TARGET).flatMap((target) => {
      const arn = stack.reference(target, "arn", [...STARTED, ...RECEIVING]);
      const role = stack.reference(target, "roleArn", [ROLE]);
      return arn === undefined ? [] : started(stack, target, { arn, role, settings: propertiesOf(target) });
    }),
  ];
}

/**
 * A universal target: one call of AWS's API with a fixed input.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
 */
function called(
  stack: Stack,
  schedule: StackResource,
  { call, role, input }: { call: string; role: Reference | undefined; input: string | undefined },
): Host[] {
  if (call === "ssm:sendCommand") {
    const { DocumentName: document, Parameters: parameters } = inputOf(input);
    const named = typeof document === "string" ? document : undefined;
    if (documentKind(stack, named, parameters) !== "command")
      stack.gap(schedule, `it runs ${named ?? "a document"} on hosts, which is not shown to be a command`);
    return [];
  }
  if (isHarmless(call) || isSending(call) || isScaling(call, input)) return [];
  const invoked =
    call === "lambda:invoke" || call === "lambda:invokeAsync" ? inputOf(input).FunctionName : undefined;
  if (typeof invoked === "string" && isShownFunction(stack, invoked)) return [];
  const machine = call === "sfn:startExecution" ? inputOf(input).StateMachineArn : undefined;
  if (typeof machine === "string" && stack.find(machine, [STATE_MACHINE]) !== undefined) return [];
  return actorAs(stack, schedule, role, `calls ${call}`);
}

/** Whether a call changes how many tasks of a service run, and nothing else of it. */
function isScaling(call: string, input: string | undefined): boolean {
  if (call !== "ecs:updateService") return false;
  const names = Object.keys(inputOf(input));
  return names.length > 0 && names.every((name) => ["Cluster", "Service", "DesiredCount"].includes(name));
}

function inputOf(input: string | undefined): Record<string, unknown> {
  const read = input === undefined ? undefined : strictlyParsed(input);
  return isRecord(read) ? read : {};
}

/** What a target that AWS has a form for starts. */
function started(
  stack: Stack,
  resource: StackResource,
  { arn, role, settings }: { arn: string; role: Reference | undefined; settings: Properties },
): Host[] {
  const kind = kindOf(stack, arn);
  if (kind === "receiver" || kind === "shown") return [];
  if (kind === "tasks") {
    // Read as a host that runs them.
    const tasks = ["ecsTarget", "ecsParameters"].some(
      (name) => Object.keys(stack.object(resource, name, settings)).length > 0,
    );
    if (!tasks) stack.gap(resource, "which tasks it runs is not shown");
    return [];
  }
  if (kind === "command") {
    const input = inputOf(stack.text(resource, "input", settings));
    if (documentKind(stack, arn, input) !== "command")
      stack.gap(resource, `it runs ${arn} on hosts, which is not shown to be a command`);
    return [];
  }
  if (kind === "automation") {
    if (!isKnown(stack, arn)) stack.gap(resource, `it starts the automation ${arn}, which is not shown`);
    return actorAs(stack, resource, role, `starts the automation ${arn}`);
  }
  stack.gap(resource, `it starts ${arn}, and what that does is not shown`);
  return [];
}

/** "receiver": it only receives; "shown": it is read by itself. */
function kindOf(
  stack: Stack,
  arn: string,
): "receiver" | "shown" | "tasks" | "command" | "automation" | undefined {
  if (arn.startsWith("urn:")) return "shown";
  const [, , service = "", , , resource = ""] = splitArn(arn) ?? [];
  if (["sns", "sqs", "logs", "kinesis", "firehose"].includes(service)) return "receiver";
  if (service === "events")
    return /^(event-bus|api-destination)\/|^target\/(create-snapshot|(reboot|stop|terminate)-instance)$/.test(
      resource,
    )
      ? "receiver"
      : undefined;
  if (service === "lambda") return isShownFunction(stack, arn) ? "shown" : undefined;
  if (service === "ecs") return resource.startsWith("cluster/") ? "tasks" : undefined;
  if (service !== "ssm") return undefined;
  return resource.startsWith("document/")
    ? "command"
    : resource.startsWith("automation-definition/")
      ? "automation"
      : undefined;
}
