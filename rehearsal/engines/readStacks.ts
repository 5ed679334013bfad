/** Reads every stack file that is rehearsed before anything stands, and says all that is wrong with them at once. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { accountOf, namedAccounts } from "../../components/config/accounts";
import { ConfigError } from "../../components/config/configError";
import { readConfig, type AirlockConfig } from "../../components/config/readConfig";
import { shortName } from "../../components/config/stackOutputs";
import { renderPath } from "../../components/schema/problems";
import { existingResources } from "./configured";
import { readStackFile, type StackFile } from "./in-process/stackFiles";
import { renderPlace, StackFilesError, type FileProblem } from "./in-process/yamlFile";

/** A stack's file, and the configuration in it. */
export interface ReadStack<Role extends AirlockConfig["role"]> {
  file: StackFile;
  config: Extract<AirlockConfig, { role: Role }>;
}

/** Values that take the place of a stack file's, by full key. */
export type Overrides = Readonly<Record<string, unknown>>;

/** Values that take the place of the stack files', by stack and full key. */
export interface StackOverrides {
  dev?: Overrides;
  /** Of every target, whatever it is called. */
  prd?: Overrides;
  mirror?: Overrides;
  org?: Overrides;
}

/** At least one. */
export type Several<T> = readonly [T, ...T[]];

/** What is rehearsed. */
export interface RehearsedStacks {
  source: ReadStack<"source">;
  /** In the order in which the mirror lists them. */
  targets: Several<ReadStack<"target">>;
  mirror: ReadStack<"mirror">;
  /** Undefined where there is no file of it: the policies are then somebody else's affair. */
  organization: ReadStack<"organization"> | undefined;
  /** The accounts that the stacks are deployed into: those that the files name, where they name any. */
  accountIds: AccountIds;
  /** In what the rehearsal departs from the files, or what is odd about them all together. */
  notes: string[];
}

/** Twelve digits each; one for each target. */
export interface AccountIds {
  source: string;
  targets: readonly string[];
  organization: string;
}

/** The accounts of files that name none: the first that is not taken. */
export const accountIds = {
  source: "111111111111",
  target: "222222222222",
  organization: "333333333333",
};

/** The organization's stack. */
const ORGANIZATION = "org";

/**
 * @throws StackFilesError with every problem of every file
 */
export function readStacks(root: string, overrides: StackOverrides = {}): RehearsedStacks {
  const problems: FileProblem[] = [];
  const collected = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof StackFilesError)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const source = collected(() => readStack("source", "dev", root, overrides.dev));
  const linked = collected(() => readStack("mirror", "mirror", root, overrides.mirror));
  const targets = targetsOf(linked, root, problems).map((stack) =>
    collected(() => readStack("target", stack, root, overrides.prd)),
  );
  const mirror =
    linked?.config.mirror.withdrawn === true
      ? readStack("mirror", "mirror", root, {
          ...overrides.mirror,
          [`${linked.file.project}:withdrawn`]: false,
        })
      : linked;
  const organization = existsSync(join(root, `Pulumi.${ORGANIZATION}.yaml`))
    ? collected(() => readStack("organization", ORGANIZATION, root, overrides.org))
    : undefined;
  const [first, ...others] = targets.filter((target) => target !== undefined);
  if (source && linked && mirror && first) {
    const read = { source, targets: [first, ...others] as const, mirror, organization };
    problems.push(...contradictions(read));
    const ids = accountsOf(read);
    if (problems.length === 0)
      return { ...read, accountIds: ids, notes: notesOn({ ...read, mirror: linked }, ids) };
  }
  // What all files take from Pulumi.yaml is wrong once.
  const once = new Map(problems.map((problem) => [`${renderPlace(problem)} ${problem.text}`, problem]));
  throw new StackFilesError([...once.values()]);
}

/**
 * One stack's file.
 * @throws StackFilesError with all that is wrong with it, or that it brings along what is in no stand-in account
 */
export function readStack<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  root: string,
  overrides?: Overrides,
): ReadStack<Role> {
  const file = readStackFile(root, stack, overrides);
  const config = configOf(file);
  const { project } = file;
  if (!isOfRole(config, role)) {
    const text = `${project}:role: "${config.role}" is another side than the rehearsal takes this file for; expected "${role}"`;
    throw new StackFilesError([{ ...file.placeOf([`${project}:role`]), text }]);
  }
  const brought = existingResources(config, project).map((path) => ({
    ...file.placeOf(path),
    text: `${renderPath(path)}: exists already, and in no stand-in account. To rehearse, let the program make its own`,
  }));
  if (brought.length > 0) throw new StackFilesError(brought);
  return { file, config };
}

