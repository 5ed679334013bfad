/** The space of requests in which the prover works: the interface is told in region.ts. */
import { conditionKey } from "../iam/conditionBlock";
import type { Policy } from "../iam/policy";
import type { AccessRequest } from "../iam/request";
import { cutAxes, repositoriesOf, type Axes } from "./axes";
import type { Axis } from "./axis";
import { range } from "./bits";
import { ALL, Diagrams, NONE, type Node } from "./diagram";
import type { Dimension, Extent, Limits, Part, Region, Requester, Space, SpaceInputs } from "./region";
import { Statements } from "./statements";
import { UndecidableError } from "./undecidable";

/**
 * Cuts a space.
 * @throws UndecidableError where policies cannot be put into classes; it names one of them and a statement
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
    this.axes = [cut.action, cut.resource, ...cut.keys.values()];
    this.dimensions = new Map(this.axes.map(({ name, size }) => [name, size]));
    this.diagrams = new Diagrams(this.axes.map(({ size }) => range(0, size)));
    this.statements = new Statements(cut, this.diagrams, (axis) => this.axes.indexOf(axis));
  }

  everything(requester: Requester): Region {
    return new CutRegion(this, requester, ALL);
  }

  admitted(requester: Requester, policy: Policy): Region {
    return new CutRegion(this, requester, this.admitting([policy], requester));
  }

  allowed(requester: Requester, limits: Limits): Region {
    const {
      identity,
      permissionsBoundary,
      serviceControl = [],
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
    for (const policies of gates) node = diagrams.and(node, this.admitting(policies, requester));
    for (const [id, policy] of endpoints) {
      checkPrincipals(policy, true);
      const through = diagrams.slice(
        this.level("aws:SourceVpce"),
        this.axis("aws:SourceVpce").select({ values: [id] }),
      );
      const refused = diagrams.minus(through, this.admitting([policy], requester));
      node = diagrams.minus(node, refused);
    }
    return new CutRegion(this, requester, node);
  }

  /** The place of a dimension; names of keys in any case. */
  level(dimension: Dimension): number {
    const name = conditionKey(dimension) ?? dimension;
    const level = this.axes.findIndex((axis) => axis.name === name);
    if (level < 0) {
      throw new RangeError(
        `the space has no dimension ${dimension}; it has ${[...this.dimensions.keys()].join(", ")}`,
      );
    }
    return level;
  }

  axis(dimension: Dimension): Axis {
    const axis = this.axes[this.level(dimension)];
    if (axis === undefined) throw new RangeError(`the space has no dimension ${dimension}`);
    return axis;
  }

  private admitting(policies: readonly Policy[], requester: Requester): Node {
    return this.diagrams.minus(
      this.statements.applying("Allow", policies, requester),
      this.statements.applying("Deny", policies, requester),
    );
  }
}

/** AWS takes a Principal in each statement of an endpoint's policy, and in none of the others. */
function checkPrincipals({ name, statements }: Policy, expected: boolean): void {
  const wrong = statements.find(({ principals }) => (principals !== undefined) !== expected);
  if (wrong === undefined) return;
  throw new UndecidableError(
    { policy: name, statement: wrong.label, element: "Principal" },
    expected
      ? "expected a Principal, as in every endpoint policy"
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
    const axis = this.space.axis(dimension);
    const classes = this.space.diagrams.project(this.node, this.space.level(dimension));
    return { absent: (classes & axis.absent) !== 0n, values: axis.show(classes) };
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
    const [action = "", resource = "", ...values] = axes.map((axis, i) => axis.value(point[i] ?? 0));
    axes.slice(2).forEach(({ name }, i) => {
      const value = values[i];
      if (value !== undefined) context[name] = value;
    });
    const { arn: principalArn, account: principalAccount } = this.requester;
    return { principalArn, principalAccount, action, resource, context };
  }

  private slice(dimension: Dimension, part: Part): Node {
    return this.space.diagrams.slice(this.space.level(dimension), this.space.axis(dimension).select(part));
  }

  private made(node: Node): Region {
    return new CutRegion(this.space, this.requester, node);
  }

  private nodeOf(other: Region): Node {
    const same =
      other instanceof CutRegion && other.space === this.space && other.requester.arn === this.requester.arn;
    if (!same) throw new TypeError("only regions of one space and one requester can be combined");
    return other.node;
  }
}
