/** Reads what `pulumi stack export` prints. */
import { isRecord } from "./json";
import {
  Secret,
  Unknown,
  type Properties,
  type StackResource,
  type StackSnapshot,
  type Value,
} from "./snapshot";

/** The input is no export that can be read. The message says what was given, what was expected, and what to do. */
export class UnreadableExportError extends Error {
  constructor(stack: string, given: string) {
    super(
      `stack "${stack}": ${given}; expected what "pulumi stack export" prints, version 3. ` +
        `Run "pulumi stack export --stack ${stack} --file FILE" with a current Pulumi and give that file.`,
    );
    this.name = "UnreadableExportError";
  }
}

/** Source: github.com/pulumi/pulumi, sdk/go/common/resource/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Stands for a value that is not known: github.com/pulumi/pulumi, sdk/go/common/resource/plugin/rpc.go */
const UNKNOWN_VALUES = new Set(["04da6b54-80e4-46f7-96ec-b56ff0331ba9"]);

/**
 * Resources that wait to be deleted still stand, and are read like the others. An operation that was interrupted makes
 * its resource's outputs unknown, since nobody knows whether it took place.
 * @param json the parsed export
 * @param stack its name, for messages
 * @throws UnreadableExportError
 */
export function readStackExport(json: unknown, stack: string): StackSnapshot {
  const fail = (given: string) => new UnreadableExportError(stack, given);
  if (!isRecord(json)) throw fail(`was given ${kindOf(json)}`);
  if (json.version !== 3)
    throw fail(`its version is ${typeof json.version === "number" ? json.version : kindOf(json.version)}`);
  if (!isRecord(json.deployment)) throw fail(`its deployment is ${kindOf(json.deployment)}`);
  const listed: unknown = json.deployment.resources ?? [];
  if (!Array.isArray(listed)) throw fail(`its deployment.resources is ${kindOf(listed)}`);
  const operations: unknown = json.deployment.pending_operations ?? [];
  if (!Array.isArray(operations)) throw fail(`its deployment.pending_operations is ${kindOf(operations)}`);
  const read = (given: readonly unknown[]) =>
    given.flatMap((resource, i) => readResource(resource, `resource ${i}`, fail));
  const pending = read(
    operations.map((operation: unknown) => (isRecord(operation) ? operation.resource : operation)),
  );
  const unsure = new Set(pending.map(({ urn }) => urn));
  const standing = read(listed).filter(({ urn }) => !unsure.has(urn));
  const resources = [
    ...standing,
    ...pending.map((resource) => ({ ...resource, outputs: unknownOf(resource) })),
  ];
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return { stack, resources, outputs: root?.outputs ?? {} };
}

/** Every property as one that is not known. */
function unknownOf({ inputs, outputs }: StackResource): Properties {
  const names = [...Object.keys(inputs), ...Object.keys(outputs)];
  return Object.fromEntries(names.map((name) => [name, Unknown.value]));
}

function readResource(
  given: unknown,
  place: string,
  fail: (given: string) => UnreadableExportError,
): StackResource[] {
  if (!isRecord(given)) throw fail(`its ${place} is ${kindOf(given)}`);
  const { urn, type, id, parent } = given;
  if (typeof urn !== "string" || typeof type !== "string") throw fail(`its ${place} has no urn or no type`);
  return [
    {
      urn,
      type,
      name: urn.split("::").slice(3).join("::"),
      ...(typeof id === "string" && id !== "" && !UNKNOWN_VALUES.has(id) && { id }),
      ...(typeof parent === "string" && parent !== "" && { parent }),
      protect: given.protect === true,
      inputs: properties(given.inputs),
      outputs: properties(given.outputs),
      propertyDependencies: dependencies(given.propertyDependencies),
    },
  ];
}

function dependencies(given: unknown): Record<string, readonly string[]> {
  if (!isRecord(given)) return {};
  return Object.fromEntries(
    Object.entries(given).map(([name, urns]) => [
      name,
      Array.isArray(urns) ? urns.filter((urn) => typeof urn === "string") : [],
    ]),
  );
}

function properties(given: unknown): Properties {
  return isRecord(given) ? Object.fromEntries(Object.entries(given).map(([k, v]) => [k, readValue(v)])) : {};
}

/** A property as JSON has it. */
export function readValue(given: unknown): Value {
  if (typeof given === "string") return UNKNOWN_VALUES.has(given) ? Unknown.value : given;
  if (typeof given === "number" || typeof given === "boolean" || given === null) return given;
  if (Array.isArray(given)) return given.map(readValue);
  if (!isRecord(given)) return null;
  return given[SIGNATURE] === SECRET ? Secret.value : properties(given);
}

function kindOf(given: unknown): string {
  if (given === undefined) return "missing";
  if (given === null) return "null";
  return Array.isArray(given) ? "a list" : `a ${typeof given}`;
}
