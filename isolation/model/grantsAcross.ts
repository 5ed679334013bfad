/** What a stack grants to roles and users of another one in the same account: the mirror's, to GitLab's role, for one. */
import type { BroadStatement } from "../iam/broadPolicy";
import type { Identity, Side } from "./deployment";
import { ATTACHMENTS, INLINE, POLICY } from "./identities";
import { statementsIn } from "./policyDocuments";
import type { StackResource, Value } from "./snapshot";
import { propertiesOf, Stack } from "./stack";

interface Grant {
  /** A name, or an ARN. */
  readonly to: string;
  /** The policy, by URN or ARN. */
  readonly policy: string;
  /** Absent where the policy cannot be read. */
  readonly rights: readonly BroadStatement[] | undefined;
}

/** The side with the rights that other stacks grant to its identities. */
export function withGrantsAcross(side: Side, all: readonly Side[]): Side {
  const grants = all
    .filter((other) => other !== side)
    .filter(({ accountId }) => accountId === undefined || accountId === side.accountId)
    .flatMap(({ snapshot }) => grantsOf(new Stack(snapshot)));
  if (grants.length === 0) return side;
  return { ...side, identities: side.identities.map((identity) => granted(identity, grants)) };
}

function granted(identity: Identity, grants: readonly Grant[]): Identity {
  const own = grants.filter(({ to }) => to === identity.name || to === identity.arn);
  return {
    ...identity,
    rights: [...identity.rights, ...own.flatMap(({ rights = [] }) => rights)],
    unknownRights: [
      ...identity.unknownRights,
      ...own.flatMap(({ policy, rights }) => (rights === undefined ? [policy] : [])),
    ],
  };
}

/** Those to whom the stack does not hold itself. */
function grantsOf(stack: Stack): Grant[] {
  const inline = INLINE.flatMap(([type, property, owner]) =>
    stack.of(type).flatMap((resource) =>
      ownersOf(stack, resource, property, owner).map((to): Grant => {
        const { policy } = propertiesOf(resource);
        return { to, policy: resource.urn, rights: statementsIn(policy) };
      }),
    ),
  );
  const attached = ATTACHMENTS.flatMap(([type, owners]) =>
    stack.of(type).flatMap((resource) => {
      const policies = ["policyArn", "policyArns"].flatMap((name) =>
        referencesOf(stack, resource, name, POLICY),
      );
      return Object.entries(owners).flatMap(([property, owner]) =>
        ownersOf(stack, resource, property, owner).flatMap((to) =>
          policies.map((policy): Grant => ({ to, policy, rights: statementsIn(documentOf(stack, policy)) })),
        ),
      );
    }),
  );
  return [...inline, ...attached];
}

function ownersOf(stack: Stack, resource: StackResource, name: string, type: string): string[] {
  return referencesOf(stack, resource, name, type).filter((owner) => !owner.startsWith("urn:"));
}

function referencesOf(stack: Stack, resource: StackResource, name: string, type: string): string[] {
  if (Array.isArray(propertiesOf(resource)[name])) return stack.references(resource, name, [type]);
  return [stack.reference(resource, name, [type]) ?? []].flat();
}

function documentOf(stack: Stack, policy: string): Value | undefined {
  const shown = stack.of(POLICY).find(({ urn }) => urn === policy);
  return shown && propertiesOf(shown).policy;
}
