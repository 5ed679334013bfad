/** Turns statements into sets of requests of one requester, with conditions as AWS documents them (conditionBlock.ts). */
import type { Condition, ConditionKey } from "../iam/conditionBlock";
import type { Policy, Principal, Selection, Statement } from "../iam/policy";
import { AddressAxis } from "./addressAxis";
import { hasWildcards, repositoriesOf, wantedBy, type Axes } from "./axes";
import { BooleanAxis, TextAxis, type Axis } from "./axis";
import { range, type Bits } from "./bits";
import { ALL, NONE, type Diagrams, type Node } from "./diagram";
import { Reader } from "./pattern";
import type { Requester } from "./region";
import { checkUnderstood } from "./understood";

export class Statements {
  /** @param level the place of each axis in the diagrams */
  constructor(
    private readonly axes: Axes,
    private readonly diagrams: Diagrams,
    private readonly level: (axis: Axis) => number,
  ) {}

  /** What any statement with this effect applies to. */
  applying(effect: Statement["effect"], policies: readonly Policy[], requester: Requester): Node {
    checkUnderstood(policies);
    const own = policies.flatMap(({ statements }) => statements.filter((s) => s.effect === effect));
    return this.diagrams.union(own.map((statement) => this.scope(statement, requester)));
  }

  private scope(statement: Statement, requester: Requester): Node {
    if (statement.principals?.some((principal) => means(principal, requester)) === false) return NONE;
    const parts = [
      this.selected(this.axes.action, statement.actions),
      this.selected(this.axes.resource, statement.resources),
      ...statement.conditions.map((condition) => this.holding(condition, requester)),
    ];
    return parts.reduce((both, part) => this.diagrams.and(both, part), ALL);
  }

  private selected(axis: TextAxis, { inverted, patterns }: Selection): Node {
    const covered = patterns.reduce((bits, pattern) => bits | axis.matching(pattern), 0n);
    return this.slice(axis, inverted ? all(axis) & ~covered : covered);
  }

  private holding(condition: Condition, requester: Requester): Node {
    const { key } = condition;
    const known = knownValue(key, requester);
    if (known !== undefined) return holdsFor(condition, known) ? ALL : NONE;
    if (key === "aws:ResourceAccount") return this.holdingForAccount(condition);
    const axis = this.axes.keys.get(key);
    if (axis === undefined) throw new RangeError(`the space was not cut by ${key}`);
    if (condition.comparison === "absent") {
      return this.slice(axis, condition.values.includes("true") ? axis.absent : all(axis) & ~axis.absent);
    }
    const matched = condition.values.reduce((bits, value) => bits | matching(axis, condition, value), 0n);
    // A key that is absent matches nothing, which is what a negated operator asks for.
    const holding = condition.negated ? all(axis) & ~matched : matched;
    return this.slice(axis, condition.ifExists ? holding | axis.absent : holding);
  }

  /** The account is a part of the resource, and never absent. */
  private holdingForAccount({ comparison, negated, values }: Condition): Node {
    const axis = this.axes.resource;
    if (comparison === "absent") return values.includes("true") ? NONE : ALL;
    // Digits have no case. A wildcard is one for StringLike only, and no account's number otherwise.
    const wanted = values.filter((value) => comparison === "like" || !hasWildcards(value));
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

/** What every request of the requester says; undefined for keys that differ between them. */
function knownValue(key: ConditionKey, { arn, account }: Requester): string | undefined {
  if (key === "aws:PrincipalArn") return arn;
  return key === "aws:PrincipalAccount" ? account : undefined;
}

function holdsFor({ comparison, negated, values }: Condition, known: string): boolean {
  if (comparison === "absent") return values.includes("false");
  const matched = values.some((value) => {
    const wanted = wantedBy(comparison, value);
    return typeof wanted === "string" ? wanted === known : new Reader(wanted).covers(known);
  });
  return matched !== negated;
}

function matching(axis: Axis, { comparison }: Condition, value: string): Bits {
  if (axis instanceof AddressAxis) return axis.inside(value);
  if (axis instanceof BooleanAxis) return axis.equal(value);
  const wanted = wantedBy(comparison, value);
  if (axis instanceof TextAxis) return typeof wanted === "string" ? axis.equal(wanted) : axis.covers(wanted);
  throw new RangeError(`${axis.name} has no values`);
}
