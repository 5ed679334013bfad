import { expect } from "chai";
import { scheduleProblem } from "../../../../rehearsal/aws/messaging/scheduleExpression";

describe("a schedule expression", () => {
  const good = [
    "cron(0 8 ? * MON-FRI *)",
    "cron(0/15 8-17 ? * 2-6 2026-2030)",
    "cron(0 8,12 L * ? *)",
    "cron(0 8 ? JAN,JUL FRI#2 *)",
    "rate(1 hour)",
    "rate(30 minutes)",
    "at(2026-11-22T08:00:00)",
  ];
  for (const expression of good) {
    it(`may be ${expression}`, () => {
      expect(scheduleProblem(expression)).to.equal(undefined);
    });
  }

  const bad = [
    "0 8 ? * MON-FRI *",
    "cron(0 8 * * MON-FRI)",
    "cron(0 8 * * MON-FRI *)",
    "cron(0 8 ? * ? *)",
    "cron(60 8 ? * MON-FRI *)",
    "cron(0 24 ? * MON-FRI *)",
    "cron(0 8 ? * FRI-MON *)",
    "cron(0 8 ? * MONDAY *)",
    "cron(0 8 32 * ? *)",
    "cron(0/0 8 ? * MON *)",
    "rate(0 minutes)",
    "rate(1 hours)",
    "rate(2 hour)",
    "at(2026-02-30T08:00:00)",
  ];
  for (const expression of bad) {
    it(`cannot be ${expression}`, () => {
      expect(scheduleProblem(expression)).to.be.a("string");
    });
  }
});
