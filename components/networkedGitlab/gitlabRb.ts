/** Renders /etc/gitlab/gitlab.rb. */
import { isAtLeast } from "./gitlabVersion";

/** What gitlab.rb depends on. */
export interface GitlabRbSettings {
  /** GitLab's exact version, e.g. "19.4.1". */
  version: string;
  /** The URL people use, beginning with "https://". */
  externalUrl: string;
  /** The range that the ingress load balancer's own addresses are in: the VPC's. */
  loadBalancerCidr: string;
  /** e.g. "http://proxy.internal:3128". Without it, GitLab goes out directly. */
  proxyUrl?: string;
}

/**
 * What is reached without the proxy: the host itself and the instance metadata. Never a part of amazonaws.com, or pushes
 * would try to leave by a route that does not exist.
 */
const noProxy = "localhost,127.0.0.1,169.254.169.254";

/**
 * Numeric ids of the system users that GitLab makes. The data volume outlives the root volume, and on the next root the
 * package could number its users differently; then GitLab would not own its own data.
 * Source: docs.gitlab.com/omnibus/settings/configuration, "Specify numeric user and group identifiers".
 */
const userIds = { user: 9000, web_server: 9001, redis: 9002, postgresql: 9003 };

/**
 * The text as a single-quoted Ruby string, which knows only two escapes: `\\` and `\'`.
 *
 * @throws Error when the text holds a control character: no setting of ours needs one, and a line break would make
 * one setting into two lines.
 */
export function rubyString(text: string): string {
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new Error(
      `${JSON.stringify(text)} cannot go into gitlab.rb: expected text without control characters`,
    );
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}

/**
 * The whole file, ending in a line break.
 *
 * @throws Error when a setting holds a control character.
 */
export function gitlabRb(settings: GitlabRbSettings): string {
  return [
    "# Written by the stack that made this host, again at each start. Changes made here by hand are lost.",
    `external_url ${rubyString(settings.externalUrl)}`,
    "",
    ...ingress(settings),
    "",
    ...storage(),
    "",
    ...unusedServices(),
    ...(settings.proxyUrl === undefined ? [] : ["", ...proxy(settings.proxyUrl)]),
    "",
  ].join("\n");
}

/**
 * TLS ends at the load balancer, which tells the client's address by the PROXY protocol; nginx then accepts nothing else
 * on this port. Source: docs.gitlab.com/omnibus/settings/nginx, "Configuring the PROXY protocol", and
 * docs.gitlab.com/omnibus/settings/ssl, "External, proxy, or load balancer SSL termination". Since 19.2 these keys are
 * `gitlab_rails['nginx']`'s; the old ones still work there, with a warning of their removal.
 */
function ingress({ version, loadBalancerCidr }: GitlabRbSettings): string[] {
  const nginx = isAtLeast(version, "19.2.0") ? "gitlab_rails['nginx']" : "nginx";
  return [
    `${nginx}['listen_port'] = 80`,
    `${nginx}['listen_https'] = false`,
    "letsencrypt['enable'] = false",
    `${nginx}['proxy_protocol'] = true`,
    `${nginx}['real_ip_trusted_addresses'] = ['127.0.0.0/8', ${rubyString(loadBalancerCidr)}]`,
  ];
}

/**
 * Nothing starts before the data volume is there (docs.gitlab.com/omnibus/settings/configuration, "Start Linux package
 * installation services only after a given file system is mounted"), and the root password, which comes from Parameter
 * Store, is not written to /etc/gitlab/initial_root_password.
 */
function storage(): string[] {
  return [
    "high_availability['mountpoint'] = '/var/opt/gitlab'",
    ...Object.entries(userIds).flatMap(([user, id]) => [`${user}['uid'] = ${id}`, `${user}['gid'] = ${id}`]),
    "gitlab_rails['store_initial_root_password'] = false",
    "gitlab_rails['display_initial_root_password'] = false",
  ];
}

/**
 * What a mirror's source has no use for, and what would call home. A project that is made has no pipelines until somebody
 * turns them on: whoever may run one works on what has had the most critical holes (criticalHoles.ts).
 */
function unusedServices(): string[] {
  return [
    "registry['enable'] = false",
    "gitlab_kas['enable'] = false",
    "prometheus_monitoring['enable'] = false",
    "gitlab_rails['usage_ping_enabled'] = false",
    "gitlab_rails['initial_gitlab_product_usage_data'] = false",
    "gitlab_rails['gitlab_default_projects_features_builds'] = false",
  ];
}

/**
 * Gitaly's environment carries the push, Rails' the check of the mirror's URL (with a proxy set, it tolerates names that
 * do not resolve here). One hash for each, because the last assignment wins; and the proxy's own URL stays http.
 * Source: omnibus-gitlab doc/settings/environment-variables.md; gitlab gems/gitlab-http/lib/gitlab/http_v2/url_blocker.rb.
 */
function proxy(url: string): string[] {
  return [
    "proxy_environment = {",
    `  'http_proxy' => ${rubyString(url)},`,
    `  'https_proxy' => ${rubyString(url)},`,
    `  'no_proxy' => ${rubyString(noProxy)},`,
    "}",
    "gitaly['env'] = proxy_environment",
    "gitlab_rails['env'] = proxy_environment",
    "gitlab_workhorse['env'] = proxy_environment",
  ];
}
