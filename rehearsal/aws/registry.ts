/** Every resource type and function that a stand-in account knows. A new one is listed in the index of its family. */
import type { Properties } from "./accountContext";
import { AwsError } from "./awsError";
import { compute } from "./compute";
import { dns } from "./dns";
import { identity } from "./identity";
import { loadBalancing } from "./loadBalancing";
import type { LookUp } from "./lookups";
import { management } from "./management";
import { messaging } from "./messaging";
import { network } from "./network";
import type { Family, Resource } from "./resource";
import { storage } from "./storage";
import { utility } from "./utility";

/** In the order of their names. */
export const families: readonly Family[] = [
  compute,
  dns,
  identity,
  loadBalancing,
  management,
  messaging,
  network,
  storage,
  utility,
];

const resources = new Map(families.flatMap((family) => family.resources).map((one) => [one.type, one]));
const lookUps = new Map(families.flatMap((family) => family.lookUps ?? []).map((one) => [one.token, one]));

/** The declaration of a resource type; InvalidResourceType without one. */
export function resourceOf(type: string): Resource {
  const resource = resources.get(type);
  if (resource) return resource;
  throw new AwsError("InvalidResourceType", `this account has no resource type "${type}"`);
}

/** The declaration of a provider function; InvalidAction without one. */
export function lookUpOf(token: string): LookUp {
  const lookUp = lookUps.get(token);
  if (lookUp) return lookUp;
  throw new AwsError("InvalidAction", `this account has no function "${token}"`);
}

/** Whether the change of this input, from old inputs to new ones, replaces the resource. */
export function replaces(type: string, input: string, olds: Properties, news: Properties): boolean {
  return resources.get(type)?.isReplacedBy(input, olds, news) ?? false;
}
