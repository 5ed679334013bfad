/** The source's alarms on what its proxy refuses: squid's log lines, the metrics made of them, and what these raise. */
import type { Account } from "../aws/account";
import type { ForwardProxy } from "../git/forwardProxy";
import type { Rung } from "./tripwires";

export class ProxyAlarms {
  /** @param logGroup where the proxy's container writes its log */
  constructor(
    private readonly account: Account,
    private readonly proxy: ForwardProxy,
    private readonly logGroup: string,
  ) {}

  /** Remembers where the proxy's log stands; the function it returns tells what its lines since have rung. */
  listen(): () => Rung[] {
    const before = this.proxy.log.length;
    return () => this.proxy.log.slice(before).flatMap((line) => this.#ring(line));
  }

  #ring(line: string): Rung[] {
    const { logs, cloudWatch } = this.account;
    return logs
      .metricsOf(this.logGroup, line)
      .flatMap((metric) => cloudWatch.raisedBy(metric, 1))
      .filter(({ name }) => cloudWatch.told(name, "ALARM").length > 0)
      .map(({ name, description = "" }) => ({ alarm: withoutMadeEnd(name), message: description }));
  }
}

/** The name that the program gave, without the end that Pulumi makes. */
function withoutMadeEnd(name: string): string {
  return name.replace(/-[0-9a-f]+$/, "");
}
