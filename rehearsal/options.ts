/** The command line of `npm start`. */
import { parseArgs } from "node:util";
import { errorText } from "../facts/errorText";

export interface CommandLine {
  /** The git repository to carry in: a path or a URL. */
  repo: string;
  /** Print the result as one JSON document on standard output. */
  json: boolean;
  /** Where to write each stack's deployment, in the format of `pulumi stack export`. */
  out?: string;
  /** Leave the rehearsal's folder behind, for a look at its repositories. */
  keep: boolean;
  /** Have Pulumi's engine deploy both sides, with the real CLI. */
  engine: boolean;
  help: boolean;
}

export const usage = `Usage: npm start -- [options]

Deploys the whole system on this machine, carries a git repository through it, and tries to get data out.

  --repo PATH_OR_URL  the git repository to carry in (default: this one)
  --json              print the result as JSON
  --out DIR           write dev.json, prd.json and mirror.json there, in the format of "pulumi stack export"; their
                      secrets are encrypted with PULUMI_CONFIG_PASSPHRASE, or for good when it is not set
  --keep              leave the rehearsal's folder behind, as .airlock/kept-*
  --engine            have Pulumi's real engine deploy everything (get it once with "npm run engine")
  --help              print this text

Exit code: 0 everything went as expected; 1 something did not; 2 wrong command line, or output that cannot be written; 130 interrupted.`;

/** A command line that cannot be run; the message says why. */
export class UsageError extends Error {}

/** Reads the command line. `root` is the clone's folder. Throws a UsageError. */
export function readOptions(argv: string[], root: string): CommandLine {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        repo: { type: "string", default: root },
        json: { type: "boolean", default: false },
        out: { type: "string" },
        keep: { type: "boolean", default: false },
        engine: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    if (values.repo.trim() === "")
      throw new Error("--repo is empty; expected a path or a URL of a git repository");
    return values;
  } catch (error) {
    throw new UsageError(errorText(error));
  }
}
