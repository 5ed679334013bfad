/** The catalogue: our own two stacks, each with one change, and what must notice it. */
import { carriers } from "./carriers";
import { gate } from "./gate";
import { gateUsers } from "./gateUsers";
import { harmless } from "./harmless";
import { identities } from "./identities";
import { isolatedNetwork } from "./isolatedNetwork";
import { ordinaryAccount } from "./ordinaryAccount";
import { packets } from "./packets";
import { proxy } from "./proxy";
import { repositoryKey } from "./repositoryKey";
import { secrets } from "./secrets";
import { sourceNames } from "./sourceNames";
import { sourceNetwork } from "./sourceNetwork";
import { tripwires } from "./tripwires";
import { upkeep } from "./upkeep";
import type { Weakening } from "./weakening";
import { writers } from "./writers";

export const weakenings: readonly Weakening[] = [
  ...sourceNetwork,
  ...sourceNames,
  ...isolatedNetwork,
  ...gate,
  ...gateUsers,
  ...writers,
  ...identities,
  ...packets,
  ...proxy,
  ...carriers,
  ...tripwires,
  ...repositoryKey,
  ...secrets,
  ...upkeep,
  ...harmless,
  ...ordinaryAccount,
];
