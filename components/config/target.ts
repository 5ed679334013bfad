/** The config of a target stack: its shape, its defaults, and what its values must hold to. */
import { isolatedNetworkPrefix } from "../limits";
import { mostReferences, referenceProblem } from "../references";
import { isRepositoryName, LONGEST_PREFIX, repositoryName } from "../mirrorTarget/repositoryName";
import { availabilityZoneProblem } from "../regions";
import { ec2Id, gitlabProjectProblem } from "../syntax";
import { alarmExample, alarmFields } from "../alarms/args";
import { deployers, emergencyRoles } from "../schema/principals";
import {
  choose,
  distinctTexts,
  integer,
  list,
  literal,
  object,
  pattern,
  text,
  withRules,
  word,
  type Rule,
} from "../schema/fields";
import { networkCidr, overlappingCidr, publicAddress, terminalCidrs } from "../schema/addresses";

/** How many push sources a source stack has unless told otherwise: a NAT gateway in each of its two zones. */
export const defaultSourceAddressCount = 2;

/** The schema of a target stack's keys. `region` is aws:region where that is sound. */
export function targetSchema(region: string | undefined) {
  const schema = object(
    {
      repositories: repositories(),
      repositoryPrefix: text("airlock", (value) =>
        value.length <= LONGEST_PREFIX && isRepositoryName(value)
          ? undefined
          : `is not a prefix of repository names: 1 to ${LONGEST_PREFIX} letters, digits, dots, underscores or hyphens`,
      ).optional(),
      sourceStack: pattern(
        "organization/git-airlock/dev",
        "the full name of a stack",
        /^[\w.-]+\/[\w.-]+\/[\w.-]+$/,
      ).optional(),
      pushSourceAddresses: addresses(),
      expectedSourceAddresses: addresses(),
      sourceAddressCount: integer([1, 20], defaultSourceAddressCount),
      references: references(),
      pull: pull(region),
      pushCredentialEpochs: epochs(),
      pullCredentialEpochs: epochs(),
      deployerArns: deployers(0),
      breakGlassArns: emergencyRoles(),
      alarms: object({ ...alarmFields, trail: word("made", "existing").default("made") }, alarmExample),
    },
    {},
  );
  return withRules(
    schema,
    {
      keys: ["repositories", "repositoryPrefix"],
      check: ({ repositories, repositoryPrefix }, problem) => {
        const seen = new Set<string>();
        for (const [index, { gitlabProject, name: given }] of repositories.entries()) {
          const path = ["repositories", index, ...(given === undefined ? [] : ["name"])];
          if (
            given !== undefined &&
            repositoryPrefix !== undefined &&
            !given.startsWith(`${repositoryPrefix}-`)
          ) {
            const expected = `expected a name that begins with "${repositoryPrefix}-", as repositoryPrefix says`;
            problem(path, given, `is outside the prefix; ${expected}`);
          }
          // Clones of two names that differ in case alone are one folder on many a disk.
          const name = given ?? repositoryName(gitlabProject, repositoryPrefix);
          if (seen.has(name.toLowerCase()))
            problem(path, name, "is the name of another repository in the list; expected a name of its own");
          seen.add(name.toLowerCase());
        }
      },
    },
    {
      keys: ["sourceStack", "pushSourceAddresses"],
      check: ({ sourceStack, pushSourceAddresses }, problem) => {
        if (sourceStack === undefined || pushSourceAddresses.length === 0) return;
        problem(["pushSourceAddresses"], pushSourceAddresses, "contradicts sourceStack; give one of the two");
      },
    },
    {
      keys: ["pushSourceAddresses", "expectedSourceAddresses"],
      check: ({ pushSourceAddresses, expectedSourceAddresses }, problem) => {
        if (pushSourceAddresses.length === 0 || expectedSourceAddresses.length === 0) return;
        const message =
          "pins what a source stack says; with pushSourceAddresses there is none, so remove one of the two";
        problem(["expectedSourceAddresses"], expectedSourceAddresses, message);
      },
    },
    {
      keys: ["expectedSourceAddresses", "sourceAddressCount"],
      check: ({ expectedSourceAddresses: { length }, sourceAddressCount }, problem) => {
        // Pulumi writes a default into the config, so the default cannot be told from a count that was given.
        if ([0, sourceAddressCount].includes(length) || sourceAddressCount === defaultSourceAddressCount)
          return;
        const message = `is not the number of expectedSourceAddresses; expected ${length}`;
        problem(["sourceAddressCount"], sourceAddressCount, message);
      },
    },
    overlapRule("pushSourceAddresses"),
    overlapRule("expectedSourceAddresses"),
  );
}

