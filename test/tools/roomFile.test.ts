import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { transform } from "esbuild";
import { ROOM_FILE, roomFile, writeRoomFile } from "../../tools/roomFile";

describe("the single file for the room", function () {
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "airlock-room-"));
    await writeRoomFile(join(folder, "made"));
    // Nothing but the file: no packages, no clone around it.
    mkdirSync(join(folder, "room"));
    copyFileSync(join(folder, "made", ROOM_FILE), join(folder, "room", "git-airlock"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  const git = (cwd: string, ...args: string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
      cwd,
      encoding: "utf8",
    }).trim();
  const run = (command: string, ...args: string[]) =>
    spawnSync(command, args, {
      cwd: join(folder, "room"),
      encoding: "utf8",
      env: { ...process.env, PATH: `${join(folder, "room")}:${process.env["PATH"] ?? ""}` },
    });

  it("pulls, as a file and as a command of git", () => {
    const source = join(folder, "source");
    git(folder, "init", "--quiet", "-b", "main", source);
    git(source, "commit", "--quiet", "--allow-empty", "-m", "first");
    const first = run(process.execPath, "git-airlock", source, "clone");
    expect([first.status, first.stderr]).to.deep.equal([0, ""]);
    git(source, "commit", "--quiet", "--allow-empty", "-m", "second");
    expect(run("git", "airlock", "pull", "clone").status).to.equal(0);
    expect(git(join(folder, "room", "clone"), "rev-parse", "HEAD")).to.equal(
      git(source, "rev-parse", "HEAD"),
    );
  });

  it("says its version, its commit and the version of Node.js", () => {
    const { status, stdout } = run("git", "airlock", "--version");
    const version =
      /^git-airlock \d+\.\d+\.\d+ \(commit ([0-9a-f]{40}(-dirty)?|unknown), Node\.js (v[\d.]+)\)\n$/;
    expect(status).to.equal(0);
    expect(version.exec(stdout)?.[3]).to.equal(process.version);
  });

  it("is the same, byte by byte, when made again, and its checksum is beside it", async () => {
    const read = (name: string) => readFileSync(join(folder, "made", name), "utf8");
    expect(await roomFile()).to.equal(read(ROOM_FILE));
    const digest = createHash("sha256").update(read(ROOM_FILE)).digest("hex");
    expect(read(`${ROOM_FILE}.sha256`)).to.equal(`${digest}  ${ROOM_FILE}\n`);
  });

  it("holds no path of the machine that made it", () => {
    expect(readFileSync(join(folder, "made", ROOM_FILE), "utf8")).not.to.contain(join(__dirname, "..", ".."));
  });

  describe("on a Node.js that is too old", () => {
    it("is read by Node.js 10, whose syntax is that of 2018", async () => {
      const text = readFileSync(join(folder, "made", ROOM_FILE), "utf8").replace(/^#!.*\n/, "");
      const lowered = await transform(text, { target: "es2018", format: "cjs" });
      const kept = await transform(text, { target: "esnext", format: "cjs" });
      expect(lowered.code).to.equal(kept.code);
    });

    it("says so, and does nothing", () => {
      const pretend = "Object.defineProperty(process.versions, 'node', { value: '18.19.0' });";
      const { status, stderr } = run(
        process.execPath,
        "-e",
        `${pretend} require(process.cwd() + "/git-airlock")`,
      );
      expect(stderr).to.match(/^git-airlock needs Node\.js 20 or newer; this is v/);
      expect(status).to.equal(3);
    });
  });
});
