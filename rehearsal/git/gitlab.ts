/** A GitLab: projects that developers push to over HTTPS, and push mirrors that carry them on. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorText } from "../../facts/errorText";
import type { CertificateAuthority } from "../certificates";
import type { ClientOptions, Credential, Position } from "./gitClient";
import { gitOutput, type GitResult, runGit } from "./gitProcess";
import { parseBasicCredential, parseGitRequest } from "./gitRequest";
import { answer, GitServer } from "./gitServer";
import { lfsPointers } from "./lfsPointers";
import { type Environment, proxyFor } from "./mirrorProxy";
import { runMirror } from "./remoteMirror";

/** What a GitLab stand-in is made of. */
export interface GitLabOptions {
  /** The host of its external URL, e.g. `gitlab.dev.example.com`. */
  hostname: string;
  /** Where the projects' bare repositories go. */
  folder: string;
  authority: CertificateAuthority;
  /** Who may push and pull every project. */
  developers: Credential[];
  /** The network position of the GitLab host, from which mirrors push. */
  position: Position;
  /** `gitaly['env']` of the deployed gitlab.rb; says which proxy mirrors take. */
  environment: Environment;
  /** `gitlab_rails['env']`; says which proxy scripts take. @default the same */
  railsEnvironment?: Environment;
  /** The order in which a mirror pushes its references. Default: by name. */
  inSomeOrder?: (refspecs: string[]) => string[];
}

/** A push mirror as an administrator sets it. */
export interface MirrorSettings extends Credential {
  /** Exact clone URL, https, without a credential in it. */
  url: string;
  /** True: a reference that the target has rewritten is left alone and the mirror fails. False: it is overwritten. */
  keepDivergentRefs: boolean;
  /** True: of the branches, only protected ones (here: the default branch, as in a fresh project). */
  onlyProtectedBranches: boolean;
}

/** What GitLab shows of a mirror (REST field names: url, update_status, last_error). */
export interface MirrorStatus {
  /** With the credential masked. */
  url: string;
  /**
   * `none` before the first run. A run that git could not finish leaves `to_retry`, and `failed` the third time in
   * a row; a run that found divergent references or LFS pointers leaves `failed` at once.
   */
  updateStatus: "none" | "to_retry" | "started" | "finished" | "failed";
  /** Without any credential; undefined when the last run finished. */
  lastError?: string;
}

interface Mirror {
  settings: MirrorSettings;
  status: MirrorStatus;
  tries: number;
}

interface Project {
  directory: string;
  /** By their URLs. */
  mirrors: Map<string, Mirror>;
  /** Ends when no run of the mirror is under way: GitLab holds a lease for each (RepositoryUpdateRemoteMirrorWorker). */
  runs: Promise<unknown>;
}

/** GitLab's Projects::UpdateRemoteMirrorService::MAX_TRIES. */
const MAX_TRIES = 3;

/** `/<namespace>/…/<project>.git`; GitLab wants at least one namespace. */
const PATH_SEGMENT = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
const PROJECT_PATH = String.raw`/(${PATH_SEGMENT}(?:/${PATH_SEGMENT})+)\.git`;

/** The stand-in for one GitLab host. */
export class GitLab {
  readonly hostname: string;
  readonly #options: GitLabOptions;
  readonly #server: GitServer;
  readonly #projects = new Map<string, Project>();

  constructor(options: GitLabOptions) {
    this.hostname = options.hostname;
    this.#options = options;
    this.#server = new GitServer(options.folder, options.authority, options.hostname);
  }

  /** Opens the HTTPS port. */
  listen(): Promise<number> {
    return this.#server.listen((request, response) => this.#handle(request, response));
  }