/** In addresses mode, one place must not be both outside and inside: whoever stands there could carry data out. */
function overlapRule(key: "pushSourceAddresses" | "expectedSourceAddresses"): Rule<{
  pushSourceAddresses: string[];
  expectedSourceAddresses: string[];
  pull: { mode: string; isolatedTerminalCidrs: string[] };
}> {
  return {
    keys: ["pull", key],
    check: ({ pull, ...value }, problem) => {
      if (pull.mode !== "addresses") return;
      for (const [index, address] of value[key].entries()) {
        const cidr = overlappingCidr(address, pull.isolatedTerminalCidrs);
        if (cidr === undefined) continue;
        problem(
          [key, index],
          address,
          `lies in the isolated terminals' ${cidr}; nobody may both push and pull there`,
        );
      }
    },
  };
}

function repositories() {
  const repository = object(
    {
      gitlabProject: text("platform/network", gitlabProjectProblem),
      name: text("network", (value) =>
        isRepositoryName(value)
          ? undefined
          : "is not a CodeCommit name: 1 to 100 letters, digits, dots, underscores or hyphens, not ending in .git",
      ).optional(),
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

function references() {
  const example = "refs/heads/*";
  return distinctTexts(text(example, referenceProblem), [example], 1).superRefine((value, context) => {
    if (value.length <= mostReferences) return;
    const message = `is more than ${mostReferences} references; use patterns, expected e.g. ["${example}"]`;
    context.addIssue({ code: "custom", input: value, message });
  });
}

function addresses() {
  return distinctTexts(publicAddress(), ["203.0.113.10", "203.0.113.20"], 0);
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

function pull(region: string | undefined) {
  const modes = ["endpoint", "addresses"];
  const zone = `${region ?? "ap-northeast-1"}a`;
  const made = withRules(
    object(
      {
        cidrBlock: networkCidr("10.1.0.0/24", isolatedNetworkPrefix).default("10.1.0.0/24"),
        availabilityZones: distinctTexts(
          text(zone, (value) => availabilityZoneProblem(value, region)),
          [zone],
          1,
        ),
      },
      { availabilityZones: [zone] },
    ),
    {
      keys: ["cidrBlock", "availabilityZones"],
      check: ({ cidrBlock, availabilityZones }, problem) => {
        // A subnet is /28 at the smallest.
        const most = 2 ** (28 - Number(cidrBlock.split("/")[1]));
        if (availabilityZones.length <= most) return;
        const message = `is more zones than ${cidrBlock} has subnets for; expected at most ${most}`;
        problem(["availabilityZones"], availabilityZones, message);
      },
    },
  );
  const existing = object(
    {
      vpcId: pattern("vpc-0123456789abcdef0", "the id of a VPC", ec2Id("vpc")),
      subnetIds: distinctTexts(
        pattern("subnet-0123456789abcdef0", "the id of a subnet", ec2Id("subnet")),
        ["subnet-0123456789abcdef0"],
        1,
      ),
    },
    { vpcId: "vpc-0123456789abcdef0", subnetIds: ["subnet-0123456789abcdef0"] },
  );
  const endpoint = object(
    {
      mode: literal("endpoint", modes).default("endpoint"),
      isolatedTerminalCidrs: terminalCidrs("192.0.2.0/24", 1),
      lock: word("sourceVpce", "sourceVpc", "noSourceIp").default("sourceVpce"),
      network: choose((value) => ("vpcId" in value || "subnetIds" in value ? existing : made)),
    },
    { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones: [zone] } },
  );
  const addresses = object(
    {
      mode: literal("addresses", modes),
      isolatedTerminalCidrs: terminalCidrs("192.0.2.0/24", 1, true),
    },
    { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
  );
  return choose(({ mode }) => (mode === "addresses" ? addresses : endpoint));
}
