/** Rules for the source's network: who reaches in, and where GitLab gets out to. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type PolicyResource,
  type ReportViolation,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { holdsRange, isPrivate, parseRange } from "./support/addresses";
import {
  gitlabDefaults,
  gitlabHosts,
  gitlabSchema,
  isGitlabHost,
  type GitlabSettings,
} from "./support/gitlabHosts";
import { checkEach, ifKnown } from "./support/known";
import { allOf, describe, idOf, knownIds, message, referred, type Found } from "./support/resources";
import { routesOf, subnetsExactly, tablesOf } from "./support/routes";
import { egressRulesOf, listedPeers, singlePeer, type Peers } from "./support/securityGroupRules";

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
      if (rule.type !== "egress") checkIngress(listedPeers(rule), args, reportViolation);
    }),
    validateResourceOfType(aws.vpc.SecurityGroupIngressRule, (rule, args, reportViolation) => {
      checkIngress(singlePeer(rule), args, reportViolation);
    }),
    // A rule that names a list lets in whatever is on it.
    validateResourceOfType(aws.ec2.ManagedPrefixList, ({ entries = [] }, args, reportViolation) => {
      checkEach(entries, ({ cidr }) => {
        checkIngress({ place: " in its entries", ranges: [cidr], prefixLists: [] }, args, reportViolation);
      });
    }),
    validateResourceOfType(aws.ec2.ManagedPrefixListEntry, ({ cidr }, args, reportViolation) => {
      checkIngress({ place: "", ranges: [cidr], prefixLists: [] }, args, reportViolation);
    }),
  ],
};

function checkInline(
  rules: readonly Parameters<typeof listedPeers>[0][],
  args: ResourceValidationArgs,
  reportViolation: ReportViolation,
): void {
  checkEach(rules.keys(), (i) => {
    checkIngress(listedPeers(rules[i] ?? {}, ` in ingress[${i}]`), args, reportViolation);
  });
}

function checkIngress(
  { place, ranges }: Peers,
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
    const hosts = gitlabHosts(args);
    const holders: [PolicyResource, string][] = [
      ...allOf(args.resources, aws.ec2.Eip).map(({ resource }): [PolicyResource, string] => [
        resource,
        "instance",
      ]),
      ...allOf(args.resources, aws.ec2.EipAssociation).map(({ resource }): [PolicyResource, string] => [
        resource,
        "instanceId",
      ]),
    ];
    for (const [resource, property] of holders) {
      for (const host of referred(resource, property, hosts)) {
        const found = `gives a public address to the GitLab host ${describe(host.resource)}`;
        reportViolation(
          message(resource, found, "Remove it: people reach GitLab by the load balancer."),
          resource.urn,
        );
      }
    }
  },
};

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
    checkEach(gitlabHosts(args), ({ resource: host }) => {
      const report = (found: string, fix: string) => {
        reportViolation(message(host, found, fix), host.urn);
      };
      const subnets = subnetsExactly(host, args.resources);
      for (const id of knownIds(host, "subnetId")) {
        if (subnets.some(({ resource }) => idOf(resource) === id) || checkedSubnets.includes(id)) continue;
        if (subnets.length > 0) continue;
        report(
          `cannot be decided: it is in ${id}, which is not in this stack`,
          "Look at that subnet's route table; without a route out, list the subnet in this rule's checkedSubnets.",
        );
      }
      for (const subnet of subnets) {
        const tables = tablesOf(subnet, args.resources);
        if (tables.length === 0) {
          report(
            `cannot be decided: ${describe(subnet.resource)} has no route table of its own in this stack`,
            "Give it one, without routes.",
          );
        }
        for (const route of tables.flatMap((table) => routesOf(table, args.resources))) {
          report(
            `is in ${describe(subnet.resource)}, which has a route ${route.towards}`,
            "Take the route away, or put GitLab into a subnet without one.",
          );
        }
      }
    });
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
    const groups = allOf(args.resources, aws.ec2.SecurityGroup);
    checkEach(gitlabHosts(args), ({ resource: host }) => {
      const own = referred(host, "vpcSecurityGroupIds", groups);
      if (own.length === 0) {
        const found = "cannot be decided: no security group of this stack is on it";
        reportViolation(
          message(host, found, "Give it a group of its own, by vpcSecurityGroupIds."),
          host.urn,
        );
      }
      checkEach(own, (group) => {
        checkEach(egressRulesOf(group, args.resources), ({ resource, peers }) => {
          checkEach(peers(), ({ place, ranges, prefixLists }) => {
            const outside = [
              ...ranges.filter((text) => !isInside(text, group, args.resources)),
              ...prefixLists,
            ];
            if (outside.length === 0) return;
            const found = `lets the GitLab host out to ${outside.join(", ")}${place}`;
            const fix = "Name the proxy's or an endpoint's security group instead, or ranges of the VPC.";
            reportViolation(message(resource, found, fix), resource.urn);
          });
        });
      });
    });
  },
};

/** Whether the range is in the group's VPC; where that one is not in the stack, whether it is a private range. */
function isInside(
  text: string,
  group: Found<aws.ec2.SecurityGroup>,
  resources: readonly PolicyResource[],
): boolean {
  const range = parseRange(text);
  if (range === undefined) return false;
  const vpcs = referred(group.resource, "vpcId", allOf(resources, aws.ec2.Vpc));
  if (vpcs.length === 0) return isPrivate(range);
  return vpcs.some(({ props }) => {
    const vpcRange = parseRange(ifKnown(() => props.cidrBlock) ?? "");
    return vpcRange !== undefined && holdsRange(vpcRange, range);
  });
}
