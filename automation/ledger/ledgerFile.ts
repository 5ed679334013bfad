/** A ledger as a file: that it is nobody else's, that lines are only added to it, and that they outlive a loss of power. */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  ftruncateSync,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { errorText } from "../../facts/errorText";
import { mayOthersWrite } from "../pull/otherWriters";
import { takeLock } from "../pull/lockFile";
import { UsageError } from "../usageError";
import {
  BrokenChain,
  beginning,
  nextLine,
  readChain,
  TornLine,
  type Content,
  type Head,
  type Link,
} from "./chain";
import { ForeignLine, readEntries, type Entry } from "./entries";

/** How long another pull that adds a line is waited for. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 20;

/** What a ledger holds. */
export interface Held {
  links: Link[];
  entries: Entry[];
  head: Head;
}

/** A ledger is not as it was written. */
export class DamagedLedger extends UsageError {}

export class LedgerFile {
  private constructor(
    /** Its name as it was given. */
    readonly name: string,
    private readonly path: string,
  ) {}

  /**
   * A ledger to add to, which need not be there yet.
   * @param clone that it must not be in
   * @throws UsageError
   */
  static open(name: string, clone: string): LedgerFile {
    let path: string;
    try {
      path = join(realpathSync(dirname(name)), basename(name));
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (found?.isSymbolicLink() === true) throw new Error("it is a symbolic link; name the file itself");
      if (found !== undefined && !found.isFile()) throw new Error("it is not a regular file");
      // Windows has no such ids.
      const self = process.getuid?.();
      if (found !== undefined && self !== undefined && found.uid !== self)
        throw new Error("it belongs to somebody else, who may write it");
      if (mayOthersWrite(path))
        throw new Error(
          `others may write ${found === undefined ? "its folder" : "it, or its folder"}; chmod go-w both`,
        );
    } catch (error) {
      throw new UsageError(`--ledger ${name} cannot be used: ${errorText(error)}.`);
    }
    const within = existsSync(clone) ? realpathSync(clone) : clone;
    if (`${path}${sep}`.startsWith(`${within}${sep}`))
      throw new UsageError(
        `--ledger ${name} lies in the clone itself, where what comes in could take its place; keep it outside of ${clone}.`,
      );
    const file = new LedgerFile(name, path);
    file.read();
    return file;
  }

  /** A ledger to be read, wherever it is. @throws UsageError */
  static toRead(name: string): LedgerFile {
    const found = statSync(name, { throwIfNoEntry: false });
    if (found?.isFile() !== true)
      throw new UsageError(
        `The ledger ${name} is ${found === undefined ? "not there" : "not a regular file"}.`,
      );
    return new LedgerFile(name, name);
  }

  /** @throws DamagedLedger; UsageError where it cannot be read */
  read(): Held {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.path);
    } catch (error) {
      if (isMissing(error)) return { links: [], entries: [], head: beginning };
      throw new UsageError(`The ledger ${this.name} cannot be read: ${errorText(error)}.`);
    }
    try {
      const links = readChain(bytes);
      return { links, entries: readEntries(links), head: links.at(-1) ?? beginning };
    } catch (error) {
      throw this.#damaged(error);
    }
  }

  /**
   * Adds a line behind those that are there, and returns when it is on the disk.
   * @param next told what is there; undefined where there is nothing to add
   * @throws Error where it cannot be written; then nothing was added
   */
  async append(next: (held: Held) => Content | undefined): Promise<Head | undefined> {
    const unlock = await this.#lock();
    try {
      const held = this.read();
      const content = next(held);
      if (content === undefined) return undefined;
      const line = nextLine(held.head, content);
      this.#write(line);
      return readChain(Buffer.from(line), held.head)[0];
    } finally {
      unlock();
    }
  }

  #write(line: string): void {
    const { O_APPEND, O_CREAT, O_WRONLY, O_NOFOLLOW } = constants;
    const isNew = !existsSync(this.path);
    // Windows knows no O_NOFOLLOW.
    const file = openSync(
      this.path,
      O_APPEND | O_CREAT | O_WRONLY | ((O_NOFOLLOW as number | undefined) ?? 0),
      0o600,
    );
    const before = fstatSync(file).size;
    try {
      const bytes = Buffer.from(line);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } catch (error) {
      takeBack(file, before);
      throw new Error(`The ledger ${this.name} cannot be written: ${errorText(error)}`, { cause: error });
    } finally {
      closeSync(file);
    }
    if (isNew) syncFolder(dirname(this.path));
  }

  async #lock(): Promise<() => void> {
    const lock = `${this.path}.lock`;
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const unlock = takeLock(lock);
      if (unlock !== undefined) return unlock;
      if (Date.now() > until)
        throw new Error(
          `Another git airlock pull writes the ledger ${this.name}. If none does, remove ${lock}.`,
        );
      await wait(LOOK_EVERY_MS);
    }
  }

  #damaged(error: unknown): unknown {
    if (error instanceof TornLine)
      return new DamagedLedger(
        `The ledger ${this.name} ends in a torn line: a pull was killed, or the disk was full, as it wrote line ${error.line}. ` +
          `The lines before it are whole. Keep a copy of the file, then cut the torn line off: truncate -s ${error.whole} FILE. ` +
          "The next pull finds out what came of the last one.",
      );
    if (error instanceof BrokenChain || error instanceof ForeignLine)
      return new DamagedLedger(
        `The ledger ${this.name} is not as it was written: ${error.message}. The lines before it are whole. Find out who wrote to ` +
          "it, keep the file as it is, and begin another one.",
      );
    return error;
  }
}

/** Where only additions are allowed (chattr +a) the torn line stays, and the next run names it. */
function takeBack(file: number, size: number): void {
  try {
    ftruncateSync(file, size);
  } catch {
    // The first error tells more.
  }
}

/** A file's name is on the disk when its folder is. Windows opens no folders. */
function syncFolder(folder: string): void {
  let opened: number;
  try {
    opened = openSync(folder, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
