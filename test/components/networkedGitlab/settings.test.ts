import { expect } from "chai";
import {
  desiredAdministrator,
  settingsValue,
  type DesiredAdministrator,
  type DesiredSettings,
} from "../../../components/networkedGitlab/desiredSettings";
import type { GitlabState, ModelUser } from "../../../rehearsal/gitlab/reconcile";
import { freshGitlab, keepSettings } from "../../../rehearsal/gitlab/settings";

const blob = "AAAAC3NzaC1lZDI1NTE5AAAAIBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w";
const sshKey = `ssh-ed25519 ${blob}`;
const password = "q8Zr2LmX0vTn6KcW4yHd9BsF3gJp7AeU";
const alice: DesiredAdministrator = {
  username: "alice",
  name: "Alice Example",
  email: "alice@example.com",
  sshKey,
};

function desired(administrator?: DesiredAdministrator): DesiredSettings {
  return {
    revision: "0".repeat(64),
    settings: { administrator },
    credentials: administrator ? { administrator: { username: administrator.username, password } } : {},
  };
}

function fresh(more: Partial<GitlabState> = {}): GitlabState {
  return { now: "2026-11-24T09:00:00Z", groups: [], nextId: 1, projects: [], ...freshGitlab, ...more };
}

const [root] = freshGitlab.users ?? [];
if (root === undefined) throw new Error("a fresh GitLab has the user root");
const withUser = (user: Partial<ModelUser>) =>
  fresh({ users: [root, { ...alice, admin: false, keys: [], ...user }] });
const userOf = ({ users }: GitlabState, name = "alice") => users?.find(({ username }) => username === name);
const quiet = { settings: 0, administrators: 0, keys: 0 };

describe("the script that keeps GitLab's settings", () => {
  it("turns sign-up and everything that is told to GitLab Inc. off, and protects default branches", async () => {
    const { status, state, exitCode } = await keepSettings(fresh(), desired());
    expect(exitCode).to.equal(0);
    expect(status).to.deep.include({ revision: "0".repeat(64), outcome: "succeeded", problems: [] });
    expect(state.settings).to.deep.equal({
      signup_enabled: false,
      usage_ping_enabled: false,
      include_optional_metrics_in_service_ping: false,
      gitlab_product_usage_data_enabled: false,
      snowplow_enabled: false,
      version_check_enabled: false,
      default_branch_protection_defaults: {
        allowed_to_push: [{ access_level: 40 }],
        allowed_to_merge: [{ access_level: 40 }],
        allow_force_push: false,
        developer_can_initial_push: false,
      },
    });
  });

  it("changes nothing when it is run again, and nothing that it does not name", async () => {
    const first = await keepSettings(
      fresh({ settings: { ...freshGitlab.settings, default_projects_limit: 7 } }),
      desired(alice),
    );
    const second = await keepSettings(first.state, desired(alice));
    expect(second.status).to.deep.include({ outcome: "succeeded", counts: quiet });
    expect(second.state).to.deep.equal(first.state);
    expect(second.state.settings?.["default_projects_limit"]).to.equal(7);
  });

  const protection = {
    allowed_to_push: [{ access_level: 40 }],
    allowed_to_merge: [{ access_level: 40 }],
    allow_force_push: false,
    developer_can_initial_push: false,
  };
  for (const [name, changed] of [
    ["signup_enabled", true],
    ["usage_ping_enabled", true],
    ["include_optional_metrics_in_service_ping", true],
    ["gitlab_product_usage_data_enabled", true],
    ["snowplow_enabled", true],
    ["version_check_enabled", true],
    ["default_branch_protection_defaults", { ...protection, allow_force_push: true }],
    ["default_branch_protection_defaults", { ...protection, allowed_to_push: [{ access_level: 30 }] }],
    ["default_branch_protection_defaults", { ...protection, allowed_to_merge: [{ access_level: 30 }] }],
    ["default_branch_protection_defaults", { ...protection, developer_can_initial_push: true }],
    ["default_branch_protection_defaults", null],
  ] as const) {
    it(`puts ${name} back when it was made ${JSON.stringify(changed)} by hand`, async () => {
      const kept = await keepSettings(fresh(), desired());
      const byHand = { ...kept.state, settings: { ...kept.state.settings, [name]: changed } };
      const { status, state } = await keepSettings(byHand, desired());
      expect([status.outcome, status.counts]).to.deep.equal(["succeeded", { ...quiet, settings: 1 }]);
      expect(state.settings).to.deep.equal(kept.state.settings);
    });
  }

  it("leaves what an older GitLab does not have", async () => {
    const { status, state } = await keepSettings(fresh({ settings: { signup_enabled: true } }), desired());
    expect(status).to.deep.include({ outcome: "succeeded", counts: { ...quiet, settings: 1 } });
    expect(state.settings).to.deep.equal({ signup_enabled: false });
  });

  it("lets a person ask more of a default branch", async () => {
    const settings = {
      default_branch_protection_defaults: { ...protection, code_owner_approval_required: true },
    };
    const { status } = await keepSettings(fresh({ settings }), desired());
    expect(status.counts).to.deep.equal(quiet);
  });

  it("says which setting the host's environment decides otherwise", async () => {
    const settingsOfEnvironment = { gitlab_product_usage_data_enabled: true };
    const { status, exitCode, state } = await keepSettings(fresh({ settingsOfEnvironment }), desired());
    expect(exitCode).to.equal(1);
    expect(status.problems).to.deep.equal([
      "settings: GitLab does not take gitlab_product_usage_data_enabled: something else decides there, perhaps a variable " +
        "of its environment",
    ]);
    expect(state.settings?.["signup_enabled"]).to.equal(false);
  });

  it("says that GitLab has no settings yet, and makes the administrator all the same", async () => {
    const { status, state } = await keepSettings(fresh({ settings: undefined }), desired(alice));
    expect(status.problems).to.deep.equal([
      "settings: GitLab has not made its settings yet; the next run sees them",
    ]);
    expect(userOf(state)?.admin).to.equal(true);
  });

  it("never touches root, whatever its password is by now", async () => {
    const users = [{ ...root, password: "chosen by a person" }];
    const { state } = await keepSettings(fresh({ users }), desired(alice));
    expect(userOf(state, "root")).to.deep.include({ password: "chosen by a person", admin: true });
  });
});

