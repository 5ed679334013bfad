/** Rules for the gate users' locks: from where alone their policies let them do anything. */
import { parseCidr } from "../facts/addresses";
import type { Condition } from "../isolation/iam/conditionBlock";
import type { Policy, Statement } from "../isolation/iam/policy";
import { isPublic, isSingleAddress } from "./support/addresses";
import { nameOf, statementsOf } from "./support/gateDocuments";
import { documentRule, noSettings, type Finding } from "./support/gateRule";
import { isReferenceBound } from "./support/references";
import { isLock, isPlace, lockOf, sameLock, shown } from "./support/locks";

const pushLockDefaults = { sourceAddresses: [] as string[] };

export const pushPolicyIsLocked = documentRule(
  {
    name: "push-policy-is-locked-to-addresses",
    description:
      "The push user may do anything only from single, known addresses: allowed there, denied elsewhere.",
    severity: "critical",
    remediationSteps:
      "Give each Allow the condition IpAddress aws:SourceIp with the NAT gateways' addresses as /32, and add a Deny of " +
      "codecommit:* on * under NotIpAddress aws:SourceIp with the same addresses.",
  },
  ["push"],
  {
    defaults: pushLockDefaults,
    schema: {
      sourceAddresses: {
        type: "array",
        items: { type: "string" },
        description: 'If given, the addresses must be exactly these, e.g. ["203.0.113.10"].',
        default: pushLockDefaults.sourceAddresses,
      },
    },
  },
  (policy, { sourceAddresses }) => [
    ...statementsOf(policy, "Allow").flatMap((statement) => addressFindings(statement, sourceAddresses)),
    ...denyFindings(policy, "address"),
  ],
);

function addressFindings(statement: Statement, expected: readonly string[]): Finding[] {
  const lock = statement.conditions.find((condition) => lockOf(condition, "Allow") === "address");
  if (lock === undefined) {
    return [
      {
        found: `is open to every address: ${nameOf(statement)} has no IpAddress condition on aws:SourceIp`,
        fix: "Add it, with the addresses of the NAT gateways.",
      },
    ];
  }
  const wrong = lock.values.filter((value) => {
    const range = parseCidr(value);
    return range === undefined || !isSingleAddress(range) || !isPublic(range);
  });
  if (wrong.length > 0) {
    return [
      {
        found: `is open to ${wrong.join(", ")} in ${nameOf(statement)}`,
        fix: "Name single public addresses only, each as a /32 (IPv6: /128).",
      },
    ];
  }
  const given = lock.values.map((value) => value.replace(/\/\d+$/, ""));
  const isExpected = expected.length === 0 || [...given].sort().join() === [...expected].sort().join();
  if (isExpected) return [];
  return [
    {
      found: `is open to ${given.join(", ")} in ${nameOf(statement)}, where ${expected.join(", ")} is expected`,
      fix: "Find out who changed the source's addresses, then correct them or this rule's sourceAddresses.",
    },
  ];
}

/** Whether each Allow's lock has a Deny that shuts everything else out; that of a VPC needs one for the Region as well. */
function denyFindings(policy: Policy, kind: "address" | "any"): Finding[] {
  const denies = statementsOf(policy, "Deny").filter(coversEverything);
  const answered = (lock: Condition) =>
    denies.some(({ conditions }) => conditions.some((shutter) => sameLock(lock, shutter)));
  return statementsOf(policy, "Allow").flatMap((allow) => {
    const locks = allow.conditions.filter((condition) =>
      kind === "address" ? lockOf(condition, "Allow") === "address" : isPlace(condition),
    );
    const regions = allow.conditions.filter((condition) => lockOf(condition, "Allow") === "region");
    const shut = locks.some(
      (lock) => answered(lock) && (lockOf(lock, "Allow") !== "vpc" || regions.every(answered)),
    );
    if (shut || locks.length === 0) return [];
    const open = locks.some(answered) ? regions : locks;
    return [
      {
        found: `has no Deny that answers ${nameOf(allow)} (${open.map(shown).join(", ")})`,
        fix: "Add a Deny of codecommit:* on * under the opposite of that condition, with the same values.",
      },
    ];
  });
}

function coversEverything({ actions, resources }: Statement): boolean {
  const all = actions.patterns.some((pattern) => pattern === "*" || pattern.toLowerCase() === "codecommit:*");
  return !actions.inverted && all && !resources.inverted && resources.patterns.includes("*");
}

export const pullPolicyIsLocked = documentRule(
  {
    name: "pull-policy-is-locked-to-isolated-zone",
    description:
      "The pull user may do anything only from the isolated zone: allowed there, denied elsewhere.",
    severity: "critical",
    remediationSteps:
      "Give each Allow a condition on aws:SourceVpce, on aws:SourceVpc and aws:RequestedRegion, or on aws:SourceIp, and for " +
      "each key add a Deny of codecommit:* on * under the opposite condition.",
  },
  ["pull"],
  noSettings,
  (policy) => [
    ...statementsOf(policy, "Allow").flatMap((statement): Finding[] => {
      const lock = statement.conditions.find(isPlace);
      if (lock === undefined) {
        return [
          {
            found: `is open to everywhere: ${nameOf(statement)} has no condition on where a request comes from`,
            fix: "Lock it to the pull endpoint by StringEquals aws:SourceVpce, or to the isolated terminals' CIDRs.",
          },
        ];
      }
      const kinds = statement.conditions.map((condition) => lockOf(condition, "Allow"));
      if (kinds.includes("vpc") && !kinds.includes("region")) {
        return [
          {
            found: `is open to the VPC of that id in every Region: ${nameOf(statement)} names no Region beside aws:SourceVpc`,
            fix: "Add StringEquals aws:RequestedRegion with this Region, and a Deny under its opposite.",
          },
        ];
      }
      const wide = lock.comparison === "inCidr" ? lock.values.filter(isWide) : [];
      if (wide.length === 0) return [];
      return [
        {
          found: `is open to ${wide.join(", ")} in ${nameOf(statement)}`,
          fix: "Name the isolated terminals' own CIDRs, /8 or narrower (IPv6: /32).",
        },
      ];
    }),
    ...denyFindings(policy, "any"),
  ],
);

/** Of one's own ranges none is wider than a /8, or than the /32 that a registry gives out of IPv6. */
function isWide(value: string): boolean {
  const range = parseCidr(value);
  return range === undefined || range.prefix < (range.base.kind() === "ipv4" ? 8 : 32);
}

export const gateDenyHasNoCondition = documentRule(
  {
    name: "gate-deny-hangs-on-its-lock-alone",
    description: "A Deny on a gate user must hang on the address or the endpoint, and on nothing beside.",
    severity: "critical",
    remediationSteps: "Take every other condition out of the Deny: each is one more way around it.",
  },
  ["push", "pull"],
  noSettings,
  (policy) =>
    statementsOf(policy, "Deny").flatMap((statement): Finding[] => {
      const { conditions } = statement;
      if (isReferenceBound(statement)) return [];
      const beside = conditions.filter((condition) => !isLock(condition, "Deny"));
      const surplus: readonly Condition[] = conditions.length - beside.length > 1 ? conditions : beside;
      if (surplus.length === 0) return [];
      return [
        {
          found: `denies only when ${surplus.map(shown).join(" and ")} in ${nameOf(statement)}`,
          fix: "Let the Deny hang on a single condition, the opposite of the Allow's.",
        },
      ];
    }),
);
