/** A Ruby script for GitLab, as the GitLab host runs it: with the state that it is to bring about, and its status at the end. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { shellWord } from "../networkedGitlab/userData";

/** A Ruby script, and what there is to know of it. */
export interface HostScript {
  /** Path of the Ruby part, which reads the desired state as JSON and prints the status. */
  ruby: string;
  /** What it sets: its lock and its log on the host are called by that. */
  sets: "mirrors" | "settings";
  /** Whether it is handed the status of the run before, which the host keeps for it. */
  hasRecord: boolean;
  /** Shell commands of its own, which come before it looks whether GitLab is up. */
  before: string;
  /** What to do where there is no Linux package of GitLab. */
  withoutPackage: string;
}

/** Where the script gets the desired state from, and where its status goes. */
export type HostScriptSource<Desired> =
  /** Parameters of Systems Manager (parameters.ts); the status goes into one of them. */
  | { region: string; prefix: string }
  /** The state itself, with its credentials; the status goes to standard output. */
  | { desired: Desired };

const rubyEnd = "END_OF_RECONCILE_RB";
const desiredEnd = "END_OF_DESIRED";

/** The script. One text for one source, so that the document that holds it changes only when it does. */
export function hostScript<Desired extends { credentials: object }>(
  script: HostScript,
  source: HostScriptSource<Desired>,
): string {
  const [values, read, report] =
    "desired" in source
      ? [
          script.hasRecord ? recordOf(`by-hand-${Object.keys(source.desired.credentials).join("-")}`) : "",
          readInline(source.desired),
          reportToScreen,
        ]
      : [parameterValues(source, script), readParameters, reportToParameter];
  return `#!/bin/bash
set -euo pipefail
umask 077
export HOME=/root
${values}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
${report}
${read(lock(script))}
${script.before}${runRuby(script)}`;
}

function parameterValues(
  { region, prefix }: { region: string; prefix: string },
  { hasRecord }: HostScript,
): string {
  return `region=${shellWord(region)}
prefix=${shellWord(prefix)}
# What Systems Manager puts here is the association's parameter.
revision='{{ revision }}'
${hasRecord ? recordOf(prefix) : ""}`;
}

/**
 * Where the host keeps the last status, which says since when a mirror is behind: beside GitLab's data, on the disk that
 * outlives the host, in a folder that root alone can write to. The status parameter is too small for it.
 */
function recordOf(name: string): string {
  const word = name.replace(/[^\w.-]+/g, "-").replace(/^-/, "");
  return `record=/var/opt/gitlab/git-airlock-${word}.json\n`;
}

const readRecord = `before=$(tr -d '\\0' 2>/dev/null <"$record") || before=
`;

const writeRecord = `# Whole or not at all. Where it cannot be written, the one before stays, and lags are told too large rather than too small.
{ printf '%s\\n' "$status" >"$record.new" && mv -f "$record.new" "$record"; } || echo "$record cannot be written" >&2
`;

/**
 * The credentials go to curl on standard input and the answer stays in variables and pipes: no process list and no file
 * shows them. curl signs by itself since 7.75 (curl.se/docs/manpage.html#--aws-sigv4). The proxy is for CodeCommit alone.
 */
const askSystemsManager = `metadata() {
  curl -sS --fail --noproxy '*' --retry 10 --retry-connrefused -H "X-aws-ec2-metadata-token: $token" \\
    "http://169.254.169.254/latest/meta-data/$1"
}
json() {
  python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, key: value.get(key, ""), sys.argv[1:], json.load(sys.stdin)))' "$@"
}
ssm() {
  local token role credentials answer
  token=$(curl -sS --fail --noproxy '*' --retry 10 --retry-connrefused -X PUT \\
    -H "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254/latest/api/token) || return
  role=$(metadata iam/security-credentials/) || return
  credentials=$(metadata "iam/security-credentials/$role") || return
  answer=$(curl -sS --fail-with-body --noproxy '*' --max-time 20 --retry 3 --data-binary @<(printf '%s' "$2") --config - <<CURL
url = "https://ssm.$region.amazonaws.com/"
aws-sigv4 = "aws:amz:$region:ssm"
user = "$(printf '%s' "$credentials" | json AccessKeyId):$(printf '%s' "$credentials" | json SecretAccessKey)"
header = "X-Amz-Security-Token: $(printf '%s' "$credentials" | json Token)"
header = "X-Amz-Target: AmazonSSM.$1"
header = "Content-Type: application/x-amz-json-1.1"
CURL
  ) || {
    # Why AWS refused, which no secret is in.
    printf '%s\\n' "$answer" >&2
    return 1
  }
  printf '%s' "$answer"
}
`;

