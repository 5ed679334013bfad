import { expect } from "chai";
import fc from "fast-check";
import type { CheckedMirrorTargetArgs } from "../../../components/mirrorTarget/args";
import { tripwireInputs, tripwires } from "../../../components/mirrorTarget/tripwirePatterns";
import { matches, parseEventPattern } from "../../../rehearsal/aws/messaging/eventPattern";
import { account, manyRepositories, region, someTarget } from "./someTarget";

const user = (name: string) => ({ type: "IAMUser", arn: `arn:aws:iam::${account}:user/${name}` });
const operator = { type: "AssumedRole", arn: `arn:aws:sts::${account}:assumed-role/operator/somebody` };
const repositoryArn = (name: string) => `arn:aws:codecommit:${region}:${account}:${name}`;

/** The event of a call; `detail` takes the place of what an ordinary push of the push user says. */
function event(source: string, detail: object) {
  return {
    source: `aws.${source}`,
    "detail-type": "AWS API Call via CloudTrail",
    region,
    detail: {
      eventName: "GitPush",
      userIdentity: user("target-push"),
      readOnly: false,
      additionalEventData: { dataTransferred: true, repositoryName: "platform.network" },
      resources: [{ ARN: repositoryArn("platform.network") }],
      ...detail,
    },
  };
}

/** The tripwires that ring, each as often as rules of it match. */
function rung(what: object, args: CheckedMirrorTargetArgs = someTarget()): string[] {
  return tripwires("target", args).flatMap(({ id, patterns }) =>
    patterns.flatMap(({ pattern }) =>
      matches(parseEventPattern(JSON.stringify(pattern)), what) ? [id] : [],
    ),
  );
}

const advertised = { readOnly: true, additionalEventData: { dataTransferred: false } };
const pull = { eventName: "GitPull", ...advertised };
const byOperator = { userIdentity: operator };
const noResources = { resources: undefined, additionalEventData: undefined };

/** What happens, the event of it, and the tripwires that ring. */
const cases: [what: string, event: object, rings: string[]][] = [
  ["the push user pushes", event("codecommit", {}), []],
  ["the push user lists references before it pushes", event("codecommit", advertised), []],
  ["the push user lists references", event("codecommit", pull), []],
  [
    "the push user fetches content",
    event("codecommit", { ...pull, additionalEventData: { dataTransferred: true } }),
    ["push-user-read"],
  ],
  [
    "the pull user fetches content",
    event("codecommit", {
      eventName: "GitPull",
      userIdentity: user("target-pull"),
      readOnly: true,
      additionalEventData: { dataTransferred: true },
    }),
    [],
  ],
  ["the pull user pushes", event("codecommit", { userIdentity: user("target-pull") }), ["foreign-write"]],
  [
    "the pull user is refused",
    event("codecommit", { ...advertised, userIdentity: user("target-pull"), errorCode: "AccessDenied" }),
    ["gate-misuse"],
  ],
  [
    "somebody sends an event of his own that says that the push user is refused",
    { ...event("codecommit", { errorCode: "AccessDenied", eventName: "anything" }), source: "own.app" },
    [],
  ],
  ["the push user is refused", event("codecommit", { errorCode: "AccessDenied" }), ["gate-misuse"]],
  [
    "a gate user calls another service",
    event("s3", { ...noResources, eventName: "ListBuckets", readOnly: true }),
    ["gate-misuse"],
  ],
  [
    "an operator writes a file",
    event("codecommit", { ...byOperator, eventName: "PutFile" }),
    ["foreign-write"],
  ],
  [
    "root writes, whom some entries give no ARN",
    event("codecommit", { userIdentity: { type: "Root" }, eventName: "CreateCommit" }),
    ["foreign-write"],
  ],
  [
    "an operator adds a trigger, in an entry without resources",
    event("codecommit", {
      ...byOperator,
      ...noResources,
      eventName: "PutRepositoryTriggers",
      requestParameters: { repositoryName: "platform.network" },
    }),
    ["foreign-write"],
  ],
  [
    "an operator gives a repository another name, in an entry without resources",
    event("codecommit", {
      ...byOperator,
      ...noResources,
      eventName: "UpdateRepositoryName",
      requestParameters: { oldName: "platform.network", newName: "anything" },
    }),
    ["foreign-write"],
  ],
  [
    "an operator looks at a branch",
    event("codecommit", { ...byOperator, eventName: "GetBranch", readOnly: true }),
    [],
  ],
  [
    "an operator writes to a repository beside the airlock",
    event("codecommit", { ...byOperator, resources: [{ ARN: repositoryArn("platform.network2") }] }),
    [],
  ],
  ...["CreateNotificationRule", "UpdateNotificationRule", "Subscribe"].map(
    (eventName): (typeof cases)[number] => [
      `somebody calls ${eventName} of notifications`,
      event("codestar-notifications", { ...byOperator, ...noResources, eventName }),
      ["notification"],
    ],
  ),
  [
    "somebody makes a notification rule, in an entry as AWS's guide shows it",
    event("events", {
      ...byOperator,
      ...noResources,
      eventName: "CreateNotificationRule",
      requestParameters: { name: "awscodestarnotifications-rule" },
    }),
    ["notification"],
  ],
  ...["CreateAccessKey", "CreateLoginProfile", "PutUserPolicy", "AttachUserPolicy", "AddUserToGroup"].map(
    (eventName): (typeof cases)[number] => [
      `somebody calls ${eventName} on a gate user`,
      event("iam", {
        ...byOperator,
        ...noResources,
        eventName,
        requestParameters: { userName: "target-pull" },
      }),
      ["gate-change"],
    ],
  ),
  [
    "somebody gives a gate user's policy another version",
    event("iam", {
      ...byOperator,
      ...noResources,
      eventName: "CreatePolicyVersion",
      requestParameters: { policyArn: `arn:aws:iam::${account}:policy/target-push-1` },
    }),
    ["gate-change"],
  ],
  [
    "somebody changes another user",
    event("iam", {
      ...byOperator,
      ...noResources,
      eventName: "CreateAccessKey",
      requestParameters: { userName: "target-pusher" },
    }),
    [],
  ],
  ...(
    [
      ["events", "DisableRule", { name: "target-tripwire-gate-misuse-1-0123456" }],
      ["events", "RemoveTargets", { rule: "target-tripwire-gate-misuse-1-0123456" }],
      ["sns", "SetTopicAttributes", { topicArn: `arn:aws:sns:${region}:${account}:target-alarms` }],
      ["sns", "RemovePermission", { topicArn: `arn:aws:sns:${region}:${account}:target-alarms` }],
      [
        "sns",
        "SetSubscriptionAttributes",
        { subscriptionArn: `arn:aws:sns:${region}:${account}:target-alarms:0123` },
      ],
      ["sns", "Unsubscribe", { subscriptionArn: `arn:aws:sns:${region}:${account}:target-alarms:0123` }],
      ["cloudtrail", "StopLogging", { name: "anything" }],
    ] as const
  ).map(([service, eventName, requestParameters]): (typeof cases)[number] => [
    `somebody calls ${eventName} of ${service} to silence them`,
    event(service, { ...byOperator, ...noResources, eventName, requestParameters }),
    ["silenced"],
  ]),
  [
    "somebody disables another rule",
    event("events", {
      ...byOperator,
      ...noResources,
      eventName: "DisableRule",
      requestParameters: { name: "x" },
    }),
    [],
  ],
];

