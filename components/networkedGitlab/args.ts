/**
 * The arguments of NetworkedGitlab: their schema, what must hold between them, and the types that follow from it.
 * Everything that decides how many resources exist is a plain value.
 */
import type { z } from "zod";
import { alarmArgs } from "../alarms/args";
import * as limits from "../limits";
import { terminalCidrs } from "../schema/addresses";
import {
  choose,
  distinctTexts,
  integer,
  literal,
  object,
  text,
  withRules,
  type Rule,
} from "../schema/fields";
import { fips } from "../schema/fips";
import { accountId, region, soundRegion } from "../schema/place";
import { hostnameProblem, imageProblem, proxyUrlProblem } from "../syntax";
import { gitlabSchema, isExistingGitlab } from "./gitlabArgs";
import { networkSchema, subnetExample } from "./networkArgs";

/**
 * Canonical's squid on Ubuntu 24.04 LTS. Its tags can be moved, and are rebuilt rarely: best is a current squid in a
 * registry of your own, by digest (`…/squid@sha256:…`). 7.2-26.04_edge of the same line has the same limits, and was not
 * tried here, so that the default stays.
 */
export const defaultProxyImage = "public.ecr.aws/ubuntu/squid:6.6-24.04_edge";

const proxyModes = ["managed", "existing", "none"];

/** A squid on ECS Fargate that admits git-codecommit of this region and nothing else. */
function managedProxy() {
  return object(
    {
      mode: literal("managed", proxyModes).default("managed"),
      /** How many tasks run, 1 or 2. @default 1 */
      tasks: integer(limits.proxyTasks, 1).default(1),
      /** Container image with squid 5 or newer. */
      image: text(defaultProxyImage, imageProblem).default(defaultProxyImage),
      /**
       * Hosts that the image is fetched from beside those that follow from its name, which are all for an image in ECR:
       * where another registry keeps layers, e.g. "pkg-containers.githubusercontent.com" for ghcr.io. The VPC's resolver
       * answers for them too, and claim C7 is refuted for it. @default none
       */
      imageHosts: distinctTexts(
        text("layers.example.com", hostnameProblem),
        ["layers.example.com"],
        0,
      ).default([]),
    },
    { mode: "managed" },
  );
}

/** A forward proxy that exists, with its port, e.g. "http://proxy.internal:3128". */
function existingProxy() {
  return object(
    { mode: literal("existing", proxyModes), url: text("http://proxy.internal:3128", proxyUrlProblem) },
    { mode: "existing", url: "http://proxy.internal:3128" },
  );
}

/** No proxy: GitLab sits in the private tier and goes out through NAT. Weaker: nothing limits where it goes. */
function noProxy() {
  return object({ mode: literal("none", proxyModes) }, { mode: "none" });
}

function proxySchema() {
  const [managed, existing, none] = [managedProxy(), existingProxy(), noProxy()];
  return choose(({ mode }) => (mode === "existing" ? existing : mode === "none" ? none : managed));
}

/**
 * The arguments by themselves.
 * @param given as they come: zones follow from the region, and a GitLab that exists has its own ways in and needs no work
 * terminals
 */
export function networkedGitlabFields(given: { region?: unknown; gitlab?: unknown }) {
  const known = soundRegion(given);
  return {
    /** The AWS region that everything is made in, and whose CodeCommit the proxy lets through. */
    region: region(),
    /** The account that everything is made in, twelve digits. */
    accountId: accountId(),
    /** From where people reach GitLab: IPv4 CIDRs, never the whole Internet. Of a GitLab that exists, none are needed. */
    workTerminalCidrs: terminalCidrs("198.51.100.0/24", isExistingGitlab(given.gitlab) ? 0 : 1),
    network: networkSchema(known),
    gitlab: gitlabSchema(known),
    /** Let the proxy through to CodeCommit's FIPS endpoint, and to that alone; the target's `fips` says the same. @default false */
    fips: fips(known).default(false),
    /** @default a managed one */
    proxy: proxySchema().prefault({}),
    alarms: alarmArgs.prefault({}),
  };
}

