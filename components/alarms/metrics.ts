/** The metrics of git-airlock's own, in CloudWatch. */

/** The namespace of them all. */
export const metricNamespace = "git-airlock";

/** What each run of the host tells. All but `LagSeconds` are only told with the dimension `Mirror`. */
export const runMetrics = {
  /** 1 for a run that did not succeed, else 0. Told by every run, so that none for long means that none was heard of. */
  failed: "Failed",
  /** How many mirrors are wanted. */
  desired: "Desired",
  /** How many have nothing left to push. */
  synchronized: "Synchronized",
  /** How many are behind. */
  lagging: "Lagging",
  /** Seconds since the oldest change that has not arrived: the largest, and with `Repository` too, that of each one behind. */
  lag: "LagSeconds",
} as const;

/** The mirror's name as a dimension: the namespace is one for all of an account. */
export const mirrorDimension = "Mirror";
/** The airlock repository's. */
export const repositoryDimension = "Repository";
