// `npm start`: sets the clone up, then runs the rehearsal in this very process.
import { mkdirSync } from "node:fs";
import module, { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "../setup.mjs";

setUp();
// The compiler keeps its cache in the temporary folder; here nothing is left outside the clone.
const temporary = join(dirname(fileURLToPath(import.meta.url)), "..", ".airlock", "tmp");
mkdirSync(temporary, { recursive: true });
process.env.TMPDIR = temporary;
// Node.js 22 and newer keep what they compile of the packages as well.
module.enableCompileCache?.(join(temporary, "node"));
const require = createRequire(import.meta.url);
require("tsx/cjs/api").register();
require("./main.ts");
