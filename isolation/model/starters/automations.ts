/**
 * Reads what Systems Manager runs: documents for automation act as a role, on no host; commands run on hosts, which are read.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
 */
import type { Host, Reference } from "../deployment";
import { ROLE } from "../identities";
import { Secret, Unknown, type StackResource, type Value } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { ASSOCIATION, DOCUMENT, STATE_MACHINE, WINDOW_TASK } from "../types";
import { actor, isShownFunction, rolesIn } from "./actor";

export function readAutomations(stack: Stack): Host[] {
  return [
    ...stack
      .of(DOCUMENT)
      .filter(isAutomation)
      .flatMap((document) => {
        const content = stack.text(document, "content") ?? "";
        // Which role a parameter means is said elsewhere, by people too.
        const named = rolesIn(stack, content);
        const roles =
          named.length > 0 && !/assumeRole['"]?\s*:\s*['"]?\s*\{\{/.test(content) ? named : assumable(stack);
        return roles.length === 0 ? [] : [actor(document, [...named, ...roles])];
      }),
    ...stack.of(ASSOCIATION).flatMap((association) => {
      const kind = kindOf(stack, association, stack.text(association, "name"));
      return kind === "command" ? [] : ran(stack, association, propertiesOf(association).parameters);
    }),
    ...stack.of(WINDOW_TASK).flatMap((task) => readTask(stack, task)),
  ];
}

function isAutomation(document: StackResource): boolean {
  const { documentType } = propertiesOf(document);
  return typeof documentType !== "string" || /^Automation/.test(documentType);
}

/** Roles that Systems Manager may be given. */
function assumable(stack: Stack): Reference[] {
  return stack
    .of(ROLE)
    .filter((role) => {
      const { assumeRolePolicy } = propertiesOf(role);
      return typeof assumeRolePolicy !== "string" || assumeRolePolicy.includes("ssm.amazonaws.com");
    })
    .map(({ urn }) => urn);
}

/** Documents of AWS's for commands and for automation have the same beginnings of names; automation acts as a role that is given. */
function kindOf(stack: Stack, resource: StackResource, name: string | undefined): "command" | "automation" {
  const shown = name === undefined ? undefined : stack.find(name, [DOCUMENT]);
  if (shown !== undefined) return isAutomation(shown) ? "automation" : "command";
  const { parameters, automationTargetParameterName, taskInvocationParameters } = propertiesOf(resource);
  const given = [...textsIn(parameters), ...textsIn(taskInvocationParameters)].join(" ");
  const isOfAws = /^(AWS|Amazon)[A-Za-z0-9]*-/.test(name ?? "");
  return isOfAws && (automationTargetParameterName ?? "") === "" && rolesIn(stack, given).length === 0
    ? "command"
    : "automation";
}

/** An automation that is started with these parameters. */
function ran(stack: Stack, starter: StackResource, parameters: Value | undefined, role?: Reference): Host[] {
  const roles = [
    ...rolesIn(stack, [...textsIn(parameters)].join(" ")),
    ...(role === undefined ? [] : [role]),
  ];
  if (roles.length > 0) return [actor(starter, roles)];
  stack.gap(starter, "it runs a document that is not shown to be a command, as a role that is not shown");
  return [];
}

function readTask(stack: Stack, task: StackResource): Host[] {
  const type = stack.text(task, "taskType");
  const arn = stack.text(task, "taskArn");
  const role = stack.reference(task, "serviceRoleArn", [ROLE]);
  const isShown =
    (type === "LAMBDA" && arn !== undefined && isShownFunction(stack, arn)) ||
    (type === "STEP_FUNCTIONS" && arn !== undefined && stack.find(arn, [STATE_MACHINE]) !== undefined);
  if (isShown || (type === "RUN_COMMAND" && kindOf(stack, task, arn) === "command")) return [];
  if (type === "AUTOMATION" || type === "RUN_COMMAND")
    return ran(stack, task, propertiesOf(task).taskInvocationParameters, role);
  stack.gap(task, `it starts ${arn ?? "something"}, and what that does is not shown`);
  return [];
}

function* textsIn(value: Value | undefined): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return;
  for (const inner of Object.values<Value>(value)) yield* textsIn(inner);
}
