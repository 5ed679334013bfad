/** What a git client asks over smart HTTP, read strictly (https://git-scm.com/docs/http-protocol). */
import type { IncomingMessage } from "node:http";

/** The two services of a git repository: upload-pack sends objects out, receive-pack takes them in. */
export type GitService = "git-upload-pack" | "git-receive-pack";

/** A request for one repository. */
export interface GitRequest {
  /** The part of the path that names the repository, as matched by the server's pattern. */
  repository: string;
  service: GitService;
  /** The reference advertisement (GET info/refs), or the service itself (POST). */
  kind: "advertisement" | "service";
}

/** Why a request is not answered: an HTTP status and a reason for people. */
export interface BadRequest {
  status: number;
  reason: string;
}

/** User name and password as shown by the client; neither is checked yet. */
export interface BasicCredential {
  user: string;
  password: string;
}

/** Longer credentials than any forge gives out are not looked up. Characters, of each part. */
const MAX_CREDENTIAL_LENGTH = 1024;

function headerValues(request: IncomingMessage, name: string): string[] {
  return request.rawHeaders.filter((_, i, all) => i % 2 === 1 && all[i - 1]?.toLowerCase() === name);
}

/**
 * Reads a request. The raw path is matched as it came over the wire: nothing is decoded or normalised, so `..`,
 * `%2e` or a doubled parameter have no second reading. Only the smart protocol is spoken; `HEAD`, `objects/…` and
 * other files of the dumb protocol do not match.
 *
 * @param hostname the only name this server answers for
 * @param repositoryPath source of a regular expression with one group, the repository
 */
export function parseGitRequest(
  request: IncomingMessage,
  hostname: string,
  repositoryPath: string,
): GitRequest | BadRequest {
  const [host, ...otherHosts] = headerValues(request, "host");
  if (otherHosts.length > 0 || (host !== hostname && host !== `${hostname}:443`)) {
    return { status: 421, reason: `this server is ${hostname}, not "${host ?? "(no Host header)"}"` };
  }
  const service = String.raw`(git-upload-pack|git-receive-pack)`;
  const advertisement = new RegExp(String.raw`^${repositoryPath}/info/refs\?service=${service}$`);
  const post = new RegExp(String.raw`^${repositoryPath}/${service}$`);
  const url = request.url ?? "";
  const kind = request.method === "GET" ? "advertisement" : "service";
  const match = (kind === "advertisement" ? advertisement : post).exec(url);
  const [, repository, name] = match ?? [];
  if (repository === undefined || name === undefined || (kind === "service" && request.method !== "POST")) {
    return { status: 404, reason: "not a smart HTTP request of git for a repository" };
  }
  return { repository, service: name === "git-receive-pack" ? name : "git-upload-pack", kind };
}

/**
 * The credential of HTTP Basic authentication (RFC 7617), or undefined when there is none or it is malformed:
 * several Authorization headers, another scheme, bad base64, a control character, an empty or overlong part.
 */
export function parseBasicCredential(request: IncomingMessage): BasicCredential | undefined {
  const [header, ...others] = headerValues(request, "authorization");
  if (header === undefined || others.length > 0) return undefined;
  const encoded = /^basic +([a-z0-9+/]+={0,2})$/i.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const text = Buffer.from(encoded, "base64").toString();
  const colon = text.indexOf(":");
  const [user, password] = [text.slice(0, colon), text.slice(colon + 1)];
  if (colon < 1 || password === "" || /[\u0000-\u001f\u007f\ufffd]/.test(text)) return undefined;
  if (user.length > MAX_CREDENTIAL_LENGTH || password.length > MAX_CREDENTIAL_LENGTH) return undefined;
  return { user, password };
}