function configOf(file: StackFile): AirlockConfig {
  try {
    return readConfig(file.entries, file.project);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new StackFilesError(error.problems.map(({ path, text }) => ({ ...file.placeOf(path), text })));
  }
}

function isOfRole<Role extends AirlockConfig["role"]>(
  config: AirlockConfig,
  role: Role,
): config is Extract<AirlockConfig, { role: Role }> {
  return config.role === role;
}

/** The stacks that the mirror pushes to, as far as they can be rehearsed; why the others cannot goes to `problems`. */
function targetsOf(mirror: ReadStack<"mirror"> | undefined, root: string, problems: FileProblem[]): string[] {
  if (mirror === undefined) return ["prd"];
  const { file, config } = mirror;
  const { targets } = config.stacks;
  const key = `${file.project}:targetStacks`;
  if (!(key in file.entries) || file.entries[key] === "[]") return targets.map(shortName);
  return targets.flatMap((full, index) => {
    const stack = shortName(full);
    const name = `Pulumi.${stack}.yaml`;
    const report = (why: string) => {
      problems.push({
        ...file.placeOf([key, index]),
        text: `${key}[${index}]: ${JSON.stringify(full)} ${why}`,
      });
    };
    if (full.split("/")[1] !== file.project) {
      report(`is of another project than ${file.project}, and its files are not here to be rehearsed`);
      return [];
    }
    if (!existsSync(join(root, name))) {
      report(`has no ${name} here to be rehearsed; write it, or remove the stack from the list`);
      return [];
    }
    return [stack];
  });
}

/** The stacks' files, all of which are right by themselves. */
type ReadStacks = Omit<RehearsedStacks, "accountIds" | "notes">;

/** The files of all stacks that are rehearsed, in the order in which they are deployed. */
export function stackFilesOf({ source, targets, mirror, organization }: ReadStacks): StackFile[] {
  return [source, ...targets, mirror, ...(organization ? [organization] : [])].map(({ file }) => file);
}

/** The targets that the organization's stack binds, by the full names that the mirror has for them. */
export function boundTargets({ mirror, organization }: ReadStacks): string[] {
  const bound = organization?.config.targets.map(shortName) ?? [];
  return mirror.config.stacks.targets.filter((target) => bound.includes(shortName(target)));
}

/** Where files contradict each other. */
function contradictions({ source, targets, mirror, organization }: ReadStacks): FileProblem[] {
  return [
    ...[...targets, mirror].flatMap((other) => regionContradictions(source, other)),
    ...targets.flatMap((target) => sourceContradictions(target, mirror)),
    ...accountContradictions(source, mirror),
    ...sharedAccounts(targets),
    ...(organization ? unknownTargets(organization, mirror) : []),
  ];
}

function regionContradictions(
  source: ReadStack<"source">,
  { file, config }: ReadStack<"target"> | ReadStack<"mirror">,
): FileProblem[] {
  if (config.region === source.config.region) return [];
  const there = `${source.config.region} in ${renderPlace(source.file.placeOf(["aws:region"]))}`;
  const text = `aws:region: "${config.region}" is not the source's region, which is ${there}; expected the same one`;
  return [{ ...file.placeOf(["aws:region"]), text }];
}

function sourceContradictions(target: ReadStack<"target">, mirror: ReadStack<"mirror">): FileProblem[] {
  const { pushSources } = target.config;
  const key = `${mirror.file.project}:sourceStack`;
  const linked = mirror.config.stacks.source;
  const isGiven = ({ file }: { file: StackFile }) => key in file.own;
  if (!("stack" in pushSources) || pushSources.stack === linked || !isGiven(target) || !isGiven(mirror))
    return [];
  const place = renderPlace(target.file.placeOf([key]));
  const text = `${key}: "${linked}" is not the source of the target, which is "${pushSources.stack}" (${place})`;
  return [{ ...mirror.file.placeOf([key]), text }];
}

