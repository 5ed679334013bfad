/** Tripwires, alarms and the trail, led astray: what they tell, and who hears it. All of C10. */
import type { Exports, Mutation, Unmodelled } from "./exports";

const account = "222222222222";
const stranger = "999999999999";
const topic = `arn:aws:sns:ap-northeast-1:${account}:target-alarms`;
const foreignTopic = `arn:aws:sns:ap-northeast-1:${stranger}:loot`;
const RULE = "aws:cloudwatch/eventRule:EventRule";
const TARGET = "aws:cloudwatch/eventTarget:EventTarget";
const SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

const document = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const saying = (inputPaths: Record<string, string>, inputTemplate: string) => ({
  inputTransformer: { inputPaths, inputTemplate },
});

/** Has a rule's target told of events. @param pattern as JSON, or as text where it is none */
function tell(exports: Exports, pattern: unknown, target: Record<string, unknown>): void {
  const eventPattern = typeof pattern === "string" ? pattern : JSON.stringify(pattern);
  exports.add("prd", RULE, "more", { name: "more", eventPattern });
  exports.add("prd", TARGET, "more", { rule: "more", ...target });
}

/** Has people told of what the alarms' topic hears. */
function mail(exports: Exports): void {
  exports.add("prd", SUBSCRIPTION, "mail", { topic, protocol: "email", endpoint: "insider@example.com" });
}

function share(exports: Exports, statement: Record<string, unknown>): void {
  exports.statements("prd", "BucketPolicy", "target-tripwires", (all) => [
    ...all,
    { Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...statement },
  ]);
}

/** Has the alarms' topic told whole events, and lets somebody subscribe. */
function admit(exports: Exports, statement: Record<string, unknown>): void {
  tell(exports, { source: ["aws.codecommit"] }, { arn: topic });
  exports.statements("prd", "TopicPolicy", "target-alarms", (all) => [
    ...all,
    { Effect: "Allow", Action: "sns:Subscribe", Resource: topic, ...statement },
  ]);
}

function addFunction(exports: Exports, role?: string): string {
  const arn = `arn:aws:lambda:ap-northeast-1:${account}:function:relay`;
  exports.add("prd", "aws:lambda/function:Function", "relay", { arn, ...(role !== undefined && { role }) });
  return arn;
}

function addReader(exports: Exports, assumeRolePolicy: string): void {
  const arn = `arn:aws:iam::${account}:role/reader`;
  exports.add("prd", "aws:iam/role:Role", "reader", { name: "reader", arn, assumeRolePolicy }, "reader");
  exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "reader", {
    role: "reader",
    policy: document({ Effect: "Allow", Action: "codecommit:GitPull", Resource: "*" }),
  });
}

