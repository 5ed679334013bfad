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
  created_at: z.string(),
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

/** A branch or tag, as Gitaly lists it. */
export interface Reference {
  name: string;
  target: string;
}

/** Git beside the script: in GitLab's repositories, and on the host. */
export interface HostGit {
  /** A project's branches and tags now; a text is why GitLab does not list them. */
  references(project: string): Promise<readonly Reference[] | string>;
  /** Whether a project's commit is contained in another one. */
  isAncestor(project: string, ancestor: string, of: string): Promise<"yes" | "no" | "unknown">;
  /** Runs a command of the host as user git, in GitLab's own environment and with these variables. */
  run(command: string[], variables: Record<string, string>): Promise<CommandResult>;
}

/** What a command left behind. */
export interface CommandResult {
  code: number;
  stdout: string | Buffer;
  stderr: string | Buffer;
  /** How long it took. @default 0 */
  seconds?: number;
}

/** What a run is given. */
export interface ReconcileInput {
  desired: DesiredMirrors;
  /** The status of the run before, as the host keeps it. @default none */
  record?: string;
}

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
      delivery: z.enum(["equal", "behind", "unknown"]),
      lacking: z.number(),
      extra: z.number().nullable(),
      deliveredAt: z.string().nullable(),
      behindSince: z.string().nullable(),
      lastSuccessAt: z.string().nullable(),
      lagSeconds: z.number(),
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

/** What the script asks of the world outside of its Ruby. */
const questionSchema = z.union([
  z.object({
    command: z.array(z.string()),
    variables: z.record(z.string(), z.string()),
    /** How often it has been run, with this time. */
    times: z.number(),
  }),
  z.object({ project: z.string(), ancestor: z.string(), of: z.string() }),
]);

type Answer = { code: number; stdout: string; stderr: string; seconds: number } | "yes" | "no" | "unknown";

const endedSchema = z.object({
  ended: z.number().nullable(),
  output: z.string(),
  state: stateSchema.extend({ pending: z.array(z.number()), asked: z.array(z.string()) }),
});

/** What has become of all that a run started or asked. */
interface Known {
  outcomes: Record<string, PushOutcome>;
  answers: { question: string; answer: Answer }[];
  /** By project: its references when they are asked for first, and after that. */
  references: Record<string, (readonly Reference[] | string)[]>;
}

const nothing: Known = { outcomes: {}, answers: [], references: {} };

/**
 * One run of the script. It cannot wait for what happens outside of it: so it runs up to where it waits, the pushes that it
 * started are carried out, and it runs from the same start once more, with what became of them; and so on with what it asks.
 */
export async function reconcile(
  state: GitlabState,
  input: ReconcileInput,
  push: Push,
  git: HostGit,
): Promise<Reconciled> {
  const known: Known = { outcomes: {}, answers: [], references: await references(state, git) };
  for (;;) {
    const ended = await run(state, input, known);
    const { asked, pending, projects } = ended.state;
    for (const project of projects)
      for (const mirror of project.mirrors)
        if (pending.includes(mirror.id)) known.outcomes[mirror.id] = await push(mirror, project);
    for (const question of asked)
      known.answers.push({
        question,
        answer: await answerOf(questionSchema.parse(JSON.parse(question)), git),
      });
    if (pending.length === 0 && asked.length === 0) return finished(ended);
    const later = await references(state, git);
    for (const [project, [now = []]] of Object.entries(later))
      known.references[project] = [known.references[project]?.[0] ?? [], now];
  }
}

async function references(state: GitlabState, git: HostGit): Promise<Known["references"]> {
  const listed: Known["references"] = {};
  for (const { path } of state.projects) listed[path] = [await git.references(path)];
  return listed;
}

async function answerOf(question: z.infer<typeof questionSchema>, git: HostGit): Promise<Answer> {
  if ("ancestor" in question) return git.isAncestor(question.project, question.ancestor, question.of);
  const { code, stdout, stderr, seconds = 0 } = await git.run(question.command, question.variables);
  const base64 = (bytes: string | Buffer) => Buffer.from(bytes).toString("base64");
  return { code, stdout: base64(stdout), stderr: base64(stderr), seconds };
}

/** A run that is killed after so many writes to GitLab's database; at the latest where it waits for the first pushes. */
export async function killed(
  state: GitlabState,
  desired: DesiredMirrors,
  writes: number,
): Promise<GitlabState> {
  return stateSchema.parse((await run({ ...state, writesLeft: writes }, { desired }, nothing)).state);
}

async function run(
  state: GitlabState & { writesLeft?: number },
  { desired, record = "" }: ReconcileInput,
  known: Known,
) {
  const script = join(__dirname, "..", "..", "components", "pushMirrors", "reconcile.rb");
  return runScript(script, { ...state, ...known }, { desired, record });
}

/** Runs a script as `gitlab-rails runner` does. @param given what the shell hands it on standard input (hostScript.ts) */
export async function runScript(
  path: string,
  state: GitlabState & { writesLeft?: number } & Partial<Known>,
  { desired, record = "" }: { desired: unknown; record?: string },
) {
  const input = `${JSON.stringify(desired)}\n${record}\n`;
  const vm = await rubyWithModel();
  const given = JSON.stringify({ state: { ...nothing, ...state }, input });
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
