/** Whether a host name can have its record, and a certificate's validation, in a Route 53 zone. */

/** What Route 53 says of a zone. */
export interface HostedZone {
  /** With or without its final dot. */
  name: string;
  /** Whether it answers inside of VPCs only. */
  isPrivate: boolean;
}

/**
 * Why the name cannot be certified in the zone. What only the Internet knows stays open: whether the zone is the one that
 * the name's parent points to, and whether a CAA record forbids Amazon to issue.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
 */
export function zoneProblem(hostname: string, { name, isPrivate }: HostedZone): string | undefined {
  const domain = name.toLowerCase().replace(/\.$/, "");
  if (isPrivate)
    return `is the private zone "${domain}"; expected a public one, because ACM looks for its proof on the Internet`;
  if (hostname === domain || hostname.endsWith(`.${domain}`)) return undefined;
  return `is the zone "${domain}", which gitlab.hostname, "${hostname}", is not in; expected the zone of a domain that the name ends with`;
}
