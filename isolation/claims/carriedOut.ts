/** What the stacks send on by themselves, and where it ends up. */
import { splitArn } from "../../facts/arn";
import type { Carrier, Side } from "../model/deployment";
import { BUCKET, LOG_GROUP, QUEUE, TOPIC } from "../model/types";
import type { Findings } from "../verdict";

/** What passes on what others send it. */
const ONWARD = new Set<Carrier["kind"]>([
  ...(["topic subscription", "topic policy", "queue policy", "bucket", "bucket policy"] as const),
]);

/** Those that lead to accounts instead of resources. */
const SHARING = new Set<Carrier["kind"]>([
  ...(["topic policy", "queue policy", "bucket", "bucket policy", "log policy"] as const),
  ...(["vault policy", "disk permission", "snapshot policy"] as const),
]);

/** A carrier with the stack that holds it. */
interface Held {
  readonly carrier: Carrier;
  readonly side: Side;
  /** Whether what it says can be words of an insider's choice. */
  readonly isWordy: boolean;
}

/** Where a carrier leads to. */
interface Lead extends Held {
  readonly arn: string;
  /** Twelve digits, or "nobody": outside of AWS; anything else where it is not known. */
  readonly account: string | undefined;
}

/** @param others stacks beside the target; what one sends to another is followed there */
export function carriedOut(target: Side, others: readonly Side[]): Findings {
  const sides = [target, ...others];
  const own = ownResources(sides);
  const held = carriersOf(target, others, own.buckets);
  const leading = held.flatMap((one) =>
    one.carrier.to
      .filter((to) => !to.startsWith("urn:") && !own.buckets.has(to))
      .map((arn): Lead => ({ ...one, arn, account: isOutside(arn) ? "nobody" : splitArn(arn)?.[4] })),
  );
  const urns = new Set(held.map(({ carrier: { urn } }) => urn));
  const passing = new Set(sides.flatMap(({ carriers }) => carriers.map(({ urn }) => urn)));
  const isOpen = ({ account }: Lead) => account === undefined || !/^(\d{12}|nobody)$/.test(account);
  const staysIn = (lead: Lead) => lead.account === lead.side.accountId;
  const isDecided = (lead: Lead) => !isOpen(lead) && lead.side.accountId !== undefined;
  return {
    evidence: [
      {
        what: "what carries news of the repositories on",
        values: held.flatMap(({ carrier: { urn, to, says } }) =>
          to.map(
            (arn) => `${urn} to ${arn}${says === "fixed words" ? ", in words that AWS alone chooses" : ""}`,
          ),
        ),
      },
    ],
    counterExamples: leading
      .filter((lead) => isDecided(lead) && !staysIn(lead))
      .map(({ carrier: { urn, kind }, arn, account }) => ({
        kind: "resource",
        urn,
        says: `The ${kind} leads ${account === "nobody" ? "out of AWS" : "to another account"}: ${arn}.`,
      })),
    reasons: [
      ...leading.filter(isOpen).map(({ carrier: { urn }, arn }) => `${urn}: whose ${arn} is cannot be told.`),
      ...leading
        .filter((lead) => !isOpen(lead) && !isDecided(lead))
        .map(
          ({ carrier: { urn }, side, arn }) =>
            `${urn} leads to ${arn}, and no resource of the stack ${side.stack} says which account it is in.`,
        ),
      ...leading
        .filter((lead) => isDecided(lead) && staysIn(lead) && lead.isWordy)
        .filter(({ carrier: { kind } }) => !SHARING.has(kind))
        .filter(({ arn }) => !own.keepers.has(arn) && !isKeptByAccount(arn))
        .map(
          ({ carrier: { urn }, arn }) => `${urn} leads to ${arn}: where that passes it on cannot be told.`,
        ),
      ...sides.flatMap(({ gaps }) =>
        gaps
          .filter(({ urn, about }) => about.includes("words") && (!passing.has(urn) || urns.has(urn)))
          .map(({ urn, reason }) => `${urn}: ${reason}`),
      ),
      ...sides.flatMap(({ unmodelled }) =>
        unmodelled
          .filter(({ concerns }) => concerns.includes("words") || concerns.includes("rights"))
          .map(({ urn, reason }) => `${urn} could carry content: it ${reason}.`),
      ),
    ],
  };
}

/** What of the stacks keeps what it is sent, or passes it on by what is read. */
interface OwnResources {
  /** ARNs of topics, queues and log groups. */
  readonly keepers: ReadonlySet<string>;
  /** URNs of buckets, by ARN: stacks refer to each other's so. */
  readonly buckets: ReadonlyMap<string, string>;
}

function ownResources(sides: readonly Side[]): OwnResources {
  const resources = sides.flatMap(({ snapshot }) => snapshot.resources);
  const arnsOf = (...types: readonly string[]) =>
    resources
      .filter(({ type }) => types.includes(type))
      .flatMap(({ urn, outputs: { arn } }): [string, string][] =>
        typeof arn === "string" ? [[arn, urn]] : [],
      );
  return {
    keepers: new Set(arnsOf(TOPIC, QUEUE, LOG_GROUP).map(([arn]) => arn)),
    buckets: new Map(arnsOf(BUCKET)),
  };
}

/** A mailbox, a telephone number, a web page. */
function isOutside(to: string): boolean {
  return /^[^:@\s]+@[^:@\s]+$/.test(to) || /^\+?[\d\s-]+$/.test(to) || /^https?:/i.test(to);
}

/**
 * The default event bus, which every account has in each region and whose rules are read like any others; backup vaults, whose
 * policies are.
 */
function isKeptByAccount(arn: string): boolean {
  return /^arn:aws:(events:[^:]+:\d+:event-bus\/default|backup:[^:]+:\d+:backup-vault:.+)$/.test(arn);
}

/** Those that carry by themselves, and those that pass on what these send in words that somebody can choose. */
function carriersOf(
  target: Side,
  others: readonly Side[],
  buckets: OwnResources["buckets"],
): readonly Held[] {
  const all = [target, ...others].flatMap((side) =>
    side.carriers.map((carrier): Held => {
      // GitLab's numbers are few and short; those of the room are not, as everybody there may put metrics.
      const isWordy = carrier.says === "anything" || (carrier.says === "a number" && side === target);
      return { carrier, side, isWordy };
    }),
  );
  const first = all.filter(({ carrier: { kind } }) => !ONWARD.has(kind));
  const sent = new Set(
    first.flatMap(({ carrier: { to }, isWordy }) =>
      isWordy ? to.map((one) => buckets.get(one) ?? one) : [],
    ),
  );
  const onward = all.filter(
    ({ carrier: { kind, from } }) =>
      ONWARD.has(kind) &&
      sent.size > 0 &&
      (from.length === 0 || from.some((one) => sent.has(buckets.get(one) ?? one))),
  );
  return [...first, ...onward];
}
