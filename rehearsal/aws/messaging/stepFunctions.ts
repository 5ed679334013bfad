/** Step Functions: state machines. */
import { z } from "zod";
import { accountTimestamp } from "../clock";
import type { Iam } from "../identity/iam";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { statesProblem } from "./statesLanguage";
import { tagged, tagOutputs } from "../tags";

/** An execution that was started, and with what. */
export interface Execution {
  machineArn: string;
  /** JSON. */
  input: string;
}

const machineSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  definition: z.string(),
  roleArn: z.string(),
  type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
});

/** Step Functions Developer Guide, "Quotas": a definition, in bytes. */
const largestDefinition = 1_048_576;

export class StepFunctions implements Service {
  readonly #machines = new Table<{ definition: string }>(
    "state machine",
    "StateMachineDoesNotExist",
    "StateMachineAlreadyExists",
  );
  readonly #executions: Execution[] = [];

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
  ) {}

  readonly kinds = {
    "aws:sfn/stateMachine:StateMachine": kind(machineSchema, (inputs, creation) =>
      this.#create(inputs, creation),
    ),
  };

  /** Whether a state machine has this ARN. */
  has(arn: string): boolean {
    return this.#machines.has(arn);
  }

  /** Starts an execution, which stays where it is: there is nothing here that it could call. */
  start(machineArn: string, input: string): void {
    this.#machines.get(machineArn);
    this.#executions.push({ machineArn, input });
  }

  executions(): readonly Execution[] {
    return this.#executions;
  }

  #create(inputs: z.infer<typeof machineSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, 80);
    // API reference, CreateStateMachine: no blanks, brackets, wildcards, or special characters.
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) throw new AwsError("InvalidName", `Invalid Name: '${name}'`);
    const problem =
      Buffer.byteLength(inputs.definition) > largestDefinition
        ? `it has more than ${largestDefinition} bytes`
        : statesProblem(inputs.definition);
    if (problem !== undefined)
      throw new AwsError("InvalidDefinition", `Invalid State Machine Definition of ${name}: ${problem}`);
    if (!this.iam.assumableBy(inputs.roleArn, "states.amazonaws.com"))
      throw new AwsError(
        "AccessDeniedException",
        `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (${inputs.roleArn})`,
      );
    const arn = this.context.arn("states", `stateMachine:${name}`);
    this.#machines.add(arn, { definition: inputs.definition });
    return {
      id: arn,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        ...{ arn, name, namePrefix: inputs.namePrefix ?? "", status: "ACTIVE" },
        creationDate: accountTimestamp,
        description: "",
        encryptionConfiguration: { kmsDataKeyReusePeriodSeconds: 0, kmsKeyId: "", type: "AWS_OWNED_KEY" },
        loggingConfiguration: { includeExecutionData: false, level: "OFF", logDestination: "" },
        revisionId: "",
        stateMachineVersionArn: "",
        tracingConfiguration: { enabled: false },
        versionDescription: "",
        region: this.context.region,
      },
    };
  }
}
