/** How the prover says that it cannot decide over all requests at once. */
import { UnsupportedPolicyError } from "../iam/unsupported";

/** A policy that the parser understands, but whose requests cannot be put into classes. Never "denied". */
export class UnclassifiablePolicyError extends UnsupportedPolicyError {
  override readonly name = "UnclassifiablePolicyError";
}
