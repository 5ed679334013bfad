/** C10: nothing in the deployment carries repository content, or words of an insider's choice, to another account. */
import { sidesOf } from "../model/sides";
import type { Findings } from "../verdict";
import { carriedOut } from "./carriedOut";
import type { Claim, Question } from "./claim";
import { sideOf } from "./gate";
import { readersOf, recordReadersOf } from "./readers";

/** C10. */
export const noSideDoors: Claim<"C10"> = {
  id: "C10",
  title: "There are no side doors",
  statement:
    "No trigger, notification rule, event target, log, backup, host or role of the deployment carries repository content, " +
    "or words of an insider's choice, to another account or out of AWS.",
  proved: () =>
    "Nothing that these stacks make carries repository content or an insider's words out of their accounts.",
  assumptions: ({ source }) => [
    "Triggers, rules, subscriptions and pipelines that were made past these stacks are not seen here.",
    "How often an alarm rings can be an insider's choice, and of a metric of AWS's the number that it says; that carries next to nothing.",
    ...(source === undefined
      ? []
      : [
          "The number that an alarm of the source says (seconds, refused requests) can be GitLab's choice; that carries next to nothing.",
        ]),
    "Nobody can publish to the alarms' topic himself (sns:Publish): the policy that it is made with denies it to " +
      "everybody of the account. That policy is not read for it here.",
  ],
  needs: ["target"],
  wayBack: { to: "another account" },
  isSeenByPolicies: true,
  decide: findings,
};

function findings({ deployment, takeovers }: Question): Findings {
  const target = sideOf(deployment, "target");
  const { accountId } = target;
  if (accountId === undefined) return undecided("No resource of the target says which account it is in.");
  if (!target.repositories.some(({ airlock }) => airlock))
    return undecided("No airlock repository is shown in the target.");
  const others = sidesOf(deployment).filter((side) => side !== target);
  const keeping = others.filter((side) => side !== deployment.organization);
  const accounts = new Set(keeping.flatMap((side) => side.accountId ?? []));
  return together(
    carriedOut(target, others),
    readersOf(deployment, accountId, takeovers(accountId)),
    ...[...accounts].map((account) =>
      recordReadersOf(
        keeping.filter((side) => side.accountId === account),
        account,
        takeovers(account),
      ),
    ),
  );
}

function undecided(reason: string): Findings {
  return { evidence: [], counterExamples: [], reasons: [reason] };
}

function together(...parts: readonly Findings[]): Findings {
  return {
    evidence: parts.flatMap(({ evidence }) => evidence),
    counterExamples: parts.flatMap(({ counterExamples }) => counterExamples),
    reasons: parts.flatMap(({ reasons }) => reasons),
  };
}
