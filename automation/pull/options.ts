/** The command line of `git airlock pull`. */
import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { flag, parseCommandLine, text, texts } from "../commandLine";
import { UsageError } from "../usageError";

export interface PullOptions {
  /** Where the source is; left out, it is the one that the clone has come from. */
  url?: string;
  /** The clone, as an absolute path. */
  folder: string;
  /** The one branch that is looked at, beside the tags; a full reference. */
  ref?: string;
  /** Who may sign, in the format of ssh-keygen's ALLOWED SIGNERS. */
  allowedSigners?: string;
  /** What must be signed. */
  require: "commits" | "tags";
  /** The commit that is trusted with all that came before it. */
  sinceCommit?: string;
  /** What is consented to: reference → the exact new tip, or "deleted". */
  acceptRewrite: ReadonlyMap<string, string>;
  /** Where what comes in is put on record, as an absolute path. */
  ledger?: string;
  json: boolean;
  help: boolean;
}

export const usage = `Usage: git airlock pull URL [FOLDER] [options]   the first time; FOLDER as git clone would name it
       git airlock pull FOLDER [options]         in a clone that is there

Takes branches and tags in from the source, and only what was added to them: a rewritten or deleted branch and a moved or
deleted tag are refused, and then nothing at all is taken. Prints what has changed since the last time. Needs git 2.34 or newer.

  --ref REF               look at this branch and the tags, e.g. refs/heads/main (default: all branches and tags). The first
                          time it is also the branch that is checked out (default: main, master, or the only one)
  --allowed-signers FILE  take only what these people signed with their ssh keys (needs ssh-keygen). The file lies outside
                          of the clone, in the format of git's gpg.ssh.allowedSignersFile, and others may not write it. A
                          clone that was checked once is checked always
  --require WHAT          what must be signed: "commits", every commit that was not taken before, the first time the whole
                          history (default); or "tags", a tag on the tip of each branch, and every tag
  --since-commit OID      trust this commit and its ancestors without their signatures
  --accept-rewrite REF=TIP
                          take this one rewritten or moved reference, if it now points at exactly TIP (all digits), or this
                          deleted one, if TIP is "deleted". Can be given more than once
  --ledger FILE           add a line to this file for what comes in, before it does: when, which branches and tags, from which
                          commit to which, signed by whom. The file lies outside of the clone, and others may not write it.
                          A clone that had a ledger once has one always; git airlock ledger FILE reads it
  --json                  print the result as JSON
  --help                  print this text

Exit code: 0 taken, or nothing to take; 1 refused, and nothing was taken; 2 it cannot be told (network, git), and nothing
was taken; 3 the command line or an input cannot be used,
or the result cannot be printed, or not all of it be put on record.`;

/** @throws UsageError */
export function readOptions(args: string[]): PullOptions {
  const { values, positionals } = parse(args);
  const { ref, json, help } = values;
  const need = (isGood: boolean, problem: string) => {
    if (!isGood && !help) throw new UsageError(problem);
  };
  need(
    positionals.length === 1 || positionals.length === 2,
    `git airlock pull was given ${positionals.length} arguments; expected URL FOLDER, or FOLDER.\n\n${usage}`,
  );
  const [first = "", second] = positionals;
  const url = second !== undefined || isSource(first) ? first : undefined;
  if (url !== undefined && !help) checkUrl(url);
  const folder = second ?? (url === undefined ? first : folderFor(url));
  need(folder !== "" && !folder.includes("://"), "The folder is missing; give git airlock pull URL FOLDER.");
  need(
    ref === undefined || /^refs\/heads\/[^*]+$/.test(ref),
    `--ref was given "${ref ?? ""}"; expected the full name of one branch, e.g. refs/heads/main.`,
  );
  const what = values.require ?? "commits";
  if (what !== "commits" && what !== "tags")
    throw new UsageError(`--require was given "${what}"; expected "commits" or "tags".`);
  const signers = values["allowed-signers"];
  const since = values["since-commit"];
  need(
    signers !== undefined || (values.require === undefined && since === undefined),
    "--require and --since-commit are about signatures; give --allowed-signers FILE too.",
  );
  need(
    since === undefined || (isOid(since) && what === "commits"),
    `--since-commit was given "${since ?? ""}"; expected all 40 digits of a commit, and no --require tags.`,
  );
  return {
    folder: resolve(folder),
    ref,
    require: what,
    json,
    help,
    sinceCommit: since,
    ledger: values.ledger === undefined ? undefined : resolve(values.ledger),
    allowedSigners: signers === undefined ? undefined : resolve(signers),
    acceptRewrite: new Map((values["accept-rewrite"] ?? []).map(readAccepted)),
    // A path is meant from here; git will run in the clone.
    url: url === undefined || isRemote(url) ? url : resolve(url),
  };
}

function isOid(text: string): boolean {
  return /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function isRemote(url: string): boolean {
  return url.includes("://") || /^[^/\\]{2,}:/.test(url);
}

/** Whether the only argument is a source: an URL, or a repository without files or a bundle on this machine. */
function isSource(given: string): boolean {
  if (given === "" || isRemote(given)) return given !== "";
  const isFile = statSync(given, { throwIfNoEntry: false })?.isFile() === true;
  return isFile || (existsSync(join(given, "HEAD")) && existsSync(join(given, "objects")));
}

/** The folder that git clone would make: https://git-scm.com/docs/git-clone#Documentation/git-clone.txt-ltdirectorygt */
function folderFor(url: string): string {
  const name = url.replace(/[/\\]+$/, "").replace(/[/\\]\.git$/, "");
  return name.replace(/^.*[/\\:]/, "").replace(/\.(git|bundle)$/, "");
}

function readAccepted(given: string): [string, string] {
  const at = given.lastIndexOf("=");
  const [ref, tip] = [given.slice(0, at), given.slice(at + 1)];
  if (/^refs\/(heads|tags)\/./.test(ref) && (isOid(tip) || tip === "deleted")) return [ref, tip];
  throw new UsageError(
    `--accept-rewrite was given "${given}"; expected a full reference and the exact tip that it now points at, ` +
      `e.g. refs/heads/main=${"0".repeat(40)}, or refs/heads/old=deleted. The refusal prints it.`,
  );
}

/** Never prints the URL: it may hold a password. @throws UsageError */
export function checkUrl(url: string): void {
  if (url === "" || url.startsWith("-"))
    throw new UsageError("The URL is empty or begins with a hyphen; expected where the source is.");
  if (!isRemote(url)) return;
  if (!url.includes("://") && !url.includes("::")) return;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new UsageError(
      "The URL cannot be read; expected e.g. https://HOST/PATH, without a password in it.",
    );
  }
  if (!["https:", "ssh:", "file:"].includes(parsed.protocol) || url.includes("::"))
    throw new UsageError(
      `The URL begins with "${parsed.protocol}"; expected https, ssh or file: with others nobody can tell who answers.`,
    );
  if (parsed.password !== "")
    throw new UsageError(
      "The URL holds a password, which other people on this machine could read. Give it without; git asks for the " +
        "password, or gets it from a credential helper. In a clone that has it already: git remote set-url origin URL.",
    );
}

function parse(args: string[]) {
  return parseCommandLine(
    {
      args,
      allowPositionals: true,
      options: {
        ref: text,
        "allowed-signers": text,
        require: text,
        "since-commit": text,
        ledger: text,
        "accept-rewrite": texts,
        json: flag,
        help: flag,
      },
    },
    usage,
  );
}
