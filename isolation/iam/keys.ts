/**
 * Every condition key that is understood, with its type.
 *
 * The set is closed, because a condition on a key that nothing is known about cannot be decided: absent, it turns a
 * negated operator true and any other false; multivalued, it changes what every operator means. Either way a Deny could
 * silently vanish.
 *
 * Of AWS's own keys, `aws:VpceAccount`, `aws:VpceOrgID`, `aws:VpceOrgPaths` and `aws:SourceVpcArn` are left out: CodeCommit
 * is none of the services that set them, and AWS warns of their use with another
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-vpceaccount).
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for
 * `codecommit:References`, https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
 */
import { foldCase } from "./match";

export type ValueType = "address" | "string" | "arn" | "boolean" | "number" | "date";

export interface KeyInfo {
  readonly type: ValueType;
  /** Whether a request can hold several values of it; then conditions need ForAllValues or ForAnyValue. */
  readonly multivalued: boolean;
}

const single = (type: ValueType): KeyInfo => ({ type, multivalued: false });
const several = (type: ValueType): KeyInfo => ({ type, multivalued: true });

const KEYS = {
  "aws:SourceIp": single("address"),
  "aws:VpcSourceIp": single("address"),
  "aws:SourceVpc": single("string"),
  "aws:SourceVpce": single("string"),
  "aws:PrincipalArn": single("arn"),
  "aws:PrincipalAccount": single("string"),
  "aws:PrincipalOrgID": single("string"),
  "aws:PrincipalType": single("string"),
  "aws:PrincipalIsAWSService": single("boolean"),
  "aws:PrincipalServiceName": single("string"),
  "aws:username": single("string"),
  "aws:userid": single("string"),
  "aws:SourceIdentity": single("string"),
  "aws:FederatedProvider": single("string"),
  "aws:MultiFactorAuthPresent": single("boolean"),
  "aws:MultiFactorAuthAge": single("number"),
  "aws:TokenIssueTime": single("date"),
  "aws:ResourceAccount": single("string"),
  "aws:ResourceOrgID": single("string"),
  "aws:RequestedRegion": single("string"),
  "aws:CurrentTime": single("date"),
  "aws:ViaAWSService": single("boolean"),
  "aws:SecureTransport": single("boolean"),
  "aws:SourceAccount": single("string"),
  "aws:SourceArn": single("arn"),
  "aws:UserAgent": single("string"),
  "aws:referer": single("string"),
  "codecommit:References": single("string"),
  "aws:TagKeys": several("string"),
  "aws:CalledVia": several("string"),
  "aws:PrincipalOrgPaths": several("string"),
  "aws:PrincipalServiceNamesList": several("string"),
  "aws:ResourceOrgPaths": several("string"),
} as const satisfies Record<string, KeyInfo>;

const TAG = single("string");
const TAG_FAMILIES = ["aws:PrincipalTag", "aws:ResourceTag", "aws:RequestTag"] as const;

/** A key in its usual spelling; of a tag's, what follows the slash is in lower case. */
export type ConditionKey = keyof typeof KEYS | `${(typeof TAG_FAMILIES)[number]}/${string}`;

const isListed = (name: string): name is keyof typeof KEYS => name in KEYS;
const LISTED = Object.keys(KEYS).filter(isListed);

const BY_FOLDED_NAME = new Map<string, ConditionKey>([
  ...LISTED.map((key) => [foldCase(key), key] as const),
  // The same moment, in other digits.
  ["aws:epochtime", "aws:CurrentTime"],
]);

/** The names that are understood, for messages. */
export const KNOWN_KEYS = [...LISTED, ...TAG_FAMILIES.map((family) => `${family}/<key>`)].join(", ");

/**
 * The key in its usual spelling, or undefined if it is not understood. Names of keys are case-insensitive, those of tags
 * within them too.
 */
export function conditionKey(name: string): ConditionKey | undefined {
  const folded = foldCase(name);
  const known = BY_FOLDED_NAME.get(folded);
  if (known !== undefined) return known;
  const family = TAG_FAMILIES.find((one) => folded.startsWith(`${foldCase(one)}/`));
  const tag = family === undefined ? "" : folded.slice(family.length + 1);
  return family === undefined || tag === "" ? undefined : `${family}/${tag}`;
}

export function keyInfo(key: ConditionKey): KeyInfo {
  return isListed(key) ? KEYS[key] : TAG;
}