  /** Makes an empty project, e.g. `platform/app`, and returns the directory of its bare repository. */
  async createProject(path: string): Promise<string> {
    if (!new RegExp(`^${PROJECT_PATH}$`).test(`/${path}.git`)) {
      throw new Error(`"${path}" is not a project path; expected namespace/project, e.g. platform/app`);
    }
    if (this.#projects.has(path)) throw new Error(`the project "${path}" exists already`);
    const directory = await this.#server.repository(path);
    this.#projects.set(path, { directory, mirrors: new Map(), runs: Promise.resolve() });
    return directory;
  }

  /** Paths of the projects, in the order in which they were made. */
  get projects(): string[] {
    return [...this.#projects.keys()];
  }

  /** The project's tags, as Gitaly lists them. */
  async tags(path: string): Promise<{ name: string; target: string; peeledTarget: string }[]> {
    const format = "--format=%(objectname) %(*objectname) %(refname)";
    const args = ["-C", this.#project(path).directory, "for-each-ref", format, "refs/tags/"];
    const listed = await gitOutput(args, this.#server.git);
    return listed.split("\n").flatMap((line) => {
      const [, target, peeledTarget = "", name] = /^([0-9a-f]+) ([0-9a-f]*) (.+)$/.exec(line) ?? [];
      return target === undefined || name === undefined ? [] : [{ name, target, peeledTarget }];
    });
  }

  /** The project's branches and tags, as Gitaly lists them. */
  async references(path: string): Promise<{ name: string; target: string }[]> {
    const format = "--format=%(objectname) %(refname)";
    const args = ["-C", this.#project(path).directory, "for-each-ref", format, "refs/heads/", "refs/tags/"];
    const listed = await gitOutput(args, this.#server.git);
    return listed.split("\n").flatMap((line) => {
      const [, target, name] = /^([0-9a-f]+) (.+)$/.exec(line) ?? [];
      return target === undefined || name === undefined ? [] : [{ name, target }];
    });
  }

  /** Whether a project's commit is contained in another one; unknown where either is not there. */
  async isAncestor(path: string, ancestor: string, of: string): Promise<"yes" | "no" | "unknown"> {
    const args = ["-C", this.#project(path).directory, "merge-base", "--is-ancestor", ancestor, of];
    const { code } = await runGit(args, this.#server.git);
    return code === 0 ? "yes" : code === 1 ? "no" : "unknown";
  }

  /**
   * Git as a script in GitLab's Rails runs it on the host.
   * @param variables beside those that Rails has
   */
  runOnHost(url: string, args: string[], variables: Record<string, string>): Promise<GitResult> {
    const { position, environment, railsEnvironment = environment } = this.#options;
    return position.git(args, { ...this.#throughProxy(url, railsEnvironment), variables });
  }

  /** Sets a push mirror of the project, in place of an earlier one to the same URL. */
  setMirror(projectPath: string, settings: MirrorSettings): void {
    const url = new URL(settings.url);
    if (url.protocol !== "https:" || url.username !== "" || url.password !== "") {
      throw new Error(
        "a mirror's url is https and holds no credential; user and password are given beside it",
      );
    }
    const masked = settings.url.replace("https://", "https://*****:*****@");
    const status: MirrorStatus = { url: masked, updateStatus: "none" };
    this.#project(projectPath).mirrors.set(settings.url, { settings, status, tries: 0 });
  }

  /** What GitLab shows of a mirror of the project. @param url @default that of the last one that was added */
  mirrorStatus(projectPath: string, url?: string): MirrorStatus {
    return { ...this.#mirror(projectPath, url).status };
  }

  /**
   * Runs a mirror of the project once, as after a push or "Update now". Never throws for what happens on the way:
   * look at the status.
   * @param url @default that of the last one that was added
   */
  syncMirror(projectPath: string, url?: string): Promise<MirrorStatus> {
    const project = this.#project(projectPath);
    const run = project.runs.then(() => this.#sync(projectPath, url));
    project.runs = run.catch(() => undefined);
    return run;
  }

  /** Runs every mirror of the project once, as GitLab does after a push. By their URLs. */
  async syncMirrors(projectPath: string): Promise<ReadonlyMap<string, MirrorStatus>> {
    const ended = new Map<string, MirrorStatus>();
    for (const url of this.#project(projectPath).mirrors.keys())
      ended.set(url, await this.syncMirror(projectPath, url));
    return ended;
  }

  async #sync(projectPath: string, url: string | undefined): Promise<MirrorStatus> {
    const project = this.#project(projectPath);
    const mirror = this.#mirror(projectPath, url);
    const { status } = mirror;
    status.updateStatus = "started";
    try {
      const problem = await this.#run(project.directory, mirror.settings);
      mirror.tries = 0;
      status.updateStatus = problem === undefined ? "finished" : "failed";
      status.lastError = problem;
    } catch (error) {
      mirror.tries += 1;
      status.updateStatus = mirror.tries < MAX_TRIES ? "to_retry" : "failed";
      status.lastError = errorText(error);
    }
    if (status.updateStatus === "failed") mirror.tries = 0;
    if (status.lastError !== undefined) status.lastError = scrub(status.lastError, mirror.settings);
    return { ...status };
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  #project(path: string): Project {
    const project = this.#projects.get(path);
    if (!project) throw new Error(`there is no project "${path}"; make it with createProject first`);
    return project;
  }

  #mirror(path: string, url: string | undefined): Mirror {
    const { mirrors } = this.#project(path);
    const mirror = url === undefined ? [...mirrors.values()].at(-1) : mirrors.get(url);
    if (!mirror) throw new Error(`the project "${path}" has no such mirror; set it with setMirror first`);
    return mirror;
  }

  /** Runs the mirror; returns what made it fail without an error of git. */
  async #run(directory: string, settings: MirrorSettings): Promise<string | undefined> {
    const { git } = this.#server;
    const { divergentRefs, objection } = await runMirror({
      directory,
      git,
      url: settings.url,
      keepDivergentRefs: settings.keepDivergentRefs,
      onlyProtectedBranches: settings.onlyProtectedBranches,
      inSomeOrder: this.#options.inSomeOrder ?? ((refspecs) => refspecs),
      remoteGit: (args) => this.#remoteGit(directory, settings, args),
      objection: async (tips) => lfsObjection(await lfsPointers(directory, tips, git)),
    });
    if (objection !== undefined) return objection;
    if (divergentRefs.length === 0) return undefined;
    return `Some refs have diverged and have not been updated on the remote:\n\n${divergentRefs.join("\n")}`;
  }

  async #remoteGit(directory: string, settings: MirrorSettings, args: string[]): Promise<GitResult> {
    const options: ClientOptions = {
      ...this.#throughProxy(settings.url, this.#options.environment),
      cwd: directory,
      credential: settings,
    };
    // Gitaly follows no redirect, neither to list references nor to push.
    return this.#options.position.git(["-c", "http.followRedirects=false", ...args], options);
  }

  /** A proxy is reached over the host's own network, under its real name. */
  #throughProxy(url: string, environment: Environment): Pick<ClientOptions, "proxyUrl"> {
    const { position } = this.#options;
    const proxy = proxyFor(new URL(url), environment);
    if (!proxy) return {};
    const hop = position.path.resolve(proxy.host, proxy.port);
    if ("refused" in hop)
      throw new Error(`the proxy ${proxy.host}:${proxy.port} is out of reach: ${hop.refused}`);
    return { proxyUrl: `http://127.0.0.1:${hop.port}` };
  }

  #isDeveloper({ user, password }: Credential): boolean {
    return this.#options.developers.some((one) => one.user === user && one.password === password);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = parseGitRequest(request, this.hostname, PROJECT_PATH);
    if ("status" in asked) {
      answer(response, asked.status, asked.reason);
      return;
    }
    const shown = parseBasicCredential(request);
    if (!shown || !this.#isDeveloper(shown)) {
      response.setHeader("WWW-Authenticate", 'Basic realm="GitLab"');
      answer(response, 401, "HTTP Basic: Access denied");
      return;
    }
    const project = this.#projects.get(asked.repository);
    if (!project) {
      answer(response, 404, "The project you were looking for could not be found");
      return;
    }
    const { directory } = project;
    await this.#server.serve(request, response, { ...asked, directory });
  }
}

/**
 * A real GitLab only logs that it could not send the objects, and shows a green mirror whose files are pointers to
 * nothing. The rehearsal fails instead, for nobody wants that in production.
 */
function lfsObjection(pointers: string[]): string | undefined {
  const [first, ...others] = pointers;
  if (first === undefined) return undefined;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return (
    `Git LFS pointer files would arrive without their content, since CodeCommit had no LFS as of 2026-11 (announced for 2026): ${first}${more}. ` +
    "Nothing was pushed. Store these files in git itself (git lfs migrate export), or keep them out."
  );
}

/** Takes the credential out of a message, in every form it can appear in. */
function scrub(text: string, { user, password }: Credential): string {
  const basic = Buffer.from(`${user}:${password}`).toString("base64");
  return [basic, encodeURIComponent(password), password]
    .reduce((message, secret) => message.replaceAll(secret, "*****"), text)
    .replace(/(https?:\/\/)[^\s/@]+@/g, "$1*****:*****@");
}
