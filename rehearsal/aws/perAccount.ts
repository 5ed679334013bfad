/** What the stand-ins keep for each account, without the account having to know of it. */
import type { AccountContext } from "./accountContext";

/** One value for each account, made when the account is first asked for it. */
export function perAccount<T extends object>(make: (aws: AccountContext) => T): (aws: AccountContext) => T {
  const values = new WeakMap<AccountContext, T>();
  return (aws) => {
    const known = values.get(aws);
    if (known) return known;
    const value = make(aws);
    values.set(aws, value);
    return value;
  };
}
