/** Who can write where whom can read: the edges along which data can go. */
import type { FlowEdge, Verdict } from "./verdict";

/** What would carry data out, by the claim that excludes it. */
const WAYS_OUT: Readonly<Partial<Record<Verdict["claim"], string>>> = {
  C3: "the airlock repositories",
  C4: "the airlock repositories",
  C5: "any repository of any account",
  C6: "outside",
  C10: "another account",
};

/** The edges that the deployment is for, and one for every way out that a claim was refuted by. In order. */
export function flows(verdicts: readonly Verdict[]): FlowEdge[] {
  const isProved = (claim: Verdict["claim"]) =>
    verdicts.some((one) => one.claim === claim && one.status === "proved");
  const inward: FlowEdge[] = [
    { from: "work terminals", to: "GitLab", by: "git push over TLS or ssh", crosses: "within" },
    ...(isProved("C1")
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
  const outward = verdicts.flatMap(({ claim, status, counterExamples }): FlowEdge[] => {
    const to = WAYS_OUT[claim];
    if (to === undefined || status !== "refuted") return [];
    return counterExamples.map(({ says }) => ({ from: "isolated zone", to, by: says, crosses: "out" }));
  });
  return [...inward, ...outward];
}
