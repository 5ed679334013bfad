/**
 * The arguments of MirrorTarget: their schema, what must hold between them, and the types that follow from it.
 * Everything that decides how many resources exist is a plain value.
 */
import type { z } from "zod";
import { alarmExample, alarmFields } from "../alarms/args";
import { allReferences, mostReferences, referenceProblem } from "../references";
import { overlappingCidr, publicAddress } from "../schema/addresses";
import {
  boolean,
  distinctTexts,
  integer,
  list,
  object,
  text,
  withRules,
  word,
  type Report,
  type Rule,
} from "../schema/fields";
import { fips } from "../schema/fips";
import { accountId, region, soundRegion } from "../schema/place";
import { deployers, emergencyRoles, reportForeign } from "../schema/principals";
import { gitlabProjectProblem } from "../syntax";
import { pullSchema, type PullArgs } from "./pullArgs";
import { isRepositoryName, LONGEST_PREFIX, repositoryName } from "./repositoryName";

function repositories() {
  const repository = object(
    {
      /** Path of the project in GitLab, e.g. "platform/network". */
      gitlabProject: text("platform/network", gitlabProjectProblem),
      /** CodeCommit name, 1–100 of `[A-Za-z0-9._-]`. Derived from `gitlabProject` when left out. */
      name: text("network", (value) =>
        isRepositoryName(value)
          ? undefined
          : "is not a CodeCommit name: 1 to 100 letters, digits, dots, underscores or hyphens, not ending in .git",
      ).optional(),
      /** At most 1,000 characters. */
      description: text("The network's code", (value) =>
        value.length > 1000 ? "is longer than 1,000 characters" : undefined,
      ).optional(),
    },
    { gitlabProject: "platform/network" },
  );
  // GitLab tells projects apart without regard to case.
  return list(repository, [{ gitlabProject: "platform/network" }], 1, ({ gitlabProject }) =>
    gitlabProject.toLowerCase(),
  );
}

function repositoryPrefix() {
  return text("airlock", (value) =>
    value.length <= LONGEST_PREFIX && isRepositoryName(value)
      ? undefined
      : `is not a prefix of repository names: 1 to ${LONGEST_PREFIX} letters, digits, dots, underscores or hyphens`,
  );
}

function references() {
  const example = "refs/heads/*";
  return distinctTexts(text(example, referenceProblem), [example], 1).superRefine((value, context) => {
    if (value.length <= mostReferences) return;
    const message = `is more than ${mostReferences} references; use patterns, expected e.g. ["${example}"]`;
    context.addIssue({ code: "custom", input: value, message });
  });
}

/** Live epochs of a git credential, oldest first. IAM holds at most two CodeCommit credentials for a user. */
function epochs() {
  const epoch = integer([1, 1_000_000], 1);
  return list(epoch, [1], 1, String).superRefine((value, context) => {
    const report = (message: string) => {
      context.addIssue({ code: "custom", input: value, message });
    };
    if (value.length > 2) {
      report(
        "is more than two epochs, and IAM holds at most two git credentials for a user; expected e.g. [1] or [1, 2]",
      );
    }
    if (value.some((each, index) => index > 0 && each < (value[index - 1] ?? 0))) {
      report("is not in ascending order, and the last one is the active one; expected e.g. [1, 2]");
    }
  });
}

function tripwires() {
  return object(
    {
      ...alarmFields,
      /**
       * The trail that brings CloudTrail's events to EventBridge: one to be made, or one that the account has, which logs
       * all management events of all regions. Without one, most tripwires are silent. @default "made"
       */
      trail: word("made", "existing").default("made"),
    },
    alarmExample,
  );
}

/** Public IPv4 addresses. `/32` may follow each, and is taken off. */
export function pushSources(least: 0 | 1) {
  return distinctTexts(publicAddress(), ["203.0.113.10", "203.0.113.20"], least);
}

