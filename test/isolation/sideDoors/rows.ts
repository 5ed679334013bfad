/** The form of what somebody did to one of the three stacks, and what must notice it. */
import type { ClaimId } from "../../../isolation/claims";
import type { Editor, StackRole } from "./threeStacks";

export interface Row {
  /** What somebody did, as the end of "an author who …". */
  what: string;
  stack: StackRole;
  edit: (stack: Editor, of: (stack: StackRole) => Editor) => unknown;
  /** The claims that must be refuted; none: every claim is proved as before. */
  claims?: readonly ClaimId[];
  /** Where they must be left open instead: what a reason must hold. */
  unknown?: string;
}

/** Where a row does the same to several stacks. */
export function onEach<T extends Omit<Row, "stack">>(stacks: readonly StackRole[], row: T) {
  return stacks.map((stack) => ({ ...row, stack, what: `${row.what}, in the ${stack}'s stack` }));
}

export const ACCOUNTS = { source: "111111111111", mirror: "111111111111", target: "222222222222" } as const;
export const stranger = "999999999999";
export const EVERYWHERE = ["source", "mirror", "target"] as const;

export const document = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
/** An ARN of a regional service. */
export const arn = (service: string, account: string, resource: string) =>
  `arn:aws:${service}:ap-northeast-1:${account}:${resource}`;
