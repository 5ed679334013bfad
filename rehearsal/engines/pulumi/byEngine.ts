/** Deploys the stacks with Pulumi's real engine: `pulumi up` per stack, its providers played by stand-in accounts. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../../engine/engine";
import type { AirlockConfig } from "../../../components/config/readConfig";
import { shortName } from "../../../components/config/stackOutputs";
import { configuredHoldings, expectedSource, organizationOf } from "../configured";
import { boundTargets, readStack, readStacks, type RehearsedStacks } from "../readStacks";
import { warningsOf, type Builder, type DeployedStack } from "../deployStack";
import type { AccountOptions } from "../../aws/accountContext";
import type { StackFile } from "../in-process/stackFiles";
import { importStack } from "../in-process/stackImport";
import { RehearsalError } from "../../rehearsalError";
import { AccountServer } from "./accountServer";
import { loggedWarnings } from "./eventLog";
import { PulumiProject, type RunOptions } from "./pulumiProject";

/** Which stack file is deployed: what it is for, its name, and the account that it is deployed into. */
interface Place<R extends AirlockConfig["role"]> {
  role: R;
  stack: string;
  accountId: string;
}

export interface EngineOptions {
  /** The clone's folder. */
  root: string;
  /** A folder to work in: project files, backend and accounts go there. */
  folder: string;
  /** What ids and passwords follow from. */
  seed: string;
  aborted: AbortSignal;
  /** Told of each line that the CLI prints. */
  onLine: (line: string) => void;
}

/** The stand-in accounts, each served once: the mirror's is the source's. */
class AccountServers {
  readonly #servers = new Map<string, AccountServer>();

  constructor(private readonly folder: string) {}

  /** What the account holds from the start is as the first who asks for it says. */
  async of(role: AirlockConfig["role"], options: AccountOptions): Promise<AccountServer> {
    // Both sides may be in one account, and each then takes other things for granted.
    const name = `${role === "mirror" ? "source" : role}-${options.accountId}`;
    const server =
      this.#servers.get(name) ??
      (await AccountServer.start(options, join(this.folder, `${name}-account.json`)));
    this.#servers.set(name, server);
    return server;
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
  }
}

/** Has the stacks refer to each other by the names that they have here. */
function linkStacks(project: PulumiProject, rehearsed: RehearsedStacks, key: (name: string) => string): void {
  const { source, targets, mirror, organization } = rehearsed;
  // A file backend knows no other organization than this.
  const fullName = ({ file }: { readonly file: StackFile }) => `organization/${file.project}/${file.stack}`;
  for (const target of targets)
    if ("stack" in target.config.pushSources)
      project.setConfig(target.file.stack, key("sourceStack"), fullName(source));
  project.setConfig(mirror.file.stack, key("sourceStack"), fullName(source));
  project.setConfig(mirror.file.stack, key("targetStacks"), targets.map(fullName));
  project.setConfig(mirror.file.stack, key("withdrawn"), mirror.config.mirror.withdrawn);
  if (organization) {
    const bound = boundTargets(rehearsed).map(shortName);
    const names = targets.filter(({ file }) => bound.includes(file.stack)).map(fullName);
    project.setConfig(organization.file.stack, key("targetStacks"), names);
  }
}

/** Runs `pulumi` for one stack after the other. */
class Runner {
  readonly #servers: AccountServers;

  constructor(
    private readonly project: PulumiProject,
    private readonly rehearsed: RehearsedStacks,
    private readonly options: EngineOptions,
  ) {
    this.#servers = new AccountServers(options.folder);
  }

  /** Makes a stack and deploys it. */
  async initialize<R extends AirlockConfig["role"]>(place: Place<R>): Promise<DeployedStack<R>> {
    await this.#pulumi(["stack", "init", place.stack]);
    return this.update(place);
  }

  /** Brings a stack to what its configuration says. */
  async update<R extends AirlockConfig["role"]>(place: Place<R>): Promise<DeployedStack<R>> {
    const { role, stack } = place;
    const { root, folder, onLine } = this.options;
    const { file, config } = readStack(role, stack, root);
    const server = await this.#servers.of(role, this.#accountOf(place, config));
    const log = join(folder, `${stack}-events.jsonl`);
    rmSync(log, { force: true });
    const up = ["up", "--yes", "--skip-preview", "--event-log", log, "--stack", stack];
    await this.#pulumi(up, { server, onLine });
    const text = await this.#pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
    return {
      account: server.ledger.account,
      deployment: importStack(file.project, stack, text),
      config,
      warnings: warningsOf(loggedWarnings(log), config),
    };
  }

  close(): void {
    this.#servers.close();
  }

  #accountOf({ role, accountId }: Place<AirlockConfig["role"]>, config: AirlockConfig): AccountOptions {
    const { targets, accountIds } = this.rehearsed;
    const { publicAddresses } = role === "source" ? expectedSource(targets[0].config) : {};
    return {
      accountId,
      region: config.region,
      seed: this.options.seed,
      publicAddresses,
      organization: role === "organization" ? organizationOf(accountIds.targets) : undefined,
      ...configuredHoldings(config),
    };
  }

  async #pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.project.run(args, {
      ...options,
      aborted: this.options.aborted,
    });
    if (code === 0) return stdout;
    throw new RehearsalError(`pulumi ${args.join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  }
}

/**
 * @throws RehearsalError when there is no CLI, or one of its commands fails, with what it printed; a StackFilesError with
 * all that is wrong with the stack files
 */
export async function byEngine(options: EngineOptions): Promise<Builder> {
  const { root, folder, seed } = options;
  const engine = await findEngine(root);
  if (!engine)
    throw new RehearsalError('There is no Pulumi CLI here. Run "npm run engine" once, then try again.');
  const rehearsed = readStacks(root);
  const { accountIds, source, targets, mirror, organization } = rehearsed;
  // The state is gone with the folder, so its passphrase need not outlive it.
  const project = new PulumiProject({ engine, root, folder, passphrase: seed });
  const key = (name: string) => `${source.file.project}:${name}`;
  linkStacks(project, rehearsed, key);
  const runner = new Runner(project, rehearsed, options);

  const placeOf = <R extends AirlockConfig["role"]>(
    role: R,
    { file: { stack } }: { file: StackFile },
    accountId: string,
  ): Place<R> => ({ role, stack, accountId });
  const targetAt = (index: number) =>
    placeOf("target", targets[index] ?? targets[0], accountIds.targets[index] ?? "");
  const mirrorPlace = placeOf("mirror", mirror, accountIds.source);
  const setEpochs = (stack: string, epochs: readonly number[]) => {
    project.setConfig(stack, key("pushCredentialEpochs"), epochs);
  };
  return {
    stacks: rehearsed,
    source: () => runner.initialize(placeOf("source", source, accountIds.source)),
    target: (_, index) => runner.initialize(targetAt(index)),
    mirror: () => runner.initialize(mirrorPlace),
    organization: async () =>
      organization && runner.initialize(placeOf("organization", organization, accountIds.organization)),
    async beginRotation({ epochs, index }) {
      const place = targetAt(index);
      setEpochs(place.stack, epochs);
      const target = await runner.update(place);
      return { epochs, index, target, mirror: await runner.update(mirrorPlace) };
    },
    endRotation({ epochs: [, newer], index }) {
      const place = targetAt(index);
      setEpochs(place.stack, [newer]);
      return runner.update(place);
    },
    close() {
      runner.close();
    },
  };
}
