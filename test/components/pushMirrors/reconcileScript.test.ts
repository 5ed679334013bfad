import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { revisionOf } from "../../../components/hostScript/parameters";
import { reconcileScript } from "../../../components/pushMirrors/desiredMirrors";

const prefix = "/git-airlock/mirror/mirror";
const password = `p/+=@'"\\$x`;
const parameters = {
  settings: '{"onlyProtectedBranches":false,"createProjects":false}',
  "credentials/prd": JSON.stringify({ user: "target-push-at-222222222222", password }),
  "mirrors/prd/app": '{"project":"platform/app","url":"https://example.com/app"}',
};
const goodStatus = {
  revision: "r",
  outcome: "succeeded",
  counts: {},
  problems: [],
  lagSeconds: 7,
  lags: { "platform.app": 7, "platform.network": 0 },
  mirrors: [{ project: "x" }],
};
/** More problems than a parameter can hold. */
const manyProblems = Array.from({ length: 700 }, (_, i) => `project-${i}: ${"日本語の長い説明".repeat(20)}`);

/** A GitLab host on which every command that reaches AWS or GitLab is a stand-in. */
class Host {
  readonly root = mkdtempSync(join(tmpdir(), "reconcile-"));

  constructor(values: Record<string, string> = parameters) {
    for (const folder of ["bin", "run", "var/log", "var/opt/gitlab", "tmp"])
      mkdirSync(join(this.root, folder), { recursive: true });
    const all = Object.entries({ ...values, status: "{}" });
    // Systems Manager gives ten at a time; two make the pages few enough to read.
    const pages = [all.slice(0, 2), all.slice(2)].map((page, i) => ({
      Parameters: page.map(([name, Value]) => ({ Name: `${prefix}/${name}`, Value })),
      ...(i === 0 && { NextToken: "second/page" }),
    }));
    this.write("first", JSON.stringify(pages[0], undefined, 2));
    this.write("second", JSON.stringify(pages[1]));
    this.command(
      "curl",
      `case "$*" in
*api/token*) echo session;;
*security-credentials/) echo host-role;;
*security-credentials/host-role) echo '{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"wJalr","Token":"tok"}';;
*--config*)
  config=$(cat)
  body=$(cat "\${*: -3:1}" 2>/dev/null || true)
  for word in "$@"; do case $word in @*) body=$(cat "\${word#@}");; esac; done
  [ ! -e ${this.root}/denied ] || { echo "curl: (22) The requested URL returned error: 400" >&2; cat ${this.root}/denied; exit 22; }
  case "$config" in
  *GetParametersByPath*) case "$body" in *second/page*) cat ${this.root}/second;; *) cat ${this.root}/first;; esac;;
  *PutParameter*) printf '%s' "$body" >${this.root}/put; echo '{"Version":2}';;
  esac;;
esac`,
    );
    this.command("gitlab-ctl", `[ ! -e ${this.root}/down ] || ! grep -qx "$2" ${this.root}/down`);
    this.command(
      "gitlab-rails",
      `cat >${this.root}/desired; cp "$2" ${this.root}/ruby; cat ${this.root}/status; exit $(cat ${this.root}/code)`,
    );
    this.command("flock", "");
    this.command("sleep", "");
    this.command("seq", "echo 1 2");
    this.gitlabSays(goodStatus, 0);
  }

  gitlabSays(status: object | string, code: number): void {
    this.write(
      "status",
      `DEPRECATION WARNING: something\n${typeof status === "string" ? status : JSON.stringify(status)}\n`,
    );
    this.write("code", String(code));
  }

  run(script = reconcileScript({ region: "ap-northeast-1", prefix }), revision = revisionOf(parameters)) {
    const here = script
      .replace("{{ revision }}", revision)
      .replace(/(?<=[\s=>])\/(?=(run|var)\/)/g, `${this.root}/`);
    const path = `${join(this.root, "bin")}:${process.env["PATH"] ?? ""}`;
    const env = { PATH: path, TMPDIR: join(this.root, "tmp") };
    const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input: here, encoding: "utf8", env });
    return { code: status, stdout, stderr };
  }

  /** What was written into the status parameter. */
  get put(): { Name: string; Value: string; Type: string; Overwrite: boolean } {
    return JSON.parse(this.read("put")) as { Name: string; Value: string; Type: string; Overwrite: boolean };
  }

  /** The same, read. */
  get status() {
    return JSON.parse(this.put.Value) as {
      problems: string[];
      lagSeconds: number;
      lags: Record<string, number>;
    };
  }

  /** The first line that Ruby got; the second one is the record. */
  get desired(): unknown {
    return JSON.parse(this.read("desired").split("\n")[0] ?? "") as unknown;
  }

  get record(): string | undefined {
    return this.read("desired").split("\n")[1];
  }

  read(path: string): string {
    return existsSync(join(this.root, path)) ? readFileSync(join(this.root, path), "utf8") : "";
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.root, path), text);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  command(name: string, body: string): void {
    const path = join(this.root, "bin", name);
    writeFileSync(path, `#!/bin/bash\necho "${name} $*" >>${this.root}/calls\n${body}\n`);
    chmodSync(path, 0o755);
  }
}

