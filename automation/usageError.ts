/** Something that the command was given cannot be used; the message says what was given, what was expected, and what to do. */
export class UsageError extends Error {}
