/**
 * Rings each alarm once on real AWS, by calls that change nothing: what is there is written again, a refusal is asked for, or
 * CloudWatch is told to take an alarm for raised until it looks again. Whoever subscribed gets the messages.
 */
import { z } from "zod";
import { errorText } from "../../facts/errorText";
import type { StackResource, StackSnapshot } from "../../isolation/model/snapshot";
import { EVENT_RULE, TOPIC } from "../../isolation/model/types";
import { gitAs, isRefusal, lastLine } from "./gitAs";
import type { LiveAccess, Trial } from "./live";

/** What it needs of the outside. */
export interface AlarmAccess {
  /** The way to an airlock repository. */
  readonly live: () => LiveAccess;
  /** Runs the AWS CLI. @returns what it printed @throws Error with what it said */
  readonly aws: (args: readonly string[]) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** CloudTrail delivers most events within five minutes, and some within fifteen. */
const LONGEST_WAIT = 15 * 60_000;
const BETWEEN_LOOKS = 30_000;
/** CloudWatch runs an alarm's actions within seconds. */
const LONGEST_WAIT_FOR_ACTIONS = 60_000;
const BETWEEN_LOOKS_AT_ACTIONS = 5_000;

const METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const CREDENTIAL = "aws:iam/serviceSpecificCredential:ServiceSpecificCredential";

/** A tripwire and how to ring it; undefined where it takes more than a call that changes nothing. */
interface Ring {
  readonly tripwire: string;
  readonly how: string;
  readonly ring: (() => Promise<unknown>) | undefined;
}

/**
 * Rings what the given stacks deployed in the account that the AWS CLI is signed in to, and looks whether it rang.
 * @param say told of each step before it is taken
 */
export async function ringAlarms(
  stacks: readonly StackSnapshot[],
  access: AlarmAccess,
  say: (text: string) => void,
): Promise<Trial[]> {
  const identity = await access.aws(["sts", "get-caller-identity", "--query", "Account", "--output", "text"]);
  const account = identity.trim();
  const here = stacks.filter(({ resources }) => accountOf(resources) === account);
  const trials: Trial[] = [];
  for (const { resources } of here) {
    trials.push(...(await raiseMetricAlarms(resources, access, say)));
    trials.push(...(await ringTripwires(resources, access, say)));
  }
  if (trials.length > 0) return trials;
  const what = `Ring the alarms of account ${account}`;
  return [{ what, outcome: "unclear", detail: "none of the given stacks has alarms in that account" }];
}

function accountOf(resources: readonly StackResource[]): string | undefined {
  const alarming = resources.find(({ type }) => type === EVENT_RULE || type === METRIC_ALARM);
  return text(alarming, "arn")?.split(":")[4];
}

/**
 * An alarm's actions run when its state changes: one that is raised already does nothing
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html).
 */
async function raiseMetricAlarms(
  resources: readonly StackResource[],
  access: AlarmAccess,
  say: (text: string) => void,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  for (const alarm of resources.filter(({ type }) => type === METRIC_ALARM)) {
    const name = text(alarm, "name") ?? alarm.name;
    const where = ["--region", text(alarm, "arn")?.split(":")[3] ?? ""];
    const what = `Raise the alarm ${name}`;
    say(`${what}: aws cloudwatch set-alarm-state, until CloudWatch looks again …`);
    const state = ["--state-value", "ALARM", "--state-reason", "Tried by git airlock verify --live alarms"];
    trials.push(
      await attempt(what, async () => {
        const { ActionsEnabled: isOn, AlarmActions: to } = alarmIn(
          await access.aws(["cloudwatch", "describe-alarms", "--alarm-names", name, ...where]),
        );
        if (!isOn || to.length === 0)
          return { outcome: "not as claimed", detail: "its actions are turned off" };
        const started = access.now();
        await access.aws(["cloudwatch", "set-alarm-state", "--alarm-name", name, ...state, ...where]);
        return toldBy(name, where, started, access);
      }),
    );
  }
  return trials;
}

/** What CloudWatch says came of an alarm's actions since then. */
async function toldBy(
  name: string,
  where: readonly string[],
  started: number,
  { aws, now, wait }: AlarmAccess,
): Promise<Pick<Trial, "outcome" | "detail">> {
  for (;;) {
    const printed = await aws([
      "cloudwatch",
      "describe-alarm-history",
      "--alarm-name",
      name,
      "--history-item-type",
      "Action",
      "--start-date",
      new Date(started).toISOString(),
      ...where,
      "--query",
      "AlarmHistoryItems[].HistorySummary",
      "--output",
      "json",
    ]);
    const actions = z.array(z.string()).parse(JSON.parse(printed));
    const failed = actions.filter((summary) => !summary.startsWith("Successfully executed action "));
    if (actions.length > 0)
      return failed.length > 0
        ? { outcome: "not as claimed", detail: failed.join("; ") }
        : { outcome: "as claimed", detail: actions.join("; ") };
    if (now() - started > LONGEST_WAIT_FOR_ACTIONS)
      return { outcome: "unclear", detail: "it told nobody; one that is raised already does not tell again" };
    await wait(BETWEEN_LOOKS_AT_ACTIONS);
  }
}

async function ringTripwires(
  resources: readonly StackResource[],
  access: AlarmAccess,
  say: (text: string) => void,
): Promise<Trial[]> {
  const rules = tripwireRules(resources);
  if (rules.size === 0) return [];
  const started = access.now();
  const trials: Trial[] = [];
  const listening = new Set<string>();
  for (const { tripwire, how, ring } of rings(resources, access)) {
    if (!rules.has(tripwire)) continue;
    const what = `Ring the tripwire ${tripwire}`;
    if (ring === undefined) {
      trials.push({ what, outcome: "untried", detail: how });
      continue;
    }
    say(`${what}: ${how} …`);
    const trial = await attempt(what, async () => {
      await ring();
      return { outcome: "as claimed", detail: "" };
    });
    if (trial.outcome === "as claimed") listening.add(tripwire);
    else trials.push(trial);
  }
  say(`Waiting up to ${LONGEST_WAIT / 60_000} minutes for CloudTrail and EventBridge …`);
  for (;;) {
    for (const tripwire of listening) {
      const ofTripwire = rules.get(tripwire) ?? [];
      if ((await sumOf("Invocations", ofTripwire, started, access)) === 0) continue;
      const hasFailed = (await sumOf("FailedInvocations", ofTripwire, started, access)) > 0;
      listening.delete(tripwire);
      say(`  ${tripwire} rang`);
      trials.push({
        what: `Ring the tripwire ${tripwire}`,
        outcome: hasFailed ? "not as claimed" : "as claimed",
        detail: hasFailed ? "it rang, and the topic did not take the message" : "it rang",
      });
    }
    if (listening.size === 0 || access.now() - started > LONGEST_WAIT) break;
    await access.wait(BETWEEN_LOOKS);
  }
  for (const tripwire of listening)
    trials.push({
      what: `Ring the tripwire ${tripwire}`,
      outcome: "not as claimed",
      detail: "it stayed silent; does a trail log the management events of all regions?",
    });
  return trials;
}

/**
 * The sum of a metric of EventBridge over rules, since then. Invocations count what was sent, and FailedInvocations what the
 * topic did not take (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html).
 */
async function sumOf(
  metric: "Invocations" | "FailedInvocations",
  rules: readonly Rule[],
  started: number,
  { aws, now }: AlarmAccess,
): Promise<number> {
  let sum = 0;
  for (const { name, region } of rules) {
    const printed = await aws([
      "cloudwatch",
      "get-metric-statistics",
      "--namespace",
      "AWS/Events",
      "--metric-name",
      metric,
      "--dimensions",
      `Name=RuleName,Value=${name}`,
      "--statistics",
      "Sum",
      "--period",
      "60",
      // The first minute counts whole.
      "--start-time",
      new Date(started - 60_000).toISOString(),
      "--end-time",
      new Date(now()).toISOString(),
      "--region",
      region,
      "--query",
      "sum(Datapoints[].Sum)",
      "--output",
      "text",
    ]);
    sum += Number(printed.trim()) || 0;
  }
  return sum;
}

interface Rule {
  name: string;
  region: string;
}

/** Rules by the tripwire that they are of; those that hand events on from us-east-1 left out. */
function tripwireRules(resources: readonly StackResource[]): Map<string, Rule[]> {
  const rules = new Map<string, Rule[]>();
  for (const resource of resources.filter(({ type }) => type === EVENT_RULE)) {
    const tripwire = /-tripwire-([a-z-]+)-\d+$/.exec(resource.name)?.[1];
    const [name, region] = [text(resource, "name"), text(resource, "arn")?.split(":")[3]];
    if (tripwire === undefined || name === undefined || region === undefined) continue;
    rules.set(tripwire, [...(rules.get(tripwire) ?? []), { name, region }]);
  }
  return rules;
}

/** What the calls need to know of the deployment. */
interface RingContext {
  readonly aws: AlarmAccess["aws"];
  readonly live: ReturnType<AlarmAccess["live"]>;
  /** The airlock repository's name. */
  readonly repository: string;
  readonly topicArn: string;
  readonly region: string;
  readonly account: string;
  /** The AWS CLI's option. */
  readonly where: readonly string[];
  /** The pull user's. */
  readonly credential: StackResource | undefined;
}

function rings(resources: readonly StackResource[], access: AlarmAccess): Ring[] {
  const live = access.live();
  const topic = resources.find(({ type, name }) => type === TOPIC && name.endsWith("-alarms"));
  const topicArn = text(topic, "arn") ?? "";
  const [, , , region = "", account = ""] = topicArn.split(":");
  const context: RingContext = {
    aws: access.aws,
    live,
    repository: live.cloneUrl.slice(live.cloneUrl.lastIndexOf("/") + 1),
    topicArn,
    region,
    account,
    where: ["--region", region],
    credential: resources.find(({ type, name }) => type === CREDENTIAL && name.includes("-pull-")),
  };
  return [
    gateMisuse(context),
    foreignWrite(context),
    gateChange(context),
    silenced(context),
    notification(context),
    {
      tripwire: "push-user-read",
      how: "it takes a clone with the push credential from the GitLab host, which alone comes from a NAT address",
      ring: undefined,
    },
  ];
}

function gateMisuse({ live: { cloneUrl, pull } }: RingContext): Ring {
  return {
    tripwire: "gate-misuse",
    how: "git ls-remote with the pull credential, from where it must be refused",
    ring: async () => {
      const said = await gitAs(await pull(), ["ls-remote", cloneUrl]);
      if (said.code === 0)
        throw new Error("it was let through: this machine stands where the pull user may pull");
      if (!isRefusal(said)) throw new Error(lastLine(said));
    },
  };
}

function foreignWrite({ aws, repository, where }: RingContext): Ring {
  return {
    tripwire: "foreign-write",
    how: `aws codecommit put-repository-triggers on ${repository}, with the triggers that it has`,
    ring: async () => {
      const name = ["--repository-name", repository];
      const query = ["--query", "triggers", "--output", "json"];
      const triggers = await aws(["codecommit", "get-repository-triggers", ...name, ...query, ...where]);
      const unchanged = ["--triggers", triggers.trim()];
      await aws(["codecommit", "put-repository-triggers", ...name, ...unchanged, ...where]);
    },
  };
}

function gateChange({ aws, credential }: RingContext): Ring {
  return {
    tripwire: "gate-change",
    how: "aws iam update-service-specific-credential, setting the pull user's credential to Active, which it is",
    ring: () =>
      aws([
        "iam",
        "update-service-specific-credential",
        "--status",
        "Active",
        "--user-name",
        text(credential, "userName") ?? "",
        "--service-specific-credential-id",
        text(credential, "serviceSpecificCredentialId") ?? "",
      ]),
  };
}

function silenced({ aws, topicArn, where }: RingContext): Ring {
  return {
    tripwire: "silenced",
    how: "aws sns set-topic-attributes, setting the topic's display name to what it is",
    ring: async () => {
      const topic = ["--topic-arn", topicArn];
      const query = ["--query", "Attributes.DisplayName || ''", "--output", "text"];
      const printed = await aws(["sns", "get-topic-attributes", ...topic, ...query, ...where]);
      const value = ["--attribute-name", "DisplayName", "--attribute-value", printed.trim()];
      await aws(["sns", "set-topic-attributes", ...topic, ...value, ...where]);
    },
  };
}

function notification({ aws, topicArn, region, account, where }: RingContext): Ring {
  return {
    tripwire: "notification",
    how: "aws codestar-notifications subscribe to a rule that does not exist, which is refused",
    ring: async () => {
      const none = `arn:aws:codestar-notifications:${region}:${account}:notificationrule/${"0".repeat(40)}`;
      const target = ["--target", `TargetType=SNS,TargetAddress=${topicArn}`];
      const tried = aws(["codestar-notifications", "subscribe", "--arn", none, ...target, ...where]);
      const said = await tried.then(
        () => "",
        (error: unknown) => String(error),
      );
      if (!said.includes("ResourceNotFoundException")) throw new Error(said || "it was not refused");
    },
  };
}

async function attempt(what: string, work: () => Promise<Pick<Trial, "outcome" | "detail">>): Promise<Trial> {
  try {
    return { what, ...(await work()) };
  } catch (error) {
    return { what, outcome: "unclear", detail: errorText(error) };
  }
}

function text(resource: StackResource | undefined, name: string): string | undefined {
  const value = resource?.outputs[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

const described = z.object({
  MetricAlarms: z.tuple([z.object({ ActionsEnabled: z.boolean(), AlarmActions: z.array(z.string()) })]),
});

function alarmIn(printed: string): { ActionsEnabled: boolean; AlarmActions: string[] } {
  const { MetricAlarms } = described.parse(JSON.parse(printed));
  return MetricAlarms[0];
}
