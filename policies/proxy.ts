/** The rule for the forward proxy. */
import * as aws from "@pulumi/aws";
import {
  validateResourceOfType,
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
} from "@pulumi/policy";
import { codeCommitHost, fipsRegions } from "../facts/hosts";
import { isRecord } from "../facts/record";
import { matchesName, message } from "./support/resources";
import { parsed } from "../facts/json";
import { readSquidContainer } from "../isolation/model/squidContainer";
import { squidProblems } from "../isolation/model/squidConf";

const defaults = { proxyContainers: "squid", region: "" };

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
    const isProxy = isOfProxy(task.containerDefinitions, config.proxyContainers);
    if (isProxy === undefined) {
      report(
        "cannot be decided: its containerDefinitions are not a list of containers",
        "Correct that text.",
      );
      return;
    }
    if (!isProxy) return;
    const container = readSquidContainer(task.containerDefinitions);
    const region = config.region || task.region || providerRegion(args);
    if (typeof container === "string") {
      report(
        `cannot be decided: ${container}`,
        "Run squid alone, started as git-airlock starts it, with its squid.conf in the variable SQUID_CONF.",
      );
    } else if (region === undefined) {
      report("cannot be decided: its region is not known", "Set this rule's region.");
    } else {
      // One or the other, and never both: which of them is for the proof, which knows the whole stack.
      const hosts = [false, ...(fipsRegions.includes(region) ? [true] : [])].map((fips) =>
        codeCommitHost(region, fips),
      );
      const all = hosts.map((host) => squidProblems(container.squidConf, host));
      if (all.some((problems) => problems.length === 0)) return;
      for (const problem of all[0] ?? [])
        report(problem, `Let through CONNECT to ${hosts.join(":443 or ")}:443 only.`);
    }
  }),
};

function providerRegion({ provider }: ResourceValidationArgs): string | undefined {
  const region: unknown = provider?.props.region;
  return typeof region === "string" && region !== "" ? region : undefined;
}

/** Whether a container is a proxy by its name, its image, or a variable for squid.conf; undefined where none can be read. */
function isOfProxy(definitions: string, proxyContainers: string): boolean | undefined {
  const containers = parsed(definitions);
  if (!Array.isArray(containers) || !containers.every(isRecord)) return undefined;
  return containers.some(
    ({ name, image, environment }) =>
      matchesName(proxyContainers, textOf(name), textOf(image)) ||
      (Array.isArray(environment) &&
        environment.some((variable) => isRecord(variable) && variable.name === "SQUID_CONF")),
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
