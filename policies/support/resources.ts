/** Resources as rules see them: what messages call them, what made them, and which of them refer to which. */
import type { Resource } from "@pulumi/pulumi";
import type { ResolvedResource } from "@pulumi/pulumi/queryable";
import type { PolicyResource, ResourceValidationArgs, validateStackResourcesOfType } from "@pulumi/policy";
import { ifKnown } from "./known";

/** What resource rules and stack rules both know of a resource. */
export type AnyResource = Pick<ResourceValidationArgs, "type" | "urn" | "name">;

/** A resource's class in a Pulumi SDK, e.g. `aws.ec2.Vpc`. */
export type ResourceClass<R extends Resource> = Parameters<typeof validateStackResourcesOfType<R>>[0];

/** A resource of a stack and its outputs; in a preview, any of these may still be missing or unknown. */
export interface Found<R extends Resource> {
  resource: PolicyResource;
  props: Partial<ResolvedResource<R>>;
}

/** git-airlock's own components, by which their children are known. */
export const sourceComponent = "git-airlock:source:NetworkedGitlab";
export const targetComponent = "git-airlock:target:MirrorTarget";

const stackReference = "pulumi:pulumi:StackReference";

/** What messages call a resource, e.g. `Instance "source-gitlab"`. */
export function describe({ type, name }: AnyResource): string {
  return `${type.slice(type.lastIndexOf(":") + 1)} "${name}"`;
}

/** A violation's message: which resource, what is wrong with it, and what to do. */
export function message(resource: AnyResource, found: string, fix: string): string {
  return `${describe(resource)} ${found}. ${fix}`;
}

/** Whether a component of the type is among the resource's ancestors; a URN holds the types of them all. */
export function isWithin({ urn }: AnyResource, componentType: string): boolean {
  return (urn.split("::")[2] ?? "").split("$").slice(0, -1).includes(componentType);
}

/** Whether the pattern, a regular expression without regard to case, is in any of the names. An empty one is in none. */
export function matchesName(pattern: string, ...names: (string | undefined)[]): boolean {
  if (pattern === "") return false;
  const expression = new RegExp(pattern, "i");
  return names.some((name) => name !== undefined && expression.test(name));
}

/** The stack's resources of a type. */
export function allOf<R extends Resource>(
  resources: readonly PolicyResource[],
  resourceClass: ResourceClass<R>,
): Found<R>[] {
  return resources.flatMap((resource) => {
    const props = resource.asType(resourceClass);
    return props === undefined ? [] : [{ resource, props }];
  });
}

/**
 * Which of the candidates a property refers to. In an update its value says so, by their ids; in a preview ids are
 * unknown, and what it was computed from does. Where that is a component's output, every candidate inside the component
 * is meant: what follows may then be too strict, never too lax.
 * @throws the SDK's error where nothing of this stack says what the property will be
 */
export function referred<R extends Resource>(
  from: PolicyResource,
  property: string,
  candidates: readonly Found<R>[],
): Found<R>[] {
  const ids = knownIds(from, property);
  const byId = candidates.filter(({ resource }) => ids.includes(idOf(resource) ?? ""));
  if (byId.length > 0) return byId;
  const sources = (from.propertyDependencies[property] ?? []).filter(
    (source) => source.type !== stackReference,
  );
  // Nothing of this stack says it, so the value has to: reading all of it is an error while any part is unknown.
  if (sources.length === 0 && JSON.stringify(from.props[property])) return [];
  const direct = candidates.filter(({ resource }) => sources.includes(resource));
  if (direct.length > 0) return direct;
  return candidates.filter(({ resource }) => sources.some((source) => isInside(resource, source)));
}

/** The texts that a property holds, one or a list, as far as they are known; none for anything else. */
export function knownIds(from: PolicyResource, property: string): string[] {
  const value: unknown = ifKnown<unknown>(() => from.props[property]);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return [...list.keys()].flatMap((i) => {
    const id = ifKnown(() => list[i]);
    return typeof id === "string" && id !== "" ? [id] : [];
  });
}

/** The id by which others refer to it; undefined while it is not known. */
export function idOf({ props }: PolicyResource): string | undefined {
  const id: unknown = ifKnown<unknown>(() => props.id);
  return typeof id === "string" ? id : undefined;
}

function isInside(resource: PolicyResource, ancestor: PolicyResource): boolean {
  for (let parent = resource.parent; parent; parent = parent.parent) if (parent === ancestor) return true;
  return false;
}
