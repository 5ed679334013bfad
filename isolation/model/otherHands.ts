/** What another stack does to a side: no reader of the side sees it, so it is a gap of the side. */
import type { Gap, Side } from "./deployment";
import { Secret, Unknown, type StackResource, type StackSnapshot, type Value } from "./snapshot";

/** The side, with a gap for every resource of other stacks that names a part of its network or one of its users. */
export function withOtherHands(side: Side, others: readonly (StackSnapshot | undefined)[]): Side {
  const parts = new Set(side.snapshot.resources.filter(isOfNetwork).flatMap(({ id }) => id ?? []));
  const users = side.identities.filter(({ kind }) => kind === "user");
  const gaps = others.flatMap((other): Gap[] => {
    if (other === undefined) return [];
    const owner = other.outputs.accountId;
    // Another account may have users of the same names.
    const isElsewhere = typeof owner === "string" && side.accountId !== undefined && owner !== side.accountId;
    const known = new Set(users.flatMap(({ arn, name }) => (isElsewhere ? [arn] : [arn, name])));
    return other.resources.filter(isOfCloud).flatMap(({ urn, type, inputs, outputs }) => {
      const concerned = type.includes(":iam") ? known : parts;
      const found = [...texts({ ...inputs, ...outputs })].find((text) => concerned.has(text));
      return found === undefined
        ? []
        : [{ urn, reason: `it is of the stack ${other.stack} and concerns ${found}` }];
    });
  });
  return gaps.length === 0 ? side : { ...side, gaps: [...side.gaps, ...gaps] };
}

function isOfNetwork({ type }: StackResource): boolean {
  return /^aws:(ec2|lb|alb)\//.test(type);
}

function isOfCloud({ type }: StackResource): boolean {
  return !/^(pulumi|git-airlock|awsx):/.test(type);
}

function* texts(value: Value): Generator<string> {
  if (typeof value === "string") yield value;
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return;
  for (const inner of Object.values<Value>(value)) yield* texts(inner);
}
