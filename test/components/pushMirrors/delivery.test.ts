import { expect } from "chai";
import type { DesiredMirrors } from "../../../components/pushMirrors/desiredMirrors";
import type { GitlabState, ModelMirror, Push, Reference } from "../../../rehearsal/gitlab/reconcile";
import { Airlock, airlockUrl, credential, main, mirrorTo, now, oid } from "./airlock";

const url = (name: string) => airlockUrl(`platform.${name}`);

function desired(names: readonly string[] = ["app"], onlyProtectedBranches = false): DesiredMirrors {
  return {
    revision: "0".repeat(64),
    settings: { onlyProtectedBranches, createProjects: false },
    credentials: { prd: credential },
    mirrors: names.map((name) => ({ target: "prd", project: `platform/${name}`, url: url(name) })),
  };
}

/** Projects whose mirrors GitLab has had since this morning. */
function gitlab(
  names: readonly string[] = ["app"],
  more: Partial<ModelMirror> = {},
  lastPushAt: string | null = null,
): GitlabState {
  const mirror = (name: string, id: number) =>
    mirrorTo(url(name), {
      id,
      created_at: "2026-11-24T05:00:00Z",
      last_successful_update_at: "2026-11-24T08:50:00Z",
      ...more,
    });
  return {
    now,
    groups: [],
    nextId: 100,
    projects: names.map((name, i) => ({
      path: `platform/${name}`,
      lfsEnabled: false,
      lastPushAt,
      protectedBranches: ["main"],
      isEmpty: false,
      mirrors: [mirror(name, i + 1)],
    })),
  };
}

const branch = (name: string, digit: string): Reference => ({
  name: `refs/heads/${name}`,
  target: oid(digit),
});
const succeed: Push = () => ({ status: "finished" });
const fail: Push = () => ({ status: "failed", error: "refused" });

/** Some minutes later. */
function later(state: GitlabState, minutes: number): GitlabState {
  return { ...state, now: new Date(Date.parse(state.now) + minutes * 60_000).toISOString() };
}

describe("a change is delivered", () => {
  it("when the airlock repository's branches and tags are the project's", async () => {
    const airlock = new Airlock();
    airlock.source = [[main, { name: "refs/tags/v1", target: oid("2") }]];
    const { status, exitCode } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(exitCode).to.equal(0);
    expect(status.counts).to.deep.include({ synchronized: 1, unknown: 0, lagging: 0 });
    expect(status.mirrors[0]).to.deep.include({
      delivery: "equal",
      lacking: 0,
      extra: 0,
      lagSeconds: 0,
      deliveredAt: now,
      behindSince: null,
    });
  });

  it("not when a GitLab says so that lies: what is lacking is named, and the run has failed", async () => {
    const airlock = new Airlock();
    airlock.isHonest = false;
    airlock.source = [[main, branch("release", "2")]];
    airlock.target.set(url("app"), [main]);
    const { status, exitCode } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect([exitCode, status.outcome]).to.deep.equal([1, "failed"]);
    expect(status.problems).to.deep.equal([
      "platform/app: GitLab says that it has pushed, and the airlock repository lacks refs/heads/release",
    ]);
    expect(status.counts).to.deep.include({ synchronized: 0 });
    expect(status.mirrors[0]).to.deep.include({ updateStatus: "finished", delivery: "behind", lacking: 1 });
  });

  it("not while a branch has another tip there", async () => {
    const airlock = new Airlock();
    airlock.isHonest = false;
    airlock.target.set(url("app"), [branch("main", "9")]);
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.mirrors[0]).to.deep.include({ delivery: "behind" });
  });

  it("although GitLab failed for another reason, which is told all the same", async () => {
    const airlock = new Airlock();
    airlock.target.set(url("app"), [main]);
    const { status } = await airlock.reconcile(gitlab(), desired(), fail);
    expect(status.mirrors[0]).to.deep.include({ updateStatus: "failed", delivery: "equal", lagSeconds: 0 });
    expect(status.problems).to.deep.equal(["platform/app: GitLab could not push: refused"]);
  });

  it("whatever the airlock repository holds beside: that stays there, and is counted", async () => {
    const airlock = new Airlock();
    airlock.isHonest = false;
    airlock.target.set(url("app"), [main, branch("old", "7"), { name: "refs/tags/old", target: oid("8") }]);
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.mirrors[0]).to.deep.include({ delivery: "equal", extra: 2 });
  });

  it("with all its names, of whatever bytes they are", async () => {
    const name = Buffer.from("refs/heads/f\xfcr\u2028{{", "latin1").toString("latin1");
    const airlock = new Airlock();
    airlock.source = [[main, { name, target: oid("2") }]];
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.mirrors[0]).to.deep.include({ delivery: "equal" });
  });
});

