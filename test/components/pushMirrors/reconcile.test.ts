import { expect } from "chai";
import type { DesiredMirrors } from "../../../components/pushMirrors/desiredMirrors";
import {
  killed,
  type GitlabState,
  type ModelMirror,
  type ModelProject,
  type Push,
  type Reconciled,
} from "../../../rehearsal/gitlab/reconcile";
import { Airlock, airlockUrl as url, credential, mirrorTo, now } from "./airlock";

function desired(more: Partial<DesiredMirrors> = {}): DesiredMirrors {
  return {
    revision: "0".repeat(64),
    settings: { onlyProtectedBranches: false, createProjects: false },
    credentials: { prd: credential },
    mirrors: [
      { target: "prd", project: "platform/network", url: url("platform.network") },
      { target: "prd", project: "platform/app", url: url("platform.app") },
    ],
    ...more,
  };
}

const mirror = (more: Partial<ModelMirror> = {}) => mirrorTo(url("platform.app"), more);

function gitlab(mirrors: ModelMirror[] = []): GitlabState {
  const project = {
    lfsEnabled: true,
    lastPushAt: null,
    protectedBranches: ["main"],
    isEmpty: false,
  };
  return {
    now,
    groups: ["platform"],
    nextId: 100,
    projects: [
      { path: "platform/network", mirrors: [], ...project },
      { path: "platform/app", mirrors, ...project },
    ],
  };
}

/** A run with airlock repositories that are empty before. */
function reconcile(state: GitlabState, wanted: DesiredMirrors, push: Push): Promise<Reconciled> {
  return new Airlock().reconcile(state, wanted, push);
}

const succeed: Push = () => ({ status: "finished" });
const mirrorsOf = ({ projects }: GitlabState) => projects.flatMap(({ mirrors }) => mirrors);

