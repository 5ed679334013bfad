/** Sets of small whole numbers, as the bits of a bigint. */
export type Bits = bigint;

/** All numbers from `from` up to but without `to`. */
export function range(from: number, to: number): Bits {
  return to <= from ? 0n : ((1n << BigInt(to - from)) - 1n) << BigInt(from);
}

/** Whether a set holds a number. */
export function has(bits: Bits, number: number): boolean {
  return (bits >> BigInt(number)) % 2n === 1n;
}

/** How many numbers a set holds. */
export function count(bits: Bits): bigint {
  let sum = 0;
  for (const digit of bits.toString(16)) {
    for (let value = parseInt(digit, 16); value > 0; value &= value - 1) sum++;
  }
  return BigInt(sum);
}

/** The numbers of a set, in order. */
export function members(bits: Bits): number[] {
  const binary = bits.toString(2);
  const found: number[] = [];
  for (let i = 0; i < binary.length; i++) if (binary[binary.length - 1 - i] === "1") found.push(i);
  return found;
}

/** The least number of a set that is not empty. */
export function least(bits: Bits): number {
  return (bits & -bits).toString(2).length - 1;
}

/** The set of these numbers. */
export function setOf(numbers: Iterable<number>): Bits {
  let bits = 0n;
  for (const number of numbers) bits |= 1n << BigInt(number);
  return bits;
}
