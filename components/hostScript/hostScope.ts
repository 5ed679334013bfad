/** What everything that has to do with one script of the GitLab host is made in. */
import type { Scope } from "../scope";

export interface HostScope extends Scope {
  /** The hierarchy that the script's parameters are in, e.g. "/git-airlock/mirror/mirror". */
  hierarchy: string;
}
