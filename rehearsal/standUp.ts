/** Deploys both stacks of this clone, from the program and configuration that `pulumi up` would take. */
import { readConfig, type AirlockConfig } from "../components/config/readConfig";
import program from "../index";
import { Account } from "./accounts/account";
import { deploy } from "./embedded/deploy";
import type { Deployment, ResourceState } from "./embedded/deployment";
import { projectName, stackConfig } from "./embedded/stackFiles";
import { RehearsalError } from "./rehearsalError";

/** A stack as it stands: what was deployed, in which account. */
export interface StoodUp<Role extends AirlockConfig["role"]> {
  account: Account;
  deployment: Deployment;
  config: Extract<AirlockConfig, { role: Role }>;
}

export interface StandUpOptions {
  /** The folder with Pulumi.yaml and the stack files. */
  root: string;
  /** What ids and passwords follow from. */
  seed: string;
  /** Values that take the place of the stack files', by full key. */
  overrides?: Readonly<Record<string, unknown>>;
  onResource?: (resource: ResourceState) => void;
}

const accountIds = { source: "111111111111", target: "222222222222" };

async function standUp<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  stacks: readonly Deployment[],
  { root, seed, overrides, onResource }: StandUpOptions,
): Promise<StoodUp<Role>> {
  const { project, entries } = readStackFiles(root, stack, overrides);
  // The program reads and checks the same text, and is the one that reports what is wrong with it.
  const region = entries["aws:region"] ?? "";
  const account = new Account({ accountId: accountIds[role], region, seed });
  const deployment = await deploy({ project, stack, config: entries, program, account, stacks, onResource });
  const config = readConfig(entries, project);
  if (!isOfRole(config, role))
    throw new RehearsalError(
      `Pulumi.${stack}.yaml: git-airlock:role is "${config.role}"; the rehearsal needs a ${role}`,
    );
  return { account, deployment, config };
}

function readStackFiles(root: string, stack: string, overrides: StandUpOptions["overrides"]) {
  try {
    return { project: projectName(root), entries: stackConfig(root, stack, overrides) };
  } catch (error) {
    throw new RehearsalError(
      `The configuration of the stack ${stack} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function isOfRole<Role extends AirlockConfig["role"]>(
  config: AirlockConfig,
  role: Role,
): config is Extract<AirlockConfig, { role: Role }> {
  return config.role === role;
}

/** The source, from Pulumi.dev.yaml. */
export function standUpSource(options: StandUpOptions): Promise<StoodUp<"source">> {
  return standUp("source", "dev", [], options);
}

/** The target, from Pulumi.prd.yaml and the source's outputs. */
export function standUpTarget(source: Deployment, options: StandUpOptions): Promise<StoodUp<"target">> {
  return standUp("target", "prd", [source], options);
}
