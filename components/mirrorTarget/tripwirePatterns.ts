/** The tripwires: which events of the target account are alarming, and what people are told. */
import { airlockArns } from "./airlockRepositories";
import type { CheckedMirrorTargetArgs } from "./args";
import { gateUserName } from "./targetPolicies";

/** A tripwire: what it watches for. */
export interface Tripwire {
  /** A part of its rules' names. */
  id: string;
  /** Several where one cannot hold everything. */
  patterns: TripwirePattern[];
  /** One sentence, with the variables of `tripwireInputs`. */
  message: string;
  /** Whether the events that it watches for are read-only in CloudTrail's eyes. */
  withReadOnlyEvents: boolean;
}

export interface TripwirePattern {
  /** EventBridge's pattern. */
  pattern: object;
  /** Whether such events come up in us-east-1 too, or there alone, as those of IAM do. */
  isGlobal: boolean;
}

/**
 * What a message may say of an event: AWS chooses all three. Names of repositories, branches and sessions are an insider's
 * to choose, and an alarm that repeated them would carry them out of the room.
 */
export const tripwireInputs = {
  time: "$.detail.eventTime",
  event: "$.detail.eventName",
  id: "$.detail.eventID",
} as const;

const lookUp =
  "at <time>. CloudTrail's event <id> in the production account says who did it, and from where.";

/** Characters in an event pattern (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html). */
const LONGEST_PATTERN = 2_048;

const byCloudTrail = { "detail-type": ["AWS API Call via CloudTrail"] };

/**
 * Every tripwire of a target. Fields are those of CloudTrail's entries for CodeCommit
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/integ-cloudtrail.html); CodeCommit's own event of a changed
 * reference is not used, because its documented form does not say who changed it.
 */
export function tripwires(name: string, args: CheckedMirrorTargetArgs): Tripwire[] {
  const { region, accountId } = args;
  const arnOf = (gate: "push" | "pull") => `arn:aws:iam::${accountId}:user/${gateUserName(name, gate)}`;
  const [push, pull] = [arnOf("push"), arnOf("pull")];
  return [
    {
      id: "foreign-write",
      patterns: foreignWrites(push, args).map(ofTheRegion),
      message: `Somebody other than the push user changed an airlock repository (<event>) ${lookUp} Expected of a deployer only; otherwise data may be on its way out.`,
      withReadOnlyEvents: false,
    },
    {
      id: "notification",
      patterns: [
        ofTheRegion({
          // AWS's guide shows these calls as events of EventBridge's, which they reach by codestar-notifications
          // (https://docs.aws.amazon.com/codestar-notifications/latest/userguide/logging-using-cloudtrail.html).
          source: ["aws.codestar-notifications", "aws.events"],
          ...byCloudTrail,
          detail: { eventName: ["CreateNotificationRule", "UpdateNotificationRule", "Subscribe"] },
        }),
      ],
      message: `Somebody set up a notification rule (<event>) ${lookUp} If it is an airlock repository's, it tells of its content: delete it.`,
      withReadOnlyEvents: false,
    },
    {
      id: "gate-misuse",
      patterns: [gateMisuse([push, pull])],
      message: `A gate user was refused, or tried something else than git (<event>) ${lookUp} Its credential may be stolen: rotate it, and find out who has it.`,
      withReadOnlyEvents: true,
    },
    {
      id: "push-user-read",
      patterns: [fetchBy(push)],
      message: `The push user fetched content from an airlock repository (<event>) ${lookUp} GitLab only lists references: somebody on the source's side carries data out.`,
      withReadOnlyEvents: true,
    },
    {
      id: "gate-change",
      patterns: [gateChange(name, accountId)],
      message: `A credential or policy of a gate user was changed (<event>) ${lookUp} Expected of a deployment or rotation of yours only.`,
      withReadOnlyEvents: false,
    },
    {
      id: "silenced",
      patterns: silencers(name, { region, accountId }),
      message: `Somebody changed the tripwires' rules, their topic or a trail (<event>) ${lookUp} Expected of a deployment of yours only.`,
      withReadOnlyEvents: false,
    },
  ];
}

/** A call by a gate user that was refused, or that is not git's. */
function gateMisuse(users: readonly string[]): TripwirePattern {
  return worldwide({
    // Anybody may send events of his own that say all this, but none that come from AWS.
    source: [{ prefix: "aws." }],
    ...byCloudTrail,
    detail: {
      userIdentity: { arn: users },
      $or: [{ errorCode: [{ exists: true }] }, { eventName: [{ "anything-but": ["GitPull", "GitPush"] }] }],
    },
  });
}

