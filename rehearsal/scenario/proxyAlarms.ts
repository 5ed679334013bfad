/** The source's alarms on what its proxy refuses: squid's log lines, the metrics made of them, and what these raise. */
import type { Account } from "../aws/account";
import type { ForwardProxy } from "../git/forwardProxy";
import type { FiredAlarm } from "./firedAlarm";

export class ProxyAlarms {
  /** @param logGroup where the proxy's container writes its log */
  constructor(
    private readonly account: Account,
    private readonly proxy: ForwardProxy,
    private readonly logGroup: string,
  ) {}

  /** Records the proxy's log lines from now on; the function it returns lists the alarms that they have fired. */
  record(): () => FiredAlarm[] {
    const before = this.proxy.log.length;
    return () => this.proxy.log.slice(before).flatMap((line) => this.#firedBy(line));
  }

  #firedBy(line: string): FiredAlarm[] {
    const { logs, cloudWatch } = this.account;
    return logs
      .metricsOf(this.logGroup, line)
      .flatMap((metric) => cloudWatch.raisedBy(metric, 1))
      .filter(({ name }) => cloudWatch.notified(name, "ALARM").length > 0)
      .map(({ name, description = "" }) => ({ alarm: withoutMadeEnd(name), message: description }));
  }
}

/** The name that the program gave, without the end that Pulumi makes. */
function withoutMadeEnd(name: string): string {
  return name.replace(/-[0-9a-f]+$/, "");
}
