/**
 * The part of squid.conf that is understood, for everybody who reads one: the proof and the policies, which judge it, and
 * the rehearsal, which acts on it. squid splits lines, words and names in its own way, so only text is taken that leaves
 * no room for two readings: printable ASCII, spaces and line feeds, nothing quoted or continued, each acl defined once,
 * options where squid heeds them, and values of a known form. Anything else is an error that names its line.
 *
 * What squid makes of the rest is in its src/cache_cf.cc (parseOneConfigFile), src/ConfigParser.cc and src/acl
 * (github.com/squid-cache/squid); the directives are described at squid-cache.org/Doc/config.
 */
import ipaddr from "ipaddr.js";

/** A test of requests by name. Any of its values may match. */
export interface SquidAcl {
  readonly name: string;
  readonly type: "dstdomain" | "has" | "method" | "port" | "src";
  readonly values: readonly string[];
}

/** An acl in a rule, as it is or negated. */
export interface SquidTerm {
  readonly acl: SquidAcl;
  readonly isNegated: boolean;
}

/** A line of http_access. All of its terms must match. */
export interface SquidRule {
  readonly isAllow: boolean;
  readonly terms: readonly SquidTerm[];
  /** The line as it stands in the file, and its number from 1. */
  readonly text: string;
  readonly line: number;
}

/** A squid.conf, as far as it decides who reaches what, and what is logged. */
export interface SquidFile {
  readonly ports: readonly number[];
  readonly rules: readonly SquidRule[];
  /** The terms of each access_log that writes to standard output: a request is logged when all of them match. */
  readonly logs: readonly (readonly SquidTerm[])[];
}

/** Names the line that is not understood, and why. */
export class SquidConfError extends Error {}

/**
 * squid reads lines into a buffer of BUFSIZ bytes, and takes what is left of a longer one for a line of its own. The
 * least that a C library has is musl's 1,024 (Alpine).
 */
const LINE_LIMIT = 1_000;

/** Directives that have no say in who reaches what, each with the values that are known to have none. */
const NEUTRAL: ReadonlyMap<string, RegExp> = new Map([
  ["cache", /^deny all$/],
  ["cache_log", /^(\/dev\/stderr|\/dev\/null|\/var\/log\/squid\/cache\.log)$/],
  ["cache_mem", /^\d{1,6} [KM]B$/],
  ["cache_store_log", /^none$/],
  ["client_idle_pconn_timeout", /^\d{1,4} (seconds|minutes)$/],
  ["coredump_dir", /^(none|\/var\/spool\/squid|\/var\/cache\/squid)$/],
  ["dns_timeout", /^\d{1,4} (seconds|minutes)$/],
  ["forwarded_for", /^(on|off|transparent|truncate|delete)$/],
  ["logfile_rotate", /^\d{1,4}$/],
  ["max_filedescriptors", /^\d{1,7}$/],
  ["pid_filename", /^none$/],
  ["pinger_enable", /^(on|off)$/],
  ["shutdown_lifetime", /^\d{1,4} (seconds|minutes)$/],
  ["via", /^(on|off)$/],
  ["visible_hostname", /^[a-z0-9.-]{1,64}$/],
]);

/** What squid defines by itself, as far as it can be decided from a request (its others stand for themselves). */
const PREDEFINED: readonly SquidAcl[] = [
  { name: "all", type: "src", values: ["all"] },
  { name: "localhost", type: "src", values: ["127.0.0.1", "::1"] },
  { name: "connect", type: "method", values: ["CONNECT"] },
];

/** Names that squid has taken; a line that defines one adds to it. */
const TAKEN = new Set(["all", "manager", "localhost", "to_localhost", "to_linklocal", "connect"]);

/** squid's methods by name (src/http/MethodType.h), which it reads without regard to case. */
const METHODS = new Set("GET POST PUT HEAD CONNECT TRACE OPTIONS DELETE PATCH".split(" "));

