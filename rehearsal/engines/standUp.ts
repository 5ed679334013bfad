/** Deploys the stacks of this clone, from the program and configuration that `pulumi up` would take. */
import { accountOf } from "../../components/config/accounts";
import { documentationWarning } from "../../components/config/pushSources";
import type { AirlockConfig } from "../../components/config/readConfig";
import program from "../../index";
import { Account } from "../aws/account";
import { configuredHoldings, expectedSource, type ExpectedSource } from "./configured";
import { deploy } from "./in-process/deploy";
import { textAt, type Deployment, type ResourceState } from "./in-process/deployment";
import { accountIds, readStack, readStacks, type RehearsedStacks, type StackOverrides } from "./readStacks";

/** A stack as it stands: what was deployed, in which account. */
export interface StoodUp<Role extends AirlockConfig["role"]> {
  account: Account;
  deployment: Deployment;
  config: Extract<AirlockConfig, { role: Role }>;
  /** What the program warned of, but for what is odd about the rehearsal itself. */
  warnings: string[];
}

export interface StandUpOptions {
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

/** Both stacks while two credentials are live. */
export interface Rotating {
  epochs: readonly [number, number];
  target: StoodUp<"target">;
  mirror: StoodUp<"mirror">;
}

/** Who stands the two sides and the link between them up: this process, or Pulumi's engine. */
export interface Builder {
  /** What is built. */
  readonly stacks: RehearsedStacks;
  source(): Promise<StoodUp<"source">>;
  target(source: StoodUp<"source">): Promise<StoodUp<"target">>;
  mirror(source: StoodUp<"source">, target: StoodUp<"target">): Promise<StoodUp<"mirror">>;
  /** Updates the target to two live epochs of the push credential, and then the mirror to the newer one. */
  beginRotation(epochs: readonly [number, number]): Promise<Rotating>;
  /** Updates the target to the newer epoch alone. */
  endRotation(rotating: Pick<Rotating, "epochs" | "target">): Promise<StoodUp<"target">>;
  /** Ends what it runs. */
  close(): void;
}

async function standUp<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  stacks: readonly Deployment[],
  { root, overrides, ...options }: StandUpOptions & ExpectedSource & { existing?: Account },
): Promise<StoodUp<Role>> {
  const { file, config } = readStack(role, stack, root, overrides);
  const { entries, project } = file;
  const { seed, publicAddresses, onResource, fullName, previous } = options;
  const side = role === "target" ? "target" : "source";
  const accountId = options.accountId ?? accountOf(entries, project) ?? accountIds[side];
  const holdings = configuredHoldings(config);
  const account =
    options.existing ?? new Account({ accountId, region: config.region, seed, publicAddresses, ...holdings });
  const names = { project, stack, fullName };
  const running = { program, account, stacks, onResource, previous, aborted: options.aborted };
  const deployment = await deploy({ ...names, config: entries, ...running });
  return { account, deployment, config, warnings: warningsOf(deployment.warnings, config) };
}

/** Of addresses that nobody gave but the stand-in account, nobody is to be warned. */
export function warningsOf(warnings: readonly string[], config: AirlockConfig): string[] {
  const isOwn =
    config.role === "target" && "stack" in config.pushSources && config.pushSources.expected.length === 0;
  return warnings.filter((warning) => !isOwn || !warning.endsWith(documentationWarning));
}

/**
 * Both sides in this process, from nothing.
 * @throws StackFilesError with all that is wrong with the stack files
 */
export function inProcess(
  options: Pick<StandUpOptions, "root" | "seed" | "onResource" | "aborted">,
  overrides: StackOverrides = {},
): Builder {
  const stacks = readStacks(options.root, overrides);
  const { linked, own } = { linked: stacks.mirror.config.stacks, own: stacks.target.file.stack };
  const expected = { fullName: linked.source, ...expectedSource(stacks.target.config) };
  let deployed: Deployment | undefined;
  const source = () =>
    standUpSource({
      ...{ ...options, overrides: overrides.dev, accountId: stacks.accountIds.source },
      ...expected,
    });
  const target = async (from: Deployment, live: Readonly<Record<string, unknown>> = {}) => {
    const stoodUp = await standUpTarget(from, {
      ...{ ...options, overrides: { ...overrides.prd, ...live }, accountId: stacks.accountIds.target },
      ...{ fullName: linked.targets[0], stack: own, previous: deployed },
    });
    deployed = stoodUp.deployment;
    return stoodUp;
  };
  const { project } = stacks.mirror.file;
  const rehearsed = { [`${project}:withdrawn`]: false, [`${project}:sourceStack`]: expected.fullName };
  const mirror = (from: StoodUp<"source">, to: StoodUp<"target">) =>
    standUpMirror(from, to, { ...options, overrides: { ...overrides.mirror, ...rehearsed } });
  return {
    stacks,
    source,
    target: (from) => target(from.deployment),
    mirror,
    // Of one seed, what is stood up anew is what was there, but for what the configuration changes.
    async beginRotation(epochs) {
      const from = await source();
      const to = await target(from.deployment, {
        [`${stacks.target.file.project}:pushCredentialEpochs`]: epochs,
      });
      return { epochs, target: to, mirror: await mirror(from, to) };
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
export function standUpSource(options: StandUpOptions & ExpectedSource): Promise<StoodUp<"source">> {
  return standUp("source", "dev", [], options);
}

/** The target, from its stack file and the source's outputs. @param options.stack its name, `prd` when left out */
export function standUpTarget(
  source: Deployment,
  { stack = "prd", ...options }: StandUpOptions & { stack?: string },
): Promise<StoodUp<"target">> {
  return standUp("target", stack, [source], options);
}

/** The mirror, from Pulumi.mirror.yaml and both sides' outputs, in the source's account. */
export function standUpMirror(
  source: StoodUp<"source">,
  target: StoodUp<"target">,
  options: StandUpOptions,
): Promise<StoodUp<"mirror">> {
  const stacks = [source.deployment, target.deployment];
  return standUp("mirror", "mirror", stacks, { ...options, existing: source.account });
}
