/** EventBridge: rules over the account's events, and where they send them. The only service here with several regions. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { Iam } from "../identity/iam";
import { named, uniqueId } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { matches, parseEventPattern, type EventPattern } from "./eventPattern";
import { Sns } from "./sns";
import { StepFunctions } from "./stepFunctions";

/** An event as it reaches the bus of its region. */
export interface AwsEvent {
  source: string;
  "detail-type": string;
  region: string;
  time: string;
  resources: string[];
  detail: Readonly<Record<string, unknown>>;
}

/** What a rule has sent to a topic about an event. */
export interface RaisedAlarm {
  /** The rule's name. */
  rule: string;
  topicArn: string;
  message: string;
}

interface Rule {
  name: string;
  region: string;
  pattern: EventPattern;
  state: z.infer<typeof ruleInputs>["state"];
  targets: TargetInputs[];
}

const ruleInputs = z.looseObject({
  ...tagged.shape,
  ...named,
  region: z.string().optional(),
  description: z.string().max(512).optional(),
  eventPattern: z.string(),
  state: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).default("ENABLED"),
  eventBusName: z.literal("default").default("default"),
});
const targetInputs = z.looseObject({
  rule: z.string(),
  arn: z.string(),
  roleArn: z.string().optional(),
  region: z.string().optional(),
  targetId: z.string().optional(),
  input: z.string().optional(),
  eventBusName: z.literal("default").default("default"),
  inputTransformer: z
    .looseObject({
      inputPaths: z.record(z.string(), z.string().regex(/^\$(\.[\w-]+)+$/)).default({}),
      inputTemplate: z.string().max(8192),
    })
    .optional(),
});

type TargetInputs = z.infer<typeof targetInputs>;

/** The rules of one account. */
export class EventBridge {
  static readonly of = perAccount((aws) => new EventBridge(aws));

  /** By region and name. */
  readonly rules = new Table<Rule>("rule", "ResourceNotFoundException", "ResourceAlreadyExistsException");

  private constructor(readonly aws: AccountContext) {}

  /** The names of every region's rules. */
  ruleNames(): string[] {
    return this.rules.values().map(({ name }) => name);
  }

