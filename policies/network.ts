/** Rules for the source's network: who reaches in, and where GitLab gets out to. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { PEER_RANGES } from "../isolation/model/securityGroups";
import type { StackResource } from "../isolation/model/snapshot";
import { known, propertiesOf } from "../isolation/model/stack";
import { EIP, GROUPS, INSTANCE, SUBNETS, ec2 } from "../isolation/model/types";
import { parseRange } from "./support/addresses";
import { egressOf, mayLetOut } from "./support/egress";
import {
  gitlabDefaults,
  gitlabHosts,
  gitlabSchema,
  isGitlabHost,
  type GitlabSettings,
} from "./support/gitlabHosts";
import { checkEach, waitFor } from "./support/known";
import { describe, message } from "./support/resources";
import { mayAddRoutes, routesOf, tablesOf } from "./support/routes";
import { readStack, type ReadStack } from "./support/snapshot";

const ingressDefaults = { widestIpv4Prefix: 8, widestIpv6Prefix: 32 };

export const noWorldOpenIngress: ResourceValidationPolicy = {
  name: "no-world-open-ingress",
  description:
    "No security group may let in the whole Internet, nor a range so wide that it might as well be.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Name the CIDRs of the work terminals, the isolated terminals or the VPC instead.",
  configSchema: {
    properties: {
      widestIpv4Prefix: {
        type: "integer",
        minimum: 1,
        maximum: 32,
        description:
          "The shortest IPv4 prefix that may be let in; two halves of the Internet are the Internet too.",
        default: ingressDefaults.widestIpv4Prefix,
      },
      widestIpv6Prefix: {
        type: "integer",
        minimum: 1,
        maximum: 128,
        description: "The same for IPv6.",
        default: ingressDefaults.widestIpv6Prefix,
      },
    },
  },
  validateResource: [
    validateResourceOfType(aws.ec2.SecurityGroup, ({ ingress = [] }, args, reportViolation) => {
      checkInline(ingress, args, reportViolation);
    }),
    validateResourceOfType(aws.ec2.DefaultSecurityGroup, ({ ingress = [] }, args, reportViolation) => {
      checkInline(ingress, args, reportViolation);
    }),
    validateResourceOfType(aws.ec2.SecurityGroupRule, (rule, args, reportViolation) => {
      if (rule.type !== "egress") checkIngress(rangesOf(rule), "", args, reportViolation);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, args, reportViolation) => {
      checkIngress(rangesOf(rule), "", args, reportViolation);
    }),
    // A rule that names a list lets in whatever is on it.
    validateResourceOfType(aws.ec2.ManagedPrefixList, ({ entries = [] }, args, reportViolation) => {
      checkEach(entries, ({ cidr }) => {
        checkIngress([cidr], " in its entries", args, reportViolation);
      });
    }),
    validateResourceOfType(aws.ec2.ManagedPrefixListEntry, ({ cidr }, args, reportViolation) => {
      checkIngress([cidr], "", args, reportViolation);
    }),
  ],
};

function checkInline(
  rules: readonly object[],
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
): void {
  checkEach(rules.keys(), (i) => {
    checkIngress(rangesOf(rules[i] ?? {}), ` in ingress[${i}]`, args, reportViolation);
  });
}

/** The ranges that a rule names, in whichever form it is written. */
function rangesOf(rule: object): string[] {
  return PEER_RANGES.flatMap((name) => {
    const value: unknown = Reflect.get(rule, name) ?? [];
    return Array.isArray(value) ? value.map(String) : [String(value)].filter((text) => text !== "");
  });
}

/** @param place where in the resource they are written, as the end of a sentence */
function checkIngress(
  ranges: readonly string[],
  place: string,
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
): void {
  const config = { ...ingressDefaults, ...args.getConfig<Partial<typeof ingressDefaults>>() };
  const wide = ranges.filter((text) => {
    const range = parseRange(text);
    const widest = range?.base.kind() === "ipv6" ? config.widestIpv6Prefix : config.widestIpv4Prefix;
    return range === undefined || range.prefix < widest;
  });
  if (wide.length === 0) return;
  const fix = `Name ranges of /${config.widestIpv4Prefix} or narrower (IPv6: /${config.widestIpv6Prefix}), from where people really come.`;
  reportViolation(message(args, `lets in ${wide.join(", ")}${place}`, fix));
}

export const gitlabHasNoPublicAddress: ResourceValidationPolicy = {
  name: "gitlab-has-no-public-address",
  description: "The GitLab host must have no public address.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Set associatePublicIpAddress to false; the subnet's own default may be another.",
  configSchema: { properties: gitlabSchema },
  validateResource: validateResourceOfType(aws.ec2.Instance, (instance, args, reportViolation) => {
    if (!isGitlabHost(args, { ...gitlabDefaults, ...args.getConfig<Partial<GitlabSettings>>() })) return;
    if (instance.associatePublicIpAddress === false) return;
    const found = `has associatePublicIpAddress ${String(instance.associatePublicIpAddress ?? "not set")}`;
    reportViolation(message(args, found, "Set it to false: people reach GitLab by the load balancer."));
  }),
};

