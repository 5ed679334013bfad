/** What the rehearsal prints while it runs: numbered chapters, and a line for each thing that was seen. */
import pc from "picocolors";

/** Goes to the beginning of the line and empties it. */
const clearLine = "\r\x1b[K";

/** Writes for people; to standard error when standard output is for a machine. */
export class Console {
  readonly #write: (text: string) => void;
  #chapter = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {
    this.#write = (text) => stream.write(`${stream.isTTY ? clearLine : ""}${text}\n`);
  }

  title(text: string): void {
    this.#write(pc.bold(text));
  }

  chapter(text: string): void {
    this.#chapter += 1;
    this.#write(`\n${pc.bold(`${this.#chapter}. ${text}`)}`);
  }

  /** Something was seen: as it must be, or not. */
  seen(asItMust: boolean, text: string, detail?: string): void {
    const mark = asItMust ? pc.green("✔") : pc.red("✘");
    this.#write(`  ${mark} ${text}`);
    if (detail !== undefined) this.#write(pc.dim(`      ${detail}`));
  }

  note(text: string): void {
    this.#write(pc.dim(`      ${text}`));
  }

  warn(text: string): void {
    this.#write(`  ${pc.yellow("!")} ${text}`);
  }

  /** A line that shows that something goes on: on a terminal, in the place of the last one; else not at all. */
  passing(text: string): void {
    if (!this.stream.isTTY) return;
    this.stream.write(clearLine + pc.dim(text.slice(0, this.stream.columns - 1)));
  }

  /** The verdict, and how long it took. */
  end(asItMust: boolean, text: string, duration: string): void {
    const verdict = pc.bold(text);
    this.#write(`\n${asItMust ? pc.green(verdict) : pc.red(verdict)} ${pc.dim(duration)}`);
  }
}
