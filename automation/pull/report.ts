/** What came of a pull, for people. */
import pc from "picocolors";
import { printable } from "./printable";
import type { PullOptions } from "./options";
import type { Pulled } from "./pull";
import { count, isRefused, short } from "./refusals";
import type { ReadChange } from "./changes";

/** Most commits of one reference, files and signatures that are printed; --json has them all. */
const MOST = 20;

/** @param isColoured whether it goes to a terminal that shows colours */
export function report(pulled: Pulled, options: PullOptions, isColoured: boolean): string {
  const colours = pc.createColors(isColoured);
  const { outcome, changes, files, signatures, notes, problems } = pulled;
  const text = changes.flatMap((change) => {
    const [head, ...rest] = changeLines(change);
    return [isRefused(change, options) ? colours.red(head ?? "") : (head ?? ""), ...rest];
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
  text.push(...signatureLines(pulled, options), ...notes.map(printable));
  if (pulled.ledger !== null)
    text.push(
      `Ledger: ${count(pulled.ledger.line, "line")}, the last one's SHA-256 is ${pulled.ledger.sha256}`,
    );
  if (outcome !== "refused")
    return [...text, colours.green(outcome === "taken" ? "Taken." : "Up to date.")].join("\n");
  text.push("", colours.red("Refused; nothing was taken."));
  text.push(...problems.map((problem) => `- ${problem.split("\n").map(printable).join("\n")}`));
  text.push(
    ...listed(
      (signatures?.bad ?? []).map(
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

function signatureLines({ signatures }: Pulled, { require }: PullOptions): string[] {
  if (signatures === null) return ["Signatures: not checked; --allowed-signers FILE checks them."];
  const { count: all, bad, signers } = signatures;
  const what = require.slice(0, -1);
  return [
    `Signatures: ${count(all, what)} checked, ${bad.length === 0 ? "all good" : `${bad.length} not good`}.`,
    ...listed(
      signers.map(
        ({ principal, key, count: by }) => `    ${printable(principal)}  ${key}  ${count(by, what)}`,
      ),
    ),
  ];
}

function listed(lines: string[]): string[] {
  const more = lines.length - MOST;
  return more > 0 ? [...lines.slice(0, MOST), `    … and ${more} more`] : lines;
}