describe("the first administrator", () => {
  it("is made with their first password, a believed address and their key", async () => {
    const { status, state } = await keepSettings(fresh(), desired(alice));
    expect(status.counts).to.deep.include({ administrators: 1, keys: 1 });
    expect(userOf(state)).to.deep.equal({
      username: "alice",
      name: "Alice Example",
      email: "alice@example.com",
      password,
      admin: true,
      state: "active",
      confirmed: true,
      keys: [{ title: "git-airlock", key: sshKey }],
    });
  });

  it("is made without a key where none is given", async () => {
    const { status, state } = await keepSettings(fresh(), desired({ ...alice, sshKey: undefined }));
    expect([status.problems, userOf(state)?.keys]).to.deep.equal([[], []]);
  });

  it("keeps the password, the name and the other keys that they have chosen", async () => {
    const own = { title: "laptop", key: `ssh-ed25519 ${blob.replace("BES", "BET")} alice@laptop` };
    const before = withUser({ name: "A. Example", password: "their own", admin: true, keys: [own] });
    const { state, status } = await keepSettings(before, desired(alice));
    expect(userOf(state)).to.deep.include({ name: "A. Example", password: "their own" });
    expect(userOf(state)?.keys).to.deep.equal([own, { title: "git-airlock", key: sshKey }]);
    expect(status.counts).to.deep.include({ administrators: 0, keys: 1 });
  });

  it("has their key already where it has another title or comment", async () => {
    const keys = [{ title: "mine", key: `${sshKey} alice@laptop` }];
    const { state, status } = await keepSettings(withUser({ admin: true, keys }), desired(alice));
    expect([status.problems, userOf(state)?.keys]).to.deep.equal([[], keys]);
  });

  it("is an administrator again when somebody has taken that away, and gets back a key that was removed", async () => {
    const { state } = await keepSettings(fresh(), desired(alice));
    const users = state.users?.map((user) =>
      user.username === "alice" ? { ...user, admin: false, keys: [] } : user,
    );
    const again = await keepSettings({ ...state, users }, desired(alice));
    expect(again.status.counts).to.deep.equal({ settings: 0, administrators: 1, keys: 1 });
    expect(userOf(again.state)).to.deep.equal(userOf(state));
  });

  it("is nobody who merely has taken the name", async () => {
    const { status, state } = await keepSettings(withUser({ email: "mallory@example.com" }), desired(alice));
    expect(status.problems.join()).to.match(/^administrator: the user alice has another e-mail address/);
    expect(userOf(state)).to.deep.include({ admin: false, keys: [] });
  });

  for (const state of ["blocked", "blocked_pending_approval", "banned"]) {
    it(`stays as they are while they are ${state}`, async () => {
      const { status, state: after } = await keepSettings(withUser({ state }), desired(alice));
      expect(status.problems).to.deep.equal([
        `administrator: the user alice is not active (${state}); unblock them, or take gitlab.administrator out`,
      ]);
      expect(userOf(after)).to.deep.include({ admin: false, state, keys: [] });
    });
  }

  it("is not made where there is no active administrator, nor where a group has the name; and that is said", async () => {
    const alone = await keepSettings(fresh({ users: [{ ...root, state: "blocked" }] }), desired(alice));
    expect(alone.status.problems).to.deep.equal([
      "administrator: GitLab has no active administrator to make the user as",
    ]);
    const taken = await keepSettings(fresh({ groups: ["alice"] }), desired(alice));
    expect(taken.status.problems).to.deep.equal([
      "administrator: GitLab did not make the user: Username has already been taken",
    ]);
    expect(taken.state.settings?.["signup_enabled"]).to.equal(false);
  });

  it("does not get a key that is somebody else's, and that is said", async () => {
    const bob = {
      username: "bob",
      email: "bob@example.com",
      admin: false,
      keys: [{ title: "bob", key: sshKey }],
    };
    const { status } = await keepSettings(fresh({ users: [root, bob] }), desired(alice));
    expect(status.problems).to.deep.equal([
      "administrator: GitLab did not take the ssh key: Fingerprint sha256 has already been taken",
    ]);
  });

  it("leaves no password in what is printed, whatever fails", async () => {
    const users = [root, { username: password, email: "alice@example.com", admin: false }];
    const { output, status } = await keepSettings(
      fresh({ users }),
      desired({ ...alice, username: password }),
    );
    const taken = await keepSettings(
      fresh({ users: [root, { ...alice, username: password, email: "x@example.com", admin: false }] }),
      desired({ ...alice, username: password }),
    );
    expect(taken.status.problems.join()).to.contain("*****");
    for (const text of [output, taken.output]) expect(text).not.to.contain(password);
    expect(status.outcome).to.equal("succeeded");
  });

  for (const hostile of [
    `#{World.users.clear}`,
    `"; World.users.clear; "`,
    `'); raise "x"; ('`,
    "`id`$(id)",
    String.raw`\u0023{exit} \\" {{ssm:x}}`,
    "END_OF_RECONCILE_RB\nexit 7\n",
  ]) {
    it(`is data, and no program: ${JSON.stringify(hostile)}`, async () => {
      const administrator = { ...alice, name: hostile, email: `${hostile}@example.com` };
      const { status, state } = await keepSettings(fresh(), desired(administrator));
      expect(status.problems).to.deep.equal([]);
      expect(userOf(state)).to.deep.include({ name: hostile, email: `${hostile}@example.com` });
      expect(userOf(state, "root")?.admin).to.equal(true);
    });
  }
});

describe("the administrator as a parameter", () => {
  it("has no comment of the key's, goes by the user name where no other is given, and fits", () => {
    const { username, email } = alice;
    expect(desiredAdministrator({ username, email, sshKey: `${sshKey} alice@laptop` })).to.deep.equal({
      username,
      name: "alice",
      email,
      sshKey,
    });
    expect(desiredAdministrator({ username, email })).not.to.have.property("sshKey");
    const longest = desiredAdministrator({
      username: "a".repeat(100),
      name: "𝕬".repeat(100),
      email: `${"é".repeat(242)}@example.com`,
      sshKey: `ssh-rsa ${"A".repeat(1992)}`,
    });
    expect(Buffer.byteLength(settingsValue(longest))).to.be.at.most(4096);
  });

  it("holds no two braces in a row, and says the same", () => {
    const value = settingsValue({ ...alice, name: "{{{ssm:/x}}}" });
    expect(value).not.to.contain("{{");
    expect(JSON.parse(value)).to.deep.equal({ administrator: { ...alice, name: "{{{ssm:/x}}}" } });
  });
});
