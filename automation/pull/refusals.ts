/** What a pull refuses, and what the user consents to. */
import type { PullOptions } from "./options";
import { printable } from "./printable";
import type { RefChange } from "./refs";
import type { Checked } from "./signatures";

/** Whether a change takes something away that was there. */
export function isRefusable({ change }: RefChange): boolean {
  return change === "rewritten" || change === "deleted" || change === "moved";
}

/** Whether the user named exactly what the source holds now. */
export function isAccepted(change: RefChange, { acceptRewrite }: PullOptions): boolean {
  return acceptRewrite.get(change.ref) === (change.new ?? "deleted");
}

/** Whether nobody has consented to a change that needs it. */
export function isRefused(change: RefChange, options: PullOptions): boolean {
  return isRefusable(change) && !isAccepted(change, options);
}

/** Why a change is refused and how to consent to it, in several lines. */
export function refusal({ ref, change, old, new: now, lost }: RefChange, options: PullOptions): string {
  const tip = now ?? "deleted";
  const other = options.acceptRewrite.get(ref);
  return [
    `${short(ref)} was ${change} at the source; ${count(lost, "commit")} would be lost.`,
    `    taken before: ${old ?? ""}`,
    `    at the source: ${tip}${other === undefined ? "" : `, and not ${other}, which --accept-rewrite names`}`,
    `    Ask the source's people why. If it is meant: --accept-rewrite ${quoted(`${printable(ref)}=${tip}`)}`,
  ].join("\n");
}

/** That some are not signed as they must be; nothing where all are. */
export function unsigned(checked: Checked | null, { allowedSigners = "", require }: PullOptions): string[] {
  const bad = checked?.bad.length ?? 0;
  if (bad === 0) return [];
  const what = require === "tags" ? "branch or tag" : "commit";
  const subject =
    bad === 1 ? `1 ${what} is` : `${bad} ${what === "commit" ? "commits" : "branches or tags"} are`;
  return [`${subject} not signed by an allowed signer (${allowedSigners}).`];
}

/** A reference as people call it: "branch main". */
export function short(ref: string): string {
  return printable(ref)
    .replace(/^refs\/heads\//, "branch ")
    .replace(/^refs\/tags\//, "tag ");
}

export function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** As one word of a shell's command line. */
function quoted(text: string): string {
  return /^[\w/.=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
