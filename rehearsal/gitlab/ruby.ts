/** Ruby in this process: CRuby as WebAssembly, so that the host's own script runs on machines that have no Ruby. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { RubyVM } from "@ruby/wasm-wasi";
import { DefaultRubyVM } from "@ruby/wasm-wasi/dist/browser";

/** GitLab runs on this Ruby, or a newer one (omnibus-gitlab config/software/ruby.rb). */
const binary = require.resolve("@ruby/3.3-wasm-wasi/dist/ruby+stdlib.wasm");

let started: Promise<RubyVM> | undefined;

/** The Ruby of this process with the model of GitLab in it, started when first asked for: that takes a second or two. */
export function rubyWithModel(): Promise<RubyVM> {
  started ??= start();
  return started;
}

async function start(): Promise<RubyVM> {
  // The optimizing compiler takes more CPU time for Ruby than its code saves in a run of seconds, or in the tests.
  setFlagsFromString("--liftoff-only");
  const module = await WebAssembly.compile(await readFile(binary));
  const { vm } = await DefaultRubyVM(module, { consolePrint: false });
  for (const model of ["people.rb", "model.rb"]) vm.eval(await readFile(join(__dirname, model), "utf8"));
  return vm;
}
