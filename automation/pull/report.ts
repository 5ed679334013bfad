/** What came of a pull, for people. */
import pc from "picocolors";
import { printable } from "./printable";
import type { PullOptions } from "./options";
import { isAccepted, isRefusable, type Pulled } from "./pull";
import type { ReadChange } from "./changes";

/** Most commits of one reference, files and signatures that are printed; --json has them all. */
const MOST = 20;

/** @param isColoured whether it goes to a terminal that shows colours */
export function report(pulled: Pulled, options: PullOptions, isColoured: boolean): string {
  const colours = pc.createColors(isColoured);
  const { outcome, changes, files, signatures, notes, problems } = pulled;
  const text = changes.flatMap((change) => {
    const [head, ...rest] = changeLines(change);
    const isBad = isRefusable(change) && !isAccepted(change, options);
    return [isBad ? colours.red(head ?? "") : (head ?? ""), ...rest];
  });
  if (files !== null) {
    const { added, changed, deleted } = files;
    text.push(
      `Files of ${short(files.branch)}: ${added.length} added, ${changed.length} changed, ${deleted.length} deleted`,
      ...listed([
        ...added.map((path) => `  + ${printable(path)}`),
        ...changed.map((path) => `  ~ ${printable(path)}`),
        ...deleted.map((path) => `  - ${printable(path)}`),
      ]),
    );
  }
  text.push(signatureLine(pulled, options), ...notes.map(printable));
  if (outcome !== "refused")
    return [...text, colours.green(outcome === "taken" ? "Taken." : "Up to date.")].join("\n");
  text.push("", colours.red("Refused; nothing was taken."));
  text.push(...problems.map((problem) => `- ${printable(problem)}`));
  for (const change of changes) {
    if (isRefusable(change) && !isAccepted(change, options)) text.push(...consentLines(change, options));
  }
  const bad = signatures?.bad ?? [];
  if (bad.length > 0)
    text.push(
      `- ${bad.length} not signed by one who may, by ${printable(options.allowedSigners ?? "")}:`,
      ...listed(
        bad.map(
          ({ oid, author, subject, why }) =>
            `    ${oid.slice(0, 12)} ${[author, subject].filter(Boolean).map(printable).join("  ")}: ${why}`,
        ),
      ),
    );
  return text.join("\n");
}

function changeLines({ ref, change, old, new: now, lost, commits }: ReadChange): string[] {
  const from = old === null ? "" : `${old.slice(0, 12)}..`;
  const to = now === null ? "" : now.slice(0, 12);
  const loses = lost > 0 ? `, loses ${count(lost, "commit")}` : "";
  return [
    `${short(ref)}: ${change} ${from}${to}, ${count(commits.length, "commit")}${loses}`,
    ...listed(
      commits.map(
        ({ oid, author, subject }) => `    ${oid.slice(0, 12)} ${printable(author)}  ${printable(subject)}`,
      ),
    ),
  ];
}

function consentLines({ ref, change, old, new: now, lost }: ReadChange, options: PullOptions): string[] {
  const tip = now ?? "deleted";
  const other = options.acceptRewrite.get(ref);
  return [
    `- ${short(ref)} was ${change} at the source; ${count(lost, "commit")} would be lost.`,
    `    taken before: ${old ?? ""}`,
    `    at the source: ${tip}${other === undefined ? "" : `, and not ${other}, which --accept-rewrite names`}`,
    `    Ask the source's people why. If it is meant: --accept-rewrite ${quoted(`${printable(ref)}=${tip}`)}`,
  ];
}

function signatureLine({ signatures }: Pulled, { require }: PullOptions): string {
  if (signatures === null) return "Signatures: not checked; --allowed-signers FILE checks them.";
  const { count: all, bad } = signatures;
  return `Signatures: ${count(all, require.slice(0, -1))} checked, ${bad.length === 0 ? "all good" : `${bad.length} not good`}.`;
}

function listed(lines: string[]): string[] {
  const more = lines.length - MOST;
  return more > 0 ? [...lines.slice(0, MOST), `    … and ${more} more`] : lines;
}

function short(ref: string): string {
  return printable(ref)
    .replace(/^refs\/heads\//, "branch ")
    .replace(/^refs\/tags\//, "tag ");
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** As one word of a shell's command line. */
function quoted(text: string): string {
  return /^[\w/.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
