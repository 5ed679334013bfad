/** Stands both sides up with Pulumi's real engine: `pulumi up` per stack, its providers played by stand-in accounts. */
import { join } from "node:path";
import { findEngine } from "../../engine/engine";
import type { AccountOptions } from "../accounts/account";
import { configuredHoldings, expectedSource } from "../configured";
import { accountIds, readRole, readStackFiles, type Builder, type StoodUp } from "../standUp";
import { importStack } from "../embedded/stackImport";
import { RehearsalError } from "../rehearsalError";
import { AccountServer } from "./accountServer";
import { PulumiProject, type RunOptions } from "./pulumiProject";

const stacks = { source: "dev", target: "prd", mirror: "mirror" } as const;

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

/** @throws RehearsalError when there is no CLI, or one of its commands fails, with what it printed */
export async function byEngine({ root, folder, seed, aborted, onLine }: EngineOptions): Promise<Builder> {
  const engine = await findEngine(root);
  if (!engine)
    throw new RehearsalError('There is no Pulumi CLI here. Run "npm run engine" once, then try again.');
  // The state is gone with the folder, so its passphrase need not outlive it.
  const project = new PulumiProject({ engine, root, folder, passphrase: seed });
  const servers = new Map<string, AccountServer>();
  const expected = expectedSource(readStackFiles(root, "prd"));
  // A file backend knows no other organization than this.
  if (expected.fullName !== undefined)
    project.setConfig("prd", "git-airlock:sourceStack", "organization/git-airlock/dev");
  project.setConfig("mirror", "git-airlock:sourceStack", "organization/git-airlock/dev");
  project.setConfig("mirror", "git-airlock:targetStacks", ["organization/git-airlock/prd"]);

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

  async function standUp<Role extends keyof typeof stacks>(
    role: Role,
    publicAddresses?: readonly string[],
  ): Promise<StoodUp<Role>> {
    const stack = stacks[role];
    await pulumi(["stack", "init", stack]);
    return update(role, publicAddresses);
  }

  /** Brings a stack to what its configuration says. */
  async function update<Role extends keyof typeof stacks>(
    role: Role,
    publicAddresses?: readonly string[],
  ): Promise<StoodUp<Role>> {
    const stack = stacks[role];
    const { project: name, entries } = readStackFiles(root, stack);
    const server = await serverOf(role === "target" ? "target" : "source", {
      ...{ region: entries["aws:region"] ?? "", seed, publicAddresses },
      ...configuredHoldings({ entries, project: name }),
    });
    await pulumi(["up", "--yes", "--skip-preview", "--stack", stack], { server, onLine });
    const text = await pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
    return {
      account: server.ledger.account,
      deployment: importStack(name, stack, text),
      config: readRole(role, stack, entries, name),
    };
  }

  return {
    source: () => standUp("source", expected.publicAddresses),
    target: () => standUp("target"),
    mirror: () => standUp("mirror"),
    async beginRotation(epochs) {
      project.setConfig("prd", "git-airlock:pushCredentialEpochs", epochs);
      const target = await update("target");
      return { epochs, target, mirror: await update("mirror") };
    },
    endRotation({ epochs: [, newer] }) {
      project.setConfig("prd", "git-airlock:pushCredentialEpochs", [newer]);
      return update("target");
    },
    close() {
      for (const server of servers.values()) server.close();
    },
  };
}
