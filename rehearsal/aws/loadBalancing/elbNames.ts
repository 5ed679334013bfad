/** Names of load balancers and target groups. */

/** The longest name there may be. */
export const elbNameLength = 32;

/** Why Elastic Load Balancing does not take a name for a load balancer or a target group; nothing where it does. */
export function elbNameProblem(name: string, noun: string): string | undefined {
  if (name.length > elbNameLength)
    return `${noun} name '${name}' cannot be longer than '${elbNameLength}' characters`;
  if (!/^[A-Za-z0-9-]+$/.test(name))
    return `${noun} name '${name}' can only contain characters that are alphanumeric characters and hyphens(-)`;
  return name.startsWith("-") || name.endsWith("-")
    ? `${noun} name '${name}' cannot begin or end with '-'`
    : undefined;
}
