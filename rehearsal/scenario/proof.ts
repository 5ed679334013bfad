/** The proof of what was stood up, confronted with what was tried. */
import { verify, type Report } from "../../isolation/claims/verify";
import { oncePerObject } from "../../isolation/model/oncePerObject";
import { readDeployment } from "../../isolation/model/readDeployment";
import { readStackExport } from "../../isolation/model/stackExport";
import type { StackSnapshot } from "../../isolation/model/snapshot";
import type { Delivery } from "./deliver";
import type { Deployment } from "../engines/in-process/deployment";
import type { Escape } from "./escapes";
import type { Practice } from "./practice";

/** The stacks that are proved. */
export interface ProvedStacks {
  source: Deployed;
  target: Deployed;
  mirror?: Deployed | undefined;
  organization?: Deployed | undefined;
  /** Other targets of the same source. */
  others?: readonly Deployed[];
}

type Deployed = { readonly deployment: Deployment };

/** Decides the claims about the stacks as they were deployed. What was done to an account by hand is not in them. */
export function prove({ source, target, mirror, organization, others = [] }: ProvedStacks): Report {
  return verify(
    readDeployment({
      source: snapshotOf(source.deployment),
      target: snapshotOf(target.deployment),
      ...(mirror && { mirror: snapshotOf(mirror.deployment) }),
      ...(organization && { organization: snapshotOf(organization.deployment) }),
      others: others.map(({ deployment }) => snapshotOf(deployment)),
    }),
  );
}

/** Secrets are marked in a deployment as they are in an export, and stay closed. */
const snapshotOf = oncePerObject(({ stack, resources }: Deployment): StackSnapshot =>
  readStackExport({ version: 3, deployment: { resources } }, stack),
);

/**
 * Where practice and proof differ, each as one sentence: something got through that a proved claim excludes, code did
 * not get through although it was proved to, or a counter-example came to nothing. One of the two is wrong then, and
 * nobody knows which.
 */
export function contradictions(
  { verdicts }: Report,
  delivery: Delivery,
  escapes: readonly Escape[],
  practice: readonly Practice[],
): string[] {
  const isProved = (claim: string) => verdicts.some((one) => one.claim === claim && one.status === "proved");
  return [
    ...(isProved("C1") && !delivery.comparison.equal
      ? ["C1 is proved, and yet what was pushed did not arrive unchanged"]
      : []),
    ...escapes
      .filter(({ claim, refused }) => !refused && isProved(claim))
      .map(({ claim, attempt }) => `${claim} is proved, and yet this was not refused: ${attempt}`),
    ...practice
      .filter(({ outcome }) => outcome === "differs")
      .map(
        ({ claim, says, by }) => `${claim} is refuted by an example that git contradicts: ${says} (${by})`,
      ),
  ];
}
