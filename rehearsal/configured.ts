/** What the stand-ins take from a configuration, because no account of their own could know it. */
import { ConfigError } from "../components/config/problems";
import { readConfig, type AirlockConfig } from "../components/config/readConfig";
import { officialImage } from "../components/networkedGitlab/officialImage";
import type { AccountOptions } from "./accounts/account";
import { documentationAddresses } from "./accounts/natGateways";

/** A stack's configuration in text, by full key, and the project that its keys belong to. */
export interface StackEntries {
  entries: Readonly<Record<string, string>>;
  project: string;
}

/** A source as its target expects it. */
export interface ExpectedSource {
  /** What the target's StackReference looks for. */
  fullName?: string;
  /** The public addresses that Elastic IPs get; those of 203.0.113.0/24 when left out. */
  publicAddresses?: readonly string[];
}

/** Undefined when the configuration is wrong: it is the program that says why. */
function configIfRight({ entries, project }: StackEntries): AirlockConfig | undefined {
  try {
    return readConfig(entries, project);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/**
 * What the configuration names by id or takes for granted, so that the stand-in account has it: GitLab's machine image,
 * the certificate, and a trail.
 * The image is taken to fit the processors of the configured instance type, which nothing here can look up.
 */
export function configuredHoldings(
  stack: StackEntries,
): Pick<AccountOptions, "images" | "certificateArns" | "hasOrganizationTrail"> {
  const config = configIfRight(stack);
  if (config?.role === "target") return { hasOrganizationTrail: config.target.alarms.trail === "existing" };
  if (config?.role !== "source" || !("version" in config.source.gitlab)) return {};
  const { amiId, version, instanceType, certificateArn } = config.source.gitlab;
  const { architecture } = officialImage(version, instanceType);
  return {
    images: amiId === undefined ? [] : [{ id: amiId, architecture }],
    certificateArns: typeof certificateArn === "string" ? [certificateArn] : [],
  };
}

/** The values of the configuration that bring along what is in no stand-in account. */
export function broughtAlong(stack: StackEntries): string[] {
  const config = configIfRight(stack);
  if (config === undefined) return [];
  if (config.role === "target") {
    const { pull } = config.target;
    return pull.mode === "endpoint" && "vpcId" in pull.network ? ["git-airlock:pull's network.vpcId"] : [];
  }
  if (config.role === "mirror") return [];
  const { network, gitlab, proxy } = config.source;
  return [
    ...("vpcId" in network ? ["git-airlock:network's vpcId"] : []),
    ...("url" in gitlab ? ["git-airlock:gitlab's url"] : []),
    ...("url" in proxy ? ["git-airlock:proxy's url"] : []),
  ];
}

/** Pinned addresses are given to the rehearsed NAT gateways, and the source answers to the name it has at home. */
export function expectedSource(target: StackEntries): ExpectedSource {
  const config = configIfRight(target);
  if (config?.role !== "target") return {};
  const { pushSources } = config;
  if ("addresses" in pushSources) return { publicAddresses: first(pushSources.addresses) };
  const { stack: fullName, expected } = pushSources;
  return { fullName, ...(expected.length > 0 && { publicAddresses: first(expected) }) };
}

/** A source with more NAT gateways than the target knows of shows when their pushes are refused. */
function first(addresses: readonly string[]): string[] {
  return [...new Set([...addresses, ...documentationAddresses])];
}
