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
        "No trigger, notification rule, event target or pipeline of the deployment carries repository content to another " +
        "account.",
      proved: "Nothing that these stacks make carries repository content to another account.",
      assumptions: ["Triggers, rules and pipelines that were made past these stacks are not seen here."],
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
  const leading = carriers.flatMap(({ urn, kind, to }) =>
    to.map((arn) => ({ urn, kind, arn, account: splitArn(arn)?.[4] })),
  );
  const isOpen = ({ account }: { account: string | undefined }) =>
    account === undefined || !/^\d{12}$/.test(account);
  return {
    evidence: [
      {
        what: "what carries news of the repositories on",
        values: leading.map(({ urn, arn }) => `${urn} to ${arn}`),
      },
    ],
    counterExamples: leading
      .filter((one) => !isOpen(one) && target.accountId !== undefined && one.account !== target.accountId)
      .map(({ urn, kind, arn }) => ({
        kind: "resource",
        urn,
        says: `The ${kind} leads to another account: ${arn}.`,
      })),
    reasons: [
      ...(target.accountId === undefined ? ["No resource of the target says which account it is in."] : []),
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
