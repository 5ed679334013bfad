/** The stacks of this clone under the real engine, each side with a stand-in account. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { findEngine, type Engine } from "../../engine/engine";
import type { AccountOptions } from "../../rehearsal/aws/accountContext";
import type { Association } from "../../rehearsal/aws/management/ssmAssociations";
import { organizationOf } from "../../rehearsal/engines/configured";
import type { Deployment } from "../../rehearsal/engines/in-process/deployment";
import { importStack } from "../../rehearsal/engines/in-process/stackImport";
import { AccountServer } from "../../rehearsal/engines/pulumi/accountServer";
import { PulumiProject, type CliResult, type RunOptions } from "../../rehearsal/engines/pulumi/pulumiProject";
import { accountIds } from "../../rehearsal/engines/readStacks";
import { root } from "./fakes";

/** The passphrase of every stack here. */
export const passphrase = "a passphrase for tests";

export type Stack = "dev" | "prd" | "mirror" | "org";

let search: Promise<Engine | undefined> | undefined;

/** The CLI to test with, if there is one. */
export function engine(): Promise<Engine | undefined> {
  return (search ??= findEngine(root));
}

const step = z.looseObject({ op: z.string(), urn: z.string() });
const previewed = z.object({
  steps: z.array(step.extend({ diffReasons: z.array(z.string()).nullish() })).default([]),
  diagnostics: z.array(z.object({ severity: z.string(), message: z.string() })).default([]),
});
const event = z.object({
  resourcePreEvent: z.object({ metadata: step.extend({ diffs: z.array(z.string()).nullish() }) }).optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string() }).optional(),
});

