import * as aws from "@pulumi/aws";
import * as sideDoors from "../../policies/sideDoors";
import { describeRule, UNKNOWN } from "./describeRule";
import { subject, type Subject } from "./harness";

const own = "arn:aws:sns:eu-west-1:444455556666:topic";
const foreign = "arn:aws:sns:eu-west-1:999999999999:topic";

/** A program whose account shows in its repository's ARN. */
function withRepository(...more: Subject[]): Subject[] {
  const arn = "arn:aws:codecommit:eu-west-1:444455556666:app";
  return [subject(aws.codecommit.Repository, "app", { repositoryName: "app", arn }), ...more];
}

describeRule("a trigger", {
  rule: sideDoors.repositoryTriggersStayHome,
  program: (properties) => withRepository(subject(aws.codecommit.Trigger, "it", properties)),
  good: { triggers: [{ destinationArn: own }] },
  bad: { triggers: [{ destinationArn: own }, { destinationArn: foreign }] },
  says: 'Trigger "it" sends a repository\'s events to arn:aws:sns:eu-west-1:999999999999:topic, in account 999999999999',
  unknown: { triggers: [{ destinationArn: UNKNOWN }] },
});
describeRule("a trigger where nothing says whose account this is", {
  rule: sideDoors.repositoryTriggersStayHome,
  program: ({ account, ...properties }) => [
    subject(aws.codecommit.Trigger, "it", properties),
    subject(aws.sns.Topic, "own", { arn: account }),
  ],
  good: { account: own, triggers: [{ destinationArn: own }] },
  bad: { triggers: [{ destinationArn: own }] },
  says: "cannot be decided: set this rule's accountId",
  unknown: { triggers: UNKNOWN },
});
describeRule("the account that is set", {
  rule: sideDoors.repositoryTriggersStayHome,
  settings: { accountId: "999999999999" },
  program: (properties) => withRepository(subject(aws.codecommit.Trigger, "it", properties)),
  good: { triggers: [{ destinationArn: foreign }] },
  bad: { triggers: [{ destinationArn: own }] },
  says: "in account 444455556666; this one is 999999999999",
});
describeRule("a notification", {
  rule: sideDoors.notificationRulesStayHome,
  program: (properties) =>
    withRepository(subject(aws.codestarnotifications.NotificationRule, "it", properties)),
  good: { targets: [{ address: own }] },
  bad: { targets: [{ address: foreign }] },
  says: "in account 999999999999",
  unknown: { targets: [{ address: UNKNOWN }] },
});
describeRule("an event's target", {
  rule: sideDoors.eventTargetsStayHome,
  program: (properties) => withRepository(subject(aws.cloudwatch.EventTarget, "it", properties)),
  good: { arn: own },
  bad: { arn: "arn:aws:events:eu-west-1:444455556666:api-destination/hook/1" },
  says: "a web address outside of AWS",
});
describeRule("the target of a rule that runs by the clock", {
  rule: sideDoors.eventTargetsStayHome,
  program: (properties) =>
    withRepository(
      subject(aws.cloudwatch.EventRule, "hourly", { name: "hourly", scheduleExpression: "rate(1 hour)" }),
      subject(aws.cloudwatch.EventTarget, "it", { rule: "hourly", ...properties }),
    ),
  good: { arn: own },
  bad: { arn: foreign },
  says: 'EventTarget "it" sends events to arn:aws:sns:eu-west-1:999999999999:topic, in account 999999999999',
});
describeRule("a schedule", {
  rule: sideDoors.eventTargetsStayHome,
  program: (properties) => withRepository(subject(aws.scheduler.Schedule, "it", properties)),
  good: { target: { arn: "arn:aws:scheduler:::aws-sdk:ec2:startInstances" } },
  bad: { target: { arn: foreign } },
  says: 'Schedule "it" calls arn:aws:sns:eu-west-1:999999999999:topic',
});
describeRule("a pipe that says no target", {
  rule: sideDoors.eventTargetsStayHome,
  program: (properties) => withRepository(subject(aws.pipes.Pipe, "it", properties)),
  good: { target: own },
  bad: {},
  says: "cannot be decided: it names no account",
});
describeRule("a pipe", {
  rule: sideDoors.eventTargetsStayHome,
  program: (properties) => withRepository(subject(aws.pipes.Pipe, "it", properties)),
  good: { target: own },
  bad: { target: foreign },
  says: 'Pipe "it" pipes to',
});
