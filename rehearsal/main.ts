/** The command behind `npm start`. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { Console } from "./console";
import { DeliveryError } from "./deliver";
import { DeployError } from "./embedded/deploy";
import { exportStack } from "./embedded/stackExport";
import { readOptions, usage, UsageError, type CommandLine } from "./options";
import { rehearse, type RehearsalResult } from "./rehearse";
import { asJson, narrate } from "./report";
import { makeWorkFolder } from "./workFolder";

const root = join(__dirname, "..");

/** A failure of what is rehearsed, or of how it was asked for; anything else is a defect of the rehearsal itself. */
function isForPeople(error: unknown): error is Error {
  return [DeployError, DeliveryError, UsageError].some((kind) => error instanceof kind);
}

function writeExports(folder: string, { source, target }: RehearsalResult): void {
  mkdirSync(folder, { recursive: true });
  // Nobody learns a random passphrase: what it closes stays closed.
  const passphrase = process.env["PULUMI_CONFIG_PASSPHRASE"] ?? randomBytes(32).toString("hex");
  for (const { deployment } of [source, target]) {
    const file = join(folder, `${deployment.stack}.json`);
    writeFileSync(file, `${JSON.stringify(exportStack(deployment, passphrase), undefined, 2)}\n`, {
      mode: 0o600,
    });
  }
}

async function run({ repo, json, out, keep }: CommandLine, aborted: AbortSignal): Promise<boolean> {
  const started = performance.now();
  const screen = new Console(json ? process.stderr : process.stdout);
  const folder = makeWorkFolder(root);
  try {
    const seed = randomBytes(16).toString("hex");
    const result = await rehearse({ root, folder, repository: repo, seed, aborted }, narrate(screen));
    const seconds = (performance.now() - started) / 1000;
    if (out !== undefined) {
      writeExports(out, result);
      screen.note(`wrote dev.json and prd.json to ${out}`);
    }
    if (json) process.stdout.write(`${JSON.stringify(asJson(result), undefined, 2)}\n`);
    screen.end(
      result.asItMust,
      result.asItMust
        ? "Code went in. Nothing came out."
        : "Not everything went as it must: see the crosses above.",
      `${seconds.toFixed(1)} s`,
    );
    return result.asItMust;
  } finally {
    if (keep) screen.note(`kept ${relative(process.cwd(), folder)}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<number> {
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      abort.abort(new Error(`stopped by ${signal}`));
    });
  }
  try {
    const commandLine = readOptions(process.argv.slice(2), root);
    if (!commandLine.help) return (await run(commandLine, abort.signal)) ? 0 : 1;
    console.log(usage);
    return 0;
  } catch (error) {
    if (abort.signal.aborted) {
      console.error(`\n${String(abort.signal.reason)}; nothing is left behind.`);
      return 130;
    }
    if (!isForPeople(error)) throw error;
    console.error(`\n${error.message}`);
    if (error instanceof UsageError) console.error(`\n${usage}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
