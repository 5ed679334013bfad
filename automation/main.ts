/** The `airlock` command: day two of a deployed airlock. */
import { createRequire } from "node:module";
import { run, type Command } from "./run";

/** Loaded only when run: an isolated terminal, which pulls, needs no Pulumi. */
const load = createRequire(__filename);
const commands: Readonly<Record<string, () => Command>> = {
  mirror: () => (load("./mirror/command") as typeof import("./mirror/command")).mirrorCommand,
  pull: () => (load("./pull/command") as typeof import("./pull/command")).pullCommand,
  rotate: () => (load("./rotate/command") as typeof import("./rotate/command")).rotateCommand,
  verify: () => (load("./verify/command") as typeof import("./verify/command")).verifyCommand,
};

const usage = `Usage: airlock COMMAND [options]

  mirror   print the script that sets the mirrors, for a GitLab that was brought along
  pull     take code in from the source: nothing rewritten, nothing unsigned
  rotate   replace a gate user's git credential without a pause
  verify   prove the isolation of what is deployed, claim by claim

"airlock COMMAND --help" tells more.`;

const [name = "--help", ...args] = process.argv.slice(2);
const command = commands[name];
if (name === "--help" || name === "-h") {
  console.log(usage);
} else if (command === undefined) {
  console.error(`There is no command "${name}".\n\n${usage}`);
  process.exitCode = 3;
} else {
  void run(command(), args);
}
