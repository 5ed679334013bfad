/** One request answered by git's own service, streaming both ways, as git http-backend would have it answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { gitEnvironment, type Processes } from "./gitProcess";
import type { GitRequest } from "./gitRequest";

/** What a service of git is started for. */
export interface ServiceRequest extends Pick<GitRequest, "service" | "kind"> {
  /** The bare repository. */
  directory: string;
  /** The request's body, already decompressed. */
  body: Readable;
  /** A folder without git configuration. */
  home: string;
}

/**
 * Starts git-upload-pack or git-receive-pack for one request, without git http-backend, which would only start the same
 * program after a look at what is decided here already. Everything that the program says goes to the response, which is
 * left open so that the caller can finish its own work (the default branch of a first push) before the client hears the
 * end. The program is killed when the client goes away.
 *
 * @see https://git-scm.com/docs/http-protocol and http-backend.c of git: content types, the line ahead of an advertisement
 */
export async function runGitService(
  request: IncomingMessage,
  response: ServerResponse,
  { service, kind, directory, body, home }: ServiceRequest,
  processes: Processes,
): Promise<void> {
  const isAdvertisement = kind === "advertisement";
  const wanted = `application/x-${service}-request`;
  if (!isAdvertisement && request.headers["content-type"] !== wanted) {
    response.writeHead(415, { "Content-Type": "text/plain; charset=utf-8" });
    response.write(`expected the Content-Type ${wanted}\n`);
    body.resume();
    return;
  }
  const protocol = protocolOf(request);
  const args = ["--stateless-rpc", ...(isAdvertisement ? ["--advertise-refs"] : []), directory];
  const child = processes.spawn("git", [service.slice("git-".length), ...args], {
    env: { ...gitEnvironment(home), GIT_PROTOCOL: protocol },
  });
  const abandon = () => {
    if (!response.writableFinished) processes.end(child);
  };
  response.once("close", abandon);
  body.on("error", () => {
    processes.end(child);
  });
  // The program may refuse before it has read the body.
  child.stdin.on("error", () => body.resume());
  body.pipe(child.stdin);

  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2000)));
  child.once("error", (error) => (stderr += error.message));
  // Comes after "error" too, when git could not be started at all.
  const gone = new Promise<number | null>((resolve) => child.once("close", resolve));
  const begin = () => {
    if (response.headersSent) return;
    response.writeHead(200, {
      "Content-Type": `application/x-${service}-${isAdvertisement ? "advertisement" : "result"}`,
      "Cache-Control": "no-cache, max-age=0, must-revalidate",
    });
    if (isAdvertisement && protocol !== "version=2") response.write(announcement(service));
  };
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    begin();
    if (!response.write(chunk)) await drained(response);
  }
  const code = await gone;
  response.off("close", abandon);
  if (code === 0) begin();
  if (!response.headersSent) {
    response.writeHead(500, { "Content-Type": "text/plain; charset=utf-8" });
    response.write(`${service} gave no answer: ${stderr.trim()}\n`);
  }
}

/** The version of git's protocol that a client asks for; undefined for none, and for what is not a version of it. */
function protocolOf(request: IncomingMessage): string | undefined {
  const protocol = request.headers["git-protocol"];
  return typeof protocol === "string" && /^version=[0-2]$/.test(protocol) ? protocol : undefined;
}

/** The pkt-line that says whose references follow, and a flush packet. */
function announcement(service: string): string {
  const line = `# service=${service}\n`;
  return `${(line.length + 4).toString(16).padStart(4, "0")}${line}0000`;
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
