/** Renders squid.conf of the forward proxy. */
import { codeCommitHost } from "../../facts/hosts";

/** What squid.conf depends on. */
export interface SquidSettings {
  /** The region whose CodeCommit is let through. */
  region: string;
  /** Whether by its FIPS endpoint. @default false */
  fips?: boolean;
  /** Where clients come from, as squid sees them: the VPC's range, since the load balancer speaks for them. */
  clientCidr: string;
}

/** The port squid listens on. */
export const squidPort = 3128;

/**
 * How a container runs squid: its configuration comes in an environment variable. squid gives up root before it opens its
 * logs, so the container's output must be opened to others first: for reading too, since squid opens cache_log by fopen's
 * "a+".
 */
export const squidCommand = {
  entryPoint: ["sh", "-c"],
  command: [
    [
      `printf %s "$SQUID_CONF" | base64 -d >/tmp/squid.conf`,
      "chmod o+rw /dev/stdout /dev/stderr",
      "exec squid -NYC -f /tmp/squid.conf",
    ].join(" && "),
  ],
};

/**
 * Which lines of its log tell of a refused request, as filter patterns of CloudWatch Logs, a line counting for the one or
 * the other: a term that it must hold, and one that it may not. squid's format is `time elapsed client RESULT/status bytes
 * METHOD url …` (squid-cache.org/Doc/config/logformat). A result begins with TCP_DENIED where http_access denies, and with
 * NONE_NONE where squid never comes to ask it: it does not understand the request, or does not do what that asks for. Both
 * may have an end, _ABORTED when the client does not wait for the answer (github.com/squid-cache/squid, src/LogTags.cc),
 * so no pattern holds the slash.
 *
 * GitLab asks version.gitlab.com once a day for newer versions, from 17.10 to 19.5 whatever its settings say
 * (gitlab.com/gitlab-org/gitlab/-/merge_requests/261398). It is refused like everything else, and counted as nothing: an
 * alarm that fires every day is one that nobody reads. A tunnel to CodeCommit that fails is logged as NONE_NONE/503, or
 * NONE_NONE/000 when the client gives up first: that is not a try to get elsewhere. No other line can hold these terms: squid
 * leaves no blank in a method or a URL.
 */
export function refusedRequests(region: string, fips = false): { denied: string; notUnderstood: string } {
  return {
    denied: `" TCP_DENIED" -" CONNECT version.gitlab.com:443 "`,
    notUnderstood: `" NONE_NONE" -" CONNECT ${codeCommitHost(region, fips)}:443 "`,
  };
}

/**
 * The whole file, ending in a line break: CONNECT to one host on port 443, and nothing else. The host is named exactly,
 * because a leading dot (`.amazonaws.com`) would admit every S3 bucket there is; `-n` keeps squid from admitting an
 * address whose reverse name claims to be that host (squid-cache.org/Doc/config/acl). Nothing is cached, TLS is not
 * opened, and nothing about the client is passed on.
 */
export function squidConf({ region, fips, clientCidr }: SquidSettings): string {
  return [
    `http_port ${squidPort}`,
    "",
    `acl clients src ${clientCidr}`,
    "acl tunnel method CONNECT",
    "acl https port 443",
    `acl codecommit dstdomain -n ${codeCommitHost(region, fips)}`,
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
