/** The config of a mirror stack: its shape, its defaults, and what its values must hold to. */
import { deployers } from "../schema/principals";
import { shortName } from "./stackOutputs";
import { boolean, list, object, pattern, withRules } from "../schema/fields";

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
  return withRules(schema, {
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
