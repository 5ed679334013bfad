/** Releases of GitLab with a hole that puts the whole host into somebody else's hands: what must not be started. */
import { isAtLeast } from "./gitlabVersion";

/** One hole, and which releases have it. */
export interface CriticalHole {
  /** e.g. "CVE-2026-85706" */
  cve: string;
  /** What somebody can do by it. */
  lets: string;
  /** Each from its first release on, up to but not with the one that is mended. */
  ranges: readonly { from: string; mendedIn: string }[];
  /** The day on which GitLab told of it, and where. */
  published: string;
  source: string;
}

/** The day up to which the list has been kept: what became known later is not in it. */
export const holesKnownUntil = "2026-11-27";

/**
 * Holes that GitLab rates as critical (CVSS 9.0 or more), of the Community Edition in its ordinary settings, published since
 * 2026-09. Older ones are not listed: a release that is not refused here is not sound for that. How to add one:
 * docs/operations.md, "A release with a known hole".
 */
export const criticalHoles: readonly CriticalHole[] = [
  {
    cve: "CVE-2026-85706",
    lets: "anybody read files of the host, without signing in",
    ranges: [
      { from: "18.7.0", mendedIn: "19.1.8" },
      { from: "19.2.0", mendedIn: "19.2.6" },
      { from: "19.3.0", mendedIn: "19.3.2" },
    ],
    published: "2026-09-10",
    source: "https://docs.gitlab.com/releases/patches/patch-release-gitlab-19-3-2-released/",
  },
  ...["CVE-2026-89078", "CVE-2026-93577"].map((cve) => ({
    cve,
    lets: "whoever may run a pipeline run code on the host",
    ranges: [
      { from: "19.2.0", mendedIn: "19.2.7" },
      { from: "19.3.0", mendedIn: "19.3.3" },
      { from: "19.4.0", mendedIn: "19.4.1" },
    ],
    published: "2026-09-23",
    source: "https://docs.gitlab.com/releases/patches/patch-release-gitlab-19-4-1-released/",
  })),
];

/** The holes that a release has, as far as they are listed. */
export function holesOf(version: string): CriticalHole[] {
  return criticalHoles.filter(({ ranges }) =>
    ranges.some(({ from, mendedIn }) => isAtLeast(version, from) && !isAtLeast(version, mendedIn)),
  );
}

/** The first releases that are newer than this one and have no hole that is listed, oldest first. */
export function mendedReleases(version: string): string[] {
  const mended = criticalHoles.flatMap(({ ranges }) => ranges.map(({ mendedIn }) => mendedIn));
  return [...new Set(mended)]
    .filter((one) => isAtLeast(one, version) && holesOf(one).length === 0)
    .sort((a, b) => (isAtLeast(a, b) ? 1 : -1));
}
