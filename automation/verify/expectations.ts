/** The verdicts that a team has accepted, so that only a change fails. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { claimIds } from "../../isolation/claims";
import type { Report } from "../../isolation/claims/verify";
import { STATUSES, type Verdict } from "../../isolation/verdict";
import { NotJson, readJson, readTextFile } from "../textFile";
import { UsageError } from "../usageError";

const expectation = z.strictObject({
  status: z.enum(STATUSES),
  /** SHA-256 of what was found: a new counter-example of a refuted claim, or a new reason, is a change too. */
  findings: z.string().optional(),
});
const expectations = z.strictObject({
  verdicts: z.partialRecord(z.enum(claimIds()), expectation),
});

type Expectations = z.infer<typeof expectations>;

/** The present verdicts, as text for a file. */
export function asExpectations({ verdicts }: Report): string {
  const entries = verdicts.map((verdict) => [verdict.claim, asExpectation(verdict)] as const);
  return `${JSON.stringify({ verdicts: Object.fromEntries(entries) }, null, 2)}\n`;
}

/** @throws UsageError where the file cannot be read */
export async function readExpectations(file: string): Promise<Expectations> {
  const fail = (problem: string) =>
    new UsageError(`${file} cannot be used: it ${problem}. Expected what --write-expect writes.`);
  const text = await readTextFile(file);
  try {
    const result = expectations.safeParse(readJson(text));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const place = issue?.path.map((step) => `${String(step)}: `).join("") ?? "";
    throw fail(`is something else (${place}${issue?.message ?? "it is not understood"})`);
  } catch (error) {
    if (error instanceof NotJson) throw fail(error.message);
    throw error;
  }
}

/** What differs, each as one sentence; nothing where all is as expected. A claim that the file does not name is not expected. */
export function differences({ verdicts }: Report, { verdicts: expected }: Expectations): string[] {
  return verdicts.flatMap((verdict) => {
    const { claim, status, summary } = verdict;
    const accepted = expected[claim];
    if (accepted === undefined) return [`${claim} is ${status}, and the file does not name it: ${summary}`];
    if (accepted.status !== status) return [`${claim} was ${accepted.status} and is ${status}: ${summary}`];
    const { findings } = asExpectation(verdict);
    if (accepted.findings === findings) return [];
    return [`${claim} is ${status} as before, but for other reasons: ${summary}`];
  });
}

function asExpectation({ status, counterExamples, reasons }: Verdict): z.infer<typeof expectation> {
  if (status === "proved") return { status };
  const found = [...counterExamples.map(({ says }) => says), ...reasons].sort();
  return { status, findings: createHash("sha256").update(JSON.stringify(found)).digest("hex") };
}
