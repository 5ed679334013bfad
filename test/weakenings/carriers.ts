/** What carries news of the repositories, or what they hold, to somewhere else. */
import { account, addRole, document, forService, repository, stranger, unread } from "./parts";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

export const sns = (name: string, owner = account) => `arn:aws:sns:ap-northeast-1:${owner}:${name}`;
export const foreignTopic = sns("loot", stranger);
export const foreignQueue = `arn:aws:sqs:ap-northeast-1:${stranger}:loot`;
export const foreignBus = `arn:aws:events:ap-northeast-1:${stranger}:event-bus/default`;
export const alarms = sns("target-alarms");
export const pushes = { source: ["aws.codecommit"] };
const reads = { Effect: "Allow", Action: "codecommit:GitPull", Resource: "*" };

/** Has a repository tell somebody of each push. */
export const trigger = (stack: Editor, repositoryName: string, destinationArn: string) =>
  stack.add("codecommit.Trigger", "trigger", {
    repositoryName,
    triggers: [{ name: "all", events: ["all"], destinationArn }],
  });

/** A topic of the target's own account that hears of each push. */
export function news(stack: Editor): string {
  const arn = sns("news");
  stack.add("sns.Topic", "news", { name: "news", arn }, arn);
  trigger(stack, "platform.app", arn);
  return arn;
}

export const subscribe = (stack: Editor, topic: string, protocol: string, endpoint: string) =>
  stack.add("sns.TopicSubscription", "listener", { topic, protocol, endpoint });

/** Has people hear what the alarms' topic hears. */
export const mail = (stack: Editor) => subscribe(stack, alarms, "email", "insider@example.com");

/** Has a rule's target told of events. @param pattern as JSON, or as text where it is none */
export function tell(stack: Editor, pattern: unknown, target: Record<string, unknown>): void {
  const eventPattern = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
  stack.add("cloudwatch.EventRule", "more", { name: "more", eventPattern });
  stack.add("cloudwatch.EventTarget", "more", { rule: "more", ...target });
}

export const saying = (inputPaths: Record<string, string>, inputTemplate: string) => ({
  inputTransformer: { inputPaths, inputTemplate },
});

/** Has somebody notified of what happens in a repository. */
function notify(stack: Editor, name: string, type: string, address: string): void {
  const eventTypeIds = ["codecommit-repository-branches-and-tags-updated"];
  stack.add("codestarnotifications.NotificationRule", "notify", {
    resource: repository(name),
    detailType: "FULL",
    eventTypeIds,
    targets: [{ type, address }],
  });
}

/** Adds a function, and says what it is called by. */
export function addFunction(stack: Editor, role?: string): string {
  const arn = `arn:aws:lambda:ap-northeast-1:${account}:function:relay`;
  stack.add("lambda.Function", "relay", { arn, ...(role !== undefined && { role }) });
  return arn;
}

const STAYS = "repository-triggers-stay-home";
const NOTIFY = "notification-rules-stay-home";

const triggers = each({ stack: "target", claim: "C10" }, [
  ...[foreignTopic, `arn:aws:lambda:ap-northeast-1:${stranger}:function:loot`].flatMap((destination) =>
    ["platform.app", "platform.network"].map((name) => ({
      what: `has ${name} tell ${destination} of each push`,
      edit: (stack: Editor) => trigger(stack, name, destination),
      rule: [STAYS, "trigger", destination] as const,
    })),
  ),
  {
    what: "has a repository beside the airlock tell another account's topic",
    edit: (stack) => trigger(stack, "beside", foreignTopic),
    rule: [STAYS, "trigger", foreignTopic],
  },
  {
    what: "subscribes another account's queue to a topic that hears of pushes",
    edit: (stack) => subscribe(stack, news(stack), "sqs", foreignQueue),
  },
  {
    what: "lets another account subscribe to a topic that hears of pushes",
    edit: (stack) => {
      const Principal = { AWS: `arn:aws:iam::${stranger}:root` };
      const policy = document({ Effect: "Allow", Principal, Action: "sns:Subscribe", Resource: "*" });
      stack.add("sns.TopicPolicy", "topic", { arn: news(stack), policy });
    },
  },
  ...["platform.app", "platform.network"].map((name) => ({
    what: `has another account's topic notified of ${name}`,
    edit: (stack: Editor) => {
      notify(stack, name, "SNS", foreignTopic);
    },
    rule: [NOTIFY, "notify", foreignTopic, account] as const,
  })),
  {
    what: "has a chat room notified of commits",
    edit: (stack) => {
      const room = `arn:aws:chatbot::${account}:chat-configuration/slack-channel/all`;
      notify(stack, "platform.app", "AWSChatbotSlack", room);
    },
    unknown: "slack-channel/all: where that passes it on cannot be told",
    rule: [NOTIFY, "notify", "slack-channel/all", "chat room"],
  },
  {
    what: "has a repository tell a topic of its own account that is not shown",
    edit: (stack) => trigger(stack, "platform.app", sns("news")),
    unknown: "where that passes it on cannot be told",
  },
  {
    what: "shows a target without airlock repositories",
    edit: (stack) =>
      stack
        .remove("codecommit.Repository", "target-repository-platform.app")
        .remove("codecommit.Repository", "target-repository-platform.network"),
    unknown: "No airlock repository is shown",
  },
]);

