/** How the prover says that it is wrong itself. */

/** The prover broke one of its own rules. Nothing that it said about the deployment counts then. */
export class ProverDefect extends Error {
  override readonly name = "ProverDefect";

  /**
   * @param doing what it did, e.g. "deciding C1"
   * @param cause what was thrown
   */
  constructor(doing: string, cause: unknown) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    super(
      `This is a defect of git-airlock's prover and no verdict on the deployment: ${doing} failed with "${what}"; ` +
        "please report it, with this message, in the issues of the git-airlock repository that you cloned.",
      { cause },
    );
  }
}
