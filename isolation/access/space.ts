/** The space of requests in which the prover works: the interface is told in region.ts. */
import { conditionKey } from "../iam/keys";
import type { Policy } from "../iam/policy";
import type { AccessRequest } from "../iam/request";
import { cutAxes, repositoriesOf, type Axes } from "./axes";
import type { Axis } from "./axis";
import { range, type Bits } from "./bits";
import { ALL, Diagrams, NONE, type Node } from "./diagram";
import type { Dimension, Extent, Limits, Part, Region, Requester, Space, SpaceInputs } from "./region";
import { MemberAxis, type SetAxes } from "./setAxes";
import { Statements } from "./statements";
import { UnclassifiablePolicyError } from "./unclassifiable";

/**
 * Cuts a space.
 * @throws UnclassifiablePolicyError where policies cannot be put into classes; it names one of them and a statement
 */
export function createSpace(inputs: SpaceInputs): Space {
  return new CutSpace(cutAxes(inputs));
}

class CutSpace implements Space {
  readonly dimensions: ReadonlyMap<Dimension, number>;
  readonly diagrams: Diagrams;
  readonly axes: readonly Axis[];
  private readonly statements: Statements;

  constructor(private readonly cut: Axes) {
    this.axes = [
      cut.action,
      cut.resource,
      ...cut.keys.values(),
      ...[...cut.sets.values()].flatMap(({ members }) => members),
    ];
    this.dimensions = new Map(this.axes.map(({ name, size }) => [name, size]));
    this.diagrams = new Diagrams(this.axes.map(({ size }) => range(0, size)));
    this.statements = new Statements(cut, this.diagrams, (axis) => this.axes.indexOf(axis));
  }

  everything(requester: Requester): Region {
    return new CutRegion(this, requester, ALL);
  }

  admitted(requester: Requester, policy: Policy): Region {
    return new CutRegion(this, requester, this.admitting([policy], requester, false));
  }

  allowed(requester: Requester, limits: Limits): Region {
    const {
      identity,
      permissionsBoundary,
      serviceControl = [],
      resourceControl = [],
      endpoints = new Map<string, Policy>(),
    } = limits;
    const { diagrams } = this;
    const gates = [
      ...serviceControl,
      ...(permissionsBoundary === undefined ? [] : [[permissionsBoundary]]),
      identity,
    ];
    for (const policy of gates.flat()) checkPrincipals(policy, false);
    const own = this.cut.resource.covers(repositoriesOf(requester.account));
    let node = diagrams.slice(this.axes.indexOf(this.cut.resource), own);
    const bounded = permissionsBoundary !== undefined;
    for (const policies of gates) node = diagrams.and(node, this.admitting(policies, requester, bounded));
    for (const policy of resourceControl) checkPrincipals(policy, true);
    node = diagrams.minus(node, this.statements.applying("Deny", resourceControl, requester, bounded));
    for (const [id, policy] of endpoints) {
      checkPrincipals(policy, true);
      const through = diagrams.slice(
        this.level("aws:SourceVpce"),
        this.axis("aws:SourceVpce").select({ values: [id] }),
      );
      const refused = diagrams.minus(through, this.admitting([policy], requester, bounded));
      node = diagrams.minus(node, refused);
    }
    return new CutRegion(this, requester, node);
  }

  /** The place of a dimension; names of keys in any case. */
  level(dimension: Dimension): number {
    const name = conditionKey(dimension) ?? dimension;
    const level = this.axes.findIndex((axis) => axis.name === name);
    if (level < 0) {
      throw new Error(
        `the space has no dimension ${dimension}; it has ${[...this.dimensions.keys()].join(", ")}`,
      );
    }
    return level;
  }

  axis(dimension: Dimension): Axis {
    const axis = this.axes[this.level(dimension)];
    if (axis === undefined) throw new Error(`the space has no dimension ${dimension}`);
    return axis;
  }

  /** The places of the dimensions that a part is about, and its classes along each. */
  parts(dimension: Dimension, part: Part): (readonly [level: number, classes: Bits])[] {
    const set = this.set(dimension);
    if (set === undefined) return [[this.level(dimension), this.axis(dimension).select(part)]];
    const exactly = set.exactly(part);
    return set.members.map((member, i) => [this.axes.indexOf(member), exactly[i] ?? 0n]);
  }

