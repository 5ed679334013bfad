/** One request answered by git's own CGI program, git http-backend, streaming both ways. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { gitEnvironment, type Processes } from "./gitProcess";

/** What git http-backend is asked (https://git-scm.com/docs/git-http-backend). */
export interface BackendRequest {
  /** Folder that holds the repositories. */
  projectRoot: string;
  /** Path below it, e.g. `/app.git/info/refs`. */
  pathInfo: string;
  /** Without the question mark. */
  queryString: string;
  /** Who was authenticated, for git's reflog and as the condition for pushes. */
  remoteUser: string;
  /** The request's body, already decompressed. */
  body: Readable;
  /** A folder without git configuration. */
  home: string;
}

const MAX_HEADER_BYTES = 16_384;

/** Splits the head of a CGI answer from its body; undefined while the head is not complete. */
function splitHead(answer: Buffer): { head: string; body: Buffer } | undefined {
  for (const separator of ["\r\n\r\n", "\n\n"]) {
    const at = answer.indexOf(separator);
    if (at >= 0)
      return { head: answer.toString("latin1", 0, at), body: answer.subarray(at + separator.length) };
  }
  return undefined;
}

function writeHead(response: ServerResponse, head: string): void {
  let status = 200;
  for (const line of head.split(/\r?\n/)) {
    const [, name = "", value = ""] = /^([^:]+): *(.*)$/.exec(line) ?? [];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else if (name !== "") response.setHeader(name, value);
  }
  response.writeHead(status);
}

/**
 * Runs git http-backend for one request. Everything it says goes to the response, which is left open so that the
 * caller can finish its own work (the default branch of a first push) before the client hears the end.
 * The program is killed when the client goes away.
 */
export async function runHttpBackend(
  request: IncomingMessage,
  response: ServerResponse,
  backend: BackendRequest,
  processes: Processes,
): Promise<void> {
  const protocol = request.headers["git-protocol"];
  const child = processes.spawn("git", ["http-backend"], {
    env: {
      ...gitEnvironment(backend.home),
      GIT_PROJECT_ROOT: backend.projectRoot,
      GIT_HTTP_EXPORT_ALL: "1",
      REQUEST_METHOD: request.method,
      PATH_INFO: backend.pathInfo,
      QUERY_STRING: backend.queryString,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      // No CONTENT_LENGTH: the body may be chunked or decompressed; git then reads to the end of input.
      REMOTE_USER: backend.remoteUser,
      REMOTE_ADDR: "127.0.0.1",
      GIT_PROTOCOL: typeof protocol === "string" && /^version=[0-2]$/.test(protocol) ? protocol : undefined,
    },
  });
  const abandon = () => {
    if (!response.writableFinished) processes.end(child);
  };
  response.once("close", abandon);
  backend.body.on("error", () => {
    processes.end(child);
  });
  // The program may refuse before it has read the body.
  child.stdin.on("error", () => backend.body.resume());
  backend.body.pipe(child.stdin);

  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  child.once("error", (error) => (stderr += error.message));
  // Comes after "error" too, when git could not be started at all.
  const gone = new Promise((resolve) => child.once("close", resolve));
  let answer = Buffer.alloc(0);
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (response.headersSent) {
      if (!response.write(chunk)) await drained(response);
      continue;
    }
    answer = Buffer.concat([answer, chunk]);
    const split = splitHead(answer);
    if (split) {
      writeHead(response, split.head);
      if (split.body.length > 0) response.write(split.body);
    } else if (answer.length > MAX_HEADER_BYTES) {
      processes.end(child);
    }
  }
  await gone;
  response.off("close", abandon);
  if (!response.headersSent) {
    response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
    response.write(`git http-backend gave no answer: ${stderr.trim()}\n`);
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.once("drain", done);
    response.once("close", done);
  });
}