describe("a branch that CodeCommit refuses for good", () => {
  const refusal =
    "remote: arn:aws:iam::222222222222:user/target-push is not authorized to perform codecommit:GitPush on refs/heads/wip";

  it("is behind in every run, for longer and longer, and rings after an hour", async () => {
    const airlock = new Airlock();
    airlock.source = [[main, branch("wip", "2")]];
    airlock.target.set(url("app"), [main]);
    const refuse: Push = () => ({ status: "failed", error: refusal });
    let state = gitlab(["app"], {}, "2026-11-24T08:55:00Z");
    let record = "";
    const lags: number[] = [];
    const problems: string[][] = [];
    for (const minutes of [0, 30, 30]) {
      const run = await airlock.reconcile(later(state, minutes), desired(), refuse, record);
      ({ state, output: record } = run);
      lags.push(run.status.lagSeconds);
      problems.push(run.status.problems);
    }
    expect(lags).to.deep.equal([5 * 60, 35 * 60, 65 * 60]);
    expect(problems[1]).to.deep.equal([`platform/app: GitLab could not push: ${refusal}`]);
    expect(problems[2]).to.include(
      "platform/app: for 65 minutes the airlock repository has lacked refs/heads/wip",
    );
  });
});

describe("whether a change is delivered is unknown", () => {
  for (const [what, answer, reason] of [
    [
      "the airlock repository refuses to list",
      { code: 128, stdout: "", stderr: "fatal: unable to access: The requested URL returned error: 403\n" },
      /did not list its references: fatal: .* error: 403$/,
    ],
    ["it takes too long", { code: 124, stdout: "", stderr: "" }, /no answer within 30 seconds$/],
    ["git is not there", { code: 127, stdout: "", stderr: "timeout: No such file\n" }, /No such file$/],
    [
      "something else answers",
      { code: 0, stdout: "<html>\n", stderr: "" },
      /something else than references$/,
    ],
    [
      "a line is cut off",
      { code: 0, stdout: `${oid("1")}\trefs/heads/main\n${oid("1").slice(20)}`, stderr: "" },
      /something else than references$/,
    ],
  ] as const) {
    it(`where ${what}, and it does not count as delivered`, async () => {
      const airlock = new Airlock();
      airlock.answer = () => answer;
      const { status, exitCode } = await airlock.reconcile(gitlab(), desired(), succeed);
      expect(exitCode).to.equal(1);
      expect(status.problems).to.have.length(1);
      expect(status.problems[0])
        .to.match(/^platform\/app: nobody knows whether it has arrived: /)
        .and.match(reason);
      expect(status.counts).to.deep.include({ synchronized: 0, unknown: 1 });
      expect(status.mirrors[0]).to.deep.include({ delivery: "unknown", extra: null, deliveredAt: null });
    });
  }

  it("where GitLab does not list its own", async () => {
    const airlock = new Airlock();
    airlock.source = [[main], "14:failed to connect to all addresses"];
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.problems[0]).to.contain("GitLab did not list its own branches and tags: 14:failed");
    expect(status.mirrors[0]).to.deep.include({ delivery: "unknown" });
  });

  it("of one, and the others are compared all the same", async () => {
    const airlock = new Airlock();
    airlock.answer = (to) => (to === url("app") ? { code: 1, stdout: "", stderr: "no route" } : undefined);
    const { status } = await airlock.reconcile(
      gitlab(["app", "network"]),
      desired(["app", "network"]),
      succeed,
    );
    expect(status.mirrors.map(({ delivery }) => delivery)).to.deep.equal(["unknown", "equal"]);
  });

  it("not where the second try succeeds", async () => {
    const airlock = new Airlock();
    const broken = { code: 128, stdout: "", stderr: "error: RPC failed; HTTP 503" };
    airlock.answer = () => (airlock.asked.length === 1 ? broken : undefined);
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.mirrors[0]).to.deep.include({ delivery: "equal" });
    expect(status.problems).to.deep.equal([]);
  });

  it("where the airlock repositories take too long together; the run ends in time", async () => {
    const airlock = new Airlock();
    const names = ["app", "network", "late"];
    airlock.answer = () => ({ code: 0, stdout: `${oid("1")}\trefs/heads/main\n`, stderr: "", seconds: 200 });
    const { status } = await airlock.reconcile(gitlab(names), desired(names), succeed);
    expect(status.mirrors.map(({ delivery }) => delivery)).to.deep.equal(["equal", "equal", "unknown"]);
    expect(status.problems).to.deep.equal([
      "platform/late: nobody knows whether it has arrived: the targets took too long to list their references",
    ]);
  });
});

