/** C10: nothing in the deployment carries repository content to another account. */
import { splitArn } from "../iam/arn";
import type { Carrier, Side } from "../model/deployment";
import { LOG_GROUP, TOPIC } from "../model/types";
import type { Findings } from "../verdict";
import type { Claim, Question } from "./claim";
import { readersOf } from "./readers";
import { sideOf } from "./gate";

/** C10. */
export const noSideDoors: Claim<"C10"> = {
  id: "C10",
  title: "There are no side doors",
  statement:
    "No trigger, notification rule, event target, host or role of the deployment carries repository content, or words " +
    "of an insider's choice, to another account or out of AWS.",
  proved: () =>
    "Nothing that these stacks make carries repository content or an insider's words out of the account.",
  assumptions: () => [
    "Triggers, rules, subscriptions and pipelines that were made past these stacks are not seen here.",
    "How often an alarm rings can be an insider's choice; that carries next to nothing.",
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
  return together(carried(target, accountId), readersOf(deployment, accountId, takeovers(accountId)));
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

/** What passes on what others bring it. */
const ONWARD: readonly Carrier["kind"][] = ["topic subscription", "topic policy", "bucket", "bucket policy"];

/** Those of them that lead to accounts. */
const SHARING: readonly Carrier["kind"][] = ["topic policy", "bucket", "bucket policy"];

/** What is sent on by itself. */
function carried(target: Side, accountId: string): Findings {
  const carriers = carriersOf(target);
  // What it passes on is read: of topics by ARN, of buckets by URN. Log groups keep what they are told.
  const shown = new Set(
    target.snapshot.resources
      .filter(({ type }) => type === TOPIC || type === LOG_GROUP)
      .map(({ outputs }) => outputs.arn),
  );
  const leading = carriers.flatMap((carrier) =>
    carrier.to
      .filter((to) => !to.startsWith("urn:"))
      .map((arn) => ({ ...carrier, arn, account: isOutside(arn) ? "nobody" : splitArn(arn)?.[4] })),
  );
  const isOpen = ({ account }: { account: string | undefined }) =>
    account === undefined || !/^(\d{12}|nobody)$/.test(account);
  return {
    evidence: [
      {
        what: "what carries news of the repositories on",
        values: carriers.flatMap(({ urn, to, fixedText }) =>
          to.map((arn) => `${urn} to ${arn}${fixedText ? ", in words that AWS alone chooses" : ""}`),
        ),
      },
    ],
    counterExamples: leading
      .filter((one) => !isOpen(one) && one.account !== accountId)
      .map(({ urn, kind, arn }) => ({
        kind: "resource",
        urn,
        says: `The ${kind} leads ${isOutside(arn) ? "out of AWS" : "to another account"}: ${arn}.`,
      })),
    reasons: [
      ...leading.filter(isOpen).map(({ urn, arn }) => `${urn}: whose ${arn} is cannot be told.`),
      ...leading
        .filter(
          ({ kind, account, fixedText }) => account === accountId && !fixedText && !SHARING.includes(kind),
        )
        .filter(({ arn }) => !shown.has(arn) && !isDefaultBus(arn))
        .map(({ urn, arn }) => `${urn} leads to ${arn}: where that passes it on cannot be told.`),
      ...target.gaps
        .filter(({ urn }) => carriers.some((carrier) => carrier.urn === urn))
        .map(({ urn, reason }) => `${urn}: ${reason}`),
      ...target.unmodelled
        .filter(({ concerns }) => concerns.includes("words") || concerns.includes("rights"))
        .map(({ urn, reason }) => `${urn} could carry content: it ${reason}.`),
    ],
  };
}

/** A mailbox, a telephone number, a web page. */
function isOutside(to: string): boolean {
  return /^[^:@\s]+@[^:@\s]+$/.test(to) || /^\+?[\d\s-]+$/.test(to) || /^https?:/i.test(to);
}

/** Every account has one in each region, and its rules are read like any others. */
function isDefaultBus(arn: string): boolean {
  return /^arn:aws:events:[^:]+:\d+:event-bus\/default$/.test(arn);
}

/** Those that carry by themselves, and those that pass on what these bring in words that somebody can choose. */
function carriersOf({ carriers }: Side): readonly Carrier[] {
  const first = carriers.filter(({ kind }) => !ONWARD.includes(kind));
  const brought = new Set(first.flatMap(({ to, fixedText }) => (fixedText ? [] : to)));
  const onward = carriers.filter(
    ({ kind, from }) =>
      ONWARD.includes(kind) &&
      brought.size > 0 &&
      (from.length === 0 || from.some((one) => brought.has(one))),
  );
  return [...first, ...onward];
}