/** Runs the part that writes the parameter on each status, in one process. */
function reported(statuses: readonly object[]): { problems: string[]; value: string }[] {
  const script = reconcileScript({ region: "ap-northeast-1", prefix });
  const [, report] = /^report\(\) \{[^]*?python3 -c '([^']+)'/m.exec(script) ?? [];
  if (report === undefined) throw new Error("the script reports nothing");
  const each = `import io, json, sys
report, statuses = json.load(sys.stdin)
for status in statuses:
    sys.stdin = io.TextIOWrapper(io.BytesIO(json.dumps(status).encode()))
    exec(report, {})`;
  const { stdout, stderr } = spawnSync("python3", ["-c", each, prefix], {
    input: JSON.stringify([report, statuses]),
    encoding: "utf8",
  });
  expect(stderr).to.equal("");
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { Value: value } = JSON.parse(line) as { Value: string };
      return { value, problems: (JSON.parse(value) as { problems: string[] }).problems };
    });
}

describe("the share that a problem has of the status", () => {
  it("is its own, whatever another project's developers can write", () => {
    const name = fc.oneof(
      fc.constant("{"),
      fc.constant("\u{1f600}"),
      fc.string({ unit: "binary", maxLength: 5 }),
    );
    const hostile = fc
      .tuple(name, fc.integer({ min: 1, max: 4000 }))
      .map(([text, times]) => `platform/evil: GitLab could not push: ${text.repeat(times)}`);
    const plain = fc.integer({ min: 0, max: 99 }).map((i) => `platform/app-${i}: GitLab could not push: 403`);
    const all = fc.record({
      evil: fc.array(hostile, { maxLength: 9 }),
      good: fc.array(plain, { maxLength: 9 }),
    });
    const statuses = fc.array(all, { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(statuses, (cases) => {
        const given = cases.map(({ evil, good }) => [...evil, ...good]);
        const got = reported(
          given.map((problems) => ({ ...goodStatus, revision: "0".repeat(64), problems })),
        );
        got.forEach(({ value, problems }, i) => {
          expect(value.length).to.be.at.most(4096);
          expect(value).not.to.contain("{{");
          expect(problems).to.have.length(given[i]?.length ?? -1);
          problems.forEach((shown, at) => {
            const whole = given[i]?.[at] ?? "";
            if (whole.startsWith("platform/app")) expect(shown).to.equal(whole);
            else expect(whole.startsWith(shown.replace(/\u2026$/, "")), shown).to.equal(true);
          });
        });
      }),
      { numRuns: 3 },
    );
  });

  it("grows with what short ones leave: a single long problem is shown for longer than a crowd's", () => {
    const long = `platform/app: ${"a".repeat(9000)}`;
    const [alone, crowd] = reported([
      { ...goodStatus, problems: [long] },
      { ...goodStatus, problems: Array.from({ length: 30 }, () => long) },
    ]);
    expect(alone?.problems[0]?.length).to.be.above(2900);
    expect(crowd?.problems.slice(0, -1).every(({ length }) => length > 130)).to.equal(true);
    expect(crowd?.problems.at(-1)).to.match(/^and \d+ more$/);
  });
});

describe("the script on the GitLab host", () => {
  let host: Host;
  beforeEach(() => {
    host = new Host();
  });
  afterEach(() => {
    host.close();
  });

  it("hands Ruby the whole state, from every page, and writes the status into its parameter", () => {
    const { code, stderr } = host.run();
    expect([code, stderr]).to.deep.equal([0, ""]);
    expect(host.desired).to.deep.equal({
      revision: revisionOf(parameters),
      settings: { onlyProtectedBranches: false, createProjects: false },
      credentials: { prd: { user: "target-push-at-222222222222", password } },
      mirrors: [{ target: "prd", project: "platform/app", url: "https://example.com/app" }],
    });
    expect(host.put).to.deep.include({ Name: `${prefix}/status`, Type: "String", Overwrite: true });
    const { mirrors: _, ...status } = goodStatus;
    expect(JSON.parse(host.put.Value)).to.deep.equal(status);
    expect(host.read("ruby")).to.include("class Reconciliation");
  });

  it("keeps the whole status for the next run, which gets it beside the state, each mirror stack its own", () => {
    host.run();
    expect(host.record).to.equal("");
    host.run();
    expect(host.record).to.equal(JSON.stringify(goodStatus));
    const desired = {
      revision: "by hand",
      settings: { onlyProtectedBranches: true, createProjects: false },
      credentials: { "acme/git-airlock/prd": { user: "u", password } },
      mirrors: [],
    };
    host.run(reconcileScript({ desired }));
    expect(host.record).to.equal("");
    expect(readdirSync(join(host.root, "var/opt/gitlab"))).to.deep.equal([
      "git-airlock-by-hand-acme-git-airlock-prd.json",
      "git-airlock-git-airlock-mirror-mirror.json",
    ]);
  });

  it("lets nobody else read the record, and takes none that is half written", () => {
    host.run();
    const record = join(host.root, "var/opt/gitlab/git-airlock-git-airlock-mirror-mirror.json");
    expect(statSync(record).mode & 0o777).to.equal(0o600);
    writeFileSync(record, '{"mirrors":[\0');
    expect(host.run().code).to.equal(0);
    expect(host.record).to.equal('{"mirrors":[');
  });

  it("works on where the record cannot be written, says so, and keeps the one before", () => {
    host.run();
    const record = "var/opt/gitlab/git-airlock-git-airlock-mirror-mirror.json";
    mkdirSync(join(host.root, `${record}.new`));
    host.gitlabSays({ ...goodStatus, lagSeconds: 8 }, 0);
    const { code, stderr } = host.run();
    expect([code, host.status.lagSeconds]).to.deep.equal([0, 8]);
    expect(stderr).to.contain("git-airlock-mirror-mirror.json cannot be written");
    expect(host.read(record)).to.contain('"lagSeconds":7');
  });

  it("shows the password in no process list, no file and nothing that it prints", () => {
    const { stdout, stderr } = host.run();
    for (const shown of [stdout, stderr, host.read("calls"), host.read("put"), host.read("ruby")]) {
      expect(shown).not.to.include(password);
      expect(shown).not.to.include("wJalr");
    }
    expect(readdirSync(join(host.root, "tmp"))).to.deep.equal([]);
  });

  it("goes around the proxy, which is for CodeCommit alone", () => {
    host.run();
    for (const call of host
      .read("calls")
      .split("\n")
      .filter((line) => line.startsWith("curl")))
      expect(call).to.include("--noproxy *");
  });

  it("has no braces that Systems Manager would put something into, but the revision's", () => {
    const script = reconcileScript({ region: "ap-northeast-1", prefix });
    expect(script.match(/\{\{.*/g)).to.deep.equal(["{{ revision }}'"]);
  });

  it("acts on no half of a change, and says so", () => {
    const other = revisionOf({ ...parameters, settings: "{}" });
    const { code } = host.run(undefined, other);
    expect([code, host.read("desired")]).to.deep.equal([1, ""]);
    expect(JSON.parse(host.put.Value)).to.deep.include({ revision: other, outcome: "failed" });
    expect(host.put.Value).to.include("they are being changed");
  });

  it("fails when a mirror has failed, with the status written all the same", () => {
    host.gitlabSays({ ...goodStatus, outcome: "failed", problems: ["platform/app: refused"] }, 1);
    expect(host.run().code).to.equal(1);
    expect(JSON.parse(host.put.Value)).to.deep.include({ problems: ["platform/app: refused"] });
  });

  it("says that the runner failed, and nothing of what it printed", () => {
    host.gitlabSays(`unexpected token at '${password}'`, 1);
    const { code, stdout, stderr } = host.run();
    expect(code).to.equal(1);
    expect(host.put.Value).to.include("gitlab-rails runner ended with 1 and without a status");
    for (const shown of [stdout, stderr, host.put.Value]) expect(shown).not.to.include("p/+");
  });

  it("waits for a GitLab that is starting, and names what is not up", () => {
    host.write("down", "sidekiq\n");
    const { code, stderr } = host.run();
    expect([code, stderr]).to.deep.equal([1, "GitLab is not up: sidekiq\n"]);
    expect(host.read("desired")).to.equal("");
    expect(host.status).to.deep.include({ problems: ["GitLab is not up: sidekiq"] });
    expect(host.status).not.to.have.any.keys("lagSeconds", "lags");
  });

  it("tries again while Rails cannot start yet, as on a host that is being set up", () => {
    host.command(
      "gitlab-rails",
      `echo >>${host.root}/tries; [ $(wc -l <${host.root}/tries) -gt 3 ] || exit 1; cat ${host.root}/status`,
    );
    expect(host.run().code).to.equal(0);
    expect(host.status.problems).to.deep.equal([]);
    expect(host.read("calls").match(/^sleep .*$/gm)).to.deep.equal(["sleep 60", "sleep 120", "sleep 240"]);
  });

  it("gives way to a run that is under way, and says so", () => {
    host.command("flock", "exit 1");
    expect(host.run().code).to.equal(1);
    expect(host.read("desired")).to.equal("");
    expect(host.put.Value).to.include("another run has been at work for more than ten minutes");
  });

  it("fails when the parameters cannot be read, in AWS's words", () => {
    const why = '{"__type":"AccessDeniedException","Message":"not authorized to perform: kms:Decrypt"}';
    host.write("denied", why);
    const { code, stderr } = host.run();
    expect([code, host.read("desired")]).to.deep.equal([1, ""]);
    expect(stderr).to.include(`the parameters under /git-airlock/mirror/mirror cannot be read: ${why}`);
  });

  it("writes no more than a parameter holds, whatever fails", () => {
    host.gitlabSays({ ...goodStatus, outcome: "failed", problems: manyProblems }, 1);
    expect(host.run().code).to.equal(1);
    expect(host.put.Value.length).to.be.at.most(4096);
    const { problems: shown } = host.status;
    expect(shown.at(-1)).to.equal(`and ${700 - shown.length + 1} more`);
  });

  it("writes as many lags as fit beside the problems, the worst ones, and always the largest", () => {
    const lags = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`repository-${i}`, 700 - i]));
    host.gitlabSays({ ...goodStatus, lagSeconds: 700, lags, outcome: "failed", problems: ["one"] }, 1);
    host.run();
    expect(host.put.Value.length).to.be.within(3900, 4096);
    const shown = Object.entries(host.status.lags);
    expect(shown).to.have.length.above(100);
    expect(shown).to.deep.equal(Object.entries(lags).slice(0, shown.length));
    expect(host.status).to.deep.include({ problems: ["one"], lagSeconds: 700 });
  });

  it("tells of as many problems as if there were no lags", () => {
    const lags = Object.fromEntries(Array.from({ length: 700 }, (_, i) => [`repository-${i}`, 700 - i]));
    const [without, beside] = [{}, lags].map((given) => {
      host.gitlabSays({ ...goodStatus, lags: given, outcome: "failed", problems: manyProblems }, 1);
      host.run();
      return host.status.problems;
    });
    expect(beside).to.deep.equal(without);
  });

  it("writes a status that Systems Manager takes, whatever a branch is called", () => {
    const problems = ["platform/app: GitLab could not push: refs/heads/{{ssm:x}}} {{{{"];
    host.gitlabSays({ ...goodStatus, outcome: "failed", problems }, 1);
    host.run();
    expect(host.put.Value).not.to.include("{{");
    expect(host.status.problems).to.deep.equal(problems);
  });

  it("says at once where there is no Linux package of GitLab, and what to do there", () => {
    for (const missing of ["gitlab-ctl", "gitlab-rails"]) {
      rmSync(join(host.root, "bin", missing));
      const { code, stderr } = host.run();
      expect(code, missing).to.equal(1);
      expect(stderr, missing)
        .to.contain(`there is no ${missing} here`)
        .and.contain("docker exec -i CONTAINER bash -s");
      expect(host.status.problems[0], missing).to.equal(stderr.trimEnd());
      expect(host.read("calls"), missing).not.to.match(/^sleep/m);
      host.command(missing, "");
    }
  });

  it("to be run by hand holds the state itself, asks nothing of AWS, and prints the status as one line", () => {
    const desired = {
      revision: "by hand",
      settings: { onlyProtectedBranches: true, createProjects: false },
      credentials: { prd: { user: "target-push-at-222222222222", password } },
      mirrors: [],
    };
    // The script itself comes on standard input, and no command may eat it.
    host.command("gitlab-ctl", "cat >/dev/null");
    const { code, stdout } = host.run(reconcileScript({ desired }));
    expect(code).to.equal(0);
    expect(host.desired).to.deep.equal(desired);
    expect(stdout).to.equal(`${JSON.stringify(goodStatus)}\n`);
    expect(host.read("calls")).not.to.include("curl");
  });
});