/** A clone or fetch with content by the user of that ARN. */
function fetchBy(user: string): TripwirePattern {
  return ofTheRegion({
    source: ["aws.codecommit"],
    ...byCloudTrail,
    detail: {
      eventName: ["GitPull"],
      userIdentity: { arn: [user] },
      additionalEventData: { dataTransferred: [true] },
    },
  });
}

/** A change of a gate user's credential or policy. */
function gateChange(name: string, accountId: string): TripwirePattern {
  return worldwide({
    source: ["aws.iam"],
    ...byCloudTrail,
    detail: {
      $or: [
        { requestParameters: { userName: [gateUserName(name, "push"), gateUserName(name, "pull")] } },
        { requestParameters: { policyArn: gatePolicies(name, accountId) } },
      ],
    },
  });
}

function ofTheRegion(pattern: object): TripwirePattern {
  return { pattern, isGlobal: false };
}

function worldwide(pattern: object): TripwirePattern {
  return { pattern, isGlobal: true };
}

/** Where the events of global services come up (https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html). */
export const GLOBAL_EVENTS_REGION = "us-east-1";

/** What the names of a target's rules begin with. */
export function tripwirePrefix(name: string): string {
  return `${name}-tripwire-`;
}

/**
 * Whatever CodeCommit logs as a change of an airlock repository: references, files, comments, triggers, its deletion. By the
 * repository's ARN where the entry lists its resources, and by its name where the call names it.
 */
function foreignWrites(pushUserArn: string, args: CheckedMirrorTargetArgs): object[] {
  const pattern = (arns: readonly string[]) => ({
    source: ["aws.codecommit"],
    ...byCloudTrail,
    detail: {
      readOnly: [false],
      // Root and services have no ARN in some entries.
      userIdentity: { arn: [{ "anything-but": [pushUserArn] }, { exists: false }] },
      $or: [
        { resources: { ARN: arns.map(whole) } },
        { requestParameters: { repositoryName: arns.map((arn) => whole(nameOf(arn))) } },
        // UpdateRepositoryName.
        { requestParameters: { oldName: arns.map((arn) => whole(nameOf(arn))) } },
      ],
    },
  });
  return inRuns(airlockArns(args), (arns) => JSON.stringify(pattern(arns)).length <= LONGEST_PATTERN).map(
    pattern,
  );
}

/** The text itself, or with the `*` of a prefix at its end, whatever begins so. */
function whole(text: string): string | { prefix: string } {
  return text.endsWith("*") ? { prefix: text.slice(0, -1) } : text;
}

function nameOf(repositoryArn: string): string {
  return repositoryArn.slice(repositoryArn.lastIndexOf(":") + 1);
}

/** Cuts a list into runs, in order, each as long as it fits; one item always does. */
function inRuns<Item>(items: readonly Item[], fits: (run: readonly Item[]) => boolean): Item[][] {
  const runs: Item[][] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last && fits([...last, item])) last.push(item);
    else runs.push([item]);
  }
  return runs;
}

function gatePolicies(name: string, accountId: string): object[] {
  return (["push", "pull"] as const).map((gate) => ({
    prefix: `arn:aws:iam::${accountId}:policy/${gateUserName(name, gate)}-`,
  }));
}

/** Changes of the rules, of the topic and its subscriptions, and of any trail. Each is a pattern of its own, for its length. */
function silencers(
  name: string,
  { region, accountId }: Pick<CheckedMirrorTargetArgs, "region" | "accountId">,
): TripwirePattern[] {
  const ours = [{ prefix: tripwirePrefix(name) }];
  const topic = [{ prefix: `arn:aws:sns:${region}:${accountId}:${name}-alarms` }];
  return [
    // The rules in us-east-1 too.
    worldwide({
      source: ["aws.events"],
      ...byCloudTrail,
      detail: {
        eventName: ["DeleteRule", "DisableRule", "PutRule", "PutTargets", "RemoveTargets"],
        $or: [{ requestParameters: { name: ours } }, { requestParameters: { rule: ours } }],
      },
    }),
    ofTheRegion({
      source: ["aws.sns"],
      ...byCloudTrail,
      detail: {
        eventName: [
          "AddPermission",
          "DeleteTopic",
          "RemovePermission",
          "SetSubscriptionAttributes",
          "SetTopicAttributes",
          "Subscribe",
          "Unsubscribe",
        ],
        $or: [{ requestParameters: { topicArn: topic } }, { requestParameters: { subscriptionArn: topic } }],
      },
    }),
    ofTheRegion({
      source: ["aws.cloudtrail"],
      ...byCloudTrail,
      detail: { eventName: ["DeleteTrail", "PutEventSelectors", "StopLogging", "UpdateTrail"] },
    }),
  ];
}
