/**
 * What leaves a claim open instead of deciding it. Whatever else is thrown, the runtime's own errors included, is a defect
 * of the prover and never a verdict.
 */

/** Why something cannot be decided; the message names the resource, policy or text, as a sentence. */
export abstract class Undecidable extends Error {}

/** Something that a claim rests on is not in the deployment. */
export class MissingEvidence extends Undecidable {
  override readonly name = "MissingEvidence";
}

/** A text that should be an address or a range is neither. */
export class UnreadableRange extends Undecidable {
  override readonly name = "UnreadableRange";

  constructor(readonly text: string) {
    super(`${JSON.stringify(text)} is not an address range`);
  }
}
