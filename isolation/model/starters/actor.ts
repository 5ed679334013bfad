/** What acts by itself, as the model has it: a host without a network of its own. */
import type { Host, Reference } from "../deployment";
import type { StackResource } from "../snapshot";
import type { Stack } from "../stack";
import { ROLE } from "../identities";
import { FUNCTION } from "../types";

/** Acts as any of these roles, in whatever way they may. */
export function actor({ urn, name }: StackResource, identities: readonly Reference[]): Host {
  return {
    urn,
    name,
    kind: "automation",
    role: "other",
    subnets: [],
    securityGroups: [],
    privateIp: undefined,
    publicIp: false,
    identities: [...new Set(identities)].sort(),
  };
}

/** The same, with a gap where the role is not known. */
export function actorAs(
  stack: Stack,
  resource: StackResource,
  role: Reference | undefined,
  does: string,
): Host[] {
  if (role === undefined) {
    stack.gap(resource, `it ${does}, and as which role is not shown`);
    return [];
  }
  return [actor(resource, [role])];
}

/** The roles whose ARNs stand in a text. */
export function rolesIn(stack: Stack, text: string): Reference[] {
  return (text.match(/arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+/g) ?? []).map(
    (arn) => stack.find(arn, [ROLE])?.urn ?? arn,
  );
}

/** Whether an ARN, with a version or alias or without, or a URN is that of a function of the stack. */
export function isShownFunction(stack: Stack, named: string): boolean {
  const plain = named.replace(/(:function:[^:]+):[^:]+$/, "$1");
  return named.startsWith("urn:") || stack.find(plain, [FUNCTION]) !== undefined;
}