/**
 * The status as the parameter has it:
 * `{"revision","finishedAt","outcome","counts":{…},"problems":[…],"lagSeconds":n,"lags":{"<airlock repository>":n,…}}`.
 *
 * `lagSeconds` is the largest lag over all mirrors, in seconds, and `lags` has each mirror's, worst first: 0 where the airlock
 * repository holds what the project holds. A run that never came to GitLab has neither of the two.
 * A standard parameter holds 4,096 characters. Problems come first, and hold names that people choose: so each gets a share
 * (what a short one leaves goes to the longer ones), and a long one is cut off, not the others left out. Those that would
 * get less than 150 characters are counted. Then come lags, as many as fit. Systems Manager takes no value with two opening
 * braces in a row, which a branch's name in GitLab's `last_error` may well have
 * (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html).
 */
const reportToParameter = `${askSystemsManager}
report() {
  local request
  request=$(python3 -c 'import json, sys
status = json.loads(sys.stdin.buffer.read().decode("utf-8", "replace"))
status.pop("mirrors", None)
problems = status["problems"]
lags = list(status.pop("lags", {}).items())
def written(value):
    return json.dumps(value, separators=(",", ":")).replace("{" * 2, "{\\\\u007b")
def most(count, fits):
    low, high = 0, count
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
def cut(text, room):
    if len(written(text)) <= room:
        return text
    return text[:most(len(text), lambda n: len(written(text[:n] + "\\u2026")) <= room)] + "\\u2026"
room, least = 3000, 150
sizes = [len(written(problem)) for problem in problems]
shown = most(len(problems), lambda n: sum(min(size, least) + 1 for size in sizes[:n]) <= room)
told = problems[:shown]
room -= shown
for left, i in zip(range(shown, 0, -1), sorted(range(shown), key=lambda i: sizes[i])):
    told[i] = cut(problems[i], room // left)
    room -= len(written(told[i]))
if shown < len(problems):
    told.append("and %d more" % (len(problems) - shown))
status["problems"] = told
def value(lagging):
    return written({**status, "lags": dict(lags[:lagging])} if "lagSeconds" in status else status)
lagging = most(len(lags), lambda n: len(value(n)) <= 4000)
print(json.dumps({"Name": sys.argv[1] + "/status", "Value": value(lagging), "Type": "String", "Overwrite": True}))' "$prefix") || return
  ssm PutParameter "$request" >/dev/null
}
`;

/** A run that waits longer for the one before would itself be cut off, and say nothing. */
const lock = ({ sets }: HostScript) => `# One run at a time: the next one finds what this one has done.
exec 9>/run/git-airlock-${sets}.lock || fail "the lock in /run cannot be made: run this as root"
flock -w 600 9 || fail "another run has been at work for more than ten minutes"
`;

/** Every run prints its status anyway. */
const reportToScreen = `report() {
  cat >/dev/null
}
`;

/**
 * The parameters are written one by one and the revision last, so that a run in between sees another revision than its
 * own, and must not act on half of a change.
 */
