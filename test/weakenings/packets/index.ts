/** Networks weakened by more than one hop, or by what looks like the harmless kind. */
import type { Weakening } from "../weakening";
import { egressAttacks } from "./gitlabEgress";
import { ingressAttacks } from "./gitlabIngress";
import { isolatedAttacks } from "./isolated";
import { livenessAttacks } from "./liveness";
import { natAttacks } from "./natAddresses";
import { networkHarmless } from "./harmlessNetworks";
import { networkUnmodelled } from "./unmodelled";
import { proxyUseAttacks } from "./proxyUse";

export const packets: readonly Weakening[] = [
  ...ingressAttacks,
  ...egressAttacks,
  ...natAttacks,
  ...proxyUseAttacks,
  ...livenessAttacks,
  ...isolatedAttacks,
  ...networkUnmodelled,
  ...networkHarmless,
];
