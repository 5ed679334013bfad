/** How the rules over the gate users' policy documents are made. */
import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Policy } from "../../isolation/iam/policy";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  readableDocument,
  type GateRole,
  type GateSettings,
} from "./gateDocuments";
import { message } from "./resources";

/** What is wrong with a document, as the end of a sentence that begins with the resource, and what to do. */
export interface Finding {
  found: string;
  fix: string;
}

/** A rule over the documents of one gate user or both. What only `gatePolicyCanBeDecided` reports, the others leave to it. */
export function documentRule<Settings extends object>(
  about: Required<Pick<ResourceValidationPolicy, "name" | "description" | "remediationSteps" | "severity">>,
  roles: readonly GateRole[],
  settings: {
    defaults: Settings;
    schema: NonNullable<ResourceValidationPolicy["configSchema"]>["properties"];
  },
  check: (policy: Policy, settings: Settings) => Finding[],
): ResourceValidationPolicy {
  return {
    ...about,
    enforcementLevel: "mandatory",
    configSchema: { properties: { ...gateSchema, ...settings.schema } },
    validateResource(args, reportViolation) {
      if (!isDocumentResource(args)) return;
      const config = {
        ...gateDefaults,
        ...settings.defaults,
        ...args.getConfig<Partial<GateSettings & Settings>>(),
      };
      const role = gateRole(args, config);
      if (role === undefined || !roles.includes(role)) return;
      const policy = readableDocument(args);
      if (policy === undefined) return;
      for (const { found, fix } of check(policy, config)) reportViolation(message(args, found, fix));
    },
  };
}

/** For rules that have nothing to set. */
export const noSettings = { defaults: {}, schema: {} };
