/** Time, taken several times over, because one run says more about the machine than about the code. */

/** The middle one of several values; of an even number, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** How long the work takes once, in milliseconds. */
export async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/**
 * The median time of each piece of work, in milliseconds and in their order. They take turns, so that a machine that is
 * busy for a while is busy for all of them; a first turn is not counted, because code is compiled in it.
 */
export async function medianTimes(turns: number, works: readonly (() => unknown)[]): Promise<number[]> {
  const times = works.map((): number[] => []);
  for (let turn = 0; turn <= turns; turn++) {
    for (const [i, work] of works.entries()) {
      const taken = await time(work);
      if (turn > 0) times[i]?.push(taken);
    }
  }
  return times.map(median);
}
