/** The Systems Manager agent on the GitLab host: runs its associations, each with the state that its stack wrote. */
import { z } from "zod";
import { revisionOf } from "../../components/hostScript/parameters";
import type { DesiredSettings } from "../../components/networkedGitlab/desiredSettings";
import type { DesiredMirrors } from "../../components/pushMirrors/desiredMirrors";
import { actionMatches, globMatches } from "../../isolation/iam/match";
import { parsePolicy } from "../../isolation/iam/policy";
import type { Account } from "../aws/account";
import type { Association } from "../aws/management/ssmAssociations";
import type { GitLab } from "../git/gitlab";
import {
  reconcile,
  type GitlabState,
  type HostGit,
  type ModelMirror,
  type Push,
  type ReconcileStatus,
} from "../gitlab/reconcile";
import { freshGitlab, keepSettings, type SettingsStatus } from "../gitlab/settings";
import { RehearsalError } from "../rehearsalError";
import type { DeployedStack } from "../engines/deployStack";

/** The moment of every rehearsal, so that equal rehearsals give equal documents. */
const now = "2026-01-01T00:00:00Z";

const mirrorSettings = z.object({ onlyProtectedBranches: z.boolean(), createProjects: z.boolean() });
const credentialValue = z.object({ user: z.string(), password: z.string() });
const mirrorValue = z.object({ project: z.string(), url: z.string() });
const administratorCredential = z.object({ username: z.string(), password: z.string() });
const gitlabSettings = z.object({
  administrator: z
    .object({ username: z.string(), name: z.string(), email: z.string(), sshKey: z.string().optional() })
    .optional(),
});

type Stack = DeployedStack<"source"> | DeployedStack<"mirror">;

/** What a stack has written for the host: its values by name, and their hash. */
interface HostState {
  revision: string;
  values: Readonly<Record<string, string>>;
}

export class Agent {
  #state: GitlabState = { now, groups: [], nextId: 1, projects: [], ...freshGitlab };
  /** The status of the run before, which the script keeps on the host. */
  #record = "";

  constructor(
    private readonly gitlab: GitLab,
    private readonly source: DeployedStack<"source">,
    private mirror: DeployedStack<"mirror">,
  ) {}

  /** Another update of the mirror stack. */
  updated(mirror: DeployedStack<"mirror">): void {
    this.mirror = mirror;
  }

  /**
   * A run of the association that keeps GitLab's settings, and what the script would write into its status parameter;
   * undefined where the stack leaves the settings to others.
   */
  async keepSettings(): Promise<SettingsStatus | undefined> {
    const name = this.source.deployment.output("gitlabSettingsStatusParameter");
    if (typeof name !== "string") return undefined;
    const { revision, values } = stateOf(this.source, name);
    const { administrator } = gitlabSettings.parse(JSON.parse(values["settings"] ?? ""));
    const credential = values["credentials/administrator"];
    const desired: DesiredSettings = {
      revision,
      settings: { administrator },
      credentials:
        credential === undefined
          ? {}
          : { administrator: administratorCredential.parse(JSON.parse(credential)) },
    };
    const { status, state } = await keepSettings(this.#state, desired);
    this.#state = state;
    return status;
  }

  /** GitLab's own settings. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#state.settings ?? {};
  }

  /** Somebody with an administrator's rights changes them. */
  changeSettings(changes: Readonly<Record<string, unknown>>): void {
    this.#state.settings = { ...this.#state.settings, ...changes };
  }

  /**
   * A run of the association that sets the mirrors, and what the script would write into the status parameter of it.
   * @param lies whether GitLab calls every push finished and carries none out
   */
  async runAssociation(lies = false): Promise<ReconcileStatus> {
    const desired = this.#desired();
    this.#state.projects = this.gitlab.projects.map(
      (path) =>
        this.#state.projects.find((one) => one.path === path) ?? {
          path,
          lfsEnabled: null,
          lastPushAt: now,
          isEmpty: false,
          mirrors: [],
          // The default branch, as GitLab has it by itself.
          protectedBranches: ["main"],
        },
    );
    const input = { desired, record: this.#record };
    const push: Push = async (mirror, { path }) => {
      if (lies) return { status: "finished" };
      this.gitlab.setMirror(path, {
        url: mirror.url,
        user: mirror.user ?? "",
        password: mirror.password ?? "",
        keepDivergentRefs: mirror.keep_divergent_refs,
        onlyProtectedBranches: mirror.only_protected_branches,
      });
      const { updateStatus, lastError } = await this.gitlab.syncMirror(path, mirror.url);
      if (updateStatus === "finished") return { status: updateStatus };
      return { status: "failed", error: lastError ?? updateStatus, tags: await this.gitlab.tags(path) };
    };
    const { status, state, output } = await reconcile(this.#state, input, push, this.#git);
    this.#state = state;
    this.#record = output;
    return status;
  }

  /** Git on the host, for real. */
  readonly #git: HostGit = {
    references: (project) => this.gitlab.references(project),
    isAncestor: (project, ancestor, of) => this.gitlab.isAncestor(project, ancestor, of),
    run: async ([timeout, , , , git, ...args], variables) => {
      const url = args.find((word) => word.startsWith("https://"));
      if (timeout !== "timeout" || git !== "/opt/gitlab/embedded/bin/git" || url === undefined)
        throw new RehearsalError(`the host's script runs what nothing stands in for: ${args.join(" ")}`);
      return this.gitlab.runOnHost(url, args, variables);
    },
  };

