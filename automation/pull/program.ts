/** `airlock pull` alone: what is bundled into one file for a room without packages. */
import { run } from "../run";
import { pullCommand } from "./command";

void run(pullCommand, process.argv.slice(2));
