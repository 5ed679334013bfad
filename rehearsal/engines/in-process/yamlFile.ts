/** A YAML file of the clone, and where in it each value stands. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import { isRecord } from "../../../facts/record";
import { inOneLine } from "../../../components/schema/problems";
import { RehearsalError } from "../../rehearsalError";

/** A place in a file; without a line where the file cannot be read at all. */
export interface Place {
  file: string;
  line?: number;
  column?: number;
}

/** One thing that is wrong with a file, where it stands. */
export interface FileProblem extends Place {
  /** A sentence, which says what to do. */
  text: string;
}

/** As editors and compilers write it: `Pulumi.dev.yaml:13`. */
export function renderPlace({ file, line, column }: Place): string {
  return [file, line, column].filter((part) => part !== undefined).join(":");
}

/** All that keeps files from being rehearsed, each problem one line of the message. */
export class StackFilesError extends RehearsalError {
  constructor(readonly problems: readonly FileProblem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    super(
      [
        `${count} in the stack files; nothing was stood up:`,
        ...problems.map((problem) => `  ${renderPlace(problem)}: ${inOneLine(problem.text)}`),
      ].join("\n"),
    );
    this.name = "StackFilesError";
  }
}

/** A file whose root is a map. */
export class YamlFile {
  private constructor(
    readonly name: string,
    /** What it holds, as plain values. */
    readonly values: Readonly<Record<string, unknown>>,
    private readonly document: Document.Parsed,
    private readonly counter: LineCounter,
  ) {}

  /** @throws StackFilesError when there is no such file, it is not YAML, or it is empty */
  static read(root: string, name: string): YamlFile {
    const counter = new LineCounter();
    // Merge keys, because Pulumi's own reader of YAML knows them.
    const options = { lineCounter: counter, prettyErrors: false, logLevel: "silent", merge: true } as const;
    const document = parseDocument(textOf(root, name), options);
    if (document.errors.length > 0) {
      throw new StackFilesError(
        document.errors.map(({ pos, message }) => {
          const { line, col: column } = counter.linePos(pos[0]);
          return { file: name, line, column, text: `is not YAML here (${message.split("\n", 1).join()})` };
        }),
      );
    }
    const values = valuesOf(document, name);
    if (isRecord(values)) return new YamlFile(name, values, document, counter);
    const what = values === null || values === undefined ? "is empty" : "is not keys with values";
    throw new StackFilesError([{ file: name, line: 1, text: `the file ${what}; ${restore(name)}` }]);
  }

  /** Where the innermost part of the path that the file has stands: of a key its line, of a list's item the item's. */
  placeOf(path: readonly PropertyKey[]): Place {
    let node: unknown = this.document.contents;
    let at = 0;
    for (const step of path) {
      const found = this.#inside(node, step);
      if (found === undefined) break;
      ({ node, at } = found);
    }
    return { file: this.name, line: this.counter.linePos(at).line };
  }

  #inside(node: unknown, step: PropertyKey): { node: unknown; at: number } | undefined {
    const target: unknown = isAlias(node) ? node.resolve(this.document) : node;
    if (isSeq<Node>(target) && typeof step === "number") {
      const item = target.items[step];
      return item?.range ? { node: item, at: item.range[0] } : undefined;
    }
    if (!isMap(target)) return undefined;
    const pair = target.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
    return pair && isScalar(pair.key) && pair.key.range
      ? { node: pair.value, at: pair.key.range[0] }
      : undefined;
  }
}

/** What to do about a file that is gone or empty. */
export function restore(name: string): string {
  return `"git checkout -- ${name}" brings the sample back`;
}

function textOf(root: string, name: string): string {
  try {
    return readFileSync(join(root, name), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const why =
      code === "ENOENT" ? `there is no such file in ${root}` : `cannot be read (${String(code ?? error)})`;
    throw new StackFilesError([{ file: name, text: `${why}; ${restore(name)}` }]);
  }
}

function valuesOf(document: Document.Parsed, file: string): unknown {
  try {
    const values: unknown = document.toJS();
    // What refers to itself has no end.
    JSON.stringify(values);
    return values;
  } catch (error) {
    const message = error instanceof Error ? error.message.split("\n", 1).join() : String(error);
    throw new StackFilesError([{ file, line: 1, text: `its aliases cannot be followed: ${message}` }]);
  }
}
