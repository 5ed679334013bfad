/** Puts a request's values in the place of policy variables (template.ts). */
import type { RequestContext } from "./request";
import { glyphsOf, type Glyph } from "./match";
import type { Selection, Statement } from "./policy";
import { parseTemplate, type Piece } from "./template";

/** Texts of a policy, with or without variables. */
interface Texts {
  readonly variables?: true;
}

/**
 * A text as a pattern, with the request's values in it.
 * @param of what the text is of, which says whether it may hold variables
 * @returns undefined where the request lacks a key that has no default: such a text matches nothing
 */
export function expand(text: string, of: Texts, context: RequestContext): Glyph[] | undefined {
  if (of.variables === undefined) return glyphsOf(text);
  const expanded = piecesOf(text).map((piece) => expandPiece(piece, context));
  const resolved = expanded.filter((glyphs) => glyphs !== undefined);
  return resolved.length === expanded.length ? resolved.flat() : undefined;
}

function expandPiece(piece: Piece, context: RequestContext): Glyph[] | undefined {
  if (piece.kind === "written") return glyphsOf(piece.text);
  const text = piece.kind === "literal" ? piece.text : (context.get(piece.key)?.[0] ?? piece.fallback);
  return text === undefined ? undefined : Array.from(text);
}

/** The variables of a statement that have neither a value in the request nor a default. */
export function unresolved({ resources, conditions }: Statement, context: RequestContext): string[] {
  const texts = [
    textsOf(resources.patterns, resources),
    ...conditions.map((one) => textsOf(one.values, one)),
  ];
  return texts
    .flat()
    .flatMap(piecesOf)
    .flatMap((piece) =>
      piece.kind === "variable" && piece.fallback === undefined && !context.has(piece.key) ? [piece.key] : [],
    );
}

function textsOf(texts: readonly string[], of: Texts | Selection): readonly string[] {
  return of.variables === undefined ? [] : texts;
}

/** The parser has let only texts pass that can be taken apart. */
function piecesOf(text: string): readonly Piece[] {
  const pieces = parseTemplate(text);
  if (typeof pieces === "string") throw new Error(pieces);
  return pieces;
}