describe("the reconcile script", () => {
  it("sets a mirror for each airlock repository, with its credential as it is, and pushes it", async () => {
    const pushed: string[] = [];
    const { status, exitCode, state } = await reconcile(gitlab(), desired(), ({ url: to, password }) => {
      pushed.push(`${to} ${password ?? ""}`);
      return { status: "finished" };
    });
    expect(pushed).to.deep.equal(
      ["platform.network", "platform.app"].map((name) => `${url(name)} ${credential.password}`),
    );
    expect(exitCode).to.equal(0);
    expect(status).to.deep.include({ outcome: "succeeded", problems: [], revision: "0".repeat(64) });
    expect(status.mirrors.map(({ updateStatus, lagSeconds }) => [updateStatus, lagSeconds])).to.deep.equal([
      ["finished", 0],
      ["finished", 0],
    ]);
    for (const one of mirrorsOf(state)) {
      expect(one).to.deep.include({ ...credential, enabled: true, keep_divergent_refs: true });
    }
    expect(state.projects.map(({ lfsEnabled }) => lfsEnabled)).to.deep.equal([false, false]);
  });

  it("changes nothing when it is run again", async () => {
    const first = await reconcile(gitlab(), desired(), succeed);
    const second = await reconcile(first.state, desired(), succeed);
    expect(second.status.counts).to.deep.include({ created: 0, updated: 0, removed: 0, synchronized: 2 });
    expect(mirrorsOf(second.state)).to.deep.equal(mirrorsOf(first.state));
  });

  for (const [what, changed] of [
    ["was turned off", { enabled: false }],
    ["was told to overwrite what differs", { keep_divergent_refs: false }],
    ["was bound to protected branches", { only_protected_branches: true }],
    ["has an old credential", { user: "target-push+1-at-222222222222", password: "old" }],
    ["has another password", { password: "mistyped" }],
    ["signs in by a key", { auth_method: "ssh_public_key" }],
    ["leaves branches out", { mirror_branch_regex: "^docs/" }],
  ] as const) {
    it(`puts a mirror back that ${what} by hand`, async () => {
      const { status, state } = await reconcile(gitlab([mirror(changed)]), desired(), succeed);
      expect(status.counts).to.deep.include({ created: 1, updated: 1 });
      const [, healed] = mirrorsOf(state);
      expect(healed).to.deep.include({
        id: 1,
        enabled: true,
        keep_divergent_refs: true,
        only_protected_branches: false,
        auth_method: "password",
        ...credential,
      });
    });
  }

  it("makes a mirror anew that somebody has removed", async () => {
    const first = await reconcile(gitlab(), desired(), succeed);
    const [network, app] = first.state.projects;
    if (!network || !app) throw new Error("two projects");
    const without = { ...first.state, projects: [network, { ...app, mirrors: [] }] };
    const { status } = await reconcile(without, desired(), succeed);
    expect(status.counts).to.deep.include({ created: 1, updated: 0, synchronized: 2 });
  });

  it("removes mirrors of its own IAM user that nobody wants, and never touches another's", async () => {
    const ours = mirror({
      id: 1,
      url: url("retired"),
      user: "target-push+1-at-222222222222",
      password: "old",
    });
    const strangers = [
      mirror({ id: 2, url: "https://github.com/example/app.git", user: "someone", password: "s" }),
      mirror({ id: 3, url: url("other"), user: "target-push-at-333333333333", password: "s" }),
      mirror({ id: 4, url: url("third"), user: "target-pusher-at-222222222222", password: "s" }),
    ];
    const { status, state } = await reconcile(gitlab([ours, ...strangers]), desired(), succeed);
    expect(status.counts).to.deep.include({ removed: 1 });
    expect(mirrorsOf(state).filter(({ id }) => id < 100)).to.deep.equal(strangers);
  });

  it("removes the mirrors of a target that was taken off the list, whose credential it no longer has", async () => {
    const airlock = new Airlock();
    const osaka = { user: "target-push-at-333333333333", password: "c/d+e=f" };
    const both = desired({
      credentials: { prd: credential, osaka },
      mirrors: [
        ...desired().mirrors,
        { target: "osaka", project: "Platform/App", url: url("osaka-platform.app") },
      ],
    });
    const first = await airlock.reconcile(gitlab(), both, succeed);
    expect(mirrorsOf(first.state)).to.have.length(3);
    const second = await airlock.reconcile(first.state, desired(), succeed, first.output);
    expect(second.status.counts).to.deep.include({ removed: 1, synchronized: 2 });
    expect(mirrorsOf(second.state).map(({ user }) => user)).to.deep.equal([credential.user, credential.user]);
  });

  it("takes all mirrors off when none is wanted", async () => {
    const { state } = await reconcile(gitlab(), desired(), succeed);
    const { status, state: after, exitCode } = await reconcile(state, desired({ mirrors: [] }), succeed);
    expect([status.counts["removed"], mirrorsOf(after), exitCode]).to.deep.equal([2, [], 0]);
  });

  it("names a project that GitLab does not have, and does the others all the same", async () => {
    const more = [...desired().mirrors, { target: "prd", project: "platform/new", url: url("platform.new") }];
    const { status, exitCode } = await reconcile(gitlab(), desired({ mirrors: more }), succeed);
    expect([exitCode, status.outcome, status.counts["synchronized"]]).to.deep.equal([1, "failed", 2]);
    expect(status.problems).to.deep.equal([
      "platform/new: GitLab has no such project; make it, or set createProjects",
    ]);
  });

  it("makes a missing project, without LFS, when it is told to", async () => {
    const settings = { onlyProtectedBranches: false, createProjects: true };
    const more = [{ target: "prd", project: "platform/new", url: url("platform.new") }];
    const { status, state } = await reconcile(gitlab(), desired({ settings, mirrors: more }), succeed);
    const made = state.projects.find(({ path }) => path === "platform/new");
    expect([made?.lfsEnabled, made?.mirrors.length]).to.deep.equal([false, 1]);
    expect([status.problems, state.groups]).to.deep.equal([[], ["platform"]]);
  });

  it("makes the groups that a missing project is in, each once and in the one above, when it is told to", async () => {
    const settings = { onlyProtectedBranches: false, createProjects: true };
    const more = ["Platform/edge/proxy", "platform/edge/dns", "new/one"].map((project, i) => ({
      target: "prd",
      project,
      url: url(`repository-${i}`),
    }));
    const { status, state } = await reconcile(gitlab(), desired({ settings, mirrors: more }), succeed);
    expect(state.groups).to.deep.equal(["platform", "platform/edge", "new"]);
    expect([status.outcome, status.counts["synchronized"]]).to.deep.equal(["succeeded", 3]);
  });

  it("says why a group cannot be made, and does the other projects all the same", async () => {
    const settings = { onlyProtectedBranches: false, createProjects: true };
    const more = ["alice/notes", "platform/app"].map((project, i) => ({
      target: "prd",
      project,
      url: url(`repository-${i}`),
    }));
    const administrator = { username: "root", email: "admin@example.com", admin: true };
    const users = [administrator, { username: "alice", email: "alice@example.com", admin: false }];
    const { status } = await reconcile({ ...gitlab(), users }, desired({ settings, mirrors: more }), succeed);
    expect(status.problems).to.deep.equal([
      "alice/notes: GitLab did not make the group alice: Path has already been taken",
    ]);
    expect(status.counts["synchronized"]).to.equal(1);
  });

  describe("told to mirror protected branches only", () => {
    const settings = { onlyProtectedBranches: true, createProjects: true };
    const projectOf = (path: string, state: Partial<ModelProject>): GitlabState => {
      const all = gitlab([mirror({ only_protected_branches: true })]);
      return {
        ...all,
        projects: all.projects.map((one) => (one.path === path ? { ...one, ...state } : one)),
      };
    };
    const app = { target: "prd", project: "platform/app", url: url("platform.app") };
    const wanted = desired({ settings, mirrors: [app] });
    const enabled = (state: GitlabState) => mirrorsOf(state).map((one) => one.enabled);

    it("mirrors them", async () => {
      const { status, state } = await reconcile(projectOf("platform/app", {}), wanted, succeed);
      expect([status.outcome, status.counts["synchronized"], enabled(state)]).to.deep.equal([
        "succeeded",
        1,
        [true],
      ]);
    });

    it("turns off the mirror of a project that has none, since GitLab would take that for all branches", async () => {
      const unprotected = projectOf("platform/app", { protectedBranches: [] });
      const { status, state, exitCode } = await reconcile(unprotected, wanted, () => {
        throw new Error("pushed");
      });
      expect([exitCode, enabled(state)]).to.deep.equal([1, [false]]);
      expect(status.problems).to.deep.equal([
        "platform/app: it has no protected branch, and GitLab would then mirror every one; protect one",
      ]);
      // And on again, once one is protected.
      const mended = {
        ...state,
        projects: state.projects.map((one) => ({ ...one, protectedBranches: ["main"] })),
      };
      const again = await reconcile(mended, wanted, succeed);
      expect([again.status.outcome, enabled(again.state)]).to.deep.equal(["succeeded", [true]]);
    });

    it("waits with the mirror of an empty project until its first branch is protected", async () => {
      const fresh = { target: "prd", project: "platform/new", url: url("platform.new") };
      const { status, state } = await reconcile(gitlab(), desired({ settings, mirrors: [fresh] }), succeed);
      expect([status.outcome, status.counts["created"], enabled(state)]).to.deep.equal([
        "succeeded",
        1,
        [false],
      ]);
    });
  });

  for (const undecryptable of ["OpenSSL", "Rails"] as const) {
    it(`makes a mirror anew whose credential GitLab can decrypt no more, by ${undecryptable}`, async () => {
      const { status, state } = await reconcile(gitlab([mirror({ undecryptable })]), desired(), succeed);
      expect(status).to.deep.include({ outcome: "succeeded", problems: [] });
      expect(mirrorsOf(state).map(({ password }) => password)).to.deep.equal([
        credential.password,
        credential.password,
      ]);
    });
  }

  it("names a mirror of whom nobody knows whose it is, and does not touch it", async () => {
    const unknown = mirror({ id: 7, url: "https://example.com/a.git", undecryptable: "OpenSSL" });
    const { status, state } = await reconcile(gitlab([unknown]), desired(), succeed);
    expect(status.problems).to.deep.equal([
      "platform/app: GitLab cannot decrypt the credential of its mirror to https://example.com/a.git, " +
        "so nobody knows whose that is; remove it",
    ]);
    expect(mirrorsOf(state).map(({ id }) => id)).to.include(7);
  });

  it("says at once that GitLab sends nothing out", async () => {
    const { status, state } = await reconcile({ ...gitlab(), silentMode: true }, desired(), succeed);
    expect(status.problems).to.have.length(2);
    expect(status.problems[0]).to.match(/^platform\/network: GitLab does not mirror now \(Silent Mode/);
    expect(state.now).to.equal("2026-11-24T09:00:00Z");
  });

  it("names a target without a credential, and removes none of its mirrors for that", async () => {
    const other = { target: "other", project: "platform/app", url: url("platform.app") };
    const { status, state } = await reconcile(gitlab([mirror()]), desired({ mirrors: [other] }), succeed);
    expect(status.problems).to.deep.equal([
      "platform/app: the target other has no credential among the parameters",
    ]);
    expect(mirrorsOf(state)).to.deep.equal([mirror()]);
  });

  it("tells why GitLab could not push, in GitLab's words and without the credential", async () => {
    const basic = Buffer.from(`${credential.user}:${credential.password}`).toString("base64");
    const error = `CONNECT tunnel failed, response 403\n(${credential.password}, ${basic})`;
    const { status, exitCode, output } = await reconcile(gitlab(), desired(), ({ url: to }) =>
      to.endsWith("app") ? { status: "failed", error } : { status: "finished" },
    );
    expect(exitCode).to.equal(1);
    expect(status.problems).to.deep.equal([
      "platform/app: GitLab could not push: CONNECT tunnel failed, response 403 (*****, *****)",
    ]);
    expect(output).not.to.include("a/b+c");
    expect(output).not.to.include(basic);
  });

  it("waits no longer than a quarter of an hour for a push that GitLab tries again and again", async () => {
    const { status, state } = await reconcile(gitlab(), desired(), () => ({
      status: "to_retry",
      error: "no route",
    }));
    expect(status.problems).to.deep.equal([
      "platform/network: no result within 15 minutes (its state is to_retry: no route)",
      "platform/app: no result within 15 minutes (its state is to_retry: no route)",
    ]);
    expect(state.now <= "2026-11-24T09:16:00Z").to.equal(true);
  });

  it("names the project that has ten enabled mirrors already", async () => {
    const ten = Array.from({ length: 10 }, (_, i) =>
      mirror({ id: i + 1, url: `https://example.com/${i}`, user: "someone", password: "s" }),
    );
    const { status } = await reconcile(gitlab(ten), desired(), succeed);
    expect(status.problems).to.deep.equal([
      "platform/app: Validation failed: Project can have at most 10 enabled push mirrors",
    ]);
  });

  describe("killed after any write to GitLab's database", () => {
    const stale = mirror({
      id: 2,
      url: url("retired"),
      user: "target-push+1-at-222222222222",
      password: "old",
    });
    const strangers = mirror({ id: 3, url: "https://github.com/a/b.git", user: "someone", password: "s" });
    const before = gitlab([mirror({ password: "old", keep_divergent_refs: false }), stale, strangers]);
    const settings = { onlyProtectedBranches: false, createProjects: true };
    const more = { target: "prd", project: "platform/new", url: url("platform.new") };
    const wanted = desired({ settings, mirrors: [...desired().mirrors, more] });
    // Three projects' LFS, one project, three mirrors set and one removed.
    for (let writes = 0; writes <= 8; writes++) {
      it(`number ${writes}, leaves no mirror half set, and the next run ends it`, async () => {
        const left = await killed(before, wanted, writes);
        for (const one of mirrorsOf(left)) {
          const known = mirrorsOf(before).some(({ id, password, keep_divergent_refs: keeps }) => {
            return id === one.id && password === one.password && keeps === one.keep_divergent_refs;
          });
          const set = one.password === credential.password && one.keep_divergent_refs && one.enabled;
          expect(known || set, JSON.stringify(one)).to.equal(true);
        }
        const { status, state } = await reconcile(left, wanted, succeed);
        expect([status.outcome, status.counts["synchronized"]]).to.deep.equal(["succeeded", 3]);
        expect(mirrorsOf(state).filter(({ user }) => user === credential.user)).to.have.length(3);
        expect(mirrorsOf(state).filter(({ user }) => user !== credential.user)).to.deep.equal([strangers]);
        const again = await reconcile(state, wanted, succeed);
        expect(again.status.counts).to.deep.include({ created: 0, updated: 0, removed: 0 });
      });
    }
  });

  it("writes one line, of JSON, without a secret", async () => {
    const { output } = await reconcile(gitlab([mirror({ password: "old" })]), desired(), succeed);
    expect(output.trimEnd().split("\n")).to.have.length(1);
    expect(output).not.to.match(/a\/b|old|-at-2222/);
  });

  it("keeps the mirror of a project that GitLab writes in another case", async () => {
    const mirrors = [{ target: "prd", project: "Platform/App", url: url("platform.app") }];
    const { status, state } = await reconcile(gitlab(), desired({ mirrors }), succeed);
    expect(status.counts).to.deep.include({ created: 1, removed: 0, synchronized: 1 });
    expect(mirrorsOf(state)).to.have.length(1);
  });

  it("removes nothing of strangers when its own user's name is of no IAM user", async () => {
    const strangers = [mirror({ id: 2, url: "https://github.com/example/app.git", user: "someone" })];
    const credentials = { prd: { user: "mirror-bot", password: "p" } };
    const { status, state } = await reconcile(gitlab(strangers), desired({ credentials }), succeed);
    expect(status.counts).to.deep.include({ removed: 0 });
    expect(mirrorsOf(state).filter(({ id }) => id < 100)).to.deep.equal(strangers);
  });

  it("names a mirror that somebody removes meanwhile, and tells of the others all the same", async () => {
    const { status, exitCode } = await reconcile(gitlab(), desired(), ({ url: to }) => ({
      status: "finished",
      removed: to.endsWith("app"),
    }));
    expect([exitCode, status.counts["synchronized"]]).to.deep.equal([1, 1]);
    expect(status.problems).to.have.length(1);
    expect(status.problems[0]).to.match(/^platform\/app: Couldn't find RemoteMirror/);
  });

  it("takes no push that began before it for one with the new credential", async () => {
    // A changed credential resets the state; the push that is under way is still the old one.
    const { status } = await reconcile(gitlab([mirror({ password: "old" })]), desired(), ({ id }) => ({
      status: "finished",
      ...(id === 1 && { meanwhile: { last_update_started_at: "2026-11-24T08:59:00Z" } }),
    }));
    expect(status.problems).to.deep.equal([
      "platform/app: no result within 15 minutes (its state is finished)",
    ]);
  });

  it("says that an old credential was put back while it ran", async () => {
    const { status, exitCode } = await reconcile(
      gitlab([mirror({ password: "old" })]),
      desired(),
      ({ id }) => ({
        status: "finished",
        ...(id === 1 && { meanwhile: { password: "old" } }),
      }),
    );
    expect(exitCode).to.equal(1);
    expect(status.problems).to.deep.equal([
      "platform/app: its mirror was changed while this ran; the next run puts it back",
    ]);
  });

  it("tells the reason of a push that GitLab tries again", async () => {
    const { status } = await reconcile(gitlab(), desired(), () => ({
      status: "to_retry",
      error: "CONNECT tunnel failed, response 403",
    }));
    expect(status.problems).to.include(
      "platform/app: no result within 15 minutes (its state is to_retry: CONNECT tunnel failed, response 403)",
    );
  });

  it("leaves out a password that a message has in a URL's form", async () => {
    const { output } = await reconcile(gitlab(), desired(), () => ({
      status: "failed",
      error: `fatal: https://u:${encodeURIComponent(credential.password).replace("'", "%27")}@h/`,
    }));
    expect(output).not.to.include("a%2Fb");
  });

  it("writes its status in ASCII, whatever bytes GitLab's words hold, and without a credential among them", async () => {
    const latin1 = (text: string) => Buffer.from(text, "latin1").toString("base64");
    const state = gitlab();
    const [network, app] = state.projects;
    if (!network || !app) throw new Error("two projects");
    const broken = { ...network, unfindable: latin1(`r\xe9seau ${credential.password}\n`) };
    const { status, output } = await reconcile({ ...state, projects: [broken, app] }, desired(), () => ({
      status: "failed",
      errorBytes: latin1(`refs/heads/f\xfcr\0\xff ${credential.password}`),
    }));
    expect(status.problems).to.deep.equal([
      "platform/network: r\ufffdseau ***** ",
      "platform/app: GitLab could not push: refs/heads/f\ufffdr\0\ufffd *****",
    ]);
    expect(output).to.match(/^[ -~]*\n$/);
  });

  const blob = "b".repeat(40);
  const blobError =
    '13:checking for ancestry: determine ancestry: exit status 128, stderr: "error: object ' +
    `${blob} is a blob, not a commit\\nfatal: Not a valid commit name ${blob}\\n"`;

  it("names the tag on a blob that stops a whole mirror, before GitLab's own words", async () => {
    const tags = [
      { name: "refs/tags/v1", target: "c".repeat(40), peeledTarget: "" },
      { name: "refs/tags/\u92cd", target: "d".repeat(40), peeledTarget: blob },
    ];
    const { status } = await reconcile(gitlab(), desired(), ({ url: to }) =>
      to.endsWith("app") ? { status: "failed", error: blobError, tags } : { status: "finished" },
    );
    expect(status.problems).to.have.length(1);
    expect(status.problems[0]).to.match(
      new RegExp(
        `^platform/app: GitLab could not push: the tag refs/tags/\u92cd on the blob ${blob} .*13:checking`,
      ),
    );
  });

  it("says how to find a tag that was on a blob and is no more", async () => {
    const { status } = await reconcile(gitlab(), desired(), () => ({ status: "failed", error: blobError }));
    expect(status.problems[0])
      .to.contain(`a tag that was once on the blob ${blob}`)
      .and.contain("git ls-remote");
  });

  it("says that a deleted branch stays, where another one cannot be made beside it", async () => {
    const [long, name] = [`feature/${"x".repeat(200)}`, "feature"];
    const error = `remote: error: cannot lock ref 'refs/heads/${long}': 'refs/heads/${name}' exists; cannot create 'refs/heads/${long}'`;
    const { status } = await reconcile(gitlab(), desired(), () => ({ status: "failed", error }));
    expect(status.problems[0])
      .to.contain("the airlock repository still has feature, beside which git cannot make feature/xxx")
      .and.contain("break-glass role")
      .and.contain(error);
  });
});
