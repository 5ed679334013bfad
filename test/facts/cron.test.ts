import { expect } from "chai";
import { cronProblem } from "../../facts/cron";

describe("a cron expression of office hours", () => {
  for (const expression of [
    "0 8 ? * MON-FRI *",
    "0/15 8-18 ? * 2-6 *",
    "30 7 1,15 * ? *",
    "0 0 L * ? *",
    "0 0 15W * ? *",
    "0 0 LW * ? *",
    "0 0 31W * ? *",
    "0 8 ? * 7L *",
    "0 0 ? JAN,jul FRI#1 *".replace("FRI#1", "6#1"),
    "*/5 * * * ? 2026-2030",
  ]) {
    it(`is sound: ${expression}`, () => {
      expect(cronProblem(expression)).to.equal(undefined);
    });
  }

  for (const [expression, says] of [
    ["0 8 * * *", /six fields/],
    ["0 8 ? * MON-FRI * ", /six fields/],
    ["cron(0 8 ? * MON-FRI *)", /without cron/],
    ["rate(1 day)", /without cron/],
    ["60 8 ? * MON-FRI *", /minutes, "60"/],
    ["0 24 ? * MON-FRI *", /hours, "24"/],
    ["0 8 32 * ? *", /day of month, "32"/],
    ["0 8 ? 13 MON *", /month, "13"/],
    ["0 8 ? * MUN *", /day of week, "MUN"/],
    ["0 8 ? * 0 *", /day of week, "0"/],
    ["0 8 ? * FRI-MON *", /day of week/],
    ["0 0 15L * ? *", /day of month, "15L"/],
    ["0 0 LWW * ? *", /day of month, "LWW"/],
    ["0 0 32W * ? *", /day of month, "32W"/],
    ["0 8 ? * 8L *", /day of week, "8L"/],
    ["0 8 ? * 12#1 *", /day of week, "12#1"/],
    ["0 8 ? * 6#15 *", /day of week, "6#15"/],
    ["at(2026-11-27T08:00:00)", /without cron/],
    ["0 8 ? * MON 1969", /year, "1969"/],
    ["0/0 8 ? * MON *", /minutes/],
    ["1,,2 8 ? * MON *", /minutes/],
    ["0 8 * * * *", /"\?" for either/],
    ["0 8 ? * ? *", /"\?" for either/],
    ["0 8 1 * MON *", /"\?" for either/],
    ["? 8 ? * MON *", /minutes, "\?"/],
  ] as const) {
    it(`is refused: ${expression}`, () => {
      expect(cronProblem(expression)).to.match(says);
    });
  }
});
