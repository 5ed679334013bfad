/** Reads and checks a stack's whole configuration before the first resource: one module, one error, all problems. */
import type { z } from "zod";
import type { CheckedMirrorTargetArgs } from "../mirrorTarget/args";
import { limitProblems } from "../mirrorTarget/validateLimits";
import type { CheckedNetworkedGitlabArgs } from "../networkedGitlab/args";
import type { CheckedPushMirrorsArgs } from "../pushMirrors/args";
import { regionProblem } from "../regions";
import { accountProblems } from "./accounts";
import { ConfigError } from "./configError";
import { keysOf, roles, type ConfigKey, type Role } from "./keys";
import { awsKeys, defaultTagProblems, lookAlikeProblems } from "./otherPackages";
import { parse as parseWith } from "../schema/parse";
import { renderProblems, unknownName, withExample, type Problem } from "../schema/problems";
import type { PushSourceExpectation } from "./pushSourceAddresses";
import { mirrorSchema } from "./mirror";
import { organizationSchema } from "./organization";
import type { LinkedStacks } from "./mirrorStacks";
import { sourceSchema } from "./source";
import { targetSchema } from "./target";

/** What a stack is to be. The account is what only the provider knows. */
export type AirlockConfig =
  | { role: "source"; region: string; source: Omit<CheckedNetworkedGitlabArgs, "region" | "accountId"> }
  | {
      role: "target";
      region: string;
      /** `deployerArns` may be empty: then it is the identity that runs the deployment. */
      target: Omit<CheckedMirrorTargetArgs, "region" | "accountId" | "pushSourceAddresses">;
      pushSources: PushSources;
    }
  | {
      role: "mirror";
      region: string;
      /** `deployerArns` may be empty: then it is the identity that runs the deployment. */
      mirror: Pick<
        CheckedPushMirrorsArgs,
        "onlyProtectedBranches" | "createProjects" | "withdrawn" | "dashboard" | "deployerArns"
      >;
      stacks: LinkedStacks;
    }
  | {
      role: "organization";
      region: string;
      /** Full names of the target stacks. */
      targets: string[];
    };

/** Where the push sources' addresses come from: a source stack, held to an expectation, or the config itself. */
export type PushSources =
  | ({
      /** Full name, e.g. "organization/git-airlock/dev". */
      stack: string;
      /** The target's region, which the source's must be: its proxy lets git through to its own region only. */
      region: string;
    } & PushSourceExpectation)
  | { addresses: string[] };

/**
 * The typed configuration of a stack.
 * @param entries `pulumi.runtime.allConfig()`: full keys such as "git-airlock:role"; lists and objects as JSON
 * @param project `pulumi.getProject()`: the namespace of our keys
 * @param secretKeys full keys whose values no message may show
 * @throws ConfigError with every problem, before anything is registered
 */
export function readConfig(
  entries: Readonly<Record<string, string>>,
  project: string,
  secretKeys: readonly string[] = [],
): AirlockConfig {
  const problems: Problem[] = [];
  const region = readRegion(entries["aws:region"], problems);
  const role = readRole(entries[`${project}:role`], project, problems);
  const values = readKeys(entries, project, role, problems);
  const config = role && parseRole(role, { region, project }, values, problems);
  problems.push(...defaultTagProblems(entries["aws:defaultTags"]), ...accountProblems(entries, project));
  if (config === undefined || problems.length > 0)
    throw new ConfigError(renderProblems(problems, secretKeys));
  return config;
}

function readRegion(given: string | undefined, problems: Problem[]): string | undefined {
  const value = given === "" ? undefined : given;
  const what = value === undefined ? "is missing" : regionProblem(value);
  if (what === undefined) return value;
  problems.push({ path: ["aws:region"], value, message: withExample(what, "ap-northeast-1") });
  return undefined;
}

function readRole(given: string | undefined, project: string, problems: Problem[]): Role | undefined {
  const role = roles.find((each) => each === given);
  if (role !== undefined) return role;
  const what = given === undefined || given === "" ? "is missing" : "is not a role";
  const message = `${what}; expected ${roles.map((each) => JSON.stringify(each)).join(" or ")}`;
  problems.push({ path: [`${project}:role`], value: given === "" ? undefined : given, message });
  return undefined;
}

/** The values of the role's keys, decoded; of what was not given, the key's default. */
function readKeys(
  entries: Readonly<Record<string, string>>,
  project: string,
  role: Role | undefined,
  problems: Problem[],
): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const [name, key] of role === undefined ? [] : keysOf(role)) {
    // Of texts, an empty one is not given; of lists and objects, what is needed inside is the schema's affair.
    if (key.type !== "string") values.set(name, key.default);
  }
  const known = ["role", ...roles.flatMap((each) => [...keysOf(each).keys()])];
  const ours = [...known.map((name) => `${project}:${name}`), ...awsKeys];
  problems.push(...lookAlikeProblems(Object.keys(entries), project, ours));
  for (const [full, encoded] of Object.entries(entries)) {
    if (!full.startsWith(`${project}:`)) continue;
    const name = full.slice(project.length + 1);
    if (!known.includes(name)) {
      const meant = awsKeys.filter((key) => key === `aws:${name}`);
      problems.push({ path: [full], message: unknownName(name, meant.length > 0 ? meant : known) });
    }
    // A key of several roles is each one's own.
    const owners = roles.filter((each) => keysOf(each).has(name));
    const [owner] = role !== undefined && owners.includes(role) ? [role] : owners;
    const key = owner && keysOf(owner).get(name);
    if (key === undefined || role === undefined) continue;
    const decoded = decode(key, encoded);
    if (owner !== role) {
      // Unless it is what Pulumi copies into every stack: the default.
      if (decoded !== undefined && JSON.stringify(decoded) !== JSON.stringify(key.default))
        problems.push(foreignProblem({ path: [full], value: decoded }, owners, role, project));
      continue;
    }
    if (decoded !== undefined) values.set(name, decoded);
  }
  return values;
}

