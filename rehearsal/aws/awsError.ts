/** An error in the words AWS would use: its code, then the message. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
    this.name = "AwsError";
  }
}
