/** `git airlock mirror --print`: the reconcile script with its data, for a GitLab that no mirror stack reaches. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { flag, parseCommandLine } from "../commandLine";
import { reconcileScript, type DesiredMirrors } from "../../components/pushMirrors/desiredMirrors";
import { twiceMirrored } from "../../components/pushMirrors/twiceMirrored";
import { renderValue } from "../../components/schema/problems";
import { findPulumi, PulumiFailed } from "../pulumiCli";
import { UsageError } from "../usageError";

const root = join(__dirname, "..", "..");

export const usage = `Usage: git airlock mirror --print [options] | ssh root@GITLAB bash -s

Prints the script that the mirror stack runs on its GitLab host, with the mirrors and the push credential in it, for a
GitLab that was brought along. It also compares each airlock repository with its project, by git ls-remote. Run it there as
root, again after each change and in each rotation, and from a cron job if hand-made changes are to be put back. It holds a
credential: where you write it to a file, let nobody else read that (umask 077), and delete it.

  --target-stack NAME        a target to mirror to (default: prd); give it once for each target
  --only-protected-branches  mirror protected branches only, and all tags
  --create-projects          make a project that GitLab does not have, and the groups that it is in
  --withdrawn                take every mirror of ours off, before a target is destroyed
  --help                     print this text

Exit code: 0; 3 the command line or a stack cannot be used, or the script cannot be written.`;

const outputs = z.looseObject({
  repositories: z.array(z.looseObject({ gitlabProject: z.string(), cloneUrlHttp: z.string() })),
  pushCredential: z.object({ userName: z.string(), password: z.string() }),
});

/** @returns the exit code. @throws UsageError */
export async function mirrorCommand(args: string[]): Promise<number> {
  const values = parse(args);
  if (values.help) {
    console.log(usage);
    return 0;
  }
  if (!values.print) throw new UsageError(`git airlock mirror has one way of working.\n\n${usage}`);
  if (process.stdout.isTTY)
    throw new UsageError(
      "The script holds a credential, which does not belong on a screen. Hand it to the host: git airlock mirror --print | ssh root@GITLAB bash -s",
    );
  const desired: DesiredMirrors = {
    revision: "",
    settings: {
      onlyProtectedBranches: values["only-protected-branches"],
      createProjects: values["create-projects"],
    },
    credentials: {},
    mirrors: [],
  };
  const targets = new Map<string, z.infer<typeof outputs>>();
  for (const target of values["target-stack"]) targets.set(target, await readTarget(target));
  const twice = twiceMirrored([...targets].map(([name, { repositories }]) => ({ name, repositories })));
  if (twice.length > 0)
    throw new UsageError(twice.map(({ value, message }) => `${renderValue(value)} ${message}`).join("\n"));
  // Not by assignment: a stack may be called __proto__.
  desired.credentials = Object.fromEntries(
    [...targets].map(
      ([
        target,
        {
          pushCredential: { userName: user, password },
        },
      ]) => [target, { user, password }],
    ),
  );
  for (const [target, { repositories }] of targets) {
    if (values.withdrawn) continue;
    for (const { gitlabProject: project, cloneUrlHttp: url } of repositories)
      desired.mirrors.push({ target, project, url });
  }
  desired.revision = createHash("sha256").update(JSON.stringify(desired)).digest("hex");
  process.stdout.write(reconcileScript({ desired }));
  console.error("This script holds the push credential. Delete it when it has run.");
  return 0;
}

async function readTarget(stack: string): Promise<z.infer<typeof outputs>> {
  const pulumi = await findPulumi(root, `read the stack ${stack} with`);
  try {
    const text = await pulumi.read(["stack", "output", "--json", "--show-secrets", "--stack", stack]);
    const read = outputs.safeParse(JSON.parse(text));
    if (read.success) return read.data;
  } catch (error) {
    if (!(error instanceof PulumiFailed)) throw error;
    throw new UsageError(
      `The stack ${stack} cannot be read. Pulumi says: ${error.message}\n` +
        'Log in with "pulumi login", or name the target by --target-stack.',
    );
  }
  throw new UsageError(
    `The stack ${stack} is not a target that is deployed: it has no outputs repositories and pushCredential. ` +
      `Run "pulumi up --stack ${stack}" first, or name the target by --target-stack.`,
  );
}

function parse(args: string[]) {
  return parseCommandLine(
    {
      args,
      options: {
        print: flag,
        withdrawn: flag,
        help: flag,
        "only-protected-branches": flag,
        "create-projects": flag,
        "target-stack": { type: "string", multiple: true, default: ["prd"] },
      },
    },
    usage,
  ).values;
}
