/** How long `git airlock pull` waits for a source that sends nothing, or next to nothing. */

/** Git's progress. It is printed however little has come; only what has come counts. */
const RECEIVED = /(?:Receiving|Unpacking) objects: +\d+% \((\d+)\/(\d+)\)(?:, ([\d.]+) (bytes|[KMG]iB))?/;
/** A packet from the source in git's trace: https://git-scm.com/docs/git#Documentation/git.txt-GITTRACEPACKET */
const PACKET_CAME = /packet: +\S+<( |$)/;
const UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** Counts what comes from the source, and calls out when it is too little for too long. */
export class Patience {
  #seen = 0;
  #received = 0;
  #hasAnswered = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    /** Bytes a second; git's http.lowSpeedLimit. */
    readonly limit: number,
    /** For how many seconds; git's http.lowSpeedTime. Where either is 0, it waits for ever. */
    readonly seconds: number,
  ) {}

  get message(): string {
    return (
      `The source sent fewer than ${this.limit} bytes a second for ${this.seconds} seconds, so the fetch was ended. Check ` +
      "the source and the proxy on the way. To wait longer: git config --global http.lowSpeedTime SECONDS (0: for ever)."
    );
  }

  /** How much has come since it was last enough. */
  get seen(): number {
    return this.#seen;
  }

  /** Whether a git server has answered. To git, a web page of one line looks like a source that is empty. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  begin(onEnd: () => void): void {
    if (this.limit > 0 && this.seconds > 0) this.#timer = setTimeout(onEnd, this.seconds * 1000);
  }

  /** @param line of what git says: only its progress and its trace of packets show that something has come */
  saw(line: string): void {
    if (PACKET_CAME.test(line)) {
      this.#hasAnswered = true;
      this.#seen += line.length;
    }
    const [, done = "0", all, amount = "0", unit = "bytes"] = RECEIVED.exec(line) ?? [];
    const received = Math.max(Number(amount) * (UNITS[unit] ?? 1), Number(done));
    this.#seen += Math.max(0, received - this.#received);
    this.#received = Math.max(received, this.#received);
    const isComplete = done === all;
    // From here on git works by itself: it resolves deltas, checks, and writes.
    if (isComplete) this.end();
    if (this.#seen < this.limit * this.seconds) return;
    this.#seen = 0;
    this.#timer?.refresh();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
