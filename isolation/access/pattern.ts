/** What a pattern of a policy covers, as a regular language: a row of steps, each of which takes characters of a set. */

export interface CharSet {
  /** Whether it is all characters but these. */
  readonly inverted: boolean;
  readonly chars: string;
}

export interface Step {
  readonly takes: CharSet;
  /** Any number of characters, also none; else exactly one. */
  readonly many: boolean;
}

export interface Pattern {
  /** Two patterns with the same key cover the same texts. */
  readonly key: string;
  /** For people. */
  readonly label: string;
  readonly steps: readonly Step[];
}

const ANY: CharSet = { inverted: true, chars: "" };
const NO_COLON: CharSet = { inverted: true, chars: ":" };

export function takes({ inverted, chars }: CharSet, char: string): boolean {
  return chars.includes(char) !== inverted;
}

/** These characters, one after the other. */
export function literally(text: string): Step[] {
  return Array.from(text, (char) => ({ takes: { inverted: false, chars: char }, many: false }));
}

/** One or more characters of a set. */
export function oneOrMore(chars: CharSet): Step[] {
  return [
    { takes: chars, many: false },
    { takes: chars, many: true },
  ];
}

/** IAM's wildcards, which stand for characters of a set: `*` for any run of them, `?` for one. */
export function wildcards(text: string, wild: CharSet = ANY): Step[] {
  return Array.from(text).flatMap((char) => {
    if (char === "*") return [{ takes: wild, many: true }];
    return char === "?" ? [{ takes: wild, many: false }] : literally(char);
  });
}

/** A text pattern with wildcards that cross everything. */
export function glob(text: string, label = text): Pattern {
  return { key: text, label, steps: wildcards(text) };
}

/** Letters A–Z in either case. */
export function ignoringCase(text: string): Pattern {
  const steps = Array.from(text, (char): Step => {
    const chars = /[A-Za-z]/.test(char) ? char.toLowerCase() + char.toUpperCase() : char;
    return { takes: { inverted: false, chars }, many: false };
  });
  return { key: `any case ${text}`, label: `${text} in any case`, steps };
}

/** An ARN whose components are matched by themselves: only in the sixth does a wildcard cross colons. */
export function arnPattern(text: string): Pattern {
  const components = text.split(":");
  const head = components.slice(0, 5).flatMap((c) => [...wildcards(c, NO_COLON), ...literally(":")]);
  return { key: `ARN ${text}`, label: text, steps: [...head, ...wildcards(components.slice(5).join(":"))] };
}

/** A pattern's steps as sets of bits, to follow all its readings of a text at once. */
export class Reader {
  readonly steps: readonly Step[];
  /** Positions of steps that take many. */
  private readonly many: bigint;
  private readonly end: bigint;
  /** What the text must begin with; most texts fail here. */
  private readonly prefix: string;
  private readonly cache = new Map<string, bigint>();

  constructor({ steps }: Pattern) {
    this.steps = steps;
    this.end = 1n << BigInt(steps.length);
    this.many = steps.reduce((bits, { many }, i) => (many ? bits | (1n << BigInt(i)) : bits), 0n);
    const first = steps.findIndex(
      (step) => step.many || step.takes.inverted || Array.from(step.takes.chars).length !== 1,
    );
    const fixed = first < 0 ? steps : steps.slice(0, first);
    this.prefix = fixed.map((step) => step.takes.chars).join("");
  }

  /** Where readings stand before the first character. */
  start(): bigint {
    return this.skip(1n);
  }

  /** Where readings stand after one more character; 0n when none is left. */
  after(standing: bigint, char: string): bigint {
    let taking = this.cache.get(char);
    if (taking === undefined) {
      taking = this.steps.reduce(
        (bits, step, i) => (takes(step.takes, char) ? bits | (1n << BigInt(i)) : bits),
        0n,
      );
      this.cache.set(char, taking);
    }
    const moving = standing & taking;
    return this.skip(((moving & ~this.many) << 1n) | (moving & this.many));
  }

  ends(standing: bigint): boolean {
    return (standing & this.end) !== 0n;
  }

  covers(text: string): boolean {
    if (!text.startsWith(this.prefix)) return false;
    let standing = this.skip(1n << BigInt(Array.from(this.prefix).length));
    for (const char of text.slice(this.prefix.length)) {
      if (standing === 0n) return false;
      standing = this.after(standing, char);
    }
    return this.ends(standing);
  }

  /** A step that takes many may take none. */
  private skip(standing: bigint): bigint {
    for (;;) {
      const further = standing | ((standing & this.many) << 1n);
      if (further === standing) return standing;
      standing = further;
    }
  }
}

/** Whether a text of a policy is more than itself. */
export function hasWildcards(text: string): boolean {
  return /[*?]/.test(text);
}
