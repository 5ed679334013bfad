/** What the stand-ins take from a configuration, because no account of their own could know it. */
import type { Path } from "../../components/schema/problems";
import type { AirlockConfig } from "../../components/config/readConfig";
import { officialImage } from "../../components/networkedGitlab/officialImage";
import type { AccountOptions, OwnZone } from "../aws/accountContext";
import { documentationAddresses } from "../aws/network/natGateways";

/** A source as its target expects it. */
export interface ExpectedSource {
  /** What the target's StackReference looks for. */
  fullName?: string;
  /** The public addresses that Elastic IPs get; those of 203.0.113.0/24 when left out. */
  publicAddresses?: readonly string[];
}

/**
 * What the configuration names by id or takes for granted, so that the stand-in account has it: zones, GitLab's machine
 * image, the certificate, the zone of GitLab's name, and a trail.
 * The image is taken to fit the processors of the configured instance type, which nothing here can look up.
 */
export function configuredHoldings(
  config: AirlockConfig,
): Pick<
  AccountOptions,
  "availabilityZones" | "images" | "certificateArns" | "hostedZones" | "hasOrganizationTrail"
> {
  if (config.role === "mirror" || config.role === "organization") return {};
  if (config.role === "target") {
    const { pull, alarms } = config.target;
    const network = pull.mode === "endpoint" ? pull.network : undefined;
    return {
      availabilityZones: network && "availabilityZones" in network ? network.availabilityZones : [],
      hasOrganizationTrail: alarms.trail === "existing",
    };
  }
  const { network } = config.source;
  const availabilityZones = "availabilityZones" in network ? network.availabilityZones : [];
  if (!("version" in config.source.gitlab)) return { availabilityZones };
  const { amiId, version, instanceType, certificateArn, hostedZoneId, hostname = "" } = config.source.gitlab;
  const { architecture } = officialImage(version, instanceType);
  return {
    availabilityZones,
    images: amiId === undefined ? [] : [{ id: amiId, architecture }],
    certificateArns: typeof certificateArn === "string" ? [certificateArn] : [],
    hostedZones: typeof hostedZoneId === "string" ? [zoneAround(hostname, hostedZoneId)] : [],
  };
}

/** A public zone of the domain that a name is in, which nothing here can look up. */
function zoneAround(hostname: string, id: string): OwnZone {
  return { id, name: hostname.slice(hostname.indexOf(".") + 1), isPrivate: false };
}

/** The values of the configuration that bring along what is in no stand-in account. */
export function existingResources(config: AirlockConfig, project: string): Path[] {
  if (config.role === "target") {
    const { pull } = config.target;
    return pull.mode === "endpoint" && "vpcId" in pull.network
      ? [[`${project}:pull`, "network", "vpcId"]]
      : [];
  }
  if (config.role === "mirror" || config.role === "organization") return [];
  const { network, gitlab, proxy } = config.source;
  return [
    ...("vpcId" in network ? [[`${project}:network`, "vpcId"]] : []),
    ...("url" in gitlab ? [[`${project}:gitlab`, "url"]] : []),
    ...("url" in proxy ? [[`${project}:proxy`, "url"]] : []),
  ];
}

/** An organization that can bind its members. */
export function organizationOf(memberAccountIds: readonly string[]): AccountOptions["organization"] {
  return {
    memberAccountIds,
    enabledPolicyTypes: ["RESOURCE_CONTROL_POLICY", "SERVICE_CONTROL_POLICY"],
    featureSet: "ALL",
  };
}

/** Pinned addresses are given to the rehearsed NAT gateways, and the source answers to the name it has at home. */
export function expectedSource({ pushSources }: Extract<AirlockConfig, { role: "target" }>): ExpectedSource {
  if ("addresses" in pushSources) return { publicAddresses: first(pushSources.addresses) };
  const { stack: fullName, expected } = pushSources;
  return { fullName, ...(expected.length > 0 && { publicAddresses: first(expected) }) };
}

/** A source with more NAT gateways than the target knows of shows when their pushes are refused. */
function first(addresses: readonly string[]): string[] {
  return [...new Set([...addresses, ...documentationAddresses])];
}
