/**
 * Decides one request by AWS's documented algorithm: an explicit Deny anywhere wins; then every kind of policy that
 * is present must allow; what nothing allows is denied.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { parseIdentityArn } from "../../facts/arn";
import { conditionsHold } from "./condition";
import { actionMatches, globMatches } from "./match";
import type { Policy, Principal, Selection, Statement } from "./policy";
import { checkRequest, type AccessRequest, type CheckedRequest } from "./request";
import { UnsupportedPolicyError } from "./unsupported";
import { expand, unresolved } from "./variables";

/** Every policy that applies to a request. What is absent does not restrict. */
export interface PolicySet {
  /** The principal's own and its groups'; without any, nothing is allowed. */
  readonly identity: readonly Policy[];
  readonly permissionsBoundary?: Policy;
  /** The policy of the VPC endpoint that the request comes through. Its statements must have a Principal. */
  readonly endpoint?: Policy;
  /**
   * The service control policies of the principal's account, by level: root, each organizational unit, account. At
   * each level at least one must allow
   * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html).
   */
  readonly serviceControl?: readonly (readonly Policy[])[];
  /**
   * The resource control policies of the repository's account. They only deny, and their statements must have a Principal
   * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html).
   */
  readonly resourceControl?: readonly Policy[];
}

export type PolicyKind =
  | "service control policy"
  | "resource control policy"
  | "permissions boundary"
  | "endpoint policy"
  | "identity policy";

/** The statement that settled a request. */
export interface DecidingStatement {
  readonly kind: PolicyKind;
  readonly policy: string;
  /** The statement's label: its Sid, or its place in the document. */
  readonly statement: string;
}

export type Decision =
  | {
      readonly outcome: "allowed" | "explicitly denied";
      /** If allowed, the identity policy's statement. */
      readonly by: DecidingStatement;
      /** One sentence for people. */
      readonly detail: string;
    }
  | {
      readonly outcome: "implicitly denied";
      /** The kind of policy that did not allow; absent if the repository is another account's. */
      readonly by?: { readonly kind: PolicyKind };
      readonly detail: string;
    };

/** Policies of one kind, at least one of which must allow. */
interface PolicyLayer {
  readonly kind: PolicyKind;
  readonly policies: readonly Policy[];
}

/**
 * Decides a request.
 * @throws UnsupportedRequestError, UnsupportedPolicyError where it would have to guess
 */
export function decide(request: AccessRequest, policies: PolicySet): Decision {
  const checked = checkRequest(request);
  const limits = limitsOf(policies);
  const identity: PolicyLayer = { kind: "identity policy", policies: policies.identity };
  const control: PolicyLayer = { kind: "resource control policy", policies: policies.resourceControl ?? [] };
  const layers = [control, ...limits, identity];
  layers.forEach(checkPrincipalElements);
  const bounded = policies.permissionsBoundary !== undefined;
  const first = (layer: PolicyLayer, effect: Statement["effect"]) =>
    firstApplying(layer, effect, checked, bounded);
  const asked = `${request.action} by ${request.principalArn} on ${request.resource}`;

  for (const layer of layers) {
    const by = first(layer, "Deny");
    if (by) return { outcome: "explicitly denied", by, detail: `${asked} is denied by ${describe(by)}.` };
  }
  if (checked.principalAccount !== checked.resourceAccount) {
    const detail =
      `${asked} is denied because the repository is account ${checked.resourceAccount}'s, and CodeCommit has no ` +
      `resource policies that could let in a principal of another account.`;
    return { outcome: "implicitly denied", detail };
  }
  const closed = limits.find((layer) => !first(layer, "Allow"));
  if (closed) return notAllowed(closed, asked);
  const by = first(identity, "Allow");
  if (!by) return notAllowed(identity, asked);
  return { outcome: "allowed", by, detail: `${asked} is allowed by ${describe(by)}.` };
}

/** What is present beside the identity policies: it grants nothing by itself, but must allow too. */
function limitsOf({ permissionsBoundary, endpoint, serviceControl = [] }: PolicySet): PolicyLayer[] {
  const limits = serviceControl.map((level): PolicyLayer => ({
    kind: "service control policy",
    policies: level,
  }));
  if (permissionsBoundary) limits.push({ kind: "permissions boundary", policies: [permissionsBoundary] });
  if (endpoint) limits.push({ kind: "endpoint policy", policies: [endpoint] });
  return limits;
}

