/** Text that people's tools have written, whether a file, standard input or what another command printed. */
import { createReadStream } from "node:fs";
import { errorText } from "../facts/errorText";
import { MOST_LEVELS, nestsTooDeeply } from "../facts/json";
import { printable } from "./pull/printable";
import { UsageError } from "./usageError";

/**
 * The most that is read, in bytes. The exports of the largest system that fits into IAM's limits are some megabytes;
 * what is far beyond them is something else, or made to keep the reader busy.
 */
export const MOST_BYTES = 64 * 1024 * 1024;

/** The bound, for messages. */
export const MOST = `${MOST_BYTES / 1024 / 1024} MiB`;

/**
 * The text of a file, or of standard input. A pipe may be one that does not block, so it is read as a stream:
 * https://nodejs.org/api/process.html#a-note-on-process-io
 * @param file "-" is standard input
 * @throws UsageError when it cannot be read, is larger than `MOST_BYTES`, or is not text
 */
export async function readTextFile(file: string): Promise<string> {
  const name = file === "-" ? "standard input" : file;
  let bytes: Buffer;
  try {
    bytes = await readBounded(file === "-" ? process.stdin : createReadStream(file));
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${errorText(error)}`);
  }
  if (bytes.length > MOST_BYTES)
    throw new UsageError(`${name} is larger than ${MOST}, which is the most that is read.`);
  const text = decode(bytes);
  if (text === undefined)
    throw new UsageError(
      `${name} is not text in UTF-8, nor in UTF-16 with a byte order mark. Save it as UTF-8; in PowerShell: ` +
        "COMMAND | Out-File -Encoding utf8 FILE",
    );
  return text;
}

/** A little more than the bound where there is more. */
async function readBounded(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(bytes);
    length += bytes.length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(chunks);
}

/**
 * Text in UTF-8, with or without a byte order mark, or in UTF-16 with one, as `>` of Windows PowerShell writes it:
 * https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.core/about/about_character_encoding
 * @returns undefined for what is neither. No text holds a zero byte: it would be UTF-16 or UTF-32 without a mark
 */
export function decode(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const utf16 =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff && "utf-16be";
  try {
    // It takes the mark off.
    const text = new TextDecoder(utf16 || "utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/**
 * What a JSON text says.
 * @throws NotJson with what is wrong with it, as the end of a sentence
 */
export function readJson(text: string): unknown {
  if (text.trim() === "") throw new NotJson("is empty");
  if (nestsTooDeeply(text)) throw new NotJson(`holds values more than ${MOST_LEVELS} levels deep`);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser quotes what it met.
    throw new NotJson(`is not JSON (${printable(errorText(error))})`);
  }
}

/** A text is not JSON that can be read. */
export class NotJson extends Error {}