/** Each refutes C10. */
export const tripwireMutants: readonly Mutation[] = [
  // An insider's own events may have any source that does not begin with "aws.", and say what he likes.
  ...[
    { "detail-type": ["AWS API Call via CloudTrail"] },
    { source: ["aws.codecommit", "own.app"] },
    { source: [{ prefix: "aws" }] },
    { source: [{ "anything-but": ["aws.s3"] }] },
    '{"source":["own.app"],"source":["aws.codecommit"]}',
  ].map((pattern) => ({
    what: `mails the event's name, of events like ${JSON.stringify(pattern)}`,
    mutate: (exports: Exports) => {
      tell(exports, pattern, { arn: topic, ...saying({ name: "$.detail.eventName" }, '"<name>"') });
      mail(exports);
    },
  })),
  // Tags, object keys and names are words of an insider's choice.
  ...["own.app", "aws.s3", "aws.iam", "aws.tag"].map((source) => ({
    what: `sends events of ${source} to another account's bus`,
    mutate: (exports: Exports) => {
      const arn = `arn:aws:events:ap-northeast-1:${stranger}:event-bus/default`;
      tell(exports, { source: [source] }, { arn });
    },
  })),
  {
    what: "sends what happens in us-east-1 on to another account's bus",
    mutate: (exports) => {
      exports.change("prd", "EventTarget", "target-tripwire-gate-change-1-us-east-1", {
        arn: `arn:aws:events:ap-northeast-1:${stranger}:event-bus/default`,
      });
    },
  },
  {
    what: "mails whole events of the trail's being silenced",
    mutate: (exports) => {
      exports.change("prd", "EventTarget", "target-tripwire-silenced-3", { inputTransformer: undefined });
      mail(exports);
    },
  },
  ...["\\u003caws.events.event>", "<AWS.events.event.json>"].map((template) => ({
    what: `mails the template ${template}`,
    mutate: (exports: Exports) => {
      tell(exports, { source: ["aws.codecommit"] }, { arn: topic, ...saying({}, template) });
      mail(exports);
    },
  })),
  {
    what: "has the trail tell another account's topic",
    mutate: (exports) => {
      exports.change("prd", "Trail", "target-tripwires", { snsTopicName: foreignTopic });
    },
  },
  {
    what: "has the trail write to another account's log group",
    mutate: (exports) => {
      exports.change("prd", "Trail", "target-tripwires", {
        cloudWatchLogsGroupArn: `arn:aws:logs:ap-northeast-1:${stranger}:log-group:loot:*`,
      });
    },
  },
  ...[{ AWS: `arn:aws:iam::${stranger}:root` }, { AWS: [account, stranger] }].map((Principal) => ({
    what: `lets ${JSON.stringify(Principal)} read what the trail writes`,
    mutate: (exports: Exports) => {
      share(exports, { Principal });
    },
  })),
  {
    what: "lets whoever is of another account read what the trail writes",
    mutate: (exports) => {
      const Condition = { StringEquals: { "aws:PrincipalAccount": stranger } };
      share(exports, { Principal: "*", Condition });
    },
  },
  ...["alarmActions", "okActions", "insufficientDataActions"].map((actions) => ({
    what: `has another account's topic hear an alarm by its ${actions}`,
    mutate: (exports: Exports) => {
      exports.add("prd", ALARM, "more", { [actions]: [foreignTopic] });
    },
  })),
  {
    what: "mails an alarm, whose number is an insider's",
    mutate: (exports) => {
      exports.add("prd", ALARM, "more", { alarmActions: [topic] });
      mail(exports);
    },
  },
  {
    what: "has a repository beside the airlock tell another account's topic",
    mutate: (exports) => {
      exports.add("prd", "aws:codecommit/trigger:Trigger", "trigger", {
        repositoryName: "beside",
        triggers: [{ name: "all", events: ["all"], destinationArn: foreignTopic }],
      });
    },
  },
];

const open = (what: string, names: string, mutate: Mutation["mutate"]): Unmodelled => ({
  claim: "C10",
  ...{ what, names, mutate },
});

/** Each leaves C10 open. */
export const tripwiresUnmodelled: readonly Unmodelled[] = [
  open("has the trail write to a bucket that is not shown", "whose arn:aws:s3:::elsewhere is", (exports) => {
    exports.change("prd", "Trail", "target-tripwires", { s3BucketName: "elsewhere" });
  }),
  ...[
    { Principal: "*" },
    { NotPrincipal: { AWS: account } },
    { Principal: { Service: "cloudfront.amazonaws.com" } },
    { Principal: "*", Condition: { StringEqualsIfExists: { "aws:PrincipalAccount": account } } },
  ].map((who) =>
    open(`lets ${JSON.stringify(who)} read what the trail writes`, "whose * is", (exports) => {
      share(exports, who);
    }),
  ),
  ...[
    { acl: "public-read" },
    { grants: [{ type: "CanonicalUser", id: "abc", permissions: ["READ"] }] },
    { replicationConfiguration: { role: "replicator", rules: [] } },
  ].map((properties) =>
    open(`gives the trail's bucket ${JSON.stringify(properties)}`, "whose * is", (exports) => {
      exports.change("prd", "Bucket", "target-tripwires", properties);
    }),
  ),
  // A condition, or the resource, names the own account: that admits nobody less.
  ...[
    { Principal: "*" },
    { Principal: { AWS: "*" }, Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } } },
    { Principal: "*", Condition: { StringEqualsIfExists: { "aws:SourceAccount": account } } },
    { NotPrincipal: { AWS: account } },
  ].map((who) =>
    open(`lets ${JSON.stringify(who)} subscribe to whole events`, "whose * is", (exports) => {
      admit(exports, who);
    }),
  ),
  open("tells whole events to a function of the stack", "where that passes it on", (exports) => {
    tell(exports, { source: ["aws.codecommit"] }, { arn: addFunction(exports) });
  }),
  open("subscribes a function of the stack to whole events", "where that passes it on", (exports) => {
    tell(exports, { source: ["aws.codecommit"] }, { arn: topic });
    exports.add("prd", SUBSCRIPTION, "relay", { topic, protocol: "lambda", endpoint: addFunction(exports) });
  }),
  open("runs a function as a role that is not shown", "is not shown whether it may read", (exports) => {
    addFunction(exports, `arn:aws:iam::${account}:role/service-role/reader`);
  }),
  open("lets holders of certificates read the repositories", "rolesanywhere", (exports) => {
    const Principal = { Service: "rolesanywhere.amazonaws.com" };
    addReader(exports, document({ Effect: "Allow", Principal, Action: "sts:AssumeRole" }));
  }),
  open(
    "says twice whom a role that reads repositories trusts",
    "trust policy is not understood",
    (exports) => {
      const twice = `"Principal":{"AWS":"${stranger}"},"Principal":{"Service":"ec2.amazonaws.com"}`;
      addReader(exports, `{"Statement":[{"Effect":"Allow",${twice},"Action":"sts:AssumeRole"}]}`);
    },
  ),
];

