/** Rules for side doors: what could carry a repository's content to another account by other means than git. */
import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationPolicy } from "@pulumi/policy";
import { accountDefaults, accountOf, accountSchema, ownAccounts } from "./support/accounts";
import { checkEach } from "./support/known";
import { allOf, message } from "./support/resources";
import { readStack } from "./support/snapshot";

/** A resource that sends something somewhere. Reading where may come upon a value that is not known yet. */
interface Sender {
  resource: PolicyResource;
  /** What it does, e.g. "sends events to". */
  verb: string;
  arns: () => readonly (string | undefined)[];
}

function doorRule(
  about: Required<Pick<StackValidationPolicy, "name" | "description" | "remediationSteps">>,
  sendersIn: (resources: readonly PolicyResource[]) => Sender[],
): StackValidationPolicy {
  return {
    ...about,
    enforcementLevel: "mandatory",
    severity: "high",
    configSchema: { properties: accountSchema },
    validateStack(args, reportViolation) {
      const { accountId } = { ...accountDefaults, ...args.getConfig<Partial<typeof accountDefaults>>() };
      const own = ownAccounts(readStack(args.resources), accountId);
      checkEach(sendersIn(args.resources), ({ resource, verb, arns }) => {
        checkEach(arns(), (arn = "") => {
          const problem = leaves(arn, own);
          if (problem === undefined) return;
          reportViolation(
            message(resource, `${verb} ${arn}${problem}`, about.remediationSteps),
            resource.urn,
          );
        });
      });
    },
  };
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
  (resources) =>
    allOf(resources, aws.codecommit.Trigger).map(({ resource, props }) => ({
      ...{ resource, verb: "sends a repository's events to" },
      arns: () => (props.triggers ?? []).map(({ destinationArn }) => destinationArn),
    })),
);

export const notificationRulesStayHome = doorRule(
  {
    name: "notification-rules-stay-home",
    description: "Notification rules may notify this account's topics only: no other account, no chat room.",
    remediationSteps: "Remove the rule's target, or point it to a topic of this account.",
  },
  (resources) =>
    allOf(resources, aws.codestarnotifications.NotificationRule).map(({ resource, props }) => ({
      ...{ resource, verb: "notifies" },
      arns: () => (props.targets ?? []).map(({ address }) => address),
    })),
);

export const eventTargetsStayHome = doorRule(
  {
    name: "event-targets-stay-home",
    description: "Events, schedules and pipes may go to targets of this account only.",
    remediationSteps: "Remove the target, or point it to one of this account.",
  },
  (resources) => [
    ...allOf(resources, aws.cloudwatch.EventTarget).map(({ resource, props }) => ({
      ...{ resource, verb: "sends events to", arns: () => [props.arn] },
    })),
    ...allOf(resources, aws.scheduler.Schedule).map(({ resource, props }) => ({
      ...{ resource, verb: "calls", arns: () => [props.target?.arn] },
    })),
    ...allOf(resources, aws.pipes.Pipe).map(({ resource, props }) => ({
      ...{ resource, verb: "pipes to", arns: () => [props.target] },
    })),
  ],
);
