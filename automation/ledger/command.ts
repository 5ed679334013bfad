/** `git airlock ledger`: what entered a room, and whether the record of it is whole. */
import { flag, parseCommandLine, text } from "../commandLine";
import { printable } from "../pull/printable";
import { count, short } from "../pull/refusals";
import { UsageError } from "../usageError";
import type { Entry, EntryReference } from "./entries";
import { DamagedLedger, LedgerFile } from "./ledgerFile";

export const usage = `Usage: git airlock ledger FILE [options]

Checks a ledger of git airlock pull --ledger FILE, that no line was changed, taken out, put in or moved, and prints what came in:
when, from where, which branches and tags, from which commit to which, and by whom what came was signed. Days are those of UTC.

  --on DAY      what came in on this day, e.g. 2026-11-27
  --since DAY   from this day on
  --until DAY   up to the end of this day
  --json        print it as JSON
  --help        print this text

Exit code: 0 the ledger is whole; 1 it is not, and what is wrong is said; 3 the command line or the file cannot be used, or the
result cannot be printed.`;

/** @returns the exit code, as the usage tells. @throws UsageError */
export function ledgerCommand(args: string[]): number {
  const { values, positionals } = parse(args);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const [name, ...others] = positionals;
  if (name === undefined || others.length > 0)
    throw new UsageError(
      `git airlock ledger was given ${positionals.length} files; expected one.\n\n${usage}`,
    );
  const isWanted = period(values);
  const file = LedgerFile.toRead(name);
  try {
    const { entries, head } = file.read();
    const wanted = entries.filter(({ time }) => isWanted(time));
    console.log(
      values.json
        ? JSON.stringify({ lines: head.line, sha256: head.digest, entries: wanted }, null, 2)
        : [
            ...wanted.flatMap(entryLines),
            `The ledger is whole: ${count(head.line, "line")}, the last one's SHA-256 is ${head.digest}.`,
          ].join("\n"),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof DamagedLedger)) throw error;
    if (values.json) console.log(JSON.stringify({ problem: error.message }, null, 2));
    console.error(error.message);
    return 1;
  }
}

/** Whether a time is asked for. @throws UsageError */
function period({ on, since, until }: Partial<Record<"on" | "since" | "until", string>>) {
  if (on !== undefined && (since ?? until) !== undefined)
    throw new UsageError("--on is one day; --since and --until are about several. Give one or the other.");
  const from = day("--on", on) ?? day("--since", since) ?? "";
  const to = day("--on", on) ?? day("--until", until) ?? "9999-12-31";
  return (time: string) => time.slice(0, 10) >= from && time.slice(0, 10) <= to;
}

function day(option: string, given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const date = new Date(`${given}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(date.getTime());
  // 30 February is read as 2 March.
  if (isDay && date.toISOString().startsWith(given)) return given;
  throw new UsageError(`${option} was given "${given}"; expected a day of the calendar, e.g. 2026-11-27.`);
}

const outcomes: Readonly<Record<Entry["outcome"], string>> = {
  taken: "taken",
  "not taken": "not taken",
  unclear: "unclear whether it was taken: the clone is neither as it was nor as it was to be",
  open: "not known yet whether it was taken: the pull was killed, or is at work. The next one there tells",
};

function entryLines({ time, outcome, source, clone, user, host, references }: Entry): string[] {
  return [
    `${time} ${outcomes[outcome]}: ${printable(source)} into ${printable(clone)}, by ${printable(`${user}@${host}`)}`,
    ...references.flatMap(referenceLines),
  ];
}

function referenceLines({ ref, change, from, to, commits, lost, signers }: EntryReference): string[] {
  const range = `${from?.slice(0, 12) ?? ""}..${to?.slice(0, 12) ?? ""}`;
  const loses = lost > 0 ? `, loses ${count(lost, "commit")}` : "";
  return [
    `    ${short(ref)}: ${printable(change)} ${range}, ${count(commits, "commit")}${loses}${signers === null ? ", signatures not checked" : ""}`,
    ...(signers ?? []).map(
      (by) => `        ${printable(by.principal)}  ${printable(by.key)}  ${by.count} signed`,
    ),
  ];
}

function parse(args: string[]) {
  return parseCommandLine(
    {
      args,
      allowPositionals: true,
      options: { on: text, since: text, until: text, json: flag, help: flag },
    },
    usage,
  );
}
