/** Reads command lines. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest, distance } from "fastest-levenshtein";
import { errorText } from "../facts/errorText";
import { UsageError } from "./usageError";

/** An option with a value. */
export const text = { type: "string" } as const;
/** An option with a value that can be given again. */
export const texts = { type: "string", multiple: true } as const;
/** An option without one, off by default. */
export const flag = { type: "boolean", default: false } as const;

/**
 * What `parseArgs` makes of a command line.
 * @param usage printed below what is wrong
 * @throws UsageError for an option that is not known, or that lacks its value
 */
export function parseCommandLine<Config extends ParseArgsConfig>(
  config: Config,
  usage: string,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError(`${errorText(error)}${suggestion(config)}\n\n${usage}`);
  }
}

/** The known option that an unknown one was most likely meant to be. */
function suggestion({ args = [], options = {} }: ParseArgsConfig): string {
  const known = Object.keys(options);
  const named = args.flatMap((arg) => /^--([^=]+)/.exec(arg)?.[1] ?? []);
  const [unknown] = named.filter((name) => !known.includes(name));
  if (unknown === undefined || known.length === 0) return "";
  const meant = closest(unknown, known);
  return distance(unknown, meant) <= 3 ? `\nDid you mean --${meant}?` : "";
}