  /** What a key with several values was cut into; undefined for other dimensions. */
  set(dimension: Dimension): SetAxes | undefined {
    const key = conditionKey(dimension);
    return key === undefined ? undefined : this.cut.sets.get(key);
  }

  private admitting(policies: readonly Policy[], requester: Requester, bounded: boolean): Node {
    return this.diagrams.minus(
      this.statements.applying("Allow", policies, requester, bounded),
      this.statements.applying("Deny", policies, requester, bounded),
    );
  }
}

/** AWS takes a Principal in each statement of an endpoint's or a resource control policy, and in none of the others. */
function checkPrincipals({ name, statements }: Policy, expected: boolean): void {
  const wrong = statements.find(
    ({ principals, notPrincipals }) => ((principals ?? notPrincipals) !== undefined) !== expected,
  );
  if (wrong === undefined) return;
  throw new UnclassifiablePolicyError(
    { policy: name, statement: wrong.label, element: "Principal" },
    expected
      ? "expected a Principal, as in every policy of this kind"
      : "expected no Principal in this kind of policy",
  );
}

class CutRegion implements Region {
  constructor(
    private readonly space: CutSpace,
    readonly requester: Requester,
    private readonly node: Node,
  ) {}

  isEmpty(): boolean {
    return this.node === NONE;
  }

  and(other: Region): Region {
    return this.made(this.space.diagrams.and(this.node, this.nodeOf(other)));
  }

  or(other: Region): Region {
    return this.made(this.space.diagrams.or(this.node, this.nodeOf(other)));
  }

  minus(other: Region): Region {
    return this.made(this.space.diagrams.minus(this.node, this.nodeOf(other)));
  }

  within(dimension: Dimension, part: Part): Region {
    return this.made(this.space.diagrams.and(this.node, this.slice(dimension, part)));
  }

  outside(dimension: Dimension, part: Part): Region {
    return this.made(this.space.diagrams.minus(this.node, this.slice(dimension, part)));
  }

  along(dimension: Dimension): Extent {
    const set = this.space.set(dimension);
    if (set !== undefined) {
      const projected = set.members.map((member) => ({
        member,
        classes: this.space.diagrams.project(this.node, this.space.axes.indexOf(member)),
      }));
      const values = projected.flatMap(({ member, classes }) => member.show(classes));
      return { absent: !this.within(dimension, { absent: true }).isEmpty(), values };
    }
    const axis = this.space.axis(dimension);
    const classes = this.space.diagrams.project(this.node, this.space.level(dimension));
    return { absent: (classes & axis.absent) !== 0n, values: axis.show(classes) };
  }

  dependsOn(): Dimension[] {
    const names = this.space.diagrams.dependsOn(this.node).map((level) => {
      const axis = this.space.axes[level];
      return axis instanceof MemberAxis ? axis.key : (axis?.name ?? "");
    });
    return [...new Set(names)];
  }

  classes(): bigint {
    return this.space.diagrams.count(this.node);
  }

  example(): AccessRequest | undefined {
    const { axes, diagrams } = this.space;
    const free = axes.map(({ absent, size }) => (absent === 0n ? range(0, size) : absent));
    const point = diagrams.cheapest(this.node, free);
    if (point === undefined) return undefined;
    const context: Record<string, string> = {};
    const lists: Record<string, string[]> = {};
    const [action = "", resource = "", ...values] = axes.map((axis, i) => axis.value(point[i] ?? 0));
    axes.slice(2).forEach((axis, i) => {
      const value = values[i];
      if (value === undefined) return;
      if (axis instanceof MemberAxis) (lists[axis.key] ??= []).push(value);
      else context[axis.name] = value;
    });
    const { arn: principalArn, account: principalAccount } = this.requester;
    return { principalArn, principalAccount, action, resource, context: { ...context, ...lists } };
  }

  private slice(dimension: Dimension, part: Part): Node {
    const { diagrams } = this.space;
    return diagrams.all(
      this.space.parts(dimension, part).map(([level, classes]) => diagrams.slice(level, classes)),
    );
  }

  private made(node: Node): Region {
    return new CutRegion(this.space, this.requester, node);
  }

  private nodeOf(other: Region): Node {
    const same =
      other instanceof CutRegion && other.space === this.space && other.requester.arn === this.requester.arn;
    if (!same) throw new Error("only regions of one space and one requester can be combined");
    return other.node;
  }
}
