/** A dimension cut into classes, which are numbered. */
import { has, setOf, type Bits } from "./bits";
import { glob, Reader, type Pattern } from "./pattern";
import type { Dimension, Part } from "./region";
import { witnesses } from "./witness";

export interface Axis {
  readonly name: Dimension;
  readonly size: number;
  /** The classes of a part. Throws if the part was not among what the axis was cut by. */
  select(part: Part): Bits;
  /** The class of requests without the key; empty for what every request has. */
  readonly absent: Bits;
  /** A value of a class; undefined for the class of requests without the key. */
  value(index: number): string | undefined;
  /** What the classes hold, for people; without the one of absent keys. */
  show(classes: Bits): string[];
}

/** What a text dimension is cut by. */
export interface TextCuts {
  readonly name: Dimension;
  /** Values that are classes by themselves; those outside of the language are left out. */
  readonly values: Iterable<string>;
  readonly patterns: Iterable<Pattern>;
  /** What all values belong to. */
  readonly language: Pattern;
  /** Whether a request can be without it. */
  readonly optional: boolean;
  /** How a class of further values is called, e.g. "any other action". */
  readonly others: string;
  /** Whether A–Z and a–z are the same. */
  readonly ignoreCase?: boolean;
}

/** A dimension of texts: one class for each value in play, and one for each combination of patterns that others have. */
export class TextAxis implements Axis {
  readonly name: Dimension;
  readonly absent: Bits;
  private readonly labels: readonly string[];
  private readonly values: readonly (string | undefined)[];
  private readonly places = new Map<string, number>();
  private readonly covered = new Map<string, Bits>();
  private readonly foreign: Reader;
  private readonly fold: (text: string) => string;

  /** @throws TooManyClasses */
  constructor(cuts: TextCuts) {
    this.name = cuts.name;
    this.fold = cuts.ignoreCase === true ? (text) => text.toLowerCase() : (text) => text;
    this.foreign = new Reader(cuts.language);
    const patterns = [...new Map([...cuts.patterns].map((pattern) => [pattern.key, pattern])).values()];
    const known = new Map<string, string>();
    for (const value of cuts.values) {
      const folded = this.fold(value);
      if (this.foreign.covers(folded) && !known.has(folded)) known.set(folded, value);
    }
    const fresh = witnesses(patterns, cuts.language, new Set(known.keys()));
    const common = patterns.map((_, p) => fresh.every(({ covering }) => covering.includes(p)));
    const labels = fresh.map(({ covering }) => {
      const telling = covering.filter((p) => common[p] === false).map((p) => patterns[p]?.label ?? "");
      return `<${cuts.others}${telling.length === 0 ? "" : ` matching ${telling.join(" and ")}`}>`;
    });
    const first: (string | undefined)[] = cuts.optional ? [undefined] : [];
    this.absent = cuts.optional ? 1n : 0n;
    this.values = [...first, ...known.values(), ...fresh.map(({ text }) => text)];
    this.labels = [...first.map(() => ""), ...known.values(), ...labels];
    this.values.forEach((value, i) => value !== undefined && this.places.set(this.fold(value), i));
    for (const pattern of patterns) {
      const reader = new Reader(pattern);
      const holds = (value: string | undefined) => value !== undefined && reader.covers(this.fold(value));
      this.covered.set(pattern.key, setOf(this.values.flatMap((value, i) => (holds(value) ? [i] : []))));
    }
  }

  get size(): number {
    return this.values.length;
  }

  /** The class of one value; empty if no request can have it. */
  equal(value: string): Bits {
    const folded = this.fold(value);
    const place = this.places.get(folded);
    if (place !== undefined && this.labels[place] === this.values[place]) return 1n << BigInt(place);
    if (!this.foreign.covers(folded)) return 0n;
    const given = place !== undefined ? "it is only a sample of a class" : "it is in no policy";
    throw new Error(`${this.name} has no equivalence class for the value ${JSON.stringify(value)}: ${given}`);
  }

  covers(pattern: Pattern): Bits {
    const bits = this.covered.get(pattern.key);
    if (bits === undefined)
      throw new Error(`${this.name} has no equivalence class for the pattern ${pattern.label}`);
    return bits;
  }

  select(part: Part): Bits {
    if ("absent" in part) return this.absent;
    if ("values" in part) return part.values.reduce((bits, value) => bits | this.equal(value), 0n);
    if ("patterns" in part) {
      return part.patterns.reduce((bits, text) => bits | this.matching(text), 0n);
    }
    throw new Error(`${this.name} holds no addresses`);
  }

  /** What IAM's wildcards cover; a text without any is a value. */
  matching(text: string): Bits {
    return /[*?]/.test(text) ? this.covers(glob(this.fold(text))) : this.equal(text);
  }

  value(index: number): string | undefined {
    return this.values[index];
  }

  show(classes: Bits): string[] {
    return this.labels.filter((label, i) => label !== "" && has(classes, i));
  }
}

/** A dimension that is true, false or absent. */
export class BooleanAxis implements Axis {
  readonly size = 3;
  readonly absent = 1n;

  constructor(readonly name: Dimension) {}

  select(part: Part): Bits {
    if ("absent" in part) return this.absent;
    if (!("values" in part)) throw new Error(`${this.name} is true or false`);
    return part.values.reduce((bits, value) => bits | this.equal(value), 0n);
  }

  equal(value: string): Bits {
    if (value !== "true" && value !== "false") throw new Error(`${this.name} is never ${value}`);
    return value === "true" ? 2n : 4n;
  }

  value(index: number): string | undefined {
    return [undefined, "true", "false"][index];
  }

  show(classes: Bits): string[] {
    return ["true", "false"].filter((value) => (classes & this.equal(value)) !== 0n);
  }
}
