/** The Internet of the rehearsal: CodeCommit answers there, and what goes anywhere else has got out. */
import type { CodeCommit } from "../git/codeCommit";
import type { Hop } from "../git/connectPath";
import type { Arrival } from "../git/world";
import { Blocked } from "./blocked";

export class Internet {
  /** Connections that got out to somewhere that is not CodeCommit, as "address to host:port". */
  readonly leaks: string[] = [];
  readonly #ports = new Map<string, number>();

  constructor(readonly codeCommit: CodeCommit) {}

  /** Has CodeCommit listen for requests that arrive this way: beforehand, because a network path decides at once. */
  async open(arrival: Arrival): Promise<void> {
    const key = JSON.stringify(arrival);
    if (!this.#ports.has(key)) this.#ports.set(key, await this.codeCommit.listen(arrival));
  }

  /** Whether a connection goes to CodeCommit. */
  isCodeCommit(host: string, port: number): boolean {
    return host === this.codeCommit.hostname && port === 443;
  }

  /** The port of CodeCommit at which a connection arrives this way. */
  arriveAt(arrival: Arrival): number {
    const port = this.#ports.get(JSON.stringify(arrival));
    if (port === undefined) throw new Error(`no arrival ${JSON.stringify(arrival)} was opened`);
    return port;
  }

  /** Where a connection from a public address ends. Throws Blocked where nobody answers. */
  connect(host: string, port: number, sourceIp: string): number {
    if (this.isCodeCommit(host, port)) return this.arriveAt({ sourceIp });
    this.leaks.push(`${sourceIp} to ${host}:${port}`);
    throw new Blocked("nobody answers there on the rehearsed Internet");
  }
}

/** What a network path answers for a connection that may be blocked. */
export function hop(find: () => number): Hop {
  try {
    return { port: find() };
  } catch (error) {
    if (error instanceof Blocked) return { refused: error.message };
    throw error;
  }
}