/** None refutes anything, or leaves anything open. */
export const tripwiresHarmless: readonly Mutation[] = [
  {
    what: "refreshes the state, after which the trail's bucket and the topic show what AWS answers",
    mutate: (exports) => {
      const { policy } = exports.find("prd", "BucketPolicy", "target-tripwires").outputs;
      const owner = { id: "abc", type: "CanonicalUser", permissions: ["FULL_CONTROL"], uri: "" };
      const bucket = {
        policy,
        acl: "private",
        grants: [owner],
        replicationConfiguration: null,
        website: null,
      };
      Object.assign(exports.find("prd", "Bucket", "target-tripwires").outputs, bucket);
      const trail = { snsTopicName: "", cloudWatchLogsGroupArn: "", kmsKeyId: "", eventSelectors: [] };
      Object.assign(exports.find("prd", "Trail", "target-tripwires").outputs, trail);
      const target = { input: "", inputPath: "", deadLetterConfig: null, ecsTarget: null };
      Object.assign(exports.find("prd", "EventTarget", "target-tripwire-silenced-3").outputs, target);
    },
  },
  ...[
    { Principal: { AWS: `arn:aws:iam::${account}:role/auditor` } },
    { Principal: "*", Condition: { StringEquals: { "aws:principalaccount": [account] } } },
  ].map((who) => ({
    what: `lets ${JSON.stringify(who)} read what the trail writes`,
    mutate: (exports: Exports) => {
      share(exports, who);
    },
  })),
  {
    what: "lets the own account subscribe to whole events, as SNS's own policy does",
    mutate: (exports) => {
      const Condition = { StringEquals: { "AWS:SourceOwner": account } };
      admit(exports, { Principal: { AWS: "*" }, Condition });
    },
  },
  {
    what: "has the trail write to a log group of the stack, and tell the topic where it wrote",
    mutate: (exports) => {
      const arn = `arn:aws:logs:ap-northeast-1:${account}:log-group:trail`;
      exports.add("prd", "aws:cloudwatch/logGroup:LogGroup", "trail", { name: "trail", arn });
      exports.change("prd", "Trail", "target-tripwires", {
        ...{ cloudWatchLogsGroupArn: `${arn}:*`, snsTopicName: topic },
      });
      mail(exports);
    },
  },
  {
    what: "mails when the event came and which rule rang",
    mutate: (exports) => {
      const template = '"<id> <aws.events.event.ingestion-time> <aws.events.rule-name>"';
      tell(exports, { source: ["aws.codecommit"] }, { arn: topic, ...saying({ id: "$.id" }, template) });
      mail(exports);
    },
  },
  {
    what: "stops an instance by an alarm, and raises another to a topic that nobody hears",
    mutate: (exports) => {
      exports.add("prd", ALARM, "stop", { alarmActions: ["arn:aws:automate:ap-northeast-1:ec2:stop"] });
      exports.add("prd", ALARM, "ring", { alarmActions: [topic] });
    },
  },
];
