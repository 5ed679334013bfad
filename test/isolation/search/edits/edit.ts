import type { Weakening } from "../../../weakenings/weakening";

/** One hostile edit of a stack. */
export type Edit = Pick<Weakening, "what" | "edit">;
