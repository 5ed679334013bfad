/**
 * Reads what Systems Manager runs: documents for automation act as a role, on no host; commands run on hosts, which are read.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
 */
import type { Host, Reference } from "../deployment";
import { ROLE } from "../identities";
import { textsIn, type StackResource, type Value } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { ASSOCIATION, DOCUMENT, STATE_MACHINE, WINDOW_TASK } from "../types";
import { actor, isShownFunction, rolesIn } from "./actor";
import { documentKind, isAutomation, isKnown } from "./documents";

export function readAutomations(stack: Stack): Host[] {
  for (const document of stack.of(DOCUMENT))
    if (!isAutomation(document) && (stack.text(document, "content") ?? "").includes("aws:runDocument"))
      stack.gap(document, "it runs another document, which is not followed");
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
      const { parameters, automationTargetParameterName } = propertiesOf(association);
      const kind = documentKind(stack, stack.reference(association, "name", [DOCUMENT]), parameters);
      if (kind === "command" && (automationTargetParameterName ?? "") === "") return [];
      return ran(stack, association, { isAutomation: kind === "automation", parameters });
    }),
    ...stack.of(WINDOW_TASK).flatMap((task) => readTask(stack, task)),
  ];
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

interface Run {
  /** Whether that is certain: of anything else than an automation or a command it is not known what it does. */
  readonly isAutomation: boolean;
  readonly parameters: Value | undefined;
  readonly role?: Reference;
}

/** An automation acts as the roles that it is given. */
function ran(stack: Stack, starter: StackResource, run: Run): Host[] {
  const roles = [
    ...rolesIn(stack, textsIn(run.parameters).join(" ")),
    ...(run.role === undefined ? [] : [run.role]),
  ];
  if (!run.isAutomation) stack.gap(starter, "it runs a document that is not shown to be a command");
  else if (roles.length === 0) stack.gap(starter, "it runs an automation, as a role that is not shown");
  return roles.length === 0 ? [] : [actor(starter, roles)];
}

function readTask(stack: Stack, task: StackResource): Host[] {
  const type = stack.text(task, "taskType");
  const arn = stack.text(task, "taskArn");
  const role = stack.reference(task, "serviceRoleArn", [ROLE]);
  const parameters = stack.object(task, "taskInvocationParameters");
  const run = (isAutomation: boolean) =>
    ran(stack, task, { isAutomation, parameters, ...(role !== undefined && { role }) });
  if (type === "RUN_COMMAND") {
    const { parameters: given } = stack.object(task, "runCommandParameters", parameters);
    return documentKind(stack, arn, given) === "command" ? [] : run(false);
  }
  if (type === "AUTOMATION") return run(arn !== undefined && isKnown(stack, arn));
  const isShown =
    (type === "LAMBDA" && arn !== undefined && isShownFunction(stack, arn)) ||
    (type === "STEP_FUNCTIONS" && arn !== undefined && stack.find(arn, [STATE_MACHINE]) !== undefined);
  if (!isShown) stack.gap(task, `it starts ${arn ?? "something"}, and what that does is not shown`);
  return [];
}
