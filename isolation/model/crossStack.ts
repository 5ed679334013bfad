/**
 * What other stacks do to a side. No reader of the side sees it, so whatever names a part of the side, reaches its account
 * by a provider of its own, or is of a type that could reach anything, is a gap of the side.
 */
import { resourceType, type Concern } from "../../facts/resourceTypes";
import type { Gap, Side, Unmodelled } from "./deployment";
import { oncePerObject } from "./oncePerObject";
import { textsIn, type StackResource, type StackSnapshot } from "./snapshot";

/**
 * The side, with a gap for every resource of other stacks that could have a say in it.
 * @param asked stacks of which claims are asked themselves
 * @param unasked all others
 */
export function withCrossStackGaps(
  side: Side,
  asked: readonly (Side | undefined)[],
  unasked: readonly (Side | undefined)[],
): Side {
  const gaps = [
    ...asked.flatMap((other) =>
      other === undefined ? [] : reachingAnywhere(other, ({ isOfNoAccount }) => isOfNoAccount),
    ),
    ...unasked.flatMap((other) => (other === undefined ? [] : reachingAnywhere(other, () => true))),
    ...[...asked, ...unasked].flatMap((other) => (other === undefined ? [] : namingParts(side, other))),
  ];
  return gaps.length === 0 ? side : { ...side, gaps: [...side.gaps, ...gaps] };
}

/** Resources of a stack that no reader can judge, and that could have a say in another stack's side. */
function reachingAnywhere(other: Side, isFarReaching: (one: Unmodelled) => boolean): Gap[] {
  return other.unmodelled.filter(isFarReaching).map(({ urn, concerns, reason }) => ({
    urn,
    about: concerns,
    reason: `it is of the stack ${other.stack} and ${reason}`,
  }));
}

/** Resources whose properties hold an id or ARN of the side's network, users, roles or repositories. */
function namingParts(side: Side, other: Side): Gap[] {
  const parts = partsOf(side, other);
  return wordsIn(other.snapshot).flatMap(({ urn, about, written }): Gap[] => {
    const found = written.find((word) => parts.has(word));
    const reason = `it is of the stack ${other.stack} and concerns ${found}`;
    return found === undefined ? [] : [{ urn, about, reason }];
  });
}

/** A resource that could have a say, and every word of its properties. */
interface Naming {
  readonly urn: string;
  readonly about: readonly Concern[];
  readonly written: readonly string[];
}

const wordsIn = oncePerObject(({ resources }: StackSnapshot): readonly Naming[] =>
  resources.flatMap((resource): Naming[] => {
    const { urn, type, inputs, outputs } = resource;
    // Policies of an organization are read of whatever stack holds them.
    const isElsewhere = resource.isComponent || /^aws:organizations\//.test(type);
    const about = isElsewhere ? [] : resourceType(type).concerns;
    if (about.length === 0) return [];
    const written = [...new Set(textsIn({ ...inputs, ...outputs }).flatMap(words))];
    return [{ urn, about, written }];
  }),
);

/** An id of EC2's, e.g. "vpc-0a1b2c3d": an arbitrary word could stand in any text. */
const ID = /^[a-z0-9]+-/;

function partsOf(side: Side, other: Side): ReadonlySet<string> {
  const ofEc2 = side.snapshot.resources
    .filter(isOfEc2)
    .flatMap(({ id }) => (id !== undefined && ID.test(id) ? [id] : []));
  // Another account may have users and roles of the same names.
  const isElsewhere =
    other.accountId !== undefined && side.accountId !== undefined && other.accountId !== side.accountId;
  const identities = side.identities.flatMap(({ arn, name, kind }) =>
    isElsewhere ? [arn] : kind === "user" ? [arn, name] : [arn],
  );
  const repositories = side.repositories.map(({ arn }) => arn);
  return new Set([...ofEc2, ...identities, ...repositories].filter((part) => part !== ""));
}

function isOfEc2({ type }: StackResource): boolean {
  return /^aws:(ec2|ebs|lb|alb)\//.test(type);
}

/** The ARNs, ids and names in a text, and the parts of each: an id may stand in an ARN, and an ARN in a document. */
function words(text: string): string[] {
  return text
    .split(/[^\w:/.+=@-]+/)
    .flatMap((word) => (/[:/]/.test(word) ? [word, ...word.split(/[:/]/)] : [word]));
}
