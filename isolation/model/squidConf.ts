/**
 * Decides from a squid.conf what it can let through at most, and what it surely does.
 *
 * Semantics: squid-cache.org/Doc/config/acl and /http_access. Rules are tried in order; all acls of a rule must match, and
 * any value of an acl may. Where no rule matches, squid does the opposite of the last one.
 */
import { intervalOf } from "../intervals";
import { readSquidFile, SquidConfError, type SquidAcl } from "./squidStatements";

/** A rule that can let something through: the acls that must match then, be it by itself or by the denials before it. */
interface Opening {
  line: string;
  acls: SquidAcl[];
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

/**
 * Whether a squid.conf surely lets clients CONNECT to a host's port 443; false also where it cannot be decided.
 * @param clients the ranges that they ask from; none where these are not known
 */
export function squidLetsThrough(text: string, host: string, clients: readonly string[] = []): boolean {
  const wanted = { dstdomain: host, port: "443", method: "CONNECT", has: "request" };
  const isFrom = (values: readonly string[]) => values.includes("all") || holdsAll(values, clients);
  const matches = ({ type, values }: SquidAcl) =>
    type === "src" ? isFrom(values) : values.includes(wanted[type]);
  try {
    return openings(text).some(({ acls, isReached }) => isReached && acls.every(matches));
  } catch (error) {
    if (error instanceof SquidConfError) return false;
    throw error;
  }
}

/** Whether each IPv4 range is within one of others. */
function holdsAll(values: readonly string[], ranges: readonly string[]): boolean {
  const wide = values.filter((value) => value !== "all").map(intervalOf);
  return ranges
    .filter((range) => !range.includes(":"))
    .map(intervalOf)
    .every(({ from, to }) => wide.some((one) => one.from <= from && to <= one.to));
}

/** The ports on which squid listens; none where its configuration is not understood. */
export function squidPorts(text: string): readonly number[] {
  try {
    return readSquidFile(text).ports;
  } catch (error) {
    if (error instanceof SquidConfError) return [];
    throw error;
  }
}

function openingProblems({ line, acls }: Opening, host: string): string[] {
  const is = (type: SquidAcl["type"], wanted: string) =>
    acls.some((acl) => acl.type === type && acl.values.every((value) => value === wanted));
  const seen = (type: SquidAcl["type"]) =>
    acls
      .filter((acl) => acl.type === type)
      .flatMap((acl) => acl.values)
      .join(", ");
  const problem = (what: string, type: SquidAcl["type"]) =>
    `lets through ${seen(type) || `any ${what}`} by "${line}"`;
  return [
    ...(is("dstdomain", host) ? [] : [problem("host", "dstdomain")]),
    ...(is("port", "443") ? [] : [problem("port", "port")]),
    ...(is("method", "CONNECT") ? [] : [problem("method", "method")]),
  ];
}

function openings(text: string): Opening[] {
  const { rules } = readSquidFile(text);
  const found: Opening[] = [];
  /** What a request that got this far must match, because `deny !acl` stopped all others. */
  const passed: SquidAcl[] = [];
  let isReached = true;
  for (const { isAllow, terms, text: line } of rules) {
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
  }
  const last = rules.at(-1);
  const isClosed =
    last?.isAllow === false && last.terms.every(({ acl, isNegated }) => acl.name === "all" && !isNegated);
  if (!isClosed) {
    throw new SquidConfError(`its last rule must be "http_access deny all", and is "${last?.text ?? ""}"`);
  }
  return found;
}
