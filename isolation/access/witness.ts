/**
 * Finds a text for every combination of patterns that can cover one text, exactly: by walking through the product of
 * their automata.
 */
import { Reader, takes, type Pattern } from "./pattern";

/** More states or texts than this are not walked through. */
const BOUND = 20_000;

/** The patterns are too many or too entangled to be told apart. */
export class TooManyClasses extends Error {}

/** The characters that no step tells apart, those first that read well. */
const PREFERRED = "xyzabcdefghijklmnopqrstuvw0123456789XYZABCDEFGHIJKLMNOPQRSTUVW-_./:";

interface State {
  /** By place of the pattern; the last one is that of the language. */
  readonly standing: readonly bigint[];
  /** By group of characters; undefined where the text can no longer belong to the language. */
  readonly next: (number | undefined)[];
}

/**
 * One text for each combination of the patterns that covers texts of the language which are not among the known ones.
 * @param language what all texts belong to
 * @returns combination (indices of patterns, in order) and text; in order of discovery, the same every time
 * @throws TooManyClasses
 */
export function witnesses(
  patterns: readonly Pattern[],
  language: Pattern,
  known: ReadonlySet<string>,
): { readonly covering: readonly number[]; readonly text: string }[] {
  const readers = [...patterns, language].map((pattern) => new Reader(pattern));
  const groups = groupCharacters([...patterns, language], known);
  const states = explore(readers, groups);
  const byCombination = new Map<string, { covering: number[]; ends: Set<number> }>();
  states.forEach(({ standing }, i) => {
    const ends = readers.flatMap((reader, p) => (reader.ends(standing[p] ?? 0n) ? [p] : []));
    if (ends.at(-1) !== patterns.length) return;
    const covering = ends.slice(0, -1);
    const entry = byCombination.get(covering.join()) ?? { covering, ends: new Set() };
    entry.ends.add(i);
    byCombination.set(covering.join(), entry);
  });
  return [...byCombination.values()].flatMap(({ covering, ends }) => {
    const text = unknownText(states, groups, ends, known);
    return text === undefined ? [] : [{ covering, text }];
  });
}

function groupCharacters(patterns: readonly Pattern[], known: ReadonlySet<string>): string[][] {
  const sets = new Map(
    patterns.flatMap(({ steps }) =>
      steps.map(({ takes: set }) => [`${set.inverted}${set.chars}`, set] as const),
    ),
  );
  const mentioned = new Set(PREFERRED);
  for (const { chars } of sets.values()) for (const char of chars) mentioned.add(char);
  for (const text of known) for (const char of text) mentioned.add(char);
  // One that is mentioned nowhere stands for all such.
  let fresh = 0xa1;
  while (mentioned.has(String.fromCodePoint(fresh))) fresh++;
  mentioned.add(String.fromCodePoint(fresh));
  const groups = new Map<string, string[]>();
  for (const char of mentioned) {
    const key = [...sets.values()].map((set) => (takes(set, char) ? "1" : "0")).join("");
    const group = groups.get(key);
    if (group) group.push(char);
    else groups.set(key, [char]);
  }
  return [...groups.values()];
}

function explore(readers: readonly Reader[], groups: readonly string[][]): State[] {
  const states: State[] = [];
  const found = new Map<string, number>();
  const visit = (standing: readonly bigint[]): number | undefined => {
    if (standing.at(-1) === 0n) return undefined;
    const key = standing.map((bits) => bits.toString(32)).join();
    let at = found.get(key);
    if (at === undefined) {
      at = states.length;
      if (at >= BOUND) throw new TooManyClasses(`more than ${BOUND} states`);
      found.set(key, at);
      states.push({ standing, next: [] });
    }
    return at;
  };
  visit(readers.map((reader) => reader.start()));
  for (const state of states) {
    for (const [char = ""] of groups) {
      state.next.push(visit(readers.map((reader, p) => reader.after(state.standing[p] ?? 0n, char))));
    }
  }
  return states;
}

/** A shortest text that ends in one of the states and is not known; undefined if there is none. */
function unknownText(
  states: readonly State[],
  groups: readonly string[][],
  ends: ReadonlySet<number>,
  known: ReadonlySet<string>,
): string | undefined {
  const distance = distances(states, ends);
  // By the length that a text will have at least; the last one of the shortest goes first.
  const waiting: { readonly at: number; readonly text: string }[][] = [];
  const push = (at: number | undefined, text: string, length: number): void => {
    const left = at === undefined ? undefined : distance[at];
    if (at === undefined || left === undefined) return;
    (waiting[length + left] ??= []).push({ at, text });
  };
  push(0, "", 0);
  let looked = 0;
  for (let length = 0; length < waiting.length; length++) {
    for (let item = waiting[length]?.pop(); item; item = waiting[length]?.pop()) {
      if (++looked > BOUND) throw new TooManyClasses(`more than ${BOUND} texts`);
      if (ends.has(item.at) && !known.has(item.text)) return item.text;
      const read = Array.from(item.text).length;
      const next = states[item.at]?.next ?? [];
      for (let g = groups.length - 1; g >= 0; g--) {
        for (const char of [...(groups[g] ?? [])].reverse()) push(next[g], item.text + char, read + 1);
      }
    }
  }
  return undefined;
}

/** How many characters are left from each state to the nearest end; undefined where none can be reached. */
function distances(states: readonly State[], ends: ReadonlySet<number>): (number | undefined)[] {
  const before = states.map((): number[] => []);
  states.forEach(({ next }, i) => {
    for (const to of next) if (to !== undefined) before[to]?.push(i);
  });
  const distance: (number | undefined)[] = states.map((_, i) => (ends.has(i) ? 0 : undefined));
  const queue = [...ends];
  for (const at of queue) {
    for (const from of before[at] ?? []) {
      if (distance[from] !== undefined) continue;
      distance[from] = (distance[at] ?? 0) + 1;
      queue.push(from);
    }
  }
  return distance;
}
