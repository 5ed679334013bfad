/**
 * Decides what a squid.conf allows, for the directives that git-airlock's own configuration uses. Whatever is not
 * understood is an error, so that a decision never rests on a line that was skipped.
 * Semantics: https://www.squid-cache.org/Doc/config/acl and …/http_access.
 */
import ipaddr from "ipaddr.js";

/** One request to the proxy. `host` is a DNS name or an IP address in the CONNECT target. */
export interface ProxyRequest {
  method: string;
  host: string;
  port: number;
  clientIp: string;
}

/** The decision, and the line of the file that made it. */
export interface ProxyDecision {
  allowed: boolean;
  /** `line 7: http_access allow CONNECT codecommit https`, or the default that applied. */
  rule: string;
}

/** What a squid.conf says about access. */
export interface SquidConf {
  /** Ports of `http_port`, in order. */
  httpPorts: number[];
  decide(request: ProxyRequest): ProxyDecision;
}

type Test = (request: ProxyRequest) => boolean;

interface Acl {
  type: string;
  tests: Test[];
}

interface AccessRule {
  allow: boolean;
  terms: { acl: Acl; negated: boolean }[];
  text: string;
}

/** Directives without influence on who may reach what. */
const NEUTRAL = new Set(
  (
    "access_log cache cache_log cache_mem cache_store_log client_idle_pconn_timeout coredump_dir dns_nameservers " +
    "dns_timeout dns_v4_first forwarded_for hosts_file logfile_rotate max_filedescriptors netdb_filename " +
    "pid_filename pinger_enable shutdown_lifetime via visible_hostname"
  ).split(" "),
);

function parseRange(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  // ipaddr.js also reads "10.1" and "0x0a000001" as addresses; squid would not mean the same.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) {
    throw new Error(`"${text}" is neither an address nor a CIDR, e.g. 10.0.0.0/16`);
  }
  const address = ipaddr.parse(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
}

function sourceTest(value: string): Test {
  if (value === "all") return () => true;
  const [range, bits] = parseRange(value);
  return ({ clientIp }) => {
    const address = ipaddr.process(clientIp);
    return address.kind() === range.kind() && address.match(range, bits);
  };
}

function domainTest(value: string): Test {
  const wanted = value.toLowerCase();
  if (!wanted.startsWith(".")) return ({ host }) => host.toLowerCase() === wanted;
  return ({ host }) => `.${host.toLowerCase()}`.endsWith(wanted);
}

function portTest(value: string): Test {
  const match = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(value);
  if (!match) throw new Error(`"${value}" is neither a port nor a range of ports, e.g. 443 or 1025-65535`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  return ({ port }) => port >= first && port <= last;
}

function aclTests(type: string, args: string[]): Test[] {
  const options = args.filter((arg) => arg.startsWith("-"));
  const values = args.filter((arg) => !arg.startsWith("-"));
  if (values.length === 0) throw new Error("an acl needs at least one value");
  if (type === "dstdomain") {
    if (options.join(" ") !== "-n") {
      throw new Error(
        "dstdomain without -n would trust the reverse DNS of an address; write: dstdomain -n NAME",
      );
    }
    return values.map(domainTest);
  }
  if (options.length > 0) throw new Error(`the option ${options.join(" ")} is not understood`);
  switch (type) {
    case "port":
      return values.map(portTest);
    case "src":
      return values.map(sourceTest);
    case "method":
      return values.map(
        (value) =>
          ({ method }) =>
            method === value,
      );
    case "has":
      if (values.join(" ") !== "request") throw new Error("of has, only `has request` is understood");
      // Whatever http_access decides about is a request.
      return [() => true];
    default:
      throw new Error(
        `the acl type "${type}" is not understood; known are dstdomain, has, method, port, src`,
      );
  }
}

/** The predefined acls that can be decided from a request alone (squid also has to_localhost and others). */
function predefinedAcls(): Map<string, Acl> {
  return new Map([
    ["all", { type: "src", tests: [sourceTest("all")] }],
    ["localhost", { type: "src", tests: [sourceTest("127.0.0.0/8"), sourceTest("::1")] }],
    ["CONNECT", { type: "method", tests: [({ method }) => method === "CONNECT"] }],
  ]);
}

function defineAcl(acls: Map<string, Acl>, args: string[]): void {
  const [name, type, ...values] = args;
  if (name === undefined || type === undefined) throw new Error("expected: acl NAME TYPE VALUE …");
  const tests = aclTests(type, values);
  const existing = acls.get(name);
  if (existing === undefined) acls.set(name, { type, tests });
  else if (existing.type === type) existing.tests.push(...tests);
  else throw new Error(`the acl "${name}" already has the type ${existing.type}`);
}

function accessRule(acls: Map<string, Acl>, args: string[], text: string): AccessRule {
  const [verb, ...names] = args;
  if (verb !== "allow" && verb !== "deny") throw new Error("expected: http_access allow|deny ACL …");
  if (names.length === 0) throw new Error("an http_access line without an acl matches nothing");
  const terms = names.map((word) => {
    const negated = word.startsWith("!");
    const name = negated ? word.slice(1) : word;
    const acl = acls.get(name);
    if (!acl) throw new Error(`the acl "${name}" is not defined above this line`);
    return { acl, negated };
  });
  return { allow: verb === "allow", terms, text };
}

function httpPort(args: string[]): number {
  const match = /^(?:0\.0\.0\.0:)?([1-9][0-9]{0,4})$/.exec(args.join(" "));
  // Modes such as `intercept` or `ssl-bump` change what a proxy is.
  if (!match) throw new Error(`expected a plain port, e.g. http_port 3128, not "${args.join(" ")}"`);
  return Number(match[1]);
}

/**
 * Reads a squid.conf.
 * @throws naming the line, when a directive, acl type, option or value is not one of the understood ones
 */
export function parseSquidConf(text: string): SquidConf {
  const acls = predefinedAcls();
  const rules: AccessRule[] = [];
  const httpPorts: number[] = [];
  text.split("\n").forEach((line, index) => {
    const content = line.replace(/(^|\s)#.*$/, "").trim();
    if (content === "") return;
    const [directive = "", ...args] = content.split(/\s+/);
    try {
      if (/["'\\]/.test(content)) throw new Error("quotes, files and continued lines are not understood");
      if (directive === "acl") defineAcl(acls, args);
      else if (directive === "http_access")
        rules.push(accessRule(acls, args, `line ${index + 1}: ${content}`));
      else if (directive === "http_port") httpPorts.push(httpPort(args));
      else if (!NEUTRAL.has(directive)) throw new Error(`the directive "${directive}" is not understood`);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`squid.conf line ${index + 1}, "${content}": ${reason}`, { cause });
    }
  });
  return { httpPorts, decide: (request) => decide(rules, request) };
}

function decide(rules: AccessRule[], request: ProxyRequest): ProxyDecision {
  const rule = rules.find(({ terms }) =>
    // All acls of a line must match, any value of an acl may.
    terms.every(({ acl, negated }) => acl.tests.some((test) => test(request)) !== negated),
  );
  if (rule) return { allowed: rule.allow, rule: rule.text };
  const last = rules.at(-1);
  if (!last) return { allowed: false, rule: "no http_access line; squid then denies" };
  return { allowed: !last.allow, rule: `no line matched; squid then does the opposite of ${last.text}` };
}
