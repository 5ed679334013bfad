/**
 * A key that can have several values: along each class of values, a request has some in it or none. A request that has
 * none in any is one without the key.
 */
import type { ConditionKey } from "../iam/keys";
import type { Axis, TextAxis } from "./axis";
import { has, range, type Bits } from "./bits";
import type { Dimension, Part } from "./region";

const OUT = 1n;
const IN = 2n;

export class SetAxes {
  readonly members: readonly MemberAxis[];

  /** @param texts the classes of single values, without one for absent keys */
  constructor(
    readonly key: ConditionKey,
    readonly texts: TextAxis,
  ) {
    this.members = Array.from({ length: texts.size }, (_, i) => new MemberAxis(key, texts, i));
  }

  /** The classes along each member of requests with exactly the classes of these values; of none, the absent key. */
  exactly(part: Part): readonly Bits[] {
    const wanted = "absent" in part ? 0n : this.texts.select(part);
    return this.members.map((_, i) => (has(wanted, i) ? IN : OUT));
  }
}

/** Whether a request has values of one class. */
export class MemberAxis implements Axis {
  readonly name: Dimension;
  readonly size = 2;
  readonly absent = OUT;
  readonly present = IN;

  constructor(
    readonly key: ConditionKey,
    private readonly texts: TextAxis,
    private readonly place: number,
  ) {
    this.name = `${key} with ${texts.show(range(place, place + 1)).join()}`;
  }

  select(): Bits {
    throw new Error(`${this.name} is a part of ${this.key}; ask for that`);
  }

  /** A value of the class. */
  value(index: number): string | undefined {
    return index === 0 ? undefined : this.texts.value(this.place);
  }

  show(classes: Bits): string[] {
    return has(classes, 1) ? this.texts.show(range(this.place, this.place + 1)) : [];
  }
}
