/**
 * The addresses of both families as one line, IPv4 first, cut into elementary intervals by every range in play. An
 * IPv4-mapped IPv6 address is an IPv6 address.
 */
import * as ipaddr from "ipaddr.js";
import { parseAddress, parseCidr, type Address } from "../iam/address";
import type { Axis } from "./axis";
import { range, type Bits } from "./bits";
import type { Dimension, Part } from "./region";

const FIRST_IPV6 = 1n << 32n;
const END = FIRST_IPV6 + (1n << 128n);

/** From its first address up to but without its end. */
interface Interval {
  readonly from: bigint;
  readonly to: bigint;
}

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
      throw new RangeError(`${this.name} was not cut by the range ${cidr}`);
    }
    return range(first + 1, end + 1);
  }

  select(part: Part): Bits {
    if ("absent" in part) return this.absent;
    if ("patterns" in part) throw new RangeError(`${this.name} holds addresses and matches no patterns`);
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

function has(classes: Bits, index: number): boolean {
  return ((classes >> BigInt(index)) & 1n) === 1n;
}

/** Reads what a range or a bare address of either family covers. */
function intervalOf(text: string): Interval {
  const single = parseAddress(text);
  const cidr = single === undefined ? parseCidr(text) : { base: single, prefix: bitsOf(single) };
  if (cidr === undefined) throw new RangeError(`${JSON.stringify(text)} is no address range`);
  const size = 1n << BigInt(bitsOf(cidr.base) - cidr.prefix);
  const number = cidr.base.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const from = (number / size) * size + (cidr.base.kind() === "ipv4" ? 0n : FIRST_IPV6);
  return { from, to: from + size };
}

function bitsOf(address: Address): number {
  return address.kind() === "ipv4" ? 32 : 128;
}

/** Greedy from the left: at each step the largest range that begins there. That is the fewest. */
function rangesOf({ from, to }: Interval): string[] {
  const [origin, bits] = from < FIRST_IPV6 ? [0n, 32] : [FIRST_IPV6, 128];
  const ranges: string[] = [];
  for (let at = from; at < to;) {
    let free = 0;
    while (free < bits && (at - origin) % (2n << BigInt(free)) === 0n && at + (2n << BigInt(free)) <= to)
      free++;
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
