/** `git airlock rotate`. */
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { flag, parseCommandLine } from "../commandLine";
import { findPulumi, PulumiFailed } from "../pulumiCli";
import { UsageError } from "../usageError";
import { rotate, RotationFailed, type RotateOptions } from "./rotate";

const root = join(__dirname, "..", "..");

export const usage = `Usage: git airlock rotate push|pull [options]

Replaces a gate user's git credential without a pause, by updates that you could make yourself: a second credential is made,
its users move over, and the first one is taken away. There are never three. Stopped anywhere, it goes on when run again.

  push                  the mirrors' credential: the mirror stack hands the new one to the GitLab host, which says when
                        every mirror has pushed with it
  pull                  the isolated terminals' credential: makes the new one and stops, since people have to move over;
                        it is in the secret that the target's output pullSecretArn names
  --finish              pull only: everybody has moved over, take the old one away
  --target-stack NAME   the target's stack (default: prd)
  --mirror-stack NAME   the mirror's stack (default: mirror)
  --yes                 do not ask before each update
  --help                print this text

Exit code: 0 done; 1 it failed, and says what is live and what to do; 2 two credentials are live, and people have to move
over; 3 the command line cannot be used, or what is printed cannot be.`;

/** @returns the exit code. @throws UsageError */
export async function rotateCommand(args: string[], stopped: AbortSignal): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.log(usage);
    return 0;
  }
  const say = (text: string) => {
    console.error(text);
  };
  const pulumi = await findPulumi(root, "update stacks with");
  const pause = () => wait(20_000, undefined, { signal: stopped });
  try {
    const rotated = await rotate(options, { pulumi, say, wait: pause });
    if (rotated === "done") {
      console.log(`The ${options.gate} credential is rotated.`);
      return 0;
    }
    console.log(
      "Two pull credentials are live. The new one is in the secret that the target's output pullSecretArn names. When " +
        "every isolated terminal uses it, run: git airlock rotate pull --finish",
    );
    return 2;
  } catch (error) {
    if (stopped.aborted) say("Stopped. Run it again, and it goes on from here.");
    else if (error instanceof RotationFailed) say(error.message);
    else if (error instanceof PulumiFailed) say(`Pulumi says: ${error.message}\n${HINT}`);
    else throw error;
    return 1;
  }
}

/** For what goes wrong where nothing has been changed yet: most often, there is no such stack in this backend. */
const HINT =
  'Log in with "pulumi login", with the passphrase or key of the stacks at hand, or name the stacks by --target-stack and --mirror-stack.';

/** Undefined when help is asked for. */
function readOptions(args: string[]): RotateOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [gate, ...others] = positionals;
  if ((gate !== "push" && gate !== "pull") || others.length > 0)
    throw new UsageError(
      `git airlock rotate was given "${positionals.join(" ")}"; expected push or pull.\n\n${usage}`,
    );
  if (gate === "push" && values.finish)
    throw new UsageError(
      "--finish is for the pull credential: the GitLab host says by itself when it has moved over.",
    );
  return {
    gate,
    targetStack: values["target-stack"],
    mirrorStack: values["mirror-stack"],
    finish: values.finish,
    yes: values.yes,
  };
}

function parse(args: string[]) {
  return parseCommandLine(
    {
      args,
      allowPositionals: true,
      options: {
        "target-stack": { type: "string", default: "prd" },
        "mirror-stack": { type: "string", default: "mirror" },
        finish: flag,
        yes: flag,
        help: flag,
      },
    },
    usage,
  );
}
