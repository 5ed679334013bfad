import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { hasOpenSsh } from "../openSsh";
import { airlockPull, PullWorld, type Signer } from "./pullWorld";

(hasOpenSsh ? describe : describe.skip)("git airlock pull --allowed-signers", function () {
  this.timeout(60_000);
  let world: PullWorld;
  let alice: Signer;
  let mallory: Signer;
  /** What lets alice sign. */
  let byAlice: string[];
  beforeEach(() => {
    world = new PullWorld();
    alice = world.signer("alice");
    mallory = world.signer("mallory");
    byAlice = world.allowing(alice.line());
    world.git(...world.signing(alice), "commit", "--quiet", "--amend", "-m", "first");
  });
  afterEach(() => {
    world.close();
  });

  async function expectRefused(why: string | RegExp, ...options: string[]): Promise<void> {
    const before = world.state();
    const { code, text } = await world.pull(...options);
    expect([code, world.state()], text).to.deep.equal([1, before]);
    expect(text).to.match(typeof why === "string" ? new RegExp(why) : why);
  }

  it("takes what the named people signed", async () => {
    expect((await world.pull(...byAlice)).text).to.contain("Signatures: 1 commit checked, all good.");
    world.commit("second", {}, alice);
    const { code, text } = await world.pull(...byAlice);
    expect([code, text.includes("1 commit checked, all good.")], text).to.deep.equal([0, true]);
  });

  it("makes no clone where any commit of the history is unsigned", async () => {
    world.commit("unsigned");
    world.commit("signed again", {}, alice);
    const { code, text } = await world.pull(...byAlice);
    expect([code, existsSync(world.clone)]).to.deep.equal([1, false]);
    expect(text)
      .to.match(/Dev {2}unsigned: not signed with an ssh key/)
      .and.not.contain("signed again: ");
  });

  it("trusts one commit and what came before it, if told to", async () => {
    const anchor = world.commit("unsigned");
    world.commit("second", {}, alice);
    expect((await world.pull(...byAlice, "--since-commit", anchor)).code).to.equal(0);
    world.commit("unsigned, too");
    await expectRefused("unsigned, too: not signed", ...byAlice, "--since-commit", anchor);
  });

  it("trusts no commit that the source does not hold", async () => {
    const { code } = await world.pull(...byAlice, "--since-commit", "1".repeat(40));
    expect([code, existsSync(world.clone)]).to.deep.equal([2, false]);
  });

  it("refuses a commit without a signature", async () => {
    await world.pull(...byAlice);
    world.commit("unsigned");
    await expectRefused("unsigned: not signed", ...byAlice);
  });

  it("refuses a commit that was refused before, though its objects are here by now", async () => {
    await world.pull(...byAlice);
    world.commit("unsigned");
    await expectRefused("unsigned: not signed", ...byAlice);
    await expectRefused("unsigned: not signed", ...byAlice);
  });

  it("refuses a key that nobody named", async () => {
    await world.pull(...byAlice);
    world.commit("by mallory", {}, mallory);
    await expectRefused("by mallory: its key is not an allowed signer's", ...byAlice);
  });

  it("refuses a signer whose key is for something else than git", async () => {
    await world.pull(...byAlice);
    world.commit("second", {}, mallory);
    await expectRefused("second: ", ...world.allowing(alice.line(), mallory.line('namespaces="file"')));
  });

  it("refuses a signer whose time was over, or had not come", async () => {
    await world.pull(...byAlice);
    world.commit("second", {}, mallory);
    for (const time of ['valid-before="20200101"', 'valid-after="20990101"'])
      await expectRefused("second: ", ...world.allowing(alice.line(), mallory.line(time)));
  });

  it("refuses an unsigned merge of signed commits", async () => {
    await world.pull(...byAlice);
    world.git("checkout", "--quiet", "-b", "topic");
    world.commit("topic", {}, alice);
    world.git("checkout", "--quiet", "main");
    world.git("merge", "--quiet", "--no-ff", "-m", "merged", "topic");
    await expectRefused(/1 commit is not signed by an allowed signer.*\n.*merged: not signed/, ...byAlice);
  });

  it("refuses a commit whose content was changed under its signature", async () => {
    await world.pull(...byAlice);
    const signed = world.commit("second", {}, alice);
    const forged = world.git("cat-file", "commit", signed).replace("\n\nsecond", "\n\nforged");
    writeFileSync(world.at("forged"), `${forged}\n`);
    const oid = world.git("hash-object", "-t", "commit", "-w", world.at("forged"));
    world.git("update-ref", "refs/heads/main", oid);
    await expectRefused("forged: ", ...byAlice);
  });

  it("refuses a signature of another kind, whatever program the clone names for it", async () => {
    await world.pull(...byAlice);
    const text = world.git("cat-file", "commit", world.commit("second", {}, alice));
    writeFileSync(world.at("pgp"), `${text.replaceAll("SSH SIGNATURE", "PGP SIGNATURE")}\n`);
    world.git(
      "update-ref",
      "refs/heads/main",
      world.git("hash-object", "-t", "commit", "-w", world.at("pgp")),
    );
    const yes = world.at("yes.sh");
    writeFileSync(yes, '#!/bin/sh\nprintf "[GNUPG:] GOODSIG 1 x\\n[GNUPG:] TRUST_ULTIMATE 0\\n"\n', {
      mode: 0o755,
    });
    for (const key of ["gpg.program", "gpg.openpgp.program"]) world.gitIn(world.clone, "config", key, yes);
    await expectRefused("second: not signed with an ssh key", ...byAlice);
  });

  it("lets the clone's settings name neither signers nor a program", async () => {
    await world.pull(...byAlice);
    world.commit("by mallory", {}, mallory);
    const yes = world.at("yes.sh");
    writeFileSync(yes, "#!/bin/sh\necho 'Good \"git\" signature for a with ED25519 key SHA256:x'\n", {
      mode: 0o755,
    });
    writeFileSync(world.at("others"), mallory.line());
    world.gitIn(world.clone, "config", "gpg.ssh.program", yes);
    world.gitIn(world.clone, "config", "gpg.ssh.allowedSignersFile", world.at("others"));
    await expectRefused("by mallory: ", ...byAlice);
  });

  it("heeds the keys that the user has revoked", async () => {
    await world.pull(...byAlice);
    world.commit("second", {}, alice);
    world.gitIn(world.clone, "config", "gpg.ssh.revocationFile", `${alice.key}.pub`);
    await expectRefused("second: ", ...byAlice);
  });

  it("trusts nothing for having been fetched by hand", async () => {
    await world.pull(...byAlice);
    world.commit("unsigned");
    world.gitIn(world.clone, "fetch", "--quiet", "origin");
    await expectRefused("unsigned: not signed", ...byAlice);
  });

  it("is not misled by replaced commits", async () => {
    await world.pull(...byAlice);
    const good = world.commit("second", {}, alice);
    const bad = world.commit("unsigned");
    world.gitIn(world.clone, "fetch", "--quiet", world.source, "main");
    world.gitIn(world.clone, "replace", bad, good);
    await expectRefused("unsigned: not signed", ...byAlice);
  });

  it("refuses signers that lie in the clone itself, also by a link", async () => {
    world.commit("keys", { signers: alice.line() }, alice);
    await world.pull(...byAlice);
    symlinkSync(join(world.clone, "signers"), world.at("link"));
    for (const file of [join(world.clone, "signers"), world.at("link")]) {
      const { code, text } = await world.pull("--allowed-signers", file);
      expect([code, text.includes("could bring its own keys")], text).to.deep.equal([3, true]);
    }
  });

  it("refuses signers that others may write, or put another file in the place of", async () => {
    const folder = world.at("shared");
    mkdirSync(folder);
    const file = join(folder, "signers");
    writeFileSync(file, alice.line());
    for (const [of, mode] of [
      [file, 0o664],
      [file, 0o646],
      [folder, 0o775],
      [folder, 0o777],
    ] as const) {
      const before = statSync(of).mode;
      chmodSync(of, mode);
      const { code, text } = await world.pull("--allowed-signers", file);
      expect([code, text.includes("others may write")], text).to.deep.equal([3, true]);
      chmodSync(of, before);
    }
    chmodSync(folder, 0o1777);
    expect((await world.pull("--allowed-signers", file)).code).to.equal(0);
  });

  it("says that the signers' file is missing", async () => {
    const { code, text } = await world.pull("--allowed-signers", world.at("nowhere"));
    expect([code, text.includes("--allowed-signers cannot be read")], text).to.deep.equal([3, true]);
  });

  it("checks always what was checked once, for what is taken without a check would be trusted", async () => {
    await world.pull(...byAlice);
    world.commit("unsigned");
    const { code, text } = await world.pull();
    expect([code, text.includes("give --allowed-signers FILE again")], text).to.deep.equal([3, true]);
    await expectRefused("unsigned: not signed", ...byAlice);
    world.gitIn(world.clone, "config", "--unset", "airlock.checksSignatures");
    expect((await world.pull()).code).to.equal(0);
  });

  it("refuses a tag on something that no commit's signature covers", async () => {
    await world.pull(...byAlice);
    world.git("tag", "blob", world.git("rev-parse", "HEAD:a.txt"));
    await expectRefused("points at no commit", ...byAlice);
  });

  it("lists who signed, with the key", async () => {
    const fingerprint = (signer: Signer) =>
      /SHA256:\S+/.exec(spawnSync("ssh-keygen", ["-l", "-f", `${signer.key}.pub`]).stdout.toString())?.[0] ??
      "none";
    world.commit("second", {}, mallory);
    world.commit("third", {}, alice);
    const both = world.allowing(alice.line(), mallory.line());
    const { code, text } = await world.pull(...both);
    expect(code, text).to.equal(0);
    expect(text)
      .to.contain(`alice@example.com  ${fingerprint(alice)}  2 commits`)
      .and.contain(`mallory@example.com  ${fingerprint(mallory)}  1 commit`);
    world.git(...world.signing(mallory), "tag", "--annotate", "-m", "v1", "v1");
    const told: unknown = JSON.parse((await world.pull(...both, "--require", "tags", "--json")).text);
    expect(told)
      .to.have.nested.property("signatures.signers[0]")
      .that.deep.equals({ principal: "mallory@example.com", key: fingerprint(mallory), count: 1 });
  });

  describe("says before the fetch that the signers' file names nobody", () => {
    const files: [string, (line: string) => Buffer, string][] = [
      [
        "authorized_keys' order",
        (line) => Buffer.from(line.replace(/^(\S+) +(.*)$/m, "$2 $1")),
        "line 1 has the key first",
      ],
      ["UTF-16, little end first", (line) => Buffer.from(`\ufeff${line}`, "utf16le"), "UTF-16"],
      ["UTF-16, big end first", (line) => Buffer.from(`\ufeff${line}`, "utf16le").swap16(), "UTF-16"],
      ["UTF-16 without a mark", (line) => Buffer.from(line, "utf16le"), "UTF-16"],
      ["a byte order mark", (line) => Buffer.from(`\ufeff${line}`), "byte order mark"],
      ["nothing", () => Buffer.alloc(0), "is empty"],
      ["comments", (line) => Buffer.from(`# ${line}\n\r\n  # more\n`), "comments only"],
      [
        "a name without a key",
        () => Buffer.from("# who\nalice@example.com\n"),
        "line 2 is not in its format",
      ],
      ["a fingerprint", () => Buffer.from("alice@example.com SHA256:abc\n"), "line 1 is not in its format"],
    ];
    for (const [what, content, why] of files)
      it(what, async () => {
        writeFileSync(world.at("signers"), content(alice.line()), { mode: 0o600 });
        // The source is not there, which nobody finds out.
        const { code, text } = await airlockPull(
          world.at("gone"),
          world.clone,
          "--allowed-signers",
          world.at("signers"),
        );
        expect(code, text).to.equal(3);
        expect(text).to.contain(why).and.contain("alice@example.com ssh-ed25519 AAAA");
      });
  });

  it("takes a signers' file with quotes, options, comments and lines that it cannot read", async () => {
    const signers = [
      "# who\r\n",
      "\r\n",
      "broken line\r\n",
      alice
        .line('namespaces="git,file",valid-after="20200101"')
        .replace("alice@example.com", '"alice@example.com,a b"'),
    ];
    expect((await world.pull(...world.allowing(...signers))).code).to.equal(0);
  });

  it("says that ssh-keygen is missing", async () => {
    const path = process.env["PATH"];
    const git = world.gitIn(world.folder, "--exec-path");
    process.env["PATH"] = git;
    try {
      const { code, text } = await airlockPull(world.source, world.clone, ...byAlice);
      expect([code, text.includes("ssh-keygen is needed")], text).to.deep.equal([2, true]);
    } finally {
      process.env["PATH"] = path;
    }
  });

  describe("--require tags", () => {
    const tags = () => [...byAlice, "--require", "tags"];
    const tag = (name: string, signer?: Signer, at = "HEAD") =>
      world.git(...world.signing(signer), "tag", "--annotate", "-m", name, name, at);
    beforeEach(async () => {
      tag("v1", alice);
      expect((await world.pull(...tags())).code).to.equal(0);
    });

    it("takes unsigned commits below a signed tag", async () => {
      world.commit("unsigned");
      world.commit("unsigned, too");
      tag("v2", alice);
      expect((await world.pull(...tags())).code).to.equal(0);
    });

    it("refuses a branch that has gone on after its tag", async () => {
      world.commit("second", {}, alice);
      tag("v2", alice);
      world.commit("third", {}, alice);
      await expectRefused("refs/heads/main: no tag on its tip is signed", ...tags());
    });

    it("refuses a tag by somebody who may not, an unsigned one and a bare one", async () => {
      for (const make of [() => tag("v2", mallory), () => tag("v3"), () => world.git("tag", "v4")]) {
        make();
        await expectRefused("this tag is not signed", ...tags());
        world.git("tag", "--delete", world.git("tag", "--list", "v[234]"));
      }
    });

    it("refuses an old signed tag under a new name", async () => {
      world.git("update-ref", "refs/tags/v9", world.git("rev-parse", "refs/tags/v1"));
      await expectRefused("refs/tags/v9: this tag is not signed", ...tags());
    });
  });
});
