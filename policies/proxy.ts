/** The rule for the forward proxy. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
} from "@pulumi/policy";
import { isRecord } from "./support/known";
import { matchesName, message } from "./support/resources";
import { squidProblems } from "../isolation/network/squidConf";

const defaults = { proxyContainers: "squid", configurationVariable: "SQUID_CONF", region: "" };

/** A container, as far as the rule reads it. */
interface Container {
  name: string;
  image: string;
  environment: Map<string, string>;
}

export const proxyAdmitsCodecommitOnly: ResourceValidationPolicy = {
  name: "proxy-admits-codecommit-only",
  description:
    "The forward proxy must let through CONNECT to this region's git-codecommit on port 443, and nothing else.",
  enforcementLevel: "mandatory",
  severity: "critical",
  remediationSteps:
    "Name the one host without a leading dot (acl … dstdomain -n git-codecommit.<region>.amazonaws.com), port 443 and the " +
    "method CONNECT, and end with http_access deny all.",
  configSchema: {
    properties: {
      proxyContainers: {
        type: "string",
        description: "A regular expression for the names or images of the containers that are the proxy.",
        default: defaults.proxyContainers,
      },
      configurationVariable: {
        type: "string",
        description: "The environment variable that holds squid.conf, as it is or in base64.",
        default: defaults.configurationVariable,
      },
      region: {
        type: "string",
        description: "The region whose CodeCommit is let through; by default, the one that the proxy is in.",
        default: defaults.region,
      },
    },
  },
  validateResource: validateResourceOfType(aws.ecs.TaskDefinition, (task, args, reportViolation) => {
    const config = { ...defaults, ...args.getConfig<Partial<typeof defaults>>() };
    const report = (found: string, fix: string) => {
      reportViolation(message(args, found, fix));
    };
    const containers = readContainers(task.containerDefinitions);
    if (containers === undefined) {
      report("cannot be decided: its containerDefinitions are no list of containers", "Correct that text.");
      return;
    }
    const region = config.region || task.region || providerRegion(args);
    for (const { name, image, environment } of containers) {
      const text = environment.get(config.configurationVariable);
      if (text === undefined && !matchesName(config.proxyContainers, name, image)) continue;
      if (text === undefined) {
        report(
          `cannot be decided: its container ${name} has no ${config.configurationVariable}`,
          "Hand squid.conf over in that variable, or name another one in this rule's configurationVariable.",
        );
      } else if (region === undefined) {
        report("cannot be decided: its region is not known", "Set this rule's region.");
      } else {
        const host = `git-codecommit.${region}.amazonaws.com`;
        for (const problem of squidProblems(decoded(text), host)) {
          report(`${problem} in its container ${name}`, `Let through CONNECT to ${host}:443 only.`);
        }
      }
    }
  }),
};

function providerRegion({ provider }: ResourceValidationArgs): string | undefined {
  const region: unknown = provider?.props.region;
  return typeof region === "string" && region !== "" ? region : undefined;
}

function readContainers(definitions: string): Container[] | undefined {
  let list: unknown;
  try {
    list = JSON.parse(definitions);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || !list.every(isRecord)) return undefined;
  return list.map(({ name, image, environment }) => ({
    name: textOf(name),
    image: textOf(image),
    environment: new Map(
      (Array.isArray(environment) ? environment.filter(isRecord) : []).map((entry) => [
        textOf(entry.name),
        textOf(entry.value),
      ]),
    ),
  }));
}

/** A squid.conf has spaces, which base64 has not. */
function decoded(text: string): string {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, "base64").toString() : text;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
