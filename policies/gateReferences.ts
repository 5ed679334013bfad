/** The rule for what pushes may touch. */
import { boundTo } from "./support/references";
import { nameOf, statementsOf } from "./support/gateDocuments";
import { documentRule, noSettings, type Finding } from "./support/gateRule";
import { actionMatches } from "../isolation/iam/match";

export const pushPolicyIsBoundToReferences = documentRule(
  {
    name: "push-policy-is-bound-to-references",
    description: "The push user may touch known branches and tags only, and no other reference.",
    severity: "high",
    remediationSteps:
      "Add a Deny of codecommit:GitPush on * under StringNotLike codecommit:References with the references, and " +
      'Null codecommit:References "false".',
  },
  ["push"],
  noSettings,
  (policy) => {
    const bounds = statementsOf(policy, "Deny").flatMap((statement) => {
      const references = boundTo(statement);
      return references === undefined ? [] : [{ statement, references }];
    });
    if (bounds.length === 0) {
      return statementsOf(policy, "Allow")
        .filter(({ actions }) => actions.inverted || actions.patterns.some(namesPush))
        .map((statement) => ({
          found: `lets pushes touch every reference by ${nameOf(statement)}`,
          fix: "Add the Deny of all but known branches and tags.",
        }));
    }
    return bounds.flatMap(({ statement, references }): Finding[] => {
      const wide = references.filter((reference) => !/^refs\/(heads|tags)\//.test(reference));
      if (wide.length === 0) return [];
      return [
        {
          found: `lets pushes touch ${wide.join(", ")}, spared by ${nameOf(statement)}`,
          fix: "Name branches and tags: refs/heads/… and refs/tags/….",
        },
      ];
    });
  },
);

function namesPush(pattern: string): boolean {
  return actionMatches(pattern, "codecommit:GitPush");
}
