/** Which proxy git takes for a URL, as libcurl reads it from the environment. */

/** Environment variables as in gitlab.rb's `gitaly['env']`. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Whether libcurl goes around the proxy: a `*` that stands alone means every host, blanks and commas separate names, and a
 * dot before or behind a name does not count (Curl_check_noproxy in libcurl's lib/noproxy.c, 7.86 and later).
 */
function isExempt(hostname: string, noProxy: string): boolean {
  if (noProxy === "*") return true;
  const host = hostname.replace(/\.$/, "");
  return noProxy
    .split(/[ \t,]+/)
    .map((entry) => entry.replace(/^\./, "").replace(/\.$/, "").toLowerCase())
    .some((name) => name !== "" && (host === name || host.endsWith(`.${name}`)));
}

/**
 * The proxy for an https URL, or undefined for a direct connection. A variable in lower case comes before the one in upper
 * case, `https_proxy` before `all_proxy`, and one that is set but empty means no proxy (get_curl_handle in git's http.c).
 * Of `ALL_PROXY` git hears nothing: Gitaly does not pass it on (internal/command/command.go).
 * @throws when the value is not `http://host:port`
 */
export function proxyFor(url: URL, environment: Environment): { host: string; port: number } | undefined {
  const noProxy = environment.no_proxy ?? environment.NO_PROXY ?? "";
  if (isExempt(url.hostname.toLowerCase(), noProxy)) return undefined;
  const value = environment.https_proxy ?? environment.HTTPS_PROXY ?? environment.all_proxy ?? "";
  if (value === "") return undefined;
  const match = /^http:\/\/([a-z0-9.-]+):([0-9]{1,5})\/?$/i.exec(value);
  const [, host, port] = match ?? [];
  if (host === undefined) {
    throw new Error(`https_proxy "${value}" is not understood; expected e.g. http://proxy.internal:3128`);
  }
  return { host, port: Number(port) };
}
