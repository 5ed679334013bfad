/**
 * IAM policy documents: what a policy says, read from its JSON. Reading is strict, because whatever a reader skips
 * could have been a Deny.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import { errorText } from "../../facts/errorText";
import { isRecord } from "../../facts/record";
import { parseIdentityArn } from "../../facts/arn";
import { actionMatches } from "./match";
import { parseConditionBlock, type Condition } from "./conditionBlock";
import { MOST_LEVELS, nestsTooDeeply, repeatsNames } from "../../facts/json";
import { holdsVariables, parseTemplate, type Piece } from "./template";
import { shown, UnsupportedPolicyError, type Place } from "./unsupported";

export interface Policy {
  /** What messages and decisions call it. */
  readonly name: string;
  /** The language's version. In the older one, policy variables are ordinary text. */
  readonly version: "2012-10-17" | "2008-10-17";
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** The Sid; without one, the place in the document, e.g. `Statement[0]`. Unique within the policy. */
  readonly label: string;
  readonly effect: "Allow" | "Deny";
  /** Absent when the statement has no Principal, as in identity policies. */
  readonly principals?: readonly Principal[];
  /** NotPrincipal's, of a Deny: all others are meant. */
  readonly notPrincipals?: readonly Principal[];
  readonly actions: Selection;
  readonly resources: Selection;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

export type Principal =
  | { readonly kind: "everyone" }
  /** Every principal of the account, whether written as its number or as its root's ARN. */
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "identity"; readonly arn: string };

/** Action or Resource: what any of the patterns covers. NotAction or NotResource: what none of them covers. */
export interface Selection {
  readonly inverted: boolean;
  readonly patterns: readonly string[];
  /** Some pattern holds policy variables (template.ts). */
  readonly variables?: true;
}

/** Whether actions may be CodeCommit's: those of another service by its name cannot. */
export function mayBeOfCodeCommit({ inverted, patterns }: Selection): boolean {
  return (
    inverted ||
    patterns.some((pattern) => {
      const [service = ""] = pattern.split(":");
      return !pattern.includes(":") || actionMatches(service, "codecommit");
    })
  );
}

const ELEMENTS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

/**
 * Reads a policy document.
 * @param source the document, as JSON text or as the object that such text stands for
 * @param name what messages and decisions call the policy
 * @throws UnsupportedPolicyError for anything that is not understood; it names the policy, statement and element
 */
export function parsePolicy(source: unknown, name: string): Policy {
  const at = (element: string): Place => ({ policy: name, element });
  const document = typeof source === "string" ? parseJson(source, at("document")) : source;
  if (!isRecord(document)) {
    throw new UnsupportedPolicyError(at("document"), `expected a JSON object, given ${shown(document)}`);
  }
  const unknown = Object.keys(document).find((element) => element !== "Version" && element !== "Statement");
  if (unknown !== undefined) {
    throw new UnsupportedPolicyError(
      at(unknown),
      "this element is not understood; expected Version and Statement",
    );
  }
  const version = parseVersion(document.Version, at("Version"));
  const list: unknown[] = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (list.length === 0) throw new UnsupportedPolicyError(at("Statement"), "expected at least one statement");
  const statements = list.map((statement, index) => parseStatement(statement, index, name, version));
  const labels = statements.map(({ label }) => label);
  const repeated = labels.find((label, index) => labels.indexOf(label) !== index);
  if (repeated !== undefined) {
    throw new UnsupportedPolicyError({ ...at("Sid"), statement: repeated }, "two statements share this Sid");
  }
  return { name, version, statements };
}

/** A missing Version means 2008-10-17; the default policy of a VPC endpoint has none. */
function parseVersion(version: unknown, place: Place): Policy["version"] {
  if (version === undefined || version === "2008-10-17") return "2008-10-17";
  if (version === "2012-10-17") return version;
  throw new UnsupportedPolicyError(place, `expected "2012-10-17" or "2008-10-17", given ${shown(version)}`);
}

function parseStatement(
  statement: unknown,
  index: number,
  policy: string,
  version: Policy["version"],
): Statement {
  const position = `Statement[${index}]`;
  if (!isRecord(statement)) {
    throw new UnsupportedPolicyError(
      { policy, element: position },
      `expected an object, given ${shown(statement)}`,
    );
  }
  const { Sid: sid, Effect: effect, Condition: condition } = statement;
  const variables = version === "2012-10-17";
  if (sid !== undefined && typeof sid !== "string") {
    throw new UnsupportedPolicyError(
      { policy, statement: position, element: "Sid" },
      `expected text, given ${shown(sid)}`,
    );
  }
  const label = sid === undefined || sid === "" ? position : sid;
  const at = (element: string): Place => ({ policy, statement: label, element });
  const unknown = Object.keys(statement).find((element) => !ELEMENTS.includes(element));
  if (unknown !== undefined) {
    throw new UnsupportedPolicyError(
      at(unknown),
      `this element is not understood; expected one of ${ELEMENTS.join(", ")}`,
    );
  }
  if (effect !== "Allow" && effect !== "Deny") {
    throw new UnsupportedPolicyError(at("Effect"), `expected "Allow" or "Deny", given ${shown(effect)}`);
  }
  return {
    label,
    effect,
    ...parseWho(statement, at),
    actions: parseSelection(statement, "Action", checkActionPattern, at),
    resources: parseResources(statement, variables, at),
    conditions:
      condition === undefined ? [] : parseConditionBlock(condition, { policy, statement: label }, variables),
  };
}

