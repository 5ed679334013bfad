/** EventBridge: rules over the account's events, and where they send them. The only service here with several regions. */
import { z } from "zod";
import { matches, parseEventPattern, type EventPattern } from "./eventPattern";
import type { Iam } from "../identity/iam";
import { physicalName, uniqueId } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import type { Sns } from "./sns";
import type { StepFunctions } from "./stepFunctions";
import { tagged, tagOutputs } from "../tags";

/** An event as it reaches the bus of its region. */
export interface AwsEvent {
  source: string;
  "detail-type": string;
  region: string;
  time: string;
  resources: string[];
  detail: Readonly<Record<string, unknown>>;
}

/** What a rule has told a topic of an event. */
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
  state: z.infer<typeof ruleSchema>["state"];
  targets: z.infer<typeof targetSchema>[];
}

const ruleSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  region: z.string().optional(),
  description: z.string().max(512).optional(),
  eventPattern: z.string(),
  state: z.enum(["ENABLED", "DISABLED", "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"]).default("ENABLED"),
  eventBusName: z.literal("default").default("default"),
});
const targetSchema = z.looseObject({
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

/** Targets that EventBridge calls with a role; topics take the call by their own policy. */
const CALLED_BY_ROLE = /^arn:aws:(events|states):/;

/** A rule's own limit of paths (API reference, InputTransformer). */
const mostPaths = 100;

export class EventBridge implements Service {
  readonly #rules = new Table<Rule>("rule", "ResourceNotFoundException", "ResourceAlreadyExistsException");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
    private readonly sns: Sns,
    private readonly stepFunctions: StepFunctions,
  ) {}

  readonly kinds = {
    "aws:cloudwatch/eventRule:EventRule": kind(ruleSchema, (inputs, creation) => this.#put(inputs, creation)),
    "aws:cloudwatch/eventTarget:EventTarget": kind(targetSchema, (inputs, creation) => {
      const region = inputs.region ?? this.context.region;
      const rule = this.#rules.get(key(region, inputs.rule));
      this.#checkTarget(inputs, region);
      checkTransformer(inputs.inputTransformer);
      rule.targets.push(inputs);
      const targetId = inputs.targetId ?? uniqueId(this.context, creation);
      return { id: `${rule.name}-${targetId}`, outputs: { ...inputs, targetId, region } };
    }),
  };

  /** The names of every region's rules. */
  ruleNames(): string[] {
    return this.#rules.values().map(({ name }) => name);
  }

  /** Puts an event on the bus of its region. @returns what topics were told, in the order of the rules */
  put(event: AwsEvent): RaisedAlarm[] {
    return this.#rules
      .values()
      .filter((rule) => rule.region === event.region && listens(rule, event) && matches(rule.pattern, event))
      .flatMap((rule) => rule.targets.flatMap((target) => this.#send(rule, target, event)));
  }

  #send(rule: Rule, target: z.infer<typeof targetSchema>, event: AwsEvent): RaisedAlarm[] {
    const [, , service, region = ""] = target.arn.split(":");
    if (service === "events") return this.put({ ...event, region });
    if (service === "states") this.stepFunctions.start(target.arn, target.input ?? JSON.stringify(event));
    if (service !== "sns" || !this.sns.takesFrom(target.arn, "events.amazonaws.com")) return [];
    return [{ rule: rule.name, topicArn: target.arn, message: transformed(target, event) }];
  }

  #put(inputs: z.infer<typeof ruleSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 64);
    const region = inputs.region ?? this.context.region;
    const pattern = parseEventPattern(inputs.eventPattern);
    this.#rules.add(key(region, name), { name, region, pattern, state: inputs.state, targets: [] });
    const arn = `arn:aws:events:${region}:${this.context.accountId}:rule/${name}`;
    const isEnabled = inputs.state !== "DISABLED";
    const namePrefix = inputs.namePrefix ?? "";
    return {
      id: name,
      outputs: { ...inputs, ...tagOutputs(inputs), ...{ arn, name, namePrefix, isEnabled, region } },
    };
  }

  #checkTarget({ arn, roleArn }: z.infer<typeof targetSchema>, region: string): void {
    const refuse = (why: string) => new AwsError("ValidationException", why);
    const [, , service, place] = arn.split(":");
    if (service === "sns" && !this.sns.topic(arn)) throw refuse(`the topic "${arn}" does not exist`);
    if (service === "states" && !this.stepFunctions.has(arn))
      throw refuse(`the state machine "${arn}" does not exist`);
    if (service !== "events" && place !== region) throw refuse(`the target "${arn}" is not in ${region}`);
    if (!CALLED_BY_ROLE.test(arn)) return;
    if (roleArn === undefined) throw refuse(`RoleArn is required for target ${arn}`);
    if (!this.iam.assumableBy(roleArn, "events.amazonaws.com"))
      throw refuse(`EventBridge may not assume the role "${roleArn}", or there is none`);
  }
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
function checkTransformer(transformer: z.infer<typeof targetSchema>["inputTransformer"]): void {
  if (transformer === undefined) return;
  const names = Object.keys(transformer.inputPaths);
  if (names.length > mostPaths)
    throw new AwsError("ValidationException", `more than ${mostPaths} input paths`);
  for (const [, name = ""] of transformer.inputTemplate.matchAll(/<([\w.-]+)>/g)) {
    if (names.includes(name) || name.startsWith("aws.events.")) continue;
    throw new AwsError(
      "ValidationException",
      `InputTemplate for target contains the unknown variable "${name}"`,
    );
  }
}

/** What the target gets: the whole event, or the template with its variables filled in; what is not there is empty. */
function transformed({ inputTransformer }: z.infer<typeof targetSchema>, event: AwsEvent): string {
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
