/** Runs rules over resources as the policy SDK's server does, without the server. */
import type { Resource as PulumiResource } from "@pulumi/pulumi";
import * as sdk from "@pulumi/policy";
import type {
  EnforcementLevel,
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { isRecord } from "../../facts/record";
import { isUnknownValue } from "../../policies/support/known";
import type { Resource } from "../weakenings/editor";

export type Rule = ResourceValidationPolicy | StackValidationPolicy;

/** A resource of a stack that rules are run over: resource rules see its inputs, stack rules its outputs. */
export interface Subject extends Resource {
  /** The provider's own properties. */
  provider?: Record<string, unknown>;
}

export interface Violation {
  rule: string;
  level: EnforcementLevel;
  message: string;
  /** Of the resource at fault; undefined where a stack rule means the whole stack. */
  urn: string | undefined;
}

export interface Outcome {
  violations: Violation[];
  /** Rules that came upon a value that is not known yet, each with the resource, or "stack". */
  waiting: string[];
}

/** The engine's way: every resource rule over every resource's inputs, then every stack rule over all outputs. */
export async function run(
  rules: readonly Rule[],
  subjects: readonly Subject[],
  config: Readonly<Record<string, Record<string, unknown>>> = {},
): Promise<Outcome> {
  const outcome: Outcome = { violations: [], waiting: [] };
  const resources = policyResources(subjects);
  for (const rule of rules) {
    const level = rule.enforcementLevel ?? "advisory";
    const settings = { ...defaultsOf(rule), ...config[rule.name] };
    // The SDK lets a rule say what type its settings have, and takes its word for it.
    const getConfig: ResourceValidationArgs["getConfig"] = () => settings as never;
    const attempt = async (where: string, validate: () => Promise<void> | void) => {
      try {
        await validate();
      } catch (error) {
        if (isUnknownValue(error)) outcome.waiting.push(`${rule.name}: ${where}`);
        else if (!(error instanceof NotApplicable)) throw error;
      }
    };
    const report = (urn: string | undefined) => (message: string, other?: string) => {
      outcome.violations.push({ rule: rule.name, level, message, urn: other ?? urn });
    };
    if ("validateStack" in rule) {
      const args = { resources, stackTags: new Map<string, string>(), getConfig, notApplicable };
      await attempt("stack", () => rule.validateStack(args, report(undefined)));
      continue;
    }
    for (const subject of subjects) {
      for (const validate of [rule.validateResource ?? []].flat()) {
        await attempt(subject.name, () => validate(asArgs(subject, getConfig), report(subject.urn)));
      }
    }
  }
  return outcome;
}

class NotApplicable extends Error {}

function notApplicable(reason?: string): never {
  throw new NotApplicable(reason);
}

function defaultsOf({ configSchema }: Rule): Record<string, unknown> {
  const entries = Object.entries(configSchema?.properties ?? {});
  return Object.fromEntries(
    entries.flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])),
  );
}

/** What reads an unknown value of it gets the SDK's error, as in a preview. */
function watched(properties: Record<string, unknown>): Record<string, unknown> {
  // The SDK exports the function without a type.
  const unknownCheckingProxy: unknown = Reflect.get(sdk, "unknownCheckingProxy");
  if (typeof unknownCheckingProxy !== "function")
    throw new Error("the policy SDK has lost unknownCheckingProxy");
  const proxy: unknown = Reflect.apply(unknownCheckingProxy, undefined, [properties]);
  if (!isRecord(proxy)) throw new Error("expected the SDK to return an object");
  return proxy;
}

function optionsOf({ protect = false, parent }: Subject): PolicyResourceOptions {
  return {
    protect,
    parent,
    ignoreChanges: [],
    aliases: [],
    additionalSecretOutputs: [],
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  };
}

function typeTests(type: string, props: Record<string, unknown>) {
  const isType = (resourceClass: object) =>
    "__pulumiType" in resourceClass && resourceClass.__pulumiType === type;
  // The SDK declares that it returns the class's properties; what it does return are these.
  const asType = (resourceClass: object) => (isType(resourceClass) ? props : undefined) as never;
  return { isType, asType };
}

function asArgs(subject: Subject, getConfig: ResourceValidationArgs["getConfig"]): ResourceValidationArgs {
  const { type, name, urn, provider } = subject;
  const props = watched(subject.inputs);
  return {
    type,
    name,
    urn,
    props,
    getConfig,
    notApplicable,
    opts: optionsOf(subject),
    stackTags: new Map(),
    ...typeTests(type, props),
    ...(provider && {
      provider: { type: "pulumi:providers:aws", name: "default", urn: "", props: watched(provider) },
    }),
  };
}

/** Resources as stack rules see them. */
export function policyResources(subjects: readonly Subject[]): PolicyResource[] {
  const byUrn = new Map<string, PolicyResource>();
  const known = (urns: readonly string[]) => urns.flatMap((urn) => byUrn.get(urn) ?? []);
  for (const subject of subjects) {
    const { type, name, urn } = subject;
    const props = watched(subject.outputs);
    const resource = {
      type,
      name,
      urn,
      props,
      opts: optionsOf(subject),
      dependencies: [],
      propertyDependencies: {},
    };
    byUrn.set(urn, { ...resource, ...typeTests(type, props) });
  }
  for (const subject of subjects) {
    const resource = byUrn.get(subject.urn);
    if (!resource) continue;
    const parent = byUrn.get(subject.parent ?? "");
    if (parent) resource.parent = parent;
    for (const [property, urns] of Object.entries(subject.propertyDependencies ?? {})) {
      resource.propertyDependencies[property] = known(urns);
    }
    resource.dependencies = known(Object.values(subject.propertyDependencies ?? {}).flat());
  }
  return [...byUrn.values()];
}

/** A resource by itself, e.g. of another program than ours: its outputs are its inputs. */
export function subject(
  resourceClass: (new (...args: never[]) => PulumiResource) & { __pulumiType?: string },
  name: string,
  properties: Record<string, unknown>,
  more: Partial<Subject> = {},
): Subject {
  const type = "__pulumiType" in resourceClass ? String(resourceClass["__pulumiType"]) : "";
  const urn = `urn:pulumi:prod::other::${type}::${name}`;
  return { type, name, urn, inputs: properties, outputs: properties, ...more };
}
