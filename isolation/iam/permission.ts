/**
 * Whether policies let somebody make a call to any service: a coarse answer beside the exact one on CodeCommit (decide.ts).
 * A condition that the caller can meet by choosing when, where and how to ask holds for an Allow, and can be avoided for a
 * Deny; one on what nobody shows leaves the answer open.
 */
import { accountOf, parseIdentityArn, splitArn } from "../../facts/arn";
import type { BroadPrincipal, BroadStatement, ForeignCondition } from "./broadPolicy";
import { conditionsHold } from "./condition";
import type { Condition } from "./conditionBlock";
import type { ConditionKey } from "./keys";
import { actionMatches, globMatches } from "./match";

/** "maybe": it depends on what is not shown or not understood. */
export type Permission = "yes" | "maybe" | "no";

/** An IAM user or role of an account; without an ARN, somebody of another account whom nothing is known of. */
export interface Caller {
  readonly arn?: string;
  readonly account?: string;
  readonly uniqueId?: string;
}

/** An identity, as the one who makes a call. */
export function callerOf({ arn, uniqueId }: { readonly arn: string; readonly uniqueId?: string }): Caller {
  const account = accountOf(arn);
  return { arn, ...(account !== undefined && { account }), ...(uniqueId !== undefined && { uniqueId }) };
}

export interface Call {
  readonly action: string;
  /** ARN; without one, any resource is meant. */
  readonly resource?: string;
  /** To which service a role is passed. */
  readonly passedTo?: string;
}

/** What the statements of identity policies, boundaries or service control policies together allow. */
export function permissionBy(statements: readonly BroadStatement[], caller: Caller, call: Call): Permission {
  return decided(statements, (statement) => applies(statement, caller, call));
}

/**
 * What a resource's policy allows by itself, of that what it allows not just as it does to everybody of the account, and what
 * it leaves to the policies of the caller's own account.
 */
export function permissionByResource(
  statements: readonly BroadStatement[],
  caller: Caller,
  call: Call,
): Readonly<Record<"direct" | "singledOut" | "delegated", Permission>> {
  const by = (
    means: (principal: BroadPrincipal) => boolean,
    counts: (statement: BroadStatement) => boolean = () => true,
  ) =>
    decided(statements.filter(counts), (statement) =>
      both(concerned(statement, caller, means), applies(statement, caller, call)),
    );
  return {
    direct: by((principal) => isMeant(principal, caller)),
    singledOut: by(
      (principal) => isMeant(principal, caller),
      (statement) => statement.effect === "Deny" || !isAccountWide(statement),
    ),
    delegated: by((principal) => isMeant(principal, caller) || isOfAccount(principal, caller)),
  };
}

const ACCOUNT_WIDE: ReadonlySet<string> = new Set<ConditionKey>([
  "aws:PrincipalAccount",
  "aws:PrincipalOrgID",
  "aws:PrincipalOrgPaths",
]);

/** Whether a statement tells accounts and organizations apart, and nobody within them. */
export function isAccountWide({ principals = [], conditions, foreign }: BroadStatement): boolean {
  return (
    principals.every(({ kind }) => kind === "everyone") &&
    conditions.some(({ key }) => ACCOUNT_WIDE.has(key)) &&
    [...conditions.map(({ key }) => key), ...foreign.map(({ key }) => key)].every((key) =>
      ACCOUNT_WIDE.has(key),
    )
  );
}

export function both(one: Permission, other: Permission): Permission {
  if (one === "no" || other === "no") return "no";
  return one === "yes" && other === "yes" ? "yes" : "maybe";
}

export function either(...all: readonly Permission[]): Permission {
  if (all.includes("yes")) return "yes";
  return all.includes("maybe") ? "maybe" : "no";
}

function decided(
  statements: readonly BroadStatement[],
  applying: (statement: BroadStatement) => Permission,
): Permission {
  const by = (effect: BroadStatement["effect"]) =>
    either(...statements.filter((one) => one.effect === effect).map(applying));
  const denied = by("Deny");
  if (denied === "yes") return "no";
  return denied === "no" ? by("Allow") : both("maybe", by("Allow"));
}

function applies(statement: BroadStatement, caller: Caller, call: Call): Permission {
  const { actions, effect } = statement;
  const isCovered = actions.patterns.some((pattern) => actionMatches(pattern, call.action));
  if (isCovered === actions.inverted) return "no";
  const resources = onResource(statement, caller, call.resource);
  if (resources === "no") return "no";
  const held = [
    ...statement.conditions.map((condition) => holding(condition, effect, caller, call)),
    ...statement.foreign.map((condition) => holdingForeign(condition, effect, call)),
  ];
  return held.reduce(both, resources);
}

function onResource({ resources, effect }: BroadStatement, caller: Caller, resource?: string): Permission {
  // Some resource is left, unless a Deny means every one.
  if (resource === undefined)
    return effect === "Allow" || (!resources.inverted && resources.patterns.includes("*")) ? "yes" : "no";
  const isCovered = resources.patterns.some((pattern) => globMatches(filledIn(pattern, caller), resource));
  if (
    resources.variables === undefined ||
    !resources.patterns.some((one) => /\$\{/.test(filledIn(one, caller)))
  )
    return isCovered === resources.inverted ? "no" : "yes";
  const widest = resources.patterns.some((one) =>
    globMatches(filledIn(one, caller).replace(/\$\{[^}]*\}/g, "*"), resource),
  );
  return widest || resources.inverted ? "maybe" : "no";
}

