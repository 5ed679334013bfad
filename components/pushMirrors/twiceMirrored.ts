/** Whether two mirrors would be one in GitLab. */
import type { Problem } from "../schema/problems";

/**
 * A clone URL names no account, and GitLab mirrors a project once to a URL: of two targets whose repositories have the same
 * name, the host would set now the one's credential and now the other's. Paths begin with the target's index.
 */
export function twiceMirrored(
  targets: readonly {
    name: string;
    repositories: readonly { gitlabProject: string; cloneUrlHttp: string }[];
  }[],
): Problem[] {
  const first = new Map<string, string>();
  const problems: Problem[] = [];
  for (const [i, { name, repositories }] of targets.entries())
    for (const [j, { gitlabProject, cloneUrlHttp }] of repositories.entries()) {
      // GitLab tells paths apart without regard to case.
      const mirror = `${gitlabProject.toLowerCase()} ${cloneUrlHttp}`;
      const other = first.get(mirror);
      first.set(mirror, other ?? name);
      if (other === undefined) continue;
      const message =
        `is the mirror of ${gitlabProject} for ${other} already, and cannot be the one for ${name} too; expected a ` +
        "repository of another name (repositoryPrefix gives a target names of its own)";
      problems.push({ path: [i, "repositories", j, "cloneUrlHttp"], value: cloneUrlHttp, message });
    }
  return problems;
}
