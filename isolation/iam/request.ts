/** The requests that can be decided, and the condition keys that each one carries. */
import { parseAddress } from "./address";
import { parseIdentityArn } from "./arn";
import type { RequestContext } from "./condition";
import { CONDITION_KEYS, conditionKey, type ConditionKey } from "./conditionBlock";
import { shown, UnsupportedRequestError } from "./unsupported";

/** One action on one CodeCommit repository by one IAM user or role. */
export interface AccessRequest {
  /** An IAM user, or the role behind a session: what `aws:PrincipalArn` says. */
  readonly principalArn: string;
  /** Twelve digits, the account of `principalArn`. */
  readonly principalAccount: string;
  /** e.g. `codecommit:GitPull` */
  readonly action: string;
  /** The repository's ARN. */
  readonly resource: string;
  /**
   * Condition keys by name, in any case. A key that is not given is absent from the request. `aws:PrincipalArn`,
   * `aws:PrincipalAccount` and `aws:ResourceAccount` follow from the rest and need not be given.
   */
  readonly context: Readonly<Record<string, string>>;
}

/** A request whose parts were found to be known and to agree. */
export interface CheckedRequest extends Omit<AccessRequest, "context"> {
  /** Twelve digits, from the resource's ARN. */
  readonly resourceAccount: string;
  readonly context: RequestContext;
}

/**
 * Checks a request and completes its context.
 *
 * Only CodeCommit is decided. It has no resource policies
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/security-iam.html); where a service has them, policies
 * that nobody showed here could allow the request.
 * @throws UnsupportedRequestError for anything unknown or contradictory
 */
export function checkRequest(request: AccessRequest): CheckedRequest {
  const { principalArn, principalAccount, action, resource } = request;
  const principal = parseIdentityArn(principalArn);
  // The root user is bound by no identity policy, and a session may have a policy of its own.
  if (principal === undefined || principal.type === "root") {
    throw new UnsupportedRequestError(
      "principalArn",
      `expected the ARN of an IAM user or role, given ${shown(principalArn)}`,
    );
  }
  if (principal.account !== principalAccount) {
    throw new UnsupportedRequestError(
      "principalAccount",
      `expected ${principal.account} as in the principal's ARN, given ${shown(principalAccount)}`,
    );
  }
  if (!/^codecommit:[a-z]+$/i.test(action)) {
    throw new UnsupportedRequestError("action", `expected e.g. "codecommit:GitPull", given ${shown(action)}`);
  }
  const resourceAccount = /^arn:aws[a-z-]*:codecommit:[a-z0-9-]+:([0-9]{12}):[\w.-]+$/.exec(resource)?.[1];
  if (resourceAccount === undefined) {
    throw new UnsupportedRequestError(
      "resource",
      `expected e.g. "arn:aws:codecommit:eu-west-1:111122223333:app", given ${shown(resource)}`,
    );
  }
  const implied = new Map<ConditionKey, string>([
    ["aws:PrincipalArn", principalArn],
    ["aws:PrincipalAccount", principalAccount],
    ["aws:ResourceAccount", resourceAccount],
  ]);
  const context = readContext(request.context, implied);
  return { principalArn, principalAccount, action, resource, resourceAccount, context };
}

function readContext(given: AccessRequest["context"], implied: RequestContext): RequestContext {
  const context = new Map<ConditionKey, string>();
  for (const [name, value] of Object.entries(given)) {
    const element = `context.${name}`;
    const key = conditionKey(name);
    if (key === undefined) {
      const known = Object.keys(CONDITION_KEYS).join(", ");
      throw new UnsupportedRequestError(
        element,
        `this condition key is not understood; expected one of ${known}`,
      );
    }
    if (context.has(key))
      throw new UnsupportedRequestError(element, "the key is given twice; expected it once");
    checkValue(key, value, element);
    const known = implied.get(key);
    if (known !== undefined && value !== known) {
      throw new UnsupportedRequestError(
        element,
        `expected ${known} as the request says, given ${shown(value)}`,
      );
    }
    context.set(key, value);
  }
  return new Map([...context, ...implied]);
}

function checkValue(key: ConditionKey, value: string, element: string): void {
  const type = CONDITION_KEYS[key];
  if (type === "address" && parseAddress(value) === undefined) {
    throw new UnsupportedRequestError(
      element,
      `expected an IP address such as "203.0.113.7", given ${shown(value)}`,
    );
  }
  if (type === "boolean" && value !== "true" && value !== "false") {
    throw new UnsupportedRequestError(element, `expected "true" or "false", given ${shown(value)}`);
  }
  if (value === "")
    throw new UnsupportedRequestError(element, "the value is empty; leave the key out if it is absent");
}