/**
 * Reads Principal or NotPrincipal. AWS takes the latter with a Deny alone
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html).
 */
function parseWho(
  { Effect: effect, Principal: principal, NotPrincipal: others }: Record<string, unknown>,
  at: (element: string) => Place,
): Pick<Statement, "principals" | "notPrincipals"> {
  if (others === undefined)
    return principal === undefined ? {} : { principals: parsePrincipals(principal, at("Principal")) };
  if (principal !== undefined || effect !== "Deny") {
    const problem =
      effect === "Deny" ? "expected no Principal beside it" : "expected it in a Deny only; write Principal";
    throw new UnsupportedPolicyError(at("NotPrincipal"), problem);
  }
  return { notPrincipals: parsePrincipals(others, at("NotPrincipal")) };
}

/** The resources, where patterns may hold policy variables. */
function parseResources(
  statement: Record<string, unknown>,
  variables: boolean,
  at: (element: string) => Place,
): Selection {
  const withVariables = (text: string) => variables && holdsVariables(text);
  const check = (pattern: string, place: Place): void => {
    const pieces = withVariables(pattern) ? parseTemplate(pattern) : undefined;
    if (pieces === undefined) checkResourcePattern(pattern, place);
    else if (typeof pieces === "string") throw new UnsupportedPolicyError(place, pieces);
    else {
      // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
      const [first] = pieces.filter(({ kind }) => kind === "variable");
      const before = first === undefined ? pieces : pieces.slice(0, pieces.indexOf(first));
      if (first !== undefined && sampleOf(before).split(":").length < 6)
        throw new UnsupportedPolicyError(place, "a policy variable stands before the ARN's fifth colon");
      checkResourcePattern(sampleOf(pieces), place);
    }
  };
  const selection = parseSelection(statement, "Resource", check, at);
  return selection.patterns.some(withVariables) ? { ...selection, variables: true } : selection;
}

/** The text with an ordinary character for each variable. */
function sampleOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === "written" ? piece.text : "x")).join("");
}

/** Reads an element or its Not-form, exactly one of which a statement must have. */
function parseSelection(
  statement: Record<string, unknown>,
  element: "Action" | "Resource",
  check: (pattern: string, place: Place) => void,
  at: (element: string) => Place,
): Selection {
  const inverted = statement[element] === undefined;
  const used = inverted ? `Not${element}` : element;
  if ((statement[`Not${element}`] === undefined) === inverted) {
    throw new UnsupportedPolicyError(at(element), `expected exactly one of ${element} and Not${element}`);
  }
  const patterns = stringsOf(statement[used], at(used));
  for (const pattern of patterns) check(pattern, at(used));
  return { inverted, patterns };
}

function checkActionPattern(pattern: string, place: Place): void {
  if (!/^(\*|(\*|[a-z0-9-]+):[a-z0-9*?]+)$/i.test(pattern)) {
    throw new UnsupportedPolicyError(
      place,
      `expected e.g. "codecommit:GitPull" or "*", given ${shown(pattern)}`,
    );
  }
}

/**
 * A `*` at the end of a component crosses colons, and so `arn:aws:codecommit:*` covers every repository. Whether
 * another one does is unclear, so it is refused where that matters: in a pattern of fewer than six components. (In
 * one of six, no wildcard can cross a colon of an ARN that has only five.)
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
function checkResourcePattern(pattern: string, place: Place): void {
  if (pattern === "*") return;
  const unclear = pattern.split(":").length < 6 && /\*[^*:]|\?/.test(pattern);
  // AWS takes no wildcard in the service.
  if (unclear || !/^arn:[^:]+:[a-z0-9-]+:./.test(pattern)) {
    throw new UnsupportedPolicyError(
      place,
      `expected "*" or e.g. "arn:aws:codecommit:eu-west-1:111122223333:team-*", given ${shown(pattern)}`,
    );
  }
}

function parsePrincipals(element: unknown, place: Place): Principal[] {
  if (element === "*") return [{ kind: "everyone" }];
  if (!isRecord(element) || Object.keys(element).join() !== "AWS") {
    throw new UnsupportedPolicyError(place, `expected "*" or {"AWS": …}, given ${shown(element)}`);
  }
  return stringsOf(element.AWS, place).map((text) => {
    if (text === "*") return { kind: "everyone" };
    if (/^[0-9]{12}$/.test(text)) return { kind: "account", account: text };
    const arn = parseIdentityArn(text);
    if (arn === undefined) {
      throw new UnsupportedPolicyError(
        place,
        `expected "*", an account's twelve digits, or the ARN of an IAM user, a role or an account's root, ` +
          `given ${shown(text)}`,
      );
    }
    return arn.type === "root" ? { kind: "account", account: arn.account } : { kind: "identity", arn: text };
  });
}

function stringsOf(value: unknown, place: Place): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every((item) => typeof item === "string")) {
    throw new UnsupportedPolicyError(place, `expected text or a list of texts, given ${shown(value)}`);
  }
  return list;
}

/** JSON.parse, but of two entries with the same name it would drop one in silence. */
function parseJson(text: string, place: Place): unknown {
  if (nestsTooDeeply(text))
    throw new UnsupportedPolicyError(
      place,
      `expected at most ${MOST_LEVELS} lists and objects inside of each other`,
    );
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnsupportedPolicyError(place, `expected JSON: ${errorText(error)}`);
  }
  if (repeatsNames(text, value)) {
    throw new UnsupportedPolicyError(
      place,
      "an object has two entries with the same name; expected each name once",
    );
  }
  return value;
}
