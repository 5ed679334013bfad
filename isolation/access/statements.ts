/** Turns statements into sets of requests of one requester, with conditions as AWS documents them (conditionBlock.ts). */
import type { Condition } from "../iam/conditionBlock";
import type { Policy, Principal, Selection, Statement } from "../iam/policy";
import { AddressAxis } from "./addressAxis";
import { AmountAxis } from "./amountAxis";
import { accountPattern, repositoriesOf, resourcePattern, type Axes } from "./axes";
import { BooleanAxis, TextAxis, type Axis } from "./axis";
import { has, range, type Bits } from "./bits";
import { ALL, NONE, type Diagrams, type Node } from "./diagram";
import { appliesTo } from "./notPrincipal";
import { Reader } from "./pattern";
import type { Requester } from "./region";
import type { SetAxes } from "./setAxes";
import { UnclassifiablePolicyError } from "./unclassifiable";
import { assertSupported } from "./supportedSubset";
import { knownValue, unresolved } from "./variables";
import { valuePattern } from "./valuePattern";

export class Statements {
  /** @param level the place of each axis in the diagrams */
  constructor(
    private readonly axes: Axes,
    private readonly diagrams: Diagrams,
    private readonly level: (axis: Axis) => number,
  ) {}

  /**
   * What any statement with this effect applies to.
   * @param bounded whether the requester has a permissions boundary
   */
  applying(
    effect: Statement["effect"],
    policies: readonly Policy[],
    requester: Requester,
    bounded: boolean,
  ): Node {
    assertSupported(policies);
    const nodes = policies.flatMap(({ name, statements }) =>
      statements
        .filter((statement) => statement.effect === effect)
        .map((statement) => this.scope(statement, requester, name, bounded)),
    );
    return this.diagrams.union(nodes);
  }

  private scope(statement: Statement, requester: Requester, policy: string, bounded: boolean): Node {
    if (statement.principals?.some((principal) => means(principal, requester)) === false) return NONE;
    const parts = [
      this.selected(this.axes.action, statement.actions),
      this.selectedResources(statement.resources, requester),
      ...statement.conditions.map((condition) => this.holding(condition, requester)),
    ];
    const node = this.diagrams.all(parts);
    if (node === NONE) return NONE;
    const [missing] = unresolved(statement, requester);
    if (missing !== undefined) {
      throw new UnclassifiablePolicyError(
        { policy, statement: statement.label, element: `\${${missing}}` },
        `${requester.arn} has no value for it, and whether AWS then takes the rest of the statement is not documented`,
      );
    }
    return appliesTo(statement, requester, policy, bounded) ? node : NONE;
  }

  private selected(axis: TextAxis, { inverted, patterns }: Selection): Node {
    const covered = patterns.reduce((bits, pattern) => bits | axis.matching(pattern), 0n);
    return this.slice(axis, inverted ? all(axis) & ~covered : covered);
  }

  private selectedResources(resources: Selection, requester: Requester): Node {
    const patterns = resources.patterns.flatMap((text) => resourcePattern(text, resources, requester) ?? []);
    return this.selected(this.axes.resource, { inverted: resources.inverted, patterns });
  }

  private holding(condition: Condition, requester: Requester): Node {
    const { key, comparison, values } = condition;
    const known = knownValue(key, requester);
    if (known !== undefined) return holdsFor(condition, known.value, requester) ? ALL : NONE;
    if (key === "aws:ResourceAccount") return this.holdingForAccount(condition, requester);
    const set = this.axes.sets.get(key);
    if (set !== undefined) return this.holdingForSet(condition, set, requester);
    const axis = this.axes.keys.get(key);
    if (axis === undefined) throw new Error(`the space has no dimension ${key}`);
    if (comparison === "absent") {
      return this.slice(axis, values.includes("true") ? axis.absent : all(axis) & ~axis.absent);
    }
    const present = holdingValues(axis, condition, requester) & ~axis.absent;
    return this.slice(axis, holdsWithoutKey(condition) ? present | axis.absent : present);
  }

  /** A request has values in some classes and none in the others. */
  private holdingForSet(condition: Condition, { texts, members }: SetAxes, requester: Requester): Node {
    const { comparison, quantifier, values } = condition;
    const without = this.diagrams.all(members.map((member) => this.slice(member, member.absent)));
    if (comparison === "absent") return values.includes("true") ? without : this.diagrams.minus(ALL, without);
    const holding = holdingValues(texts, condition, requester);
    if (quantifier === "all") {
      const others = members.filter((_, i) => !has(holding, i));
      return this.diagrams.all(others.map((member) => this.slice(member, member.absent)));
    }
    const some = this.diagrams.union(
      members.flatMap((member, i) => (has(holding, i) ? [this.slice(member, member.present)] : [])),
    );
    return holdsWithoutKey(condition) ? this.diagrams.or(some, without) : some;
  }

  /** The account is a part of the resource, and never absent. */
  private holdingForAccount(condition: Condition, requester: Requester): Node {
    const { comparison, negated, values } = condition;
    const axis = this.axes.resource;
    if (comparison === "absent") return values.includes("true") ? NONE : ALL;
    const wanted = values.flatMap((value) => accountPattern(value, condition, requester) ?? []);
    const matched = wanted.reduce((bits, value) => bits | axis.covers(repositoriesOf(value)), 0n);
    return this.slice(axis, negated ? all(axis) & ~matched : matched);
  }

  private slice(axis: Axis, classes: Bits): Node {
    return this.diagrams.slice(this.level(axis), classes);
  }
}

function all(axis: Axis): Bits {
  return range(0, axis.size);
}

function means(principal: Principal, { arn, account }: Requester): boolean {
  switch (principal.kind) {
    case "everyone":
      return true;
    case "account":
      return principal.account === account;
    case "identity":
      return principal.arn === arn;
  }
}

/**
 * Whether a condition holds where the key is absent: nothing matches, which is what a negated operator asks for; of none,
 * all do, as ForAllValues asks, and none does, as ForAnyValue would need.
 */
function holdsWithoutKey({ negated, ifExists, quantifier }: Condition): boolean {
  return ifExists || quantifier === "all" || (negated && quantifier === undefined);
}

function holdsFor(condition: Condition, known: string | undefined, requester: Requester): boolean {
  const { comparison, negated, values } = condition;
  if (comparison === "absent") return values.includes(known === undefined ? "true" : "false");
  if (known === undefined) return holdsWithoutKey(condition);
  const matched = values.some((value) => {
    const wanted = valuePattern(condition, value, requester);
    if (wanted === undefined) return false;
    return typeof wanted === "string" ? wanted === known : new Reader(wanted).covers(known);
  });
  return matched !== negated;
}

/** The classes of values that match any of the condition's, or, if it is negated, none. */
function holdingValues(axis: Axis, condition: Condition, requester: Requester): Bits {
  const matched = condition.values.reduce(
    (bits, value) => bits | matching(axis, condition, value, requester),
    0n,
  );
  return condition.negated ? all(axis) & ~matched : matched;
}

function matching(axis: Axis, condition: Condition, value: string, requester: Requester): Bits {
  if (axis instanceof AddressAxis) return axis.inside(value);
  if (axis instanceof BooleanAxis) return axis.equal(value);
  if (axis instanceof AmountAxis) return axis.comparing(condition.comparison, value);
  if (!(axis instanceof TextAxis)) throw new Error(`${axis.name} has no values`);
  const wanted = valuePattern(condition, value, requester);
  if (wanted === undefined) return 0n;
  return typeof wanted === "string" ? axis.equal(wanted) : axis.covers(wanted);
}
