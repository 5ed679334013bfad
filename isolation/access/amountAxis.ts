/** Numbers or moments on a line, cut at every value in play: a class for each value, and one for each gap. */
import { parseMoment, parseNumber } from "../iam/amounts";
import type { Comparison } from "../iam/conditionValues";
import type { Axis } from "./axis";
import { has, setOf, type Bits } from "./bits";
import type { Dimension, Part } from "./region";

/** One number for a class, and what to call the class. */
interface Class {
  readonly sample: number;
  readonly label: string;
}

export class AmountAxis implements Axis {
  readonly absent: Bits;
  private readonly classes: readonly (Class | undefined)[];

  /**
   * @param type of the key
   * @param optional whether a request can be without the key
   */
  constructor(
    readonly name: Dimension,
    private readonly type: "number" | "date",
    values: Iterable<string>,
    optional: boolean,
  ) {
    const cuts = [...new Set([...values].map((value) => this.amountOf(value)))].sort((a, b) => a - b);
    this.absent = optional ? 1n : 0n;
    this.classes = [...(optional ? [undefined] : []), ...this.around(cuts)];
  }

  get size(): number {
    return this.classes.length;
  }

  /** The classes that a comparison with a value holds for. */
  comparing(comparison: Comparison, value: string): Bits {
    const wanted = this.amountOf(value);
    const holds = ({ sample }: Class): boolean => {
      switch (comparison) {
        case "amountEquals":
          return sample === wanted;
        case "lessThan":
          return sample < wanted;
        case "lessThanEquals":
          return sample <= wanted;
        case "greaterThan":
          return sample > wanted;
        case "greaterThanEquals":
          return sample >= wanted;
        default:
          throw new Error(`${this.name} is an amount, and ${comparison} compares none`);
      }
    };
    return setOf(this.classes.flatMap((one, i) => (one !== undefined && holds(one) ? [i] : [])));
  }

  select(part: Part): Bits {
    if ("absent" in part) return this.absent;
    if (!("values" in part)) throw new Error(`${this.name} holds amounts`);
    return part.values.reduce((bits, value) => bits | this.equal(value), 0n);
  }

  value(index: number): string | undefined {
    const one = this.classes[index];
    return one && this.textOf(one.sample);
  }

  show(classes: Bits): string[] {
    return this.classes.flatMap((one, i) => (one !== undefined && has(classes, i) ? [one.label] : []));
  }

  private equal(value: string): Bits {
    const bits = this.comparing("amountEquals", value);
    if (bits === 0n) throw new Error(`${this.name} has no equivalence class for ${value}`);
    return bits;
  }

  private *around(cuts: readonly number[]): Iterable<Class> {
    const [first, last] = [cuts[0], cuts.at(-1)];
    if (first === undefined || last === undefined) {
      yield { sample: 0, label: "<any value>" };
      return;
    }
    yield { sample: first - 1, label: `<less than ${this.textOf(first)}>` };
    for (const [i, cut] of cuts.entries()) {
      yield { sample: cut, label: this.textOf(cut) };
      const next = cuts[i + 1];
      const between = next === undefined ? last + 1 : this.between(cut, next);
      if (between === undefined) continue;
      const below = next === undefined ? "" : ` and less than ${this.textOf(next)}`;
      yield { sample: between, label: `<more than ${this.textOf(cut)}${below}>` };
    }
  }

  /** Moments are whole milliseconds and numbers have six digits behind the point: there may be none between two. */
  private between(low: number, high: number): number | undefined {
    const middle = (low + high) / 2;
    const sample = this.type === "date" ? Math.floor(middle) : Number(middle.toFixed(6));
    return sample > low && sample < high ? sample : undefined;
  }

  private amountOf(text: string): number {
    const amount = this.type === "number" ? parseNumber(text) : parseMoment(text);
    if (amount === undefined) throw new Error(`${this.name} is never ${text}`);
    return amount;
  }

  private textOf(amount: number): string {
    return this.type === "number" ? String(amount) : new Date(amount).toISOString();
  }
}
