/** Reads settings back out of the gitlab.rb that the GitLab host writes from its user data. */
import type { Environment } from "../git/mirrorProxy";

function gitlabRbOf(userData: string): string {
  const heredoc = /<<'([A-Z_]+)'\n([^]*?)\n\1\n/.exec(
    userData.slice(userData.indexOf("/etc/gitlab/gitlab.rb")),
  );
  if (!heredoc?.[2]) throw new Error("the user data writes no /etc/gitlab/gitlab.rb");
  return heredoc[2];
}

/**
 * What `gitaly['env']` holds, which is what a push runs with, or `gitlab_rails['env']`, with which scripts do; empty when it is
 * not set. Throws on any other form.
 */
export function environmentOf(service: "gitaly" | "gitlab_rails", userData: string): Environment {
  const gitlabRb = gitlabRbOf(userData);
  const variable = new RegExp(`^${service}\\['env'\\] = (\\w+)$`, "m").exec(gitlabRb)?.[1];
  if (variable === undefined) {
    if (gitlabRb.includes(`${service}['env']`))
      throw new Error(`${service}['env'] in gitlab.rb is of a form not known here`);
    return {};
  }
  const body = new RegExp(`^${variable} = \\{\n([^]*?)^\\}$`, "m").exec(gitlabRb)?.[1];
  if (body === undefined) throw new Error(`gitlab.rb does not set ${variable}`);
  return Object.fromEntries(
    body
      .trimEnd()
      .split("\n")
      .map((line) => {
        const [, key, value] = /^ {2}'([^'\\]+)' => '([^'\\]*)',$/.exec(line) ?? [];
        if (key === undefined || value === undefined)
          throw new Error(`gitlab.rb: "${line}" is not a pair of strings`);
        return [key, value];
      }),
  );
}
