import { expect } from "chai";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { StepFunctions } from "../../../../rehearsal/aws/messaging/stepFunctions";
import { account, accountId, make, refused, text, trust } from "../make";

const read = { Type: "Task", Resource: "arn:aws:states:::aws-sdk:ssm:getParameter", Next: "Put" };
const put = { Type: "Task", Resource: "arn:aws:states:::aws-sdk:cloudwatch:putMetricData", End: true };
const sound = { QueryLanguage: "JSONata", StartAt: "Read", States: { Read: read, Put: put } };

describe("the stand-in Step Functions", () => {
  let stepFunctions: StepFunctions;
  let iam: Iam;
  let roleArn: string;
  beforeEach(async () => {
    const context = account();
    iam = Iam.of(context);
    stepFunctions = StepFunctions.of(context);
    roleArn = await role("states");
  });

  const role = async (service: string) =>
    text(
      await make(iam, "aws:iam/role:Role", service, { name: service, assumeRolePolicy: trust(service) }),
      "arn",
    );
  const machine = (definition: unknown, inputs: object = {}) =>
    make(stepFunctions, "aws:sfn/stateMachine:StateMachine", "m", {
      name: "m",
      roleArn,
      definition: typeof definition === "string" ? definition : JSON.stringify(definition),
      ...inputs,
    });

  it("makes a state machine under its ARN", async () => {
    const { id } = await machine(sound);
    expect(id).to.equal(`arn:aws:states:ap-northeast-1:${accountId}:stateMachine:m`);
    expect(stepFunctions.has(id)).to.equal(true);
  });

  const states = (changes: object) => ({ ...sound, States: { Read: read, Put: put, ...changes } });
  const rows: [why: string, definition: unknown, says: RegExp][] = [
    ["that is not JSON", "{", /not valid JSON/],
    ["that begins nowhere", { ...sound, StartAt: "Begin" }, /MISSING_TRANSITION_TARGET.*"Begin"/],
    [
      "that goes on nowhere",
      states({ Read: { ...read, Next: "Gone" } }),
      /MISSING_TRANSITION_TARGET.*"Gone"/,
    ],
    ["that neither goes on nor ends", states({ Put: { ...put, End: undefined } }), /"Put" must have either/],
    ["with a state that is never reached", states({ Lost: put }), /"Lost" is never reached/],
    ["with JSONPath's fields", states({ Put: { ...put, Parameters: {} } }), /Parameters/],
    ["with half an expression", states({ Put: { ...put, Arguments: { a: ["{% $x"] } } }), /not a whole/],
    ["that calls no service", states({ Put: { ...put, Resource: "aws-sdk:s3" } }), /Resource/],
    ["in a query language that is not known here", { ...sound, QueryLanguage: "JSONPath" }, /QueryLanguage/],
  ];
  for (const [why, definition, says] of rows)
    it(`refuses a definition ${why}`, async () => {
      expect(await refused("InvalidDefinition", machine(definition))).to.match(says);
    });

  it("refuses a role that is not there, or that Step Functions may not assume", async () => {
    await refused(
      "AccessDeniedException",
      machine(sound, { roleArn: `arn:aws:iam::${accountId}:role/none` }),
    );
    await refused("AccessDeniedException", machine(sound, { roleArn: await role("events") }));
  });

  it("refuses a name with blanks, and a name twice", async () => {
    await refused("InvalidName", machine(sound, { name: "a b" }));
    await machine(sound);
    await refused("StateMachineAlreadyExists", machine(sound));
  });
});
