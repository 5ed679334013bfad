/** The properties of all resource types that the proof's model reads. */
import { COMPUTE } from "./properties/compute";
import { IDENTITY } from "./properties/identity";
import type { KnownProperties } from "./properties/knownProperties";
import { LOGS } from "./properties/logs";
import { MESSAGING } from "./properties/messaging";
import { NETWORK } from "./properties/network";
import { STORAGE } from "./properties/storage";

/** By Pulumi's name of the type. */
export const RESOURCE_PROPERTIES: ReadonlyMap<string, KnownProperties> = new Map(
  [NETWORK, COMPUTE, IDENTITY, MESSAGING, LOGS, STORAGE].flatMap((family) => Object.entries(family)),
);
