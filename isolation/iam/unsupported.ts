/**
 * How the evaluator says that it would have to guess. Neither error means "denied": the question stays open, and
 * whoever asked must treat it as unknown.
 */
import { Undecidable } from "../undecidable";

/** Where in a policy something was met that is not understood. */
export interface Place {
  /** The policy's name, as given to `parsePolicy`. */
  readonly policy: string;
  /** The statement's label (see `Statement.label`); absent when the document itself is meant. */
  readonly statement?: string;
  /** The element by its path within the statement or document, e.g. `Condition.IpAddress.aws:SourceIp`. */
  readonly element: string;
}

/** A policy holds something outside the subset that this evaluator decides. */
export class UnsupportedPolicyError extends Undecidable {
  constructor(
    readonly place: Place,
    problem: string,
  ) {
    const statement = place.statement === undefined ? "" : `, statement ${place.statement}`;
    super(`policy "${place.policy}"${statement}, ${place.element}: ${problem}`);
    this.name = "UnsupportedPolicyError";
  }
}

/** A request is contradictory, or says something that this evaluator does not know. */
export class UnsupportedRequestError extends Undecidable {
  /** @param element the part of the request, e.g. `context.aws:SourceIp` */
  constructor(
    readonly element: string,
    problem: string,
  ) {
    super(`request, ${element}: ${problem}`);
    this.name = "UnsupportedRequestError";
  }
}

/** A value in an error message: as JSON, so that its type and its quotes show. */
export function shown(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}
