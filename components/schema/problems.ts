/** What is wrong with a configuration or with arguments, in lines that name the path, the value, what was expected and an example. */
import { distance } from "fastest-levenshtein";
import { isEventual } from "./eventual";

/** Where a value stands: an argument or a full config key (e.g. `git-airlock:gitlab`), then names and indexes inside of it. */
export type Path = readonly PropertyKey[];

/** One thing that is wrong. Without `value`, none is shown. */
export interface Problem {
  path: Path;
  value?: unknown;
  /** Continues the sentence that the value begins: "is not a CIDR; expected e.g. …". */
  message: string;
}

/** One thing that is wrong, in words. */
export interface ProblemLine {
  path: Path;
  /** Such as `git-airlock:workTerminalCidrs[1]: "10.0.0.0/33" is not a CIDR; expected e.g. "198.51.100.0/24"`. */
  text: string;
}

/** `expected e.g. "198.51.100.0/24"`. */
export function expectedExample(example: unknown): string {
  return `expected e.g. ${JSON.stringify(example)}`;
}

/** What is wrong with a value, and an example; where what is meant is already known, that is the example. */
export function withExample(message: string, example: unknown): string {
  return message.endsWith("?") ? message : `${message}; ${expectedExample(example)}`;
}

/** Why a name is unknown, and the known one that is nearest to it. */
export function unknownName(name: string, known: readonly string[]): string {
  const nearest = [...known].sort((a, b) => distance(name, a) - distance(name, b) || (a < b ? -1 : 1)).at(0);
  return nearest === undefined
    ? "is not a known key"
    : `is not a known key; did you mean ${JSON.stringify(nearest)}?`;
}

/**
 * The problem in one line. The value is shown as JSON, shortened, without the user and password of a URL, and not at
 * all where its key is in `secretKeys`.
 */
function renderProblem({ path, value, message }: Problem, secretKeys: readonly string[]): string {
  const [key = ""] = path;
  const place = renderPath(path);
  // What is wrong often quotes a part of the value, or its repair.
  if (secretKeys.includes(String(key))) {
    return `${place}: the secret value is not what was expected; no key of ours is a secret, so set it in plain`;
  }
  return `${place}: ${[renderValue(value), message].filter((part) => part !== "").join(" ")}`;
}

/** The problems in words, in the order of their keys, where [2] comes before [10]. */
export function renderProblems(problems: readonly Problem[], secretKeys: readonly string[]): ProblemLine[] {
  const order = new Intl.Collator("en", { numeric: true }).compare;
  return problems
    .map((problem) => ({ path: problem.path, text: inOneLine(renderProblem(problem, secretKeys)) }))
    .sort(({ text: a }, { text: b }) => order(a, b) || (a < b ? -1 : 1));
}

/** The key, and the way inside of its value. */
export function renderPath([key = "", ...inside]: Path): string {
  return String(key) + inside.map((step) => renderStep(step)).join("");
}

/** As `pulumi config set --path` wants it: `.name`, `[0]`, or `["odd name"]`. */
function renderStep(step: PropertyKey): string {
  if (typeof step === "number") return `[${step}]`;
  const name = String(step);
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

/** A value as JSON, shortened, without passwords, and without the user of a URL; nothing for undefined. */
export function renderValue(value: unknown): string {
  if (value === undefined) return "";
  const text = asJson(value).replace(/:\/\/[^/@\s"]*@/g, "://***@");
  return text.length <= 120 ? text : `${text.slice(0, 119)}…`;
}

/** As JSON. An argument of a program may be what JSON has no form for. */
function asJson(value: unknown): string {
  if (isEventual(value)) return "(known after deployment)";
  if (Array.isArray(value)) return `[${value.map(asJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).filter(([, item]) => item !== undefined);
    const texts = items.map(
      ([key, item]) => `${JSON.stringify(key)}:${key === "password" ? '"***"' : asJson(item)}`,
    );
    return `{${texts.join(",")}}`;
  }
  return ["string", "number", "boolean"].includes(typeof value) ? JSON.stringify(value) : String(value);
}

/** Escapes what some terminals and programs take for the end of a line, and JSON leaves as it is. */
export function inOneLine(text: string): string {
  return text.replace(
    /[\n\r\u0085\u2028\u2029]/g,
    (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
