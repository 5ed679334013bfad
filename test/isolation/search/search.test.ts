import { expect } from "chai";
import fc from "fast-check";
import type { ClaimId } from "../../../isolation/claims";
import { weakenings } from "../../weakenings";
import type { Weakening } from "../../weakenings/weakening";
import { goodExports } from "../exports";
import { ISOLATION, PACKETS, REQUESTS, editsOf, tryOut, type Part } from "./search";

// A few here; SEARCH_RUNS=20000 searches for long, and SEARCH_SEED repeats a search.
const FEW = 25;
const RUNS = Number(process.env["SEARCH_RUNS"] ?? FEW);
const SEED = Number(process.env["SEARCH_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
/** How many of a long search are asked for all verdicts. */
const ONE_IN = 20;

/** How often something was seen of each claim. */
class Tally {
  private readonly counts = new Map<ClaimId, number>();

  add(claims: readonly ClaimId[]): void {
    for (const claim of claims) this.counts.set(claim, (this.counts.get(claim) ?? 0) + 1);
  }

  toString(): string {
    return [...this.counts].map(([claim, count]) => `${claim} ${count}`).join(", ") || "none";
  }
}

describe("what the prover proves", () => {
  for (const part of [PACKETS, ISOLATION, REQUESTS]) {
    it(`is crossed by no way that a walk over single ${part.name} finds`, async function () {
      if (RUNS > FEW) this.timeout(0);
      const [found, open] = [new Tally(), new Tally()];
      let tried = 0;
      const property = fc.asyncProperty(editsOf(part), async (edits) => {
        tried += 1;
        const outcome = await tryOut(part, edits, RUNS > FEW && tried % ONE_IN === 0);
        found.add(outcome.ways.map(({ claim }) => claim));
        open.add(outcome.open ?? []);
        const [first] = outcome.falseProofs;
        if (first !== undefined) throw new Error(falseProof(first.claim, first.says, edits));
      });
      try {
        await fc.assert(property, { numRuns: RUNS, seed: SEED });
      } finally {
        console.log(`      seed ${SEED}: ${tried} deployments, ways against ${found.toString()}`);
        if (RUNS > FEW) console.log(`      of every ${ONE_IN}th, open without a way: ${open.toString()}`);
      }
    });
  }
});

function falseProof(claim: string, says: string, edits: readonly Weakening[]): string {
  return [`${claim} is proved, though ${says}, where somebody`, ...edits.map(({ what }) => what)].join(
    "\n- ",
  );
}

/** Weakenings of the catalogue, by words of their names, one of each kind that a walk is to see. */
const SEEN: readonly (readonly [Part, ClaimId, readonly string[]])[] = [
  [PACKETS, "C7", ["reach a host in a private", "endpoint for S3 that GitLab", 'out by {"ipProtocol":"udp"']],
  [
    PACKETS,
    "C8",
    [
      "198.51.100.0/23",
      "jump host",
      "strangers in by the older rule resource",
      "strangers in by a rule of",
      "interface an Elastic IP",
    ],
  ],
  [PACKETS, "C13", ["an instance in a private", "another service"]],
  [
    ISOLATION,
    "C6",
    ["to more than the room", "for s3 with an open", "when its firewall does not", "up *, too"],
  ],
  [REQUESTS, "C4", ["role/deployer* by ArnNotLike", "named target-push*"]],
  [REQUESTS, "C9", ["StringLike", "by the policy of a s3"]],
  [REQUESTS, "C10", ["each by name", "three roles", "to a function", "do iam:*", "a function that runs"]],
];

describe("the walk over single packets and requests", () => {
  for (const part of [PACKETS, ISOLATION, REQUESTS]) {
    it(`finds no way of ${part.name} in a good deployment`, async () => {
      expect(part.ways(await goodExports())).to.deep.equal([]);
    });
  }

  for (const [part, claim, words] of SEEN) {
    const ofClaim = weakenings.filter((one) => [one.claim].flat().includes(claim));
    for (const found of words.flatMap((word) =>
      ofClaim.filter(({ what }) => what.includes(word)).slice(0, 1),
    )) {
      it(`finds a way against ${claim} where somebody ${found.what}`, async () => {
        const exports = await goodExports();
        exports.weaken(found);
        expect(part.ways(exports).map((way) => way.claim)).to.contain(claim);
      });
    }
  }
});
