/** Which tracked files were changed here. */
import { join } from "node:path";
import { asCheckedOut, blobId, bytesAt } from "./checkout";
import { asks, git, zeroTerminated, type Clone } from "./git";

/** Tracked files that are not as the index has them. */
export interface Changed {
  /** Somebody's work. */
  files: string[];
  /**
   * Changed in git's eyes only, which looks at what it would commit: a file with CRLF that .gitattributes calls text, or
   * whose filter, encoding or $Id$ does not lead back. Their bytes are what git itself wrote.
   */
  seeming: string[];
}

/** Asks git, and looks at the bytes of what it calls changed. */
export async function changedFiles(clone: Clone): Promise<Changed> {
  // Exits with 1 when something differs, which the next command tells better.
  await asks(clone, ["update-index", "-q", "--refresh"]);
  const fields = zeroTerminated(
    await git(clone, ["diff-files", "-z", "--raw", "--no-ext-diff", "--no-renames"]),
  );
  const files: string[] = [];
  const seeming: string[] = [];
  const open: string[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = "", after = "", oid = ""] = (fields[at] ?? "").slice(1).split(" ");
    const path = fields[at + 1] ?? "";
    const here = before === after ? bytesAt(join(clone.folder, path)) : undefined;
    if (here !== undefined && blobId(here.bytes, oid) === oid) seeming.push(path);
    else (here?.kind === "file" ? open : files).push(path);
  }
  if (open.length === 0) return { files, seeming };
  const written = await asCheckedOut(clone, open, (folder) =>
    open.filter((path) => {
      const there = bytesAt(join(folder, path))?.bytes;
      return there !== undefined && bytesAt(join(clone.folder, path))?.bytes.equals(there);
    }),
  );
  const isWritten = new Set(written);
  return {
    files: [...files, ...open.filter((path) => !isWritten.has(path))],
    seeming: [...seeming, ...written],
  };
}
