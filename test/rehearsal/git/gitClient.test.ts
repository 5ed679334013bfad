import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { CODECOMMIT, commit, Lab, PULL, PUSH, REPOSITORIES } from "./lab";

describe("git at a position", () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
  });
  after(async () => {
    await lab.close();
  });

  it("shows a password of any characters to the server, and to nobody else", async () => {
    const { isolated } = lab.positions;
    const result = await isolated.git(["-c", "alias.env=!env; true", "ls-remote", `${REPOSITORIES}/app`], {
      credential: PULL,
    });
    expect(result.code, result.stderr).to.equal(0);
    expect(result.stdout + result.stderr).to.not.contain(PULL.password);
    expect(readFileSync(path.join(isolated.home, ".askpass"), "utf8")).to.not.contain(PULL.password);
  });

  it("fails instead of asking when it has no credential", async () => {
    const result = await lab.positions.isolated.git(["ls-remote", `${REPOSITORIES}/app`]);
    expect(result.code).to.not.equal(0);
    expect(result.stderr).to.contain("could not read Username");
  });

  it("inherits nothing from the person who runs the rehearsal", async () => {
    const before = { ...process.env };
    try {
      Object.assign(process.env, {
        GIT_DIR: "/nowhere",
        GIT_SSL_NO_VERIFY: "1",
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: "user.name",
        GIT_CONFIG_VALUE_0: "Me",
        HTTPS_PROXY: "http://127.0.0.1:1",
        no_proxy: "*",
        AWS_SECRET_ACCESS_KEY: "secret",
      });
      const environment = await lab.positions.work.git(["-c", "alias.show=!env", "show"]);
      const config = await lab.positions.work.git(["config", "--list", "--name-only"]);
      expect(config.stdout.trim().split("\n")).to.deep.equal(["credential.helper", "core.hookspath"]);
      const listed = await lab.positions.isolated.git(["ls-remote", `${REPOSITORIES}/app`], {
        credential: PULL,
      });
      expect(listed.code, listed.stderr).to.equal(0);
      expect(environment.stdout).to.not.contain("AWS_SECRET");
    } finally {
      for (const name of Object.keys(process.env))
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });

  it("trusts the rehearsal's authority only for the names it signed", async () => {
    const { isolated } = lab.positions;
    const other = await isolated.git(["ls-remote", `https://${CODECOMMIT}:443/v1/repos/app`], {
      credential: PULL,
    });
    expect(other.code, other.stderr).to.equal(0);
    const { work } = lab.positions;
    const wrongName = await work.git(["ls-remote", `${REPOSITORIES}/app`], {
      credential: PUSH,
      proxyUrl: lab.positions.isolated.proxyUrl,
    });
    expect(wrongName.stderr, "the name fits, the address does not").to.contain("403");
  });

  it("cannot leave the rehearsal by ssh or the git protocol", async () => {
    for (const url of ["ssh://git@github.example/x", "git://github.example/x", "ext::sh -c true"]) {
      const result = await lab.positions.home.git(["ls-remote", url]);
      expect(result.stderr, url).to.match(/transport '(ssh|git|ext)' not allowed/);
    }
  });

  it("runs no hook of the repository it works in", async () => {
    const source = await lab.repository("hooked", commit("main", "1", { a: "1" }));
    writeFileSync(path.join(source, "hooks", "pre-push"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    await lab.git(lab.folder, ["init", "--quiet", "--bare", "sink.git"]);
    const pushed = await lab.positions.work.git(["push", path.join(lab.folder, "sink.git"), "main"], {
      cwd: source,
    });
    expect(pushed.code, pushed.stderr).to.equal(0);
  });

  it("refuses a credential that git could not read", () => {
    expect(() =>
      lab.positions.work.git(["version"], { credential: { user: "a\nb", password: "c" } }),
    ).to.throw("line break");
  });
});
