/**
 * The network of one position: an HTTP CONNECT server on loopback that stands for name resolution, routing and
 * addresses, so that git can use real URLs and every connection arrives from where it would really come.
 */
import { type IncomingMessage, STATUS_CODES, createServer } from "node:http";
import type { Duplex } from "node:stream";
import { LoopbackServers } from "./loopback";

/** Where a connection ends: a port of 127.0.0.1 that stands for the destination, or why it gets nowhere. */
export type Hop = { port: number } | { refused: string };

/** Decides where a connection to a host (DNS name or IP literal, as the client wrote it) and port ends. */
export type Resolver = (host: string, port: number) => Hop;

/** A connection that was not made. `target` is what the client asked for, as it wrote it. */
export interface Refusal {
  target: string;
  reason: string;
}

/** How a CONNECT server answers what it does not carry. */
export interface Answers {
  /** HTTP status for a refused CONNECT. */
  refusedStatus: number;
  /** Status and reason for any other method, none of which is carried. */
  otherMethod(method: string, url: string): { status: number; reason: string };
}

/**
 * Reads a CONNECT target. Only `name:port` and `IPv4:port` in their plain form are understood: no user
 * information, no trailing dot, no brackets, no spaces. Squid is laxer (it drops a trailing dot); both spellings
 * reach the same host there, so being strict hides no way out.
 */
export function parseAuthority(text: string): { host: string; port: number } | undefined {
  const match = /^([a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?):([1-9][0-9]{0,4})$/i.exec(text);
  const [, host, digits] = match ?? [];
  const port = Number(digits);
  if (host === undefined || host.includes("..") || port > 65535) return undefined;
  return { host, port };
}

function respond(socket: Duplex, status: number, reason: string): void {
  const body = `${reason}\n`;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Starts a CONNECT server among the given ones, and returns its port. Every refusal is appended to the list. */
export async function serveConnect(
  servers: LoopbackServers,
  refusals: Refusal[],
  resolve: Resolver,
  answers: Answers,
): Promise<number> {
  const server = createServer((request, response) => {
    const target = request.url ?? "";
    const { status, reason } = answers.otherMethod(request.method ?? "", target);
    refusals.push({ target, reason });
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
    response.end(`${reason}\n`);
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    // Clients hang up in the middle of tunnels; there is nobody left to tell.
    client.on("error", () => client.destroy());
    const target = request.url ?? "";
    const authority = parseAuthority(target);
    if (!authority) {
      const reason = `"${target}" is no plain host:port`;
      refusals.push({ target, reason });
      respond(client, 400, reason);
      return;
    }
    const hop = resolve(authority.host, authority.port);
    if ("refused" in hop) {
      refusals.push({ target, reason: hop.refused });
      respond(client, answers.refusedStatus, hop.refused);
      return;
    }
    const next = servers.connect(hop.port);
    next.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      next.write(head);
      client.pipe(next);
      next.pipe(client);
    });
    next.on("error", () => client.destroy());
    next.once("close", () => client.destroy());
    client.once("close", () => next.destroy());
  });
  return servers.listen(server);
}

/** The network path of one position (work terminal, GitLab host, isolated terminal, an attacker's home …). */
export class ConnectPath {
  /** What was refused so far, in order. */
  readonly refusals: Refusal[] = [];
  readonly #servers = new LoopbackServers();

  /** @param resolve decides per connection; it may answer differently each time (several source addresses) */
  constructor(readonly resolve: Resolver) {}

  /** Opens the path, and returns the port that is its `https_proxy`. */
  async listen(): Promise<number> {
    return serveConnect(this.#servers, this.refusals, this.resolve, {
      // What a proxy says of a host it cannot reach.
      refusedStatus: 503,
      otherMethod: (method) => ({
        status: 405,
        reason: `a network path carries CONNECT only, not ${method}`,
      }),
    });
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }
}
