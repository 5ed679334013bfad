/** Which proxy git takes for a URL, as libcurl reads it from the environment. */

/** Environment variables as in gitlab.rb's `gitaly['env']`. */
export type Environment = Readonly<Record<string, string>>;

function isExempt(hostname: string, noProxy: string): boolean {
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const name = entry.replace(/^\./, "").toLowerCase();
      return entry === "*" || hostname === name || hostname.endsWith(`.${name}`);
    });
}

/**
 * The proxy for an https URL, or undefined for a direct connection. Lower-case variables come before upper-case
 * ones, `https_proxy` before `all_proxy`; a name in `no_proxy` exempts its subdomains too, with or without a
 * leading dot (https://curl.se/libcurl/c/CURLOPT_NOPROXY.html).
 * @throws when the value is no `http://host:port`
 */
export function proxyFor(url: URL, environment: Environment): { host: string; port: number } | undefined {
  const noProxy = environment.no_proxy ?? environment.NO_PROXY ?? "";
  if (isExempt(url.hostname.toLowerCase(), noProxy)) return undefined;
  const value = [
    environment.https_proxy,
    environment.HTTPS_PROXY,
    environment.all_proxy,
    environment.ALL_PROXY,
  ].find((candidate) => candidate !== undefined && candidate !== "");
  if (value === undefined) return undefined;
  const match = /^http:\/\/([a-z0-9.-]+):([0-9]{1,5})\/?$/i.exec(value);
  const [, host, port] = match ?? [];
  if (host === undefined) {
    throw new Error(`https_proxy "${value}" is not understood; expected e.g. http://proxy.internal:3128`);
  }
  return { host, port: Number(port) };
}
