/** Physical names of resources that the program did not name. */
import { z } from "zod";
import type { AccountContext, Creation } from "./accountContext";
import { AwsError } from "./awsError";
import { accountTimestamp } from "./clock";

/** Inputs of a resource that Pulumi names where the program does not. */
export const named = { name: z.string().optional(), namePrefix: z.string().optional() };

const randomDigits = 7;

/**
 * The given name, or one as Pulumi makes it: the given prefix or the logical name and a dash, then seven hexadecimal
 * digits. A made name that does not fit is refused in the provider's words.
 */
export function physicalName(
  context: AccountContext,
  creation: Creation,
  given: { name?: string | undefined; namePrefix?: string | undefined },
  maxLength: number,
): string {
  if (given.name !== undefined) return given.name;
  const prefix = given.namePrefix ?? `${creation.name}-`;
  if (prefix.length + randomDigits > maxLength) {
    throw new AwsError(
      "ValidationError",
      `name '${prefix}' plus ${randomDigits} random chars is longer than maximum length ${maxLength}; give the ${creation.type} a shorter name`,
    );
  }
  return prefix + context.digest("name", creation.type, creation.name).slice(0, randomDigits);
}

/** An id where the program gives none and the provider makes one up: `terraform-`, a time and a number. */
export function uniqueId(context: AccountContext, { type, name }: Creation): string {
  const time = accountTimestamp.replace(/\D/g, "");
  return `terraform-${time}0000${context.digest("unique id", type, name).slice(0, 8)}`;
}