function accountContradictions(source: ReadStack<"source">, mirror: ReadStack<"mirror">): FileProblem[] {
  const [inSource] = namedAccounts(source.file.entries, source.file.project);
  if (inSource === undefined) return [];
  return namedAccounts(mirror.file.entries, mirror.file.project)
    .filter(({ accountId }) => accountId !== inSource.accountId)
    .map(({ path, value, accountId }) => ({
      ...mirror.file.placeOf(path),
      text:
        `${renderPath(path)}: "${value}" is of account ${accountId}, and the mirror is deployed into the source's, which is ` +
        `${inSource.accountId} by ${renderPlace(source.file.placeOf(inSource.path))}`,
    }));
}

/** The gate users of every target have the same names, and an account holds a name once. */
function sharedAccounts(targets: readonly ReadStack<"target">[]): FileProblem[] {
  const first = new Map<string, ReadStack<"target">>();
  return targets.flatMap((target) => {
    const [named] = namedAccounts(target.file.entries, target.file.project);
    if (named === undefined) return [];
    const other = first.get(named.accountId);
    first.set(named.accountId, other ?? target);
    if (other === undefined) return [];
    const text = `${renderPath(named.path)}: "${named.value}" is of account ${named.accountId}, where the target ${other.file.stack} is; an account holds one target`;
    return [{ ...target.file.placeOf(named.path), text }];
  });
}

function unknownTargets(
  { file, config }: ReadStack<"organization">,
  { config: { stacks } }: ReadStack<"mirror">,
): FileProblem[] {
  const key = `${file.project}:targetStacks`;
  const linked = stacks.targets.map(shortName);
  return config.targets.map(shortName).flatMap((stack, index) =>
    linked.includes(stack)
      ? []
      : [
          {
            ...file.placeOf([key, index]),
            text: `${key}[${index}]: ${JSON.stringify(config.targets[index])} is not among the mirror's targets, which are ${linked.join(", ")}`,
          },
        ],
  );
}

/** An account for each stack, unless the files name one for several. */
function accountsOf({ source, targets, mirror, organization }: ReadStacks): AccountIds {
  const accountIn = ({ entries, project }: StackFile) => accountOf(entries, project);
  const named = ({ file }: { file: StackFile }) => accountIn(file);
  const files = stackFilesOf({ source, targets, mirror, organization });
  const taken = new Set(files.flatMap((file) => accountIn(file) ?? []));
  const free = (first: string): string => {
    let id = first;
    while (taken.has(id)) id = String(Number(id) + 1);
    taken.add(id);
    return id;
  };
  return {
    source: named(source) ?? named(mirror) ?? free(accountIds.source),
    targets: targets.map((target) => named(target) ?? free(accountIds.target)),
    organization: (organization && named(organization)) ?? free(accountIds.organization),
  };
}

function notesOn({ targets, mirror, organization }: ReadStacks, ids: AccountIds): string[] {
  const { project } = mirror.file;
  const place = renderPlace(mirror.file.placeOf([`${project}:withdrawn`]));
  const linked = mirror.config.stacks.source;
  const bound = organization?.config.targets.map(shortName);
  return [
    ...targets.flatMap(({ file: { stack }, config: { pushSources } }) =>
      "stack" in pushSources && pushSources.stack !== linked
        ? [
            `Pulumi.mirror.yaml has the source stack ${linked}, and Pulumi.${stack}.yaml ${pushSources.stack}. ` +
              `Set ${project}:sourceStack to the same one in both before you deploy.`,
          ]
        : [],
    ),
    ...(mirror.config.mirror.withdrawn
      ? [
          `${place}: ${project}:withdrawn is true. Deployed so, GitLab has no mirror, and nothing arrives any more. ` +
            "What follows is rehearsed without it.",
        ]
      : []),
    ...(ids.targets.includes(ids.source)
      ? [
          `The stack files put both sides into the account ${ids.source}. Whoever administers development then ` +
            "administers production, too.",
        ]
      : []),
    ...(organization?.config.targets ?? [])
      .filter((target) => !mirror.config.stacks.targets.includes(target))
      .map(
        (target) =>
          `Pulumi.${ORGANIZATION}.yaml has the target stack ${target}, and Pulumi.mirror.yaml ` +
          `${mirror.config.stacks.targets.join(", ")}. Set ${project}:targetStacks to the same ones in both before you deploy.`,
      ),
    ...targets.flatMap(({ file: { stack } }) =>
      bound === undefined || bound.includes(stack)
        ? []
        : [
            `Pulumi.${ORGANIZATION}.yaml does not name ${stack} in ${project}:targetStacks, so nothing binds that account.`,
          ],
    ),
  ];
}
