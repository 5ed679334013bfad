/**
 * How files are written in this clone. Git for Windows sets core.autocrlf for the whole system; a clone that was checked out
 * by it must be judged by it, and new files be written like the old ones.
 * https://git-scm.com/docs/gitattributes#_end_of_line_conversion
 */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { run, zeroTerminated, type Clone } from "./git";

const ATTRIBUTES = "core.attributesfile";
const NAMES = `^core\\.(autocrlf|eol|longpaths|${ATTRIBUTES.slice("core.".length)})$`;

/** The user's, the system's and the clone's own settings about line endings and the like, for {@link Clone.conventions}. */
export async function readConventions(clone: Clone): Promise<string[]> {
  const { stdout } = await run(clone, ["config", "-z", "--get-regexp", NAMES], { isRemote: true });
  const set = new Map(
    zeroTerminated(stdout).map((entry): [string, string] => {
      const at = entry.indexOf("\n");
      return at < 0 ? [entry, "true"] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
  // Where git looks if no setting says otherwise; the local commands do not know it, as they read no user's settings.
  const usual = join(process.env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config"), "git", "attributes");
  if (!set.has(ATTRIBUTES)) set.set(ATTRIBUTES, existsSync(usual) ? usual : "/dev/null");
  return [...set].map(([key, value]) => `${key}=${value}`);
}
