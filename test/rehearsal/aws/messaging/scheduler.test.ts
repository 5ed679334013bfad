import { expect } from "chai";
import { Iam } from "../../../../rehearsal/aws/identity/iam";
import { Scheduler } from "../../../../rehearsal/aws/messaging/scheduler";
import type { Properties } from "../../../../rehearsal/aws/accountContext";
import { account, make, refused, text, trust } from "../make";

const schedule = "aws:scheduler/schedule:Schedule";

describe("the stand-in EventBridge Scheduler", () => {
  let scheduler: Scheduler;
  let iam: Iam;
  let inputs: Properties;
  let target: Properties;
  beforeEach(async () => {
    const context = account();
    iam = Iam.of(context);
    scheduler = Scheduler.of(context);
    const role = await make(iam, "aws:iam/role:Role", "r", { assumeRolePolicy: trust("scheduler") });
    target = {
      arn: "arn:aws:scheduler:::aws-sdk:ec2:startInstances",
      roleArn: text(role, "arn"),
      input: '{"InstanceIds":["i-0"]}',
    };
    inputs = {
      name: "start",
      scheduleExpression: "cron(0 8 ? * MON-FRI *)",
      scheduleExpressionTimezone: "Asia/Tokyo",
      flexibleTimeWindow: { mode: "OFF" },
      target,
    };
  });

  it("keeps when something is done, and what", async () => {
    const made = await make(scheduler, schedule, "s", inputs);
    expect(made.id).to.equal("default/start");
    expect(scheduler.schedules()).to.have.length(1);
    expect(scheduler.schedules()[0]).to.include({
      expression: "cron(0 8 ? * MON-FRI *)",
      timezone: "Asia/Tokyo",
    });
  });

  it("refuses a name twice", async () => {
    await make(scheduler, schedule, "s", inputs);
    await refused("ConflictException", make(scheduler, schedule, "t", inputs));
  });

  it("refuses a bad expression", async () => {
    const bad = { ...inputs, scheduleExpression: "cron(0 8 * * *)" };
    expect(await refused("ValidationException", make(scheduler, schedule, "s", bad))).to.contain(
      "six fields",
    );
  });

  for (const zone of ["Asia/Tokio", "+09:00", ""]) {
    it(`refuses the time zone "${zone}"`, async () => {
      const bad = { ...inputs, scheduleExpressionTimezone: zone };
      expect(await refused("ValidationException", make(scheduler, schedule, "s", bad))).to.contain(
        "Timezone",
      );
    });
  }

  it("refuses a role that it may not assume", async () => {
    const other = await make(iam, "aws:iam/role:Role", "o", { assumeRolePolicy: trust("ec2") });
    const bad = { ...inputs, target: { ...target, roleArn: text(other, "arn") } };
    expect(await refused("ValidationException", make(scheduler, schedule, "s", bad))).to.contain(
      "assume the role",
    );
  });

  it("refuses a target that only reads, or whose input is not JSON object", async () => {
    for (const action of ["ec2:describeInstances", "s3:selectObjectContent", "dynamodb:batchGetItem"]) {
      const reading = { ...inputs, target: { ...target, arn: `arn:aws:scheduler:::aws-sdk:${action}` } };
      await refused("ValidationException", make(scheduler, schedule, "s", reading));
    }
    const garbled = { ...inputs, target: { ...target, input: "i-0" } };
    await refused("ValidationException", make(scheduler, schedule, "s", garbled));
  });
});
