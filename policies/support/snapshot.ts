/** The stack as a policy sees it, read as the proof reads it. */
import type { PolicyResource } from "@pulumi/policy";
import { stackOfUrn } from "../../facts/urn";
import { isRecord } from "../../facts/record";
import { Unknown, type Properties, type StackSnapshot, type Value } from "../../isolation/model/snapshot";
import type { Side } from "../../isolation/model/deployment";
import { readSide } from "../../isolation/model/readDeployment";
import { Stack } from "../../isolation/model/stack";
import { isUnknownValue } from "./known";

/** What a stack rule judges. */
export interface ReadStack {
  /** What the proof makes of the stack. */
  readonly side: Side;
  /** For look-ups that only the rule needs; its gaps are those that these leave. */
  readonly stack: Stack;
  /** The resource that a message names. */
  readonly at: (urn: string) => PolicyResource;
}

/** Several rules may be given the same list. */
const readings = new WeakMap<readonly PolicyResource[], { snapshot: StackSnapshot; side?: Side }>();

export function readStack(resources: readonly PolicyResource[]): ReadStack {
  const reading = readings.get(resources) ?? { snapshot: snapshotOf(resources) };
  readings.set(resources, reading);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  return {
    // Some rules need look-ups alone.
    get side() {
      return (reading.side ??= readSide(reading.snapshot));
    },
    stack: new Stack(reading.snapshot),
    at: (urn) => {
      const resource = byUrn.get(urn);
      if (resource === undefined) throw new Error(`${urn} is not in the stack`);
      return resource;
    },
  };
}

/**
 * Takes over the stack's resources. What is not known before the update becomes `Unknown`. Pulumi opens secrets for
 * policies, so whether something is one cannot be told from a snapshot of this kind.
 */
export function snapshotOf(resources: readonly PolicyResource[]): StackSnapshot {
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const read = resources.map((resource) => {
    const outputs = propertiesOf(resource.props);
    return {
      urn: resource.urn,
      type: resource.type,
      name: resource.name,
      ...(typeof outputs.id === "string" && { id: outputs.id }),
      ...(resource.parent && { parent: resource.parent.urn }),
      protect: resource.opts.protect,
      isComponent: /^(git-airlock|awsx):/.test(resource.type),
      inputs: {},
      outputs,
      propertyDependencies: Object.fromEntries(
        Object.entries(resource.propertyDependencies).map(([name, on]) => [name, on.map(({ urn }) => urn)]),
      ),
    };
  });
  return {
    stack: root === undefined ? "" : stackOfUrn(root.urn),
    resources: read,
    outputs: read.find(({ urn }) => urn === root?.urn)?.outputs ?? {},
  };
}

function propertiesOf(given: Readonly<Record<string, unknown>>): Properties {
  return Object.fromEntries(Object.keys(given).map((name) => [name, valueOf(() => given[name])]));
}

/** @param read reading an unknown value throws the SDK's error */
function valueOf(read: () => unknown): Value {
  let value: unknown;
  try {
    value = read();
  } catch (error) {
    if (isUnknownValue(error)) return Unknown.value;
    throw error;
  }
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return Array.from(list.keys(), (i) => valueOf(() => list[i]));
  }
  return isRecord(value) ? propertiesOf(value) : null;
}
