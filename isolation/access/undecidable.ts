/** How the prover says that it cannot tell. */
import { UnsupportedPolicyError } from "../iam/unsupported";

/** A policy that the parser understands, but whose requests cannot be put into classes. Never "denied". */
export class UndecidableError extends UnsupportedPolicyError {
  override readonly name = "UndecidableError";
}
