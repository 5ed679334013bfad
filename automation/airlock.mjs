#!/usr/bin/env node
// The `airlock` command: sets the clone up if need be, then runs in this very process.
import { createRequire } from "node:module";
import { setUp } from "../setup.mjs";

setUp();
const require = createRequire(import.meta.url);
require("tsx/cjs/api").register();
require("./main.ts");
