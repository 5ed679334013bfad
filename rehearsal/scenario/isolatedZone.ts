/** Follows packets from an isolated terminal through what is deployed: the resolver's firewall, endpoint and routes. */
import type { Account } from "../aws/account";
import { anywhere, firstAddress } from "./addresses";
import type { Deployment } from "../engines/in-process/deployment";
import type { Arrival } from "../git/world";
import { Blocked, lookUpIn } from "./blocked";

export class IsolatedZone {
  /** The terminal's address: the first of the first CIDR. */
  readonly terminal: string;
  readonly #endpointId: string | undefined;

  /** @param terminalCidrs the isolated terminals', as configured */
  constructor(
    private readonly account: Account,
    deployment: Deployment,
    terminalCidrs: readonly string[],
  ) {
    this.terminal = firstAddress(terminalCidrs[0] ?? "192.0.2.0/24");
    const endpointId = deployment.output("pullEndpointId");
    this.#endpointId = typeof endpointId === "string" ? endpointId : undefined;
  }

  /** Whether terminals reach CodeCommit through an endpoint, or else over the Internet from listed addresses. */
  get hasEndpoint(): boolean {
    return this.#endpointId !== undefined;
  }

  /** How a terminal's connection arrives at CodeCommit, by its public hostname. Throws Blocked on the way there. */
  arrival(codeCommitHostname: string): Arrival {
    if (this.#endpointId === undefined) return { sourceIp: this.terminal };
    const { vpcEndpoints, securityGroups } = this.account;
    const { vpcId } = vpcEndpoints.get(this.#endpointId);
    this.lookUp(codeCommitHostname);
    const endpoint = vpcEndpoints.endpointFor(vpcId, codeCommitHostname);
    if (!endpoint) throw new Blocked(`no endpoint of the isolated VPC answers to ${codeCommitHostname}`);
    const from = { peer: { cidr: `${this.terminal}/32` }, port: 443 };
    if (!securityGroups.ingressAllowed(endpoint.securityGroupIds, from))
      throw new Blocked(`the pull endpoint's security group lets nobody in from ${this.terminal}`);
    return { vpcEndpointId: endpoint.id, vpcId, vpcSourceIp: this.terminal };
  }

  /**
   * Throws Blocked when the isolated VPC's resolver does not answer for a name. Without an endpoint there is no such
   * VPC, and what the room's own network refuses is not deployed here.
   */
  lookUp(name: string): void {
    if (this.#endpointId === undefined) return;
    lookUpIn(this.account, this.account.vpcEndpoints.get(this.#endpointId).vpcId, name);
  }

  /** Throws Blocked when a packet to an address on the Internet has no way out of the isolated VPC. */
  leave(): void {
    if (this.#endpointId === undefined) return;
    const [subnetId] = this.account.vpcEndpoints.get(this.#endpointId).subnetIds;
    if (subnetId === undefined || !this.account.routeTables.routeFor(subnetId, anywhere))
      throw new Blocked("the isolated VPC has no route to the Internet");
  }
}
