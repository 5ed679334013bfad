/** `git airlock verify`. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import pc from "picocolors";
import { verify, type Report } from "../../isolation/claims/verify";
import { ProverDefect } from "../../isolation/defect";
import type { Deployment } from "../../isolation/model/deployment";
import { hasColours } from "../colours";
import { whyNotWritable, writeText } from "../output";
import { UsageError } from "../usageError";
import { asExpectations, differences, readExpectations } from "./expectations";
import { html } from "./html";
import { tryLive } from "./live";
import { liveAccess, runAws } from "./liveAccess";
import { ringAlarms } from "./liveAlarms";
import { readOptions, usage, type VerifyOptions } from "./options";
import { readStacks, runPulumi } from "./stacks";
import { table } from "./table";

const root = join(__dirname, "..", "..");

/** @returns the exit code, as the usage says. @throws UsageError */
export async function verifyCommand(args: string[], stopped: AbortSignal): Promise<number> {
  try {
    return await proveAndPrint(readOptions(args), stopped);
  } catch (error) {
    if (!(error instanceof ProverDefect)) throw error;
    console.error(error.message);
    return DEFECT;
  }
}

/** The exit code where the prover itself is wrong: neither a verdict nor a mistake in what it was given. */
const DEFECT = 4;

async function proveAndPrint(options: VerifyOptions, stopped: AbortSignal): Promise<number> {
  if (options.help) {
    console.log(usage);
    return 0;
  }
  // First: a mistake in these must not wait for the stacks.
  const expected = options.expect === undefined ? undefined : await readExpectations(options.expect);
  for (const file of [options.html, options.writeExpect])
    if (file !== undefined) refuse(whyNotWritable(file));
  const first = await prove(options);
  let { report } = first;
  write(options, report);
  print(options, report);
  const judge = () => {
    if (expected === undefined) return exitCode(report);
    const found = differences(report, expected);
    for (const difference of found)
      console.error(pc.createColors(hasColours(process.stderr)).red(difference));
    if (found.length === 0) console.error("As expected.");
    return found.length === 0 ? 0 : 1;
  };
  let code = judge();
  while (options.watch !== undefined && (await isNotStopped(options.watch, stopped))) {
    const before = asExpectations(report);
    ({ report } = await prove(options));
    if (asExpectations(report) === before) continue;
    write(options, report);
    print(options, report);
    code = judge();
  }
  if (options.live === undefined) return code;
  return (await isLiveAsClaimed(options.live, first.deployment)) ? code : 1;
}

/** Tries it, and prints what came of each step beside the report. */
async function isLiveAsClaimed(
  live: NonNullable<VerifyOptions["live"]>,
  { source, target, mirror }: Deployment,
): Promise<boolean> {
  const say = (text: string) => {
    console.error(text);
  };
  const access = () => liveAccess(target, (args) => runPulumi(args, target?.stack ?? "", root));
  const stacks = [source, target, mirror].flatMap((side) => side?.snapshot ?? []);
  const trials =
    live === "alarms"
      ? await ringAlarms(stacks, { live: access, aws: runAws, now: Date.now, wait }, say)
      : await tryLive(live, access(), say);
  for (const { what, outcome, detail } of trials) say(`  ${what}: ${outcome}, ${detail}`);
  const isClear = trials.every(({ outcome }) => outcome === "as claimed" || outcome === "untried");
  say(isClear ? `Tried: as claimed. ${NEXT[live]}` : "Tried: not everything was as claimed.");
  return isClear;
}

const NEXT = {
  isolated: "Try it from elsewhere too.",
  elsewhere: "Try it from isolated too.",
  alarms: "See that the messages arrived, and ring those of the other account too.",
};

async function prove(options: VerifyOptions): Promise<{ report: Report; deployment: Deployment }> {
  const { stderr } = process;
  let line = "";
  const timer = setTimeout(() => {
    if (stderr.isTTY) stderr.write(line);
  }, 2_000);
  try {
    const deployment = await readStacks(options, root, (what) => {
      line = `${what}\n`;
    });
    return { report: verify(deployment), deployment };
  } catch (error) {
    if (error instanceof UsageError || error instanceof ProverDefect) throw error;
    throw new ProverDefect("reading the stacks", error);
  } finally {
    clearTimeout(timer);
  }
}

function write({ html: page, writeExpect }: VerifyOptions, report: Report): void {
  for (const [file, text] of [
    [page, html],
    [writeExpect, asExpectations],
  ] as const) {
    if (file !== undefined) refuse(writeText(file, text(report)));
  }
}

/** @throws UsageError where there is a problem */
function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UsageError(problem);
}

function print({ json, verbose }: VerifyOptions, report: Report): void {
  console.log(json ? JSON.stringify(report, null, 2) : table(report, verbose, hasColours(process.stdout)));
}

function exitCode({ verdicts }: Report): number {
  if (verdicts.some(({ status }) => status === "refuted")) return 1;
  return verdicts.some(({ status }) => status !== "proved") ? 2 : 0;
}

async function isNotStopped(seconds: number, stopped: AbortSignal): Promise<boolean> {
  try {
    await wait(seconds * 1_000, undefined, { signal: stopped });
    return true;
  } catch {
    return false;
  }
}
