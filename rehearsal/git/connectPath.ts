/**
 * The network of one position: an HTTP CONNECT server on loopback that stands for name resolution, routing and
 * addresses, so that git can use real URLs and every connection arrives from where it would really come.
 */
import { type IncomingMessage, STATUS_CODES, createServer } from "node:http";
import type { Duplex } from "node:stream";
import { LoopbackServers } from "./loopback";

/**
 * Where a connection ends: a port of 127.0.0.1 that stands for the destination, or why it gets nowhere (and the HTTP
 * status that says so, where it is not the server's usual one).
 */
export type Hop = { port: number } | { refused: string; status?: number };

/** Decides where a connection to a host (DNS name or IP literal, as the client wrote it) and port ends. */
export type Resolver = (host: string, port: number) => Hop;

/** A connection that was not made. `target` is what the client asked for, as it wrote it. */
export interface Refusal {
  target: string;
  reason: string;
}

/** What is said to a client that gets nowhere. */
export interface Answer {
  status: number;
  reason: string;
}

/** What a CONNECT server reads of a request before it decides. */
export type Asked = Pick<IncomingMessage, "method" | "url" | "httpVersion" | "headers">;

/** How a CONNECT server answers what it does not carry. */
export interface Answers {
  /** HTTP status for a refused CONNECT. */
  refusedStatus: number;
  /** What is wrong with a request, whatever it asks for; undefined where nothing is. */
  unfit?(request: Asked): Answer | undefined;
  /** Hears of a request that could not be read, or whose target could not. */
  unread?(request: Pick<Asked, "method" | "url">, answer: Answer): void;
  /** Status and reason for any other method, none of which is carried. */
  otherMethod(method: string, url: string): Answer;
  /** Hears of a tunnel's end, and how many bytes came back by it. */
  ended?(host: string, port: number, bytes: number): void;
}

/**
 * Reads a CONNECT target. Only `name:port` and `IPv4:port` in their plain form are understood: no user
 * information, no trailing dot, no brackets, no spaces. Squid is laxer (it drops a trailing dot, and takes 443 where there
 * is not a port); such spellings reach the same host there, so being strict hides no way out.
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
  // Proxies do not ask for a Host header, which Node.js would refuse a request for by itself.
  const server = createServer({ requireHostHeader: false }, (request, response) => {
    const target = request.url ?? "";
    const { status, reason } = answers.unfit?.(request) ?? answers.otherMethod(request.method ?? "", target);
    refusals.push({ target, reason });
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
    response.end(`${reason}\n`);
  });
  server.on("connect", (request: IncomingMessage, client: Duplex, head: Buffer) => {
    // Clients hang up in the middle of tunnels; there is nobody left to tell.
    client.on("error", () => client.destroy());
    const target = request.url ?? "";
    const refuse = ({ status, reason }: Answer) => {
      refusals.push({ target, reason });
      respond(client, status, reason);
    };
    const unfit = answers.unfit?.(request);
    if (unfit) {
      refuse(unfit);
      return;
    }
    const authority = parseAuthority(target);
    if (!authority) {
      const answer = { status: 400, reason: `"${target}" is not a plain host:port` };
      answers.unread?.(request, answer);
      refuse(answer);
      return;
    }
    const hop = resolve(authority.host, authority.port);
    if ("refused" in hop) {
      refuse({ status: hop.status ?? answers.refusedStatus, reason: hop.refused });
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
    next.once("close", () => {
      answers.ended?.(authority.host, authority.port, next.bytesRead);
      client.destroy();
    });
    client.once("close", () => next.destroy());
  });
  server.on("clientError", (error: NodeJS.ErrnoException, client: Duplex) => {
    // Whoever opens a connection and says nothing, or half of something, is not answered: health checks do that.
    if (!error.code?.startsWith("HPE_") || error.code === "HPE_INVALID_EOF_STATE") {
      client.destroy();
      return;
    }
    const status = error.code === "HPE_HEADER_OVERFLOW" ? 431 : 400;
    const answer = { status, reason: `the request cannot be read: ${error.message}` };
    refusals.push({ target: "", reason: answer.reason });
    answers.unread?.({}, answer);
    respond(client, status, answer.reason);
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
