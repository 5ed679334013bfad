/** Programs that somebody has weakened: our own two, each with one change, and what must stop it. */
import { gateWeakenings } from "./weakenings/gate";
import { networkWeakenings } from "./weakenings/network";
import { otherWeakenings } from "./weakenings/others";
import type { Weakening } from "./weakenings/weakening";

export const weakenings: readonly Weakening[] = [...networkWeakenings, ...gateWeakenings, ...otherWeakenings];
