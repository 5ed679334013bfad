/** Reads users and roles with their policies, groups and credentials. */
import { isRecord } from "../../facts/record";
import { documentIn, statementsIn } from "./policyDocuments";
import { MANAGED_POLICIES } from "../../facts/managedPolicies";
import { readBroadly, writtenPrincipal, type BroadStatement } from "../iam/broadPolicy";
import { mayBeOfCodeCommit, parsePolicy, type Policy } from "../iam/policy";
import { UnsupportedPolicyError } from "../iam/unsupported";
import type { AttachedPolicy, Credential, Identity, Reference } from "./deployment";
import { known, propertiesOf, type Stack } from "./stack";
import type { StackResource, Value } from "./snapshot";

const iam = (name: string) => `aws:iam/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
export const USER = iam("User");
export const ROLE = iam("Role");
const GROUP = iam("Group");
export const POLICY = iam("Policy");

/** What a resource gives to a user, role or group. */
interface Grant {
  readonly policies: AttachedPolicy[];
  readonly unread: string[];
  readonly rights: BroadStatement[];
  readonly unknownRights: string[];
}

/** A policy document, as far as it can be read. */
interface ReadPolicy {
  /** Absent where what it says of CodeCommit is not understood, which is a gap. */
  readonly policy?: Policy;
  readonly rights?: readonly BroadStatement[];
}

/** What a user signs in or asks with, and the property that names the user. */
export const CREDENTIALS: readonly (readonly [type: string, kind: Credential["kind"], owner: string])[] = [
  [iam("ServiceSpecificCredential"), "git credential", "userName"],
  [iam("AccessKey"), "access key", "user"],
  [iam("UserLoginProfile"), "password", "user"],
  [iam("SshKey"), "ssh key", "username"],
  [iam("SigningCertificate"), "signing certificate", "userName"],
];

/** Attachments, with the properties that name whom they attach to; some hold one name, some a list. */
export const ATTACHMENTS: readonly (readonly [type: string, owners: Readonly<Record<string, string>>])[] = [
  [iam("UserPolicyAttachment"), { user: USER }],
  [iam("RolePolicyAttachment"), { role: ROLE }],
  [iam("GroupPolicyAttachment"), { group: GROUP }],
  [iam("PolicyAttachment"), { users: USER, roles: ROLE, groups: GROUP }],
  [iam("UserPolicyAttachmentsExclusive"), { userName: USER }],
  [iam("RolePolicyAttachmentsExclusive"), { roleName: ROLE }],
  [iam("GroupPolicyAttachmentsExclusive"), { groupName: GROUP }],
];

/** Policies that are part of a user, role or group, with the property that names whose. */
export const INLINE: readonly (readonly [type: string, property: string, owner: string])[] = [
  [iam("UserPolicy"), "user", USER],
  [iam("RolePolicy"), "role", ROLE],
  [iam("GroupPolicy"), "group", GROUP],
];

/** What puts users into groups: the properties that name the users, and the groups. */
export const MEMBERSHIPS: readonly (readonly [type: string, users: string, groups: string])[] = [
  [iam("GroupMembership"), "users", "group"],
  [iam("UserGroupMembership"), "user", "groups"],
];

/** @param accountId by which the ARN of what does not exist yet is known, as its name and path are */
export function readIdentities(stack: Stack, accountId: string | undefined): Identity[] {
  const managed = new Map(
    stack
      .of(POLICY)
      .map((one) => [one.urn, readPolicy(stack, one, propertiesOf(one).policy, one.name)] as const),
  );
  const groups = readGroups(stack);
  const credentials = readCredentials(stack);
  const grantOf = readGrants(stack, managed);

  return stack.of(USER, ROLE).map((resource): Identity => {
    const own = [...new Set(groups.get(resource.urn) ?? [])].sort();
    const given = [resource.urn, ...own].map(grantOf);
    const boundary = stack.reference(resource, "permissionsBoundary", [POLICY]);
    const limit = boundary === undefined ? undefined : (managed.get(boundary) ?? ofAws(boundary));
    if (boundary !== undefined && limit?.policy === undefined)
      stack.gap(resource, "its permissions boundary is not known");
    const name = stack.text(resource, "name") ?? resource.name;
    const arn = known(propertiesOf(resource).arn) ?? arnToBe(resource, accountId);
    if (arn === undefined) stack.gap(resource, "its ARN is not known");
    const uniqueId = known(propertiesOf(resource).uniqueId);
    return {
      urn: resource.urn,
      kind: resource.type === USER ? "user" : "role",
      name,
      arn: arn ?? "",
      ...(uniqueId !== undefined && { uniqueId }),
      policies: once(given.flatMap(({ policies }) => policies)),
      ...(limit?.policy !== undefined && { permissionsBoundary: limit.policy }),
      unreadPolicyArns: [...new Set(given.flatMap(({ unread }) => unread))].sort(),
      rights: given.flatMap(({ rights }) => rights),
      ...(limit?.rights !== undefined && { boundary: limit.rights }),
      unknownRights: [...new Set(given.flatMap(({ unknownRights }) => unknownRights))].sort(),
      groups: own,
      credentials: credentials.get(resource.urn) ?? [],
      ...(resource.type === ROLE ? readTrust(stack, resource) : { trusts: [] }),
    };
  });
}

/** What is given to each user, role and group, and leaves a gap where that is to somebody who is not shown. */
function readGrants(stack: Stack, managed: ReadonlyMap<string, ReadPolicy>): (owner: Reference) => Grant {
  const grants = new Map<Reference, Grant>();
  const grantOf = (owner: Reference): Grant => {
    const grant = grants.get(owner) ?? { policies: [], unread: [], rights: [], unknownRights: [] };
    grants.set(owner, grant);
    return grant;
  };
  const give = (owner: Reference, urn: Reference, { policy, rights }: ReadPolicy) => {
    const grant = grantOf(owner);
    if (policy === undefined) grant.unread.push(urn);
    else grant.policies.push({ urn, policy });
    if (rights === undefined) grant.unknownRights.push(urn);
    else grant.rights.push(...rights);
  };
  const attach = (owner: Reference, reference: Reference) => {
    give(owner, reference, managed.get(reference) ?? ofAws(reference));
  };
  const inline = (owner: Reference, resource: StackResource, document: Value | undefined, name: string) => {
    give(owner, resource.urn, readPolicy(stack, resource, document, name));
  };

  for (const [type, owners] of ATTACHMENTS) {
    for (const resource of stack.of(type)) {
      const one = stack.reference(resource, "policyArn", [POLICY]);
      const policies = [
        ...(one === undefined ? [] : [one]),
        ...stack.references(resource, "policyArns", [POLICY]),
      ];
      for (const owner of Object.entries(owners).flatMap(([name, kind]) =>
        oneOrMore(stack, resource, name, [kind]),
      )) {
        for (const policy of policies) attach(owner, policy);
      }
    }
  }
  for (const [type, property, kind] of INLINE) {
    for (const resource of stack.of(type)) {
      for (const owner of oneOrMore(stack, resource, property, [kind])) {
        inline(owner, resource, propertiesOf(resource).policy, resource.name);
      }
    }
  }
  for (const role of stack.of(ROLE)) {
    for (const policy of stack.references(role, "managedPolicyArns", [POLICY])) attach(role.urn, policy);
    for (const [i, policy] of stack.objects(role, "inlinePolicies").entries()) {
      if (Object.keys(policy).length > 0) inline(role.urn, role, policy.policy, `${role.name} inline ${i}`);
    }
  }
  for (const [owner, { policies, unread }] of grants) {
    if (owner.startsWith("urn:")) continue;
    // IAM does not tell names apart by case: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
    for (const alike of stack.of(USER, ROLE))
      if (known(propertiesOf(alike).name)?.toLowerCase() === owner.toLowerCase())
        stack.gap(alike, `rights are given to ${owner}, who may be meant`);
    const [given] = [...policies.map(({ urn }) => urn), ...unread.filter((one) => one.startsWith("urn:"))];
    if (given !== undefined) stack.gap({ urn: given }, `gives rights to ${owner}, who is not shown`);
  }
  return grantOf;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
function arnToBe(resource: StackResource, accountId: string | undefined): string | undefined {
  const { name, path } = propertiesOf(resource);
  if (accountId === undefined || typeof name !== "string") return undefined;
  if (path !== undefined && path !== null && typeof path !== "string") return undefined;
  return `arn:aws:iam::${accountId}:${resource.type === USER ? "user" : "role"}${path ?? "/"}${name}`;
}

function oneOrMore(
  stack: Stack,
  resource: StackResource,
  name: string,
  types: readonly string[],
): Reference[] {
  if (Array.isArray(propertiesOf(resource)[name])) return stack.references(resource, name, types);
  const one = stack.reference(resource, name, types);
  return one === undefined ? [] : [one];
}

function readGroups(stack: Stack): Map<Reference, Reference[]> {
  const groups = new Map<Reference, Reference[]>();
  const add = (user: Reference, group: Reference) => {
    groups.set(user, [...(groups.get(user) ?? []), group]);
  };
  for (const [type, userProperty, groupProperty] of MEMBERSHIPS) {
    for (const resource of stack.of(type)) {
      const joined = oneOrMore(stack, resource, groupProperty, [GROUP]);
      for (const user of oneOrMore(stack, resource, userProperty, [USER]))
        for (const group of joined) add(user, group);
    }
  }
  for (const resource of stack.of(USER)) {
    const outside = (groups.get(resource.urn) ?? []).filter((group) => !group.startsWith("urn:"));
    if (outside.length > 0) {
      stack.gap(resource, `is in ${outside.join(", ")}, whose policies this stack does not show`);
    }
  }
  return groups;
}

function readCredentials(stack: Stack): Map<Reference, Credential[]> {
  const credentials = new Map<Reference, Credential[]>();
  for (const [type, kind, owner] of CREDENTIALS) {
    for (const resource of stack.of(type)) {
      const user = stack.reference(resource, owner, [USER]);
      const active = stack.text(resource, "status") !== "Inactive";
      if (user === undefined) stack.gap(resource, "whose credential it is, is not known");
      else {
        // Service-specific credentials are for other services too, Amazon Keyspaces among them.
        const service = stack.text(resource, "serviceName") ?? "codecommit.amazonaws.com";
        const isOther = kind === "git credential" && service !== "codecommit.amazonaws.com";
        const read: Credential = {
          urn: resource.urn,
          kind: isOther ? "other service's credential" : kind,
          active,
        };
        credentials.set(user, [...(credentials.get(user) ?? []), read]);
      }
    }
  }
  return credentials;
}

/** Whom a role's trust policy lets assume it. */
function readTrust(stack: Stack, role: StackResource): Pick<Identity, "trust" | "trusts"> {
  const trust = statementsIn(propertiesOf(role).assumeRolePolicy);
  const isUnderstood = trust?.every(
    ({ principals, isNotPrincipal }) => principals !== undefined && !isNotPrincipal,
  );
  if (isUnderstood !== true) stack.gap(role, "its trust policy is not understood");
  const allowing = (trust ?? []).filter(
    ({ effect, isNotPrincipal }) => effect === "Allow" && !isNotPrincipal,
  );
  const trusts = allowing.flatMap(({ principals = [] }) => principals.map(writtenPrincipal));
  return { trusts: [...new Set(trusts)].sort(), ...(trust !== undefined && { trust }) };
}

/**
 * Reads a policy of a user, role or group. What it says in a form that is not understood matters to the exact decider only
 * where it may be about CodeCommit; elsewhere it is in the rights, as far as it goes.
 */
function readPolicy(
  stack: Stack,
  resource: StackResource,
  document: Value | undefined,
  name: string,
): ReadPolicy {
  const given = documentIn(document);
  const rights = readBroadly(given);
  const relevant = rights === undefined ? undefined : ofCodeCommit(given, rights, name);
  const policy = relevant ?? stack.policy(resource, document, name);
  return { ...(policy !== undefined && { policy }), ...(rights !== undefined && { rights }) };
}

/** One of AWS's managed policies; nothing of it where what it says is not known. */
function ofAws(arn: string): ReadPolicy {
  const known = MANAGED_POLICIES.get(arn);
  if (known === undefined) return {};
  const rights = readBroadly(known.document);
  return { policy: parsePolicy(known.document, arn), ...(rights !== undefined && { rights }) };
}

/** The policy without the statements that cannot be about CodeCommit and are not understood; undefined where others are left. */
function ofCodeCommit(
  document: unknown,
  rights: readonly BroadStatement[],
  name: string,
): Policy | undefined {
  const { Version, Statement } = isRecord(document) ? document : {};
  const listed: unknown[] = [Statement].flat();
  const isRead = (statement: unknown) => parse({ Version, Statement: statement }, name) !== undefined;
  const left = listed.filter(
    (statement, i) => rights[i] === undefined || mayBeOfCodeCommit(rights[i].actions) || isRead(statement),
  );
  if (left.length === listed.length) return undefined;
  // Nothing that is left says nothing.
  return left.length === 0
    ? { name, version: "2012-10-17", statements: [] }
    : parse({ Version, Statement: left }, name);
}

function parse(document: unknown, name: string): Policy | undefined {
  try {
    return parsePolicy(document, name);
  } catch (error) {
    if (error instanceof UnsupportedPolicyError) return undefined;
    throw error;
  }
}

function once(policies: readonly AttachedPolicy[]): AttachedPolicy[] {
  const byKey = new Map(policies.map((attached) => [`${attached.urn} ${attached.policy.name}`, attached]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, attached]) => attached);
}
