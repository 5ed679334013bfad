/** GitLab as arguments: a host to be made, or one that exists. */
import type { z } from "zod";
import { isRecord } from "../../facts/record";
import { cronProblem } from "../../facts/cron";
import { backupsKept, dataVolumeSize, longestCertifiedName, rootVolumeSize } from "../limits";
import {
  boolean,
  choose,
  distinctTexts,
  eventually,
  integer,
  object,
  pattern,
  text,
  withRules,
  type Rule,
} from "../schema/fields";
import { ec2IdOf } from "../schema/place";
import {
  certificateArnProblem,
  hostedZoneIdProblem,
  hostnameProblem,
  instanceTypeProblem,
  originProblem,
} from "../syntax";
import { timezoneProblem } from "../timeZones";
import { administrator } from "./administratorArgs";
import { holesKnownUntil, holesOf, mendedReleases } from "./criticalHoles";
import { versionForm } from "./gitlabVersion";

/** Cron expressions of EventBridge Scheduler: six fields, without the surrounding `cron()`. */
function officeHours() {
  const schema = object(
    {
      /** e.g. "0 8 ? * MON-FRI *" */
      start: text("0 8 ? * MON-FRI *", cronProblem),
      /** e.g. "0 20 ? * MON-FRI *" */
      stop: text("0 20 ? * MON-FRI *", cronProblem),
      /** IANA name, e.g. "Asia/Tokyo". */
      timezone: text("Asia/Tokyo", timezoneProblem),
    },
    { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" },
  );
  return withRules(schema, {
    keys: ["start", "stop"],
    check: ({ start, stop }, problem) => {
      if (start === stop)
        problem(["stop"], stop, "is the same as start; give the hour at which the host stops");
    },
  });
}

function backups() {
  const time = pattern("17:00", "a time of day in UTC, HH:MM", /^(?:[01][0-9]|2[0-3]):[0-5][0-9]$/);
  return object(
    {
      /** When the nightly snapshot is taken, "HH:MM" in UTC. @default "17:00" */
      time: time.default("17:00"),
      /** How many snapshots are kept, 1 to 1000. @default 7 */
      keep: integer(backupsKept, 7).default(7),
    },
    { time: "17:00", keep: 7 },
  );
}

const cve = "CVE-2026-85706";

/** A GitLab host to be made. */
function newGitlab(certificateExample: string, region: string | undefined) {
  return object(
    {
      /**
       * The name people use for GitLab, e.g. "gitlab.dev.example.com"; unless `hostedZoneId` is given, you point its DNS
       * record at the ingress load balancer. Without it, GitLab goes by the load balancer's own name, for which only a
       * self-signed certificate exists.
       */
      hostname: text("gitlab.dev.example.com", hostnameProblem).optional(),
      /** Exact GitLab version whose official AMI is used, e.g. "19.4.1". */
      version: pattern("19.4.1", "a version of three numbers", versionForm),
      /**
       * Known critical holes (criticalHoles.ts) that you take for now, e.g. of a required stop on the way to a release
       * that has them mended. @default none
       */
      acceptedCves: distinctTexts(
        pattern(cve, "the name of a hole", /^CVE-[0-9]{4}-[0-9]{4,}$/),
        [cve],
        0,
      ).default([]),
      /** An AMI to use instead of the official one; it must hold a GitLab Linux package. */
      amiId: ec2IdOf("ami", "an AMI").optional(),
      /** @default "m7i.large" */
      instanceType: text("m7i.large", instanceTypeProblem).default("m7i.large"),
      /** GiB. @default 30 */
      rootVolumeSize: integer(rootVolumeSize, 30).default(30),
      /** GiB, holds /etc/gitlab and /var/opt/gitlab. @default 100 */
      dataVolumeSize: integer(dataVolumeSize, 100).default(100),
      /**
       * Id of the public Route 53 zone of this account that `hostname` is in: the DNS record and an ACM certificate are
       * then made there. This, `certificateArn` or `selfSignedCertificate`.
       */
      hostedZoneId: eventually(text(hostedZoneExample, hostedZoneIdProblem)).optional(),
      /** ARN of the ACM certificate for `hostname`. */
      certificateArn: eventually(
        text(certificateExample, (value) => certificateArnProblem(value, region)),
      ).optional(),
      /** Make a self-signed certificate; git clients refuse it until told to trust it. @default false */
      selfSignedCertificate: boolean(false).default(false),
      /** Also let work terminals in on port 22 for git over ssh. @default true */
      gitOverSsh: boolean(true).default(true),
      /** Whether the host keeps GitLab's own settings: sign-up and telemetry off, default branches protected. @default true */
      keepSettings: boolean(true).default(true),
      /** Somebody who is made an administrator, with a password of their own. Needs `keepSettings`. */
      administrator: administrator().optional(),
      /** When the host runs; always, if left out. */
      officeHours: officeHours().optional(),
      backups: backups().prefault({}),
    },
    { version: "19.4.1" },
  );
}

const hostedZoneExample = "Z0123456789ABCDEFGHIJ";

type NewGitlab = z.output<ReturnType<typeof newGitlab>>;

const noKnownHole: Rule<Pick<NewGitlab, "version" | "acceptedCves">> = {
  keys: ["version", "acceptedCves"],
  check: ({ version, acceptedCves }, problem) => {
    const holes = holesOf(version);
    for (const { cve, lets, published, source } of holes) {
      if (acceptedCves.includes(cve)) continue;
      const mended = mendedReleases(version)
        .map((release) => JSON.stringify(release))
        .join(", ");
      const expected = `expected ${mended} or newer, or, on the way there, gitlab.acceptedCves: [${JSON.stringify(cve)}]`;
      problem(["version"], version, `has ${cve}: it lets ${lets} (${published}, ${source}); ${expected}`);
    }
    for (const [i, cve] of acceptedCves.entries()) {
      if (holes.some((hole) => hole.cve === cve)) continue;
      const message = `is no hole of ${version} that is known here (as of ${holesKnownUntil}); remove it`;
      problem(["acceptedCves", i], cve, message);
    }
  },
};

const administratorIsKept: Rule<Pick<NewGitlab, "keepSettings" | "administrator">> = {
  keys: ["keepSettings", "administrator"],
  check: ({ keepSettings, administrator }, problem) => {
    if (keepSettings || administrator === undefined) return;
    const message = "is made by what keepSettings turns off; remove it, or set keepSettings to true";
    problem(["administrator"], undefined, message);
  },
};

/** With a certificate that its name is in, one that is made for its name, or a self-signed one. */
function certifiedGitlab(region: string | undefined) {
  const example = `arn:aws:acm:${region ?? "ap-northeast-1"}:123456789012:certificate/11111111-2222-3333-4444-555555555555`;
  return withRules(
    newGitlab(example, region),
    noKnownHole,
    administratorIsKept,
    {
      keys: ["hostedZoneId", "certificateArn", "selfSignedCertificate"],
      check: ({ hostedZoneId, certificateArn, selfSignedCertificate }, problem) => {
        const given = [
          ...(certificateArn === undefined ? [] : [["certificateArn", certificateArn] as const]),
          ...(hostedZoneId === undefined ? [] : [["hostedZoneId", hostedZoneId] as const]),
          ...(selfSignedCertificate ? [["selfSignedCertificate", true] as const] : []),
        ];
        const [[first] = [], ...others] = given;
        for (const [key, value] of others)
          problem([key], value, `contradicts ${first ?? ""}; give one of the two`);
        if (first !== undefined) return;
        const expected = `expected e.g. ${JSON.stringify(example)}, hostedZoneId: ${JSON.stringify(hostedZoneExample)}, or selfSignedCertificate: true`;
        problem(["certificateArn"], undefined, `is missing; ${expected}`);
      },
    },
    {
      keys: ["hostedZoneId", "certificateArn", "hostname"],
      check: ({ hostedZoneId, certificateArn, hostname }, problem) => {
        if (hostname !== undefined || (hostedZoneId ?? certificateArn) === undefined) return;
        const expected = `expected the name that the certificate is for, e.g. "gitlab.dev.example.com"`;
        problem(["hostname"], undefined, `is missing; ${expected}`);
      },
    },
    {
      keys: ["hostedZoneId", "hostname"],
      check: ({ hostedZoneId, hostname = "" }, problem) => {
        if (hostedZoneId === undefined || hostname.length <= longestCertifiedName) return;
        const message = `has ${hostname.length} characters; expected at most ${longestCertifiedName}, which a certificate of ACM is made for`;
        problem(["hostname"], hostname, message);
      },
    },
  );
}

/** A GitLab that exists. No host, ingress or backup is made for it. */
function existingGitlab() {
  return object(
    {
      /** e.g. "https://gitlab.example.com" */
      url: text("https://gitlab.example.com", (value) => originProblem(value, "https")),
      /** The host's instance id, where it is an EC2 instance of this account. */
      instanceId: ec2IdOf("i", "an instance").optional(),
    },
    { url: "https://gitlab.example.com" },
  );
}

/** Whether a value of the argument `gitlab` speaks of a GitLab that exists. */
export function isExistingGitlab(value: unknown): boolean {
  return isRecord(value) && ("url" in value || "instanceId" in value);
}

/** The schema of the argument `gitlab`. */
export function gitlabSchema(region: string | undefined) {
  const [made, existing] = [certifiedGitlab(region), existingGitlab()];
  return choose((value) => (isExistingGitlab(value) ? existing : made));
}

/** With its defaults. */
export type NewGitlabArgs = NewGitlab;
export type ExistingGitlabArgs = z.output<ReturnType<typeof existingGitlab>>;
export type GitlabArgs = NewGitlabArgs | ExistingGitlabArgs;
export type OfficeHoursArgs = z.output<ReturnType<typeof officeHours>>;
/** With its defaults. */
export type BackupArgs = z.output<ReturnType<typeof backups>>;
