/** What leaves a claim open instead of deciding it. */
import { UnsupportedPolicyError, UnsupportedRequestError } from "../iam/unsupported";

/** Something that a claim rests on is not in the deployment; the message names it, as a sentence. */
export class NotShown extends Error {
  override readonly name = "NotShown";
}

/** Whether an error says what is not shown or not understood; any other is a defect of the prover. */
export function leavesOpen(error: unknown): error is Error {
  return (
    error instanceof NotShown ||
    error instanceof UnsupportedPolicyError ||
    error instanceof UnsupportedRequestError ||
    // A range that is none.
    error instanceof RangeError
  );
}
