/** The stand-ins for names on the Internet. */
import type { Family } from "../resource";
import { getZone, record } from "./route53";

export const dns: Family = { resources: [record], lookUps: [getZone] };
