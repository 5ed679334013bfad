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

/** The stand-in accounts, each served once: two stacks may share one. */
class AccountServers {
  readonly #servers = new Map<string, AccountServer>();

  constructor(private readonly folder: string) {}

  async of(options: AccountOptions): Promise<AccountServer> {
    const { accountId } = options;
    const server =
      this.#servers.get(accountId) ??
      (await AccountServer.start(options, join(this.folder, `account-${accountId}.json`)));
    this.#servers.set(accountId, server);
    return server;
  }

  close(): void {
    for (const server of this.#servers.values()) server.close();
  }
}

/** Has the stacks refer to each other by the names that they have here. */
function linkStacks(
  project: PulumiProject,
  rehearsed: RehearsedStacks,
  key: (name: string) => string,
): void {
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

/**
 * @throws RehearsalError when there is no CLI, or one of its commands fails, with what it printed; a StackFilesError with
 * all that is wrong with the stack files
 */
export async function byEngine({ root, folder, seed, aborted, onLine }: EngineOptions): Promise<Builder> {
  const engine = await findEngine(root);
  if (!engine)
    throw new RehearsalError('There is no Pulumi CLI here. Run "npm run engine" once, then try again.');
  const rehearsed = readStacks(root);
  const { accountIds, source, targets, mirror, organization } = rehearsed;
  // The state is gone with the folder, so its passphrase need not outlive it.
  const project = new PulumiProject({ engine, root, folder, passphrase: seed });
  const servers = new AccountServers(folder);
  const key = (name: string) => `${source.file.project}:${name}`;
  linkStacks(project, rehearsed, key);

  async function pulumi(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await project.run(args, { ...options, aborted });
    if (code === 0) return stdout;
    throw new RehearsalError(`pulumi ${args.join(" ")} ended with code ${code}:\n${stdout}${stderr}`);
  }

  async function initialize<R extends AirlockConfig["role"]>(place: Place<R>): Promise<DeployedStack<R>> {
    await pulumi(["stack", "init", place.stack]);
    return update(place);
  }

  /** Brings a stack to what its configuration says. */
  async function update<R extends AirlockConfig["role"]>({
    role,
    stack,
    accountId,
  }: Place<R>): Promise<DeployedStack<R>> {
    const { file, config } = readStack(role, stack, root);
    const any: AirlockConfig = config;
    const server = await servers.of({
      accountId,
      region: any.region,
      seed,
      publicAddresses: role === "source" ? expectedSource(targets[0].config).publicAddresses : undefined,
      organization: role === "organization" ? organizationOf(accountIds.targets) : undefined,
      ...configuredHoldings(any),
    });
    const log = join(folder, `${stack}-events.jsonl`);
    rmSync(log, { force: true });
    await pulumi(["up", "--yes", "--skip-preview", "--event-log", log, "--stack", stack], { server, onLine });
    const text = await pulumi(["stack", "export", "--show-secrets", "--stack", stack]);
    return {
      account: server.ledger.account,
      deployment: importStack(file.project, stack, text),
      config,
      warnings: warningsOf(loggedWarnings(log), any),
    };
  }

  const inSource = <R extends "source" | "mirror">(role: R, { file: { stack } }: { file: StackFile }) => ({
    role,
    stack,
    accountId: accountIds.source,
  });
  const targetAt = (index: number): Place<"target"> => ({
    role: "target",
    stack: targets[index]?.file.stack ?? "",
    accountId: accountIds.targets[index] ?? "",
  });
  return {
    stacks: rehearsed,
    source: () => initialize(inSource("source", source)),
    target: (_, index) => initialize(targetAt(index)),
    mirror: () => initialize(inSource("mirror", mirror)),
    organization: async () =>
      organization &&
      initialize({
        role: "organization",
        stack: organization.file.stack,
        accountId: accountIds.organization,
      }),
    async beginRotation({ epochs, index }) {
      const place = targetAt(index);
      project.setConfig(place.stack, key("pushCredentialEpochs"), epochs);
      const target = await update(place);
      return { epochs, index, target, mirror: await update(inSource("mirror", mirror)) };
    },
    endRotation({ epochs: [, newer], index }) {
      const place = targetAt(index);
      project.setConfig(place.stack, key("pushCredentialEpochs"), [newer]);
      return update(place);
    },
    close() {
      servers.close();
    },
  };
}