export const gitlabHasNoElasticIp: StackValidationPolicy = {
  name: "gitlab-has-no-elastic-ip",
  description: "No Elastic IP may be given to the GitLab host.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Remove the association; people reach GitLab by the load balancer.",
  configSchema: { properties: gitlabSchema },
  validateStack(args, reportViolation) {
    const read = readStack(args.resources);
    const { stack } = read;
    for (const host of gitlabHosts(args, read)) {
      for (const address of stack.of(EIP, ec2("EipAssociation"))) {
        if (!isOf(address, host, read)) continue;
        const resource = read.at(address.urn);
        const found = `gives a public address to the GitLab host ${describe(host)}`;
        reportViolation(
          message(resource, found, "Remove it: people reach GitLab by the load balancer."),
          resource.urn,
        );
      }
    }
    waitFor(stack.gaps, read);
  },
};

/** Whether an Elastic IP, or an association of one, names a host or its first network interface. */
function isOf(address: StackResource, host: StackResource, { stack }: ReadStack): boolean {
  const { networkInterface, networkInterfaceId } = propertiesOf(address);
  const own = known(propertiesOf(host).primaryNetworkInterfaceId);
  return (
    (own !== undefined && [networkInterface, networkInterfaceId].includes(own)) ||
    ["instance", "instanceId"].some((name) => stack.candidates(address, name, [INSTANCE]).includes(host.urn))
  );
}

const routeDefaults = { checkedSubnets: [] as string[] };

export const gitlabHasNoRouteOut: StackValidationPolicy = {
  name: "gitlab-has-no-route-out",
  description: "The GitLab host's subnet must have no route but the VPC's own.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Put GitLab into an isolated subnet, and let it out by the proxy alone.",
  configSchema: {
    properties: {
      ...gitlabSchema,
      checkedSubnets: {
        type: "array",
        items: { type: "string" },
        description: "Ids of subnets from outside the stack whose route tables you have looked at yourself.",
        default: routeDefaults.checkedSubnets,
      },
    },
  },
  validateStack(args, reportViolation) {
    const { checkedSubnets } = { ...routeDefaults, ...args.getConfig<Partial<typeof routeDefaults>>() };
    const read = readStack(args.resources);
    const { side, stack } = read;
    checkEach(gitlabHosts(args, read), (host) => {
      const report = (found: string, fix: string) => {
        reportViolation(message(read.at(host.urn), found, fix), host.urn);
      };
      const possible = stack.candidates(host, "subnetId", SUBNETS);
      const subnets = side.network.subnets.filter(({ urn }) => possible.includes(urn));
      for (const id of subnets.length > 0 ? [] : possible.filter((one) => !checkedSubnets.includes(one))) {
        report(
          `cannot be decided: it is in ${id}, which is not in this stack`,
          "Look at that subnet's route table; without a route out, list the subnet in this rule's checkedSubnets.",
        );
      }
      const served = subnets.map(({ urn }) => ({
        where: describe(read.at(urn)),
        tables: tablesOf(urn, read),
      }));
      for (const { where, tables } of served) {
        if (tables.length === 0) {
          report(
            `cannot be decided: ${where} has no route table of its own in this stack`,
            "Give it one, without routes.",
          );
        }
        for (const route of tables.flatMap((table) => routesOf(table, read))) {
          report(
            `is in ${where}, which has a route ${route.towards}`,
            "Take the route away, or put GitLab into a subnet without one.",
          );
        }
      }
      const own = served.flatMap(({ tables }) => tables.map(({ urn }) => urn));
      if (subnets.length > 0)
        waitFor(
          side.gaps.filter((gap) => mayAddRoutes(gap, own, read)),
          read,
        );
    });
    waitFor(stack.gaps, read);
  },
};

export const gitlabEgressStaysInside: StackValidationPolicy = {
  name: "gitlab-egress-stays-inside",
  description: "The GitLab host's security groups may let it out to the VPC only.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps: "Let GitLab out to the proxy's and the endpoints' security groups, and nowhere else.",
  configSchema: { properties: gitlabSchema },
  validateStack(args, reportViolation) {
    const read = readStack(args.resources);
    const { side, stack } = read;
    checkEach(gitlabHosts(args, read), (host) => {
      const own = stack.candidates(host, "vpcSecurityGroupIds", GROUPS);
      const groups = side.network.securityGroups.filter(({ urn }) => own.includes(urn));
      if (groups.length === 0 && stack.gaps.length === 0) {
        const found = "cannot be decided: no security group of this stack is on it";
        reportViolation(
          message(read.at(host.urn), found, "Give it a group of its own, by vpcSecurityGroupIds."),
          host.urn,
        );
      }
      for (const { urn, place, peers } of groups.flatMap((group) => egressOf(group, read))) {
        const resource = read.at(urn);
        const found = `lets the GitLab host out to ${peers.join(", ")}${place === undefined ? "" : ` in ${place}`}`;
        const fix = "Name the proxy's or an endpoint's security group instead, or ranges of the VPC.";
        reportViolation(message(resource, found, fix), resource.urn);
      }
      if (groups.length > 0)
        waitFor(
          side.gaps.filter((gap) => mayLetOut(gap, own, read)),
          read,
        );
    });
    waitFor(stack.gaps, read);
  },
};
