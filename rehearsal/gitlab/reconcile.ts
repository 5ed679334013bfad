/** Runs the reconcile script's Ruby part against a model of GitLab, with pushes that somebody else carries out. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { DesiredMirrors } from "../../components/pushMirrors/desiredMirrors";
import { rubyWithModel } from "./ruby";

const mirrorSchema = z.object({
  id: z.number(),
  url: z.string(),
  user: z.string().nullable(),
  password: z.string().nullable(),
  auth_method: z.string(),
  enabled: z.boolean(),
  only_protected_branches: z.boolean(),
  keep_divergent_refs: z.boolean(),
  /** Of the Enterprise Edition. */
  mirror_branch_regex: z.string().nullable(),
  update_status: z.string(),
  last_error: z.string().nullable(),
  last_update_at: z.string().nullable(),
  last_update_started_at: z.string().nullable(),
  last_successful_update_at: z.string().nullable(),
  /** The credential is encrypted with a key that is lost: by the gem attr_encrypted, or by Rails itself. */
  undecryptable: z.enum(["OpenSSL", "Rails"]).optional(),
});

const projectSchema = z.object({
  path: z.string(),
  /** null: as the instance has it. */
  lfsEnabled: z.boolean().nullable(),
  /** Moves once in five minutes. */
  lastRepositoryUpdatedAt: z.string().nullable(),
  lastPushAt: z.string().nullable(),
  protectedBranches: z.array(z.string()),
  /** Whether nothing has been pushed yet. */
  isEmpty: z.boolean(),
  /** What a look-up of it raises, in base64. */
  unfindable: z.string().optional(),
  mirrors: z.array(mirrorSchema),
});

const userSchema = z.object({
  username: z.string(),
  name: z.string().nullish(),
  email: z.string(),
  /** GitLab keeps a hash of it. */
  password: z.string().nullish(),
  admin: z.boolean(),
  /** @default active */
  state: z.string().optional(),
  /** Whether the address is believed. @default true */
  confirmed: z.boolean().optional(),
  keys: z.array(z.object({ title: z.string(), key: z.string() })).optional(),
});

const stateSchema = z.object({
  /** ISO 8601; nothing but a script that sleeps moves it. */
  now: z.string(),
  groups: z.array(z.string()),
  /** The id of the next mirror. */
  nextId: z.number(),
  /** GitLab sends nothing out. */
  silentMode: z.boolean().optional(),
  projects: z.array(projectSchema),
  /** @default two administrators, the first one of whom is blocked */
  users: z.array(userSchema).optional(),
  /** GitLab's own, as its version has them; none before its database is made. */
  settings: z.record(z.string(), z.unknown()).optional(),
  /** What the environment of the host says of them. */
  settingsOfEnvironment: z.record(z.string(), z.unknown()).optional(),
});

/** A mirror, with the names of GitLab's columns. */
export type ModelMirror = z.infer<typeof mirrorSchema>;
export type ModelUser = z.infer<typeof userSchema>;
export type ModelProject = z.infer<typeof projectSchema>;
export type GitlabState = z.infer<typeof stateSchema>;

/** How a push ended. */
export interface PushOutcome {
  status: "finished" | "failed" | "to_retry";
  error?: string;
  /** In its place: bytes that need not be UTF-8, in base64. */
  errorBytes?: string;
  /** The tags that the project then has, as Gitaly lists them (ListRefs). */
  tags?: readonly { name: string; target: string; peeledTarget: string }[];
  /** What else has become of the mirror until then: the script is not alone. */
  meanwhile?: Partial<ModelMirror>;
  /** Whether somebody has removed it until then. */
  removed?: boolean;
}

/** Carries out the push of a mirror as it is set now. */
export type Push = (mirror: ModelMirror, project: ModelProject) => PushOutcome | Promise<PushOutcome>;

/** What the script says of its run (reconcile.rb). */
const statusSchema = z.object({
  revision: z.string(),
  finishedAt: z.string(),
  outcome: z.enum(["succeeded", "failed"]),
  counts: z.record(z.string(), z.number()),
  problems: z.array(z.string()),
  lagSeconds: z.number(),
  lags: z.record(z.string(), z.number()),
  mirrors: z.array(
    z.object({
      project: z.string(),
      url: z.string(),
      updateStatus: z.string(),
      lastSuccessAt: z.string().nullable(),
      lagSeconds: z.number().nullable(),
      lastError: z.string().nullable(),
    }),
  ),
});

export type ReconcileStatus = z.infer<typeof statusSchema>;

export interface Reconciled {
  status: ReconcileStatus;
  /** All that the script printed. */
  output: string;
  exitCode: number;
  state: GitlabState;
}

const endedSchema = z.object({
  ended: z.number().nullable(),
  output: z.string(),
  state: stateSchema.extend({ pending: z.array(z.number()) }),
});

/**
 * One run of the script. It cannot wait for what happens outside of it: so it runs up to where it waits, the pushes that it
 * started are carried out, and it runs from the same start once more, with what became of them.
 */
export async function reconcile(
  state: GitlabState,
  desired: DesiredMirrors,
  push: Push,
): Promise<Reconciled> {
  const first = await run(state, desired, {});
  if (first.ended !== null) return finished(first);
  const outcomes: Record<string, PushOutcome> = {};
  for (const project of first.state.projects) {
    for (const mirror of project.mirrors) {
      if (first.state.pending.includes(mirror.id)) outcomes[mirror.id] = await push(mirror, project);
    }
  }
  return finished(await run(state, desired, outcomes));
}

/** A run that is killed after so many writes to GitLab's database; at the latest where it waits for the first pushes. */
export async function killed(
  state: GitlabState,
  desired: DesiredMirrors,
  writes: number,
): Promise<GitlabState> {
  return stateSchema.parse((await run({ ...state, writesLeft: writes }, desired, {})).state);
}

async function run(
  state: GitlabState & { writesLeft?: number },
  desired: DesiredMirrors,
  outcomes: Record<string, PushOutcome>,
) {
  const script = join(__dirname, "..", "..", "components", "pushMirrors", "reconcile.rb");
  return runScript(script, { ...state, outcomes }, desired);
}

/** Runs a script as `gitlab-rails runner` does. @param desired what it finds on standard input, as JSON */
export async function runScript(
  path: string,
  state: GitlabState & { writesLeft?: number; outcomes: Record<string, PushOutcome> },
  desired: unknown,
) {
  const vm = await rubyWithModel();
  const given = JSON.stringify({ state, desired: JSON.stringify(desired) });
  const text = (value: string) =>
    `"${Buffer.from(value).toString("base64")}".unpack1("m").force_encoding("UTF-8")`;
  const call = `run_script(${text(await readFile(path, "utf8"))}, ${text(given)})`;
  return endedSchema.parse(JSON.parse(vm.eval(call).toString()));
}

function finished({ ended, output, state }: z.infer<typeof endedSchema>): Reconciled {
  if (ended === null) throw new Error("the script waits for pushes that have ended");
  return {
    status: statusSchema.parse(JSON.parse(output)),
    output,
    exitCode: ended,
    state: stateSchema.parse(state),
  };
}
