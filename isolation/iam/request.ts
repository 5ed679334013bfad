/** The requests that can be decided, and the condition keys that each one carries. */
import { parseAddress } from "../../facts/addresses";
import { parseMoment, parseNumber } from "./amounts";
import { parseIdentityArn } from "../../facts/arn";
import { conditionKey, keyInfo, KNOWN_KEYS, type ConditionKey, type ValueType } from "./keys";
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
   * Condition keys by name, in any case; a list for those that can have several values. A key that is not given is
   * absent from the request. `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:username` and
   * `aws:ResourceAccount` follow from the rest and need not be given.
   */
  readonly context: Readonly<Record<string, string | readonly string[]>>;
}

/** What a request says: the checked values of each key, at least one. A key that is missing is absent from the request. */
export type RequestContext = ReadonlyMap<ConditionKey, readonly string[]>;

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
  const implied = new Map<ConditionKey, readonly string[]>([
    ["aws:PrincipalArn", [principalArn]],
    ["aws:PrincipalAccount", [principalAccount]],
    ["aws:PrincipalType", [principal.type === "user" ? "User" : "AssumedRole"]],
    ["aws:ResourceAccount", [resourceAccount]],
  ]);
  // A role's session has none; a user's is without its path.
  if (principal.type === "user")
    implied.set("aws:username", [principalArn.slice(principalArn.lastIndexOf("/") + 1)]);
  else refuseUserName(request.context);
  const context = readContext(request.context, implied);
  return { principalArn, principalAccount, action, resource, resourceAccount, context };
}

function refuseUserName(context: AccessRequest["context"]): void {
  const name = Object.keys(context).find((one) => conditionKey(one) === "aws:username");
  if (name !== undefined)
    throw new UnsupportedRequestError(
      `context.${name}`,
      "a role's requests have no aws:username; leave it out",
    );
}

function readContext(given: AccessRequest["context"], implied: RequestContext): RequestContext {
  const context = new Map<ConditionKey, readonly string[]>();
  for (const [name, value] of Object.entries(given)) {
    const element = `context.${name}`;
    const key = conditionKey(name);
    if (key === undefined) {
      throw new UnsupportedRequestError(
        element,
        `this condition key is not understood; expected one of ${KNOWN_KEYS}`,
      );
    }
    if (context.has(key))
      throw new UnsupportedRequestError(element, "the key is given twice; expected it once");
    const values = typeof value === "string" ? [value] : value;
    const { type, multivalued } = keyInfo(key);
    if (values.length === 0 || (values.length > 1 && !multivalued)) {
      const expected = multivalued ? "at least one value" : "one value";
      throw new UnsupportedRequestError(element, `expected ${expected}, given ${shown(value)}`);
    }
    for (const one of values) checkValue(type, one, element);
    const known = implied.get(key);
    if (known !== undefined && values[0] !== known[0]) {
      throw new UnsupportedRequestError(
        element,
        `expected ${known.join()} as the request says, given ${shown(value)}`,
      );
    }
    context.set(key, values);
  }
  return new Map([...context, ...implied]);
}

const READERS: Partial<Record<ValueType, { reads: (value: string) => boolean; expected: string }>> = {
  address: {
    reads: (value) => parseAddress(value) !== undefined,
    expected: 'an IP address such as "203.0.113.7"',
  },
  boolean: { reads: (value) => value === "true" || value === "false", expected: '"true" or "false"' },
  number: { reads: (value) => parseNumber(value) !== undefined, expected: 'a number such as "3600"' },
  date: {
    reads: (value) => parseMoment(value) !== undefined,
    expected: 'a moment such as "2026-01-31T09:00:00Z"',
  },
};

function checkValue(type: ValueType, value: string, element: string): void {
  const reader = READERS[type];
  if (reader !== undefined && !reader.reads(value))
    throw new UnsupportedRequestError(element, `expected ${reader.expected}, given ${shown(value)}`);
  if (value === "")
    throw new UnsupportedRequestError(element, "the value is empty; leave the key out if it is absent");
}