/**
 * Reads a squid.conf.
 * @throws SquidConfError naming the first line that is not understood
 */
export function readSquidFile(text: string): SquidFile {
  const acls = new Map(PREDEFINED.map((acl) => [acl.name, acl]));
  const ports: number[] = [];
  const rules: SquidRule[] = [];
  const logs: SquidTerm[][] = [];
  text.split("\n").forEach((content, index) => {
    const line = index + 1;
    const refuse = (why: string): never => {
      throw new SquidConfError(`squid.conf line ${line}, ${shown(content)}: ${why}`);
    };
    const words = wordsOf(content, refuse);
    const [directive, ...rest] = words;
    if (directive === undefined) return;
    if (directive === "acl") {
      const acl = readAcl(rest, refuse);
      if (acls.has(acl.name)) refuse(`the acl "${acl.name}" is defined twice, and squid joins the two`);
      acls.set(acl.name, acl);
    } else if (directive === "http_access") {
      const [verb, ...names] = rest;
      if (verb !== "allow" && verb !== "deny") return refuse("expected: http_access allow|deny ACL …");
      if (names.length === 0) return refuse("an http_access line without an acl is not understood");
      const terms = names.map((word) => readTerm(acls, word, refuse));
      rules.push({ isAllow: verb === "allow", terms, text: content, line });
    } else if (directive === "access_log") {
      const [log, ...names] = rest;
      if (log === "none" && names.length === 0) return;
      if (log !== "stdio:/dev/stdout")
        return refuse("a log may go to stdio:/dev/stdout (or be none), and nowhere else");
      logs.push(names.map((word) => readTerm(acls, word, refuse)));
    } else if (directive === "http_port") {
      ports.push(readPort(rest.join(" "), refuse));
    } else {
      const values = NEUTRAL.get(directive);
      if (values === undefined) return refuse(`the directive "${directive}" is not understood`);
      if (!values.test(rest.join(" "))) refuse(`this value of ${directive} is not understood`);
    }
  });
  return { ports, rules, logs };
}

type Refuse = (why: string) => never;

