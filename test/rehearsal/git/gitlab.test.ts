import { existsSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { compareRepositories } from "../../../rehearsal/git/compareRepositories";
import { commit, GITLAB, Lab, MIRROR, PRODUCTION, PROJECT, PULL, PUSH, REPOSITORIES } from "./lab";

describe("a push mirror", () => {
  let lab: Lab;
  beforeEach(async () => {
    lab = await Lab.open();
  });
  afterEach(async () => {
    await lab.close();
  });

  const airlock = () => path.join(lab.folder, "cc", PRODUCTION, "app.git");
  const heads = (directory: string) =>
    lab.git(directory, ["for-each-ref", "--format=%(refname) %(objectname)", "refs"]);

  it("carries branches, tags and odd names from a work terminal to an isolated clone, unchanged", async () => {
    const source = await lab.repository(
      "source",
      commit("main", "最初", { "日本語/ファイル名.txt": "こんにちは", "a b.txt": "x" }) +
        commit("機能/追加", "追加", { "é.txt": "é" }, "refs/heads/main"),
    );
    await lab.git(source, ["tag", "-a", "-m", "出荷", "版/1.0", "main"]);
    await lab.git(source, ["tag", "軽い", "機能/追加"]);
    await lab.project(source);

    expect(await lab.gitlab.syncMirror(PROJECT)).to.deep.equal({
      url: `https://*****:*****@${REPOSITORIES.slice(8)}/app`,
      updateStatus: "finished",
      lastError: undefined,
    });

    const { isolated } = lab.positions;
    const cloned = await isolated.git(["clone", "--mirror", `${REPOSITORIES}/app`, "app.git"], {
      credential: PULL,
    });
    expect(cloned.code, cloned.stderr).to.equal(0);
    const comparison = await compareRepositories(source, path.join(isolated.home, "app.git"), lab.local);
    expect(comparison).to.deep.include({ equal: true, refs: 4, differences: [] });
    const checkout = await isolated.git(["clone", `${REPOSITORIES}/app`, "checkout"], { credential: PULL });
    expect(checkout.code, checkout.stderr).to.equal(0);
    expect(existsSync(path.join(isolated.home, "checkout", "日本語", "ファイル名.txt"))).to.equal(true);
  });

  it("takes the proxy from gitaly's environment, and every request comes from the NAT address", async () => {
    await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    await lab.gitlab.syncMirror(PROJECT);
    expect(lab.proxy.records).to.not.be.empty;
    expect(new Set(lab.proxy.records.map((r) => r.rule))).to.deep.equal(
      new Set(["line 7: http_access allow CONNECT codecommit https"]),
    );
    expect(new Set(lab.codeCommit.audit.map((r) => JSON.stringify(r.arrival)))).to.deep.equal(
      new Set(['{"sourceIp":"203.0.113.10"}']),
    );
    const actions = lab.codeCommit.audit.filter((r) => r.allowed).map((r) => r.action);
    expect(actions[0], "references are listed first").to.equal("codecommit:GitPull");
    expect(actions.at(-1)).to.equal("codecommit:GitPush");
  });

  it("never carries GitLab's own references", async () => {
    const project = await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    await lab.git(project, ["update-ref", "refs/keep-around/x", "main"]);
    await lab.git(project, ["update-ref", "refs/merge-requests/1/head", "main"]);
    await lab.gitlab.syncMirror(PROJECT);
    const main = await lab.git(project, ["rev-parse", "main"]);
    expect(await heads(airlock())).to.equal(`refs/heads/main ${main}`);
  });

  it("pushes in batches of ten, the default branch first, which becomes the target's default", async () => {
    const branches = Array.from({ length: 14 }, (_, i) => `b${i}`);
    const source = await lab.repository(
      "source",
      commit("main", "one", { a: "1" }) +
        branches.map((b) => `reset refs/heads/${b}\nfrom refs/heads/main\n\n`).join(""),
    );
    const project = await lab.gitlab.createProject("platform/early");
    await lab.git(source, ["push", "--quiet", project, "main"]);
    await lab.git(project, ["symbolic-ref", "HEAD", "refs/heads/main"]);
    await lab.git(source, ["push", "--quiet", project, "refs/heads/*:refs/heads/*"]);
    lab.gitlab.setMirror("platform/early", MIRROR);
    expect((await lab.gitlab.syncMirror("platform/early")).updateStatus).to.equal("finished");
    const pushes = lab.codeCommit.audit.filter((r) => r.request === "POST /v1/repos/app/git-receive-pack");
    expect(pushes).to.have.length(2);
    expect(await lab.git(airlock(), ["symbolic-ref", "HEAD"])).to.equal("refs/heads/main");
    expect((await heads(airlock())).split("\n")).to.have.length(15);
  });

  it("finishes with nothing to push for a repository without branches", async () => {
    await lab.gitlab.createProject(PROJECT);
    lab.gitlab.setMirror(PROJECT, MIRROR);
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
    expect(lab.codeCommit.audit.filter((r) => r.action === "codecommit:GitPush")).to.be.empty;
    const cloned = await lab.positions.isolated.git(["clone", `${REPOSITORIES}/app`, "empty"], {
      credential: PULL,
    });
    expect(cloned.code).to.equal(0);
    expect(cloned.stderr).to.contain("cloned an empty repository");
  });

  it("carries a second push, and nothing when nothing changed", async () => {
    const source = await lab.repository("source", commit("main", "one", { a: "1" }));
    const project = await lab.project(source);
    await lab.gitlab.syncMirror(PROJECT);
    await lab.git(source, ["fast-import", "--quiet"], commit("main", "two", { a: "2" }, "refs/heads/main^0"));
    await lab.pushToGitlab(source);
    await lab.gitlab.syncMirror(PROJECT);
    expect(await heads(airlock())).to.equal(await heads(project));

    const before = lab.codeCommit.audit.length;
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
    expect(lab.codeCommit.audit.slice(before).every((r) => r.action === "codecommit:GitPull")).to.equal(true);
  });

  describe("when the source rewrites a branch", () => {
    let source: string;
    let project: string;
    let before: string;
    beforeEach(async () => {
      source = await lab.repository("source", commit("main", "one", { a: "1" }));
      project = await lab.project(source);
      await lab.gitlab.syncMirror(PROJECT);
      before = await lab.git(airlock(), ["rev-parse", "refs/heads/main"]);
      await lab.git(source, ["update-ref", "-d", "refs/heads/main"]);
      const rewritten = commit("main", "rewritten", { a: "2" }) + commit("side", "new", { b: "1" });
      await lab.git(source, ["fast-import", "--quiet"], rewritten);
      await lab.pushToGitlab(source);
    });

    it("leaves the target's branch alone, fails naming it, and still carries the others", async () => {
      expect(await lab.gitlab.syncMirror(PROJECT)).to.deep.include({
        updateStatus: "failed",
        lastError: "Some refs have diverged and have not been updated on the remote:\n\nrefs/heads/main",
      });
      expect(await lab.git(airlock(), ["rev-parse", "refs/heads/main"])).to.equal(before);
      expect(await lab.git(airlock(), ["rev-parse", "refs/heads/side"])).to.equal(
        await lab.git(project, ["rev-parse", "refs/heads/side"]),
      );
    });

    it("overwrites it, and deletes what is merged, when divergent references are not kept", async () => {
      const main = await lab.git(project, ["rev-parse", "refs/heads/main"]);
      await lab.git(airlock(), ["fetch", "--quiet", project, "refs/heads/main:refs/heads/merged"]);
      await lab.git(airlock(), ["update-ref", "refs/heads/unmerged", before]);
      lab.gitlab.setMirror(PROJECT, { ...MIRROR, keepDivergentRefs: false, onlyProtectedBranches: true });
      // Only the default branch is protected, so nothing but it may be touched.
      expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
      expect(await heads(airlock())).to.equal(
        `refs/heads/main ${main}\nrefs/heads/merged ${main}\nrefs/heads/unmerged ${before}`,
      );
      lab.gitlab.setMirror(PROJECT, { ...MIRROR, keepDivergentRefs: false, onlyProtectedBranches: false });
      expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
      const side = await lab.git(project, ["rev-parse", "refs/heads/side"]);
      expect(await heads(airlock())).to.equal(
        `refs/heads/main ${main}\nrefs/heads/side ${side}\nrefs/heads/unmerged ${before}`,
      );
    });
  });

  it("refuses Git LFS pointers, naming the file, and pushes nothing", async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12345\n`;
    await lab.project(
      await lab.repository("source", commit("main", "big", { "大/movie.mp4": pointer, a: "1".repeat(200) })),
    );
    const status = await lab.gitlab.syncMirror(PROJECT);
    expect(status.updateStatus).to.equal("failed");
    expect(status.lastError).to.contain("Git LFS").and.to.contain("大/movie.mp4").and.not.to.contain("more");
    expect(lab.codeCommit.audit.filter((r) => r.action === "codecommit:GitPush")).to.be.empty;
  });

  it("is retried twice and then fails when the credential is wrong, and no secret shows", async () => {
    await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    const password = `${PUSH.password}-wrong`;
    lab.gitlab.setMirror(PROJECT, { ...MIRROR, password });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push(await lab.gitlab.syncMirror(PROJECT));
    expect(statuses.map((s) => s.updateStatus)).to.deep.equal(["to_retry", "to_retry", "failed"]);
    expect(statuses[2]?.lastError).to.contain("Authentication failed");
    const shown = JSON.stringify([statuses, lab.codeCommit.audit, lab.proxy.records, lab.proxy.refusals]);
    expect(shown).to.not.contain(JSON.stringify(password).slice(1, -1));
    expect(shown).to.not.contain(Buffer.from(`${PUSH.user}:${password}`).toString("base64"));
  });

  it("goes nowhere when its url is another host, because the proxy refuses", async () => {
    await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    lab.gitlab.setMirror(PROJECT, { ...MIRROR, url: "https://git.attacker.example/app" });
    const status = await lab.gitlab.syncMirror(PROJECT);
    expect(status.updateStatus).to.equal("to_retry");
    expect(status.lastError).to.contain("403");
    expect(lab.proxy.refusals).to.deep.equal([
      { target: "git.attacker.example:443", reason: "squid.conf line 8: http_access deny all" },
    ]);
  });

  it("goes nowhere when no_proxy exempts its host, because the GitLab host has no route", async () => {
    await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    lab.gitlab.setMirror(PROJECT, { ...MIRROR, url: `https://x.${GITLAB}/app.git` });
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("to_retry");
    expect(lab.positions.gitlab.path.refusals.map((r) => r.reason)).to.deep.equal([
      `no route to x.${GITLAB}:443`,
    ]);
  });

  it("stops as a whole at a tag on a blob that differs at the two ends, and goes on without it", async () => {
    const source = await lab.repository("source", commit("main", "one", { a: "1", b: "2" }));
    await lab.git(source, ["tag", "big", "main:a"]);
    const project = await lab.project(source);
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
    const blob = await lab.git(source, ["rev-parse", "main:a"]);
    await lab.git(source, ["tag", "-f", "big", "main:b"]);
    await lab.git(source, ["branch", "side", "main"]);
    await lab.pushToGitlab(source);
    const stopped = await lab.gitlab.syncMirror(PROJECT);
    expect(stopped.lastError).to.contain(`object ${blob} is a blob, not a commit`);
    expect(await heads(airlock())).not.to.contain("refs/heads/side");

    await lab.git(project, ["update-ref", "-d", "refs/tags/big"]);
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
    expect(await heads(airlock()))
      .to.contain("refs/heads/side")
      .and.contain(`refs/tags/big ${blob}`);
  });

  it("reports a hundred references that have diverged, and leaves the others alone as well", async () => {
    const names = Array.from({ length: 103 }, (_, i) => `refs/tags/t${String(i).padStart(3, "0")}`);
    const source = await lab.repository("source", commit("main", "one", { a: "1" }));
    const project = await lab.project(source);
    await lab.gitlab.syncMirror(PROJECT);
    const [tip, tree] = [await lab.git(project, ["rev-parse", "main"]), "main^{tree}"];
    const all = (id: string) => names.map((name) => `create ${name} ${id}\n`).join("");
    await lab.git(airlock(), ["update-ref", "--stdin"], all(tip));
    const other = await lab.git(project, ["commit-tree", "-m", "other", tree]);
    await lab.git(project, ["update-ref", "--stdin"], all(other));
    const { lastError = "" } = await lab.gitlab.syncMirror(PROJECT);
    expect(lastError.match(/^refs\/tags\/t/gm)).to.have.length(100);
    expect(await heads(airlock())).not.to.contain(other);
  });

  it("is refused a branch and a path that are beyond CodeCommit's quotas, in their words", async () => {
    const project = await lab.project(await lab.repository("source", commit("main", "one", { a: "1" })));
    for (const name of ["@", "0123456789abcdef0123456789abcdef01234567", `${"a/".repeat(140)}b`]) {
      await lab.git(project, ["update-ref", `refs/heads/${name}`, "main"]);
      expect((await lab.gitlab.syncMirror(PROJECT)).lastError, name)
        .to.contain(`Branch names`)
        .and.contain(name);
      await lab.git(project, ["update-ref", "-d", `refs/heads/${name}`]);
    }
    const depths = [20, 21].map((depth) =>
      commit(`depth-${depth}`, "x", { [`${"d/".repeat(depth)}f`]: "x" }),
    );
    await lab.git(project, ["fast-import", "--quiet"], depths.join(""));
    expect((await lab.gitlab.syncMirror(PROJECT)).lastError).to.contain(
      "cannot exceed 20 directories in depth",
    );
    await lab.git(project, ["update-ref", "-d", "refs/heads/depth-21"]);
    expect((await lab.gitlab.syncMirror(PROJECT)).updateStatus).to.equal("finished");
    expect(await heads(airlock())).to.contain("refs/heads/depth-20");
  });

  it("is refused a url with a credential in it", async () => {
    await lab.gitlab.createProject(PROJECT);
    expect(() => {
      lab.gitlab.setMirror(PROJECT, { ...MIRROR, url: "https://user:pw@example.com/x" });
    }).to.throw("holds no credential");
  });
});