function filledIn(pattern: string, { arn, account }: Caller): string {
  const name =
    arn === undefined ? undefined : parseIdentityArn(arn)?.type === "user" ? nameOf(arn) : undefined;
  return pattern
    .replace(/\$\{aws:username\}/gi, (written) => name ?? written)
    .replace(/\$\{aws:PrincipalAccount\}/gi, (written) => account ?? written);
}

function nameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** What a caller chooses by asking from somewhere, through something, in some way, or with something in the request. */
const CHOSEN: ReadonlySet<string> = new Set<ConditionKey>([
  "aws:SourceIp",
  "aws:VpcSourceIp",
  "aws:SourceVpc",
  "aws:SourceVpce",
  "aws:MultiFactorAuthPresent",
  "aws:MultiFactorAuthAge",
  "aws:SecureTransport",
  "aws:RequestedRegion",
  "aws:UserAgent",
  "aws:referer",
  "aws:ViaAWSService",
  "aws:CalledVia",
  "aws:TagKeys",
  "aws:SourceIdentity",
]);
const CHOSEN_FOREIGN =
  /^(sts:(externalid|rolesessionname|durationseconds)|kms:(viaservice|encryptioncontext.*|grantisforawsresource|keyorigin)|s3:(x-amz-.*|prefix|delimiter|max-keys|tlsversion)|secretsmanager:versionstage|sns:(protocol|endpoint))$/;

/** Keys of requests that a service makes by itself. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html */
const OF_SERVICES: ReadonlySet<string> = new Set<ConditionKey>([
  "aws:SourceArn",
  "aws:SourceAccount",
  "aws:PrincipalServiceName",
  "aws:PrincipalServiceNamesList",
]);
const OF_SERVICES_FOREIGN = /^aws:(sourceowner|sourceorgid|sourceorgpaths)$/;

function holding(
  condition: Condition,
  effect: BroadStatement["effect"],
  caller: Caller,
  call: Call,
): Permission {
  const { key } = condition;
  const known = valueOf(key, caller, call);
  if (known !== undefined) {
    if (condition.variables !== undefined) return "maybe";
    return conditionsHold([condition], new Map(known.value === undefined ? [] : [[key, [known.value]]]))
      ? "yes"
      : "no";
  }
  if (OF_SERVICES.has(key)) return conditionsHold([condition], new Map()) ? "yes" : "no";
  if (CHOSEN.has(key) || key.startsWith("aws:RequestTag/")) return effect === "Allow" ? "yes" : "no";
  return "maybe";
}

function valueOf(
  key: ConditionKey,
  { arn, account }: Caller,
  { resource }: Call,
): { readonly value: string | undefined } | undefined {
  if (key === "aws:PrincipalIsAWSService") return { value: "false" };
  if (key === "aws:ResourceAccount") {
    const owner = resource === undefined ? undefined : splitArn(resource)?.[4];
    return owner === undefined || owner === "" ? undefined : { value: owner };
  }
  if (key === "aws:PrincipalAccount") return account === undefined ? undefined : { value: account };
  if (arn === undefined) return undefined;
  const isUser = parseIdentityArn(arn)?.type === "user";
  if (key === "aws:PrincipalArn") return { value: arn };
  if (key === "aws:username") return { value: isUser ? nameOf(arn) : undefined };
  if (key !== "aws:PrincipalType") return undefined;
  if (arn.endsWith(":root")) return { value: "Account" };
  if (/:federated-user\//.test(arn)) return { value: "FederatedUser" };
  return { value: isUser ? "User" : "AssumedRole" };
}

function holdingForeign(
  { operator, key, values }: ForeignCondition,
  effect: BroadStatement["effect"],
  { passedTo }: Call,
): Permission {
  if (
    key === "iam:passedtoservice" &&
    passedTo !== undefined &&
    /^String(Equals|Like)(IfExists)?$/.test(operator)
  )
    return values.some((value) => globMatches(value, passedTo)) ? "yes" : "no";
  if (OF_SERVICES_FOREIGN.test(key) && !/(Not|IfExists$|^Null$|^ForAllValues)/.test(operator)) return "no";
  if (CHOSEN_FOREIGN.test(key)) return effect === "Allow" ? "yes" : "no";
  return "maybe";
}

function concerned(
  { principals, isNotPrincipal, effect }: BroadStatement,
  caller: Caller,
  means: (principal: BroadPrincipal) => boolean,
): Permission {
  if (principals === undefined) return "no";
  if (isNotPrincipal) return "maybe";
  // A Deny of an account means everybody of it.
  if (principals.some((one) => means(one) || (effect === "Deny" && isOfAccount(one, caller)))) return "yes";
  return principals.some((one) => one.kind === "session" && isSessionOf(one, caller)) ? "maybe" : "no";
}

function isMeant(principal: BroadPrincipal, { arn, uniqueId }: Caller): boolean {
  switch (principal.kind) {
    case "everyone":
      return true;
    case "identity":
      return principal.arn === arn;
    case "unique id":
      return principal.id === uniqueId;
    default:
      return false;
  }
}

function isOfAccount(principal: BroadPrincipal, { account }: Caller): boolean {
  return principal.kind === "account" && principal.account === account;
}

function isSessionOf({ account, role }: { account: string; role: string }, caller: Caller): boolean {
  return caller.arn !== undefined && caller.account === account && nameOf(caller.arn) === role;
}
