/** The command behind `npm run engine`. */
import { join } from "node:path";
import { BuildError } from "./build";
import { InstallError, installEngine } from "./install";

async function main(): Promise<number> {
  const started = performance.now();
  try {
    const { pulumi, version } = await installEngine(join(__dirname, ".."), (line) => {
      console.log(line);
    });
    const seconds = (performance.now() - started) / 1000;
    console.log(`Pulumi ${version} is ready: ${pulumi} (${seconds.toFixed(1)} s)`);
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError || error instanceof InstallError)) throw error;
    console.error(error.message);
    return 1;
  }
}

void main().then((code) => {
  process.exitCode = code;
});
