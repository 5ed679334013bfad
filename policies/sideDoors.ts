/** Rules for side doors: what could carry a repository's content to another account by other means than git. */
import { accountOf } from "../facts/arn";
import type { StackValidationPolicy } from "@pulumi/policy";
import type { Carrier } from "../isolation/model/deployment";
import { propertiesOf } from "../isolation/model/stack";
import { EVENT_TARGET } from "../isolation/model/types";
import { accountDefaults, accountSchema, ownAccounts } from "./support/accounts";
import { waitFor } from "./support/known";
import { message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

/** A resource that sends something somewhere. */
interface Sender {
  urn: string;
  /** What it does, e.g. "sends events to". */
  verb: string;
  to: readonly string[];
}

/** @param sendersIn everything that sends by such a door. What it comes upon that is not known yet is in the stack's gaps. */
function doorRule(
  about: Required<Pick<StackValidationPolicy, "name" | "description" | "remediationSteps">>,
  sendersIn: (read: ReadStack) => Sender[],
): StackValidationPolicy {
  return {
    ...about,
    enforcementLevel: "mandatory",
    severity: "high",
    configSchema: { properties: accountSchema },
    validateStack(args, reportViolation) {
      const { accountId } = { ...accountDefaults, ...args.getConfig<Partial<typeof accountDefaults>>() };
      const read = readStack(args.resources);
      const own = ownAccounts(read, accountId);
      const senders = sendersIn(read);
      for (const { urn, verb, to } of senders) {
        for (const arn of to) {
          const problem = leaves(arn, own);
          if (problem === undefined) continue;
          const found = `${verb} ${arn}${problem}`;
          reportViolation(message(read.at(urn), found, about.remediationSteps), urn);
        }
      }
      waitFor(
        read.side.gaps.filter((gap) => senders.some(({ urn }) => urn === gap.urn)),
        read,
      );
      waitFor(read.stack.gaps, read);
    },
  };
}

/** What the proof reads as carriers of a kind. */
function carriers(kind: Carrier["kind"], verb: string): (read: ReadStack) => Sender[] {
  return ({ side }) =>
    side.carriers.filter((carrier) => carrier.kind === kind).map(({ urn, to }) => ({ urn, verb, to }));
}

/** What takes the destination out of the own accounts; undefined for one that stays. */
function leaves(arn: string, own: ReadonlySet<string>): string | undefined {
  if (/^arn:aws[a-z-]*:chatbot:/.test(arn)) return ", a chat room outside of AWS";
  if (/^arn:aws[a-z-]*:events:[^:]*:\d*:api-destination\//.test(arn)) return ", a web address outside of AWS";
  // EventBridge Scheduler's own targets, `arn:aws:scheduler:::aws-sdk:…`, act in the account that they are in.
  if (/^arn:aws[a-z-]*:scheduler:::aws-sdk:/.test(arn)) return undefined;
  const account = accountOf(arn);
  if (account === undefined) return ", which cannot be decided: it names no account";
  if (own.size === 0) return ", which cannot be decided: set this rule's accountId to your own account";
  return own.has(account) ? undefined : `, in account ${account}; this one is ${[...own].join(", ")}`;
}

export const repositoryTriggersStayHome = doorRule(
  {
    name: "repository-triggers-stay-home",
    description: "A repository's triggers may notify this account's topics and functions only.",
    remediationSteps: "Remove the trigger, or point it to a topic or function of this account.",
  },
  carriers("trigger", "sends a repository's events to"),
);

export const notificationRulesStayHome = doorRule(
  {
    name: "notification-rules-stay-home",
    description: "Notification rules may notify this account's topics only: no other account, no chat room.",
    remediationSteps: "Remove the rule's target, or point it to a topic of this account.",
  },
  carriers("notification rule", "notifies"),
);

export const eventTargetsStayHome = doorRule(
  {
    name: "event-targets-stay-home",
    description: "Events, schedules and pipes may go to targets of this account only.",
    remediationSteps: "Remove the target, or point it to one of this account.",
  },
  // The proof leaves out what runs by the clock: that tells of nothing. It may start something elsewhere all the same.
  ({ stack }) => {
    const sender = (type: string, verb: string, name: string, inside?: string): Sender[] =>
      stack.of(type).map((resource) => {
        const from = inside === undefined ? propertiesOf(resource) : stack.object(resource, inside);
        const arn = stack.text(resource, name, from);
        const isAwaited = stack.gaps.some(({ urn }) => urn === resource.urn);
        return { urn: resource.urn, verb, to: isAwaited ? [] : [arn ?? ""] };
      });
    return [
      ...sender(EVENT_TARGET, "sends events to", "arn"),
      ...sender("aws:scheduler/schedule:Schedule", "calls", "arn", "target"),
      ...sender("aws:pipes/pipe:Pipe", "pipes to", "target"),
    ];
  },
);
