/** Reads users and roles with their policies, groups and credentials. */
import { isRecord, strictlyParsed } from "./json";
import type { Policy } from "../iam/policy";
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
  const grants = new Map<Reference, Grant>();
  const grantOf = (owner: Reference): Grant => {
    const grant = grants.get(owner) ?? { policies: [], unread: [] };
    grants.set(owner, grant);
    return grant;
  };
  const managed = new Map<string, Policy>();
  for (const resource of stack.of(POLICY)) {
    const policy = stack.policy(resource, propertiesOf(resource).policy, resource.name);
    if (policy !== undefined) managed.set(resource.urn, policy);
  }
  const attach = (owner: Reference, reference: Reference) => {
    const policy = managed.get(reference);
    if (policy === undefined) grantOf(owner).unread.push(reference);
    else grantOf(owner).policies.push({ urn: reference, policy });
  };
  const inline = (owner: Reference, resource: StackResource, document: Value | undefined, name: string) => {
    const policy = stack.policy(resource, document, name);
    if (policy === undefined) grantOf(owner).unread.push(resource.urn);
    else grantOf(owner).policies.push({ urn: resource.urn, policy });
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
  const groups = readGroups(stack);
  const credentials = readCredentials(stack);
  for (const [owner, { policies, unread }] of grants) {
    if (owner.startsWith("urn:")) continue;
    // IAM does not tell names apart by case: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
    for (const alike of stack.of(USER, ROLE))
      if (known(propertiesOf(alike).name)?.toLowerCase() === owner.toLowerCase())
        stack.gap(alike, `rights are given to ${owner}, who may be meant`);
    const [given] = [...policies.map(({ urn }) => urn), ...unread.filter((one) => one.startsWith("urn:"))];
    if (given !== undefined) stack.gap({ urn: given }, `gives rights to ${owner}, who is not shown`);
  }

  return stack.of(USER, ROLE).map((resource): Identity => {
    const own = [...new Set(groups.get(resource.urn) ?? [])].sort();
    const given = [resource.urn, ...own].map(grantOf);
    const boundary = stack.reference(resource, "permissionsBoundary", [POLICY]);
    const limit = boundary === undefined ? undefined : managed.get(boundary);
    if (boundary !== undefined && limit === undefined)
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
      ...(limit !== undefined && { permissionsBoundary: limit }),
      unreadPolicyArns: [...new Set(given.flatMap(({ unread }) => unread))].sort(),
      groups: own,
      credentials: credentials.get(resource.urn) ?? [],
      trusts: resource.type === ROLE ? readTrusts(stack, resource) : [],
    };
  });
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

function readTrusts(stack: Stack, role: StackResource): string[] {
  const document = propertiesOf(role).assumeRolePolicy;
  const given: unknown = typeof document === "string" ? strictlyParsed(document) : document;
  const found = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === "string") found.add(value);
    else if (Array.isArray(value)) value.forEach(collect);
    else if (isRecord(value)) Object.values(value).forEach(collect);
  };
  const listed = isRecord(given) ? given.Statement : undefined;
  const statements: unknown[] = Array.isArray(listed) ? listed : [listed];
  for (const statement of statements) {
    if (!isRecord(statement) || statement.NotPrincipal !== undefined || statement.Principal === undefined) {
      stack.gap(role, "its trust policy is not understood");
    } else if (statement.Effect !== "Deny") collect(statement.Principal);
  }
  return [...found].sort();
}

function once(policies: readonly AttachedPolicy[]): AttachedPolicy[] {
  const byKey = new Map(policies.map((attached) => [`${attached.urn} ${attached.policy.name}`, attached]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, attached]) => attached);
}
