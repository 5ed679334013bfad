/**
 * Reads what acts by the clock, on events or when somebody starts it, without a host: schedules, state machines, automations, tests
 * of backups. What is understood to the end and harmless leaves nothing; what acts as a role is a host without a network;
 * everything else is a gap.
 */
import { CONCERNS } from "../../facts/resourceTypes";
import type { Host } from "./deployment";
import { readAutomations } from "./starters/automations";
import { readSchedules } from "./starters/schedules";
import { readStateMachines } from "./starters/stateMachines";
import type { Stack } from "./stack";

const RESTORE_TESTS = "aws:backup/restoreTestingSelection:RestoreTestingSelection";

/** What a restored backup of each is without a network. */
const WITHOUT_NETWORK: readonly (string | undefined)[] = ["EBS", "S3", "DynamoDB"];

export function readStarters(stack: Stack): Host[] {
  stack.readFor(["packets"], () => {
    readRestoreTests(stack);
  });
  return stack.readFor(CONCERNS, () => [
    ...readSchedules(stack),
    ...readStateMachines(stack),
    ...readAutomations(stack),
  ]);
}

/** @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html */
function readRestoreTests(stack: Stack): void {
  for (const selection of stack.of(RESTORE_TESTS)) {
    const type = stack.text(selection, "protectedResourceType");
    if (!WITHOUT_NETWORK.includes(type))
      stack.gap(selection, `it restores ${type ?? "something"} by the clock, in a network that is not shown`);
  }
}
