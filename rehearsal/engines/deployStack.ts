/** Deploys the stacks of this clone, from the program and configuration that `pulumi up` would take. */
import { accountOf } from "../../components/config/accounts";
import { documentationWarning } from "../../components/config/pushSources";
import type { AirlockConfig } from "../../components/config/readConfig";
import program from "../../index";
import { Account } from "../aws/account";
import type { AccountOptions } from "../aws/accountContext";
import { configuredHoldings, expectedSource, type ExpectedSource } from "./configured";
import { deploy } from "./in-process/deploy";
import { replay } from "./in-process/replay";
import { textAt, type Deployment, type ResourceState } from "./in-process/deployment";
import {
  accountIds,
  readStack,
  readStacks,
  type Overrides,
  type RehearsedStacks,
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

/** What a rotation of the push credential begins from. */
export interface RotationStart {
  /** The live epoch, and the one that is to take its place. */
  epochs: readonly [number, number];
  source: DeployedStack<"source">;
  target: DeployedStack<"target">;
}

/** Both stacks while two credentials are live. */
export interface Rotating {
  epochs: readonly [number, number];
  target: DeployedStack<"target">;
  mirror: DeployedStack<"mirror">;
}

/** Deploys the two sides and the link between them: in this process, or with Pulumi's engine. */
export interface Builder {
  /** What is built. */
  readonly stacks: RehearsedStacks;
  source(): Promise<DeployedStack<"source">>;
  target(source: DeployedStack<"source">): Promise<DeployedStack<"target">>;
  mirror(source: DeployedStack<"source">, target: DeployedStack<"target">): Promise<DeployedStack<"mirror">>;
  /** Updates the target to two live epochs of the push credential, and then the mirror to the newer one. */
  beginRotation(start: RotationStart): Promise<Rotating>;
  /** Updates the target to the newer epoch alone. */
  endRotation(rotating: Pick<Rotating, "epochs" | "target">): Promise<DeployedStack<"target">>;
  /** Ends what it runs. */
  close(): void;
}

async function deployStack<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  stacks: readonly Deployment[],
  { root, overrides, ...options }: DeployStackOptions & ExpectedSource & { existing?: Account },
): Promise<DeployedStack<Role>> {
  const { file, config } = readStack(role, stack, root, overrides);
  const { entries, project } = file;
  const { seed, publicAddresses, onResource, fullName, previous, aborted } = options;
  const side = role === "target" ? "target" : "source";
  const accountId = options.accountId ?? accountOf(entries, project) ?? accountIds[side];
  const account = options.existing ?? openAccount(config, { accountId, seed, publicAddresses });
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

/** An account that holds nothing yet but what the configuration takes for granted. */
function openAccount(
  config: AirlockConfig,
  options: Pick<AccountOptions, "accountId" | "seed" | "publicAddresses">,
): Account {
  return new Account({ ...options, region: config.region, ...configuredHoldings(config) });
}

/** Of addresses that nobody gave but the stand-in account, nobody is to be warned. */
export function warningsOf(warnings: readonly string[], config: AirlockConfig): string[] {
  const isOwn =
    config.role === "target" && "stack" in config.pushSources && config.pushSources.expected.length === 0;
  return warnings.filter((warning) => !isOwn || !warning.endsWith(documentationWarning));
}

/**
 * Deploys both sides in this process.
 * @throws StackFilesError with all that is wrong with the stack files
 */
export function inProcess(
  options: Pick<DeployStackOptions, "root" | "seed" | "onResource" | "aborted">,
  overrides: StackOverrides = {},
): Builder {
  const stacks = readStacks(options.root, overrides);
  const { accountIds: ids, mirror: linked, target: own } = stacks;
  const { fullName, publicAddresses } = {
    fullName: linked.config.stacks.source,
    ...expectedSource(own.config),
  };
  const deployTo = (from: Deployment, live: Overrides = {}, previous?: Deployment) =>
    deployTarget(from, {
      ...options,
      overrides: { ...overrides.prd, ...live },
      accountId: ids.target,
      fullName: linked.config.stacks.targets[0],
      stack: own.file.stack,
      previous,
    });
  const { project } = linked.file;
  const rehearsed = { [`${project}:withdrawn`]: false, [`${project}:sourceStack`]: fullName };
  const mirror = (from: DeployedStack<"source">, to: DeployedStack<"target">) =>
    deployMirror(from, to, { ...options, overrides: { ...overrides.mirror, ...rehearsed } });
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
    target: (from) => deployTo(from.deployment),
    mirror,
    async beginRotation({ epochs, source, target }) {
      // The mirror stack is not updated but deployed anew, so into an account as it was before that stack.
      const opened = { accountId: ids.source, seed: options.seed, publicAddresses };
      const account = await replay(source.deployment, openAccount(source.config, opened));
      const live = { [`${own.file.project}:pushCredentialEpochs`]: epochs };
      const to = await deployTo(source.deployment, live, target.deployment);
      return { epochs, target: to, mirror: await mirror({ ...source, account }, to) };
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
  target: DeployedStack<"target">,
  options: DeployStackOptions,
): Promise<DeployedStack<"mirror">> {
  const stacks = [source.deployment, target.deployment];
  return deployStack("mirror", "mirror", stacks, { ...options, existing: source.account });
}
