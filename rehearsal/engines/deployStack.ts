/** Deploys the stacks of this clone, from the program and configuration that `pulumi up` would take. */
import { accountOf } from "../../components/config/accounts";
import { documentationWarning } from "../../components/config/pushSources";
import type { AirlockConfig } from "../../components/config/readConfig";
import program from "../../index";
import { Account } from "../aws/account";
import type { AccountOptions } from "../aws/accountContext";
import { configuredHoldings, expectedSource, organizationOf, type ExpectedSource } from "./configured";
import { deploy } from "./in-process/deploy";
import { replay } from "./in-process/replay";
import { textAt, type Deployment, type ResourceState } from "./in-process/deployment";
import {
  accountIds,
  readStack,
  boundTargets,
  readStacks,
  type Overrides,
  type RehearsedStacks,
  type Several,
  type StackOverrides,
} from "./readStacks";

/** A stack that was deployed, and the account that it was deployed into. */
export interface DeployedStack<Role extends AirlockConfig["role"]> {
  account: Account;
  deployment: Deployment;
  config: Extract<AirlockConfig, { role: Role }>;
  /** What the program warned of, but for what is odd about the rehearsal itself. */
  warnings: string[];
}

export interface DeployStackOptions {
  /** The folder with Pulumi.yaml and the stack files. */
  root: string;
  /** What ids and passwords follow from. */
  seed: string;
  /** Values that take the place of the stack files', by full key. */
  overrides?: Readonly<Record<string, unknown>>;
  /** Ends a deployment early. */
  aborted?: AbortSignal;
  onResource?: (resource: ResourceState) => void;
  /** The account that it is deployed into. @default the one that the stack's file names, or one for each side */
  accountId?: string;
  /** What StackReferences find it by. @default organization/<project>/<stack> */
  fullName?: string;
  /** The same stack as it stood before an update. */
  previous?: Deployment;
}

/** Both sides, as far as they are deployed. */
export interface DeployedSides {
  source: DeployedStack<"source">;
  targets: Several<DeployedStack<"target">>;
}

/** A rotation of the push credential of one of the targets. */
export interface RotationStart {
  /** The live epoch, and the one that is to take its place. */
  epochs: readonly [number, number];
  sides: DeployedSides;
  /** Which of the targets. */
  index: number;
}

/** That target while two of its credentials are live, and the mirror that has the newer one. */
export interface Rotating {
  epochs: readonly [number, number];
  index: number;
  target: DeployedStack<"target">;
  mirror: DeployedStack<"mirror">;
}

/** Deploys the stacks: in this process, or with Pulumi's engine. */
export interface Builder {
  /** What is built. */
  readonly stacks: RehearsedStacks;
  source(): Promise<DeployedStack<"source">>;
  /** @param index which of the targets */
  target(source: DeployedStack<"source">, index: number): Promise<DeployedStack<"target">>;
  mirror(sides: DeployedSides): Promise<DeployedStack<"mirror">>;
  /** Undefined where there is no stack file of it. */
  organization(sides: DeployedSides): Promise<DeployedStack<"organization"> | undefined>;
  /** Updates the target to two live epochs of the push credential, and then the mirror to the newer one. */
  beginRotation(start: RotationStart): Promise<Rotating>;
  /** Updates the target to the newer epoch alone. */
  endRotation(rotating: Pick<Rotating, "epochs" | "index" | "target">): Promise<DeployedStack<"target">>;
  /** Ends what it runs. */
  close(): void;
}

/** What a stack is deployed into. */
interface Surroundings {
  /** Instead of a new account. */
  existing?: Account;
  /** The members of the organization that a new account manages. */
  memberAccountIds?: readonly string[];
}

async function deployStack<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  stacks: readonly Deployment[],
  { root, overrides, ...options }: DeployStackOptions & ExpectedSource & Surroundings,
): Promise<DeployedStack<Role>> {
  const { file, config } = readStack(role, stack, root, overrides);
  const { entries, project } = file;
  const { seed, publicAddresses, onResource, fullName, previous, aborted } = options;
  const accountId = options.accountId ?? accountOf(entries, project) ?? usualAccount(config);
  const { memberAccountIds } = options;
  const account =
    options.existing ?? openAccount(config, { accountId, seed, publicAddresses, memberAccountIds });
  const deployment = await deploy({
    project,
    stack,
    fullName,
    config: entries,
    program,
    account,
    stacks,
    onResource,
    previous,
    aborted,
  });
  return { account, deployment, config, warnings: warningsOf(deployment.warnings, config) };
}

function usualAccount({ role }: AirlockConfig): string {
  return accountIds[role === "mirror" ? "source" : role];
}

/** An account that holds nothing yet but what the configuration takes for granted. */
function openAccount(
  config: AirlockConfig,
  {
    memberAccountIds,
    ...options
  }: Pick<AccountOptions, "accountId" | "seed" | "publicAddresses"> & Pick<Surroundings, "memberAccountIds">,
): Account {
  const organization = memberAccountIds && organizationOf(memberAccountIds);
  return new Account({ ...options, region: config.region, ...configuredHoldings(config), organization });
}

