/** What makes a resource of a harmless type matter after all: conditions of the rows in resourceTypes.ts. */
import { accountOf } from "./arn";
import { strictlyParsed } from "./json";
import { isRecord } from "./record";

/** @returns why the reason of the row does not hold for a resource; undefined where it holds */
export type Condition = (
  properties: Readonly<Record<string, unknown>>,
  surroundings: Surroundings,
) => string | undefined;

/** What is known of the stack that holds a resource. */
export interface Surroundings {
  /** Twelve digits; undefined while no resource says it. */
  readonly accountId: string | undefined;
  /** Whether the stack holds a resource of the type with this id, ARN or name. */
  readonly has: (type: string, key: string) => boolean;
}

const BUCKET = "aws:s3/bucket:Bucket";

/** AWS Config delivers to a bucket, and tells a topic. */
export const deliversToOwnBucket: Condition = ({ s3BucketName, snsTopicArn }, { has }) => {
  if ((snsTopicArn ?? "") !== "") return "tells a topic";
  return typeof s3BucketName === "string" && has(BUCKET, s3BucketName)
    ? undefined
    : "delivers to what is not a bucket of the same stack";
};

/** Lambda's functions are called by services of AWS for resources of this account, or by identities of it. */
export const isCalledFromOwnAccount: Condition = (
  { principal, sourceAccount, sourceArn, functionUrlAuthType },
  { accountId },
) => {
  if ((functionUrlAuthType ?? "") !== "") return "opens a function's URL";
  if (typeof principal !== "string" || accountId === undefined)
    return "lets somebody call a function who is not known";
  const owner = typeof sourceArn === "string" ? accountOf(sourceArn) : sourceAccount;
  const isOwn = principal.endsWith(".amazonaws.com")
    ? owner === accountId || (sourceAccount ?? owner) === accountId
    : principal === accountId || principal.startsWith(`arn:aws:iam::${accountId}:`);
  return isOwn ? undefined : `lets ${principal} call a function, for whom is not this account`;
};

/** A rule of AWS's own looks at resources; one of the account's own runs a function or a script. */
export const isRuleOfAws: Condition = ({ source }) =>
  isRecord(source) && source.owner === "AWS" ? undefined : "runs something of the account's own";

/** Policies that only deny take rights away. */
export const onlyDenies: Condition = ({ policy }) => {
  if (typeof policy !== "string") return "has a policy that is not known";
  const document = strictlyParsed(policy);
  if (!isRecord(document)) return "has a policy that is not understood";
  const isDeny = (one: unknown) => isRecord(one) && one.Effect === "Deny";
  return [document.Statement].flat().every(isDeny) ? undefined : "allows something";
};

/** A zone that belongs to no VPC answers nobody in one. */
export const belongsToNoVpc: Condition = ({ vpcs }) =>
  vpcs === undefined || vpcs === null || (Array.isArray(vpcs) && vpcs.length === 0)
    ? undefined
    : "answers for names in a VPC";

/**
 * A record matters inside of a VPC alone, and its zone may be one that the stack does not show: the proxy looks CodeCommit's
 * name up, so a record for that, for a domain above it or for all names below one could lead it elsewhere.
 */
export const isNoNameOfAws: Condition = ({ name }) => {
  if (typeof name !== "string") return "answers for a name that is not known";
  const domain = name.toLowerCase().replace(/^\*\.|\.$/g, "");
  const isBelow = (one: string, other: string) => `.${one}`.endsWith(`.${other}`);
  return isBelow(domain, "amazonaws.com") || isBelow("amazonaws.com", domain)
    ? "may answer for a name of AWS's"
    : undefined;
};

/** Sessions on a host's serial console are for those who have the right to open one. */
export const isOff: Condition = ({ enabled }) =>
  enabled === false ? undefined : "opens hosts' serial consoles";
