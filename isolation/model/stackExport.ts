/** Reads what `pulumi stack export` prints. */
import { nameOfUrn } from "../../facts/urn";
import { isRecord } from "../../facts/record";
import { isTooDeep, MOST_LEVELS } from "../../facts/json";
import {
  Secret,
  Unknown,
  type Properties,
  type StackResource,
  type StackSnapshot,
  type Value,
} from "./snapshot";

/** The input is not an export that can be read. The message says what was given, what was expected, and what to do. */
export class UnreadableExportError extends Error {
  constructor(
    stack: string,
    given: string,
    remedy = `Run "pulumi stack export --stack ${stack} --file FILE" with a current Pulumi and give that file.`,
  ) {
    super(
      `stack "${stack}": ${given}; expected what "pulumi stack export" prints, version 3 or 4. ${remedy}`,
    );
    this.name = "UnreadableExportError";
  }
}

/** Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/resource/sig/sig.go */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** A string that is not UTF-8, in base64. None that is read here is. */
const BYTE_STRING = "803fd3297a5875dc03ca845dda5d2a98";
/**
 * Version 4 is version 3 with a list of features that a reader must know. These are known: none changes what the rest of
 * the export says, but for `taint` (see `isUnsure`) and `byteString` (see `readValue`). Not `snippets-prototype`.
 * Source: https://github.com/pulumi/pulumi/blob/master/pkg/resource/stack/deployment.go
 */
const FEATURES = new Set([
  "refreshBeforeUpdate",
  "views",
  "hooks",
  "taint",
  "replaceWith",
  "extensionParameterization",
  "byteString",
]);
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
  checkVersion(json, stack);
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
    ...pending.map((resource) => ({
      ...resource,
      outputs: unknownOf(resource),
      unsure: "may not stand as the state says: an operation on it was interrupted",
    })),
  ];
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  return { stack, resources, outputs: root?.outputs ?? {} };
}

/** @throws UnreadableExportError unless all that the export needs its reader to know is known here */
function checkVersion({ version, features = [] }: Record<string, unknown>, stack: string): void {
  const given = `its version is ${typeof version === "number" ? version : kindOf(version)}`;
  const newer = `This git-airlock is older than that. Use a newer one.`;
  if (typeof version === "number" && version > 4) throw new UnreadableExportError(stack, given, newer);
  if (version !== 3 && version !== 4) throw new UnreadableExportError(stack, given);
  if (!Array.isArray(features) || !features.every((feature) => typeof feature === "string"))
    throw new UnreadableExportError(stack, "its features are not a list of names");
  const unknown = features.filter((feature) => !FEATURES.has(feature));
  if (unknown.length === 0) return;
  const named = unknown.map((feature) => JSON.stringify(feature)).join(", ");
  throw new UnreadableExportError(stack, `it uses what is not known here: Pulumi's feature ${named}`, newer);
}

/** Every property as one that is not known. */
function unknownOf({ inputs, outputs }: Pick<StackResource, "inputs" | "outputs">): Properties {
  const names = [...Object.keys(inputs), ...Object.keys(outputs)];
  return Object.fromEntries(names.map((name) => [name, Unknown.value]));
}

/**
 * What an entry says of itself where its outputs are not, or will not be, what stands: it was deleted and not made again;
 * it was made by halves; the next update replaces it.
 * Source: https://github.com/pulumi/pulumi/blob/master/sdk/go/common/apitype/core.go (ResourceV3)
 */
const UNSURE = ["pendingReplacement", "initErrors", "taint"];

function doubtsAbout(entry: Record<string, unknown>): string[] {
  const flags = UNSURE.filter((flag) => {
    const value = entry[flag] ?? false;
    return value !== false && !(Array.isArray(value) && value.length === 0);
  });
  return [
    ...flags.map((flag) => `may not stand as the state says, which marks it ${flag}`),
    ...(entry.delete === true ? ["waits to be deleted"] : []),
    ...brokenParts(entry).map((part) => `has an entry in the state whose ${part} is not as Pulumi writes it`),
  ];
}

/** Parts of an entry that are there, and are of another type than Pulumi writes. */
function brokenParts({ id, parent, provider, inputs, outputs }: Record<string, unknown>): string[] {
  const texts = Object.entries({ id, parent, provider });
  const objects = Object.entries({ inputs, outputs });
  return [
    ...texts.filter(([, value]) => value !== undefined && typeof value !== "string"),
    ...objects.filter(([, value]) => value !== undefined && value !== null && !isRecord(value)),
  ].map(([part]) => part);
}

function readResource(
  given: unknown,
  place: string,
  fail: (given: string) => UnreadableExportError,
): StackResource[] {
  if (!isRecord(given)) throw fail(`its ${place} is ${kindOf(given)}`);
  const { urn, type, id, parent, provider } = given;
  if (typeof urn !== "string" || typeof type !== "string") throw fail(`its ${place} has no urn or no type`);
  if (isTooDeep(given)) throw fail(`its ${place} (${urn}) holds values more than ${MOST_LEVELS} levels deep`);
  const outputs = properties(given.outputs);
  const inputs = properties(given.inputs);
  const doubts = doubtsAbout(given);
  return [
    {
      urn,
      type,
      name: nameOfUrn(urn),
      ...(typeof id === "string" && id !== "" && !UNKNOWN_VALUES.has(id) && { id }),
      ...(typeof parent === "string" && parent !== "" && { parent }),
      protect: given.protect === true,
      isComponent: given.custom === false,
      ...(typeof provider === "string" &&
        provider !== "" && { provider: provider.split("::").slice(0, -1).join("::") }),
      ...(doubts.length > 0 && { unsure: doubts.join(" and ") }),
      inputs,
      outputs: doubts.length > 0 && given.delete !== true ? unknownOf({ inputs, outputs }) : outputs,
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
  if (given[SIGNATURE] === SECRET) return Secret.value;
  return given[SIGNATURE] === BYTE_STRING ? Unknown.value : properties(given);
}

/** Whether an export holds secrets in plain text, as `pulumi stack export --show-secrets` prints it. */
export function showsSecrets(json: unknown): boolean {
  const left: unknown[] = [json];
  for (let one = left.pop(); one !== undefined; one = left.pop()) {
    if (typeof one !== "object" || one === null) continue;
    if (isRecord(one) && one[SIGNATURE] === SECRET && "plaintext" in one) return true;
    // One by one: a list can be longer than a call may have arguments.
    for (const value of Object.values(one)) left.push(value);
  }
  return false;
}

function kindOf(given: unknown): string {
  if (given === undefined) return "missing";
  if (given === null) return "null";
  return Array.isArray(given) ? "a list" : `a ${typeof given}`;
}
