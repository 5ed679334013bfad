/** Renders squid.conf of the forward proxy. */

/** What squid.conf depends on. */
export interface SquidSettings {
  /** The region whose CodeCommit is let through. */
  region: string;
  /** Where clients come from, as squid sees them: the VPC's range, since the load balancer speaks for them. */
  clientCidr: string;
}

/** The port squid listens on. */
export const squidPort = 3128;

/** The only name that the proxy lets through: CodeCommit's git endpoint. */
export function codecommitHost(region: string): string {
  return `git-codecommit.${region}.amazonaws.com`;
}

/**
 * Which lines of its log tell of a refused request, as a filter pattern of CloudWatch Logs: a term that each must hold,
 * and one that none may. squid's format is `time elapsed client RESULT/status bytes METHOD url …`, with the result
 * TCP_DENIED for what http_access denies (squid-cache.org/Doc/config/logformat, wiki.squid-cache.org/SquidFaq/SquidLogs).
 *
 * GitLab asks version.gitlab.com once a day for newer versions, from 17.10 to 19.5 whatever its settings say
 * (gitlab.com/gitlab-org/gitlab/-/merge_requests/261398). It is refused like everything else, and counted as nothing: an
 * alarm that rings every day is one that nobody hears. No other line can hold the term, for a URL has no blanks.
 */
export const refusedRequests = `"TCP_DENIED/" -" CONNECT version.gitlab.com:443 "`;

/**
 * The whole file, ending in a line break: CONNECT to one host on port 443, and nothing else. The host is named exactly,
 * because a leading dot (`.amazonaws.com`) would admit every S3 bucket there is; `-n` keeps squid from admitting an
 * address whose reverse name claims to be that host (squid-cache.org/Doc/config/acl). Nothing is cached, TLS is not
 * opened, and nothing about the client is passed on.
 */
export function squidConf({ region, clientCidr }: SquidSettings): string {
  return [
    `http_port ${squidPort}`,
    "",
    `acl clients src ${clientCidr}`,
    "acl tunnel method CONNECT",
    "acl https port 443",
    `acl codecommit dstdomain -n ${codecommitHost(region)}`,
    "http_access deny !clients",
    "http_access deny !tunnel",
    "http_access deny !https",
    "http_access allow codecommit",
    "http_access deny all",
    "",
    "cache deny all",
    "cache_mem 8 MB",
    "via off",
    "forwarded_for delete",
    "shutdown_lifetime 5 seconds",
    "pid_filename none",
    "pinger_enable off",
    "",
    "# The load balancer's health checks open a connection and send no request: they are not worth a line each.",
    "acl request has request",
    "access_log stdio:/dev/stdout request",
    "cache_log /dev/stderr",
    "",
  ].join("\n");
}