/** A value of another role is a mistake. */
function foreignProblem(
  given: Omit<Problem, "message">,
  owners: readonly Role[],
  role: Role,
  project: string,
): Problem {
  const theirs = owners.map((each) => JSON.stringify(each)).join(" or ");
  const message = `belongs to the role ${theirs}, and this stack's is "${role}"; remove it, or change ${project}:role`;
  return { ...given, message };
}

/** The value that Pulumi hands over as text; undefined when it is empty, which means that nothing is given. */
function decode(key: ConfigKey, encoded: string): unknown {
  if (key.type === "string") return given(encoded);
  if (key.type === "boolean")
    return encoded === "true" || encoded === "false" ? encoded === "true" : given(encoded);
  if (key.type === "integer") return /^-?[0-9]{1,15}$/.test(encoded) ? Number(encoded) : given(encoded);
  if (encoded === "") return undefined;
  try {
    const value: unknown = JSON.parse(encoded);
    return given(value);
  } catch {
    // A plain text, which is what the schema then says it is not to be.
    return encoded;
  }
}

/** Pulumi copies defaults into every stack, so a value cannot be left out: what is empty counts as not given. */
function given(value: unknown): unknown {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return ["", "[]", "{}", "null"].includes(text) ? undefined : value;
}

function parseRole(
  role: Role,
  { region, project }: { region: string | undefined; project: string },
  values: ReadonlyMap<string, unknown>,
  problems: Problem[],
): AirlockConfig | undefined {
  const plain = Object.fromEntries(values);
  if (role === "source") {
    const source = parse(sourceSchema({ ...plain, region }), plain, project, problems);
    return source && region !== undefined ? { role, region, source } : undefined;
  }
  if (role === "mirror") {
    const parsed = parse(mirrorSchema(), plain, project, problems);
    if (parsed === undefined || region === undefined) return undefined;
    const { sourceStack, targetStacks, ...mirror } = parsed;
    const stacks = {
      source: sourceStack ?? `organization/${project}/dev`,
      targets: targetsOr(targetStacks, project),
    };
    return { role, region, mirror, stacks };
  }
  if (role === "organization") {
    const parsed = parse(organizationSchema(), plain, project, problems);
    if (parsed === undefined || region === undefined) return undefined;
    return { role, region, targets: targetsOr(parsed.targetStacks, project) };
  }
  const parsed = parse(targetSchema({ ...plain, region }), plain, project, problems);
  if (parsed === undefined || region === undefined) return undefined;
  const { sourceStack, pushSourceAddresses, expectedSourceAddresses, sourceAddressCount, ...target } = parsed;
  const { mode, isolatedTerminalCidrs } = target.pull;
  const fromStack = {
    stack: sourceStack ?? `organization/${project}/dev`,
    region,
    count: expectedSourceAddresses.length > 0 ? expectedSourceAddresses.length : sourceAddressCount,
    expected: expectedSourceAddresses,
    isolatedTerminalCidrs: mode === "addresses" ? isolatedTerminalCidrs : [],
  };
  const pushSources = pushSourceAddresses.length > 0 ? { addresses: pushSourceAddresses } : fromStack;
  for (const { path, message } of limitProblems(role, specimen(region, target, pushSources))) {
    const [key = "", ...inside] = path;
    problems.push({ path: [`${project}:${key}`, ...inside], message });
  }
  return { role, region, target, pushSources };
}

/** The targets that are named; else the usual one. */
function targetsOr(named: string[], project: string): string[] {
  return named.length > 0 ? named : [`organization/${project}/prd`];
}

/**
 * The arguments that a target's config leads to, with the shortest of what only the deployment knows: what is too large
 * with these is too large in any case.
 */
function specimen(
  region: string,
  target: Extract<AirlockConfig, { role: "target" }>["target"],
  pushSources: PushSources,
): CheckedMirrorTargetArgs {
  const accountId = "123456789012";
  const known = "addresses" in pushSources ? pushSources.addresses : pushSources.expected;
  const count = "addresses" in pushSources ? 0 : pushSources.count;
  const short = Array.from({ length: count }, (_, i) => `8.8.${Math.floor(i / 10)}.${i % 10}`);
  return {
    region,
    accountId,
    ...target,
    pushSourceAddresses: known.length > 0 ? [...known] : short,
    deployerArns: target.deployerArns.length > 0 ? target.deployerArns : [`arn:aws:iam::${accountId}:role/x`],
  };
}

/** The value as its schema has it, or undefined when that found problems, which then stand in `problems`. */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  values: Record<string, unknown>,
  project: string,
  problems: Problem[],
): z.output<Schema> | undefined {
  const result = parseWith(schema, values);
  if ("data" in result) return result.data;
  for (const {
    path: [name = "", ...inside],
    ...problem
  } of result.problems)
    problems.push({ ...problem, path: [`${project}:${String(name)}`, ...inside] });
  return undefined;
}
