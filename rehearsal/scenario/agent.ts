/** The Systems Manager agent on the GitLab host: runs the association, with the desired state that the mirror stack wrote. */
import { z } from "zod";
import { revisionOf } from "../../components/pushMirrors/parameters";
import type { DesiredMirrors } from "../../components/pushMirrors/reconcileScript";
import { actionMatches, globMatches } from "../../isolation/iam/match";
import { parsePolicy } from "../../isolation/iam/policy";
import type { Account } from "../aws/account";
import type { GitLab } from "../git/gitlab";
import {
  reconcile,
  type GitlabState,
  type HostGit,
  type ModelMirror,
  type Push,
  type ReconcileStatus,
} from "../gitlab/reconcile";
import { RehearsalError } from "../rehearsalError";
import type { DeployedStack } from "../engines/deployStack";

/** The moment of every rehearsal, so that equal rehearsals give equal documents. */
const now = "2026-01-01T00:00:00Z";

const settingsValue = z.object({ onlyProtectedBranches: z.boolean(), createProjects: z.boolean() });
const credentialValue = z.object({ user: z.string(), password: z.string() });
const mirrorValue = z.object({ project: z.string(), url: z.string() });

export class Agent {
  #state: GitlabState = { now, groups: [], nextId: 1, projects: [] };
  /** The status of the run before, which the script keeps on the host. */
  #record = "";

  constructor(
    private readonly gitlab: GitLab,
    private mirror: DeployedStack<"mirror">,
  ) {}

  /** Another update of the mirror stack. */
  updated(mirror: DeployedStack<"mirror">): void {
    this.mirror = mirror;
  }

  /**
   * A run of the association, and what the script would write into the status parameter of it.
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
      const { updateStatus, lastError } = await this.gitlab.syncMirror(path);
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

  /** The state as the script assembles it (reconcileScript.ts). */
  #desired(): DesiredMirrors {
    const { account, deployment } = this.mirror;
    const prefix = String(deployment.output("statusParameterName")).replace(/\/status$/, "");
    const [association] = account.ssmAssociations.list();
    if (association === undefined) throw new RehearsalError("the mirror stack made no association");
    if (association.instanceIds.length === 0) throw new RehearsalError("the association runs on no instance");
    for (const id of association.instanceIds) account.instances.get(id);
    this.#require("ssm:GetParametersByPath", account.arn("ssm", `parameter${prefix}`));
    this.#require("ssm:PutParameter", account.arn("ssm", `parameter${prefix}/status`));
    const values = parametersUnder(account, prefix);
    const revision = revisionOf(values);
    if (association.parameters["revision"] !== revision)
      throw new RehearsalError("the association runs another revision than the parameters are of");
    const desired: DesiredMirrors = {
      revision,
      credentials: {},
      mirrors: [],
      settings: settingsValue.parse(JSON.parse(values["settings"] ?? "")),
    };
    for (const [name, value] of Object.entries(values)) {
      const [kind, target = ""] = name.split("/");
      if (kind === "credentials") desired.credentials[target] = credentialValue.parse(JSON.parse(value));
      if (kind === "mirrors") desired.mirrors.push({ target, ...mirrorValue.parse(JSON.parse(value)) });
    }
    return desired;
  }

  /** Throws when the host's role is not allowed to; what other roles of the stack may is nothing to it. */
  #require(action: string, resource: string): void {
    const { account, deployment } = this.mirror;
    const roles = account.ssmAssociations
      .list()
      .flatMap(({ instanceIds }) => instanceIds)
      .map((id) => account.iam.instanceProfile(account.instances.get(id).iamInstanceProfile ?? "")?.roleName);
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
    if (!isAllowed)
      throw new RehearsalError(`the GitLab host's role is not allowed ${action} on ${resource}`);
  }
}

function parametersUnder(account: Account, prefix: string): Record<string, string> {
  const inside = account.ssm
    .under(prefix)
    .map(({ name, value }) => [name.slice(prefix.length + 1), value] as const);
  return Object.fromEntries(inside.filter(([name]) => name !== "status"));
}
