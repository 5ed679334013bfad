/** What every part of PushMirrors is made in. */
import type { Scope } from "../scope";

export interface MirrorScope extends Scope {
  /** The hierarchy that the parameters are in, e.g. "/git-airlock/mirror/mirror". */
  hierarchy: string;
}
