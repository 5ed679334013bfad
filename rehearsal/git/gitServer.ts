/** What CodeCommit and GitLab have in common: git over TLS, with HTTP Basic authentication, from bare repositories. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { errorText } from "../../facts/errorText";
import type { CertificateAuthority, ServerCertificate } from "../certificates";
import { adoptDefaultBranch, createBareRepository, type ServerGit } from "./bareRepository";
import { gitEnvironment, Processes } from "./gitProcess";
import type { GitRequest } from "./gitRequest";
import { runGitService } from "./gitService";
import { LoopbackServers } from "./loopback";
import { readFetchHead } from "./fetchHead";
import { readPushHead, refusedPush, type RefUpdate } from "./refUpdates";

/** Answers one request; every path through it ends the response. */
export type GitHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A request that was let through to a repository. */
export interface AdmittedRequest extends GitRequest {
  /** The bare repository, in the server's folder. */
  directory: string;
  /** Told before the end of the answer that content is sent out or taken in, and not references alone. */
  onContent?: () => void;
}

/** What pushes are held to, beside git's own rules. */
export interface PushLimit {
  maxUpdates: number;
  /** Why a push of more updates is refused. */
  refusal: string;
  /** Why a push that changes these references is refused; undefined lets it pass. */
  objection(updates: readonly RefUpdate[]): string | undefined;
}

/** Ends a response with one line of text. */
export function answer(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-cache" });
  response.end(`${text}\n`);
}

/** TLS listeners and git processes over one folder of bare repositories. */
export class GitServer {
  /** How to run git on the repositories of this server. */
  readonly git: ServerGit;
  readonly #home: string;
  readonly #servers = new LoopbackServers();
  #certificate: Promise<ServerCertificate> | undefined;
  readonly #processes = new Processes();
  readonly #repositories = new Map<string, Promise<string>>();
  /** Directories of repositories that have a default branch. */
  readonly #withDefaultBranch = new Set<string>();

  /** @param folder where the repositories go; made if absent */
  constructor(
    private readonly folder: string,
    private readonly authority: CertificateAuthority,
    private readonly hostname: string,
  ) {
    this.#home = path.join(folder, ".home");
    mkdirSync(this.#home, { recursive: true });
    this.git = { env: gitEnvironment(this.#home), processes: this.#processes };
  }

  /** Opens a TLS port. A handler that fails ends its own request only. */
  async listen(handler: GitHandler): Promise<number> {
    this.#certificate ??= this.authority.serverCertificate(this.hostname);
    const certificate = await this.#certificate;
    const server = createServer({ ...certificate, minVersion: "TLSv1.2" }, (request, response) => {
      handler(request, response).catch((error: unknown) => {
        if (response.headersSent) response.destroy();
        else answer(response, 500, errorText(error));
      });
    });
    // A first push of a large repository takes its time.
    server.requestTimeout = 0;
    return this.#servers.listen(server);
  }

  /**
   * The bare repository at this path below the folder, made when first asked for. Returns its directory.
   * @param preReceive the text of its hook that judges pushes
   */
  repository(name: string, preReceive?: string): Promise<string> {
    const known = this.#repositories.get(name);
    if (known) return known;
    const directory = path.join(this.folder, `${name}.git`);
    const made = createBareRepository(directory, this.git, preReceive).then(() => directory);
    this.#repositories.set(name, made);
    return made;
  }

  /** Lets git answer an admitted request, and ends the response. */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    admitted: AdmittedRequest,
    limit?: PushLimit,
  ): Promise<void> {
    const isPush = admitted.kind === "service" && admitted.service === "git-receive-pack";
    const body = decompressed(request);
    const head = isPush
      ? await readPushHead(body, limit?.maxUpdates ?? Infinity)
      : { updates: [], body, malformed: false };
    if (head.malformed) {
      answer(response, 400, "the push does not begin with pkt-lines");
      return;
    }
    if (limit && head.updates.length > limit.maxUpdates) {
      await refuse(response, head.body, limit.refusal);
      return;
    }
    const objection = limit?.objection(head.updates);
    if (objection !== undefined) {
      await refuse(response, head.body, objection);
      return;
    }
    const fetch = admitted.kind === "service" && !isPush ? await readFetchHead(head.body) : undefined;
    if (head.updates.length > 0 || fetch?.wantsContent) admitted.onContent?.();
    const { directory, service, kind } = admitted;
    const asked = { directory, service, kind, body: fetch?.body ?? head.body, home: this.#home };
    await runGitService(request, response, asked, this.#processes);
    if (head.updates.length > 0) await this.#adoptDefaultBranch(directory, head.updates);
    response.end();
  }

  /** A default branch stays one, since git refuses to delete it: once there is one, nobody looks again. */
  async #adoptDefaultBranch(directory: string, updates: RefUpdate[]): Promise<void> {
    if (this.#withDefaultBranch.has(directory)) return;
    const branch = await adoptDefaultBranch(directory, updates, this.git);
    if (branch !== undefined) this.#withDefaultBranch.add(directory);
  }

  async close(): Promise<void> {
    await Promise.all([this.#servers.close(), this.#processes.close()]);
  }
}

function decompressed(request: IncomingMessage): Readable {
  // Git compresses what it asks for in a fetch.
  if (request.headers["content-encoding"] !== "gzip") return request;
  const gunzip = createGunzip();
  request.on("error", (error) => gunzip.destroy(error));
  return request.pipe(gunzip);
}

/** A client prints the reason only after it has sent everything, so the body is read to its end first. */
async function refuse(response: ServerResponse, body: Readable, reason: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    body.once("end", resolve).once("error", reject).resume();
  });
  response.writeHead(200, {
    "Content-Type": "application/x-git-receive-pack-result",
    "Cache-Control": "no-cache",
  });
  response.end(refusedPush(reason));
}