describe("what is pushed to GitLab while the script runs", () => {
  /** @param there the tip of main in the airlock repository */
  async function deliveryOf(there: string, source: Reference[][], ancestors: [string, string][] = []) {
    const airlock = new Airlock();
    airlock.isHonest = false;
    airlock.source = source;
    airlock.ancestors = ancestors;
    airlock.target.set(url("app"), [branch("main", there)]);
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    return status.mirrors[0]?.delivery;
  }
  const moved = [[branch("main", "1")], [branch("main", "3")]];

  it("need not have arrived, and may have", async () => {
    expect(await deliveryOf("1", moved)).to.equal("equal");
    expect(await deliveryOf("3", moved)).to.equal("equal");
  });

  it("may have arrived in part: a commit that comes after what was there at the beginning", async () => {
    expect(await deliveryOf("2", moved, [[oid("1"), oid("2")]])).to.equal("equal");
  });

  it("is no excuse for an older commit, nor for one that GitLab does not know", async () => {
    expect(await deliveryOf("0", moved, [[oid("0"), oid("1")]])).to.equal("behind");
    expect(await deliveryOf("f", moved)).to.equal("behind");
  });

  it("is not missed: a branch that is new then, or gone", async () => {
    const [first] = moved;
    const without = [[...(first ?? []), branch("gone", "5")], first ?? []];
    const withNew = [first ?? [], [...(first ?? []), branch("new", "5")]];
    expect(await deliveryOf("1", without)).to.equal("equal");
    expect(await deliveryOf("1", withNew)).to.equal("equal");
  });
});

describe("told to mirror protected branches only, the script misses", () => {
  async function lacking(protectedBranches: string[], source: Reference[]): Promise<number | undefined> {
    const airlock = new Airlock();
    airlock.isHonest = false;
    airlock.source = [source];
    const all = gitlab(["app"], { only_protected_branches: true });
    const state = { ...all, projects: all.projects.map((one) => ({ ...one, protectedBranches })) };
    const { status } = await airlock.reconcile(state, desired(["app"], true), succeed);
    return status.mirrors[0]?.lacking;
  }

  it("no other branch, and every tag", async () => {
    expect(await lacking(["main"], [main, branch("wip", "2")])).to.equal(1);
    expect(
      await lacking(["main"], [branch("wip", "2"), { name: "refs/tags/v1", target: oid("3") }]),
    ).to.equal(1);
    expect(await lacking(["main"], [branch("mainly", "2"), branch("not/main", "3")])).to.equal(0);
  });

  it("what a wildcard matches, and takes a name's other letters as they are", async () => {
    expect(await lacking(["release/*"], [branch("release/1/x", "2"), branch("released", "3")])).to.equal(1);
    expect(await lacking(["a.c", "*-stable"], [branch("abc", "2"), branch("1-stable", "3")])).to.equal(1);
  });
});

