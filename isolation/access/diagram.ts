/**
 * Sets of points of a product of finite dimensions, as decision diagrams: a node asks for the class along one dimension
 * and leads each set of classes to a node of a later dimension. A dimension that does not matter is skipped. Equal sets
 * are the same node, so that no union or difference of boxes ever grows beyond what the set itself needs.
 */
import { count, least, type Bits } from "./bits";

/** A set of points, within one `Diagrams`. */
export type Node = number;

export const NONE: Node = 0;
export const ALL: Node = 1;

interface Inner {
  readonly level: number;
  /** Disjoint sets of classes, none empty, in order of their least member; classes in none of them lead to NONE. */
  readonly edges: readonly (readonly [Bits, Node])[];
}

type Operation = "and" | "or" | "minus";

export class Diagrams {
  private readonly inner = new Map<Node, Inner>();
  private readonly nodes = new Map<string, Node>();
  private readonly results = new Map<string, Node>();

  /** @param full all classes of each dimension; dimensions are named by their place */
  constructor(private readonly full: readonly Bits[]) {}

  /** The points whose class along one dimension is among these. */
  slice(level: number, classes: Bits): Node {
    return this.make(level, new Map([[ALL, classes]]));
  }

  and(a: Node, b: Node): Node {
    if (a === b || b === ALL) return a;
    if (a === ALL) return b;
    return a === NONE || b === NONE ? NONE : this.combine("and", a, b);
  }

  or(a: Node, b: Node): Node {
    if (a === b || b === NONE) return a;
    if (a === NONE) return b;
    return a === ALL || b === ALL ? ALL : this.combine("or", a, b);
  }

  minus(a: Node, b: Node): Node {
    if (b === NONE) return a;
    return a === b || a === NONE || b === ALL ? NONE : this.combine("minus", a, b);
  }

  /** The union of many: in pairs, so that no large intermediate result is walked through for each of them. */
  union(nodes: readonly Node[]): Node {
    if (nodes.length === 0) return NONE;
    let rest = [...nodes];
    while (rest.length > 1) {
      rest = rest.flatMap((node, i) => (i % 2 === 0 ? [this.or(node, rest[i + 1] ?? NONE)] : []));
    }
    return rest[0] ?? NONE;
  }

  /** The points that are in every one of these sets; without any, all points. */
  all(nodes: readonly Node[]): Node {
    return nodes.reduce((both, node) => this.and(both, node), ALL);
  }

  /** The dimensions that matter to the set, by their places in order. */
  dependsOn(node: Node): number[] {
    const seen = new Set<Node>();
    const levels = new Set<number>();
    const visit = (at: Node): void => {
      const here = this.inner.get(at);
      if (here === undefined || seen.has(at)) return;
      seen.add(at);
      levels.add(here.level);
      for (const [, next] of here.edges) visit(next);
    };
    visit(node);
    return [...levels].sort((a, b) => a - b);
  }

  /** The classes along a dimension that occur in the set. */
  project(node: Node, level: number, seen = new Map<Node, Bits>()): Bits {
    if (node === NONE) return 0n;
    const here = this.inner.get(node);
    if (here === undefined || here.level > level) return this.full[level] ?? 0n;
    const known = seen.get(node);
    if (known !== undefined) return known;
    let bits = 0n;
    for (const [classes, next] of here.edges) {
      bits |= here.level === level ? classes : this.project(next, level, seen);
    }
    seen.set(node, bits);
    return bits;
  }

  /** How many points the set holds. */
  count(node: Node, level = 0, seen = new Map<Node, bigint>()): bigint {
    if (node === NONE) return 0n;
    const here = this.inner.get(node);
    const skipped = this.full.slice(level, here?.level).reduce((product, bits) => product * count(bits), 1n);
    if (here === undefined) return skipped;
    let sum = seen.get(node);
    if (sum === undefined) {
      sum = 0n;
      for (const [classes, next] of here.edges) {
        sum += count(classes) * this.count(next, here.level + 1, seen);
      }
      seen.set(node, sum);
    }
    return skipped * sum;
  }

  /**
   * The point of the set that costs least; of equals, the one of the first classes. Undefined if there is none.
   * @param free along each dimension the classes that cost nothing, at least one; every other costs one
   * @returns a class along each dimension
   */
  cheapest(node: Node, free: readonly Bits[]): number[] | undefined {
    if (node === NONE) return undefined;
    const costs = new Map<Node, { cost: number; taken: number; next: Node }>();
    const price = (at: Node): number => {
      const here = this.inner.get(at);
      if (here === undefined) return 0;
      const known = costs.get(at);
      if (known !== undefined) return known.cost;
      let best: { cost: number; taken: number; next: Node } | undefined;
      for (const [classes, next] of here.edges) {
        const gratis = classes & (free[here.level] ?? 0n);
        const taken = least(gratis === 0n ? classes : gratis);
        const cost = price(next) + (gratis === 0n ? 1 : 0);
        if (best === undefined || cost < best.cost || (cost === best.cost && taken < best.taken)) {
          best = { cost, taken, next };
        }
      }
      if (best === undefined) throw new Error("a node of a diagram has no edge");
      costs.set(at, best);
      return best.cost;
    };
    price(node);
    let at = node;
    return this.full.map((_, level) => {
      const step = this.inner.get(at)?.level === level ? costs.get(at) : undefined;
      if (step === undefined) return least(free[level] ?? 1n);
      at = step.next;
      return step.taken;
    });
  }

  private combine(operation: Operation, a: Node, b: Node): Node {
    const [first, second] = operation !== "minus" && a > b ? [b, a] : [a, b];
    const key = `${operation} ${first} ${second}`;
    const known = this.results.get(key);
    if (known !== undefined) return known;
    const level = Math.min(
      this.inner.get(first)?.level ?? Infinity,
      this.inner.get(second)?.level ?? Infinity,
    );
    const theirs = this.edgesAt(second, level);
    const merged = new Map<Node, Bits>();
    for (const [left, leftNext] of this.edgesAt(first, level)) {
      for (const [right, rightNext] of theirs) {
        const both = left & right;
        if (both === 0n) continue;
        const next = this[operation](leftNext, rightNext);
        if (next !== NONE) merged.set(next, (merged.get(next) ?? 0n) | both);
      }
    }
    const result = this.make(level, merged);
    this.results.set(key, result);
    return result;
  }

  /** Edges for every class along a dimension, those to NONE included. */
  private edgesAt(node: Node, level: number): (readonly [Bits, Node])[] {
    const full = this.full[level] ?? 0n;
    const here = this.inner.get(node);
    if (here === undefined || here.level > level) return [[full, node]];
    const rest = here.edges.reduce((left, [classes]) => left & ~classes, full);
    return rest === 0n ? [...here.edges] : [...here.edges, [rest, NONE]];
  }

  private make(level: number, next: ReadonlyMap<Node, Bits>): Node {
    const edges = [...next]
      .filter(([, classes]) => classes !== 0n)
      .map(([node, classes]) => [classes, node] as const)
      .sort(([a], [b]) => least(a) - least(b));
    const [only] = edges;
    if (only === undefined) return NONE;
    if (edges.length === 1 && only[0] === this.full[level]) return only[1];
    const key = `${level}:${edges.map(([classes, node]) => `${classes.toString(32)}>${node}`).join()}`;
    const known = this.nodes.get(key);
    if (known !== undefined) return known;
    const made = this.nodes.size + 2;
    this.nodes.set(key, made);
    this.inner.set(made, { level, edges });
    return made;
  }
}