const readParameters = (lock: string) => `fetch() {
  local request page next=
  while :; do
    request=$(python3 -c 'import json, sys
path, token = sys.argv[1:]
request = {"Path": path, "Recursive": True, "WithDecryption": True}
print(json.dumps({**request, "NextToken": token} if token else request))' "$prefix" "$next") || return
    page=$(ssm GetParametersByPath "$request") || return
    printf '%s' "$page"
    next=$(printf '%s' "$page" | json NextToken) || return
    [ -n "$next" ] || return 0
  done
}
assemble() {
  python3 -c 'import hashlib, json, sys
prefix, revision = sys.argv[1:]
values = {}
text = sys.stdin.read()
at = 0
while at < len(text):
    page, at = json.JSONDecoder().raw_decode(text, at)
    for parameter in page["Parameters"]:
        values[parameter["Name"][len(prefix) + 1:]] = parameter["Value"]
values.pop("status", None)
lines = [name + "\\t" + values[name] for name in sorted(values)]
if hashlib.sha256("\\n".join(lines).encode()).hexdigest() != revision:
    sys.exit("the parameters are not those of this revision: they are being changed, and the next run will see all of it; or somebody has changed one by hand")
desired = {"revision": revision, "settings": {}, "credentials": {}, "mirrors": []}
for name in sorted(values):
    kind, *rest = name.split("/")
    value = json.loads(values[name])
    if kind == "settings":
        desired["settings"] = value
    elif kind == "credentials":
        desired["credentials"][rest[0]] = value
    else:
        desired["mirrors"].append({"target": rest[0], **value})
json.dump(desired, sys.stdout)' "$prefix" "$revision"
}
fail() {
  python3 -c 'import json, os, sys, time
now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
problem = os.fsencode(sys.argv[2]).decode("utf-8", "replace")
status = {"revision": sys.argv[1], "finishedAt": now, "outcome": "failed", "counts": {}, "problems": [problem]}
print(json.dumps(status))' "$revision" "$1" | report || echo "the status cannot be written" >&2
  echo "$1" >&2
  exit 1
}
${lock}pages=$(fetch 2>"$work/why") || fail "the parameters under $prefix cannot be read: $(tail -n 1 "$work/why")"
desired=$(printf '%s' "$pages" | assemble 2>"$work/why") || fail "$(tail -n 1 "$work/why")"
`;

const readInline = (desired: unknown) => (lock: string) => `fail() {
  echo "$1" >&2
  exit 1
}
${lock}desired=$(cat <<'${desiredEnd}'
${JSON.stringify(desired)}
${desiredEnd}
)
`;

/**
 * The runner works as user git, who has to be able to read the script; the desired state comes by a pipe. What Rails writes
 * beside the status stays on the host, where root alone can read it.
 */
function runRuby({ ruby: path, sets, hasRecord, withoutPackage }: HostScript): string {
  const ruby = readFileSync(path, "utf8");
  const name = basename(path);
  if (ruby.split("\n").includes(rubyEnd)) throw new Error(`${name} must not hold the line "${rubyEnd}"`);
  return `for command in gitlab-ctl gitlab-rails; do
  command -v "$command" >/dev/null || fail "there is no $command here. ${withoutPackage}"
done
# A host that has just started, or is being upgraded, gets ten minutes.
for _ in $(seq 60); do
  down=
  for service in postgresql redis gitaly sidekiq; do
    # Standard input may be this very script.
    gitlab-ctl status "$service" </dev/null >/dev/null 2>&1 || down="$down $service"
  done
  [ -z "$down" ] && break
  sleep 10
done
[ -z "$down" ] || fail "GitLab is not up:$down"

cat >"$work/${name}" <<'${rubyEnd}'
${ruby.replace(/\n$/, "")}
${rubyEnd}
chmod 711 "$work"
chmod 644 "$work/${name}"
log=/var/log/git-airlock-${sets}.log
${hasRecord ? readRecord : ""}# A service that runs need not answer yet, and one that is not configured yet counts as up: so Rails gets four tries.
for pause in 60 120 240 0; do
  ended=0
  output=$(printf '%s\\n' "$desired"${hasRecord ? ' "$before"' : ""} | gitlab-rails runner "$work/${name}" 2>"$log") || ended=$?
  status=$(printf '%s\\n' "$output" | grep -a '^{"revision"' | tail -n 1) && break
  sleep "$pause"
done
[ -n "$status" ] || fail "gitlab-rails runner ended with $ended and without a status; $log on the host says why"
printf '%s\\n' "$status"
${hasRecord ? writeRecord : ""}printf '%s' "$status" | report
exit "$ended"
`;
}
