/** The `git-airlock` command: day two of a deployed airlock. */
import { createRequire } from "node:module";
import { run, type Command } from "./run";
import { versionLine } from "./version";

/** Loaded only when run: an isolated terminal, which pulls, needs no Pulumi. */
const load = createRequire(__filename);
const commands = new Map<string, () => Command>([
  ["mirror", () => (load("./mirror/command") as typeof import("./mirror/command")).mirrorCommand],
  ["pull", () => (load("./pull/command") as typeof import("./pull/command")).pullCommand],
  ["rotate", () => (load("./rotate/command") as typeof import("./rotate/command")).rotateCommand],
  ["verify", () => (load("./verify/command") as typeof import("./verify/command")).verifyCommand],
]);

const usage = `Usage: git airlock COMMAND [options]

  mirror   print the script that sets the mirrors, for an existing GitLab
  pull     take code in from the source: nothing rewritten, nothing unsigned
  rotate   replace a gate user's git credential without a pause
  verify   prove the isolation of what is deployed, claim by claim

  -h, --help      print this text (git keeps "git airlock --help" for a manual page: use -h)
  -V, --version   print the version, the commit and the version of Node.js

"git airlock COMMAND --help" tells more.`;

const [name = "--help", ...args] = process.argv.slice(2);
const command = commands.get(name);
if (command !== undefined) {
  void run(command(), args);
} else if (name === "--help" || name === "-h") {
  console.log(usage);
} else if (name === "--version" || name === "-V") {
  console.log(versionLine());
} else {
  console.error(`There is no command "${name}".${hint(name)}\n\n${usage}`);
  process.exitCode = 3;
}

/** The command that is at most two letters away, if there is one. */
function hint(given: string): string {
  const { distance } = load("fastest-levenshtein") as typeof import("fastest-levenshtein");
  const near = [...commands.keys()].filter((one) => distance(given, one) <= 2);
  return near.length > 0 ? ` Did you mean "${near.join('" or "')}"?` : "";
}
