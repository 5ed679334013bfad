/** The config keys of each role: their types and their defaults, as Pulumi.yaml declares them. */
import type { z } from "zod";
import { allReferences } from "../references";
import type { mirrorSchema } from "./mirror";
import { defaultSourceAddressCount, type targetSchema } from "./target";
import type { organizationSchema } from "./organization";
import type { sourceSchema } from "./source";

/** Which side of the airlock a stack is, the link between them, or what binds everybody else. */
export type Role = "source" | "target" | "mirror" | "organization";

/** The roles, by name. */
export const roles: readonly Role[] = ["source", "target", "mirror", "organization"];

/**
 * A key, as Pulumi.yaml knows it: its type there, that of a list's items, and its default. Every key but `role` has a
 * default, because Pulumi demands a key without one in every stack; "", [] and {} mean that nothing is given.
 */
export type ConfigKey =
  | { type: "array"; items: "string" | "integer" | "object"; default: readonly unknown[] }
  | { type: "object"; default: Readonly<Record<string, never>> }
  | { type: "integer"; default: number }
  | { type: "boolean"; default: boolean }
  | { type: "string"; default: string };

const strings = { type: "array", items: "string", default: [] } as const;
const epochs = { type: "array", items: "integer", default: [1] } as const;
const inside = { type: "object", default: {} } as const;
const text = { type: "string", default: "" } as const;
const off = { type: "boolean", default: false } as const;

/** Every key but `role`, which each stack has. Defaults inside of an object are the schema's. */
export const configKeys = {
  source: {
    workTerminalCidrs: strings,
    network: inside,
    gitlab: inside,
    fips: off,
    proxy: inside,
    alarms: inside,
  } satisfies Record<keyof z.output<ReturnType<typeof sourceSchema>>, ConfigKey>,
  target: {
    repositories: { type: "array", items: "object", default: [] },
    fips: off,
    customerKey: off,
    repositoryPrefix: text,
    sourceStack: text,
    pushSourceAddresses: strings,
    expectedSourceAddresses: strings,
    sourceAddressCount: { type: "integer", default: defaultSourceAddressCount },
    references: { type: "array", items: "string", default: allReferences },
    pull: inside,
    pushCredentialEpochs: epochs,
    pullCredentialEpochs: epochs,
    deployerArns: strings,
    breakGlassArns: strings,
    alarms: inside,
  } satisfies Record<keyof z.output<ReturnType<typeof targetSchema>>, ConfigKey>,
  mirror: {
    sourceStack: text,
    targetStacks: strings,
    onlyProtectedBranches: off,
    createProjects: off,
    withdrawn: off,
    dashboard: off,
    deployerArns: strings,
  } satisfies Record<keyof z.output<ReturnType<typeof mirrorSchema>>, ConfigKey>,
  organization: {
    targetStacks: strings,
  } satisfies Record<keyof z.output<ReturnType<typeof organizationSchema>>, ConfigKey>,
} as const satisfies Record<Role, Record<string, ConfigKey>>;

/** The keys of a role, by name. */
export function keysOf(role: Role): ReadonlyMap<string, ConfigKey> {
  return new Map<string, ConfigKey>(Object.entries(configKeys[role]));
}
