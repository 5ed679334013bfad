/** The way to the source: that what answers is who it says it is, and how long to wait for it. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { spawn } from "node:child_process";
import { environment } from "./environment";
import { GitError, git, lines, run, type Clone } from "./git";
import { Patience } from "./patience";

/** What the fetch gets: settings that cannot be loosened, and how long it waits. */
export interface Way {
  settings: string[];
  /** None for a folder or a bundle on this machine. */
  patience?: Patience;
}

/** Bytes a second and seconds, where the user's settings name none. */
const LIMIT = 10;
const SECONDS = 60;

/** @throws GitError where whoever answers would be believed */
export async function wayTo(clone: Clone, given: string): Promise<Way> {
  // As the user's url.….insteadOf has it.
  const url = (await git(clone, ["ls-remote", "--get-url", "--", given], { isRemote: true })).trim();
  if (/^https:/i.test(url)) return overHttps(clone, url);
  const host = sshHost(url);
  if (host === undefined) return { settings: [] };
  await checkSsh(clone, host);
  return { settings: [], patience: patience(await httpSettings(clone, "https://ssh.invalid/")) };
}

/**
 * Https whose certificate is checked. A setting for an URL counts more than one for all, wherever it stands; so the one for
 * exactly this URL is set, too: https://git-scm.com/docs/git-config#Documentation/git-config.txt-httplturlgt
 */
async function overHttps(clone: Clone, url: string): Promise<Way> {
  const settings = ["http.sslVerify=true"];
  // Git would end the setting's name at the first "=".
  if (!url.includes("=")) settings.push(`http.${url}.sslVerify=true`);
  const effective = await httpSettings(clone, url, settings);
  if (!/^(true|yes|on|1)$/i.test(effective.get("http.sslverify") ?? ""))
    throw new GitError(
      "The setting http.<url>.sslVerify is off for this source, so anybody could answer in its place. Remove the setting; if " +
        "the room has a certificate authority of its own: git config --global http.sslCAInfo FILE.",
      -1,
    );
  const waits = patience(effective);
  // Only where the user's settings name none.
  if (!effective.has("http.lowspeedlimit")) settings.push(`http.lowSpeedLimit=${waits.limit}`);
  if (!effective.has("http.lowspeedtime")) settings.push(`http.lowSpeedTime=${waits.seconds}`);
  return { settings, patience: waits };
}

