/** Who can write where whom can read: the edges along which data can go. */
import type { Deployment } from "../model/deployment";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { foldCase } from "../iam/match";
import type { CounterExample, FlowEdge, Verdict } from "../verdict";
import { claims, type ClaimId } from ".";
import type { Claim } from "./claim";
import { codeGoesIn } from "./codeGoesIn";
import { noSideDoors } from "./noSideDoors";

/** The edges that the deployment is for, and one for every way that a claim was refuted by. In order. */
export function flows({ declared, target }: Deployment, verdicts: readonly Verdict<ClaimId>[]): FlowEdge[] {
  const isProved = ({ id }: Claim) => verdicts.some((one) => one.claim === id && one.status === "proved");
  const inward: FlowEdge[] = [
    { from: "work terminals", to: "GitLab", by: "git push over TLS or ssh", crosses: "within" },
    ...(isProved(codeGoesIn)
      ? ([
          {
            from: "GitLab",
            to: "airlock repositories",
            by: "the push user, from the NAT addresses",
            crosses: "in",
          },
          { from: "airlock repositories", to: "isolated terminals", by: "the pull user", crosses: "in" },
        ] as const)
      : []),
    {
      from: "airlock repositories",
      to: "GitLab",
      by: "the push user lists and fetches what it mirrors",
      crosses: "within",
    },
  ];
  const writers = [...declared.deployerArns, ...declared.breakGlassArns].map((arn): FlowEdge => ({
    from: arn,
    to: "airlock repositories",
    by: "a declared writer, who is trusted",
    crosses: "within",
  }));
  // That alarms say nothing which an insider chose is noSideDoors's to prove.
  const carriers = isProved(noSideDoors) ? (target?.carriers ?? []) : [];
  const alarms = carriers
    .filter(({ kind }) => kind === "topic subscription")
    .flatMap(({ to }) =>
      to.map((endpoint): FlowEdge => ({
        from: "alarms",
        to: endpoint,
        by: "a topic, in words that AWS alone chooses",
        crosses: "within",
      })),
    );
  const refuted = claims.flatMap((claim) =>
    verdicts
      .filter((verdict) => verdict.claim === claim.id)
      .flatMap(({ counterExamples }) => counterExamples.flatMap((example) => refutedEdge(claim, example))),
  );
  return [...inward, ...writers, ...alarms, ...refuted];
}

/** What is written into an airlock repository gets out: the source reads there. What is read from one came from there. */
function refutedEdge({ wayBack }: Claim, example: CounterExample): FlowEdge[] {
  const { says: by } = example;
  if (wayBack === undefined) return [];
  if (wayBack !== "by the request") return [{ from: "isolated zone", to: wayBack.to, by, crosses: "out" }];
  if (example.kind !== "request") return [];
  const { action, principalArn } = example.request;
  return isReading(action)
    ? [{ from: "airlock repositories", to: principalArn, by, crosses: "within" }]
    : [{ from: principalArn, to: "airlock repositories", by, crosses: "out" }];
}

function isReading(action: string): boolean {
  const known = CODECOMMIT_ACTIONS.find(({ name }) => foldCase(name) === foldCase(action));
  return known?.access === "Read" || known?.access === "List";
}
