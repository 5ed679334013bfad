/** The forward proxy: squid's decision from the deployed squid.conf, then the way on. */
import { accountTime } from "../aws/clock";
import { type Answer, type Asked, type Refusal, type Resolver, serveConnect } from "./connectPath";
import { LoopbackServers } from "./loopback";
import type { ProxyDecision, ProxyRequest, SquidConf } from "./squidConf";

/** A connection that was asked of the proxy, and the line of squid.conf that decided. */
export type ProxyRecord = Pick<ProxyRequest, "host" | "port" | "clientIp"> & ProxyDecision;

/** An explicit CONNECT proxy, as squid on port 3128 behind its load balancer. */
export class ForwardProxy {
  /** Well-formed CONNECT requests in order, allowed or not. */
  readonly records: ProxyRecord[] = [];
  /** Everything that was refused, with the reason: by squid.conf, as malformed, or for want of a way on. */
  readonly refusals: Refusal[] = [];
  /** The access log: a line for each request that squid.conf has logged, in squid's own format, tunnels at their end. */
  readonly log: string[] = [];
  readonly #servers = new LoopbackServers();

  /** @param next the network behind the proxy; called once per allowed connection, so it may alternate sources */
  constructor(
    private readonly conf: SquidConf,
    private readonly next: Resolver,
  ) {}

  /**
   * Opens a port for clients of one address.
   * @param clientIp the address squid sees: the load balancer's, unless that preserves its clients'
   */
  async listen(clientIp: string): Promise<number> {
    const resolve: Resolver = (host, port) => {
      const request = { method: "CONNECT", host, port, clientIp };
      const decision = this.conf.decide(request);
      this.records.push({ host, port, clientIp, ...decision });
      if (!decision.allowed) {
        this.#note("TCP_DENIED/403", request, nameOf(host, port));
        return { refused: `squid.conf ${decision.rule}` };
      }
      const hop = this.next(host, port);
      if ("port" in hop) return hop;
      this.#note("NONE_NONE/503", request, nameOf(host, port));
      return { ...hop, status: 503 };
    };
    const nobody = { host: "", port: 0, clientIp };
    const refuseBefore = (
      { method = "-", url = "error:invalid-request" }: Partial<Asked>,
      answer: Answer,
    ) => {
      this.#note(`NONE_NONE/${answer.status}`, { ...nobody, method }, url);
      return answer;
    };
    return serveConnect(this.#servers, this.refusals, resolve, {
      refusedStatus: 403,
      unfit: (request) => {
        // What Node.js calls 0.9 is a request line without a version, which squid does not take for a request.
        if (request.httpVersion === "0.9")
          return refuseBefore(
            { method: request.method },
            { status: 400, reason: "no HTTP version is given" },
          );
        const answer = unfit(request);
        return answer && refuseBefore(request, answer);
      },
      unread: refuseBefore,
      otherMethod: (method, url) => this.#otherMethod(method, url, clientIp, refuseBefore),
      ended: (host, port, bytes) => {
        const request = { method: "CONNECT", host, port, clientIp };
        this.#note("TCP_TUNNEL/200", request, nameOf(host, port), { bytes, way: "HIER_DIRECT/127.0.0.1 -" });
      },
    });
  }

  #otherMethod(
    method: string,
    url: string,
    clientIp: string,
    refuseBefore: (request: Partial<Asked>, answer: Answer) => Answer,
  ): Answer {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const defaultPort = target && schemes.get(target.protocol);
    if (target === undefined || defaultPort === undefined || target.port === "0" || target.hostname === "") {
      const reason = `"${url}" is not an absolute URL of ${[...schemes.keys()].join(", ")}`;
      return refuseBefore({ method, url }, { status: 400, reason });
    }
    const request = { method, host: target.hostname, port: Number(target.port || defaultPort), clientIp };
    const decision = this.conf.decide(request);
    if (!decision.allowed) {
      this.#note("TCP_DENIED/403", request, url);
      return { status: 403, reason: `squid.conf ${decision.rule}` };
    }
    // Fetching on a client's behalf is not rehearsed; saying so keeps a lax squid.conf from looking strict.
    return {
      status: 501,
      reason: `squid.conf allows ${method} ${url} (${decision.rule}), but only CONNECT is carried`,
    };
  }

  /**
   * Writes a request to the access logs that squid.conf asks for, in squid's native format, `time elapsed client
   * result/status bytes method url user hierarchy/peer type` (squid-cache.org/Doc/config/logformat). Times are the
   * accounts' one time.
   */
  #note(
    result: string,
    request: ProxyRequest,
    url: string,
    { bytes, way } = { bytes: 0, way: "HIER_NONE/- text/html" },
  ): void {
    const time = (accountTime.getTime() / 1000).toFixed(3);
    // squid leaves no blank in a URL, so that a line has as many fields as it should.
    const line = `${time}      0 ${request.clientIp} ${result} ${bytes} ${request.method} ${url.replace(/\s/g, "")} - ${way}`;
    for (let copies = this.conf.linesFor(request); copies > 0; copies -= 1) this.log.push(line);
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }
}

/** A tunnel's target as squid writes it, however the client did. */
function nameOf(host: string, port: number): string {
  return `${host.toLowerCase()}:${port}`;
}

/** Schemes that squid fetches by for its clients, with their ports; it refuses others before http_access. */
const schemes = new Map([
  ["http:", 80],
  ["https:", 443],
  ["ftp:", 21],
]);

/** What squid refuses before it asks http_access (squid 5.7: src/client_side_request.cc and src/servers/Http1Server.cc). */
function unfit({ httpVersion, headers, method }: Asked): Answer | undefined {
  const { expect, "transfer-encoding": encoding } = headers;
  if (!httpVersion.startsWith("1.")) return { status: 505, reason: `HTTP/${httpVersion} is not spoken here` };
  if (expect !== undefined && expect.toLowerCase() !== "100-continue")
    return { status: 417, reason: `"Expect: ${expect}" cannot be met` };
  if (encoding !== undefined && !/^(chunked|identity)$/i.test(encoding))
    return { status: 501, reason: `the Transfer-Encoding ${encoding} is not known` };
  if ((method === "OPTIONS" || method === "TRACE") && headers["max-forwards"] === "0")
    return { status: 501, reason: `${method} may be passed on no further` };
  return undefined;
}
