/** C10: nothing in the deployment carries repository content to another account. */
import { splitArn } from "../iam/arn";
import type { Carrier, Deployment, Identity, Side } from "../deployment/deployment";
import { NAMING_ANOTHER } from "../deployment/carriers";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import { judge, type Findings } from "./judgement";
import type { CounterExample, Verdict } from "./verdict";
import { isDeclared, rightsOn } from "./writers";

/** Decides C10. */
export function noSideDoors({ target, declared }: Deployment): Verdict {
  return judge(
    {
      claim: "C10",
      statement:
        "No trigger, notification rule, event target, host or role of the deployment carries repository content, or words " +
        "of an insider's choice, to another account or out of AWS.",
      proved:
        "Nothing that these stacks make carries repository content or an insider's words out of the account.",
      assumptions: [
        "Triggers, rules, subscriptions and pipelines that were made past these stacks are not seen here.",
        "How often an alarm rings can be an insider's choice; that carries next to nothing.",
      ],
    },
    () => {
      if (target === undefined) return undecided("The target was not given.");
      const { accountId } = target;
      if (accountId === undefined) return undecided("No resource of the target says which account it is in.");
      if (!target.repositories.some(({ airlock }) => airlock))
        return undecided("No airlock repository is shown in the target.");
      const trusted = [...declared.deployerArns, ...declared.breakGlassArns];
      return together(carried(target, accountId), taken(target, accountId, trusted));
    },
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

/** What is sent on by itself, at each push. */
function carried(target: Side, accountId: string): Findings {
  const carriers = carriersOf(target);
  const shown = new Set(
    target.snapshot.resources
      .filter(({ type }) => !NAMING_ANOTHER.includes(type))
      .map(({ outputs }) => outputs.arn),
  );
  const leading = carriers.flatMap(({ urn, kind, to }) =>
    to.map((arn) => ({ urn, kind, arn, account: isOutside(arn) ? "nobody" : splitArn(arn)?.[4] })),
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
          ({ kind, account, arn }) =>
            account === accountId && kind !== "topic policy" && !shown.has(arn) && !isDefaultBus(arn),
        )
        .map(
          ({ urn, arn }) =>
            `${urn} leads to ${arn}, which is not shown: where that passes it on cannot be told.`,
        ),
      ...target.gaps
        .filter(({ urn }) => carriers.some((carrier) => carrier.urn === urn))
        .map(({ urn, reason }) => `${urn}: ${reason}`),
      ...target.unmodelled.map(
        ({ urn, type }) => `${urn} is of the type ${type}, which could carry content and is not modelled.`,
      ),
    ],
  };
}

/** A mailbox, a telephone number, a web page. */
function isOutside(to: string): boolean {
  return /^[^:@\s]+@[^:@\s]+$/.test(to) || /^\+?[\d\s-]+$/.test(to) || /^https?:/.test(to);
}

/** Every account has one in each region, and its rules are read like any others. */
function isDefaultBus(arn: string): boolean {
  return /^arn:aws:events:[^:]+:\d+:event-bus\/default$/.test(arn);
}

/** Those that carry from airlock repositories, and those that carry on what these bring in words that somebody can choose. */
function carriersOf({ carriers, repositories }: Side): readonly Carrier[] {
  const sources = new Set(repositories.filter((one) => one.airlock).map(({ arn }) => arn));
  const isTopics = ({ kind }: Carrier) => kind === "topic subscription" || kind === "topic policy";
  const first = carriers.filter(
    (one) => !isTopics(one) && (one.from.length === 0 || one.from.some((arn) => sources.has(arn))),
  );
  const topics = new Set(first.flatMap(({ to, fixedText }) => (fixedText ? [] : to)));
  const onward = carriers.filter(
    (one) =>
      isTopics(one) && topics.size > 0 && (one.from.length === 0 || one.from.some((arn) => topics.has(arn))),
  );
  return [...first, ...onward];
}

const READING = CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read").map(({ name }) => name);

/** What is fetched by somebody whom others can be, or who can send it anywhere. The gate users' rights are C3's and C9's. */
function taken(target: Side, accountId: string, trusted: readonly string[]): Findings {
  const roles = target.identities.filter(({ kind, arn }) => kind === "role" && !isDeclared(arn, trusted));
  const read = roles.map((role) => ({ role, ...mayRead(target, role, accountId) }));
  const readers = read.filter(({ reads }) => reads);
  const users = ({ urn }: Identity) =>
    target.network.hosts.filter(({ identities }) => identities.includes(urn)).map((host) => host.urn);
  return {
    evidence: [
      {
        what: "roles of the stack that may read the repositories",
        values: readers.map(({ role }) => role.arn),
      },
    ],
    counterExamples: readers.flatMap(({ role }) =>
      role.trusts
        .filter((who) => isStranger(who, accountId))
        .map((who): CounterExample => {
          const says = `${who} may take on ${role.name}, which may read the repositories.`;
          return { kind: "resource", urn: role.urn, says };
        }),
    ),
    reasons: [
      ...readers.flatMap(({ role }) => [
        ...users(role).map((host) => `${host} may read the repositories: where it sends them is not shown.`),
        ...role.trusts
          .filter(isFederated)
          .map((who) => `${role.urn} may read the repositories, and whom ${who} lets be it is not shown.`),
      ]),
      // Of what nobody can be from elsewhere, and nothing runs as, no right matters here.
      ...read
        .filter(({ role }) => users(role).length > 0 || role.trusts.some((who) => isStranger(who, accountId)))
        .flatMap(({ problem }) => problem ?? []),
    ],
  };
}

function mayRead(target: Side, role: Identity, account: string): { reads: boolean; problem?: string } {
  const arns = target.repositories.filter((one) => one.airlock).map(({ arn }) => arn);
  const { region, problem } = rightsOn(role, target, account, arns);
  const reads = region !== undefined && !region.within("action", { values: READING }).isEmpty();
  return { reads, ...(problem !== undefined && { problem }) };
}

/** A principal of another account, or everybody. */
function isStranger(who: string, account: string): boolean {
  const owner = /^\d{12}$/.test(who) ? who : isProvider(who) ? undefined : splitArn(who)?.[4];
  return who === "*" || (owner !== undefined && owner !== account);
}

/** Neither a service nor a principal: an identity provider, who says whom he lets be it. */
function isFederated(who: string): boolean {
  const isService = /\.amazonaws\.com(\.cn)?$/.test(who) && who !== "cognito-identity.amazonaws.com";
  return isProvider(who) || !(isService || who === "*" || /^\d{12}$/.test(who) || splitArn(who));
}

function isProvider(who: string): boolean {
  return /:(oidc|saml)-provider\//.test(who);
}
