// `npm start`: sets the clone up, then runs the rehearsal in this very process.
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "../setup.mjs";

setUp();
// The compiler keeps its cache in the temporary folder; here nothing is left outside the clone.
const temporary = join(dirname(fileURLToPath(import.meta.url)), "..", ".airlock", "tmp");
mkdirSync(temporary, { recursive: true });
process.env.TMPDIR = temporary;
const require = createRequire(import.meta.url);
require("tsx/cjs/api").register();
require("./main.ts");
