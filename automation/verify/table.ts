/** The report for people. */
import pc from "picocolors";
import { claimIds, type ClaimId } from "../../isolation/claims";
import { readable, shortUrn } from "../../isolation/claims/readable";
import type { Report } from "../../isolation/claims/verify";
import { STATUSES, type CounterExample, type Status, type Verdict } from "../../isolation/verdict";

const MARKS: Readonly<Record<Status, string>> = { proved: "✔", refuted: "✘", pending: "…", unknown: "?" };

const LISTING_TRUST = claimIds(({ listsTrust }) => listsTrust === true);

function listsTrust({ claim }: Verdict<ClaimId>): boolean {
  return LISTING_TRUST.includes(claim);
}

/** Most counter-examples of one claim that are printed without --verbose. */
const MOST_EXAMPLES = 3;

const OPEN = [
  ["pending", "Pending: which step is missing"],
  ["unknown", "Unknown: what cannot be decided, and why"],
] as const satisfies readonly (readonly [Status, string])[];

/** @param isColoured whether it goes to a terminal that shows colours */
export function table(report: Report, isVerbose: boolean, isColoured: boolean): string {
  const colours = pc.createColors(isColoured);
  const paint = {
    proved: colours.green,
    refuted: colours.red,
    pending: colours.yellow,
    unknown: colours.yellow,
  };
  const { verdicts, flows, inputs, accepted } = report;
  const lines = [
    colours.bold(`git-airlock: the claims about ${Object.keys(inputs).join(" and ") || "nothing"}`),
    "",
  ];
  for (const { claim, status, summary } of verdicts) {
    lines.push(
      `  ${paint[status](`${MARKS[status]} ${claim.padEnd(3)} ${status.padEnd(7)}`)} ${readable(summary)}`,
    );
  }
  const heading = (text: string) => lines.push("", colours.bold(text));
  const of = (status: Status) => verdicts.filter((one) => one.status === status);

  if (of("refuted").length > 0) heading("Refuted: what should not be possible, and is");
  for (const { claim, statement, counterExamples } of of("refuted")) {
    lines.push(`  ${colours.red(claim)} ${statement}`);
    const shown = isVerbose ? counterExamples : counterExamples.slice(0, MOST_EXAMPLES);
    for (const example of shown) lines.push(...exampleLines(example));
    const more = counterExamples.length - shown.length;
    if (more > 0) lines.push(colours.dim(`      … and ${more} more; --verbose prints them`));
  }
  for (const [status, title] of OPEN) {
    if (of(status).length > 0) heading(title);
    for (const { claim, statement, reasons } of of(status)) {
      lines.push(
        `  ${colours.yellow(claim)} ${statement}`,
        ...reasons.map((reason) => `      - ${readable(reason)}`),
      );
    }
  }
  if (isVerbose) {
    heading("Evidence");
    for (const { claim, evidence } of verdicts.filter((one) => !listsTrust(one))) {
      for (const { what, values } of evidence)
        lines.push(`  ${claim} ${what}:`, ...values.map((value) => `      ${value}`));
    }
  }
  heading("Trusted");
  for (const { claim, evidence } of verdicts.filter(listsTrust)) {
    for (const { what, values } of evidence)
      if (values.length > 0)
        lines.push(`  - ${what}: ${values.map(readable).join(", ")} ${colours.dim(`(${claim})`)}`);
  }
  heading("Taken for granted");
  for (const [assumption, claims] of assumptions(verdicts)) {
    lines.push(`  - ${assumption} ${colours.dim(`(${claims.join(", ")})`)}`);
  }
  if (accepted.length > 0) heading("Accepted by hand: what is not known of these leaves no claim open");
  for (const { urn, reason } of accepted) lines.push(`  - ${shortUrn(urn)}: ${reason}`);
  heading("Where data can go");
  for (const { from, to, by, crosses } of flows) {
    const arrow = crosses === "out" ? colours.red("⇒ OUT") : "→";
    lines.push(`  ${from} ${arrow} ${to}: ${readable(by)}`);
  }
  const counts = STATUSES.map((status) => `${of(status).length} ${status}`);
  lines.push("", colours.bold(`${counts.join(", ")}.`));
  return lines.join("\n");
}

function exampleLines(example: CounterExample): string[] {
  const says = `      - ${readable(example.says)}`;
  if (example.kind !== "packet") return [says];
  const { from, to, protocol, port } = example.packet;
  return [
    says,
    `        ${protocol} ${from} → ${to} port ${port}`,
    ...example.path.map((urn) => `          by ${shortUrn(urn)}`),
  ];
}

/** Each assumption once, with the claims that make it. */
export function assumptions(verdicts: readonly Verdict[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const { claim, assumptions: own } of verdicts) {
    for (const assumption of own) all.set(assumption, [...(all.get(assumption) ?? []), claim]);
  }
  return all;
}
