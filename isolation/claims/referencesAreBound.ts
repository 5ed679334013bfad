/** C12: what comes in is what was reviewed, as far as CodeCommit can tell. */
import type { Deployment } from "../model/deployment";
import { PUSH, type Gate } from "./gate";
import { judge, requestExample } from "./judgement";
import type { Findings, Verdict } from "../verdict";

/** Decides C12. */
export function referencesAreBound({ declared }: Deployment, gate: () => Gate): Verdict {
  return judge(
    {
      claim: "C12",
      statement: "The push user may touch only the configured references.",
      proved: `The push user may push to ${declared.references.join(", ")} and to no other reference.`,
      assumptions: [
        "AWS sets codecommit:References to each reference that a push changes, as its user guide says.",
        "CodeCommit cannot tell a forced push or a deletion from another: the mirrors' keep_divergent_refs and GitLab's " +
          "protected branches keep them out, and the reader refuses rewritten history.",
        "Who may change a protected branch in GitLab is GitLab's administrators' to decide.",
      ],
    },
    () => findings(gate(), declared.references),
  );
}

function findings(gate: Gate, references: readonly string[]): Findings {
  if (references.length === 0) {
    return {
      evidence: [],
      counterExamples: [],
      reasons: ["No references are declared that the push user may touch."],
    };
  }
  const { allowed, open } = gate.push();
  const pushes = allowed.within("action", { values: [PUSH] });
  const named = pushes.outside("codecommit:References", { absent: true });
  const beside = named.outside("codecommit:References", { patterns: references });
  return {
    evidence: [
      {
        what: "references that the push user may push to",
        values: named.along("codecommit:References").values,
      },
    ],
    counterExamples: beside.isEmpty()
      ? []
      : [requestExample(beside, "The push user may push to a reference that is not configured")],
    reasons: open,
  };
}
