/** Amazon Resource Names, as far as policies and requests need them taken apart. */

/** The six components of `arn:partition:service:region:account:resource`, the first of them "arn". */
export type ArnComponents = readonly [string, string, string, string, string, string];

/** Splits at the first five colons (a resource may hold further ones), or returns undefined if there are fewer. */
export function splitArn(text: string): ArnComponents | undefined {
  const [arn, partition, service, region, account, ...resource] = text.split(":");
  if (arn === undefined || partition === undefined || service === undefined) return undefined;
  if (region === undefined || account === undefined || resource.length === 0) return undefined;
  return [arn, partition, service, region, account, resource.join(":")];
}

/** The account in an ARN; undefined for other texts, and for ARNs without one. */
export function accountOf(arn: string): string | undefined {
  const account = splitArn(arn)?.[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
}

/** An IAM user or role, or (in a policy) the root of an account, which there stands for the whole account. */
export interface IdentityArn {
  /** Twelve digits. */
  readonly account: string;
  readonly type: "user" | "role" | "root";
}

/** Reads `arn:<partition>:iam::<account>:(root|user/…|role/…)`, or returns undefined. */
export function parseIdentityArn(text: string): IdentityArn | undefined {
  const match = /^arn:aws(?:-[a-z-]+)?:iam::([0-9]{12}):(?:(root)|(user|role)\/[\w+=,.@/-]+)$/.exec(text);
  if (match === null) return undefined;
  const [, account = "", root, type] = match;
  if (root === "root") return { account, type: root };
  return type === "user" || type === "role" ? { account, type } : undefined;
}
