/** A small world for the git tests: an explicit table of who may do what from where, and git's parts around it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { CertificateAuthority } from "../../../rehearsal/certificates";
import { CodeCommit } from "../../../rehearsal/git/codeCommit";
import type { Resolver } from "../../../rehearsal/git/connectPath";
import { ForwardProxy } from "../../../rehearsal/git/forwardProxy";
import { type Credential, Position } from "../../../rehearsal/git/gitClient";
import { GitLab, type MirrorSettings } from "../../../rehearsal/git/gitlab";
import { gitEnvironment, Processes, runGit } from "../../../rehearsal/git/gitProcess";
import { parseSquidConf } from "../../../rehearsal/git/squidConf";
import type { Arrival, CodeCommitWorld, GitPrincipal } from "../../../rehearsal/git/world";

export const REGION = "ap-northeast-1";
export const CODECOMMIT = `git-codecommit.${REGION}.amazonaws.com`;
export const GITLAB = "gitlab.dev.example.com";
export const REPOSITORIES = `https://${CODECOMMIT}/v1/repos`;
export const PROJECT = "platform/app";

export const PRODUCTION = "222222222222";
export const STRANGER = "999999999999";
export const NAT: Arrival = { sourceIp: "203.0.113.10" };
export const ELSEWHERE: Arrival = { sourceIp: "198.51.100.7" };
export const ENDPOINT: Arrival = { vpcEndpointId: "vpce-1", vpcId: "vpc-1", vpcSourceIp: "10.1.0.5" };

/** Passwords with every character that URLs, shells and base64 trip over. */
export const PUSH: Credential = { user: "push+1-at-222222222222", password: "a/b+c=d@e:f%2Fg h'\"$x" };
export const PULL: Credential = { user: "pull-at-222222222222", password: "Pull/+=:@%" };
export const STRANGERS: Credential = { user: "eve-at-999999999999", password: "eve/=" };
export const DEVELOPER: Credential = { user: "dev@example.com", password: "p/w+d=@:%41" };

export const SQUID_CONF = `http_port 3128
acl gitlab src 10.0.0.0/16
acl codecommit dstdomain -n ${CODECOMMIT}
acl https port 443
http_access deny !gitlab
http_access deny !CONNECT
http_access allow CONNECT codecommit https
http_access deny all
`;

/** The mirror of a project to the airlock repository "app", as it should be set. */
export const MIRROR: MirrorSettings = {
  ...PUSH,
  url: `${REPOSITORIES}/app`,
  keepDivergentRefs: true,
  onlyProtectedBranches: false,
};

const principal = (name: string, accountId: string): GitPrincipal => ({
  arn: `arn:aws:iam::${accountId}:user/${name}`,
  accountId,
});
const USERS: [Credential, GitPrincipal][] = [
  [PUSH, principal("push", PRODUCTION)],
  [PULL, principal("pull", PRODUCTION)],
  [STRANGERS, principal("eve", STRANGER)],
];

/** Rows: user, action, arrival. Everything else is denied. */
const ALLOWED: [string, string, Arrival][] = [
  ["push", "codecommit:GitPull", NAT],
  ["push", "codecommit:GitPush", NAT],
  ["pull", "codecommit:GitPull", ENDPOINT],
  ["eve", "codecommit:GitPull", ELSEWHERE],
  ["eve", "codecommit:GitPush", ELSEWHERE],
];

export const world: CodeCommitWorld = {
  authenticate: (user, password) => USERS.find(([c]) => c.user === user && c.password === password)?.[1],
  hasRepository: (account, name) =>
    (account === PRODUCTION && ["app", "other"].includes(name)) || (account === STRANGER && name === "app"),
  decide(who, { action, reference }, arrival) {
    if (reference?.startsWith("refs/pipelines/")) return { allowed: false, reason: "the row of references" };
    const row = ALLOWED.find(
      ([user, what, where]) => who.arn.endsWith(`/${user}`) && what === action && where === arrival,
    );
    return row
      ? { allowed: true, reason: `row ${ALLOWED.indexOf(row)}` }
      : { allowed: false, reason: "no row" };
  },
};

/** GitLab, proxy and CodeCommit of a small rehearsal, with four positions around them. */
export class Lab {
  readonly processes = new Processes();
  /** Runs git on files of the lab. */
  readonly local;

  private constructor(
    readonly folder: string,
    readonly authority: CertificateAuthority,
    readonly codeCommit: CodeCommit,
    readonly proxy: ForwardProxy,
    readonly gitlab: GitLab,
    readonly positions: { work: Position; gitlab: Position; isolated: Position; home: Position },
    /** Port of CodeCommit for requests from the NAT address. */
    readonly natPort: number,
    readonly proxyPort: number,
  ) {
    this.local = { env: gitEnvironment(folder), processes: this.processes };
  }

