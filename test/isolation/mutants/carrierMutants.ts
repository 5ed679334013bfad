/** What carries news of the repositories to somewhere else. */
import type { Exports, Mutation } from "./exports";

const stranger = "999999999999";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const tripwireTopic = "arn:aws:sns:ap-northeast-1:222222222222:target-alarms";

/** A topic of the target's own account that hears of each push. */
function news(exports: Exports): string {
  const arn = "arn:aws:sns:ap-northeast-1:222222222222:news";
  exports.add("prd", "aws:sns/topic:Topic", "news", { name: "news", arn }, arn);
  exports.add("prd", "aws:codecommit/trigger:Trigger", "trigger", {
    repositoryName: "platform.app",
    triggers: [{ name: "all", events: ["all"], destinationArn: arn }],
  });
  return arn;
}

/** C10. */
export const carrierMutants: readonly Mutation[] = [
  {
    what: "subscribes another account's queue to a topic that hears of pushes",
    mutate: (exports) => {
      const endpoint = `arn:aws:sqs:ap-northeast-1:${stranger}:loot`;
      exports.add("prd", "aws:sns/topicSubscription:TopicSubscription", "queue", {
        ...{ topic: news(exports), protocol: "sqs", endpoint },
      });
    },
  },
  {
    what: "lets another account subscribe to a topic that hears of pushes",
    mutate: (exports) => {
      const Principal = { AWS: `arn:aws:iam::${stranger}:root` };
      exports.add("prd", "aws:sns/topicPolicy:TopicPolicy", "topic", {
        arn: news(exports),
        policy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal, Action: "sns:Subscribe", Resource: "*" }],
        }),
      });
    },
  },
  {
    what: "names a rule like that of another bus",
    mutate: (exports) => {
      for (const [bus, source] of [
        ["default", "aws.codecommit"],
        ["own", "aws.s3"],
      ] as const)
        exports.add("prd", "aws:cloudwatch/eventRule:EventRule", bus, {
          name: "same",
          eventBusName: bus,
          eventPattern: JSON.stringify({ source: [source] }),
        });
      const arn = `arn:aws:events:ap-northeast-1:${stranger}:event-bus/default`;
      exports.add("prd", "aws:cloudwatch/eventTarget:EventTarget", "bus", { rule: "same", arn });
    },
  },
  {
    what: "leaves events that cannot be delivered to another account's queue",
    mutate: (exports) => {
      const eventPattern = JSON.stringify({ source: ["aws.codecommit"] });
      exports.add("prd", "aws:cloudwatch/eventRule:EventRule", "pushes", { name: "pushes", eventPattern });
      exports.add("prd", "aws:cloudwatch/eventTarget:EventTarget", "topic", {
        rule: "pushes",
        arn: news(exports),
        deadLetterConfig: { arn: `arn:aws:sqs:ap-northeast-1:${stranger}:loot` },
      });
    },
  },
  ...[`arn:aws:iam::${stranger}:root`, stranger, "*"].map((AWS) => ({
    what: `lets ${AWS} take on a role that reads repositories`,
    mutate: (exports: Exports) => {
      const assumeRolePolicy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole" }],
      });
      const arn = "arn:aws:iam::222222222222:role/auditor";
      exports.add(
        "prd",
        "aws:iam/role:Role",
        "auditor",
        { name: "auditor", arn, assumeRolePolicy },
        "auditor",
      );
      exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "auditor", {
        role: "auditor",
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "codecommit:GetF*", Resource: "*" }],
        }),
      });
    },
  })),
  ...[
    `arn:aws:sns:ap-northeast-1:${stranger}:loot`,
    `arn:aws:lambda:ap-northeast-1:${stranger}:function:loot`,
  ].flatMap((destinationArn) =>
    ["platform.app", "platform.network"].map((repositoryName) => ({
      what: `has ${repositoryName} tell ${destinationArn} of each push`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:codecommit/trigger:Trigger", "trigger", {
          repositoryName,
          triggers: [{ name: "all", events: ["all"], destinationArn }],
        });
      },
    })),
  ),
  ...["platform.app", "platform.network"].map((name) => ({
    what: `has another account's topic notified of ${name}`,
    mutate: (exports: Exports) => {
      exports.add("prd", "aws:codestarnotifications/notificationRule:NotificationRule", "notify", {
        resource: `arn:aws:codecommit:ap-northeast-1:222222222222:${name}`,
        targets: [{ type: "SNS", address: `arn:aws:sns:ap-northeast-1:${stranger}:loot` }],
      });
    },
  })),
  ...[
    { source: ["aws.codecommit"] },
    { source: ["aws.s3", "aws.codecommit"] },
    { source: [{ prefix: "aws." }] },
    { "detail-type": ["CodeCommit Repository State Change"] },
  ].map((pattern) => ({
    what: `sends events like ${JSON.stringify(pattern)} to another account's bus`,
    mutate: (exports: Exports) => {
      const eventPattern = JSON.stringify(pattern);
      exports.add("prd", "aws:cloudwatch/eventRule:EventRule", "pushes", { name: "pushes", eventPattern });
      const arn = `arn:aws:events:ap-northeast-1:${stranger}:event-bus/default`;
      exports.add("prd", "aws:cloudwatch/eventTarget:EventTarget", "bus", { rule: "pushes", arn });
    },
  })),
  ...(
    [
      ["an e-mail address", "email", "insider@example.com"],
      ["a web page", "https", "https://example.com/hook"],
      ["another account's queue", "sqs", `arn:aws:sqs:ap-northeast-1:${stranger}:loot`],
    ] as const
  ).flatMap(([whom, protocol, endpoint]) => {
    const subscribe = (exports: Exports, topic = tripwireTopic) => {
      exports.add("prd", SUBSCRIPTION, "listener", { topic, protocol, endpoint });
    };
    return [
      {
        what: `tells ${whom} the whole of each alarming event`,
        mutate: (exports: Exports) => {
          subscribe(exports);
          exports.change("prd", "EventTarget", "target-tripwire-foreign-write-1", {
            inputTransformer: undefined,
          });
        },
      },
      {
        what: `tells ${whom} whatever name a repository is called by`,
        mutate: (exports: Exports) => {
          subscribe(exports);
          const inputPaths = { name: "$.detail.additionalEventData.repositoryName" };
          exports.change("prd", "EventTarget", "target-tripwire-gate-misuse-1", {
            inputTransformer: { inputPaths, inputTemplate: '"<name>"' },
          });
        },
      },
      {
        what: `has a trigger of a repository tell ${whom}`,
        mutate: (exports: Exports) => {
          subscribe(exports);
          exports.add("prd", "aws:codecommit/trigger:Trigger", "trigger", {
            repositoryName: "platform.app",
            triggers: [{ name: "all", events: ["all"], destinationArn: tripwireTopic }],
          });
        },
      },
    ];
  }),
  {
    what: "tells people an event whole, by the variable that holds it",
    mutate: (exports) => {
      const listener = { topic: tripwireTopic, protocol: "email", endpoint: "insider@example.com" };
      exports.add("prd", SUBSCRIPTION, "listener", listener);
      exports.change("prd", "EventTarget", "target-tripwire-gate-misuse-1", {
        inputTransformer: { inputPaths: {}, inputTemplate: "<aws.events.event.json>" },
      });
    },
  },
];
