/** The configuration of a stack, as the engine computes it from Pulumi.yaml and Pulumi.<stack>.yaml. */
import { isRecord } from "../../../facts/record";
import { awsKeys } from "../../../components/config/otherPackages";
import { renderPath } from "../../../components/schema/problems";
import { restore, StackFilesError, YamlFile, type FileProblem, type Place } from "./yamlFile";

/** A stack's configuration, and where each of its values stands. */
export interface StackFile {
  project: string;
  stack: string;
  /** Full keys to text; lists and objects as JSON, as the engine hands them over. */
  entries: Readonly<Record<string, string>>;
  /** Full keys to what the stack's own file says, as plain values. */
  own: Readonly<Record<string, unknown>>;
  /** Where a value stands, or would have to stand. */
  placeOf(path: readonly PropertyKey[]): Place;
}

/** The project's name. */
export function projectName(root: string): string {
  return readProject(root).name;
}

/** The stack's configuration alone. @throws StackFilesError */
export function stackConfig(
  root: string,
  stack: string,
  overrides?: Readonly<Record<string, unknown>>,
): Record<string, string> {
  return { ...readStackFile(root, stack, overrides).entries };
}

/**
 * The defaults of Pulumi.yaml, then the stack's own values, then `overrides` (full keys to values). A key without a
 * namespace belongs to the project, in either file.
 * @throws StackFilesError when a file is missing, empty or no YAML, or has an encrypted value of ours
 */
export function readStackFile(
  root: string,
  stack: string,
  overrides: Readonly<Record<string, unknown>> = {},
): StackFile {
  const project = readProject(root);
  const file = YamlFile.read(root, `Pulumi.${stack}.yaml`);
  const config = configOf(file);
  const fullKey = (name: string) => (name.includes(":") ? name : `${project.name}:${name}`);
  const names = new Map(Object.keys(config).map((name) => [fullKey(name), name]));
  const placeOf = ([key = "", ...inside]: readonly PropertyKey[]): Place => {
    const name = names.get(String(key));
    const declared = project.nameOf.get(String(key));
    if (name !== undefined || declared === undefined || isEmpty(project.defaults[String(key)]))
      return file.placeOf(["config", ...(name === undefined ? [] : [name]), ...inside]);
    return project.file.placeOf(["config", declared, "default"]);
  };
  const problems: FileProblem[] = Object.keys(config)
    .filter((name) => names.get(fullKey(name)) !== name)
    .map((name) => ({
      ...file.placeOf(["config", name]),
      text: `${name} is the same key as ${fullKey(name)}, which the file has too; remove one of the two`,
    }));
  const own = Object.fromEntries([...names].map(([full, name]) => [full, config[name]]));
  for (const [full, value] of Object.entries(own)) {
    if (!full.startsWith(`${project.name}:`) && !awsKeys.includes(full)) continue;
    for (const path of encryptedIn([full], value)) {
      const how = `"pulumi config set --stack ${stack} --plaintext KEY VALUE" sets it in plain`;
      problems.push({
        ...placeOf(path),
        text: `${renderPath(path)} is encrypted, and the rehearsal cannot decrypt it. No key of ${project.name} is a secret: ${how}`,
      });
    }
  }
  if (problems.length > 0) throw new StackFilesError(problems);
  const values = { ...project.defaults, ...withoutNulls(own), ...overrides };
  const entries = Object.fromEntries(Object.entries(values).map(([key, value]) => [key, asText(value)]));
  return { project: project.name, stack, entries, own, placeOf };
}

interface Project {
  name: string;
  file: YamlFile;
  /** Full keys to the defaults, where there are any. */
  defaults: Record<string, unknown>;
  /** Full keys to the names that the file has for them. */
  nameOf: ReadonlyMap<string, string>;
}

function readProject(root: string): Project {
  const file = YamlFile.read(root, "Pulumi.yaml");
  const { name, config = {} } = file.values;
  if (typeof name !== "string" || !/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    const text = 'name: is missing or is not the name of a project; expected e.g. "git-airlock"';
    throw new StackFilesError([{ ...file.placeOf(["name"]), text }]);
  }
  if (config !== null && !isRecord(config)) {
    const text = `config: is not keys with their types; ${restore(file.name)}`;
    throw new StackFilesError([{ ...file.placeOf(["config"]), text }]);
  }
  const declared = Object.entries(config ?? {});
  const nameOf = new Map(declared.map(([key]) => [key.includes(":") ? key : `${name}:${key}`, key]));
  const defaults: Record<string, unknown> = {};
  for (const [full, key] of nameOf) {
    const value = defaultOf(config?.[key]);
    if (value !== undefined) defaults[full] = value;
  }
  return { name, file, defaults, nameOf };
}

/** Pulumi's short form gives a value in the place of a declaration, for all stacks. */
function defaultOf(declaration: unknown): unknown {
  return isRecord(declaration) ? (declaration["value"] ?? declaration["default"]) : declaration;
}

/** The keys and values of a stack file. */
function configOf(file: YamlFile): Record<string, unknown> {
  const { config } = file.values;
  const strays = Object.keys(file.values).filter((name) => name.includes(":"));
  const problems = strays.map((name) => ({
    ...file.placeOf([name]),
    text: `${name} stands outside of "config:", where Pulumi does not see it; indent it`,
  }));
  if (problems.length > 0) throw new StackFilesError(problems);
  if (isRecord(config) && Object.keys(config).length > 0) return config;
  const what =
    config === undefined
      ? 'the file has no "config:"'
      : config === null || isEmpty(config)
        ? '"config:" has no keys'
        : '"config:" is not keys with values';
  throw new StackFilesError([
    {
      ...file.placeOf(["config"]),
      text: `${what}; expected the stack's keys. ${capital(restore(file.name))}`,
    },
  ]);
}

/** The paths of what `pulumi config set --secret` has written, in a value. */
function encryptedIn(path: PropertyKey[], value: unknown): PropertyKey[][] {
  if (Array.isArray(value)) return value.flatMap((one, index) => encryptedIn([...path, index], one));
  if (!isRecord(value)) return [];
  const keys = Object.keys(value);
  if (keys.length === 1 && typeof value["secure"] === "string") return [path];
  return keys.flatMap((key) => encryptedIn([...path, key], value[key]));
}

function withoutNulls(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function isEmpty(value: unknown): boolean {
  return value === undefined || ['""', "[]", "{}"].includes(JSON.stringify(value));
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
