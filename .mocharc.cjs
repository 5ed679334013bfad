const onCi = Boolean(process.env.CI);

module.exports = {
  require: ["tsx/cjs"],
  reporter: "test/reporter.cjs",
  timeout: 20_000,
  // On CI everything runs: nothing is skipped, and no test is singled out.
  forbidPending: onCi,
  forbidOnly: onCi,
};
