/** The network's part of code going in: what of the ways to CodeCommit is missing. */
import { codeCommitHost } from "../../facts/hosts";
import type { Side } from "../model/deployment";
import { AddressSet } from "../packets/addressSet";
import { admitted } from "../packets/filters";
import { graphOf, interfacesOf, type Graph, type Interface } from "../packets/interfaces";
import { reachedFrom } from "../packets/reach";
import { squidLetsThrough } from "../model/squidConf";
import { waysOut } from "../packets/wayOut";
import type { Gate } from "./gate";

/**
 * GitLab's way over a proxy to a NAT gateway, or straight to one where there is no proxy. One that holds is enough.
 * @returns sentences about what is missing, each naming the resource; none where a way holds
 */
export function wayOut({ network, region }: Side): string[] {
  const gitlabs = network.hosts.filter(({ role }) => role === "gitlab");
  if (gitlabs.length === 0) return ["No GitLab host is shown in the source, so its way out is not known."];
  const graph = graphOf(network);
  const start = interfacesOf(
    graph,
    gitlabs.map(({ urn }) => urn),
  );
  const proxies = reachedFrom(graph, start).flatMap(({ at }) =>
    at.owner.kind === "host" && at.owner.of.role === "proxy" ? [{ at, host: at.owner.of }] : [],
  );
  if (proxies.length === 0) {
    return start.some((one) => leadsToNat(graph, one))
      ? []
      : [
          "No packet of GitLab reaches a proxy or a NAT gateway that is shown, so how it pushes is not known.",
        ];
  }
  const missing = proxies.map(({ at, host: { urn, squidConf } }) => {
    if (squidConf === undefined || region === undefined)
      return [`${urn}: what it lets through is not known.`];
    const host = codeCommitHost(region);
    return [
      ...(squidLetsThrough(squidConf, host)
        ? []
        : [`${urn}: that its squid.conf lets ${host} through cannot be told.`]),
      ...(leadsToNat(graph, at)
        ? []
        : [`${urn}: none of its packets to port 443 gets to a NAT gateway that is shown.`]),
    ];
  });
  return missing.some((one) => one.length === 0) ? [] : [...new Set(missing.flat())];
}

function leadsToNat(graph: Graph, from: Interface): boolean {
  return waysOut(graph, from).some(
    ({ route, traffic }) =>
      route.target.kind === "nat gateway" &&
      traffic.protocol === "tcp" &&
      traffic.from <= 443 &&
      443 <= traffic.to,
  );
}

/** What keeps isolated terminals from the pull endpoints. */
export function wayIn({ pullEndpoints, target }: Gate, cidrs: readonly string[]): string[] {
  const https = { protocol: "tcp", from: 443, to: 443 };
  if (cidrs.length === 0)
    return ["From where isolated terminals pull is not declared (isolatedTerminalCidrs)."];
  return pullEndpoints.flatMap(({ urn, id, policy, securityGroups }) => {
    if (id === undefined || policy === undefined) return [`${urn}: its id or policy is not known.`];
    const groups = target.network.securityGroups.filter((group) => securityGroups.includes(group.urn));
    const missing = AddressSet.of(...cidrs).minus(admitted(groups, "ingress", https).addresses);
    if (missing.isEmpty && groups.length > 0) return [];
    return [`${urn}: its security groups do not let all isolated terminals in on port 443.`];
  });
}
