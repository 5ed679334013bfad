/** C5: from the isolated zone no credential whatever can write to a CodeCommit repository. */
import { requesterClasses } from "../access/requesters";
import { createSpace } from "../access/space";
import type { Region, Requester } from "../access/region";
import type { Endpoint } from "../model/deployment";
import type { Policy } from "../iam/policy";
import { PUSH, type Gate } from "./gate";
import { requestExample } from "./judgement";
import type { CounterExample, Findings, Verdict } from "../verdict";
import { isolatedHasNoWayOut } from "./isolatedHasNoWayOut";
import { judge } from "./judgement";
import { FULL_ACCESS } from "./organizationLimits";
import { READING_NAMES, writing } from "./writing";
import type { Claim } from "./claim";

/** C5. */
export const nothingIsWrittenFromInside: Claim<"C5"> = {
  id: "C5",
  title: "Nothing is written from inside",
  statement:
    "From the isolated zone no credential whatever, of this account or a stranger's, can write to any CodeCommit " +
    "repository that is reachable from there.",
  proved: () =>
    "No endpoint of the isolated network lets a write through, whoever asks, and nothing else leads to CodeCommit.",
  assumptions: () => [],
  needs: ["target"],
  wayBack: { to: "any repository of any account" },
  isSeenByPolicies: true,
  decide: (question) =>
    findings(
      question.gate(),
      judge(isolatedHasNoWayOut, question),
      question.deployment.declared.isolatedTerminalCidrs,
    ),
};

function findings(gate: Gate, way: Verdict, cidrs: readonly string[]): Findings {
  const { target, pullEndpoints } = gate;
  if (pullEndpoints.length === 0) {
    return { evidence: [], counterExamples: [strangersPush(gate, cidrs)], reasons: [] };
  }
  const vpcs = new Set(pullEndpoints.map(({ vpc }) => vpc));
  const endpoints = target.network.endpoints.filter(
    ({ vpc, serviceName }) => vpcs.has(vpc) && /\.(git-)?codecommit(-fips)?$/.test(serviceName),
  );
  const decided = endpoints.map((endpoint) => throughEndpoint(gate, endpoint));
  return {
    evidence: [
      { what: "endpoints to CodeCommit", values: endpoints.map(({ urn }) => urn) },
      {
        what: "classes of principals asked for",
        values: [...new Set(decided.flatMap(({ asked }) => asked))].sort(),
      },
    ],
    counterExamples: [
      ...decided.flatMap(({ counterExamples }) => counterExamples),
      ...way.counterExamples.slice(0, 1),
    ],
    reasons: [
      ...endpoints
        .filter(({ policy }) => policy === undefined)
        .map(({ urn }) => `${urn}: its policy is not known.`),
      ...way.reasons.map((reason) => `Other ways out are not excluded (C6): ${reason}`),
    ],
  };
}

/** Everyone whom the policy tells apart, of this account and a stranger's, on every repository. */
function throughEndpoint(
  { account, airlock, target }: Gate,
  { urn, id, policy }: Endpoint,
): { asked: string[]; counterExamples: CounterExample[] } {
  if (policy === undefined) return { asked: [], counterExamples: [] };
  const requesters = requesterClasses([policy], { accounts: [account] });
  // What is not shown of a principal may allow him anything in his own account.
  const policiesOf = ({ arn }: Requester): readonly Policy[] => {
    const shown = target.identities.find((one) => one.arn === arn && one.unreadPolicyArns.length === 0);
    return shown === undefined ? [FULL_ACCESS] : shown.policies.map((attached) => attached.policy);
  };
  const space = createSpace({
    policies: [policy, ...requesters.flatMap(policiesOf)],
    requesters,
    resources: airlock.map(({ arn }) => arn),
    values: { "aws:SourceVpce": id === undefined ? [] : [id] },
    patterns: { action: READING_NAMES },
  });
  return {
    asked: requesters.map(({ arn }) => arn),
    counterExamples: [...requesters]
      // A stranger's is the plainest example: nothing of this account can stop it.
      .sort((a, b) => Number(a.account === account) - Number(b.account === account))
      .map((requester: Requester) =>
        writing(space.allowed(requester, { identity: policiesOf(requester) })).and(
          space.admitted(requester, policy),
        ),
      )
      .map((region) => (id === undefined ? region : region.within("aws:SourceVpce", { values: [id] })))
      .filter((region) => !region.isEmpty())
      .slice(0, 1)
      .map((region) => ({
        ...requestExample(preferringPushes(region), `The endpoint policy of ${urn} lets this through`),
        endpoint: urn,
      })),
  };
}

function preferringPushes(region: Region): Region {
  const pushes = region.within("action", { values: [PUSH] });
  return pushes.isEmpty() ? region : pushes;
}

/** CodeCommit has one host name for all accounts: whoever reaches it can push to an account of his own. */
function strangersPush({ account, target }: Gate, cidrs: readonly string[]): CounterExample {
  const stranger = account === "999999999999" ? "888888888888" : "999999999999";
  const address = cidrs[0]?.split("/")[0];
  return {
    kind: "request",
    outcome: "allowed",
    says:
      "An insider pushes to an account of his own: isolated terminals reach CodeCommit over the Internet, and one host " +
      "name serves every account. Pull through an endpoint to close this.",
    request: {
      principalArn: `arn:aws:iam::${stranger}:user/insider`,
      principalAccount: stranger,
      action: PUSH,
      resource: `arn:aws:codecommit:${target.region ?? "us-east-1"}:${stranger}:loot`,
      context: address === undefined ? {} : { "aws:SourceIp": address },
    },
  };
}
