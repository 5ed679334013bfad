/**
 * What a pull that was killed while git wrote files has left: some files as they were, some as they were to be, one half
 * written. Before the files are moved, a note is made of it; the next run finds it and takes the files back, if nobody has
 * changed any of them since.
 */
import { lstatSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asCheckedOut, bytesAt } from "./checkout";
import { readFiles } from "./changes";
import { changedFiles } from "./changed";
import { asks, git, zeroTerminated, type Clone } from "./git";
import { inTheWay } from "./names";
import { emptyTree, overwriteFiles, type Step } from "./workTree";

/** Notes that files are about to move. */
export async function noteStep(clone: Clone, { from, to }: Step): Promise<void> {
  writeFileSync(await noteFile(clone), `${from ?? ""} ${to}`, { flush: true });
}

/** The files and the references have moved. */
export async function finishStep(clone: Clone): Promise<void> {
  rmSync(await noteFile(clone), { force: true });
}

/** Takes the files back to where a killed pull began. Leaves everything where it cannot be sure. @throws GitError */
export async function undoUnfinished(clone: Clone): Promise<void> {
  const file = await noteFile(clone);
  let note: string;
  try {
    note = readFileSync(file, "utf8");
  } catch {
    return;
  }
  const [from = "", to = ""] = note.split(" ");
  const head = (await asks(clone, ["rev-parse", "--quiet", "--verify", "HEAD^{commit}"]))
    ? (await git(clone, ["rev-parse", "HEAD^{commit}"])).trim()
    : "";
  const tree = from === "" ? await emptyTree(clone) : from;
  const isBefore =
    to !== "" && head === from && (await git(clone, ["diff-index", "--cached", "--name-only", tree])) === "";
  // Otherwise the index has moved, which is the last that git writes.
  if (isBefore) {
    const { added, changed, deleted } = await readFiles(clone, { branch: "", from: head || null, to });
    const moving = new Set([...added, ...changed, ...deleted]);
    const differing = (await changedFiles(clone)).files;
    if (!differing.every((path) => moving.has(path))) return;
    if (await isSomebodys(clone, moving)) return;
    const arriving = [...added, ...changed];
    const index = `${file}.index`;
    await git(clone, ["read-tree", to], { variables: { GIT_INDEX_FILE: index } });
    const suspects = [...added, ...changed.filter((path) => differing.includes(path))];
    const areOurs =
      arriving.length === 0 ||
      (await asCheckedOut(
        clone,
        arriving,
        (folder) => suspects.every((path) => isOurs(clone, folder, path)),
        index,
      ));
    rmSync(index, { force: true });
    if (!areOurs) return;
    for (const path of added) if (isFile(join(clone.folder, path))) rmSync(join(clone.folder, path));
    await overwriteFiles(clone, tree);
  }
  await finishStep(clone);
}

async function noteFile(clone: Clone): Promise<string> {
  return join((await git(clone, ["rev-parse", "--absolute-git-dir"])).trim(), "airlock-pull.step");
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
}

/** Whether somebody's file lies where a file of the step is to be a folder, or the other way round. */
async function isSomebodys(clone: Clone, moving: ReadonlySet<string>): Promise<boolean> {
  const others = zeroTerminated(await git(clone, ["ls-files", "--others", "-z"]));
  return (
    inTheWay(
      others.filter((path) => !moving.has(path)),
      [...moving],
    ).length > 0
  );
}

/** Whether what stands at a path is nothing, or (a part of) what git was to write there. */
function isOurs(clone: Clone, folder: string, path: string): boolean {
  const here = bytesAt(join(clone.folder, path));
  const there = bytesAt(join(folder, path));
  if (here === undefined) return isAbsent(join(clone.folder, path));
  return here.kind === there?.kind && there.bytes.subarray(0, here.bytes.length).equals(here.bytes);
}

/** A folder that stands there was looked at with the files that are in nobody's index. */
function isAbsent(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isDirectory();
}
