/** The schedule expressions of EventBridge Scheduler, which Data Lifecycle Manager shares for cron. */
import { cronProblem as fieldsProblem } from "../../../facts/cron";

/** What is wrong with `cron(…)` of six fields; nothing, if undefined. */
export function cronProblem(expression: string): string | undefined {
  const fields = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (fields?.length !== 6) return "expected cron( with six fields )";
  return fieldsProblem(fields.join(" "));
}

/** What is wrong with a schedule expression (`cron(…)`, `rate(…)`, `at(…)`); nothing, if undefined. */
export function scheduleProblem(expression: string): string | undefined {
  if (expression.startsWith("cron(")) return cronProblem(expression);
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) {
    const value = Number(rate[1]);
    if (value === 0) return "the rate must be positive";
    return (value === 1) === (rate[3] === "")
      ? undefined
      : "the unit must be singular for 1 and plural otherwise";
  }
  const at = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression)?.[1];
  if (at === undefined) return "expected cron(…), rate(value unit) or at(yyyy-mm-ddThh:mm:ss)";
  // A day that does not exist is either not parsed or moved to the next month.
  const time = new Date(`${at}Z`);
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(at)
    ? undefined
    : `${at} does not exist`;
}
