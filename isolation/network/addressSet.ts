/** Exact sets of addresses over the whole of IPv4 and IPv6: one line of numbers, IPv4 first, as disjoint intervals. */
import * as ipaddr from "ipaddr.js";

const FIRST_IPV6 = 1n << 32n;
const END = FIRST_IPV6 + (1n << 128n);

/** From its first number up to but without its end. */
interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

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
   * @throws RangeError for a text that is neither
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

/** The length of a range's prefix; a bare address has its family's longest. */
export function prefixLength(cidr: string): number {
  return read(cidr).prefix;
}

function read(text: string): { address: ipaddr.IPv4 | ipaddr.IPv6; bits: number; prefix: number } {
  const [base = "", length, ...rest] = text.split("/");
  const isIpv4 = ipaddr.IPv4.isValidFourPartDecimal(base);
  if (rest.length > 0 || (!isIpv4 && !ipaddr.IPv6.isValid(base))) throw notARange(text);
  const bits = isIpv4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d+$/.test(length) ? Number(length) : Infinity;
  if (prefix > bits) throw notARange(text);
  return { address: ipaddr.parse(base), bits, prefix };
}

function notARange(text: string): RangeError {
  return new RangeError(`${JSON.stringify(text)} is no address range`);
}

function intervalOf(text: string): Interval {
  const { address, bits, prefix } = read(text);
  const number = address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const size = 1n << BigInt(bits - prefix);
  const from = (number / size) * size + (bits === 32 ? 0n : FIRST_IPV6);
  return { from, to: from + size };
}

/** Greedy from the left: at each step the largest range that begins there. That is the fewest. */
function rangesOf({ from, to }: Interval): string[] {
  const [origin, bits] = from < FIRST_IPV6 ? [0n, 32] : [FIRST_IPV6, 128];
  const ranges: string[] = [];
  for (let at = from; at < to;) {
    let free = 0;
    const fits = (size: bigint) => (at - origin) % size === 0n && at + size <= to;
    while (free < bits && fits(2n << BigInt(free))) free++;
    ranges.push(`${textOf(at)}/${bits - free}`);
    at += 1n << BigInt(free);
  }
  return ranges;
}

function textOf(at: bigint): string {
  const [number, length] = at < FIRST_IPV6 ? [at, 4] : [at - FIRST_IPV6, 16];
  const bytes = Array.from({ length }, (_, i) => Number((number >> BigInt(8 * (length - 1 - i))) & 255n));
  return ipaddr.fromByteArray(bytes).toString();
}