const accountText = z.object({
  entries: z.array(
    z.looseObject({
      type: z.string(),
      name: z.string(),
      id: z.string(),
      inputs: z.record(z.string(), z.unknown()),
      outputs: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** What a step means to people. Others are parts of a replacement, or change nothing. */
const telling = ["create", "update", "replace", "delete"];

/** "operation Type name: changed inputs" for each resource that does not stay as it is. */
function stepLines(steps: readonly { op: string; urn: string; diffs: readonly string[] }[]): string[] {
  return steps
    .filter(({ op }) => telling.includes(op))
    .map(({ op, urn, diffs }) => {
      const what = `${op} ${resourceOf(urn)}`;
      return diffs.length > 0 && op !== "create" ? `${what}: ${[...diffs].sort().join(" ")}` : what;
    })
    .sort();
}

/** All stacks, with project files, a backend and accounts of their own. */
export class Site {
  /** Those that are to be closed still. */
  static readonly opened = new Set<Site>();

  private constructor(
    /** Holds it all: a copy of this folder is another site. */
    readonly folder: string,
    readonly project: PulumiProject,
    readonly accounts: Readonly<Record<Stack, AccountServer>>,
  ) {}

  /** @param from the folder of a site to begin with a copy of. @default empty accounts, and no stacks */
  static async open(from?: string): Promise<Site> {
    const cli = await engine();
    if (!cli) throw new Error("there is no Pulumi CLI; `npm run engine` gets one");
    const folder = siteFolder();
    const project = new PulumiProject({ engine: cli, root, folder, passphrase });
    // Over the project files too: Pulumi has written into them.
    if (from !== undefined) cpSync(from, folder, { recursive: true });
    const serve = (stack: Stack, options: Pick<AccountOptions, "accountId" | "organization">) =>
      AccountServer.start({ region: "ap-northeast-1", seed: "test", ...options }, accountFile(folder, stack));
    const dev = await serve("dev", { accountId: accountIds.source });
    const prd = await serve("prd", { accountId: accountIds.target });
    const organization = organizationOf([accountIds.source, accountIds.target]);
    const org = await serve("org", { accountId: accountIds.organization, organization });
    // The mirror is deployed in the development account.
    const site = new Site(folder, project, { dev, prd, mirror: dev, org });
    Site.opened.add(site);
    return site;
  }

  /** Frees the ports and takes the folder away. */
  close(): void {
    for (const account of new Set(Object.values(this.accounts))) account.close();
    rmSync(this.folder, { recursive: true, force: true });
    Site.opened.delete(this);
  }

  /** Runs `pulumi` for a stack, whatever comes of it. */
  try(stack: Stack, args: readonly string[], options: RunOptions = {}): Promise<CliResult> {
    return this.project.run([...args, "--stack", stack], { server: this.accounts[stack], ...options });
  }

  /** Runs `pulumi` for a stack; what it printed. Throws when it fails. */
  async run(stack: Stack, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(stack, args);
    if (code === 0) return stdout;
    throw new Error(`pulumi ${args.join(" ")} of ${stack} ended with code ${code}:\n${stdout}${stderr}`);
  }

  /** Runs `pulumi` for a stack; all that it printed. Throws when it succeeds. */
  async refusal(stack: Stack, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.try(stack, args);
    if (code !== 0) return stdout + stderr;
    throw new Error(`pulumi ${args.join(" ")} of ${stack} was not refused:\n${stdout}`);
  }

  /** What an `up` would do, as `stepLines` say it. Throws with the errors when it would fail. */
  async preview(stack: Stack): Promise<string[]> {
    const { code, stdout, stderr } = await this.try(stack, ["preview", "--json"]);
    const { steps, diagnostics } = previewed.parse(JSON.parse(stdout || "{}"));
    if (code !== 0) throw new Error(`the preview of ${stack} failed: ${stderr}${errorsIn(diagnostics)}`);
    return stepLines(steps.map(({ op, urn, diffReasons }) => ({ op, urn, diffs: diffReasons ?? [] })));
  }

  /** Does it, without a preview. What it did, as `stepLines` say it. Throws with the errors when it fails. */
  async up(stack: Stack, ...args: string[]): Promise<string[]> {
    const result = await this.try(stack, ["up", "--yes", "--skip-preview", "--json", ...args]);
    const events = result.stdout
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => event.parse(JSON.parse(line)));
    const diagnostics = events.flatMap(({ diagnosticEvent }) => diagnosticEvent ?? []);
    if (result.code !== 0)
      throw new Error(`the up of ${stack} failed: ${result.stderr}${errorsIn(diagnostics)}`);
    const steps = events.flatMap(({ resourcePreEvent }) => resourcePreEvent?.metadata ?? []);
    return stepLines(steps.map(({ op, urn, diffs }) => ({ op, urn, diffs: diffs ?? [] })));
  }

  /** What a stack's account holds. */
  held(stack: Stack): z.infer<typeof accountText>["entries"] {
    return accountText.parse(JSON.parse(this.accounts[stack].ledger.toText())).entries;
  }

  /** The association of that name, as the stack's account has it. */
  association(stack: Stack, name: string): Association | undefined {
    const type = "aws:ssm/association:Association";
    const made = this.held(stack).find((one) => one.type === type && one.name === name);
    return this.accounts[stack].ledger.account.ssmAssociations.list().find(({ id }) => id === made?.id);
  }

  /** A stack output, as JSON has it. */
  async output(stack: Stack, name: string): Promise<unknown> {
    return JSON.parse(await this.run(stack, "stack", "output", name, "--json", "--show-secrets"));
  }

  async deployment(stack: Stack): Promise<Deployment> {
    return importStack("git-airlock", stack, await this.run(stack, "stack", "export", "--show-secrets"));
  }
}

/** A new folder; whoever asks for it takes it away. */
export function siteFolder(): string {
  return mkdtempSync(join(tmpdir(), "airlock-site-"));
}

/** Where a site keeps a stack's account. */
export function accountFile(folder: string, stack: Stack): string {
  return join(folder, `${stack}-account.json`);
}

function errorsIn(diagnostics: readonly { severity: string; message: string }[]): string {
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message)
    .join("");
}

/** "Type name" of a URN. */
export function resourceOf(urn: string): string {
  const [, , types = "", ...name] = urn.split("::");
  return `${types.split(":").at(-1) ?? ""} ${name.join("::")}`;
}
