/** The config of a mirror stack: what PushMirrors takes, and which stacks it links. */
import { pushMirrorsFields, reportKeyPolicySize } from "../pushMirrors/args";
import { deployers } from "../schema/principals";
import { stackName } from "./stackName";
import { distinctTargetStacks, targetStacks } from "./targetStacks";
import { object, withRules, type Rule } from "../schema/fields";

/** The schema of a mirror stack's keys. */
export function mirrorSchema() {
  const { onlyProtectedBranches, createProjects, withdrawn, dashboard } = pushMirrorsFields();
  const schema = object(
    {
      sourceStack: stackName("organization/git-airlock/dev").optional(),
      targetStacks: targetStacks(),
      onlyProtectedBranches,
      createProjects,
      withdrawn,
      dashboard,
      // None stands for the identity that runs the deployment.
      deployerArns: deployers(0),
    },
    {},
  );
  const keyPolicy: Rule<{ deployerArns: string[] }> = {
    keys: ["deployerArns"],
    check: ({ deployerArns }, problem) => {
      // With the shortest of what only the deployment knows: what is too large then is so in any case.
      const shortest = { region: "eu-west-1", accountId: "123456789012", gitlabRoleName: "x" };
      reportKeyPolicySize("/p/s/n", { ...shortest, deployerArns }, problem);
    },
  };
  return withRules(schema, keyPolicy, distinctTargetStacks);
}
