/** GitLab's way out: a forward proxy to be made, one that exists, or none. */
import { parseIpv4 } from "../../facts/ipv4";
import type { ProxyArgs } from "./args";
import { createForwardProxy, type Proxy } from "./forwardProxy";
import type { Network } from "./network";
import type { Scope } from "../scope";
import type { Peer } from "./securityGroups";

/** Makes the proxy that `clients` may use, or points to the one that is brought; undefined where there is none. */
export function createProxy(
  scope: Scope,
  network: Network,
  args: ProxyArgs,
  clients: Peer,
): Proxy | undefined {
  switch (args.mode) {
    case "managed":
      return createForwardProxy(scope, network, args, clients);
    case "existing":
      return existingProxy(args.url, network.cidrBlock);
    case "none":
      return undefined;
  }
}

/** The URL has a port, which `URL` leaves out if it is 80. A proxy given by name is taken to be in the VPC, which is all that an isolated subnet reaches. */
function existingProxy(url: string, vpcCidr: string): Proxy {
  const { hostname, port } = new URL(url);
  const isAddress = parseIpv4(hostname) !== undefined;
  return {
    url,
    peer: { cidr: isAddress ? `${hostname}/32` : vpcCidr },
    port: port === "" ? 80 : Number(port),
    names: isAddress ? [] : [hostname],
  };
}