  /** Puts an event on the bus of its region. @returns what topics were sent, in the order of the rules */
  put(event: AwsEvent): RaisedAlarm[] {
    return this.rules
      .values()
      .filter((rule) => rule.region === event.region && listens(rule, event) && matches(rule.pattern, event))
      .flatMap((rule) => rule.targets.flatMap((target) => this.#send(rule, target, event)));
  }

  #send(rule: Rule, target: TargetInputs, event: AwsEvent): RaisedAlarm[] {
    const [, , service, region = ""] = target.arn.split(":");
    if (service === "events") return this.put({ ...event, region });
    if (service === "states")
      StepFunctions.of(this.aws).start(target.arn, target.input ?? JSON.stringify(event));
    if (service !== "sns" || !Sns.of(this.aws).takesFrom(target.arn, "events.amazonaws.com")) return [];
    return [{ rule: rule.name, topicArn: target.arn, message: transformed(target, event) }];
  }
}

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html */
export const eventRule = resource({
  type: "aws:cloudwatch/eventRule:EventRule",
  inputs: ruleInputs,
  replaces: ["name", "namePrefix", "eventBusName"],
  longestName: 64,
  id: ({ name }) => name,
  arn: ({ aws, inputs, name }) =>
    `arn:aws:events:${inputs.region ?? aws.region}:${aws.accountId}:rule/${name}`,
  keep: ({ aws, inputs, name }) => {
    const region = inputs.region ?? aws.region;
    const pattern = parseEventPattern(inputs.eventPattern);
    EventBridge.of(aws).rules.add(key(region, name), {
      name,
      region,
      pattern,
      state: inputs.state,
      targets: [],
    });
  },
  outputs: ({ aws, inputs }) => ({
    isEnabled: inputs.state !== "DISABLED",
    region: inputs.region ?? aws.region,
  }),
});

/** Targets that EventBridge calls with a role; topics take the call by their own policy. */
const CALLED_BY_ROLE = /^arn:aws:(events|states):/;

/**
 * Paths of one transformer.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_InputTransformer.html
 */
const mostPaths = 100;

/** @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export const eventTarget = resource({
  type: "aws:cloudwatch/eventTarget:EventTarget",
  inputs: targetInputs,
  replaces: ["rule", "targetId", "eventBusName"],
  checks: [
    ({ aws, inputs }) => ruleOf(aws, inputs),
    ["ValidationException", ({ aws, inputs }) => targetProblem(aws, inputs)],
    ["ValidationException", ({ inputs }) => transformerProblem(inputs.inputTransformer)],
  ],
  id: ({ aws, creation, inputs }) => `${inputs.rule}-${inputs.targetId ?? uniqueId(aws, creation)}`,
  keep: ({ aws, inputs }) => ruleOf(aws, inputs).targets.push(inputs),
  outputs: ({ aws, creation, inputs }) => ({
    region: inputs.region ?? aws.region,
    targetId: inputs.targetId ?? uniqueId(aws, creation),
  }),
});

function ruleOf(aws: AccountContext, { region = aws.region, rule }: TargetInputs): Rule {
  return EventBridge.of(aws).rules.get(key(region, rule));
}

function targetProblem(
  aws: AccountContext,
  { arn, roleArn, region = aws.region }: TargetInputs,
): string | undefined {
  const [, , service, place] = arn.split(":");
  if (service === "sns" && !Sns.of(aws).topic(arn)) return `the topic "${arn}" does not exist`;
  if (service === "states" && !StepFunctions.of(aws).has(arn))
    return `the state machine "${arn}" does not exist`;
  if (service !== "events" && place !== region) return `the target "${arn}" is not in ${region}`;
  if (!CALLED_BY_ROLE.test(arn)) return undefined;
  if (roleArn === undefined) return `RoleArn is required for target ${arn}`;
  return Iam.of(aws).assumableBy(roleArn, "events.amazonaws.com")
    ? undefined
    : `EventBridge may not assume the role "${roleArn}", or there is none`;
}

function key(region: string, name: string): string {
  return `${region}/${name}`;
}

/** Read-only events of CloudTrail reach only rules that ask for all of them. */
function listens({ state }: Rule, event: AwsEvent): boolean {
  if (state === "DISABLED") return false;
  const isKeptBack = event["detail-type"].endsWith("via CloudTrail") && event.detail["readOnly"] === true;
  return !isKeptBack || state === "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
}

/** Every variable of the template has to have a path. */
function transformerProblem(transformer: TargetInputs["inputTransformer"]): string | undefined {
  if (transformer === undefined) return undefined;
  const names = Object.keys(transformer.inputPaths);
  if (names.length > mostPaths) return `more than ${mostPaths} input paths`;
  const strange = [...transformer.inputTemplate.matchAll(/<([\w.-]+)>/g)]
    .map(([, name = ""]) => name)
    .find((name) => !names.includes(name) && !name.startsWith("aws.events."));
  return strange && `InputTemplate for target contains the unknown variable "${strange}"`;
}

/** What the target gets: the whole event, or the template with its variables filled in; what is not there is empty. */
function transformed({ inputTransformer }: TargetInputs, event: AwsEvent): string {
  if (inputTransformer === undefined) return JSON.stringify(event);
  const { inputPaths, inputTemplate } = inputTransformer;
  const values = new Map(Object.entries(inputPaths).map(([name, path]) => [name, valueAt(event, path)]));
  const filled = inputTemplate.replace(/<([\w.-]+)>/g, (_, name: string) => values.get(name) ?? "");
  return z.string().parse(JSON.parse(filled));
}

function valueAt(event: AwsEvent, path: string): string {
  const value = path
    .split(".")
    .slice(1)
    .reduce<unknown>((at, field) => z.record(z.string(), z.unknown()).safeParse(at).data?.[field], event);
  return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
