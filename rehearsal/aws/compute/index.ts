/** The stand-ins for instances, their images, and containers. */
import type { Family } from "../resource";
import { cluster, service } from "./ecs";
import { taskDefinition } from "./ecsTaskDefinitions";
import { getAmi } from "./images";
import { instance } from "./instances";

export const compute: Family = { resources: [cluster, instance, service, taskDefinition], lookUps: [getAmi] };
