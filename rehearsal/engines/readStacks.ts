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
  prd?: Overrides;
  mirror?: Overrides;
}

/** What is rehearsed. */
export interface RehearsedStacks {
  source: ReadStack<"source">;
  target: ReadStack<"target">;
  mirror: ReadStack<"mirror">;
  /** The accounts that both sides are deployed into: those that the files name, where they name any. */
  accountIds: { source: string; target: string };
  /** In what the rehearsal departs from the files, or what is odd about them all together. */
  notes: string[];
}

/** The accounts of files that name none. */
export const accountIds = { source: "111111111111", target: "222222222222" };

/**
 * @param overrides `prd` is for the target, whatever the mirror calls it
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
  const [target] = targets;
  if (source && linked && mirror && target) {
    problems.push(...contradictions(source, target, mirror));
    const ids = accountsOf(source, target, mirror);
    if (problems.length === 0)
      return { source, target, mirror, accountIds: ids, notes: notesOn(linked, target, ids) };
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
    if (index > 0)
      report(
        "is a second target, and the rehearsal carries code into one; rehearse each by itself in the list",
      );
    return [stack];
  });
}

/** Where files contradict each other. */
function contradictions(
  source: ReadStack<"source">,
  target: ReadStack<"target">,
  mirror: ReadStack<"mirror">,
): FileProblem[] {
  const { project } = source.file;
  const problems: FileProblem[] = [];
  const there = `${source.config.region} in ${renderPlace(source.file.placeOf(["aws:region"]))}`;
  for (const { file, config } of [target, mirror]) {
    if (config.region === source.config.region) continue;
    const text = `aws:region: "${config.region}" is not the source's region, which is ${there}; expected the same one`;
    problems.push({ ...file.placeOf(["aws:region"]), text });
  }
  const { pushSources } = target.config;
  const linked = mirror.config.stacks.source;
  const isGiven = ({ file }: { file: StackFile }) => `${project}:sourceStack` in file.own;
  if ("stack" in pushSources && pushSources.stack !== linked && isGiven(target) && isGiven(mirror)) {
    const place = renderPlace(target.file.placeOf([`${project}:sourceStack`]));
    const text = `${project}:sourceStack: "${linked}" is not the source of the target, which is "${pushSources.stack}" (${place})`;
    problems.push({ ...mirror.file.placeOf([`${project}:sourceStack`]), text });
  }
  const [inSource] = namedAccounts(source.file.entries, project);
  for (const { path, value, accountId } of namedAccounts(mirror.file.entries, project)) {
    if (inSource === undefined || accountId === inSource.accountId) continue;
    const text =
      `${renderPath(path)}: "${value}" is of account ${accountId}, and the mirror is deployed into the source's, which is ` +
      `${inSource.accountId} by ${renderPlace(source.file.placeOf(inSource.path))}`;
    problems.push({ ...mirror.file.placeOf(path), text });
  }
  return problems;
}

/** Two accounts, unless the files name one for both. */
function accountsOf(
  source: ReadStack<"source">,
  target: ReadStack<"target">,
  mirror: ReadStack<"mirror">,
): RehearsedStacks["accountIds"] {
  const named = ({ file }: { file: StackFile }) => accountOf(file.entries, file.project);
  const other = (taken: string | undefined, ids: readonly string[]) => ids.find((id) => id !== taken) ?? "";
  const ofTarget = named(target);
  const ofSource = named(source) ?? named(mirror) ?? other(ofTarget, [accountIds.source, accountIds.target]);
  return { source: ofSource, target: ofTarget ?? other(ofSource, [accountIds.target, accountIds.source]) };
}

function notesOn(
  mirror: ReadStack<"mirror">,
  target: ReadStack<"target">,
  ids: RehearsedStacks["accountIds"],
): string[] {
  const { project } = mirror.file;
  const place = renderPlace(mirror.file.placeOf([`${project}:withdrawn`]));
  const { pushSources } = target.config;
  const linked = mirror.config.stacks.source;
  return [
    ...("stack" in pushSources && pushSources.stack !== linked
      ? [
          `Pulumi.mirror.yaml has the source stack ${linked}, and Pulumi.${target.file.stack}.yaml ${pushSources.stack}. ` +
            `Set ${project}:sourceStack to the same one in both before you deploy.`,
        ]
      : []),
    ...(mirror.config.mirror.withdrawn
      ? [
          `${place}: ${project}:withdrawn is true. Deployed so, GitLab has no mirror, and nothing arrives any more. ` +
            "What follows is rehearsed without it.",
        ]
      : []),
    ...(ids.source === ids.target
      ? [
          `The stack files put both sides into the account ${ids.source}. Whoever administers development then ` +
            "administers production, too.",
        ]
      : []),
  ];
}
