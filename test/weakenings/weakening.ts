/**
 * The form of the catalogue: what somebody did to one of our two stacks, and what must notice it. A new one is one row in
 * the file of its topic, e.g.
 *
 *     {
 *       what: "puts an Internet gateway into the isolated VPC",
 *       stack: "target",
 *       edit: (stack) => stack.add("ec2.InternetGateway", "way-out", { vpcId: stack.ref("ec2.Vpc", "target-isolated") }),
 *       claim: "C6",
 *       rule: ["isolated-vpc-has-no-gateway", "way-out", "Internet gateway"],
 *     }
 *
 * The prover's tests (test/isolation/weakenings.test.ts) run all rows: the claim is refuted, or with `unknown` left open for
 * a reason that holds those words; a row without a claim
 * leaves all of them proved. The policy pack's (test/policies/weakenings.test.ts)
 * and the engine's (test/engine/pack.test.ts) run the rows with a rule: that rule alone stops it and says those words. A row
 * with neither is harmless: it changes no verdict, and no rule stops it.
 */
import type { ClaimId } from "../../isolation/claims";
import type { Declared } from "../../isolation/model/deployment";
import { Editor, type Resource } from "./editor";

export type Stack = "source" | "target";

/** How isolated terminals pull: through the endpoint, locked to it or to its VPC, or by address. */
export type Mode = "endpoint" | "sourceVpc" | "addresses";

/** One change of a good deployment, and what must notice it. */
export interface Weakening {
  /** What somebody did, as the end of "an author who …". */
  what: string;
  stack: Stack;
  /** Does it. The other stack is for what concerns both. */
  edit: (stack: Editor, other: Editor) => unknown;
  /** Which good deployment it is done to, where the prover is shown it. @default "endpoint" */
  mode?: Mode;
  /** What is declared to the prover. @default that the service control policy is attached */
  declared?: Partial<Declared>;
  /** The claim, or claims, that must be refuted. */
  claim?: ClaimId | readonly ClaimId[];
  /** Where the claim must be left open instead: what a reason must hold. */
  unknown?: string;
  /** The rule that must stop it, alone, and what its message must hold: the resource's name, and what was found. */
  rule?: readonly [name: string, ...says: string[]];
  /** The level of a rule that warns only. @default "mandatory" */
  level?: "advisory";
}

/** Rows that have something in common. */
export function each(
  common: Partial<Weakening> & Pick<Weakening, "stack">,
  rows: readonly (Partial<Weakening> & Pick<Weakening, "what" | "edit">)[],
): Weakening[] {
  return rows.map((row) => ({ ...common, ...row }));
}

/** Does it to copies of both stacks' resources. @returns the editor of the stack that it is about */
export function weaken({ stack, edit }: Weakening, resources: Record<Stack, readonly Resource[]>): Editor {
  const editor = new Editor(resources[stack]);
  edit(editor, new Editor(resources[stack === "source" ? "target" : "source"]));
  return editor;
}
