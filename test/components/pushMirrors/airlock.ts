/** GitLab's projects and their airlock repositories, as far as the reconcile script sees their branches and tags. */
import type { DesiredMirrors } from "../../../components/pushMirrors/desiredMirrors";
import {
  reconcile,
  type CommandResult,
  type GitlabState,
  type HostGit,
  type ModelMirror,
  type Push,
  type Reference,
  type Reconciled,
} from "../../../rehearsal/gitlab/reconcile";

/** An id made of one digit. */
export const oid = (digit: string): string => digit.repeat(40);

export const main: Reference = { name: "refs/heads/main", target: oid("1") };

export const now = "2026-11-24T09:00:00Z";

export const airlockUrl = (name: string): string =>
  `https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/${name}`;

/** The push credential, with what a URL has to escape. */
export const credential = { user: "target-push-at-222222222222", password: "a/b+c=d@e%f\"g'h" };

/** A mirror as the script leaves it, whose last run has just ended well. */
export function mirrorTo(url: string, more: Partial<ModelMirror> = {}): ModelMirror {
  return {
    id: 1,
    url,
    ...credential,
    auth_method: "password",
    enabled: true,
    only_protected_branches: false,
    keep_divergent_refs: true,
    mirror_branch_regex: null,
    update_status: "finished",
    last_error: null,
    created_at: now,
    last_update_at: now,
    last_update_started_at: now,
    last_successful_update_at: now,
    ...more,
  };
}

/** What a command of the host was run with. */
export interface Asked {
  command: string[];
  variables: Record<string, string>;
}

/** Both ends, in memory. A push that ends well carries everything over, if GitLab is honest. */
export class Airlock implements HostGit {
  readonly asked: Asked[] = [];
  /** What every project holds, one after another each time that it is asked for; the last one stays. */
  source: (readonly Reference[] | string)[] = [[main]];
  /** By URL. */
  readonly target = new Map<string, readonly Reference[]>();
  /** Whether a push that GitLab calls finished has come about. */
  isHonest = true;
  /** In the place of an answer of the airlock repository. */
  answer: (url: string) => CommandResult | undefined = () => undefined;
  /** Pairs of commits of which the first is contained in the second. */
  ancestors: [string, string][] = [];
  readonly #listed = new Map<string, number>();

  references(project: string): Promise<readonly Reference[] | string> {
    const at = this.#listed.get(project) ?? 0;
    this.#listed.set(project, at + 1);
    return Promise.resolve(this.source[Math.min(at, this.source.length - 1)] ?? []);
  }

  isAncestor(_: string, ancestor: string, of: string): Promise<"yes" | "unknown"> {
    const isKnown = this.ancestors.some(([one, other]) => one === ancestor && other === of);
    return Promise.resolve(isKnown ? "yes" : "unknown");
  }

  run(command: string[], variables: Record<string, string>): Promise<CommandResult> {
    this.asked.push({ command, variables });
    const url = command.find((word) => word.startsWith("https://")) ?? "";
    const refs = this.target.get(url) ?? [];
    const stdout = refs.map(({ name, target }) => `${target}\t${name}\n`).join("");
    return Promise.resolve(this.answer(url) ?? { code: 0, stdout, stderr: "" });
  }

  /** One run of the script. */
  reconcile(state: GitlabState, desired: DesiredMirrors, push: Push, record?: string): Promise<Reconciled> {
    this.#listed.clear();
    const carrying: Push = async (mirror, project) => {
      const outcome = await push(mirror, project);
      const [held] = this.source;
      if (outcome.status === "finished" && this.isHonest && typeof held === "object")
        this.target.set(mirror.url, held);
      return outcome;
    };
    return reconcile(state, { desired, record }, carrying, this);
  }
}
