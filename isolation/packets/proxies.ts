/** What a proxy lets through, as far as that is known. */
import { codeCommitHost } from "../../facts/hosts";
import type { Host, Side } from "../model/deployment";
import { squidProblems } from "../model/squidConf";

/** What is wrong with a proxy. */
export interface ProxyFaults {
  /** What it lets through beside git-codecommit of the Region, by the endpoint that the stack says, on 443. */
  readonly lets: readonly string[];
  /** Why it cannot be known. */
  readonly unknown: readonly string[];
}

/** What a proxy of the side lets through that it should not. Each is the end of a sentence about the proxy. */
export function faultsOf({ region, fips }: Side, { squidConf }: Host): ProxyFaults {
  if (squidConf === undefined || region === undefined) {
    return {
      lets: [],
      unknown: [
        ...(squidConf === undefined ? ["its squid.conf is not known"] : []),
        ...(region === undefined ? ["the source's region is not known"] : []),
      ],
    };
  }
  const problems = squidProblems(squidConf, codeCommitHost(region, fips));
  const isUndecided = (problem: string) => problem.startsWith("cannot be decided");
  return {
    lets: problems.filter((problem) => !isUndecided(problem)),
    unknown: problems.filter(isUndecided).map((problem) => `its squid.conf ${problem}`),
  };
}

/** Whether a host is a proxy that connects to nothing but CodeCommit, whoever asks it. */
export function isTightProxy(side: Side, host: Host): boolean {
  const { lets, unknown } = faultsOf(side, host);
  return host.role === "proxy" && lets.length === 0 && unknown.length === 0;
}
