/** Security-group rules in all the forms that a program can write them in, read into one. */
import * as aws from "@pulumi/aws";
import type { PolicyResource } from "@pulumi/policy";
import { allOf, referred, type AnyResource, type Found } from "./resources";

/** What one rule lets in or out: where to or from, beside the groups that it names. */
export interface Peers {
  /** Where it is written, as the end of a sentence, e.g. ` in ingress[0]`; empty where the resource itself is the rule. */
  place: string;
  ranges: readonly string[];
  prefixLists: readonly string[];
}

/** A rule as the older forms write it, inline or in a resource of its own. */
interface ListedPeers {
  cidrBlocks?: readonly string[];
  ipv6CidrBlocks?: readonly string[];
  prefixListIds?: readonly string[];
}

/** A rule as the newer resources write it, each for one peer. */
interface SinglePeer {
  cidrIpv4?: string;
  cidrIpv6?: string;
  prefixListId?: string;
}

/** @param place see Peers */
export function listedPeers(rule: ListedPeers, place = ""): Peers {
  const { cidrBlocks = [], ipv6CidrBlocks = [], prefixListIds = [] } = rule;
  return { place, ranges: [...cidrBlocks, ...ipv6CidrBlocks], prefixLists: [...prefixListIds] };
}

export function singlePeer({ cidrIpv4, cidrIpv6, prefixListId }: SinglePeer): Peers {
  return { place: "", ranges: given(cidrIpv4, cidrIpv6), prefixLists: given(prefixListId) };
}

function given(...texts: (string | undefined)[]): string[] {
  return texts.flatMap((text) => (text === undefined || text === "" ? [] : [text]));
}

/** The egress rules that a resource holds for a group, read only when asked for. */
export interface EgressRule {
  resource: AnyResource;
  peers: () => Peers[];
}

/** Every egress rule of a group in the stack, in every form. */
export function egressRulesOf(
  group: Found<aws.ec2.SecurityGroup>,
  resources: readonly PolicyResource[],
): EgressRule[] {
  const ofGroup = ({ resource }: { resource: PolicyResource }, property = "securityGroupId") =>
    referred(resource, property, [group]).length > 0;
  const inline = {
    resource: group.resource,
    peers: () => (group.props.egress ?? []).map((rule, i) => listedPeers(rule, ` in egress[${i}]`)),
  };
  const older = allOf(resources, aws.ec2.SecurityGroupRule)
    .filter((rule) => rule.props.type === "egress" && ofGroup(rule))
    .map(({ resource, props }) => ({ resource, peers: () => [listedPeers(props)] }));
  const newer = allOf(resources, aws.vpc.SecurityGroupEgressRule)
    .filter((rule) => ofGroup(rule))
    .map(({ resource, props }) => ({ resource, peers: () => [singlePeer(props)] }));
  return [inline, ...older, ...newer];
}
