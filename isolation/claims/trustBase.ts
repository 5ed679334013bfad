/** C14: whom the other claims trust. */
import type { Deployment, Side } from "../deployment/deployment";
import { judge, type Findings } from "./judgement";
import type { Verdict } from "./verdict";

/** Lists it: there is nothing to refute but a list that is missing. */
export function trustBase(deployment: Deployment): Verdict {
  return judge(
    {
      claim: "C14",
      statement:
        "The trust base is printed: state backend, deployers, GitLab administrators, session access to the host.",
      proved: "These are trusted; whoever is one of them can change what was proved here.",
      assumptions: [],
    },
    () => findings(deployment),
  );
}

function findings({ source, target, declared }: Deployment): Findings {
  const sides = [source, target].filter((side) => side !== undefined);
  return {
    evidence: [
      {
        what: "whoever can write the state or decrypt its secrets",
        values: sides.map(({ stack }) => `stack ${stack}`),
      },
      { what: "deployers", values: declared.deployerArns },
      { what: "break-glass roles", values: declared.breakGlassArns },
      {
        what: "whoever can open a Systems Manager session on GitLab, or is one of its administrators",
        values: source === undefined ? [] : hostsOf(source),
      },
      { what: "administrators of the accounts", values: sides.flatMap(({ accountId }) => accountId ?? []) },
    ],
    counterExamples: [],
    reasons: [
      ...(source === undefined ? ["The source was not given."] : []),
      ...(target === undefined ? ["The target was not given."] : []),
    ],
  };
}

function hostsOf({ network }: Side): string[] {
  return network.hosts.filter(({ role }) => role === "gitlab").map(({ urn }) => urn);
}