describe("a mirror is behind since", () => {
  /** @param known what the record says of it */
  async function since(
    known: object | string | undefined,
    more: Partial<ModelMirror> = {},
    lastPushAt: string | null = null,
  ) {
    const project = { project: "platform/app", url: url("app") };
    const record =
      typeof known === "object" ? JSON.stringify({ mirrors: [{ ...project, ...known }] }) : known;
    const state = gitlab(["app"], more, lastPushAt);
    const { status } = await new Airlock().reconcile(state, desired(), fail, record);
    return status.mirrors[0]?.behindSince;
  }
  const deliveredAt = "2026-11-24T08:30:00Z";

  it("the run in which both ends were last equal", async () => {
    expect(await since({ deliveredAt, behindSince: null })).to.equal(deliveredAt);
  });

  it("the first push after that, where GitLab knows of one", async () => {
    expect(await since({ deliveredAt }, {}, "2026-11-24T08:45:00Z")).to.equal("2026-11-24T08:45:00Z");
    expect(await since({ deliveredAt }, {}, "2026-11-24T08:15:00Z")).to.equal(deliveredAt);
  });

  it("the run that found it first, whatever was pushed after it: a busy project is not behind for less long", async () => {
    const behindSince = "2026-11-24T08:31:00Z";
    expect(await since({ deliveredAt, behindSince }, {}, "2026-11-24T08:59:00Z")).to.equal(behindSince);
  });

  it("what GitLab last knew, where there is no record; else since there is a mirror", async () => {
    expect(await since(undefined)).to.equal("2026-11-24T08:50:00Z");
    expect(await since(undefined, { last_successful_update_at: null })).to.equal("2026-11-24T05:00:00Z");
  });

  for (const broken of ["", "{", "[]", '{"mirrors":7}', '{"mirrors":[7]}', "\u0000"])
    it(`the same, where the record is ${JSON.stringify(broken)}`, async () => {
      expect(await since(broken)).to.equal("2026-11-24T08:50:00Z");
    });

  it("the same, where the record's time is none", async () => {
    expect(await since({ deliveredAt: 7, behindSince: "yesterday" })).to.equal("2026-11-24T08:50:00Z");
  });

  it("no time in the future, after a clock that was put back", async () => {
    const airlock = new Airlock();
    const mirrors = [{ project: "platform/app", url: url("app"), behindSince: "2027-01-01T00:00:00Z" }];
    const { status } = await airlock.reconcile(gitlab(), desired(), fail, JSON.stringify({ mirrors }));
    expect(status.lagSeconds).to.equal(0);
  });

  it("no time at all, once both ends are equal again", async () => {
    const airlock = new Airlock();
    const late = await airlock.reconcile(gitlab(), desired(), fail);
    expect(late.status.lagSeconds).to.equal(600);
    const { status } = await airlock.reconcile(later(late.state, 30), desired(), succeed, late.output);
    expect(status).to.deep.include({ lagSeconds: 0, problems: [] });
    expect(status.mirrors[0]).to.deep.include({ behindSince: null, deliveredAt: "2026-11-24T09:30:00Z" });
  });

  it("the same while it is unknown, and after an hour that rings too", async () => {
    const airlock = new Airlock();
    const first = await airlock.reconcile(gitlab(), desired(), succeed);
    airlock.answer = () => ({ code: 1, stdout: "", stderr: "no route" });
    const { status } = await airlock.reconcile(later(first.state, 61), desired(), succeed, first.output);
    expect(status.mirrors[0]).to.deep.include({ deliveredAt: now, behindSince: now, lagSeconds: 61 * 60 });
    expect(status.problems).to.include(
      "platform/app: for 61 minutes nobody has known whether all has arrived",
    );
  });
});

