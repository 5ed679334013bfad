/** The stand-ins for load balancers, their listeners and target groups. */
import type { Family } from "../resource";
import { listener } from "./listeners";
import { loadBalancer } from "./loadBalancers";
import { targetGroup, targetGroupAttachment } from "./targetGroups";

export const loadBalancing: Family = {
  resources: [listener, loadBalancer, targetGroup, targetGroupAttachment],
};
