/** C10: nothing in the deployment carries repository content to another account. */
import { splitArn } from "../iam/arn";
import type { Carrier, Declared, Identity, Side } from "../model/deployment";
import { LOG_GROUP, TOPIC } from "../model/types";
import { CODECOMMIT_ACTIONS } from "../iam/actions";
import type { CounterExample, Findings } from "../verdict";
import { isDeclared, rightsOn } from "./rights";
import type { Claim } from "./claim";
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
  decide: ({ deployment }) => findings(sideOf(deployment, "target"), deployment.declared),
};

function findings(target: Side, declared: Declared): Findings {
  const { accountId } = target;
  if (accountId === undefined) return undecided("No resource of the target says which account it is in.");
  if (!target.repositories.some(({ airlock }) => airlock))
    return undecided("No airlock repository is shown in the target.");
  const trusted = [...declared.deployerArns, ...declared.breakGlassArns];
  return together(carried(target, accountId), taken(target, accountId, trusted));
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

const READING = CODECOMMIT_ACTIONS.filter(({ access }) => access === "Read").map(({ name }) => name);

/** What is fetched by somebody whom others can be, or who can send it anywhere. The gate users' rights are C3's and C9's. */
function taken(target: Side, accountId: string, trusted: readonly string[]): Findings {
  const roles = target.identities.filter(({ kind, arn }) => kind === "role" && !isDeclared(arn, trusted));
  const read = roles.map((role) => ({ role, ...mayRead(target, role, accountId) }));
  const readers = read.filter(({ reads }) => reads);
  const known = new Set(target.identities.map(({ urn }) => urn));
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
        ...target.gaps.filter(({ urn }) => urn === role.urn).map(({ urn, reason }) => `${urn}: ${reason}.`),
        ...users(role).map((host) => `${host} may read the repositories: where it sends them is not shown.`),
        ...role.trusts
          .filter(isFederated)
          .map((who) => `${role.urn} may read the repositories, and whom ${who} lets be it is not shown.`),
      ]),
      ...target.network.hosts.flatMap(({ urn, identities }) =>
        identities
          .filter((role) => !known.has(role))
          .map(
            (role) => `${urn} runs as ${role}, of which is not shown whether it may read the repositories.`,
          ),
      ),
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

/** Services that let in whom others vouch for. */
const LETTING_IN = ["cognito-identity.amazonaws.com", "rolesanywhere.amazonaws.com"];

/** Neither a service nor a principal: an identity provider, who says whom he lets be it. */
function isFederated(who: string): boolean {
  const isService = /\.amazonaws\.com(\.cn)?$/.test(who) && !LETTING_IN.includes(who);
  return isProvider(who) || !(isService || who === "*" || /^\d{12}$/.test(who) || splitArn(who));
}

function isProvider(who: string): boolean {
  return /:(oidc|saml)-provider\//.test(who);
}
