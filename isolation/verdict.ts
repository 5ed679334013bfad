/** Verdicts are data: what is claimed, what was found, and what it was found by. */
import type { AccessRequest } from "./iam/request";

/** In the order of reports. Pending: a step is missing that the reason names; unknown: something is not shown or not understood. */
export const STATUSES = ["proved", "refuted", "pending", "unknown"] as const;

export type Status = (typeof STATUSES)[number];

/** One claim, decided. */
export interface Verdict<Id extends string = string> {
  readonly claim: Id;
  /** What is claimed, in one sentence. */
  readonly statement: string;
  readonly status: Status;
  /** Why, in one sentence for people. */
  readonly summary: string;
  /** What it was decided by: counts of classes, deciding statements, the sets. */
  readonly evidence: readonly Evidence[];
  /** At least one where refuted, none elsewhere. */
  readonly counterExamples: readonly CounterExample[];
  /** What could not be told, where unknown, and which steps are missing, where pending; each names the statement or resource. */
  readonly reasons: readonly string[];
  /** What must be true outside of the deployment for the verdict to hold. */
  readonly assumptions: readonly string[];
}

/** What was found of one claim. */
export interface Findings {
  readonly evidence: readonly Evidence[];
  readonly counterExamples: readonly CounterExample[];
  /** What could not be told. */
  readonly reasons: readonly string[];
  /** Steps that are missing before the claim can hold, each with what to do. @default none */
  readonly pending?: readonly string[];
}

export interface Evidence {
  readonly what: string;
  readonly values: readonly string[];
}

/** Something concrete that the claim says cannot be. */
export type CounterExample =
  | {
      readonly kind: "request";
      /** One sentence for people. */
      readonly says: string;
      /** What the concrete decider, or CodeCommit, can be asked. */
      readonly request: AccessRequest;
      /** What becomes of it in this deployment: it is let through and should not be, or the other way round. */
      readonly outcome: "allowed" | "refused";
      /** URN of the endpoint that the request comes through. */
      readonly endpoint?: string;
    }
  | {
      readonly kind: "packet";
      readonly says: string;
      readonly packet: Packet;
      /** The resources that it passes, by URN. */
      readonly path: readonly string[];
    }
  | { readonly kind: "resource"; readonly says: string; readonly urn: string };

export interface Packet {
  /** An address or a range, e.g. "10.0.3.7" */
  readonly from: string;
  readonly to: string;
  readonly protocol: string;
  readonly port: number;
}

/** An edge of the data-flow graph: who can write where, and who can read it. */
export interface FlowEdge {
  readonly from: string;
  readonly to: string;
  /** e.g. "GitPush through NAT", "GitPull through vpce-…" */
  readonly by: string;
  /** Where data ends up: edges from `isolated` to `outside` are what must not be. */
  readonly crosses: "in" | "out" | "within";
}
