/** A concrete way that a claim says cannot be. */
export interface Way {
  readonly claim: "C2" | "C3" | "C4" | "C5" | "C6" | "C7" | "C8" | "C9" | "C10" | "C12" | "C13";
  /** Hop by hop, for people. */
  readonly says: string;
}
