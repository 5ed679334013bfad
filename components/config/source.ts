/** The config of a source stack: its shape, its defaults, and what its values must hold to. */
import type { z } from "zod";
import { cronProblem } from "../cron";
import * as limits from "../limits";
import { tooManyTerminals } from "../networkedGitlab/validate";
import { availabilityZoneProblem } from "../regions";
import {
  certificateArnProblem,
  ec2Id,
  hostnameProblem,
  imageProblem,
  instanceTypeProblem,
  originProblem,
  proxyUrlProblem,
} from "../syntax";
import { timezoneProblem } from "../timeZones";
import {
  boolean,
  choose,
  distinctTexts,
  integer,
  isRecord,
  literal,
  object,
  pattern,
  text,
  withRules,
  word,
  type Rule,
} from "../schema/fields";
import { alarmExample, alarmFields } from "../alarms/args";
import { networkCidr, publicAddress, terminalCidrs } from "../schema/addresses";

/**
 * Canonical's squid on Ubuntu 24.04 LTS. Its tags can be moved, and are rebuilt rarely: best is a current squid in a
 * registry of your own, by digest (`…/squid@sha256:…`). 7.2-26.04_edge of the same line has the same limits, and was not
 * tried here, so that the default stays.
 */
export const defaultProxyImage = "public.ecr.aws/ubuntu/squid:6.6-24.04_edge";

/**
 * The schema of a source stack's keys. `region` is aws:region where that is sound; a GitLab that exists has its own
 * ways in, and needs no work terminals.
 */
export function sourceSchema(region: string | undefined, hasExistingGitlab: boolean) {
  const schema = object(
    {
      workTerminalCidrs: terminalCidrs("198.51.100.0/24", hasExistingGitlab ? 0 : 1),
      network: network(region),
      gitlab: gitlab(region),
      proxy: proxy(),
      alarms: object(alarmFields, alarmExample),
    },
    {},
  );
  const terminals: Rule<z.output<typeof schema>> = {
    keys: ["workTerminalCidrs", "gitlab"],
    check: ({ workTerminalCidrs, gitlab }, problem) => {
      const expected = tooManyTerminals(workTerminalCidrs, gitlab);
      if (expected === undefined) return;
      problem(
        ["workTerminalCidrs"],
        workTerminalCidrs,
        `has ${workTerminalCidrs.length} CIDRs; expected ${expected}`,
      );
    },
  };
  return withRules(schema, terminals, {
    keys: ["network", "gitlab", "proxy"],
    check: (value, problem) => {
      if (!("vpcId" in value.network)) return;
      const { publicSubnetIds, privateSubnetIds, isolatedSubnetIds } = value.network;
      const makesGitlab = !("url" in value.gitlab);
      const most = limits.zonesOfARegion;
      for (const [key, ids] of Object.entries({ publicSubnetIds, privateSubnetIds }))
        if (ids.length > most)
          problem(
            ["network", key],
            ids,
            `has ${ids.length} subnets; expected at most ${most}, one in each zone: a load balancer takes no more`,
          );
      const need = (key: string, ids: readonly string[], least: number, why: string) => {
        if (ids.length >= least) return;
        problem(
          ["network", key],
          undefined,
          `needs ${least} or more subnets ${why}; expected e.g. ${subnetExample}`,
        );
      };
      if (makesGitlab) need("publicSubnetIds", publicSubnetIds, 2, "for GitLab's load balancer");
      if (value.proxy.mode === "managed") need("privateSubnetIds", privateSubnetIds, 1, "for the proxy");
      if (makesGitlab && value.proxy.mode === "none")
        need("privateSubnetIds", privateSubnetIds, 1, "for GitLab");
      if (makesGitlab && value.proxy.mode !== "none")
        need("isolatedSubnetIds", isolatedSubnetIds, 1, "for GitLab");
    },
  });
}

/** Whether a value of the key `gitlab` speaks of a GitLab that exists. */
export function isExistingGitlab(value: unknown): boolean {
  return isRecord(value) && ("url" in value || "instanceId" in value);
}

const subnetExample = `["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]`;

