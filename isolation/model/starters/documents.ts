/** Whose a document of Systems Manager is, and whether it is a command on hosts or an automation. */
import { isRecord } from "../../../facts/record";
import { textsIn, type StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { DOCUMENT } from "../types";

/**
 * AWS's documents that are commands, and run nothing but what AWS wrote or their parameters say. Those that fetch a script or
 * another document (AWS-RunDocument, AWS-RunRemoteScript, AWS-RunPatchBaselineWithHooks, …) are not among them.
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-ssm-documents.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
 */
const COMMANDS: ReadonlySet<string> = new Set([
  "AWS-ConfigureAWSPackage",
  "AWS-ConfigureWindowsUpdate",
  "AWS-GatherSoftwareInventory",
  "AWS-InstallWindowsUpdates",
  "AWS-RefreshAssociation",
  "AWS-RunPatchBaseline",
  "AWS-RunPatchBaselineAssociation",
  "AWS-RunPowerShellScript",
  "AWS-RunShellScript",
  "AWS-UpdateEC2Config",
  "AWS-UpdateSSMAgent",
  "AmazonCloudWatch-ManageAgent",
  "AmazonInspector2-ConfigureInspectorSsmPlugin",
  "AmazonInspector2-ConfigureInspectorSsmPluginLinux",
  "AmazonInspector2-InvokeInspectorSsmPlugin",
  "AmazonInspector2-InvokeInspectorSsmPluginLinux",
]);

/** Installs a package that its parameter "name" names: AWS's own, or one that anybody may have shared. */
const INSTALLER = "AWS-ConfigureAWSPackage";

/** Whether a document of a stack is an automation. */
export function isAutomation(document: StackResource): boolean {
  const { documentType } = propertiesOf(document);
  return typeof documentType !== "string" || documentType.startsWith("Automation");
}

/**
 * What a document is that somebody names by its name, ARN or URN. Undefined where neither the stack shows it nor AWS wrote
 * it, and where what it runs is elsewhere.
 * @param parameters what it is started with, in the form of whoever starts it
 */
export function documentKind(
  stack: Stack,
  named: string | undefined,
  parameters: unknown,
): "command" | "automation" | undefined {
  if (named === undefined) return undefined;
  const shown = shownDocument(stack, named);
  if (shown !== undefined) return isAutomation(shown) ? "automation" : "command";
  const name = nameOfAws(named);
  if (name === undefined) return undefined;
  const isCommand = COMMANDS.has(name) && (name !== INSTALLER || installsAws(parameters));
  if (isCommand) return "command";
  // Every runbook of AWS's takes its role by this name, and no document takes parameters that it does not declare.
  return parameterOf(parameters, "AutomationAssumeRole").length > 0 ? "automation" : undefined;
}

/** Whether the stack shows a document, or AWS wrote it. */
export function isKnown(stack: Stack, named: string): boolean {
  return shownDocument(stack, named) !== undefined || nameOfAws(named) !== undefined;
}

function shownDocument(stack: Stack, named: string): StackResource | undefined {
  const arn = named.replace(/:automation-definition\/([^:]+)(:[^:]+)?$/, ":document/$1");
  return stack.find(arn, [DOCUMENT]) ?? stack.of(DOCUMENT).find(({ urn }) => urn === named);
}

/**
 * The name of one of AWS's documents. Nobody else may give a document such a name. The ARN of a command holds no account, that
 * of an automation's definition may.
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateDocument.html
 */
function nameOfAws(named: string): string | undefined {
  const name = named
    .replace(/^arn:[^:]+:ssm:[^:]*::document\//, "")
    .replace(/^arn:[^:]+:ssm:[^:]*:\d*:automation-definition\/([^:]+)(:[^:]+)?$/, "$1");
  return /^(AWS|Amazon)[A-Za-z0-9]*-[\w.-]+$/.test(name) ? name : undefined;
}

function installsAws(parameters: unknown): boolean {
  const names = parameterOf(parameters, "name");
  return names.length > 0 && names.every((name) => /^(AWS|Aws|Amazon)[\w-]*$/.test(name));
}

/** The texts of a parameter, of an object of them or of a list of objects with names and values. */
function parameterOf(parameters: unknown, name: string): string[] {
  if (Array.isArray(parameters))
    return parameters.flatMap((one) => (isRecord(one) && one.name === name ? textsIn(one.values) : []));
  return isRecord(parameters) ? textsIn(parameters[name]) : [];
}