describe("the lags in the status", () => {
  it("are the largest, and each by its repository's name, worst first", async () => {
    const names = ["network", "app", "current"];
    const airlock = new Airlock();
    airlock.target.set(url("current"), [main]);
    const at: Record<string, string> = { network: "2026-11-24T08:59:00Z", app: "2026-11-24T08:00:00Z" };
    const all = gitlab(names);
    const projects = all.projects.map((one) => ({
      ...one,
      mirrors: one.mirrors.map((mirror) => ({
        ...mirror,
        last_successful_update_at: at[one.path.slice("platform/".length)] ?? now,
      })),
    }));
    const { status } = await airlock.reconcile({ ...all, projects }, desired(names), fail);
    expect(status.lagSeconds).to.equal(3600);
    expect(Object.entries(status.lags)).to.deep.equal([
      ["platform.app", 3600],
      ["platform.network", 60],
      ["platform.current", 0],
    ]);
  });

  it("are none where nothing is wanted", async () => {
    const { status } = await new Airlock().reconcile(gitlab(), desired([]), fail);
    expect(status).to.deep.include({ lagSeconds: 0, lags: {} });
  });
});

describe("the credential with which the script lists references", () => {
  it("is the wanted one, in the environment of that one git and nowhere else", async () => {
    const airlock = new Airlock();
    const state = gitlab(["app"], { user: "target-push+1-at-222222222222", password: "old" });
    const { output } = await airlock.reconcile(state, desired(), succeed);
    const basic = Buffer.from(`${credential.user}:${credential.password}`).toString("base64");
    expect(airlock.asked).to.deep.equal([
      {
        command:
          `timeout -k 5 30 /opt/gitlab/embedded/bin/git ls-remote --refs ${url("app")} refs/heads/* refs/tags/*`.split(
            " ",
          ),
        variables: {
          GIT_CONFIG_GLOBAL: "/dev/null",
          GIT_TERMINAL_PROMPT: "0",
          GIT_CONFIG_COUNT: "3",
          GIT_CONFIG_KEY_0: "http.followRedirects",
          GIT_CONFIG_VALUE_0: "false",
          GIT_CONFIG_KEY_1: "credential.helper",
          GIT_CONFIG_VALUE_1: "",
          GIT_CONFIG_KEY_2: `http.${url("app")}.extraHeader`,
          GIT_CONFIG_VALUE_2: `Authorization: Basic ${basic}`,
        },
      },
    ]);
    expect(output).not.to.include(basic);
  });

  it("is not repeated, whatever git says", async () => {
    const airlock = new Airlock();
    const basic = Buffer.from(`${credential.user}:${credential.password}`).toString("base64");
    airlock.answer = () => ({
      code: 128,
      stdout: "",
      stderr: `header ${basic} of ${credential.password}\xff`,
    });
    const { status } = await airlock.reconcile(gitlab(), desired(), succeed);
    expect(status.problems[0]).to.contain("header ***** of *****");
  });

  it("moves over in a rotation only when the new one has listed the references", async () => {
    const airlock = new Airlock();
    // GitLab calls it finished, and CodeCommit does not know the new credential.
    airlock.answer = () => ({ code: 128, stdout: "", stderr: "fatal: Authentication failed" });
    const { status } = await airlock.reconcile(gitlab(["app"], { password: "old" }), desired(), succeed);
    expect(status.outcome).to.equal("failed");
  });
});
