/** C2: the push user may do something from the NAT addresses, and from nowhere else. */
import { PUSH, type Gate, type GateUser } from "./gate";
import { requestExample } from "./judgement";
import { MissingEvidence } from "../undecidable";
import type { Findings } from "../verdict";
import type { BroadStatement } from "../iam/broadPolicy";
import type { Claim } from "./claim";
import { otherRights } from "./otherRights";

/** C2. */
export const pushComesFromTheNat: Claim<"C2"> = {
  id: "C2",
  title: "Pushes come from the NAT addresses",
  statement:
    "The set of source addresses from which the push user may do anything equals the NAT Elastic IPs exactly.",
  proved: () =>
    "The push user may act from the NAT addresses and from no other address, IPv6 and absent included.",
  assumptions: () => ["AWS sets aws:SourceIp to the public address that a request comes from."],
  needs: ["target"],
  isSeenByPolicies: true,
  decide: (question) => {
    const { deployment, gate } = question;
    const { counterExamples, reasons, evidence } = findings(gate(), deployment.source !== undefined);
    const { addresses = [] } = natOf(gate(), deployment.source !== undefined);
    // What it may do elsewhere than in CodeCommit is not bound to the addresses by the lock on CodeCommit's actions.
    const others = otherRights(question, "push", (statement) => isFrom(statement, addresses));
    return {
      evidence,
      counterExamples: [...counterExamples, ...others.counterExamples],
      reasons: [...reasons, ...others.reasons],
    };
  },
};

function isFrom({ conditions }: BroadStatement, addresses: readonly string[]): boolean {
  return conditions.some(
    ({ key, comparison, negated, ifExists, quantifier, values }) =>
      key === "aws:SourceIp" &&
      comparison === "inCidr" &&
      !negated &&
      !ifExists &&
      quantifier === undefined &&
      values.every((value) => addresses.includes(value.replace(/\/32$/, ""))),
  );
}

function findings(gate: Gate, isSourceShown: boolean): Findings {
  const push = gate.push();
  const { space } = push;
  const { addresses: natAddresses, reasons } = natOf(gate, isSourceShown);
  const extent = push.allowed.along("aws:SourceIp");
  const evidence = [
    { what: "addresses that the push user may act from", values: shown(extent) },
    {
      what: "classes of requests decided",
      values: [String(space.everything(push.allowed.requester).classes())],
    },
    ...(natAddresses ? [{ what: "NAT addresses", values: natAddresses }] : []),
  ];
  if (natAddresses === undefined) {
    const stray = push.allowed.outside("aws:SourceIp", { cidrs: singleAddresses(push) });
    return {
      evidence,
      counterExamples: stray.isEmpty()
        ? []
        : [
            requestExample(
              stray,
              "The push user is allowed this from beside the single addresses it is given",
            ),
          ],
      reasons: [...reasons, ...push.open, ...push.unsettled],
    };
  }
  const cidrs = natAddresses.map((address) => `${address}/32`);
  const elsewhere = push.allowed.outside("aws:SourceIp", { cidrs });
  const missing = natAddresses.filter((address) =>
    push.allowed.within("aws:SourceIp", { cidrs: [`${address}/32`] }).isEmpty(),
  );
  return {
    evidence,
    counterExamples: [
      ...(elsewhere.isEmpty()
        ? []
        : [requestExample(elsewhere, "The push user is allowed this from elsewhere")]),
      ...missing.map((address) =>
        requestExample(
          space
            .everything(push.allowed.requester)
            .within("aws:SourceIp", { cidrs: [`${address}/32`] })
            .within("action", { values: [PUSH] }),
          `The push user is allowed nothing from the NAT address ${address}, not even this`,
          "refused",
        ),
      ),
    ],
    reasons: [...push.open, ...push.unsettled],
  };
}

/** Where they cannot be told, the push user's addresses are still looked at. */
function natOf(
  gate: Gate,
  isSourceShown: boolean,
): { readonly addresses?: readonly string[]; readonly reasons: readonly string[] } {
  if (!isSourceShown) return { reasons: ["The source was not given, so its NAT addresses are not known."] };
  try {
    return { addresses: gate.natAddresses(), reasons: [] };
  } catch (error) {
    if (error instanceof MissingEvidence) return { reasons: [error.message] };
    throw error;
  }
}

function shown({ absent, values }: { absent: boolean; values: readonly string[] }): string[] {
  return [...values, ...(absent ? ["no address (through an endpoint, or by an AWS service)"] : [])];
}

/** The single addresses that the push user's policies name, as ranges. */
function singleAddresses({ limits }: GateUser): string[] {
  const conditions = limits.identity.flatMap(({ statements }) => statements.flatMap((one) => one.conditions));
  const values = conditions
    .filter(({ key }) => key === "aws:SourceIp")
    .flatMap((condition) => condition.values);
  return [...new Set(values.filter((value) => /^[\d.]+(\/32)?$/.test(value) || /\/128$/.test(value)))].sort();
}
