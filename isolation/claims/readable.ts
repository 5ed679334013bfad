/** Verdicts hold URNs, which are exact; people know a resource by its type and name. */

/** A URN as people know the resource, e.g. "RouteTable source-network-private-1"; another text stays as it is. */
export function shortUrn(urn: string): string {
  const [, , types, ...name] = urn.split("::");
  return types === undefined ? urn : `${types.split(":").at(-1) ?? types} ${name.join("::")}`;
}

/** A sentence with every URN in it shortened. */
export function readable(text: string): string {
  return text.replace(/urn:pulumi:[^\s,;]*[^\s,;.:]/g, shortUrn);
}