describe("the tripwires of a target", () => {
  for (const [what, happened, rings] of cases) {
    it(`ring ${rings.join(" and ") || "not at all"} when ${what}`, () => {
      expect(rung(happened)).to.deep.equal(rings);
    });
  }

  it("watch each of many repositories by exactly one rule, in patterns that EventBridge takes", () => {
    const args = someTarget({ repositories: manyRepositories(250) });
    const write = (name: string) =>
      event("codecommit", { ...byOperator, resources: [{ ARN: repositoryArn(name) }] });
    for (const { gitlabProject } of args.repositories)
      expect(rung(write(gitlabProject.replace("/", ".")), args)).to.deep.equal(["foreign-write"]);
    expect(rung(write("platform.other"), args)).to.deep.equal([]);
  });

  it("watch whatever begins with a prefix, by one rule", () => {
    const args = someTarget({ repositoryPrefix: "airlock", repositories: manyRepositories(250) });
    const write = (name: string) =>
      event("codecommit", { ...byOperator, resources: [{ ARN: repositoryArn(name) }] });
    expect(rung(write("airlock-platform.service-0000"), args)).to.deep.equal(["foreign-write"]);
    expect(rung(write("airlock"), args)).to.deep.equal([]);
  });

  it("say nothing of an event that an insider could choose", () => {
    const chosen = fc.record({
      repositoryName: fc.string({ minLength: 8 }),
      userName: fc.string({ minLength: 8 }),
      errorMessage: fc.string({ minLength: 8 }),
    });
    const paths = Object.values(tripwireInputs).map((path) => path.split(".").slice(1));
    fc.assert(
      fc.property(chosen, ({ repositoryName, userName, errorMessage }) => {
        const detail = {
          errorMessage,
          userAgent: errorMessage,
          sourceIPAddress: errorMessage,
          userIdentity: { arn: userName, userName, sessionContext: { sessionIssuer: { userName } } },
          requestParameters: { repositoryName, references: [{ ref: repositoryName }] },
          additionalEventData: { repositoryName },
          resources: [{ ARN: repositoryName }],
        };
        const told = paths.map((path) =>
          path.reduce<unknown>((at, field) => (at as Record<string, unknown> | undefined)?.[field], {
            ...event("codecommit", {}),
            detail,
          }),
        );
        expect(told.filter((value) => value !== undefined)).to.deep.equal([]);
      }),
    );
  });
});
