/** The file of those who may sign: that nobody else can change it, and that ssh-keygen will find somebody in it. */
import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
import { errorText } from "../../facts/errorText";
import type { PullOptions } from "./options";
import { mayOthersWrite } from "./otherWriters";
import { printable } from "./printable";
import { UsageError } from "../usageError";

/** What is checked must not bring its own keys, and nobody else may add some. @throws UsageError */
export function checkSigners({ allowedSigners, folder }: PullOptions): void {
  if (allowedSigners === undefined) return;
  let file: string;
  try {
    file = realpathSync(allowedSigners);
    if (!statSync(file).isFile()) throw new Error("it is not a file");
    if (mayOthersWrite(file)) throw new Error(`others may write ${file}, or its folder; chmod go-w both`);
  } catch (error) {
    throw new UsageError(`--allowed-signers cannot be read: ${errorText(error)}`);
  }
  const within = existsSync(folder) ? realpathSync(folder) : folder;
  if (`${file}${sep}`.startsWith(`${within}${sep}`))
    throw new UsageError(
      `--allowed-signers lies in the clone itself, so what is checked could bring its own keys; keep the file outside of ${folder}.`,
    );
  checkContent(readFileSync(file));
}

/**
 * Whether ssh-keygen finds anybody in the file. It passes over whatever it cannot read, so that each commit would look
 * badly signed. ALLOWED SIGNERS in https://man.openbsd.org/ssh-keygen
 */
function checkContent(content: Buffer): void {
  const isUtf16 =
    content.includes(0) || [0xfffe, 0xfeff].includes(content.length > 1 ? content.readUInt16BE() : 0);
  const hasMark = content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  const refuse = (why: string) =>
    new UsageError(
      `--allowed-signers names nobody whom ssh-keygen finds: ${why}. Expected lines like this, names first and then the key:\n` +
        "  alice@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI…",
    );
  if (isUtf16) throw refuse("the file is UTF-16; save it as UTF-8 without a byte order mark");
  if (hasMark) throw refuse("the file begins with a byte order mark; save it as UTF-8 without one");
  const lines = content
    .toString()
    .split(/\r?\n/)
    .map((text, at) => ({ text: text.trim(), number: at + 1 }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
  const [first] = lines;
  if (first === undefined) throw refuse("the file is empty, or has comments only");
  if (lines.some(({ text }) => namesSomebody(text))) return;
  const what = isKey(words(first.text)) ? "has the key first, as in authorized_keys" : "is not in its format";
  throw refuse(`line ${first.number} ${what}: "${printable(first.text.slice(0, 100))}"`);
}

/** Names, perhaps options, and a key. */
function namesSomebody(line: string): boolean {
  const [names = "", ...rest] = words(line);
  if (names === "" || isKey([names, ...rest])) return false;
  const isOption = (word: string) =>
    /^(cert-authority|(namespaces|valid-after|valid-before)=.+)$/i.test(word);
  const [first = ""] = rest;
  return isKey(first.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/).every(isOption) ? rest.slice(1) : rest);
}

/** Words, of which a quoted part may hold spaces. */
function words(line: string): string[] {
  return line.match(/(?:"[^"]*"|[^\s"])+/g) ?? [];
}

/** A key's kind stands before it and, with its length, within it: https://www.rfc-editor.org/rfc/rfc4253#section-6.6 */
function isKey([kind = "", key = ""]: readonly string[]): boolean {
  const bytes = Buffer.from(key, "base64");
  return bytes.length > 4 && bytes.subarray(4, 4 + bytes.readUInt32BE()).toString("latin1") === kind;
}