function fieldsOnly(given: { region?: unknown; gitlab?: unknown }) {
  return object(networkedGitlabFields(given), {});
}

type Values = z.output<ReturnType<typeof fieldsOnly>>;

/**
 * The ingress load balancer's security group has a rule for each range of work terminals at each of its ports, 443 and
 * perhaps 22.
 */
const terminalsFitIntoTheGroup: Rule<Pick<Values, "workTerminalCidrs" | "gitlab">> = {
  keys: ["workTerminalCidrs", "gitlab"],
  check: ({ workTerminalCidrs: cidrs, gitlab }, problem) => {
    if ("url" in gitlab) return;
    const { gitOverSsh } = gitlab;
    const most = gitOverSsh ? limits.inboundRules / 2 : limits.inboundRules;
    if (cidrs.length <= most) return;
    const why = gitOverSsh ? ", and each CIDR needs two, for https and for git over ssh" : "";
    const orElse =
      gitOverSsh && cidrs.length <= limits.inboundRules ? ", or set gitlab.gitOverSsh to false" : "";
    const expected = `at most ${most} CIDRs: a security group holds ${limits.inboundRules} inbound rules${why}; give fewer, wider ones${orElse}`;
    problem(["workTerminalCidrs"], cidrs, `has ${cidrs.length} CIDRs; expected ${expected}`);
  },
};

const existingSubnetsSuffice: Rule<Pick<Values, "network" | "gitlab" | "proxy">> = {
  keys: ["network", "gitlab", "proxy"],
  check: ({ network, gitlab, proxy }, problem) => {
    if (!("vpcId" in network)) return;
    const makesGitlab = !("url" in gitlab);
    const hasProxy = proxy.mode !== "none";
    const { publicSubnetIds, privateSubnetIds, isolatedSubnetIds } = network;
    const most = limits.zonesOfARegion;
    for (const [key, ids] of Object.entries({ publicSubnetIds, privateSubnetIds })) {
      if (ids.length <= most) continue;
      const expected = `at most ${most}, one in each zone: a load balancer takes no more`;
      problem(["network", key], ids, `has ${ids.length} subnets; expected ${expected}`);
    }
    const need = (key: string, ids: readonly string[], least: number, why: string) => {
      if (ids.length >= least) return;
      const message = `needs ${least} or more subnets ${why}; expected e.g. ${subnetExample}`;
      problem(["network", key], undefined, message);
    };
    if (makesGitlab) need("publicSubnetIds", publicSubnetIds, 2, "for GitLab's load balancer");
    if (proxy.mode === "managed") need("privateSubnetIds", privateSubnetIds, 1, "for the proxy");
    if (makesGitlab && !hasProxy) need("privateSubnetIds", privateSubnetIds, 1, "for GitLab");
    if (makesGitlab && hasProxy) need("isolatedSubnetIds", isolatedSubnetIds, 1, "for GitLab");
  },
};

/** What must hold between the arguments. */
export const networkedGitlabRules = [terminalsFitIntoTheGroup, existingSubnetsSuffice] as const;

/** The schema of arguments that begin like the given ones. */
export function networkedGitlabSchema(given: { region?: unknown; gitlab?: unknown }) {
  return withRules(fieldsOnly(given), ...networkedGitlabRules);
}

/** What the constructor takes. */
export type NetworkedGitlabArgs = z.input<ReturnType<typeof networkedGitlabSchema>>;
/** The same, checked and with its defaults. */
export type CheckedNetworkedGitlabArgs = z.output<ReturnType<typeof networkedGitlabSchema>>;
/** With its defaults. */
export type ManagedProxyArgs = z.output<ReturnType<typeof managedProxy>>;
export type ProxyArgs = CheckedNetworkedGitlabArgs["proxy"];
