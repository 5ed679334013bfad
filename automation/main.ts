/** The `git-airlock` command: day two of a deployed airlock. */
import { createRequire } from "node:module";
import { run, type Command } from "./run";
import { UsageError } from "./usageError";

/** Loaded only when run: an isolated terminal, which pulls, needs no Pulumi. */
const load = createRequire(__filename);
const commands = new Map<string, () => Command>([
  ["ledger", () => (load("./ledger/command") as typeof import("./ledger/command")).ledgerCommand],
  ["mirror", () => (load("./mirror/command") as typeof import("./mirror/command")).mirrorCommand],
  ["pin", () => (load("./pin/command") as typeof import("./pin/command")).pinCommand],
  ["pull", () => (load("./pull/command") as typeof import("./pull/command")).pullCommand],
  ["rotate", () => (load("./rotate/command") as typeof import("./rotate/command")).rotateCommand],
  ["verify", () => (load("./verify/command") as typeof import("./verify/command")).verifyCommand],
]);

const usage = `Usage: git airlock COMMAND [options]

  ledger   read and check the record of what was pulled into a room
  mirror   print the script that sets the mirrors, for an existing GitLab
  pin      keep the target to the source addresses that it lets in now
  pull     take code in from the source: nothing rewritten, nothing unsigned
  rotate   replace a gate user's git credential without a pause
  verify   prove the isolation of what is deployed, claim by claim

  -h, --help      print this text (git keeps "git airlock --help" for a manual page: use -h)
  -V, --version   print the version, the commit and the version of Node.js

"git airlock COMMAND --help" tells more.`;

const [name = "--help", ...args] = process.argv.slice(2);
const command = commands.get(name);
void (command === undefined ? run(withoutCommand, [name]) : run(command(), args));

function withoutCommand(): number {
  if (name !== "--help" && name !== "-h")
    throw new UsageError(`There is no command "${name}".${hint(name)}\n\n${usage}`);
  console.log(usage);
  return 0;
}

/** The command that is at most two letters away, if there is one. */
function hint(given: string): string {
  const { distance } = load("fastest-levenshtein") as typeof import("fastest-levenshtein");
  const near = [...commands.keys()].filter((one) => distance(given, one) <= 2);
  return near.length > 0 ? ` Did you mean "${near.join('" or "')}"?` : "";
}
