/** Makes in a new account what a deployment made, without the program. */
import type { Account } from "../../aws/account";
import type { Deployment } from "./deployment";
import { openAll } from "./wire";

/**
 * Of one seed, what is made again is what was there: the same ids, names and addresses.
 * @param account an empty one, opened as the deployment's own was
 */
export async function replay({ resources }: Deployment, account: Account): Promise<Account> {
  for (const { type, name, custom, external, inputs, outputs } of resources) {
    if (!custom || external || type.startsWith("pulumi:")) continue;
    await account.create({ type, name, inputs: openAll(inputs), previous: openAll(outputs) });
  }
  return account;
}
