/** Policy variables that follow from who asks; others differ between requests of one requester. */
import { parseIdentityArn } from "../../facts/arn";
import type { Condition } from "../iam/conditionBlock";
import type { ConditionKey } from "../iam/keys";
import type { Statement } from "../iam/policy";
import { parseTemplate, type Piece } from "../iam/template";
import { hasWildcards } from "./pattern";
import type { Requester } from "./region";

/** What every request of the requester says of a key; undefined for keys that differ between them. */
export function knownValue(
  key: ConditionKey,
  { arn, account }: Requester,
): { readonly value: string | undefined } | undefined {
  const isUser = parseIdentityArn(arn)?.type === "user";
  const isRoot = parseIdentityArn(arn)?.type === "root";
  switch (key) {
    case "aws:PrincipalArn":
      return { value: arn };
    case "aws:PrincipalAccount":
      return { value: account };
    case "aws:PrincipalType":
      if (isRoot) return { value: "Account" };
      if (/:federated-user\//.test(arn)) return { value: "FederatedUser" };
      return { value: isUser ? "User" : "AssumedRole" };
    case "aws:username":
      return { value: isUser ? arn.slice(arn.lastIndexOf("/") + 1) : undefined };
    default:
      return undefined;
  }
}

/** Keys that say who asks: the same in every request of a requester. */
export const REQUESTER_KEYS: ReadonlySet<ConditionKey> = new Set<ConditionKey>([
  "aws:PrincipalArn",
  "aws:PrincipalAccount",
  "aws:PrincipalType",
  "aws:username",
]);

/** A text of a policy with its variables resolved. */
export interface Resolved {
  readonly text: string;
  /** Where characters stand for themselves, also `*` and `?`. */
  readonly literal: boolean;
}

/** What a text is of; it says whether variables are in it. */
export interface Texts {
  readonly variables?: true;
}

/** Stands for whoever asks, where that makes no difference. */
export const ANYBODY: Requester = { arn: "", account: "" };

/** The requesters that a text's meaning depends on. */
export function affectedRequesters(of: Texts, requesters: readonly Requester[]): readonly Requester[] {
  return of.variables === undefined ? [ANYBODY] : requesters;
}

/** @returns undefined where the requester has no value for a variable, and the text no default: it matches nothing */
export function resolve(text: string, of: Texts, requester: Requester): readonly Resolved[] | undefined {
  if (of.variables === undefined) return [{ text, literal: false }];
  const resolved: Resolved[] = [];
  for (const piece of piecesOf(text)) {
    const value = piece.kind === "variable" ? valueOf(piece, requester) : piece.text;
    if (value === undefined) return undefined;
    resolved.push({ text: value, literal: piece.kind !== "written" });
  }
  return resolved;
}

type Variable = Extract<Piece, { kind: "variable" }>;

function valueOf(piece: Variable, requester: Requester): string | undefined {
  return knownValue(piece.key, requester)?.value ?? piece.fallback;
}

/** The first variable of a statement, if there is one. */
export function anyVariable(statement: Statement): ConditionKey | undefined {
  return variablesOf(statement)[0]?.key;
}

/** The variables of a statement that have neither a value for the requester nor a default. */
export function unresolved(statement: Statement, requester: Requester): ConditionKey[] {
  return variablesOf(statement)
    .filter((variable) => valueOf(variable, requester) === undefined)
    .map(({ key }) => key);
}

/** The first variable of a statement that does not follow from who asks. */
export function strangeVariable(statement: Statement): ConditionKey | undefined {
  return variablesOf(statement).find(({ key }) => !REQUESTER_KEYS.has(key))?.key;
}

function variablesOf({ resources, conditions }: Statement): Variable[] {
  const texts = [
    ...(resources.variables === undefined ? [] : resources.patterns),
    ...conditions.flatMap(({ variables, values }) => (variables === undefined ? [] : values)),
  ];
  return texts.flatMap(piecesOf).filter((piece) => piece.kind === "variable");
}

/** Whether a value has a wildcard that stands for itself, as an escape or in a variable's default. */
export function holdsLiteralWildcards({ variables, values }: Condition): boolean {
  if (variables === undefined) return false;
  return values.flatMap(piecesOf).some((piece) => {
    if (piece.kind === "written") return false;
    return hasWildcards((piece.kind === "literal" ? piece.text : piece.fallback) ?? "");
  });
}

/** The parser has let only texts pass that can be taken apart. */
function piecesOf(text: string): readonly Piece[] {
  const pieces = parseTemplate(text);
  if (typeof pieces === "string") throw new Error(pieces);
  return pieces;
}
