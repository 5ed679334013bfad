/**
 * What IAM says of one request: glob by glob, statement by statement. It knows the operators that the generator writes, and
 * throws at others.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { isIn } from "./packets";

/** One request. */
export interface Request {
  /** The ARN of a user or role, or a service's name such as "lambda.amazonaws.com". */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Condition keys in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

/** A statement as JSON has it. */
export interface Statement {
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The statements of a document. */
export function statementsOf(document: string): Statement[] {
  if (document === "") return [];
  const { Statement: all } = JSON.parse(document) as { Statement: Statement | Statement[] };
  return [all].flat();
}

/** Whether statements say "Allow" or "Deny" of a request. Of those with a Principal, it must mean who asks. */
export function says(effect: "Allow" | "Deny", statements: readonly Statement[], request: Request): boolean {
  return statements.some((one) => one.Effect === effect && applies(one, request));
}

/** Whether they allow it, and deny it nowhere. */
export function allows(statements: readonly Statement[], request: Request): boolean {
  return says("Allow", statements, request) && !says("Deny", statements, request);
}

/** The account of an ARN. */
export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

/** Whether a text is of a pattern with `*` and `?`. */
export function glob(pattern: string, value: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${escaped}$`, "s").test(value);
}

/** How a statement's Principal means who asks. */
export type Meaning = "by name" | "as its account" | "everybody" | "not at all";

/** How a Principal means who asks; without one, everybody is meant. */
export function meaning(principal: unknown, asking: string): Meaning {
  if (principal === undefined || principal === "*") return "everybody";
  const { AWS, Service } = principal as { AWS?: unknown; Service?: unknown };
  const named = textsOf(AWS);
  if (named.includes(asking) || textsOf(Service).includes(asking)) return "by name";
  const account = accountOf(asking);
  if (account !== "" && named.some((one) => one === account || one === `arn:aws:iam::${account}:root`))
    return "as its account";
  return named.includes("*") ? "everybody" : "not at all";
}

function applies(statement: Statement, { principal, action, resource, context }: Request): boolean {
  const { Principal, Action, NotAction, Resource, NotResource, Condition = {} } = statement;
  const covers = (patterns: unknown, value: string) => textsOf(patterns).some((one) => glob(one, value));
  const [low, lowered] = [
    action.toLowerCase(),
    (patterns: unknown) => textsOf(patterns).map((one) => one.toLowerCase()),
  ];
  if (Action !== undefined && !covers(lowered(Action), low)) return false;
  if (NotAction !== undefined && covers(lowered(NotAction), low)) return false;
  if (Resource !== undefined && !covers(Resource, resource)) return false;
  if (NotResource !== undefined && covers(NotResource, resource)) return false;
  if (meaning(Principal, principal) === "not at all") return false;
  return Object.entries(Condition).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, context[key.toLowerCase()], textsOf(values)),
    ),
  );
}

const OPERATORS: Readonly<Record<string, (value: string, pattern: string) => boolean>> = {
  StringEquals: (value, pattern) => value === pattern,
  StringEqualsIgnoreCase: (value, pattern) => value.toLowerCase() === pattern.toLowerCase(),
  StringLike: (value, pattern) => glob(pattern, value),
  ArnEquals: (value, pattern) => ofArn(pattern, value),
  ArnLike: (value, pattern) => ofArn(pattern, value),
  IpAddress: (value, pattern) => isIn(value, pattern.includes("/") ? pattern : `${pattern}/32`),
  Bool: (value, pattern) => value === pattern,
};

/** Of an ARN's six parts, each by itself. */
function ofArn(pattern: string, value: string): boolean {
  const [patterns, values] = [parts(pattern), parts(value)];
  return patterns.every((one, i) => glob(one, values[i] ?? ""));
}

function parts(arn: string): string[] {
  const split = arn.split(":");
  return [...split.slice(0, 5), split.slice(5).join(":")];
}

function holds(operator: string, value: string | undefined, patterns: readonly string[]): boolean {
  if (operator === "Null") return patterns.some((one) => (one === "true") === (value === undefined));
  const mayBeAbsent = operator.endsWith("IfExists");
  const plain = operator.replace(/IfExists$/, "");
  const isNegated = /^(String|Arn)Not|^Not/.test(plain);
  const test = OPERATORS[plain.replace(/^(String|Arn)Not/, "$1").replace(/^Not/, "")];
  if (test === undefined) throw new Error(`the interpreter does not know ${operator}`);
  if (value === undefined) return mayBeAbsent || isNegated;
  return patterns.some((pattern) => test(value, pattern)) !== isNegated;
}

/** One text or a list of them, as policies write both. */
export function textsOf(value: unknown): string[] {
  return (value === undefined ? [] : [value].flat()).map(String);
}
