/** The schedule expressions of EventBridge Scheduler, which Data Lifecycle Manager shares for cron. */

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
  name: string;
  min: number;
  max: number;
  names?: string[];
  /** What else the field may say. */
  special?: RegExp;
}

// EventBridge Scheduler User Guide, "Schedule types": cron-based schedules.
const fields: readonly Field[] = [
  { name: "minutes", min: 0, max: 59 },
  { name: "hours", min: 0, max: 23 },
  { name: "day of month", min: 1, max: 31, special: /^(\?|L|L-\d+|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: "month", min: 1, max: 12, names: months },
  { name: "day of week", min: 1, max: 7, names: days, special: /^(\?|L|[1-7]L|([1-7]|[A-Z]{3})#[1-5])$/ },
  { name: "year", min: 1970, max: 2199 },
];

/** What is wrong with `cron(…)` of six fields; nothing, if undefined. */
export function cronProblem(expression: string): string | undefined {
  const texts = /^cron\((.*)\)$/.exec(expression)?.[1]?.trim().split(/\s+/);
  if (texts?.length !== fields.length) return "expected cron( with six fields )";
  for (const [index, field] of fields.entries()) {
    const text = texts[index] ?? "";
    if (!text.split(",").every((part) => partIsValid(part, field))) return `"${text}" is no ${field.name}`;
  }
  if ((texts[2] === "?") === (texts[4] === "?"))
    return "exactly one of day of month and day of week must be ?";
  return undefined;
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

function partIsValid(part: string, field: Field): boolean {
  if (field.special?.test(part)) return true;
  const [range = "", increment, ...more] = part.split("/");
  if (more.length > 0 || (increment !== undefined && !/^[1-9]\d*$/.test(increment))) return false;
  if (range === "*") return true;
  const [first, last, ...others] = range.split("-").map((text) => numberOf(text, field));
  if (others.length > 0 || first === undefined) return false;
  return range.includes("-") ? last !== undefined && first <= last : true;
}

function numberOf(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + field.min : /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= field.min && value <= field.max ? value : undefined;
}
