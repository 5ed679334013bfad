// What a rehearsal needs of the machine, looked at before anything is loaded or made. Plain JavaScript: with too little
// of it, not even TypeScript can be loaded.
import fs from "node:fs";
import net from "node:net";
import v8 from "node:v8";
import { join } from "node:path";

/** Below these a rehearsal of a small repository was seen to fail; a large one needs space for four copies of it. */
const LEAST = { openFiles: 40, heapMb: 152, freeMb: 50 };

/** The most files and connections, up to `count`, that this process can have open at once besides those it has. */
function openable(count) {
  const open = [];
  try {
    while (open.length < count) open.push(fs.openSync(process.execPath));
  } catch {
    // The number of those that could be opened is the answer.
  }
  for (const file of open) fs.closeSync(file);
  return open.length;
}

/** Why a connection to 127.0.0.1 fails; undefined when it works. */
function loopbackProblem() {
  return new Promise((resolve) => {
    const server = net.createServer((socket) => socket.end());
    server.once("error", ({ code }) => resolve(code));
    server.listen(0, "127.0.0.1", () => {
      const socket = net.connect(server.address().port, "127.0.0.1");
      const end = (problem) => {
        socket.destroy();
        server.close(() => resolve(problem));
      };
      // A firewall that drops packets gives no answer at all.
      socket.setTimeout(5_000, () => end("no answer within 5 seconds"));
      socket.once("error", ({ code }) => end(code));
      socket.once("connect", () => end(undefined));
    });
  });
}

/** Makes the folder for temporary files, and says why not when it cannot. */
function folderProblem(folder) {
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.rmdirSync(fs.mkdtempSync(join(folder, "look-")));
    return undefined;
  } catch ({ code }) {
    return `${folder} cannot be written to (${code}): clone the repository to a file system with room that you can write to`;
  }
}

function spaceProblem(folder) {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = Math.floor((bavail * bsize) / 1e6);
  if (free >= LEAST.freeMb) return undefined;
  return `the file system of ${folder} has ${free} MB left; at least ${LEAST.freeMb} are needed, and more for a large repository`;
}

/**
 * Everything that this machine lacks for a rehearsal, a sentence each.
 * @param folder where temporary files will be; it is made
 */
export async function problemsHere(folder) {
  const problems = [];
  const heap = Math.floor(v8.getHeapStatistics().heap_size_limit / 1e6);
  if (heap < LEAST.heapMb)
    problems.push(
      `Node.js may use ${heap} MB for its heap; at least ${LEAST.heapMb} are needed: raise --max-old-space-size, in NODE_OPTIONS for one`,
    );
  const files = openable(LEAST.openFiles);
  if (files < LEAST.openFiles)
    problems.push(
      `this process can open ${files} more files; at least ${LEAST.openFiles} are needed: raise the limit with "ulimit -n 1024"`,
    );
  const written = folderProblem(folder) ?? spaceProblem(folder);
  if (written !== undefined) problems.push(written);
  const loopback = await loopbackProblem();
  if (loopback !== undefined)
    problems.push(
      `a connection to 127.0.0.1 fails (${loopback}): the loopback interface must be up and no firewall may block it`,
    );
  return problems;
}
