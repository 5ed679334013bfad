/** What is wrong with a configuration, in lines that name the key, the value, what was expected and an example. */
import { distance } from "fastest-levenshtein";

/** Where a value stands: the full config key (e.g. `git-airlock:gitlab`), then names and indexes inside of it. */
export type Path = readonly PropertyKey[];

/** One thing that is wrong. Without `value`, none is shown. */
export interface Problem {
  path: Path;
  value?: unknown;
  /** Continues the sentence that the value begins: "is not a CIDR; expected e.g. …". */
  message: string;
}

/** Everything that is wrong with a stack's configuration, each problem one line of the message. */
export class ConfigError extends Error {
  /** Lines such as `git-airlock:workTerminalCidrs[1]: "10.0.0.0/33" is not a CIDR; expected e.g. "198.51.100.0/24"`. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[], project: string) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [
        `${count} in the configuration of this stack; nothing was registered:`,
        ...problems.map((problem) => `  ${problem}`),
        `Edit Pulumi.<stack>.yaml, or run \`pulumi config set --path '${project}:KEY' VALUE\`, then try again.`,
      ].join("\n"),
    );
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** `expected e.g. "198.51.100.0/24"`. */
export function expectedExample(example: unknown): string {
  return `expected e.g. ${JSON.stringify(example)}`;
}

/** Why a name is unknown, and the known one that is nearest to it. */
export function unknownName(name: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b) || (a < b ? -1 : 1)).at(0);
  return nearest === undefined
    ? "is no known key"
    : `is no known key; did you mean ${JSON.stringify(nearest)}?`;
}

/**
 * The problem in one line. The value is shown as JSON, shortened, without the user and password of a URL, and not at
 * all where its key is in `secretKeys`.
 */
export function renderProblem({ path, value, message }: Problem, secretKeys: readonly string[]): string {
  const [key = "", ...inside] = path;
  const place = String(key) + inside.map((step) => renderStep(step)).join("");
  // What is wrong often quotes a part of the value, or its repair.
  if (secretKeys.includes(String(key))) {
    return `${place}: the secret value is not what was expected; no key of ours is a secret, so set it in plain`;
  }
  return `${place}: ${[renderValue(value), message].filter((part) => part !== "").join(" ")}`;
}

/** Lines in the order of their keys, where [2] comes before [10]. */
export function sortLines(lines: readonly string[]): string[] {
  const order = new Intl.Collator("en", { numeric: true }).compare;
  return [...lines].sort((a, b) => order(a, b) || (a < b ? -1 : 1));
}

/** As `pulumi config set --path` wants it: `.name`, `[0]`, or `["odd name"]`. */
function renderStep(step: PropertyKey): string {
  if (typeof step === "number") return `[${step}]`;
  const name = String(step);
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A value as JSON, shortened, without the user and password of a URL; nothing for undefined. */
export function renderValue(value: unknown): string {
  if (value === undefined) return "";
  const text = JSON.stringify(value).replace(/:\/\/[^/@\s"]*@/g, "://***@");
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}
