/** Cron expressions of EventBridge Scheduler. */

interface Field {
  name: string;
  least: number;
  most: number;
  /** Words that stand for numbers, the first for `least`. */
  words?: readonly string[];
  /** Forms that only this field takes, e.g. `?` or `L`. */
  extra?: RegExp;
}

const months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const fields: readonly Field[] = [
  { name: "minutes", least: 0, most: 59 },
  { name: "hours", least: 0, most: 23 },
  {
    name: "day of month",
    least: 1,
    most: 31,
    extra: /^(?:\?|L|L-[0-9]{1,2}|LW|(?:[1-9]|[12][0-9]|3[01])W)$/,
  },
  { name: "month", least: 1, most: 12, words: months },
  {
    name: "day of week",
    least: 1,
    most: 7,
    words: weekdays,
    extra: /^(?:\?|L|[1-7]L|(?:[1-7]|[A-Z]{3})#[1-5])$/,
  },
  { name: "year", least: 1970, most: 2199 },
];

/** What is wrong with an expression of six fields, written without the surrounding `cron()`; or nothing. */
export function cronProblem(expression: string): string | undefined {
  if (/^(?:cron|rate|at)\(/.test(expression)) return "is wrapped: write the six fields without cron(…)";
  const values = expression.split(" ");
  if (values.length !== fields.length) {
    return "is not six fields with one space between them: minutes, hours, day of month, month, day of week, year";
  }
  for (const [index, field] of fields.entries()) {
    const value = values[index] ?? "";
    if (!fieldIsSound(value, field))
      return `has a wrong field for the ${field.name}, ${JSON.stringify(value)}`;
  }
  const unset = [values[2], values[4]].filter((value) => value === "?").length;
  return unset === 1
    ? undefined
    : `must have "?" for either the day of month or the day of week, and not for both`;
}

function fieldIsSound(value: string, field: Field): boolean {
  if (value === "*" || field.extra?.test(value)) return true;
  return value.split(",").every((item) => {
    const [, base = "", step] = /^([^/]+)(?:\/([0-9]{1,4}))?$/.exec(item) ?? [];
    if (step !== undefined && Number(step) < 1) return false;
    if (base === "*") return step !== undefined;
    const [first = "", last, ...rest] = base.split("-");
    const from = numberOf(first, field);
    const to = last === undefined ? from : numberOf(last, field);
    return rest.length === 0 && from !== undefined && to !== undefined && from <= to;
  });
}

function numberOf(text: string, field: Field): number | undefined {
  const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
  if (word >= 0) return field.least + word;
  const number = /^[0-9]{1,4}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && field.least <= number && number <= field.most ? number : undefined;
}
