/** Where security groups let out to. */
import type { Gap, Reference, SecurityGroup, SecurityGroupRule } from "../../isolation/model/deployment";
import { EGRESS, OLDER, PEER_LISTS, PEER_RANGES } from "../../isolation/model/securityGroups";
import { propertiesOf } from "../../isolation/model/stack";
import { GROUPS } from "../../isolation/model/types";
import { holdsRange, isPrivate, parseRange } from "./addresses";
import type { ReadStack } from "./snapshot";

/** What the egress rules of a group let out to outside of its VPC, by where they are written. */
export function egressOf(
  group: SecurityGroup,
  read: ReadStack,
): { urn: string; place?: string; peers: string[] }[] {
  const found = new Map<string, { urn: string; place?: string; peers: string[] }>();
  for (const { urn, place, peer } of [
    ...group.egress,
    ...group.portless.filter(({ way }) => way === "egress"),
  ]) {
    const outside = outsideOf(peer, group, read);
    if (outside === undefined) continue;
    const where = `${urn} ${place ?? ""}`;
    const { peers } = found.get(where) ?? { peers: [] };
    found.set(where, { urn, ...(place !== undefined && { place }), peers: [...peers, outside] });
  }
  return [...found.values()];
}

/** The range or list, unless it is in the group's VPC; where that one is not in the stack, unless it is private. */
function outsideOf(
  peer: SecurityGroupRule["peer"],
  { vpc }: SecurityGroup,
  { side }: ReadStack,
): string | undefined {
  if ("group" in peer) return undefined;
  if ("prefixList" in peer) return peer.prefixList;
  const range = parseRange(peer.cidr);
  const own = side.network.vpcs.find(({ urn }) => urn === vpc);
  const isInside =
    range !== undefined &&
    (own === undefined
      ? isPrivate(range)
      : own.cidrBlocks.some((cidr) => {
          const block = parseRange(cidr);
          return block !== undefined && holdsRange(block, range);
        }));
  return isInside ? undefined : peer.cidr;
}

/** Whether these groups, or an egress rule that may be theirs, wait for what says whom they let out to. */
export function mayLetOut(
  { urn, awaits = "" }: Gap,
  groups: readonly Reference[],
  { stack }: ReadStack,
): boolean {
  const isPeer = [...PEER_RANGES, ...PEER_LISTS].some((name) => name === awaits);
  if (groups.includes(urn)) return isPeer || awaits === "egress" || awaits === "vpcId";
  const rule = stack.of(OLDER, EGRESS).find((one) => one.urn === urn);
  if (rule === undefined || propertiesOf(rule).type === "ingress") return false;
  if (!isPeer) return awaits === "securityGroupId" || awaits === "type";
  return stack.candidates(rule, "securityGroupId", GROUPS).some((group) => groups.includes(group));
}
