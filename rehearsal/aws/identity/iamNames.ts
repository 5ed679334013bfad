/** The rules for IAM's names and paths. */
import { z } from "zod";
import { AwsError } from "../awsError";

/**
 * A path: "/", or text between two slashes, at most 512 characters.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html
 */
export const pathInput = z
  .string()
  .max(512)
  .regex(/^(\/|\/[\x21-\x7e]+\/)$/, 'must be "/" or begin and end with "/"')
  .default("/");

/**
 * What has a name in IAM, and how long the name may be.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const maxNameLength = { role: 64, user: 64, policy: 128, "instance profile": 128 } as const;

/** Refuses a name that IAM does not take, with ValidationError. */
export function requireName(sort: keyof typeof maxNameLength, name: string): void {
  const max = maxNameLength[sort];
  if (name.length > max || !/^[\w+=,.@-]+$/.test(name)) {
    throw new AwsError(
      "ValidationError",
      `the ${sort} name "${name}" (${name.length} characters) is invalid: expected 1 to ${max} of letters, digits and _+=,.@-`,
    );
  }
}

/** The names that are taken. Two names that differ only in case are the same to IAM. */
export class TakenNames {
  readonly #taken = new Set<string>();

  constructor(private readonly sort: keyof typeof maxNameLength) {}

  /** Checks the name and takes it; EntityAlreadyExists if it is taken. */
  take(name: string): void {
    requireName(this.sort, name);
    if (this.#taken.has(name.toLowerCase())) {
      throw new AwsError("EntityAlreadyExists", `the ${this.sort} "${name}" already exists`);
    }
    this.#taken.add(name.toLowerCase());
  }
}
