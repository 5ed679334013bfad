/** C12: what comes in is what was reviewed, as far as CodeCommit can tell. */
import type { Region } from "../access/region";
import { PUSH, type Gate } from "./gate";
import { requestExample } from "./judgement";
import type { Findings } from "../verdict";
import type { Claim } from "./claim";
import { writing } from "./writing";

/** C12. */
export const referencesAreBound: Claim<"C12"> = {
  id: "C12",
  title: "What comes in was reviewed",
  statement: "The push user may touch only the configured references.",
  proved: ({ declared }) =>
    `The push user may push to ${declared.references.join(", ")} and to no other reference.`,
  assumptions: () => [
    "AWS sets codecommit:References to each reference that a push changes, as its user guide says.",
    "CodeCommit cannot tell a forced push or a deletion from another: the mirrors' keep_divergent_refs and GitLab's " +
      "protected branches keep them out, and the reader refuses rewritten history.",
    "Who may change a protected branch in GitLab is GitLab's administrators' to decide.",
  ],
  needs: ["target"],
  isSeenByPolicies: true,
  decide: ({ deployment: { declared }, gate }) => findings(gate(), declared.references),
};

function findings(gate: Gate, references: readonly string[]): Findings {
  if (references.length === 0) {
    return {
      evidence: [],
      counterExamples: [],
      reasons: ["No references are declared that the push user may touch."],
    };
  }
  const { allowed, open } = gate.push();
  const elsewhere = (region: Region) => region.outside("codecommit:References", { patterns: references });
  const pushes = allowed.within("action", { values: [PUSH] });
  // A push says which references it changes.
  const named = pushes.outside("codecommit:References", { absent: true });
  // Every other write makes or changes something that was not pushed, and so reviewed by nobody.
  const written = writing(allowed).outside("action", { values: [PUSH] });
  const [beside, says] = elsewhere(named).isEmpty()
    ? [elsewhere(written), "The push user may write otherwise than by a push"]
    : [elsewhere(named), "The push user may push to a reference that is not configured"];
  return {
    evidence: [
      {
        what: "references that the push user may push to",
        values: named.along("codecommit:References").values,
      },
    ],
    counterExamples: beside.isEmpty() ? [] : [requestExample(beside, says)],
    reasons: open,
  };
}
