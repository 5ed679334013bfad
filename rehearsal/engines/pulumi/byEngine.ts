/** Deploys both sides with Pulumi's real engine: `pulumi up` per stack, its providers played by stand-in accounts. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "../../../engine/engine";
import { configuredHoldings, expectedSource } from "../configured";
import { readStack, readStacks } from "../readStacks";
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

/**
 * @throws RehearsalError when there is no CLI, or one of its commands fails, with what it printed; a StackFilesError with
 * all that is wrong with the stack files
 */
export async function byEngine({ root, folder, seed, aborted, onLine }: EngineOptions): Promise<Builder> {
  const engine = await findEngine(root);
  if (!engine)
    throw new RehearsalError('There is no Pulumi CLI here. Run "npm run engine" once, then try again.');
  const rehearsed = readStacks(root);
  const { accountIds, target, mirror } = rehearsed;
  const stacks = { source: "dev", target: target.file.stack, mirror: "mirror" };
  // The state is gone with the folder, so its passphrase need not outlive it.
  const project = new PulumiProject({ engine, root, folder, passphrase: seed });
  const servers = new Map<string, AccountServer>();
  // A file backend knows no other organization than this.
  const fullName = (stack: string) => `organization/${target.file.project}/${stack}`;
  const key = (name: string) => `${target.file.project}:${name}`;
  if ("stack" in target.config.pushSources)
    project.setConfig(stacks.target, key("sourceStack"), fullName(stacks.source));
  project.setConfig("mirror", key("sourceStack"), fullName(stacks.source));
  project.setConfig("mirror", key("targetStacks"), [fullName(stacks.target)]);
  project.setConfig("mirror", key("withdrawn"), mirror.config.mirror.withdrawn);

  async function pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await project.run(args, { ...options, aborted });
    if (code === 0) return stdout;
    throw new RehearsalError(`pulumi ${args.join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  }

  /** Of an account, which two stacks may share. */
  async function serverOf(side: keyof typeof accountIds, options: Omit<AccountOptions, "accountId">) {
    const server =
      servers.get(side) ??
      (await AccountServer.start(
        { accountId: accountIds[side], ...options },
        join(folder, `${side}-account.json`),
      ));
    servers.set(side, server);
    return server;
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
    const server = await serverOf(role === "target" ? "target" : "source", {
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
      for (const server of servers.values()) server.close();
    },
  };
}