/** Cut short, and with what does not print escaped. */
function shown(content: string): string {
  const escaped = content
    .slice(0, 120)
    .replace(/[^\x20-\x7e]/g, (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return `"${escaped}${content.length > 120 ? "…" : ""}"`;
}

function wordsOf(content: string, refuse: Refuse): string[] {
  if (!/^[\x20-\x7e]*$/.test(content))
    refuse(
      "only printable ASCII, spaces and line feeds are understood (no tab, carriage return or other character)",
    );
  if (content.length >= LINE_LIMIT) refuse(`a line may hold fewer than ${LINE_LIMIT} characters`);
  if (/^ *#/.test(content)) return [];
  // squid ends a line at a word that begins with `#`. A backslash at the end of such a comment continues the line.
  if (/["'\\$]/.test(content)) refuse("quotes, files and continued lines are not understood, nor is $");
  const words = content.replace(/ #.*/, "").split(" ");
  if (words.some((word) => word.includes("#"))) refuse("a comment begins in front of a word: # …");
  return words.filter((word) => word !== "");
}

function readTerm(acls: ReadonlyMap<string, SquidAcl>, word: string, refuse: Refuse): SquidTerm {
  const isNegated = word.startsWith("!");
  const name = isNegated ? word.slice(1) : word;
  // squid's documentation writes the predefined one in capitals; squid itself compares names without regard to case.
  const acl = acls.get(name === "CONNECT" ? "connect" : name);
  if (acl === undefined) return refuse(`the acl "${name}" is not defined above this line, in these letters`);
  return { acl, isNegated };
}

const ACL_TYPES = ["dstdomain", "has", "method", "port", "src"] as const;

function readAcl([name, typeName, ...rest]: readonly string[], refuse: Refuse): SquidAcl {
  if (name === undefined || typeName === undefined) return refuse("expected: acl NAME TYPE VALUE …");
  // squid takes names of different case for the same one, and holds their length against a limit of its own.
  if (!/^[a-z][a-z0-9_-]{0,30}$/.test(name))
    refuse(`the acl name "${name}" is not of up to 31 lower-case letters, digits, _ and -`);
  if (TAKEN.has(name)) refuse(`"${name}" is an acl that squid defines, which this line would add to`);
  const type = ACL_TYPES.find((one) => one === typeName);
  if (type === undefined)
    return refuse(`the acl type "${typeName}" is not understood; known are ${ACL_TYPES.join(", ")}`);
  const values = type === "dstdomain" ? afterDashN(rest, refuse) : rest;
  if (values.length === 0) refuse("an acl needs at least one value");
  const option = values.find((value) => /^[-+]/.test(value));
  if (option !== undefined) refuse(`the option ${option} is not understood here`);
  if (type === "method") return { name, type, values: values.map((value) => readMethod(value, refuse)) };
  for (const value of values) checkValue[type](value, refuse);
  if (type === "dstdomain") checkOverlaps(values, refuse);
  return { name, type, values };
}

/** squid heeds options directly behind the type only, and takes one behind a value for a value. */
function afterDashN([option, ...values]: readonly string[], refuse: Refuse): readonly string[] {
  if (option !== "-n")
    refuse(
      "dstdomain without -n directly behind it would trust the reverse DNS of an address; write: dstdomain -n NAME",
    );
  return values;
}

function readMethod(value: string, refuse: Refuse): string {
  const method = value.toUpperCase();
  if (!METHODS.has(method)) refuse(`the method "${value}" is not one of ${[...METHODS].join(", ")}`);
  return method;
}

const checkValue = {
  dstdomain(value: string, refuse: Refuse): void {
    const label = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";
    // The last label begins with a letter, so that no address is taken for a name.
    if (value.length > 253 || !new RegExp(`^\\.?(${label}\\.)*(?=[a-z])${label}$`).test(value))
      refuse(`"${value}" is not a host name in lower-case letters, e.g. example.com`);
  },
  port(value: string, refuse: Refuse): void {
    const [first = 0, last = first] = value.split("-").map(Number);
    if (!/^[1-9]\d{0,4}(-[1-9]\d{0,4})?$/.test(value) || last > 65_535 || first > last)
      refuse(`"${value}" is neither a port nor a range of ports, e.g. 443 or 1025-65535`);
  },
  src(value: string, refuse: Refuse): void {
    const [address = "", bits, ...more] = value.split("/");
    // squid takes 0.0.0.0/0 for all, IPv6 included, and IPv6 addresses of mapped ones for IPv4.
    const isRange = bits === undefined || (/^[1-9]\d?$/.test(bits) && Number(bits) <= 32);
    if (
      !ipaddr.IPv4.isValidFourPartDecimal(address) ||
      /(^|\.)0\d/.test(address) ||
      !isRange ||
      more.length > 0
    )
      refuse(`"${value}" is neither an address nor a CIDR of IPv4, e.g. 10.0.0.0/16`);
  },
  has(value: string, refuse: Refuse): void {
    if (value !== "request") refuse("of has, only `has request` is understood");
  },
};

/** squid refuses to start with a name twice or below another, or drops one of them with a warning. */
function checkOverlaps(values: readonly string[], refuse: Refuse): void {
  const overlap = values.find((value, at) =>
    values.some(
      (other, where) =>
        at !== where && (other === value || (other.startsWith(".") && `.${value}`.endsWith(other))),
    ),
  );
  if (overlap !== undefined) refuse(`"${overlap}" is within another value of the same acl`);
}

function readPort(value: string, refuse: Refuse): number {
  // Modes such as `intercept` or `ssl-bump` change what a proxy is.
  if (!/^[1-9]\d{0,4}$/.test(value) || Number(value) > 65_535)
    refuse(`expected a plain port, e.g. http_port 3128, not "${value}"`);
  return Number(value);
}
