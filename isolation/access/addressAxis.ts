/**
 * The addresses of both families as one line, IPv4 first, cut into elementary intervals by every range in play. An
 * IPv4-mapped IPv6 address is an IPv6 address.
 */
import { END, FIRST_IPV6, intervalOf, rangesOf, textOf } from "../intervals";
import type { Axis } from "./axis";
import { has, range, type Bits } from "./bits";
import type { Dimension, Part } from "./region";

export class AddressAxis implements Axis {
  readonly absent = 1n;
  /** Where classes begin, in order, and the end. Class 0 is the absent key; class i + 1 begins at cut i. */
  private readonly cuts: readonly bigint[];
  private readonly places: ReadonlyMap<bigint, number>;

  constructor(
    readonly name: Dimension,
    cidrs: Iterable<string>,
  ) {
    const cuts = new Set([0n, FIRST_IPV6, END]);
    for (const cidr of cidrs) {
      const { from, to } = intervalOf(cidr);
      cuts.add(from).add(to);
    }
    this.cuts = [...cuts].sort((a, b) => (a < b ? -1 : 1));
    this.places = new Map(this.cuts.map((cut, i) => [cut, i]));
  }

  get size(): number {
    return this.cuts.length;
  }

  /** The classes of a range, or of a single address. */
  inside(cidr: string): Bits {
    const { from, to } = intervalOf(cidr);
    const [first, end] = [this.places.get(from), this.places.get(to)];
    if (first === undefined || end === undefined) {
      throw new Error(`${this.name} has no equivalence class for the range ${cidr}`);
    }
    return range(first + 1, end + 1);
  }

  select(part: Part): Bits {
    if ("absent" in part) return this.absent;
    if ("patterns" in part) throw new Error(`${this.name} holds addresses and matches no patterns`);
    const cidrs = "cidrs" in part ? part.cidrs : part.values;
    return cidrs.reduce((bits, cidr) => bits | this.inside(cidr), 0n);
  }

  value(index: number): string | undefined {
    const at = this.cuts[index - 1];
    return at === undefined ? undefined : textOf(at);
  }

  /** The fewest ranges. */
  show(classes: Bits): string[] {
    const shown: string[] = [];
    for (let i = 1; i < this.size; i++) {
      if (!has(classes, i)) continue;
      const from = this.cuts[i - 1] ?? END;
      // The families are never joined: the first IPv6 address begins a run of its own.
      while (i + 1 < this.size && has(classes, i + 1) && this.cuts[i] !== FIRST_IPV6) i++;
      shown.push(...rangesOf({ from, to: this.cuts[i] ?? END }));
    }
    return shown;
  }
}