const HOME = "event-targets-stay-home";

const events = each({ stack: "target", claim: "C10" }, [
  ...[
    pushes,
    { source: ["aws.s3", "aws.codecommit"] },
    { source: [{ prefix: "aws." }] },
    { "detail-type": ["CodeCommit Repository State Change"] },
    // Tags, object keys and names are words of an insider's choice.
    ...["own.app", "aws.s3", "aws.iam", "aws.tag"].map((source) => ({ source: [source] })),
  ].map((pattern) => ({
    what: `sends events like ${JSON.stringify(pattern)} to another account's bus`,
    edit: (stack: Editor) => {
      tell(stack, pattern, { arn: foreignBus });
    },
    rule: [HOME, "more", foreignBus] as const,
  })),
  {
    what: "sends events of a rule that is not shown to another account's bus",
    edit: (stack) => stack.add("cloudwatch.EventTarget", "bus", { rule: "pushes", arn: foreignBus }),
    rule: [HOME, "bus", foreignBus],
  },
  {
    what: "names a rule like that of another bus",
    edit: (stack) => {
      for (const [eventBusName, source] of Object.entries({ default: "aws.codecommit", own: "aws.s3" })) {
        const eventPattern = JSON.stringify({ source: [source] });
        stack.add("cloudwatch.EventRule", eventBusName, { name: "same", eventBusName, eventPattern });
      }
      stack.add("cloudwatch.EventTarget", "bus", { rule: "same", arn: foreignBus });
    },
  },
  {
    what: "leaves events that cannot be delivered to another account's queue",
    edit: (stack) => {
      tell(stack, pushes, { arn: news(stack), deadLetterConfig: { arn: foreignQueue } });
    },
  },
  ...[
    `arn:aws:events:ap-northeast-1:${account}:api-destination/out/1`,
    sns("unknown"),
    `arn:aws:events:ap-northeast-1:${account}:event-bus/other`,
  ].map((arn) => ({
    what: `sends events of pushes to ${arn}`,
    edit: (stack: Editor) => {
      tell(stack, pushes, { arn });
    },
    unknown: "where that passes it on cannot be told",
  })),
]);

const readers = each({ stack: "target", claim: "C10" }, [
  ...[`arn:aws:iam::${stranger}:root`, stranger, "*"].map((AWS) => ({
    what: `lets ${AWS} take on a role that reads repositories`,
    edit: (stack: Editor) => addRole(stack, "auditor", { AWS }, { ...reads, Action: "codecommit:GetF*" }),
  })),
  {
    what: "runs a function that may read the repositories",
    edit: (stack) => addFunction(stack, addRole(stack, "reader", forService("lambda"), reads)),
    unknown: "may read the repositories: where it sends them is not shown",
  },
  {
    what: "runs a function as a role that is not shown",
    edit: (stack) => addFunction(stack, `arn:aws:iam::${account}:role/service-role/reader`),
    unknown: "is not shown whether it may read",
  },
  {
    what: "lets an identity provider's users read the repositories",
    edit: (stack) => {
      const provider = "oidc-provider/token.actions.githubusercontent.com";
      const Principal = { Federated: `arn:aws:iam::${account}:${provider}` };
      const trust = document({ Effect: "Allow", Principal, Action: "sts:AssumeRoleWithWebIdentity" });
      addRole(stack, "actions", trust, { ...reads, Action: "codecommit:*" });
    },
    unknown: "is not shown",
  },
  {
    what: "lets holders of certificates read the repositories",
    edit: (stack) => addRole(stack, "reader", forService("rolesanywhere"), reads),
    unknown: "rolesanywhere",
  },
  {
    what: "says twice whom a role that reads repositories trusts",
    edit: (stack) => {
      const twice = `"Principal":{"AWS":"${stranger}"},"Principal":{"Service":"ec2.amazonaws.com"}`;
      const trust = `{"Statement":[{"Effect":"Allow",${twice},"Action":"sts:AssumeRole"}]}`;
      addRole(stack, "reader", trust, reads);
    },
    unknown: "trust policy is not understood",
  },
]);

const unknownTypes = unread("target", "C10", [
  "aws:pipes/pipe:Pipe",
  "aws:codepipeline/pipeline:Pipeline",
  "aws:codebuild/project:Project",
  "aws:amplify/app:App",
  "aws:apprunner/service:Service",
  "aws:cloudwatch/eventArchive:EventArchive",
]);

export const carriers: readonly Weakening[] = [...triggers, ...events, ...readers, ...unknownTypes];
