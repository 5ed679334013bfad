import { spawn } from "node:child_process";
import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as fc from "fast-check";
import { readSeen } from "../../automation/pull/refs";
import { PullWorld } from "./pullWorld";

/** Names that exclude each other, and odd ones. */
const part = fc.constantFrom("a", "b", "+a", "=a", "é", "日本", "$(id)", "-d", "main", "seen");
const name = fc
  .tuple(fc.constantFrom("heads", "tags"), fc.array(part, { minLength: 1, maxLength: 3 }))
  .map(([kind, parts]) => `refs/${kind}/${parts.join("/")}`)
  // A branch of git's own command line would have to be written otherwise.
  .filter((ref) => !ref.startsWith("refs/heads/main") && !ref.startsWith("refs/heads/-"));

/** What a reference points at: one of three commits, or for tags also an annotated tag, a blob and a tree. */
const target = fc.nat(5);
const step = fc.record({
  refs: fc.dictionary(name, target, { maxKeys: 5 }),
  /** Which change of references the run is killed at; none for 0. */
  kill: fc.nat(3),
});

describe("git airlock pull from any source", function () {
  this.timeout(300_000);

  it("has what the source has once consent is given, loses no record, and is then silent", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 2 }), async (steps) => {
        const world = new PullWorld();
        try {
          const targets = objects(world);
          await world.pull();
          for (const { refs, kill } of steps) {
            const before = atSource(world);
            set(world, refs, targets);
            if (kill > 0) await killedPull(world, kill, await consent(world));
            // All as before, or all as it is now.
            expect(await records(world)).to.be.deep.oneOf([before, atSource(world)]);
            const { code, text } = await world.pull(...(await consent(world)));
            expect(code, text).to.equal(0);
            expect(taken(world)).to.deep.equal(atSource(world));
            const again = await world.pull();
            expect([again.code, again.text.split("\n").at(-1)], again.text).to.deep.equal([0, "Up to date."]);
          }
        } finally {
          world.close();
        }
      }),
      { numRuns: 3 },
    );
  });
});

/** Three commits, of which one is on another line of history, and what only tags point at. */
function objects(world: PullWorld): string[] {
  const first = world.git("rev-parse", "HEAD");
  const tree = world.git("rev-parse", "HEAD^{tree}");
  const second = world.git("commit-tree", "-p", first, "-m", "second", tree);
  const other = world.git("commit-tree", "-m", "other", tree);
  world.git("tag", "--annotate", "-m", "t", "temporary", second);
  const tag = world.git("rev-parse", "refs/tags/temporary");
  world.git("tag", "--delete", "temporary");
  return [first, second, other, tag, world.git("rev-parse", `${first}:a.txt`), tree];
}

/** Makes the source's references these, beside main; of names that exclude each other the first stays. */
function set(world: PullWorld, refs: Readonly<Record<string, number>>, targets: readonly string[]): void {
  const kept = new Map<string, string>();
  for (const [ref, at] of Object.entries(refs)) {
    if (
      [...kept.keys()].some((other) => `${other}/`.startsWith(`${ref}/`) || `${ref}/`.startsWith(`${other}/`))
    )
      continue;
    kept.set(ref, targets[ref.startsWith("refs/heads/") ? at % 3 : at] ?? "");
  }
  const before = atSource(world);
  for (const ref of Object.keys(before)) if (ref !== "refs/heads/main") world.git("update-ref", "-d", ref);
  for (const [ref, oid] of kept) world.git("update-ref", ref, oid);
}

/** References by name. */
type Refs = Record<string, string>;

function read(world: PullWorld, folder: string, ...prefixes: string[]): Refs {
  const list = world.gitIn(folder, "for-each-ref", "--format=%(refname) %(objectname)", ...prefixes);
  return Object.fromEntries(
    list
      .split("\n")
      .filter((line) => line !== "")
      .map((line): [string, string] => [
        line.slice(0, line.lastIndexOf(" ")),
        line.slice(line.lastIndexOf(" ") + 1),
      ]),
  );
}

function atSource(world: PullWorld): Refs {
  return read(world, world.source, "refs/heads", "refs/tags");
}

function taken(world: PullWorld): Refs {
  const refs = read(world, world.clone, "refs/remotes/origin", "refs/tags");
  return Object.fromEntries(
    Object.entries(refs)
      .map(([ref, oid]): [string, string] => [ref.replace("refs/remotes/origin/", "refs/heads/"), oid])
      .sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

/** What the clone's records say, also those that were put apart. */
async function records(world: PullWorld): Promise<Refs> {
  const clone = { folder: world.clone, stopped: new AbortController().signal, conventions: [] };
  return Object.fromEntries([...(await readSeen(clone))].map(([ref, { oid }]) => [ref, oid]));
}

/** Consent to whatever has become of the references that were taken. */
async function consent(world: PullWorld): Promise<string[]> {
  const now = atSource(world);
  return Object.keys(await records(world)).flatMap((ref) => [
    "--accept-rewrite",
    `${ref}=${now[ref] ?? "deleted"}`,
  ]);
}

/** Runs the command as a process, and kills it before it changes references for this time. */
function killedPull(world: PullWorld, time: number, options: readonly string[]): Promise<void> {
  const real = process.env["PATH"] ?? "";
  const count = world.at("count");
  rmSync(count, { force: true });
  world.write(world.folder, {
    "bin/git": `#!/bin/sh
PATH='${real}'
case " $* " in *" update-ref -m "*)
  echo >>'${count}'
  [ "$(wc -l <'${count}')" -ge ${time} ] && { kill -9 $PPID; exit 1; };;
esac
exec git "$@"
`,
  });
  chmodSync(world.at("bin/git"), 0o755);
  const main = join(__dirname, "..", "..", "bin", "git-airlock");
  return new Promise((resolve) => {
    spawn(process.execPath, [main, "pull", world.clone, ...options], {
      env: { ...process.env, PATH: `${world.at("bin")}:${real}` },
      stdio: "ignore",
    }).once("close", () => {
      resolve();
    });
  });
}
