/** Deploys the stacks of this clone, from the program and configuration that `pulumi up` would take. */
import { readConfig, type AirlockConfig } from "../components/config/readConfig";
import program from "../index";
import { Account } from "./accounts/account";
import {
  broughtAlong,
  configuredHoldings,
  expectedSource,
  type ExpectedSource,
  type StackEntries,
} from "./configured";
import { deploy } from "./embedded/deploy";
import { textAt, type Deployment, type ResourceState } from "./embedded/deployment";
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
  /** Ends a deployment early. */
  aborted?: AbortSignal;
  onResource?: (resource: ResourceState) => void;
}

/** Values that take the place of the stack files', by stack and full key. */
export interface StackOverrides {
  dev?: Readonly<Record<string, unknown>>;
  prd?: Readonly<Record<string, unknown>>;
  mirror?: Readonly<Record<string, unknown>>;
}

/** Both stacks while two credentials are live. */
export interface Rotating {
  epochs: readonly [number, number];
  target: StoodUp<"target">;
  mirror: StoodUp<"mirror">;
}

/** Who stands the two sides and the link between them up: this process, or Pulumi's engine. */
export interface Builder {
  source(): Promise<StoodUp<"source">>;
  target(source: StoodUp<"source">): Promise<StoodUp<"target">>;
  mirror(source: StoodUp<"source">, target: StoodUp<"target">): Promise<StoodUp<"mirror">>;
  /** Updates the target to two live epochs of the push credential, and then the mirror to the newer one. */
  beginRotation(epochs: readonly [number, number]): Promise<Rotating>;
  /** Updates the target to the newer epoch alone. */
  endRotation(rotating: Rotating): Promise<StoodUp<"target">>;
  /** Ends what it runs. */
  close(): void;
}

/** The accounts that are stood up. */
export const accountIds = { source: "111111111111", target: "222222222222" };

async function standUp<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  stacks: readonly Deployment[],
  { root, seed, overrides, onResource, aborted, fullName, publicAddresses }: StandUpOptions & ExpectedSource,
  existing?: Account,
): Promise<StoodUp<Role>> {
  const { project, entries } = readStackFiles(root, stack, overrides);
  // The program reads and checks the same text, and is the one that reports what is wrong with it.
  const region = entries["aws:region"] ?? "";
  const holdings = configuredHoldings({ entries, project });
  const accountId = accountIds[role === "target" ? "target" : "source"];
  const account = existing ?? new Account({ accountId, region, seed, publicAddresses, ...holdings });
  const names = { project, stack, fullName };
  const deployment = await deploy({
    ...names,
    ...{ config: entries, program, account, stacks, onResource, aborted },
  });
  return { account, deployment, config: readRole(role, stack, entries, project) };
}

/** The configuration of a stack that was deployed. Throws when it is another side's. */
export function readRole<Role extends AirlockConfig["role"]>(
  role: Role,
  stack: string,
  entries: Readonly<Record<string, string>>,
  project: string,
): Extract<AirlockConfig, { role: Role }> {
  const config = readConfig(entries, project);
  if (isOfRole(config, role)) return config;
  throw new RehearsalError(
    `Pulumi.${stack}.yaml: git-airlock:role is "${config.role}"; the rehearsal needs a ${role}`,
  );
}

/**
 * Reads the configuration of a stack. Throws a RehearsalError when its files cannot be read, or bring along what is in no
 * stand-in account.
 */
export function readStackFiles(
  root: string,
  stack: string,
  overrides?: StandUpOptions["overrides"],
): StackEntries {
  const entries = readEntries(root, stack, overrides);
  const brought = broughtAlong(entries);
  if (brought.length === 0) return entries;
  throw new RehearsalError(
    `The rehearsal makes all that it needs, and Pulumi.${stack}.yaml brings along what is in no account here: ` +
      `${brought.join(", ")}. To rehearse, let the program make that itself.`,
  );
}

function readEntries(root: string, stack: string, overrides: StandUpOptions["overrides"]): StackEntries {
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

/** Both sides in this process, from nothing. */
export function inProcess(
  options: Omit<StandUpOptions, "overrides">,
  overrides: StackOverrides = {},
): Builder {
  const source = () =>
    standUpSource({
      ...options,
      overrides: overrides.dev,
      ...expectedSource(readStackFiles(options.root, "prd", overrides.prd)),
    });
  const mirror = (from: StoodUp<"source">, to: StoodUp<"target">) =>
    standUpMirror(from, to, { ...options, overrides: overrides.mirror });
  return {
    source,
    target: (from) => standUpTarget(from.deployment, { ...options, overrides: overrides.prd }),
    mirror,
    // Of one seed, what is stood up anew is what was there, but for what the configuration changes.
    async beginRotation(epochs) {
      const from = await source();
      const live = { ...overrides.prd, "git-airlock:pushCredentialEpochs": epochs };
      const target = await standUpTarget(from.deployment, { ...options, overrides: live });
      return { epochs, target, mirror: await mirror(from, target) };
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

/** The target, from Pulumi.prd.yaml and the source's outputs. */
export function standUpTarget(source: Deployment, options: StandUpOptions): Promise<StoodUp<"target">> {
  return standUp("target", "prd", [source], options);
}

/** The mirror, from Pulumi.mirror.yaml and both sides' outputs, in the source's account. */
export function standUpMirror(
  source: StoodUp<"source">,
  target: StoodUp<"target">,
  { overrides, ...options }: StandUpOptions,
): Promise<StoodUp<"mirror">> {
  // Whatever they are called at home, these are the ones that stand here.
  const linked = {
    "git-airlock:sourceStack": source.deployment.fullName,
    "git-airlock:targetStacks": [target.deployment.fullName],
  };
  const stacks = [source.deployment, target.deployment];
  return standUp(
    "mirror",
    "mirror",
    stacks,
    { ...options, overrides: { ...overrides, ...linked } },
    source.account,
  );
}
