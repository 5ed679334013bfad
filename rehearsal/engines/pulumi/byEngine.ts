/** Deploys both sides with Pulumi's real engine: `pulumi up` per stack, its providers played by stand-in accounts. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../../engine/engine";
import { configuredHoldings, expectedSource } from "../configured";
import { readStack, readStacks, type RehearsedStacks } from "../readStacks";
import { warningsOf, type Builder, type DeployedStack } from "../deployStack";
import type { AccountOptions } from "../../aws/accountContext";
import { importStack } from "../in-process/stackImport";
import { RehearsalError } from "../../rehearsalError";
import { AccountServer } from "./accountServer";
import { loggedWarnings } from "./eventLog";
import { PulumiProject, type RunOptions } from "./pulumiProject";

type Role = "source" | "target" | "mirror";

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

/** The stand-in accounts, each served once: two stacks may share one. */
class AccountServers {
  readonly #servers = new Map<string, AccountServer>();

  constructor(
    private readonly folder: string,
    private readonly accountIds: Readonly<Record<"source" | "target", string>>,
  ) {}

  async of(side: "source" | "target", options: Omit<AccountOptions, "accountId">): Promise<AccountServer> {
    const server =
      this.#servers.get(side) ??
      (await AccountServer.start(
        { accountId: this.accountIds[side], ...options },
        join(this.folder, `${side}-account.json`),
      ));
    this.#servers.set(side, server);
    return server;
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
  }
}

/** Has the stacks refer to each other by the names that they have here. */
function linkStacks(
  project: PulumiProject,
  { target, mirror }: RehearsedStacks,
  {
    stacks,
    key,
    fullName,
  }: {
    readonly stacks: Readonly<Record<"source" | "target", string>>;
    readonly key: (name: string) => string;
    readonly fullName: (stack: string) => string;
  },
): void {
  if ("stack" in target.config.pushSources)
    project.setConfig(stacks.target, key("sourceStack"), fullName(stacks.source));
  project.setConfig("mirror", key("sourceStack"), fullName(stacks.source));
  project.setConfig("mirror", key("targetStacks"), [fullName(stacks.target)]);
  project.setConfig("mirror", key("withdrawn"), mirror.config.mirror.withdrawn);
}

/**
 * @throws RehearsalError when there is no CLI, or one of its commands fails, with what it printed; a StackFilesError with
 * all that is wrong with the stack files
 */
export async function byEngine({ root, folder, seed, aborted, onLine }: EngineOptions): Promise<Builder> {
  const engine = await findEngine(root);
  if (!engine)
    throw new RehearsalError('There is no Pulumi CLI here. Run "npm run engine" once, then try again.');
  const rehearsed = readStacks(root);
  const { accountIds, target } = rehearsed;
  const stacks = { source: "dev", target: target.file.stack, mirror: "mirror" };
  // The state is gone with the folder, so its passphrase need not outlive it.
  const project = new PulumiProject({ engine, root, folder, passphrase: seed });
  const servers = new AccountServers(folder, accountIds);
  // A file backend knows no other organization than this.
  const fullName = (stack: string) => `organization/${target.file.project}/${stack}`;
  const key = (name: string) => `${target.file.project}:${name}`;
  linkStacks(project, rehearsed, { stacks, key, fullName });

  async function pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await project.run(args, { ...options, aborted });
    if (code === 0) return stdout;
    throw new RehearsalError(`pulumi ${args.join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  }

  async function initialize<R extends Role>(
    role: R,
    publicAddresses?: readonly string[],
  ): Promise<DeployedStack<R>> {
    const stack = stacks[role];
    await pulumi(["stack", "init", stack]);
    return update(role, publicAddresses);
  }

  /** Brings a stack to what its configuration says. */
  async function update<R extends Role>(
    role: R,
    publicAddresses?: readonly string[],
  ): Promise<DeployedStack<R>> {
    const stack = stacks[role];
    const { file, config } = readStack(role, stack, root);
    const server = await servers.of(role === "target" ? "target" : "source", {
      region: config.region,
      seed,
      publicAddresses,
      ...configuredHoldings(config),
    });
    const log = join(folder, `${stack}-events.jsonl`);
    rmSync(log, { force: true });
    await pulumi(["up", "--yes", "--skip-preview", "--event-log", log, "--stack", stack], { server, onLine });
    const text = await pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
    return {
      account: server.ledger.account,
      deployment: importStack(file.project, stack, text),
      config,
      warnings: warningsOf(loggedWarnings(log), config),
    };
  }

  return {
    stacks: rehearsed,
    source: () => initialize("source", expectedSource(target.config).publicAddresses),
    target: () => initialize("target"),
    mirror: () => initialize("mirror"),
    async beginRotation({ epochs }) {
      project.setConfig(stacks.target, key("pushCredentialEpochs"), epochs);
      const target = await update("target");
      return { epochs, target, mirror: await update("mirror") };
    },
    endRotation({ epochs: [, newer] }) {
      project.setConfig(stacks.target, key("pushCredentialEpochs"), [newer]);
      return update("target");
    },
    close() {
      servers.close();
    },
  };
}