/** The settings below "http" that hold for an URL, by their names in lower case. */
async function httpSettings(clone: Clone, url: string, settings: readonly string[] = []) {
  const { stdout } = await run(clone, ["config", "--get-urlmatch", "http", url], {
    isRemote: true,
    settings,
  });
  return new Map(
    lines(stdout).map((line): [string, string] => {
      const at = line.indexOf(" ");
      return at < 0 ? [line, "true"] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

function patience(settings: ReadonlyMap<string, string>): Patience {
  const { GIT_HTTP_LOW_SPEED_LIMIT, GIT_HTTP_LOW_SPEED_TIME } = process.env;
  const limit = Number(GIT_HTTP_LOW_SPEED_LIMIT ?? settings.get("http.lowspeedlimit") ?? LIMIT);
  const seconds = Number(GIT_HTTP_LOW_SPEED_TIME ?? settings.get("http.lowspeedtime") ?? SECONDS);
  return new Patience(limit, seconds);
}

/** What ssh is given for an URL, `ssh://[user@]host[:port]/path` or `[user@]host:path`; nothing for a path or a file:. */
function sshHost(url: string): string[] | undefined {
  const long = /^(?:git\+)?ssh(?:\+git)?:\/\/([^/]*?)(?::(\d+))?(?:\/|$)/i.exec(url);
  if (long !== null)
    return [...(long[2] === undefined ? [] : ["-p", long[2]]), (long[1] ?? "").replace(/[[\]]/g, "")];
  if (url.includes("://") || isThere(url)) return undefined;
  const short = /^(?:\[([^\]]*)\]|([^/\\:[]{2,})):/.exec(url);
  if (short === null) return undefined;
  const [host = "", port] = (short[1] ?? short[2] ?? "").split(/:(?=\d+$)/);
  return [...(port === undefined ? [] : ["-p", port]), host];
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Longest that ssh may take to say how it is configured. */
const SSH_MS = 10_000;

/** How ssh -G prints the settings by which it believes an unknown or changed host key. */
const BELIEVES: readonly [RegExp, string][] = [
  [/^stricthostkeychecking (?!(?:true|yes|ask)$)/m, "StrictHostKeyChecking"],
  [/^nohostauthenticationforlocalhost yes$/m, "NoHostAuthenticationForLocalhost"],
];

/**
 * Asks ssh itself how it would check the host's key, since its command line and its files decide together.
 * https://man.openbsd.org/ssh#G, https://man.openbsd.org/ssh_config#StrictHostKeyChecking
 * @throws GitError
 */
async function checkSsh(clone: Clone, host: readonly string[]): Promise<void> {
  const { code, stdout } = await run(clone, ["config", "--get-regexp", "^(core.sshcommand|ssh.variant)$"], {
    isRemote: true,
  });
  const set = new Map(
    code === 0
      ? lines(stdout).map((line): [string, string] => [line.split(" ")[0] ?? "", line.replace(/^\S+ /, "")])
      : [],
  );
  const { GIT_SSH_COMMAND, GIT_SSH, GIT_SSH_VARIANT } = process.env;
  const command = GIT_SSH_COMMAND ?? set.get("core.sshcommand");
  const given = command ?? GIT_SSH ?? "ssh";
  const refuse = (name: string) =>
    new GitError(
      `ssh is set to believe whoever answers (${name}). Set it to "yes" or "ask", and put the source's key into known_hosts.`,
      -1,
    );
  if (/StrictHostKeyChecking["']?[ =]+["']?(?!(?:yes|ask)\b)/i.test(given))
    throw refuse("StrictHostKeyChecking");
  const variant = GIT_SSH_VARIANT ?? set.get("ssh.variant") ?? "auto";
  // Other programs than OpenSSH have no such setting.
  if (!["auto", "ssh"].includes(variant) || /(tortoise)?plink(\.exe)?["']?$/i.test(given)) return;
  const told = await answer(clone, command === undefined ? [given] : ["sh", "-c", `${command} "$@"`, "ssh"], [
    "-G",
    ...host,
  ]);
  for (const [pattern, name] of BELIEVES) if (pattern.test(told)) throw refuse(name);
}

/** What a program prints; nothing where it cannot, or takes too long. Git itself will tell why. */
function answer(clone: Clone, [program = "", ...first]: string[], args: string[]): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...args], {
      env: environment(clone.folder, true),
      cwd: clone.folder,
      stdio: ["ignore", "pipe", "ignore"],
      signal: AbortSignal.any([clone.stopped, AbortSignal.timeout(SSH_MS)]),
      detached: true,
    });
    let said = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
    child.once("error", () => {
      child.stdout.destroy();
      resolve("");
    });
    child.once("close", () => {
      resolve(said);
    });
  });
}

export const NO_GIT_SERVER =
  "What answered is not a git server. It may be the login page of a proxy or of a network (open the URL in a browser), or the " +
  "URL is wrong.";

/** What to do about git's words when a fetch fails, where these do not say it. */
export function advice(said: string): string | undefined {
  const fault = /object ([0-9a-f]+): (\w+):/.exec(said);
  if (fault?.[2] !== undefined && said.includes("fsck"))
    return (
      `The source holds an object that git's checks refuse (${fault[2]}). Ask the source's people about it; if it is an old ` +
      `fault that does no harm: git config --global fetch.fsck.${fault[2]} ignore, or list the object in fetch.fsck.skipList.`
    );
  if (
    /info\/refs not valid|protocol error|bad line length|unable to update url base|invalid server response/i.test(
      said,
    )
  )
    return NO_GIT_SERVER;
  if (/Operation too slow/i.test(said))
    return "To wait longer: git config --global http.lowSpeedTime SECONDS (0: for ever).";
  if (/certificate|SSL/i.test(said))
    return (
      "The source's certificate is not trusted here. If the room has a certificate authority of its own: git config --global " +
      "http.sslCAInfo FILE. Checks that are switched off (http.sslVerify) are switched on again."
    );
  return undefined;
}

/** The hash of a bundle, which its first lines name: https://git-scm.com/docs/gitformat-bundle. Nothing for other sources. */
export function bundleFormat(url: string): string | undefined {
  if (statSync(url, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const file = openSync(url, "r");
  try {
    const start = Buffer.alloc(512);
    const head = start.subarray(0, readSync(file, start)).toString("latin1");
    if (!/^# v[23] git bundle\n/.test(head)) return undefined;
    return /^@object-format=(\w+)$/m.exec(head)?.[1] ?? "sha1";
  } finally {
    closeSync(file);
  }
}
