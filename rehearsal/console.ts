/** What the rehearsal prints while it runs: numbered chapters, and a line for each thing that was seen. */
import pc from "picocolors";

/** Goes to the beginning of the line and empties it. */
const clearLine = "\r\x1b[K";

/** Writes for people; to standard error when standard output is for a machine. */
export class Console {
  readonly #write: (text: string) => void;
  readonly #colours: ReturnType<typeof pc.createColors>;
  #chapter = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {
    // A CI's log, for which picocolors turns colours on, is no terminal.
    this.#colours = pc.createColors(stream.isTTY ? pc.isColorSupported : false);
    this.#write = (text) => stream.write(`${stream.isTTY ? clearLine : ""}${text}\n`);
  }

  title(text: string): void {
    this.#write(this.#colours.bold(text));
  }

  chapter(text: string): void {
    this.#chapter += 1;
    this.#write(`\n${this.#colours.bold(`${this.#chapter}. ${text}`)}`);
  }

  /** Something was seen: as it must be, or not. */
  seen(asItMust: boolean, text: string, detail?: string): void {
    const mark = asItMust ? this.#colours.green("✔") : this.#colours.red("✘");
    this.#write(`  ${mark} ${text}`);
    if (detail !== undefined) this.#write(this.#colours.dim(`      ${detail}`));
  }

  note(text: string): void {
    this.#write(this.#colours.dim(`      ${text}`));
  }

  warn(text: string): void {
    this.#write(`  ${this.#colours.yellow("!")} ${text}`);
  }

  /** A line that shows that something goes on: on a terminal, in the place of the last one; else not at all. */
  passing(text: string): void {
    if (!this.stream.isTTY) return;
    this.stream.write(clearLine + this.#colours.dim(text.slice(0, this.stream.columns - 1)));
  }

  /** The verdict, and how long it took. */
  end(asItMust: boolean, text: string, duration: string): void {
    const verdict = this.#colours.bold(text);
    this.#write(
      `\n${asItMust ? this.#colours.green(verdict) : this.#colours.red(verdict)} ${this.#colours.dim(duration)}`,
    );
  }
}
