/**
 * The addresses that a source stack says its pushes come from, checked before they become the push user's lock: what
 * is in the source's state must not be able to widen it.
 */
import { z } from "zod";
import { bareAddress, isDocumentation, publicAddressProblem, sortAddresses } from "../../facts/ipv4";
import { overlappingCidr } from "../schema/addresses";
import { renderValue } from "../schema/problems";

/** What push sources are held to. */
export interface PushSourceExpectation {
  /** How many addresses there are: neither more nor fewer. */
  count: number;
  /** Exactly these, in dotted decimal. Empty: any. */
  expected: readonly string[];
  /** CIDRs of the isolated terminals, where these are public (addresses mode): no push source may lie inside. */
  isolatedTerminalCidrs: readonly string[];
}

/** The addresses that were let in, in ascending order and without `/32`; or all that is wrong with them. */
export type CheckedPushSources = { addresses: string[] } | { problems: string[] };

/** Checks the value of a source stack's output `natPublicIps`. */
export function checkPushSourceAddresses(
  value: unknown,
  { count, expected, isolatedTerminalCidrs }: PushSourceExpectation,
): CheckedPushSources {
  const texts = z.array(z.string()).safeParse(value);
  if (!texts.success) {
    return { problems: [`${renderValue(value)} is not a list of addresses; expected e.g. ["203.0.113.10"]`] };
  }
  const problems: string[] = [];
  const found = new Set<string>();
  for (const text of texts.data) {
    const address = bareAddress(text);
    const problem = publicAddressProblem(address);
    if (problem !== undefined) {
      problems.push(`${renderValue(text)} ${problem}; expected one public IPv4 address, e.g. "203.0.113.10"`);
      continue;
    }
    if (found.has(address))
      problems.push(`${renderValue(text)} is in the list twice; expected distinct addresses`);
    found.add(address);
    const cidr = overlappingCidr(address, isolatedTerminalCidrs);
    if (cidr !== undefined) problems.push(`${renderValue(text)} lies in the isolated terminals' ${cidr}`);
  }
  if (texts.data.length !== count) {
    problems.push(
      `there are ${texts.data.length} addresses, and expected are ${count}: ${renderValue(texts.data)}`,
    );
  }
  const addresses = sortAddresses([...found]);
  if (expected.length > 0) {
    const missing = expected.filter((address) => !addresses.includes(address));
    const unexpected = addresses.filter((address) => !expected.includes(address));
    if (missing.length > 0) problems.push(`missing of expectedSourceAddresses: ${missing.join(", ")}`);
    if (unexpected.length > 0) problems.push(`not in expectedSourceAddresses: ${unexpected.join(", ")}`);
  }
  return problems.length > 0 ? { problems } : { addresses };
}

/** Those of the addresses that are only for examples: nobody can push from there over the real Internet. */
export function documentationAddresses(addresses: readonly string[]): string[] {
  return addresses.filter(isDocumentation);
}
