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
  let proofs = await prove(options);
  requireOneTarget(options, proofs);
  const [first] = proofs;
  report(options, proofs);
  const judge = () => {
    const [only] = proofs;
    if (expected === undefined || only === undefined) return exitCodeOf(proofs);
    const found = differences(only.report, expected);
    for (const difference of found)
      console.error(pc.createColors(hasColours(process.stderr)).red(difference));
    if (found.length === 0) console.error("As expected.");
    return found.length === 0 ? 0 : 1;
  };
  let code = judge();
  while (options.watch !== undefined && (await isNotStopped(options.watch, stopped))) {
    const before = verdictsOf(proofs);
    proofs = await prove(options);
    if (verdictsOf(proofs) === before) continue;
    report(options, proofs);
    code = judge();
  }
  if (options.live === undefined || first === undefined) return code;
  return (await isLiveAsClaimed(options.live, first.deployment)) ? code : 1;
}

/** What was proved of a target, beside the source and whatever else was given. */
interface Proof {
  readonly report: Report;
  readonly deployment: Deployment;
}

/** What one file holds, and what is tried from one place, is about one target. @throws UsageError */
function requireOneTarget(options: VerifyOptions, proofs: readonly Proof[]): void {
  if (proofs.length === 1) return;
  const given = ["html", "expect", "writeExpect", "live"] as const;
  const [one] = given.filter((name) => options[name] !== undefined);
  if (one === undefined) return;
  const option = one === "writeExpect" ? "--write-expect" : `--${one}`;
  const names = proofs.map(({ deployment }) => nameOf(deployment)).join(", ");
  throw new UsageError(
    `${option} is about one target, and there are ${names}. Name one by --target-stack or --target.`,
  );
}

function nameOf({ target }: Deployment): string {
  return target?.stack ?? "";
}

function verdictsOf(proofs: readonly Proof[]): string {
  return proofs.map((proof) => asExpectations(proof.report)).join();
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

async function prove(options: VerifyOptions): Promise<Proof[]> {
  const { stderr } = process;
  let line = "";
  const timer = setTimeout(() => {
    if (stderr.isTTY) stderr.write(line);
  }, 2_000);
  try {
    const deployments = await readStacks(options, root, (what) => {
      line = `${what}\n`;
    });
    return deployments.map((deployment) => ({ report: verify(deployment), deployment }));
  } catch (error) {
    if (error instanceof UsageError || error instanceof ProverDefect) throw error;
    throw new ProverDefect("reading the stacks", error);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes the files that are asked for, and prints: a table for each target, or as JSON one report or one for each target by its stack. */
function report({ html: page, writeExpect, json, verbose }: VerifyOptions, proofs: readonly Proof[]): void {
  for (const { report: each } of proofs) {
    if (page !== undefined) refuse(writeText(page, html(each)));
    if (writeExpect !== undefined) refuse(writeText(writeExpect, asExpectations(each)));
  }
  const [only, ...others] = proofs;
  if (json) {
    const targets = Object.fromEntries(proofs.map((proof) => [nameOf(proof.deployment), proof.report]));
    console.log(JSON.stringify(others.length === 0 ? only?.report : { targets }, null, 2));
    return;
  }
  const tables = proofs.map((proof) => table(proof.report, verbose, hasColours(process.stdout)));
  console.log(tables.join("\n\n"));
}

/** @throws UsageError where there is a problem */
function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw new UsageError(problem);
}

/** 1 counts for more than 2: something that should be impossible is not. */
function exitCodeOf(proofs: readonly Proof[]): number {
  const statuses = proofs.flatMap((proof) => proof.report.verdicts.map(({ status }) => status));
  if (statuses.includes("refuted")) return 1;
  return statuses.every((status) => status === "proved") ? 0 : 2;
}

async function isNotStopped(seconds: number, stopped: AbortSignal): Promise<boolean> {
  try {
    await wait(seconds * 1_000, undefined, { signal: stopped });
    return true;
  } catch {
    return false;
  }
}
