/** C10: nothing in the deployment carries repository content to another account. */
import { splitArn } from "../iam/arn";
import type { Deployment, Side } from "../deployment/deployment";
import { judge, type Findings } from "./judgement";
import type { Verdict } from "./verdict";

/** Decides C10. */
export function noSideDoors({ target }: Deployment): Verdict {
  return judge(
    {
      claim: "C10",
      statement:
        "No trigger, notification rule, event target or pipeline of the deployment carries repository content, or words of " +
        "an insider's choice, to another account or out of AWS.",
      proved:
        "Nothing that these stacks make carries repository content or an insider's words to another account or out of AWS.",
      assumptions: [
        "Triggers, rules, subscriptions and pipelines that were made past these stacks are not seen here.",
        "How often an alarm rings can be an insider's choice; that carries next to nothing.",
      ],
    },
    () =>
      target === undefined
        ? { evidence: [], counterExamples: [], reasons: ["The target was not given."] }
        : findings(target),
  );
}

function findings(target: Side): Findings {
  const airlock = new Set(target.repositories.filter((one) => one.airlock).map(({ arn }) => arn));
  const carriers = target.carriers.filter(
    ({ from }) => from.length === 0 || from.some((arn) => airlock.has(arn)),
  );
  const leading = carriers.flatMap(({ urn, kind, to, fixedText }) =>
    to.map((arn) => ({ urn, kind, arn, fixedText, account: splitArn(arn)?.[4] })),
  );
  const isOpen = ({ account }: { account: string | undefined }) =>
    account === undefined || !/^\d{12}$/.test(account);
  const told = target.topics.map((topic) => ({
    ...topic,
    by: carriers.filter(
      ({ to, fixedText }) => !fixedText && topic.arn !== undefined && to.includes(topic.arn),
    ),
  }));
  const outside = told.flatMap(({ by, subscribers }) =>
    by.flatMap((carrier) =>
      subscribers
        .filter(({ endpoint }) => endpoint !== undefined && splitArn(endpoint)?.[4] !== target.accountId)
        .map((subscriber) => ({ ...subscriber, carrier })),
    ),
  );
  return {
    evidence: [
      {
        what: "what carries news of the repositories on",
        values: leading.map(
          ({ urn, arn, fixedText }) => `${urn} to ${arn}${fixedText ? ", in fixed words" : ""}`,
        ),
      },
      {
        what: "who is told by topics",
        values: told.flatMap(({ urn, subscribers }) =>
          subscribers.map(({ endpoint }) => `${endpoint ?? "(not known)"} by ${urn}`),
        ),
      },
    ],
    counterExamples: [
      ...outside.map(({ urn, endpoint, carrier }) => ({
        kind: "resource" as const,
        urn,
        says: `${String(endpoint)} is told what the ${carrier.kind} ${carrier.urn} says of an event, and part of that is an insider's choice.`,
      })),
      ...leading
        .filter((one) => !isOpen(one) && target.accountId !== undefined && one.account !== target.accountId)
        .map(({ urn, kind, arn }) => ({
          kind: "resource" as const,
          urn,
          says: `The ${kind} leads to another account: ${arn}.`,
        })),
    ],
    reasons: [
      ...(target.accountId === undefined ? ["No resource of the target says which account it is in."] : []),
      ...told
        .filter(({ by, isShared }) => by.length > 0 && isShared)
        .map(({ urn }) => `${urn}: its policy may let others subscribe.`),
      ...told
        .filter(
          ({ by, subscribers }) =>
            by.length > 0 && subscribers.some(({ endpoint }) => endpoint === undefined),
        )
        .map(({ urn }) => `${urn}: whom it tells cannot be told.`),
      ...leading.filter(isOpen).map(({ urn, arn }) => `${urn}: whose ${arn} is cannot be told.`),
      ...target.gaps
        .filter(({ urn }) => carriers.some((carrier) => carrier.urn === urn))
        .map(({ urn, reason }) => `${urn}: ${reason}`),
      ...target.unmodelled.map(
        ({ urn, type }) => `${urn} is of the type ${type}, which could carry content and is not modelled.`,
      ),
    ],
  };
}
