/**
 * Reads from a squid.conf what it can let through at most. Whatever is not understood is an error, since a skipped line
 * could be the one that opens the proxy.
 *
 * Semantics: squid-cache.org/Doc/config/acl and /http_access. Rules are tried in order; all acls of a rule must match, and
 * any value of an acl may. Where no rule matches, squid does the opposite of the last one.
 */

/** Directives that have no say in who reaches what. */
const NEUTRAL = [
  ...["access_log", "cache", "cache_log", "cache_mem", "cache_store_log", "coredump_dir", "dns_timeout"],
  ...["forwarded_for", "logfile_rotate", "max_filedescriptors", "pid_filename", "pinger_enable"],
  ...["shutdown_lifetime", "via", "visible_hostname"],
];

/** A log that goes over the network; squid takes it without slashes, too. */
const SENT_AWAY = /:\/\/|(^|\s)(tcp|udp):/i;

interface Acl {
  type: string;
  values: string[];
}

/** A rule that can let something through: the acls that must match then, be it by itself or by the denials before it. */
interface Opening {
  line: string;
  acls: Acl[];
  /** No rule before it stops what matches these acls. */
  isReached: boolean;
}

/** Why a squid.conf lets through more than CONNECT to one host's port 443; none when it does not. */
export function squidProblems(text: string, host: string): string[] {
  try {
    return openings(text).flatMap((opening) => openingProblems(opening, host));
  } catch (error) {
    if (error instanceof SquidConfError) return [`cannot be decided: ${error.message}`];
    throw error;
  }
}

/** Whether a squid.conf surely lets its clients CONNECT to a host's port 443; false also where it cannot be decided. */
export function squidLetsThrough(text: string, host: string): boolean {
  const wanted = new Map([
    ["dstdomain", host],
    ["port", "443"],
    ["method", "CONNECT"],
  ]);
  const matches = ({ type, values }: Acl) =>
    type === "src" ||
    type === "all" ||
    values.some((value) => value.toLowerCase() === wanted.get(type)?.toLowerCase());
  try {
    return openings(text).some(({ acls, isReached }) => isReached && acls.every(matches));
  } catch (error) {
    if (error instanceof SquidConfError) return false;
    throw error;
  }
}

class SquidConfError extends Error {}

function openingProblems({ line, acls }: Opening, host: string): string[] {
  const is = (type: string, wanted: string) =>
    acls.some(
      (acl) => acl.type === type && acl.values.every((value) => value.toLowerCase() === wanted.toLowerCase()),
    );
  const seen = (type: string) =>
    acls
      .filter((acl) => acl.type === type)
      .flatMap((acl) => acl.values)
      .join(", ");
  const problem = (what: string, type: string) => `lets through ${seen(type) || `any ${what}`} by "${line}"`;
  return [
    ...(is("dstdomain", host) ? [] : [problem("host", "dstdomain")]),
    ...(is("port", "443") ? [] : [problem("port", "port")]),
    ...(is("method", "CONNECT") ? [] : [problem("method", "method")]),
  ];
}

function openings(text: string): Opening[] {
  const acls = new Map<string, Acl>([
    ["all", { type: "all", values: [] }],
    ["CONNECT", { type: "method", values: ["CONNECT"] }],
  ]);
  const found: Opening[] = [];
  /** What a request that got this far must match, because `deny !acl` stopped all others. */
  const passed: Acl[] = [];
  let isReached = true;
  let last = "";
  for (const raw of text.split("\n")) {
    const line = raw.replace(/(^|\s)#.*$/, "").trim();
    const [directive = "", ...words] = line.split(/\s+/);
    // Modes of a port (intercept, ssl-bump) change what a proxy is, and a log can be sent away.
    const isPlainPort = directive === "http_port" && /^\d+$/.test(words.join(" "));
    if (directive === "" || isPlainPort || (NEUTRAL.includes(directive) && !SENT_AWAY.test(line))) continue;
    if (/["'\\]/.test(line)) throw new SquidConfError(`quotes, files and continued lines, as in "${line}"`);
    if (directive === "acl") addAcl(acls, line, words);
    else if (directive === "http_access") {
      const { isAllow, terms } = readRule(acls, line, words);
      const positive = terms.flatMap(({ acl, isNegated }) => (isNegated ? [] : [acl]));
      const [only] = terms;
      if (isAllow)
        found.push({
          line,
          acls: [...passed, ...positive],
          isReached: isReached && positive.length === terms.length,
        });
      else if (only?.isNegated && terms.length === 1) passed.push(only.acl);
      else isReached = false;
      last = line;
    } else throw new SquidConfError(`the directive "${directive}" is not understood`);
  }
  if (last !== "http_access deny all") {
    throw new SquidConfError(`its last rule must be "http_access deny all", and is "${last}"`);
  }
  return found;
}

function addAcl(acls: Map<string, Acl>, line: string, [name, type, ...rest]: string[]): void {
  const values = rest.filter((word) => word !== "-n");
  if (name === undefined || type === undefined || values.some((value) => value.startsWith("-"))) {
    throw new SquidConfError(`the acl "${line}" is not understood`);
  }
  // Without -n, squid takes the word of an address's reverse DNS, which is the word of whoever has that address.
  if (type === "dstdomain" && !rest.includes("-n")) throw new SquidConfError(`"${line}" needs the option -n`);
  const known = acls.get(name);
  if (known === undefined) acls.set(name, { type, values });
  else if (known.type === type) known.values.push(...values);
  else throw new SquidConfError(`the acl "${name}" has two types`);
}

function readRule(acls: ReadonlyMap<string, Acl>, line: string, [verb, ...names]: string[]) {
  if ((verb !== "allow" && verb !== "deny") || names.length === 0) {
    throw new SquidConfError(`the rule "${line}" is not understood`);
  }
  const terms = names.map((word) => {
    const acl = acls.get(word.replace(/^!/, ""));
    if (acl === undefined) throw new SquidConfError(`the acl "${word}" is not defined before "${line}"`);
    return { acl, isNegated: word.startsWith("!") };
  });
  return { isAllow: verb === "allow", terms };
}
