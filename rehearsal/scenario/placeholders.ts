/** What in the stack files is still the sample's: values that stand for somebody's own, and are reserved for that. */
import { isRecord } from "../../facts/record";
import { isDocumentation } from "../../facts/ipv4";
import { renderPath } from "../../components/schema/problems";
import type { StackFile } from "../engines/in-process/stackFiles";

/** A value that is to be replaced before the stack is deployed. */
export interface Placeholder {
  file: string;
  line?: number;
  key: string;
  value: string;
}

/** The values that stand for somebody's own: reserved ones, which nothing real has, and words of the samples. */
const reserved: readonly ((text: string, key: PropertyKey | undefined) => boolean)[] = [
  // Addresses, with or without a prefix length: RFC 5737.
  (text) => isDocumentation(text.replace(/\/[0-9]+$/, "")),
  // Hosts, in mail addresses and URLs too: RFC 2606 and RFC 6761.
  (text) => /(?:^|[.@/])example(?:\.(?:com|net|org))?(?=$|[:/])/.test(text),
  // The account of AWS's own examples, and the certificate in it.
  (text) => /(?:^|:)123456789012(?::|$)/.test(text),
  (text) => text.startsWith("your-organization/"),
  (text, key) => key === "owner" && text === "you",
];

/** The placeholders of a stack's own file, in the order in which they stand there. */
export function placeholdersIn(file: StackFile): Placeholder[] {
  return textsIn([], file.own).flatMap(({ path, text }) => {
    if (!reserved.some((isReserved) => isReserved(text, path.at(-1)))) return [];
    const { file: name, line } = file.placeOf(path);
    return [{ file: name, line, key: renderPath(path), value: text }];
  });
}

function textsIn(path: PropertyKey[], value: unknown): { path: PropertyKey[]; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((one, index) => textsIn([...path, index], one));
  return isRecord(value) ? Object.entries(value).flatMap(([key, one]) => textsIn([...path, key], one)) : [];
}
