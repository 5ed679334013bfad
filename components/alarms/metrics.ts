/** The metrics of git-airlock's own, in CloudWatch. */

/** The namespace of them all. */
export const metricNamespace = "git-airlock";

/** What each run of the host tells. All but `LagSeconds` are only told with the dimension `Mirror`. */
export const runMetrics = {
  /** 1 for a run that did not succeed, else 0. Told by every run, so that none for long means that none was heard of. */
  failed: "Failed",
  /** How many mirrors are wanted. */
  desired: "Desired",
  /** How many airlock repositories hold every branch and tag that is to be mirrored, as the host has listed them. */
  synchronized: "Synchronized",
  /** How many have been behind, or unknown, for more than an hour. */
  lagging: "Lagging",
  /**
   * Seconds since the airlock repository has not been known to hold what the project holds: the largest, and with `Repository`
   * too, that of each one.
   */
  lag: "LagSeconds",
} as const;

/** The mirror's name as a dimension: the namespace is one for all of an account. */
export const mirrorDimension = "Mirror";
/** The airlock repository's. */
export const repositoryDimension = "Repository";
