/** The forward proxy: squid's decision from the deployed squid.conf, then the way on. */
import { accountTime } from "../accounts/clock";
import { type Refusal, type Resolver, serveConnect } from "./connectPath";
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
  /** The access log: a line for each request that squid.conf decided, in squid's own format. */
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
      const decision = this.conf.decide({ method: "CONNECT", host, port, clientIp });
      this.records.push({ host, port, clientIp, ...decision });
      this.log.push(
        logLine(decision.allowed ? "TCP_TUNNEL/200" : "TCP_DENIED/403", clientIp, `CONNECT ${host}:${port}`),
      );
      return decision.allowed ? this.next(host, port) : { refused: `squid.conf ${decision.rule}` };
    };
    return serveConnect(this.#servers, this.refusals, resolve, {
      refusedStatus: 403,
      otherMethod: (method, url) => this.#otherMethod(method, url, clientIp),
    });
  }

  #otherMethod(method: string, url: string, clientIp: string): { status: number; reason: string } {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (!target) return { status: 400, reason: `"${url}" is no absolute URL` };
    const port = Number(target.port || (target.protocol === "https:" ? 443 : 80));
    const decision = this.conf.decide({ method, host: target.hostname, port, clientIp });
    if (!decision.allowed) {
      this.log.push(logLine("TCP_DENIED/403", clientIp, `${method} ${url}`));
      return { status: 403, reason: `squid.conf ${decision.rule}` };
    }
    // Fetching on a client's behalf is not rehearsed; saying so keeps a lax squid.conf from looking strict.
    return {
      status: 501,
      reason: `squid.conf allows ${method} ${url} (${decision.rule}), but only CONNECT is carried`,
    };
  }

  async close(): Promise<void> {
    await this.#servers.close();
  }
}

/**
 * squid's native format, `time elapsed client result/status bytes method url user hierarchy/peer type`
 * (squid-cache.org/Doc/config/logformat). Times are the accounts' one time; sizes are not told.
 */
function logLine(result: string, clientIp: string, request: string): string {
  const time = (accountTime.getTime() / 1000).toFixed(3);
  return `${time}      0 ${clientIp} ${result} 0 ${request} - HIER_NONE/- -`;
}
