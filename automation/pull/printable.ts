/** Text from elsewhere, made safe for a terminal. */

/** Control and format characters (escape sequences, reversed writing, what has no width), line and paragraph separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A header, setting or variable whose value is a secret, as git's traces print them, up to the end of the line. */
const SECRET = /((?:authorization|cookie|token|password|passwd|secret|api-?key)["\]]*\s*[:=]\s*)[^\r\n]+/gi;

/** The text with every character that a terminal would obey, or not show, written as its code: `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/**
 * Many lines of another program: line breaks and carriage returns stay, no URL keeps its user or password, and no header
 * its secret. CodeCommit's passwords often have a slash in them.
 */
export function printableLines(text: string): string {
  return text
    .replace(/\/\/\S*@/g, "//")
    .replace(SECRET, "$1<redacted>")
    .replace(/[^\r\n]+/g, printable);
}
