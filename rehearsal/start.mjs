// `npm start`: sets the clone up, then runs the rehearsal in this very process.
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "../setup.mjs";
import { problemsHere } from "./surroundings.mjs";

await setUp();
// The compiler keeps its cache in the temporary folder; here nothing is left outside the clone.
const temporary = join(dirname(fileURLToPath(import.meta.url)), "..", ".airlock", "tmp");
const problems = await problemsHere(temporary);
if (problems.length > 0) {
  console.error(`The rehearsal cannot run here:\n${problems.map((problem) => `- ${problem}.`).join("\n")}`);
  process.exit(1);
}
process.env.TMPDIR = temporary;
// Node.js 22 and newer keep what they compile of the packages as well.
module.enableCompileCache?.(join(temporary, "node"));
const require = createRequire(import.meta.url);
require("../tools/register.cjs");
require("./main.ts");
