/** What stops a rehearsal, and is not a defect of the rehearsal itself. */

/** Says in words for people what cannot be rehearsed, or how far it went and why no further. */
export class RehearsalError extends Error {}
