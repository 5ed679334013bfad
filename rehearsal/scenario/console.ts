/** What the rehearsal prints while it runs: numbered chapters, and a line for each thing that was seen. */
import pc from "picocolors";

/** Goes to the beginning of the line and empties it. */
const clearLine = "\r\x1b[K";

/** Standard output or standard error; on a terminal it knows how wide that is. */
export type Screen = NodeJS.WritableStream & { isTTY?: boolean; columns?: number };

/** Writes for people; to standard error when standard output is for a machine. Long lines are folded on a terminal. */
export class Console {
  readonly #write: (text: string) => void;
  readonly #colours: ReturnType<typeof pc.createColors>;
  #chapter = 0;

  constructor(private readonly stream: Screen) {
    // A CI's log, for which picocolors turns colours on, is not a terminal.
    this.#colours = pc.createColors(stream.isTTY === true && pc.isColorSupported);
    this.#write = (text) => stream.write(`${stream.isTTY === true ? clearLine : ""}${text}\n`);
  }

  title(text: string): void {
    this.#write(this.#folded(text, 0, this.#colours.bold));
  }

  chapter(text: string): void {
    this.#chapter += 1;
    this.#write(`\n${this.#colours.bold(`${this.#chapter}. ${text}`)}`);
  }

  /** Begins a list at the end that belongs to no chapter. */
  heading(text: string): void {
    this.#write(`\n${this.#folded(text, 0)}`);
  }

  item(text: string): void {
    this.#write(`  ${this.#folded(text, 4)}`);
  }

  /** Something was seen: as expected, or not. */
  seen(passed: boolean, text: string, detail?: string): void {
    const mark = passed ? this.#colours.green("✔") : this.#colours.red("✘");
    this.#write(`  ${mark} ${this.#folded(text, 4)}`);
    if (detail !== undefined) this.note(detail);
  }

  note(text: string): void {
    this.#write(`      ${this.#folded(text, 6, this.#colours.dim)}`);
  }

  warn(text: string): void {
    this.#write(`  ${this.#colours.yellow("!")} ${this.#folded(text, 4)}`);
  }

  /** A line that shows that something goes on: on a terminal, in the place of the last one; else not at all. */
  passing(text: string): void {
    if (this.stream.isTTY !== true) return;
    this.stream.write(clearLine + this.#colours.dim(text.slice(0, (this.stream.columns ?? 80) - 1)));
  }

  /** The verdict, and how long it took. */
  end(passed: boolean, text: string, duration: string): void {
    const verdict = this.#colours.bold(text);
    this.#write(
      `\n${passed ? this.#colours.green(verdict) : this.#colours.red(verdict)} ${this.#colours.dim(duration)}`,
    );
  }

  /** Breaks a line between words where the terminal ends, and begins the next ones below the first, so indented. */
  #folded(text: string, indent: number, colour = (line: string) => line): string {
    const width = this.stream.isTTY === true ? (this.stream.columns ?? 80) - indent : Infinity;
    const lines = [""];
    for (const word of text.split(" ")) {
      const line = lines.at(-1) ?? "";
      if (line !== "" && line.length + 1 + word.length > width) lines.push(word);
      else lines[lines.length - 1] = line === "" ? word : `${line} ${word}`;
    }
    return lines.map(colour).join(`\n${" ".repeat(indent)}`);
  }
}
