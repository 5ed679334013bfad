/** Whom of other accounts a role's trust policy lets in. */
import { accountOf } from "../../facts/arn";
import { writtenPrincipal, type BroadPrincipal, type BroadStatement } from "../iam/broadPolicy";
import { either, permissionByResource, type Permission } from "../iam/permission";
import type { Identity } from "../model/deployment";
import { Undecidable } from "../undecidable";
import type { Requester } from "./region";
import { classesOf } from "./requesters";
import { REQUESTER_KEYS } from "./variables";

/** Services that let in those whom others vouch for. */
const LETTING_IN = ["cognito-identity.amazonaws.com", "rolesanywhere.amazonaws.com"];

/** Actions that get a role's credentials. */
const ASSUMING = ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"];

/** What a resource's policy is asked for. */
interface Asked {
  /** Any of them will do. */
  readonly actions: readonly string[];
  readonly resource: string;
}

interface Found {
  readonly permission: Permission;
  /** Who it is, for people. */
  readonly who: string;
}

/**
 * Whether somebody of another account, or whom an identity provider lets in, may assume a role.
 * @param shown the account's identities
 */
export function strangerPermission(
  { kind, trust, arn }: Identity,
  shown: readonly Identity[],
  account: string,
): Found {
  if (trust === undefined)
    return {
      permission: kind === "role" ? "maybe" : "no",
      who: "somebody named by a trust policy that is not understood",
    };
  const principals = allowedBy(trust);
  const unclear = principals.find((one) => isUnclear(one, shown, account));
  const found = strangerPermissionBy(trust, { actions: ASSUMING, resource: arn }, account);
  return found.permission === "yes" || unclear === undefined
    ? found
    : { permission: "maybe", who: nameOf(unclear) };
}

/** Whether the policy of a resource lets somebody of another account, or everybody, do something with it. */
export function strangerPermissionBy(
  statements: readonly BroadStatement[],
  { actions, resource }: Asked,
  account: string,
): Found {
  const foreign = allowedBy(statements).filter((one) => isForeign(one, account));
  const nobody: Found = { permission: "no", who: "nobody" };
  if (foreign.length === 0) return nobody;
  try {
    const [found] = strangersOf(statements, foreign, account, resource)
      .filter((one) => one.account !== account)
      .map((requester) => ({
        requester,
        permission: either(
          ...actions.map(
            (action) => permissionByResource(statements, requester, { action, resource }).delegated,
          ),
        ),
      }))
      .filter(({ permission }) => permission !== "no")
      .sort((a, b) => Number(a.permission === "maybe") - Number(b.permission === "maybe"));
    if (found === undefined) return nobody;
    const named = foreign.find((one) => means(one, found.requester));
    return { permission: found.permission, who: named === undefined ? found.requester.arn : nameOf(named) };
  } catch (error) {
    if (error instanceof Undecidable) return { permission: "maybe", who: nameOf(foreign[0]) };
    throw error;
  }
}

/** One of each class of strangers that a policy tells apart. */
function strangersOf(
  statements: readonly BroadStatement[],
  foreign: readonly BroadPrincipal[],
  account: string,
  resource: string,
): readonly Requester[] {
  const conditions = statements
    .flatMap((statement) => statement.conditions)
    .filter((one) => one.variables === undefined && REQUESTER_KEYS.has(one.key));
  const arns = foreign.flatMap((one) => (one.kind === "identity" ? [one.arn] : []));
  const accounts = foreign.flatMap((one) => (one.kind === "account" ? [one.account] : []));
  if (conditions.length > 0)
    return classesOf(
      { conditions, arns, accounts },
      { accounts: [account], beyondIam: true },
      `the policy of ${resource}`,
    );
  // Nothing but names tells them apart.
  const fresh = ["999999999999", "888888888888"].filter((one) => one !== account).slice(0, 1);
  return [
    ...arns.map((arn) => ({ arn, account: accountOf(arn) ?? "" })),
    ...[...accounts, ...fresh].map((owner) => ({
      arn: `arn:aws:iam::${owner}:role/stranger`,
      account: owner,
    })),
  ];
}

/** The principals of statements that allow something. */
function allowedBy(statements: readonly BroadStatement[]): readonly BroadPrincipal[] {
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals = [], isNotPrincipal }): readonly BroadPrincipal[] =>
      isNotPrincipal ? [{ kind: "unknown", text: "everybody whom its policy does not name" }] : principals,
    );
}

function isForeign(principal: BroadPrincipal, account: string): boolean {
  switch (principal.kind) {
    case "everyone":
      return true;
    case "account":
      return principal.account !== account;
    case "identity":
      return accountOf(principal.arn) !== account;
    default:
      return false;
  }
}

/** Where a principal does not say who it lets in. */
function isUnclear(principal: BroadPrincipal, shown: readonly Identity[], account: string): boolean {
  switch (principal.kind) {
    case "federated":
    case "unknown":
      return true;
    case "service":
      return LETTING_IN.includes(principal.name) || !/\.amazonaws\.com(\.cn)?$/.test(principal.name);
    case "session":
      return principal.account !== account;
    case "unique id":
      return !shown.some(({ uniqueId }) => uniqueId === principal.id);
    default:
      return false;
  }
}

function means(principal: BroadPrincipal, { arn, account }: Requester): boolean {
  if (principal.kind === "everyone") return true;
  if (principal.kind === "account") return principal.account === account;
  return principal.kind === "identity" && principal.arn === arn;
}

function nameOf(principal: BroadPrincipal | undefined): string {
  if (principal === undefined) return "nobody";
  switch (principal.kind) {
    case "everyone":
      return "anybody";
    case "account":
      return `account ${principal.account}`;
    case "session":
      return `a session of ${principal.role} of account ${principal.account}`;
    default:
      return writtenPrincipal(principal);
  }
}
