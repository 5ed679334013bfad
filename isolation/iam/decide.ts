/**
 * Decides one request by AWS's documented algorithm: an explicit Deny anywhere wins; then every kind of policy that
 * is present must allow; what nothing allows is denied.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { conditionsHold } from "./condition";
import { actionMatches, globMatches } from "./match";
import type { Policy, Principal, Selection, Statement } from "./policy";
import { checkRequest, type AccessRequest, type CheckedRequest } from "./request";
import { UnsupportedPolicyError } from "./unsupported";

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
}

export type PolicyKind =
  "service control policy" | "permissions boundary" | "endpoint policy" | "identity policy";

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
interface Gate {
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
  const identity: Gate = { kind: "identity policy", policies: policies.identity };
  const gates = [...limits, identity];
  gates.forEach(checkPrincipalElements);
  const asked = `${request.action} by ${request.principalArn} on ${request.resource}`;

  for (const gate of gates) {
    const by = firstApplying(gate, "Deny", checked);
    if (by) return { outcome: "explicitly denied", by, detail: `${asked} is denied by ${describe(by)}.` };
  }
  if (checked.principalAccount !== checked.resourceAccount) {
    const detail =
      `${asked} is denied because the repository is account ${checked.resourceAccount}'s, and CodeCommit has no ` +
      `resource policies that could let in a principal of another account.`;
    return { outcome: "implicitly denied", detail };
  }
  const closed = limits.find((gate) => !firstApplying(gate, "Allow", checked));
  if (closed) return notAllowed(closed, asked);
  const by = firstApplying(identity, "Allow", checked);
  if (!by) return notAllowed(identity, asked);
  return { outcome: "allowed", by, detail: `${asked} is allowed by ${describe(by)}.` };
}

/** What is present beside the identity policies: it grants nothing by itself, but must allow too. */
function limitsOf({ permissionsBoundary, endpoint, serviceControl = [] }: PolicySet): Gate[] {
  const limits = serviceControl.map((level): Gate => ({ kind: "service control policy", policies: level }));
  if (permissionsBoundary) limits.push({ kind: "permissions boundary", policies: [permissionsBoundary] });
  if (endpoint) limits.push({ kind: "endpoint policy", policies: [endpoint] });
  return limits;
}

function checkPrincipalElements({ kind, policies }: Gate): void {
  const expected = kind === "endpoint policy";
  for (const policy of policies) {
    const wrong = policy.statements.find(({ principals }) => (principals !== undefined) !== expected);
    if (!wrong) continue;
    throw new UnsupportedPolicyError(
      { policy: policy.name, statement: wrong.label, element: "Principal" },
      `expected ${expected ? "a" : "no"} Principal in each statement of this ${kind}`,
    );
  }
}

function firstApplying(
  { kind, policies }: Gate,
  effect: Statement["effect"],
  request: CheckedRequest,
): DecidingStatement | undefined {
  for (const policy of policies) {
    const statement = policy.statements.find((s) => s.effect === effect && applies(s, request));
    if (statement) return { kind, policy: policy.name, statement: statement.label };
  }
  return undefined;
}

function applies(statement: Statement, request: CheckedRequest): boolean {
  return (
    (statement.principals?.some((principal) => principalMatches(principal, request)) ?? true) &&
    selects(statement.actions, (pattern) => actionMatches(pattern, request.action)) &&
    selects(statement.resources, (pattern) => globMatches(pattern, request.resource)) &&
    conditionsHold(statement.conditions, request.context)
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

function notAllowed({ kind, policies }: Gate, asked: string): Decision {
  const names = policies.map(({ name }) => `"${name}"`).join(", ");
  const reason = names === "" ? `there is no ${kind}` : `no statement of the ${kind} ${names} allows it`;
  return { outcome: "implicitly denied", by: { kind }, detail: `${asked} is denied because ${reason}.` };
}

function describe({ kind, policy, statement }: DecidingStatement): string {
  return `statement ${statement} of the ${kind} "${policy}"`;
}
