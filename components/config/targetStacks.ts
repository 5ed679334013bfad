/** The targets that a stack names. */
import { list, type Rule } from "../schema/fields";
import { stackName } from "./stackName";
import { shortName } from "./stackOutputs";

const example = "organization/git-airlock/prd";

/** Full names of stacks; none stand for the usual one. */
export function targetStacks() {
  return list(stackName(example), [example], 0, String);
}

/** What is made for a target is named by the last part of its stack's name. */
export const distinctTargetStacks: Rule<{ targetStacks: string[] }> = {
  keys: ["targetStacks"],
  check: ({ targetStacks: stacks }, problem) => {
    const names = stacks.map(shortName);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const message =
        "ends as another one does, and what is made for it is named by that; expected stacks with names of their own";
      problem(["targetStacks", index], stacks[index], message);
    }
  },
};
