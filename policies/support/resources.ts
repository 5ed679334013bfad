/** Resources as rules see them: what messages call them, and what made them. */
import type { Resource } from "@pulumi/pulumi";
import type { ResolvedResource } from "@pulumi/pulumi/queryable";
import type { PolicyResource, ResourceValidationArgs, validateStackResourcesOfType } from "@pulumi/policy";

/** What resource rules and stack rules both know of a resource. */
export type AnyResource = Pick<ResourceValidationArgs, "type" | "urn" | "name">;

/** A resource's class in a Pulumi SDK, e.g. `aws.ec2.Vpc`. */
export type ResourceClass<R extends Resource> = Parameters<typeof validateStackResourcesOfType<R>>[0];

/** A resource of a stack and its outputs; in a preview, any of these may still be missing or unknown. */
export interface Found<R extends Resource> {
  resource: PolicyResource;
  props: Partial<ResolvedResource<R>>;
}

/** What messages call a resource, e.g. `Instance "source-gitlab"`. */
export function describe({ type, name }: AnyResource): string {
  return `${type.slice(type.lastIndexOf(":") + 1)} "${name}"`;
}

/** A violation's message: which resource, what is wrong with it, and what to do. */
export function message(resource: AnyResource, found: string, fix: string): string {
  return `${describe(resource)} ${found}. ${fix}`;
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
