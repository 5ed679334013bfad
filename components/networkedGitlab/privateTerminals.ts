/** Work terminals that the ingress, which faces the Internet, can hardly see come. */
import { notPublic, parseCidr } from "../../facts/ipv4";
import type { CheckedNetworkedGitlabArgs } from "./args";

/**
 * A warning for each range of work terminals that is not public. Not refused: who has a link into the VPC may reach the
 * load balancer's private addresses over it.
 */
export function privateTerminalWarnings({ gitlab, workTerminalCidrs }: CheckedNetworkedGitlabArgs): string[] {
  if ("url" in gitlab) return [];
  return workTerminalCidrs.flatMap((cidr, i) => {
    const range = parseCidr(cidr);
    const why = range && notPublic(range);
    if (why === undefined) return [];
    return (
      `workTerminalCidrs[${i}]: "${cidr}" is not public (${why}), and GitLab's ingress faces the Internet, where nobody ` +
      "comes from it. Give the public addresses that the terminals go out by, unless they have a link into the VPC."
    );
  });
}
