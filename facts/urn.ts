/**
 * Pulumi's resource names: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
 */

/** The stack of a resource. */
export function stackOfUrn(urn: string): string {
  return urn.split("::")[0]?.split(":")[2] ?? "";
}

/** The types of a resource and of the components that hold it, the outermost first and its own last. */
export function typesOfUrn(urn: string): string[] {
  return urn.split("::")[2]?.split("$") ?? [];
}

/** The type of a resource, e.g. "aws:ec2/vpc:Vpc". */
export function typeOfUrn(urn: string): string {
  return typesOfUrn(urn).at(-1) ?? "";
}

/** The name of a resource, which may hold colons itself. */
export function nameOfUrn(urn: string): string {
  return urn.split("::").slice(3).join("::");
}
