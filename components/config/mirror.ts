/** The config of a mirror stack: what PushMirrors takes, and which stacks it links. */
import { pushMirrorsFields, reportKeyPolicySize } from "../pushMirrors/args";
import { deployers } from "../schema/principals";
import { stackName } from "./stackName";
import { shortName } from "./stackOutputs";
import { list, object, withRules, type Rule } from "../schema/fields";

/** The schema of a mirror stack's keys. */
export function mirrorSchema() {
  const { onlyProtectedBranches, createProjects, withdrawn, dashboard } = pushMirrorsFields();
  const schema = object(
    {
      sourceStack: stackName("organization/git-airlock/dev").optional(),
      targetStacks: list(
        stackName("organization/git-airlock/prd"),
        ["organization/git-airlock/prd"],
        0,
        String,
      ),
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
  return withRules(schema, keyPolicy, {
    keys: ["targetStacks"],
    check: ({ targetStacks }, problem) => {
      const names = targetStacks.map(shortName);
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        const message =
          "ends as another one does, and parameters are named by that; expected stacks with names of their own";
        problem(["targetStacks", index], targetStacks[index], message);
      }
    },
  });
}