/** Of addresses that nobody gave but the stand-in account, nobody is to be warned. */
export function warningsOf(warnings: readonly string[], config: AirlockConfig): string[] {
  const isOwn =
    config.role === "target" && "stack" in config.pushSources && config.pushSources.expected.length === 0;
  return warnings.filter((warning) => !isOwn || !warning.endsWith(documentationWarning));
}

/**
 * Deploys the stacks in this process.
 * @throws StackFilesError with all that is wrong with the stack files
 */
export function inProcess(
  options: Pick<DeployStackOptions, "root" | "seed" | "onResource" | "aborted">,
  overrides: StackOverrides = {},
): Builder {
  const stacks = readStacks(options.root, overrides);
  const { accountIds: ids, mirror: linked, targets: own } = stacks;
  const { fullName, publicAddresses } = {
    fullName: linked.config.stacks.source,
    ...expectedSource(own[0].config),
  };
  const { project } = linked.file;
  const deployTo = (
    index: number,
    from: Deployment,
    { live = {}, previous }: { live?: Overrides; previous?: Deployment } = {},
  ) =>
    deployTarget(from, {
      ...options,
      overrides: { ...overrides.prd, ...live },
      accountId: ids.targets[index],
      fullName: linked.config.stacks.targets[index],
      stack: own[index]?.file.stack,
      previous,
    });
  const rehearsed = { [`${project}:withdrawn`]: false, [`${project}:sourceStack`]: fullName };
  const mirror = ({ source, targets }: DeployedSides) =>
    deployMirror(source, targets, { ...options, overrides: { ...overrides.mirror, ...rehearsed } });
  return {
    stacks,
    source: () =>
      deploySource({
        ...options,
        overrides: overrides.dev,
        accountId: ids.source,
        fullName,
        publicAddresses,
      }),
    target: (from, index) => deployTo(index, from.deployment),
    mirror,
    organization: async ({ targets }) =>
      stacks.organization &&
      deployOrganization(targets, {
        ...options,
        overrides: { ...overrides.org, [`${project}:targetStacks`]: boundTargets(stacks) },
        accountId: ids.organization,
      }),
    async beginRotation({ epochs, sides: { source, targets }, index }) {
      // The mirror stack is not updated but deployed anew, so into an account as it was before that stack.
      const opened = { accountId: ids.source, seed: options.seed, publicAddresses };
      const account = await replay(source.deployment, openAccount(source.config, opened));
      const live = { [`${project}:pushCredentialEpochs`]: epochs };
      const previous = targets[index]?.deployment;
      const target = await deployTo(index, source.deployment, { live, previous });
      const both = { source: { ...source, account }, targets: replaced(targets, index, target) };
      return { epochs, index, target, mirror: await mirror(both) };
    },
    // Such an update makes nothing: it deletes the older credential, and that is all.
    endRotation({ epochs: [older], target }) {
      const type = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";
      const { outputs } = target.deployment.resource(type, `target-push-credential-${older}`);
      target.account.iam.deleteCredential(textAt(outputs, "serviceSpecificCredentialId"));
      return Promise.resolve(target);
    },
    close: () => undefined,
  };
}

/** The list with another item in a place of it. */
export function replaced<T>([first, ...others]: Several<T>, index: number, item: T): Several<T> {
  return index === 0
    ? [item, ...others]
    : [first, ...others.map((other, i) => (i + 1 === index ? item : other))];
}

/** The source, from Pulumi.dev.yaml. */
export function deploySource(options: DeployStackOptions & ExpectedSource): Promise<DeployedStack<"source">> {
  return deployStack("source", "dev", [], options);
}

/** The target, from its stack file and the source's outputs. @param options.stack its name, `prd` when left out */
export function deployTarget(
  source: Deployment,
  { stack = "prd", ...options }: DeployStackOptions & { stack?: string },
): Promise<DeployedStack<"target">> {
  return deployStack("target", stack, [source], options);
}

/** The mirror, from Pulumi.mirror.yaml and both sides' outputs, in the source's account. */
export function deployMirror(
  source: DeployedStack<"source">,
  targets: readonly DeployedStack<"target">[],
  options: DeployStackOptions,
): Promise<DeployedStack<"mirror">> {
  const stacks = [source, ...targets].map(({ deployment }) => deployment);
  return deployStack("mirror", "mirror", stacks, { ...options, existing: source.account });
}

/** What binds the targets' accounts, from Pulumi.org.yaml, in the management account of an organization that they are in. */
export function deployOrganization(
  targets: readonly DeployedStack<"target">[],
  options: DeployStackOptions,
): Promise<DeployedStack<"organization">> {
  const stacks = targets.map(({ deployment }) => deployment);
  const memberAccountIds = targets.map(({ account }) => account.accountId);
  return deployStack("organization", "org", stacks, { ...options, memberAccountIds });
}
