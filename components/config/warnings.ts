/** What in a configuration is allowed, and most likely not meant. */
import { notPublic, parseCidr } from "../../facts/ipv4";
import { regionWarning } from "../regions";
import type { AirlockConfig } from "./readConfig";

/** One sentence or two for each, which begin with the key. */
export function configWarnings(config: AirlockConfig, project: string): string[] {
  const region = regionWarning(config.region);
  return [
    ...(region === undefined ? [] : [`aws:region: ${region}`]),
    ...madeNetworks(config).flatMap(({ key, cidrBlock, example }) => {
      const range = parseCidr(cidrBlock);
      if (range === undefined || notPublic(range) !== undefined) return [];
      return (
        `${project}:${key}: ${JSON.stringify(cidrBlock)} is public address space. Whoever has these addresses cannot be ` +
        `reached from this network. Take a private range (RFC 1918), e.g. ${JSON.stringify(example)}.`
      );
    }),
  ];
}

function madeNetworks(config: AirlockConfig): { key: string; cidrBlock: string; example: string }[] {
  if (config.role === "source" && !("vpcId" in config.source.network)) {
    const { cidrBlock } = config.source.network;
    return [{ key: "network.cidrBlock", cidrBlock, example: "10.0.0.0/16" }];
  }
  if (config.role !== "target" || config.target.pull.mode !== "endpoint") return [];
  const { network } = config.target.pull;
  if ("vpcId" in network) return [];
  return [{ key: "pull.network.cidrBlock", cidrBlock: network.cidrBlock, example: "10.1.0.0/24" }];
}
