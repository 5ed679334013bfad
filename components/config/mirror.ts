/** The config of a mirror stack: its shape, its defaults, and what its values must hold to. */
import { keyPolicySize } from "../limits";
import { credentialKeyPolicy } from "../pushMirrors/credentialKey";
import { deployers } from "../schema/principals";
import { shortName } from "./stackOutputs";
import { boolean, list, object, pattern, withRules, type Rule } from "../schema/fields";

/** The schema of a mirror stack's keys. */
export function mirrorSchema() {
  const stack = (example: string) =>
    pattern(example, "the full name of a stack", /^[\w.-]+\/[\w.-]+\/[\w.-]+$/);
  const schema = object(
    {
      sourceStack: stack("organization/git-airlock/dev").optional(),
      targetStacks: list(stack("organization/git-airlock/prd"), ["organization/git-airlock/prd"], 0, String),
      onlyProtectedBranches: boolean(false),
      createProjects: boolean(false),
      withdrawn: boolean(false),
      dashboard: boolean(false),
      deployerArns: deployers(),
    },
    {},
  );
  const keyPolicy: Rule<{ deployerArns: string[] }> = {
    keys: ["deployerArns"],
    check: ({ deployerArns }, problem) => {
      // With the shortest of what only the deployment knows: what is too large then is so in any case.
      const shortest = { region: "eu-west-1", accountId: "123456789012", gitlabRoleName: "x" };
      const size = Buffer.byteLength(credentialKeyPolicy("/p/s/n", { ...shortest, deployerArns }));
      if (size <= keyPolicySize) return;
      const message = `makes a key policy of ${size} bytes, and AWS takes ${keyPolicySize}; expected fewer, who share a role`;
      problem(["deployerArns"], deployerArns, message);
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