  /** @param inSomeOrder the order in which mirrors push references */
  static async open(inSomeOrder?: (refspecs: string[]) => string[]): Promise<Lab> {
    const folder = mkdtempSync(path.join(tmpdir(), "airlock-git-"));
    const authority = await CertificateAuthority.create(folder);
    const codeCommit = new CodeCommit({ region: REGION, folder: path.join(folder, "cc"), authority, world });
    const natPort = await codeCommit.listen(NAT);
    const [endpointPort, elsewherePort] = [
      await codeCommit.listen(ENDPOINT),
      await codeCommit.listen(ELSEWHERE),
    ];
    const only =
      (known: Record<string, () => number>): Resolver =>
      (host, port) => {
        const found = known[`${host}:${port}`];
        return found ? { port: found() } : { refused: `no route to ${host}:${port}` };
      };
    const proxy = new ForwardProxy(
      parseSquidConf(SQUID_CONF),
      only({ [`${CODECOMMIT}:443`]: () => natPort }),
    );
    const proxyPort = await proxy.listen("10.0.3.4");
    let gitlabPort = 0;
    const position = (name: string, resolve: Resolver) =>
      Position.open({ name, folder, authorityFile: authority.file, resolve });
    const positions = {
      work: await position("work terminal", only({ [`${GITLAB}:443`]: () => gitlabPort })),
      gitlab: await position("gitlab host", only({ "proxy.internal:3128": () => proxyPort })),
      isolated: await position("isolated terminal", only({ [`${CODECOMMIT}:443`]: () => endpointPort })),
      home: await position("attacker's home", only({ [`${CODECOMMIT}:443`]: () => elsewherePort })),
    };
    const gitlab = new GitLab({
      hostname: GITLAB,
      folder: path.join(folder, "gitlab"),
      authority,
      developers: [DEVELOPER],
      position: positions.gitlab,
      inSomeOrder,
      environment: {
        https_proxy: "http://proxy.internal:3128",
        no_proxy: "localhost,127.0.0.1,169.254.169.254,.dev.example.com",
      },
    });
    gitlabPort = await gitlab.listen();
    return new Lab(folder, authority, codeCommit, proxy, gitlab, positions, natPort, proxyPort);
  }

  /** Runs git on files, and returns what it printed; fails when git does. */
  async git(cwd: string, args: string[], input?: string | Buffer): Promise<string> {
    const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
    const result = await runGit([...identity, ...args], { ...this.local, cwd, input });
    if (result.code !== 0) throw new Error(`git ${args.join(" ")}: ${result.stderr}`);
    return result.stdout.trim();
  }

  /** A new repository filled by `git fast-import`. Returns its directory. */
  async repository(name: string, stream: string | Buffer): Promise<string> {
    const directory = path.join(this.folder, name);
    await this.git(this.folder, ["init", "--quiet", "--bare", "-b", "main", directory]);
    // Kept as one uncompressed pack: what is tested is the way, not zlib.
    const settings = ["-c", "core.compression=0", "-c", "fastimport.unpackLimit=0"];
    await this.git(directory, [...settings, "fast-import", "--quiet"], stream);
    return directory;
  }

  /** A GitLab project with a mirror to the airlock repository, holding what the local repository holds. */
  async project(directory: string): Promise<string> {
    const made = await this.gitlab.createProject(PROJECT);
    this.gitlab.setMirror(PROJECT, MIRROR);
    await this.pushToGitlab(directory);
    return made;
  }

  async pushToGitlab(directory: string): Promise<void> {
    const url = `https://${GITLAB}/${PROJECT}.git`;
    const refs = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];
    const pushed = await this.positions.work.git(["push", "--quiet", "--prune", url, ...refs], {
      cwd: directory,
      credential: DEVELOPER,
    });
    if (pushed.code !== 0) throw new Error(`push to GitLab: ${pushed.stderr}`);
  }

  async close(): Promise<void> {
    const parts = [
      this.gitlab,
      this.proxy,
      this.codeCommit,
      this.processes,
      ...Object.values(this.positions),
    ];
    await Promise.all(parts.map((part) => part.close()));
    rmSync(this.folder, { recursive: true });
  }
}

/** A `git fast-import` commit on a branch, of files given as path and content. */
export function commit(
  branch: string,
  message: string,
  files: Record<string, string>,
  from?: string,
): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  return [
    `commit refs/heads/${branch}\n`,
    "committer Dev <dev@example.com> 1700000000 +0900\n",
    data(message),
    from === undefined ? "" : `from ${from}\n`,
    ...Object.entries(files).map(([name, text]) => `M 100644 inline ${name}\n${data(text)}`),
    "\n",
  ].join("");
}