describe("GitLab's git server", () => {
  let lab: Lab;
  before(async () => {
    lab = await Lab.open();
    await lab.gitlab.createProject(PROJECT);
  });
  after(async () => {
    await lab.close();
  });

  it("asks for a password, and refuses a wrong one", async () => {
    const url = `https://${GITLAB}/${PROJECT}.git`;
    const { work } = lab.positions;
    expect((await work.git(["ls-remote", url])).code).to.not.equal(0);
    const wrong = await work.git(["ls-remote", url], {
      credential: { user: "dev@example.com", password: "x" },
    });
    expect(wrong.stderr).to.contain("Authentication failed");
  });

  it("cannot be reached from the isolated terminal", async () => {
    const { isolated } = lab.positions;
    const result = await isolated.git(["ls-remote", `https://${GITLAB}/${PROJECT}.git`]);
    expect(result.code).to.not.equal(0);
    expect(isolated.path.refusals.at(-1)).to.deep.equal({
      target: `${GITLAB}:443`,
      reason: `no route to ${GITLAB}:443`,
    });
  });

  it("refuses project paths without a namespace, and a second project of the same path", async () => {
    for (const bad of ["app", "../x/y", "a//b", "a/.git", ""]) {
      const error: unknown = await lab.gitlab.createProject(bad).catch((e: unknown) => e);
      expect(error, bad).to.be.an("error").with.property("message").that.contains("namespace/project");
    }
    const again: unknown = await lab.gitlab.createProject(PROJECT).catch((e: unknown) => e);
    expect(again).to.be.an("error").with.property("message").that.contains("exists already");
  });
});