/** The arguments by themselves. @param given as they come: zones follow from the region */
export function mirrorTargetFields(given: { region?: unknown }) {
  return {
    /** The AWS region of the repositories. */
    region: region(),
    /** The account of the repositories, twelve digits. Known at preview, so that every ARN is. */
    accountId: accountId(),
    /** Public IPv4 addresses that pushes come from: the source's NAT gateways, one Elastic IP each. */
    pushSourceAddresses: pushSources(1),
    repositories: repositories(),
    /** Push and pull by CodeCommit's FIPS endpoint, and by that alone; the source's `fips` says the same. @default false */
    fips: fips(soundRegion(given)).default(false),
    /** Keep the repositories under a customer key, which is made. Cannot be taken back without losing them. @default false */
    customerKey: boolean(false).default(false),
    /**
     * Give the gate users every repository whose name begins with `<prefix>-`, by one statement of constant size.
     * Every repository's name must then begin so. Needed beyond some 250 to 300 repositories in mode endpoint, depending on
     * their names, and beyond some 700 in mode addresses.
     */
    repositoryPrefix: repositoryPrefix().optional(),
    /** What pushes may touch: full names or, with a `*` at the end, patterns. @default all branches and tags */
    references: references().default([...allReferences]),
    pull: pullSchema(soundRegion(given)),
    /** Epochs of the push user's live git credentials: one, or two while rotating. The last is the active one. @default [1] */
    pushCredentialEpochs: epochs().default([1]),
    /** The same for the pull user. @default [1] */
    pullCredentialEpochs: epochs().default([1]),
    /** The role or user ARNs that deploy this stack: writers that the service control policy lets through. */
    deployerArns: deployers(1),
    /** Role ARNs for emergencies: writers that the service control policy lets through. @default [] */
    breakGlassArns: emergencyRoles().default([]),
    alarms: tripwires().prefault({}),
  };
}

function fieldsOnly(given: { region?: unknown }) {
  return object(mirrorTargetFields(given), {});
}

type Values = z.output<ReturnType<typeof fieldsOnly>>;

const repositoryNames: Rule<Pick<Values, "repositories" | "repositoryPrefix">> = {
  keys: ["repositories", "repositoryPrefix"],
  check: ({ repositories: all, repositoryPrefix: prefix }, problem) => {
    const seen = new Set<string>();
    for (const [index, { gitlabProject, name: given }] of all.entries()) {
      const path = ["repositories", index, ...(given === undefined ? [] : ["name"])];
      if (given !== undefined && prefix !== undefined && !given.startsWith(`${prefix}-`)) {
        const expected = `expected a name that begins with "${prefix}-", as repositoryPrefix says`;
        problem(path, given, `is outside the prefix; ${expected}`);
      }
      // Clones of two names that differ in case alone are one folder on many a disk.
      const name = given ?? repositoryName(gitlabProject, prefix);
      if (seen.has(name.toLowerCase()))
        problem(path, name, "is the name of another repository in the list; expected a name of its own");
      seen.add(name.toLowerCase());
    }
  },
};

/** In addresses mode, one place must not be both outside and inside: whoever stands there could carry data out. */
export function reportInside(
  key: string,
  addresses: readonly string[],
  pull: PullArgs,
  problem: Report,
): void {
  if (pull.mode !== "addresses") return;
  for (const [index, address] of addresses.entries()) {
    const cidr = overlappingCidr(address, pull.isolatedTerminalCidrs);
    if (cidr === undefined) continue;
    const message = `lies in the isolated terminals' ${cidr}; nobody may both push and pull there`;
    problem([key, index], address, message);
  }
}

const pushSourcesAreOutside: Rule<Pick<Values, "pull" | "pushSourceAddresses">> = {
  keys: ["pull", "pushSourceAddresses"],
  check: ({ pull, pushSourceAddresses }, problem) => {
    reportInside("pushSourceAddresses", pushSourceAddresses, pull, problem);
  },
};

const deployersOfThisAccount: Rule<Pick<Values, "accountId" | "deployerArns">> = {
  keys: ["accountId", "deployerArns"],
  check: (values, problem) => {
    reportForeign(values.accountId, "deployerArns", values.deployerArns, problem);
  },
};

const emergencyRolesOfThisAccount: Rule<Pick<Values, "accountId" | "breakGlassArns">> = {
  keys: ["accountId", "breakGlassArns"],
  check: (values, problem) => {
    reportForeign(values.accountId, "breakGlassArns", values.breakGlassArns, problem);
  },
};

/** What must hold between the arguments, wherever they are deployed. */
export const mirrorTargetRules = [repositoryNames, pushSourcesAreOutside] as const;

/** The schema of arguments that begin like the given ones. */
export function mirrorTargetSchema(given: { region?: unknown }) {
  return withRules(
    fieldsOnly(given),
    ...mirrorTargetRules,
    deployersOfThisAccount,
    emergencyRolesOfThisAccount,
  );
}

/** What the constructor takes. */
export type MirrorTargetArgs = z.input<ReturnType<typeof mirrorTargetSchema>>;
/** The same, checked and with its defaults. */
export type CheckedMirrorTargetArgs = z.output<ReturnType<typeof mirrorTargetSchema>>;
export type TripwireArgs = CheckedMirrorTargetArgs["alarms"];
