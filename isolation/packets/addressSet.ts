/** Exact sets of addresses over the whole of IPv4 and IPv6: one line of numbers, IPv4 first, as disjoint intervals. */
import { END, FIRST_IPV6, intervalOf, rangesOf, textOf, type Interval } from "../intervals";

/** A set of addresses of both families. Never changes. */
export class AddressSet {
  static readonly none = new AddressSet([]);
  static readonly all = new AddressSet([
    { from: 0n, to: FIRST_IPV6 },
    { from: FIRST_IPV6, to: END },
  ]);
  static readonly ipv4 = new AddressSet([{ from: 0n, to: FIRST_IPV6 }]);
  static readonly ipv6 = new AddressSet([{ from: FIRST_IPV6, to: END }]);

  private constructor(private readonly intervals: readonly Interval[]) {}

  /**
   * The addresses of ranges, or of bare addresses.
   * @throws UnreadableRange for a text that is neither
   */
  static of(...cidrs: readonly string[]): AddressSet {
    return AddressSet.normal(cidrs.map(intervalOf));
  }

  get isEmpty(): boolean {
    return this.intervals.length === 0;
  }

  /** The lowest address; undefined for the empty set. */
  get first(): string | undefined {
    const [lowest] = this.intervals;
    return lowest && textOf(lowest.from);
  }

  union(other: AddressSet): AddressSet {
    return AddressSet.normal([...this.intervals, ...other.intervals]);
  }

  intersect(other: AddressSet): AddressSet {
    const common: Interval[] = [];
    for (const one of this.intervals) {
      for (const two of other.intervals) {
        const from = one.from > two.from ? one.from : two.from;
        const to = one.to < two.to ? one.to : two.to;
        if (from < to) common.push({ from, to });
      }
    }
    return AddressSet.normal(common);
  }

  minus(other: AddressSet): AddressSet {
    const rest: Interval[] = [];
    for (const { from, to } of this.intervals) {
      let next = from;
      for (const hole of other.intervals) {
        if (hole.to <= next || hole.from >= to) continue;
        if (hole.from > next) rest.push({ from: next, to: hole.from });
        next = hole.to;
      }
      if (next < to) rest.push({ from: next, to });
    }
    return AddressSet.normal(rest);
  }

  has(address: string): boolean {
    return !this.intersect(AddressSet.of(address)).isEmpty;
  }

  /** The fewest ranges that make up the set, in order. */
  cidrs(): string[] {
    return this.intervals.flatMap(rangesOf);
  }

  /** Sorted, and joined where they touch; the families stay apart. */
  private static normal(intervals: readonly Interval[]): AddressSet {
    const joined: Interval[] = [];
    for (const next of [...intervals].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))) {
      const last = joined.at(-1);
      const touches = last !== undefined && next.from <= last.to && next.from !== FIRST_IPV6;
      const overlaps = last !== undefined && next.from < last.to;
      if (last === undefined || !(touches || overlaps)) joined.push(next);
      else if (next.to > last.to) joined[joined.length - 1] = { from: last.from, to: next.to };
    }
    return new AddressSet(joined);
  }
}
