/** Looks for false proofs: hostile edits of a good deployment, of which the interpreter finds a way that a proved claim excludes. */
import fc from "fast-check";
import type { ClaimId } from "../../../isolation/claims";
import { each, type Stack, type Weakening } from "../../weakenings/weakening";
import { goodExports, type Exports } from "../exports";
import type { Edit } from "./edits/edit";
import { identityEdit } from "./edits/identities";
import { isolationEdit } from "./edits/isolation";
import { networkEdit } from "./edits/network";
import { Account } from "./interpreter/identities";
import { statementsOf } from "./interpreter/policies";
import { State, text } from "./interpreter/state";
import * as steps from "./interpreter/steps";
import { waysOfPackets, waysOutOfIsolation } from "./interpreter/walks";
import type { Way } from "./interpreter/ways";

/** One part of the deployment that is edited and walked. */
export interface Part {
  readonly name: string;
  readonly stack: Stack;
  readonly edit: fc.Arbitrary<Edit>;
  /** What the interpreter finds in it. */
  readonly ways: (exports: Exports) => Way[];
  /** The claims that its ways are against. */
  readonly claims: readonly ClaimId[];
}

/** The source's network, the isolated VPC, and the target's identities. */
export const PACKETS: Part = {
  name: "packets",
  stack: "source",
  edit: networkEdit,
  ways: (exports) => waysOfPackets(new State(exports.source.resources), "source-network"),
  claims: ["C7", "C8", "C13"],
};
export const ISOLATION: Part = {
  name: "packets of the room",
  stack: "target",
  edit: isolationEdit,
  ways: (exports) => waysOutOfIsolation(new State(exports.target.resources), "target-isolated"),
  claims: ["C6"],
};
export const REQUESTS: Part = {
  name: "requests",
  stack: "target",
  edit: identityEdit,
  ways: waysOfIdentities,
  claims: ["C2", "C3", "C4", "C5", "C9", "C10", "C12"],
};

const DECLARED = {
  repositories: ["platform.app", "platform.network"].map(
    (name) => `arn:aws:codecommit:ap-northeast-1:222222222222:${name}`,
  ),
  writers: ["arn:aws:iam::222222222222:role/deployer"],
  natAddresses: ["203.0.113.10", "203.0.113.11"],
  references: ["refs/heads/*", "refs/tags/*"],
};

function waysOfIdentities(exports: Exports): Way[] {
  const state = new State(exports.target.resources);
  const { outputs } = exports.target.root;
  const account = new Account(state, statementsOf(text(outputs, "serviceControlPolicy")));
  const declaration = { ...DECLARED, endpoint: text(outputs, "pullEndpointId") };
  return [
    ...steps.waysOfStrangers(account, declaration),
    ...steps.waysOfWriters(account, declaration),
    ...steps.waysOfGateUsers(account, declaration),
    ...steps.waysThroughEndpoints(state),
    ...steps.waysOfEvents(state),
  ];
}

/** What was seen of one deployment. */
export interface Outcome {
  /** The first way against each claim. */
  readonly ways: readonly Way[];
  /** Those whose claim is proved all the same. */
  readonly falseProofs: readonly Way[];
  /** Claims that are not proved, though no way was found; undefined where not asked for. */
  readonly open: readonly ClaimId[] | undefined;
}

/**
 * Makes the edits, walks, and asks for the verdict on each claim against which there is a way.
 * @param isThorough whether the other claims are asked for too, which takes long
 */
export async function tryOut(part: Part, edits: readonly Weakening[], isThorough = false): Promise<Outcome> {
  const exports = await goodExports();
  for (const one of edits) exports.weaken(one);
  const ways = firstOfEach(part.ways(exports));
  const isProved = (claim: ClaimId) => exports.verdictOn(claim).status === "proved";
  const others = part.claims.filter((claim) => !ways.some((way) => way.claim === claim));
  return {
    ways,
    falseProofs: ways.filter(({ claim }) => isProved(claim)),
    open: isThorough ? others.filter((claim) => !isProved(claim)) : undefined,
  };
}

/** One to four edits. */
export function editsOf({ stack, edit }: Part): fc.Arbitrary<Weakening[]> {
  return fc.array(edit, { minLength: 1, maxLength: 4 }).map((edits) => each({ stack }, edits));
}

function firstOfEach(ways: readonly Way[]): Way[] {
  return [...new Map([...ways].reverse().map((way) => [way.claim, way])).values()];
}
