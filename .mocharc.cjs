const { availableParallelism } = require("node:os");

const onCi = Boolean(process.env.CI);

module.exports = {
  require: ["./tools/register.cjs"],
  reporter: "test/reporter.cjs",
  // With --parallel. Mocha's own default leaves one core unused.
  jobs: Math.max(2, availableParallelism()),
  // Long enough for a machine that is busy with something else: a test that hangs is what this is for.
  timeout: 120_000,
  // On CI everything runs: nothing is skipped, and no test is singled out.
  forbidPending: onCi,
  forbidOnly: onCi,
};
