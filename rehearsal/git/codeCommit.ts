/** CodeCommit's git endpoint of one region, for every AWS account behind its one hostname. */
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { codeCommitHost } from "../../facts/hosts";
import type { CertificateAuthority } from "../certificates";
import { branchProblem, maxUpdates, pathHook, tooManyUpdates } from "./codeCommitLimits";
import type { RefUpdate } from "./refUpdates";
import { parseBasicCredential, parseGitRequest } from "./gitRequest";
import { answer, GitServer } from "./gitServer";
import type { Arrival, CodeCommitWorld, GitAction, GitPrincipal } from "./world";

/** One request and what became of it. Holds no time, so that equal rehearsals give equal records. */
export interface AuditRecord {
  arrival: Arrival;
  /** Method and path as they came over the wire. */
  request: string;
  /** ARN of who showed a valid credential; undefined when nobody did. */
  principal?: string;
  action?: GitAction;
  repository?: string;
  allowed: boolean;
  /** Whether content went over, and not references alone. */
  transferred: boolean;
  /** HTTP status of the decision. */
  status: number;
  /** The statement or rule that decided, in words for people. */
  reason: string;
}

/** What a CodeCommit stand-in is made of. */
export interface CodeCommitOptions {
  region: string;
  /** Whether it answers by its FIPS endpoint's name. @default false */
  fips?: boolean;
  /** Where the bare repositories go: `<folder>/<account>/<repository>.git`. */
  folder: string;
  authority: CertificateAuthority;
  world: CodeCommitWorld;
}

/** A push that is allowed but for the references that it changes. */
interface AskedPush {
  principal: GitPrincipal;
  action: GitAction;
  repository: string;
  arrival: Arrival;
}

/**
 * A repository name is 1–100 of [\w.-] and does not end in .git (API reference, CreateRepository). Names of dots
 * only would be path segments with a meaning of their own.
 */
const REPOSITORY_PATH = String.raw`/v1/repos/((?!\.+/)[A-Za-z0-9_.-]{1,100}(?<!\.git))`;

/**
 * The stand-in. It decides by the service asked for (upload-pack = GitPull, receive-pack = GitPush) on every
 * request, and answers as CodeCommit does: 401 without a valid credential, 403 when IAM or the endpoint policy
 * says no, 404 when the caller's own account has no such repository. It keeps CodeCommit's limits
 * (codeCommitLimits.ts), and refuses to delete the default branch (the first one pushed).
 */
export class CodeCommit {
  readonly hostname: string;
  /** Every request in order of decision. */
  readonly audit: AuditRecord[] = [];
  readonly #world: CodeCommitWorld;
  readonly #server: GitServer;

  constructor(options: CodeCommitOptions) {
    this.hostname = codeCommitHost(options.region, options.fips);
    this.#world = options.world;
    this.#server = new GitServer(options.folder, options.authority, this.hostname);
  }

  /** Opens a port whose requests arrive this way. */
  listen(arrival: Arrival): Promise<number> {
    return this.#server.listen((request, response) => this.#handle(arrival, request, response));
  }

  /** The bare repository of an account, made when first asked for. Returns its directory. */
  createRepository(accountId: string, name: string): Promise<string> {
    return this.#server.repository(path.join(accountId, name), pathHook);
  }

  async close(): Promise<void> {
    await this.#server.close();
  }

  async #handle(arrival: Arrival, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const record: AuditRecord = {
      arrival,
      request: `${request.method ?? ""} ${request.url ?? ""}`,
      allowed: false,
      transferred: false,
      status: 0,
      reason: "",
    };
    this.audit.push(record);
    const refuse = (status: number, reason: string, text = reason) => {
      Object.assign(record, { status, reason });
      answer(response, status, text);
    };

    const asked = parseGitRequest(request, this.hostname, REPOSITORY_PATH);
    if ("status" in asked) {
      refuse(asked.status, asked.reason);
      return;
    }
    const action: GitAction =
      asked.service === "git-receive-pack" ? "codecommit:GitPush" : "codecommit:GitPull";
    Object.assign(record, { action, repository: asked.repository });

    const shown = parseBasicCredential(request);
    const principal = shown && this.#world.authenticate(shown.user, shown.password);
    if (!principal) {
      response.setHeader("WWW-Authenticate", `Basic realm="${this.hostname}"`);
      refuse(401, shown ? "no IAM user has this git credential" : "no usable git credential was shown");
      return;
    }
    record.principal = principal.arn;

    const verdict = this.#world.decide(principal, { action, repository: asked.repository }, arrival);
    if (!verdict.allowed) {
      refuse(403, verdict.reason, `User: ${principal.arn} is not authorized to perform: ${action}`);
      return;
    }
    if (!this.#world.hasRepository(principal.accountId, asked.repository)) {
      refuse(404, `account ${principal.accountId} has no repository "${asked.repository}"`);
      return;
    }
    Object.assign(record, { allowed: true, status: 200, reason: verdict.reason });
    const objection = (references: readonly RefUpdate[]) => {
      const refusal = this.#objection(
        { principal, action, repository: asked.repository, arrival },
        references,
      );
      if (refusal !== undefined) Object.assign(record, { allowed: false, reason: refusal.reason });
      return refusal?.text;
    };
    const directory = await this.createRepository(principal.accountId, asked.repository);
    await this.#server.serve(
      request,
      response,
      {
        ...asked,
        directory,
        onContent: () => {
          record.transferred = true;
        },
      },
      { maxUpdates, refusal: tooManyUpdates, objection },
    );
  }

  /** Why a push is refused: it is taken as a whole or not at all, and each reference is asked for by itself. */
  #objection(
    { principal, action, repository, arrival }: AskedPush,
    references: readonly RefUpdate[],
  ): { reason: string; text: string } | undefined {
    for (const { ref: reference, deletes } of references) {
      const problem = deletes ? undefined : branchProblem(reference);
      if (problem !== undefined) return { reason: problem, text: `${problem}: ${reference}` };
      const { allowed, reason } = this.#world.decide(principal, { action, repository, reference }, arrival);
      if (!allowed)
        return { reason, text: `${principal.arn} is not authorized to perform ${action} on ${reference}` };
    }
    return undefined;
  }
}