function checkPrincipalElements({ kind, policies }: PolicyLayer): void {
  const expected = kind === "endpoint policy" || kind === "resource control policy";
  for (const policy of policies) {
    const wrong = policy.statements.find(
      ({ principals, notPrincipals }) => ((principals ?? notPrincipals) !== undefined) !== expected,
    );
    if (!wrong) continue;
    throw new UnsupportedPolicyError(
      { policy: policy.name, statement: wrong.label, element: "Principal" },
      `expected ${expected ? "a" : "no"} Principal in each statement of this ${kind}`,
    );
  }
}

function firstApplying(
  { kind, policies }: PolicyLayer,
  effect: Statement["effect"],
  request: CheckedRequest,
  bounded: boolean,
): DecidingStatement | undefined {
  for (const policy of policies) {
    const statement = policy.statements.find(
      (one) => one.effect === effect && applies(one, request, policy.name, bounded),
    );
    if (statement) return { kind, policy: policy.name, statement: statement.label };
  }
  return undefined;
}

/**
 * @param bounded whether the principal has a permissions boundary
 * @throws UnsupportedPolicyError where AWS does not say
 */
function applies(statement: Statement, request: CheckedRequest, policy: string, bounded: boolean): boolean {
  const { actions, resources } = statement;
  const { context } = request;
  const doesApply =
    selects(actions, (pattern) => actionMatches(pattern, request.action)) &&
    selects(resources, (pattern) => {
      const expanded = expand(pattern, resources, context);
      return expanded !== undefined && globMatches(expanded, request.resource);
    }) &&
    conditionsHold(statement.conditions, context) &&
    meansPrincipal(statement, request, policy, bounded);
  const [missing] = doesApply ? unresolved(statement, context) : [];
  if (missing !== undefined) {
    // What cannot be resolved matches nothing, and may make the whole statement invalid
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
    throw new UnsupportedPolicyError(
      { policy, statement: statement.label, element: `\${${missing}}` },
      "the request lacks the key, and whether AWS then takes the rest of the statement is not documented",
    );
  }
  return doesApply;
}

function meansPrincipal(
  { label, principals, notPrincipals }: Statement,
  request: CheckedRequest,
  policy: string,
  bounded: boolean,
): boolean {
  if (notPrincipals === undefined)
    return principals?.some((principal) => principalMatches(principal, request)) ?? true;
  if (notPrincipals.some(({ kind }) => kind === "everyone")) return false;
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
  if (bounded) return true;
  const names = (kind: Principal["kind"]) =>
    notPrincipals.some((one) => one.kind === kind && principalMatches(one, request));
  const others = notPrincipals.some(
    (one) => one.kind === "identity" && parseIdentityArn(one.arn)?.account === request.principalAccount,
  );
  const isUser = request.context.has("aws:username");
  // Beside the account's ARN, those that are named are exempt, and nobody else of the account.
  if (!names("identity") && names("account") === others) return true;
  if (names("identity") && names("account") && isUser) return false;
  throw new UnsupportedPolicyError(
    { policy, statement: label, element: "NotPrincipal" },
    `whether it means ${request.principalArn} is not documented; expected the ARNs of users, each with its account's`,
  );
}

function principalMatches(principal: Principal, { principalArn, principalAccount }: CheckedRequest): boolean {
  switch (principal.kind) {
    case "everyone":
      return true;
    case "account":
      return principal.account === principalAccount;
    case "identity":
      return principal.arn === principalArn;
  }
}

function selects({ inverted, patterns }: Selection, covers: (pattern: string) => boolean): boolean {
  return patterns.some(covers) !== inverted;
}

function notAllowed({ kind, policies }: PolicyLayer, asked: string): Decision {
  const names = policies.map(({ name }) => `"${name}"`).join(", ");
  const reason = names === "" ? `there is no ${kind}` : `no statement of the ${kind} ${names} allows it`;
  return { outcome: "implicitly denied", by: { kind }, detail: `${asked} is denied because ${reason}.` };
}

function describe({ kind, policy, statement }: DecidingStatement): string {
  return `statement ${statement} of the ${kind} "${policy}"`;
}
