/** What stops a packet, or a question for a name. */
import type { Account } from "../aws/account";
import { RehearsalError } from "../rehearsalError";

/** Why a packet gets no further. */
export class Blocked extends RehearsalError {}

/** Throws Blocked where a VPC's resolver does not answer for a name. */
export function lookUpIn(account: Account, vpcId: string, name: string): void {
  const { action, rule } = account.resolverFirewall.query(vpcId, name);
  if (action === "BLOCK") throw new Blocked(`DNS Firewall rule "${rule ?? ""}" blocks the name ${name}`);
}
