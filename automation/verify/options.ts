/** The command line of `git airlock verify`. */
import { flag, parseCommandLine, text, texts } from "../commandLine";
import type { Place } from "./live";
import { UsageError } from "../usageError";

export interface VerifyOptions {
  /** A file with what `pulumi stack export` prints of the source; "-" is standard input. */
  source?: string;
  /** The same of the target. */
  targets: readonly string[];
  /** The source's stack, to be read from the backend. */
  sourceStack?: string;
  targetStacks: readonly string[];
  /** A file with the export of the mirror, or its stack; read beside the two. */
  mirror?: string;
  mirrorStack?: string;
  /** The same of the stack that attaches policies of AWS Organizations. */
  organization?: string;
  organizationStack?: string;
  /** A file with what is declared about the deployment. */
  declared?: string;
  json: boolean;
  html?: string;
  verbose: boolean;
  /** A file with the verdicts that are accepted. */
  expect?: string;
  writeExpect?: string;
  /** Seconds between two looks. */
  watch?: number;
  /** Where this machine stands, to try what the proof takes for granted. */
  live?: Place | "alarms";
  help: boolean;
}

export const usage = `Usage: git airlock verify [options]

Decides the claims C1 to C15 of a deployment by its Pulumi state, and prints what each verdict rests on. Without --live it
reads state and nothing else: no account is asked, nothing is changed, and secrets stay encrypted.

  --source-stack NAME  the source's stack in the backend (default: dev)
  --target-stack NAME  a target's stack in the backend; once for each, all of which are proved (default: those that the mirror
                       stack pushes to, else prd)
  --source FILE        read the source from what "pulumi stack export" printed; - is standard input
  --target FILE        the same for a target, once for each. With a file for one side alone, the other side is left out
  --mirror-stack NAME  read this mirror stack too; or --mirror FILE, as above (default: mirror, if the backend has it)
  --organization-stack NAME
                       read the stack that attaches the exported policies to the target's account too; or --organization
                       FILE, as above (default: org, if the backend has it)
  --declared FILE      JSON of what no state shows, e.g. {"serviceControlPolicyAttached": true}; and resources that you looked
                       at and found harmless: {"accepted": [{"urn": "urn:pulumi:…", "reason": "…"}]}. What is not known of
                       these leaves no claim open, and the report names them with the reason; a refutation stays one
  --verbose            print the evidence of each verdict too
  --json               print the report as JSON
  --html FILE          write the report as one HTML page
  --expect FILE        exit 0 as long as the verdicts are those of this file, and print what differs
  --write-expect FILE  write the present verdicts to that file, for --expect
  --watch SECONDS      look again and again, and print what changes; from 1 to 2147483 seconds (24 days)
  --live PLACE         then try with git what the proof takes for granted, from where this machine stands: "isolated"
                       (an isolated terminal) or "elsewhere". Reaches AWS, writes nothing. The credentials come from
                       Secrets Manager (aws) and the stack (pulumi), or from AIRLOCK_PULL_USERNAME, AIRLOCK_PULL_PASSWORD
                       and AIRLOCK_PUSH_USERNAME, AIRLOCK_PUSH_PASSWORD
  --live alarms        then ring once each tripwire and each alarm on a metric of the account that the AWS CLI is signed
                       in to, by calls that change nothing, and see that it rang (all but push-user-read, which takes a
                       clone from the GitLab host). Takes up to 15 minutes; whoever subscribed is told
  --help               print this text

Exit code: 0 all proved, or as expected; 1 something is refuted, or not as expected; 2 something is pending or unknown, and
nothing refuted; 3 the command line or an input cannot be used, or what is printed or written cannot be; 4 the prover itself
is defective, which is not a verdict: report it. Files are read in UTF-8, or in UTF-16 with a byte order mark, up to 64 MiB.

In CI or a cron job, after "pulumi login" and with the stacks' passphrase or key not needed:
  git airlock verify --write-expect airlock-verdicts.json    # once, reviewed and committed
  git airlock verify --expect airlock-verdicts.json          # then on every run: only a change fails`;

/** A timer of Node.js cannot wait longer: https://nodejs.org/api/timers.html#settimeoutcallback-delay-args */
const MOST_SECONDS = Math.floor((2 ** 31 - 1) / 1_000);

/** @throws UsageError */
export function readOptions(args: string[]): VerifyOptions {
  const values = parse(args);
  const { watch, live, ...rest } = values;
  if (live !== undefined && live !== "isolated" && live !== "elsewhere" && live !== "alarms")
    throw new UsageError(`--live was given "${live}"; expected "isolated", "elsewhere" or "alarms".`);
  if (live !== undefined && watch !== undefined)
    throw new UsageError("--live tries things once and --watch looks again and again; give one of them.");
  const seconds = watch === undefined ? undefined : Number(watch);
  if (seconds !== undefined && !(seconds >= 1 && seconds <= MOST_SECONDS))
    throw new UsageError(
      `--watch was given "${watch ?? ""}"; expected a number of seconds from 1 to ${MOST_SECONDS}.`,
    );
  const piped = (["source", "target", "mirror", "organization", "declared", "expect"] as const).flatMap(
    (name) =>
      [rest[name] ?? []]
        .flat()
        .filter((file) => file === "-")
        .map(() => name),
  );
  if (piped.length > 1)
    throw new UsageError(
      `${piped.map((name) => `--${name}`).join(" and ")} all read standard input; give all but one of them as files.`,
    );
  for (const side of ["source", "target", "mirror", "organization"] as const) {
    if (rest[side] !== undefined && rest[`${side}-stack`] !== undefined)
      throw new UsageError(`--${side} and --${side}-stack both say where the ${side} is; give one of them.`);
  }
  return {
    source: rest.source,
    targets: rest.target ?? [],
    mirror: rest.mirror,
    organization: rest.organization,
    declared: rest.declared,
    html: rest.html,
    expect: rest.expect,
    json: rest.json,
    verbose: rest.verbose,
    help: rest.help,
    watch: seconds,
    live,
    sourceStack: rest["source-stack"],
    targetStacks: rest["target-stack"] ?? [],
    mirrorStack: rest["mirror-stack"],
    organizationStack: rest["organization-stack"],
    writeExpect: rest["write-expect"],
  };
}

function parse(args: string[]) {
  return parseCommandLine(
    {
      args,
      options: {
        source: text,
        target: texts,
        mirror: text,
        organization: text,
        "source-stack": text,
        "target-stack": texts,
        "mirror-stack": text,
        "organization-stack": text,
        declared: text,
        json: flag,
        html: text,
        verbose: flag,
        expect: text,
        "write-expect": text,
        watch: text,
        live: text,
        help: flag,
      },
    },
    usage,
  ).values;
}