  /** The mirrors of a project, as somebody with administrator's rights changes them. */
  changeMirrors(project: string, change: (mirror: ModelMirror) => ModelMirror): void {
    for (const one of this.#state.projects) {
      if (one.path === project) one.mirrors = one.mirrors.map(change);
    }
  }

  mirrorsOf(project: string): ModelMirror[] {
    return this.#state.projects.find(({ path }) => path === project)?.mirrors ?? [];
  }

  /** The state as the script assembles it (hostScript.ts). */
  #desired(): DesiredMirrors {
    const { revision, values } = stateOf(
      this.mirror,
      String(this.mirror.deployment.output("statusParameterName")),
    );
    const desired: DesiredMirrors = {
      revision,
      credentials: {},
      mirrors: [],
      settings: mirrorSettings.parse(JSON.parse(values["settings"] ?? "")),
    };
    for (const [name, value] of Object.entries(values)) {
      const [kind, target = ""] = name.split("/");
      if (kind === "credentials") desired.credentials[target] = credentialValue.parse(JSON.parse(value));
      if (kind === "mirrors") desired.mirrors.push({ target, ...mirrorValue.parse(JSON.parse(value)) });
    }
    return desired;
  }
}

/** What a stack's association finds on the host. Throws where the host would find nothing, or another state. */
function stateOf(stack: Stack, statusParameter: string): HostState {
  const { account, deployment } = stack;
  const prefix = statusParameter.replace(/\/status$/, "");
  const ids = deployment.ofType("aws:ssm/association:Association").map(({ id }) => id);
  const association = account.ssmAssociations.list().find(({ id }) => ids.includes(id));
  if (association === undefined) throw new RehearsalError(`${deployment.stack} made no association`);
  if (association.instanceIds.length === 0) throw new RehearsalError("the association runs on no instance");
  requirePermission(stack, association, "ssm:GetParametersByPath", `parameter${prefix}`);
  requirePermission(stack, association, "ssm:PutParameter", `parameter${prefix}/status`);
  const values = parametersUnder(account, prefix);
  const revision = revisionOf(values);
  if (association.parameters["revision"] !== revision)
    throw new RehearsalError("the association runs another revision than the parameters are of");
  return { revision, values };
}

/** Throws when the host's role is not allowed to; what other roles of the stack may is nothing to it. */
function requirePermission(
  { account, deployment }: Stack,
  { instanceIds }: Association,
  action: string,
  name: string,
): void {
  const resource = account.arn("ssm", name);
  const roles = instanceIds.map(
    (id) => account.iam.instanceProfile(account.instances.get(id).iamInstanceProfile ?? "")?.roleName,
  );
  const policies = deployment
    .ofType("aws:iam/rolePolicy:RolePolicy")
    .filter(({ outputs }) => roles.some((role) => role === outputs["role"]))
    .map(({ name, outputs }) => parsePolicy(outputs["policy"], name));
  const isAllowed = policies
    .flatMap(({ statements }) => statements)
    .some(
      ({ effect, actions, resources }) =>
        effect === "Allow" &&
        actions.patterns.some((pattern) => actionMatches(pattern, action)) &&
        resources.patterns.some((pattern) => globMatches(pattern, resource)),
    );
  if (!isAllowed) throw new RehearsalError(`the GitLab host's role is not allowed ${action} on ${resource}`);
}

function parametersUnder(account: Account, prefix: string): Record<string, string> {
  const inside = account.ssm
    .under(prefix)
    .map(({ name, value }) => [name.slice(prefix.length + 1), value] as const);
  return Object.fromEntries(inside.filter(([name]) => name !== "status"));
}
