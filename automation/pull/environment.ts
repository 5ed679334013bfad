/** What git may see: nothing that the source, the clone or the surroundings say can change what git does. */
import { dirname } from "node:path";

const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.protectHFS=true",
  "core.protectNTFS=true",
  "transfer.fsckObjects=true",
  "fetch.fsckObjects=true",
  // The three faults of old histories that GitLab takes, too; rails, flask and lodash have them.
  // https://gitlab.com/gitlab-org/gitaly/-/blob/master/internal/git/gitcmd/command_description.go
  "fetch.fsck.badTimezone=ignore",
  "fetch.fsck.missingSpaceBeforeDate=ignore",
  "fetch.fsck.zeroPaddedFilemode=ignore",
  "fetch.recurseSubmodules=false",
  "submodule.recurse=false",
  "fetch.prune=false",
  "fetch.pruneTags=false",
  "fetch.writeCommitGraph=false",
  "transfer.bundleURI=false",
  // GIT_GRAFT_FILE says that there are none, and git would advise against them in every message.
  "advice.graftFileDeprecated=false",
  "i18n.logOutputEncoding=UTF-8",
  // A signature counts by the signers' file, and not by whatever keyring there is: no OpenPGP, no X.509.
  "gpg.program=/dev/null",
  "gpg.openpgp.program=/dev/null",
  "gpg.x509.program=/dev/null",
  "gpg.ssh.program=ssh-keygen",
  "gpg.minTrustLevel=fully",
];

/** Of git's many variables, those that say how to reach the source. */
const REACHES_SOURCE = /^GIT_(ASKPASS|TERMINAL_PROMPT|EXEC_PATH|SSH|SSL_|HTTP_|PROXY_|CONFIG_)/;

/** Switches off who answers: https://git-scm.com/docs/git#Documentation/git.txt-GITSSLNOVERIFY */
const TRUSTS_ANYBODY = "GIT_SSL_NO_VERIFY";

/**
 * Variables that make git tell what it does: https://git-scm.com/docs/git#_git_trace. Those that make it tell its
 * secrets (GIT_TRACE_REDACT) or write packs are left out.
 */
const TRACES = new Set([
  "GIT_CURL_VERBOSE",
  "GIT_TRACE",
  "GIT_TRACE2",
  "GIT_TRACE2_EVENT",
  "GIT_TRACE2_PERF",
  "GIT_TRACE_CURL",
  "GIT_TRACE_CURL_NO_DATA",
  "GIT_TRACE_PACK_ACCESS",
  "GIT_TRACE_PACKET",
  "GIT_TRACE_PERFORMANCE",
  "GIT_TRACE_REFS",
  "GIT_TRACE_SETUP",
  "GIT_TRACE_SHALLOW",
]);

/** The traces that the user asks for. They all go to standard error, where secrets are struck out. */
export function traces(): Record<string, string> {
  const asked = Object.entries(process.env).filter(
    ([name, value]) => TRACES.has(name) && !/^(0|false|)$/i.test(value ?? ""),
  );
  return Object.fromEntries(asked.map(([name]) => [name, "1"]));
}

/** @param isRemote whether git talks to the source, so that the user's and the system's settings count */
export function environment(folder: string, isRemote: boolean): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !name.startsWith("GIT_") || (isRemote && REACHES_SOURCE.test(name) && name !== TRUSTS_ANYBODY),
  );
  return {
    ...Object.fromEntries(kept),
    LC_ALL: "C",
    // A folder that is not a clone must not pass for a part of one that it lies in.
    GIT_CEILING_DIRECTORIES: dirname(folder),
    // Neither can be sent by a source, but both would change what an ancestor is.
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_GRAFT_FILE: "/dev/null",
    // Without encryption anybody on the way could answer; ext:: runs commands.
    GIT_ALLOW_PROTOCOL: "https:ssh:file",
    GIT_LFS_SKIP_SMUDGE: "1",
    ...(isRemote ? {} : { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null" }),
  };
}

/** Git's options for the settings that always count. */
export function safeSettings(isRemote: boolean): string[] {
  // Whose clone it is was checked by the one command that runs with the user's own settings.
  return isRemote ? SETTINGS : [...SETTINGS, "safe.directory=*"];
}
