import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { CertificateAuthority } from "../../../rehearsal/certificates";
import { Position } from "../../../rehearsal/git/gitClient";
import { commit, Lab, PULL, PUSH, REPOSITORIES } from "./lab";

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
    const result = await isolated.git(["ls-remote", `${REPOSITORIES}/app`], { credential: PULL });
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
      const environment = await lab.positions.work.git(["-c", "alias.airlock-env=!env", "airlock-env"]);
      const config = await lab.positions.work.git(["config", "--list", "--name-only"]);
      expect(config.stdout.trim().split("\n")).to.deep.equal(["credential.helper", "core.hookspath"]);
      const listed = await lab.positions.isolated.git(["ls-remote", `${REPOSITORIES}/app`], {
        credential: PULL,
      });
      expect(listed.code, listed.stderr).to.equal(0);
      expect(environment.stdout)
        .to.contain(`HOME=${lab.positions.work.home}`)
        .and.not.match(/AWS_SECRET|GIT_SSL_NO_VERIFY|no_proxy/);
    } finally {
      for (const name of Object.keys(process.env))
        if (!(name in before)) Reflect.deleteProperty(process.env, name);
      Object.assign(process.env, before);
    }
  });

  it("trusts the rehearsal's authority, no other, and only for the names it signed", async () => {
    // A network that leads every name to CodeCommit.
    const fooled = async (authorityFile: string, url: string) => {
      const resolve = () => ({ port: lab.natPort });
      const position = await Position.open({ name: "fooled", folder: lab.folder, authorityFile, resolve });
      const result = await position.git(["ls-remote", url], { credential: PUSH });
      await position.close();
      return result;
    };
    const otherFolder = path.join(lab.folder, "other-authority");
    mkdirSync(otherFolder);
    const other = await CertificateAuthority.create(otherFolder);
    const url = `${REPOSITORIES}/app`;
    expect((await fooled(lab.authority.file, url)).code).to.equal(0);
    expect((await fooled(other.file, url)).stderr).to.match(/certificate/i);
    const elsewhere = await fooled(lab.authority.file, "https://git.attacker.example/v1/repos/app");
    expect(elsewhere.stderr).to.match(/certificate|SSL/i);
  });

  it("cannot leave the rehearsal by ssh or the git protocol", async () => {
    for (const url of ["ssh://git@github.example/x", "git://github.example/x", "ext::sh -c true"]) {
      const result = await lab.positions.home.git(["ls-remote", url]);
      expect(result.stderr, url).to.match(/transport '(ssh|git|ext)' not allowed/);
    }
  });

  it("runs no hook of the repository it works in", async () => {
    const source = await lab.repository("hooked", commit("main", "1", { a: "1" }));
    // A template need not have the folder.
    mkdirSync(path.join(source, "hooks"), { recursive: true });
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
