/** `git airlock pull` alone: what is bundled into one file for a room without packages. */
import { run } from "../run";
import { ledgerCommand } from "../ledger/command";
import { pullCommand } from "./command";

const [first, ...others] = process.argv.slice(2);
// What reads the pull's ledger is here too.
if (first === "ledger") void run(ledgerCommand, others);
// As `git-airlock` on PATH it is called with the word "pull"; by `node git-airlock-pull.cjs`, without.
else void run(pullCommand, first === "pull" ? others : process.argv.slice(2));
