import { expect } from "chai";
import fc from "fast-check";
import { branchProblem } from "../../../rehearsal/git/codeCommitLimits";
import { commit, Lab, MIRROR, PRODUCTION, PROJECT } from "./lab";

type Refs = Record<string, string>;

/** Names that exclude each other, that CodeCommit does not take, and plain ones. */
const names = ["main", "feature", "feature/x", "feature/x/y", "a", "a/b", "機能", "@", "f".repeat(40), "v1"];

/** Excluding names are made one after the other, the last one stays. */
function without(refs: Refs, name: string): Refs {
  const kept = Object.entries(refs).filter(
    ([one]) => one !== name && !one.startsWith(`${name}/`) && !name.startsWith(`${one}/`),
  );
  return Object.fromEntries(kept);
}

const change = fc.record({
  name: fc
    .tuple(fc.constantFrom("refs/heads/", "refs/heads/", "refs/tags/"), fc.constantFrom(...names))
    .map(([kind, name]) => kind + name),
  target: fc.option(fc.nat({ max: 7 })),
});
const history = fc.array(fc.array(change, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 4 });

describe("a mirror of repositories of every shape", () => {
  let lab: Lab;
  let project: string;
  let airlock: string;
  let shuffle = (refspecs: string[]) => refspecs;
  /** A commit, two that follow it, one apart; then what tags alone can be on: a blob, a tree, two tag objects. */
  let targets: string[];
  before(async () => {
    lab = await Lab.open((refspecs) => shuffle(refspecs));
    project = await lab.gitlab.createProject(PROJECT);
    airlock = await lab.codeCommit.createRepository(PRODUCTION, "app");
    lab.gitlab.setMirror(PROJECT, MIRROR);
    const stream =
      commit("base", "1", { a: "1" }) +
      commit("main", "2", { a: "2" }, "refs/heads/base") +
      commit("side", "3", { a: "3" }, "refs/heads/base") +
      commit("other", "4", { a: "4" }) +
      "tag on-commit\nfrom refs/heads/main\ntagger Dev <dev@example.com> 1700000000 +0900\ndata 1\nx\n";
    await lab.git(project, ["fast-import", "--quiet"], stream);
    await lab.git(project, ["tag", "-a", "-m", "x", "on-blob", "main:a"]);
    const revisions = ["base", "main", "side", "other", "main:a", "side^{tree}", "on-commit", "on-blob"];
    targets = (await lab.git(project, ["rev-parse", ...revisions])).split("\n");
  });
  after(async () => {
    await lab.close();
  });

  const refsOf = async (directory: string): Promise<Refs> => {
    const listed = await lab.git(directory, ["for-each-ref", "--format=%(refname) %(objectname)"]);
    const lines = listed.split("\n").filter((line) => line !== "");
    return Object.fromEntries(lines.map((line): [string, string] => [line.slice(0, -41), line.slice(-40)]));
  };
  const set = async (directory: string, refs: Refs) => {
    const old = Object.keys(await refsOf(directory));
    await lab.git(directory, ["update-ref", "--stdin"], old.map((name) => `delete ${name}\n`).join(""));
    const input = Object.entries(refs).map(([name, id]) => `create ${name} ${id}\n`);
    await lab.git(directory, ["update-ref", "--stdin"], input.join(""));
  };
  const index = (id: string | undefined) => targets.indexOf(id ?? "");
  const isForward = (from: string, to: string) => index(from) === 0 && (index(to) === 1 || index(to) === 2);
  /** Behind a tag, what is not a commit: Gitaly can compare it with nothing. */
  const isNoCommit = (id: string) => [4, 5, 7].includes(index(id));

  const checkRun = async (before: Refs, wanted: Refs) => {
    const { updateStatus, lastError = "" } = await lab.gitlab.syncMirror(PROJECT);
    const now = await refsOf(airlock);
    for (const [name, id] of Object.entries(before)) {
      const moved = now[name] !== id;
      if (moved)
        expect(name.startsWith("refs/heads/") && isForward(id, now[name] ?? ""), name).to.equal(true);
    }
    for (const [name, id] of Object.entries(now)) expect([before[name], wanted[name]], name).to.include(id);
    if (updateStatus === "finished") expect(now).to.deep.equal({ ...now, ...wanted });
    else expect(lastError).not.to.equal("");
    const stops = Object.entries(wanted).some(([name, id]) => {
      const there = before[name];
      return there !== undefined && there !== id && (isNoCommit(there) || isNoCommit(id));
    });
    expect(lastError.includes("checking for ancestry"), lastError).to.equal(stops);
    if (stops) expect(now).to.deep.equal(before);
    return { updateStatus, now };
  };

  it("reports what arrives, overwrites nothing, and goes on after what the documentation says to do", async () => {
    await fc.assert(
      fc.asyncProperty(history, fc.integer(), async (rounds, order) => {
        shuffle = (refspecs) => {
          const turn = Math.abs(order) % Math.max(refspecs.length, 1);
          return [...refspecs.slice(turn), ...refspecs.slice(0, turn)].reverse();
        };
        await set(airlock, {});
        let wanted: Refs = { "refs/heads/main": targets[0] ?? "" };
        let there: Refs = {};
        for (const changes of rounds) {
          for (const { name, target } of changes) {
            wanted = without(wanted, name);
            const kinds = name.startsWith("refs/tags/") ? targets.length : 4;
            if (target !== null) wanted[name] = targets[target % kinds] ?? "";
          }
          await set(project, wanted);
          there = (await checkRun(there, wanted)).now;
        }
        // In GitLab, what CodeCommit does not take gets another name; in the room, what GitLab changed or deleted is deleted.
        wanted = Object.fromEntries(
          Object.entries(wanted).filter(([name]) => branchProblem(name) === undefined),
        );
        there = Object.fromEntries(Object.entries(there).filter(([name, id]) => wanted[name] === id));
        await set(project, wanted);
        await set(airlock, there);
        const { updateStatus, now } = await checkRun(there, wanted);
        expect([updateStatus, now]).to.deep.equal(["finished", wanted]);
      }),
      { numRuns: 6 },
    );
  });
});
