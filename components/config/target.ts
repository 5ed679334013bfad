/** The config of a target stack: what MirrorTarget takes, but for where it is, and where its push sources come from. */
import { mirrorTargetFields, mirrorTargetRules, pushSources, reportInside } from "../mirrorTarget/args";
import { deployers } from "../schema/principals";
import { integer, object, withRules } from "../schema/fields";
import { stackName } from "./stackName";

/** How many push sources a source stack has unless told otherwise: a NAT gateway in each of its two zones. */
export const defaultSourceAddressCount = 2;

/** The schema of a target stack's keys. @param given the values as they come, with `region` */
export function targetSchema(given: { region?: unknown }) {
  const { region: _, accountId: __, ...fields } = mirrorTargetFields(given);
  const schema = object(
    {
      ...fields,
      // None stand for what the source stack says.
      pushSourceAddresses: pushSources(0),
      // None stands for the identity that runs the deployment.
      deployerArns: deployers(0),
      sourceStack: stackName("organization/git-airlock/dev").optional(),
      expectedSourceAddresses: pushSources(0),
      sourceAddressCount: integer([1, 20], defaultSourceAddressCount),
    },
    {},
  );
  return withRules(
    schema,
    ...mirrorTargetRules,
    {
      keys: ["sourceStack", "pushSourceAddresses"],
      check: ({ sourceStack, pushSourceAddresses }, problem) => {
        if (sourceStack === undefined || pushSourceAddresses.length === 0) return;
        problem(["pushSourceAddresses"], pushSourceAddresses, "contradicts sourceStack; give one of the two");
      },
    },
    {
      keys: ["pushSourceAddresses", "expectedSourceAddresses"],
      check: ({ pushSourceAddresses, expectedSourceAddresses }, problem) => {
        if (pushSourceAddresses.length === 0 || expectedSourceAddresses.length === 0) return;
        const message =
          "pins what a source stack says; with pushSourceAddresses there is none, so remove one of the two";
        problem(["expectedSourceAddresses"], expectedSourceAddresses, message);
      },
    },
    {
      keys: ["expectedSourceAddresses", "sourceAddressCount"],
      check: ({ expectedSourceAddresses: { length }, sourceAddressCount }, problem) => {
        // Pulumi writes a default into the config, so the default cannot be told from a count that was given.
        if ([0, sourceAddressCount].includes(length) || sourceAddressCount === defaultSourceAddressCount)
          return;
        const message = `is not the number of expectedSourceAddresses; expected ${length}`;
        problem(["sourceAddressCount"], sourceAddressCount, message);
      },
    },
    {
      keys: ["pull", "expectedSourceAddresses"],
      check: ({ pull, expectedSourceAddresses }, problem) => {
        reportInside("expectedSourceAddresses", expectedSourceAddresses, pull, problem);
      },
    },
  );
}
