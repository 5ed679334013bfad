/** Step Functions: state machines. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { accountTimestamp } from "../clock";
import { Iam } from "../identity/iam";
import { named } from "../names";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";
import { statesProblem } from "./statesLanguage";

/** An execution that was started, and with what. */
export interface Execution {
  machineArn: string;
  /** JSON. */
  input: string;
}

/** The state machines of one account, and what was started. */
export class StepFunctions {
  static readonly of = perAccount((aws) => new StepFunctions(aws));

  /** By ARN. */
  readonly machines = new Table<{ definition: string }>(
    "state machine",
    "StateMachineDoesNotExist",
    "StateMachineAlreadyExists",
  );
  readonly #executions: Execution[] = [];

  private constructor(readonly aws: AccountContext) {}

  /** Whether a state machine has this ARN. */
  has(arn: string): boolean {
    return this.machines.has(arn);
  }

  /** Starts an execution, which stays where it is: there is nothing here that it could call. */
  start(machineArn: string, input: string): void {
    this.machines.get(machineArn);
    this.#executions.push({ machineArn, input });
  }

  executions(): readonly Execution[] {
    return this.#executions;
  }
}

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const largestDefinition = 1_048_576;

/** @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html */
export const stateMachine = resource({
  type: "aws:sfn/stateMachine:StateMachine",
  inputs: z.looseObject({
    ...tagged.shape,
    ...named,
    definition: z.string(),
    roleArn: z.string(),
    type: z.enum(["STANDARD", "EXPRESS"]).default("STANDARD"),
  }),
  replaces: ["name", "namePrefix", "type"],
  longestName: 80,
  checks: [
    // No blanks, brackets, wildcards, or special characters.
    ["InvalidName", ({ name }) => !/^[A-Za-z0-9_-]{1,80}$/.test(name) && `Invalid Name: '${name}'`],
    [
      "InvalidDefinition",
      ({ inputs: { definition }, name }) => {
        const problem =
          Buffer.byteLength(definition) > largestDefinition
            ? `it has more than ${largestDefinition} bytes`
            : statesProblem(definition);
        return problem !== undefined && `Invalid State Machine Definition of ${name}: ${problem}`;
      },
    ],
    [
      "AccessDeniedException",
      ({ aws, inputs: { roleArn } }) =>
        !Iam.of(aws).assumableBy(roleArn, "states.amazonaws.com") &&
        `Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role. (${roleArn})`,
    ],
  ],
  id: ({ aws, name }) => aws.arn("states", `stateMachine:${name}`),
  arn: ({ id }) => id,
  keep: ({ aws, inputs, arn }) => StepFunctions.of(aws).machines.add(arn, { definition: inputs.definition }),
  outputs: () => ({
    creationDate: accountTimestamp,
    description: "",
    encryptionConfiguration: { kmsDataKeyReusePeriodSeconds: 0, kmsKeyId: "", type: "AWS_OWNED_KEY" },
    loggingConfiguration: { includeExecutionData: false, level: "OFF", logDestination: "" },
    revisionId: "",
    stateMachineVersionArn: "",
    status: "ACTIVE",
    tracingConfiguration: { enabled: false },
    versionDescription: "",
  }),
});
