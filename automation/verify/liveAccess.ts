/** Where `git airlock verify --live` takes the address and the credentials from. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import type { Side } from "../../isolation/model/deployment";
import { UsageError } from "../usageError";
import type { Credential } from "./gitAs";
import type { LiveAccess } from "./live";

const credential = z.object({ userName: z.string(), password: z.string() });

/**
 * The first airlock repository, with the pull user's credential from Secrets Manager and the push user's from the stack;
 * or both from the environment, where neither can be reached.
 * @param pulumi runs Pulumi's CLI, and gives what it printed
 * @throws UsageError where the target does not say it
 */
export function liveAccess(
  target: Side | undefined,
  pulumi: (args: string[]) => Promise<string>,
): LiveAccess {
  const { cloneUrls, pullSecretArn } = target?.snapshot.outputs ?? {};
  const [cloneUrl] = Object.values(z.record(z.string(), z.url()).catch({}).parse(cloneUrls));
  if (target === undefined || cloneUrl === undefined)
    throw new UsageError(
      "--live needs the target's output cloneUrls; give the target's stack or its export.",
    );
  return {
    cloneUrl,
    pull: async () =>
      fromEnvironment("PULL") ??
      read("the pull credential", "PULL", async () => {
        const args = ["secretsmanager", "get-secret-value", "--secret-id", z.string().parse(pullSecretArn)];
        const shown = ["--region", target.region ?? "", "--query", "SecretString", "--output", "text"];
        return runAws([...args, ...shown]);
      }),
    push: async () =>
      fromEnvironment("PUSH") ??
      read("the push credential", "PUSH", () =>
        pulumi(["stack", "output", "pushCredential", "--show-secrets", "--json", "--stack", target.stack]),
      ),
  };
}

/** Runs the AWS CLI. @throws Error with what it said, or that there is none */
export async function runAws(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)("aws", args)).stdout;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
    if (said !== "") throw new Error(said);
    throw new UsageError("There is no AWS CLI to ask; install it, and sign in to the account.");
  }
}

function fromEnvironment(user: "PULL" | "PUSH"): Credential | undefined {
  const userName = process.env[`AIRLOCK_${user}_USERNAME`];
  const password = process.env[`AIRLOCK_${user}_PASSWORD`];
  return userName === undefined || password === undefined ? undefined : { userName, password };
}

async function read(what: string, user: string, print: () => Promise<string>): Promise<Credential> {
  try {
    return credential.parse(JSON.parse(await print()));
  } catch (error) {
    // What was printed may hold the credential, and so may the error's text.
    const kind = error instanceof Error ? error.name : "error";
    throw new UsageError(
      `${what} cannot be read (${kind}). Sign in to AWS and Pulumi, or set AIRLOCK_${user}_USERNAME and ` +
        `AIRLOCK_${user}_PASSWORD.`,
    );
  }
}