function network(region: string | undefined) {
  const zones = [`${region ?? "ap-northeast-1"}a`, `${region ?? "ap-northeast-1"}c`];
  const zone = text(`${region ?? "ap-northeast-1"}a`, (value) => availabilityZoneProblem(value, region));
  const made = object(
    {
      cidrBlock: networkCidr("10.0.0.0/16", limits.newNetworkPrefix).default("10.0.0.0/16"),
      availabilityZones: distinctTexts(zone, zones, 1).superRefine((value, context) => {
        if (value.length === 2) return;
        const message = `is not exactly two zones; expected e.g. ${JSON.stringify(zones)}`;
        context.addIssue({ code: "custom", input: value, message });
      }),
      natGateways: word("OnePerAz", "Single").default("OnePerAz"),
    },
    { availabilityZones: zones },
  );
  const subnets = distinctTexts(
    pattern("subnet-0123456789abcdef0", "the id of a subnet", ec2Id("subnet")),
    ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"],
    0,
  );
  const existing = withRules(
    object(
      {
        vpcId: pattern("vpc-0123456789abcdef0", "the id of a VPC", ec2Id("vpc")),
        cidrBlock: networkCidr("10.0.0.0/16", limits.vpcPrefix),
        publicSubnetIds: subnets.default([]),
        privateSubnetIds: subnets.default([]),
        isolatedSubnetIds: subnets.default([]),
        natPublicIps: distinctTexts(publicAddress(), ["203.0.113.10", "203.0.113.20"], 1),
      },
      { vpcId: "vpc-0123456789abcdef0" },
    ),
    {
      keys: ["publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds"],
      check: ({ publicSubnetIds, privateSubnetIds, isolatedSubnetIds }, problem) => {
        const tierOf = new Map<string, string>();
        for (const [tier, ids] of Object.entries({ publicSubnetIds, privateSubnetIds, isolatedSubnetIds }))
          for (const [index, id] of ids.entries()) {
            const other = tierOf.get(id);
            if (other === undefined) tierOf.set(id, tier);
            else problem([tier, index], id, `is in ${other} too; expected a subnet of one tier only`);
          }
      },
    },
  );
  const marks = ["vpcId", "publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds", "natPublicIps"];
  return choose((value) => (marks.some((key) => key in value) ? existing : made));
}

function gitlab(region: string | undefined) {
  const certificateExample = `arn:aws:acm:${region ?? "ap-northeast-1"}:123456789012:certificate/11111111-2222-3333-4444-555555555555`;
  const cron = (example: string) => text(example, cronProblem);
  const officeHours = withRules(
    object(
      {
        start: cron("0 8 ? * MON-FRI *"),
        stop: cron("0 20 ? * MON-FRI *"),
        timezone: text("Asia/Tokyo", timezoneProblem),
      },
      { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" },
    ),
    {
      keys: ["start", "stop"],
      check: ({ start, stop }, problem) => {
        if (start === stop)
          problem(["stop"], stop, "is the same as start; give the hour at which the host stops");
      },
    },
  );
  const made = object(
    {
      hostname: text("gitlab.dev.example.com", hostnameProblem).optional(),
      version: pattern("19.4.1", "a version of three numbers", /^[0-9]+\.[0-9]+\.[0-9]+$/),
      amiId: pattern("ami-0123456789abcdef0", "the id of an AMI", ec2Id("ami")).optional(),
      instanceType: text("m7i.large", instanceTypeProblem).default("m7i.large"),
      rootVolumeSize: integer(limits.rootVolumeSize, 30).default(30),
      dataVolumeSize: integer(limits.dataVolumeSize, 100).default(100),
      certificateArn: text(certificateExample, (value) => certificateArnProblem(value, region)).optional(),
      selfSignedCertificate: boolean(false).default(false),
      gitOverSsh: boolean(true).default(true),
      officeHours: officeHours.optional(),
      backups: object(
        {
          time: pattern("17:00", "a time of day in UTC, HH:MM", /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/).default(
            "17:00",
          ),
          keep: integer(limits.backupsKept, 7).default(7),
        },
        { time: "17:00", keep: 7 },
      ).prefault({}),
    },
    { version: "19.4.1" },
  );
  const certified = withRules(
    made,
    {
      keys: ["certificateArn", "selfSignedCertificate"],
      check: ({ certificateArn, selfSignedCertificate }, problem) => {
        if (certificateArn !== undefined && selfSignedCertificate) {
          problem(["selfSignedCertificate"], true, "contradicts certificateArn; give one of the two");
        }
        if (certificateArn === undefined && !selfSignedCertificate) {
          const expected = `expected e.g. ${JSON.stringify(certificateExample)}, or selfSignedCertificate: true`;
          problem(["certificateArn"], undefined, `is missing; ${expected}`);
        }
      },
    },
    {
      keys: ["certificateArn", "hostname"],
      check: ({ certificateArn, hostname }, problem) => {
        if (certificateArn === undefined || hostname !== undefined) return;
        const expected = `expected the name that the certificate is for, e.g. "gitlab.dev.example.com"`;
        problem(["hostname"], undefined, `is missing; ${expected}`);
      },
    },
  );
  const existing = object(
    {
      url: text("https://gitlab.example.com", (value) => originProblem(value, "https")),
      instanceId: pattern("i-0123456789abcdef0", "the id of an instance", ec2Id("i")).optional(),
    },
    { url: "https://gitlab.example.com" },
  );
  return choose((value) => (isExistingGitlab(value) ? existing : certified));
}

function proxy() {
  const modes = ["managed", "existing", "none"];
  const managed = object(
    {
      mode: literal("managed", modes).default("managed"),
      tasks: integer(limits.proxyTasks, 1).default(1),
      image: text(defaultProxyImage, imageProblem).default(defaultProxyImage),
    },
    { mode: "managed" },
  );
  const existing = object(
    {
      mode: literal("existing", modes),
      url: text("http://proxy.internal:3128", (value) => proxyUrlProblem(value)),
    },
    { mode: "existing", url: "http://proxy.internal:3128" },
  );
  const none = object({ mode: literal("none", modes) }, { mode: "none" });
  return choose(({ mode }) => (mode === "existing" ? existing : mode === "none" ? none : managed));
}
