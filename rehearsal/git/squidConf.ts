/**
 * Decides what a squid.conf allows and logs. It reads what the proof reads, and whatever that does not understand is an
 * error, so that a decision never rests on a line that was skipped.
 * Semantics: https://www.squid-cache.org/Doc/config/acl and …/http_access.
 */
import ipaddr from "ipaddr.js";
import {
  readSquidFile,
  type SquidAcl,
  type SquidRule,
  type SquidTerm,
} from "../../isolation/model/squidStatements";

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
  httpPorts: readonly number[];
  decide(request: ProxyRequest): ProxyDecision;
  /** How many lines of the access log a request gives: one for each access_log whose acls match. */
  linesFor(request: ProxyRequest): number;
}

function isFrom(range: string, clientIp: string): boolean {
  if (range === "all") return true;
  const [first, bits] = ipaddr.isValidCIDR(range)
    ? ipaddr.parseCIDR(range)
    : [ipaddr.parse(range), range.includes(":") ? 128 : 32];
  const address = ipaddr.process(clientIp);
  return address.kind() === first.kind() && address.match(first, bits);
}

function isInDomain(domain: string, host: string): boolean {
  return domain.startsWith(".") ? `.${host.toLowerCase()}`.endsWith(domain) : host.toLowerCase() === domain;
}

function isInPorts(range: string, port: number): boolean {
  const [first = 0, last = first] = range.split("-").map(Number);
  return port >= first && port <= last;
}

function matches({ type, values }: SquidAcl, request: ProxyRequest): boolean {
  return values.some((value) => {
    switch (type) {
      case "dstdomain":
        return isInDomain(value, request.host);
      case "method":
        return value === request.method;
      case "port":
        return isInPorts(value, request.port);
      case "src":
        return isFrom(value, request.clientIp);
      case "has":
        // Whatever is decided or logged here is a request.
        return true;
    }
  });
}

/** All acls of a line must match. */
function allMatch(terms: readonly SquidTerm[], request: ProxyRequest): boolean {
  return terms.every(({ acl, isNegated }) => matches(acl, request) !== isNegated);
}

/**
 * Reads a squid.conf.
 * @throws naming the line, when a directive, acl type, option or value is not one of the understood ones
 */
export function parseSquidConf(text: string): SquidConf {
  const { ports, rules, logs } = readSquidFile(text);
  return {
    httpPorts: ports,
    decide: (request) => decide(rules, request),
    linesFor: (request) => logs.filter((terms) => allMatch(terms, request)).length,
  };
}

function decide(rules: readonly SquidRule[], request: ProxyRequest): ProxyDecision {
  const rule = rules.find(({ terms }) => allMatch(terms, request));
  if (rule) return { allowed: rule.isAllow, rule: named(rule) };
  const last = rules.at(-1);
  if (!last) return { allowed: false, rule: "no http_access line; squid then denies" };
  return { allowed: !last.isAllow, rule: `no line matched; squid then does the opposite of ${named(last)}` };
}

function named({ line, text }: SquidRule): string {
  return `line ${line}: ${text.trim()}`;
}
