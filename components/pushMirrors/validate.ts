/** What is wrong with the arguments of PushMirrors, all at once. */
import { principalArn } from "../schema/principalArn";
import { regionProblem } from "../regions";
import { keyPolicySize } from "../limits";
import type { MirroredRepositoryArgs, PushMirrorsArgs } from "./args";
import { credentialKeyPolicy } from "./credentialKey";

/** @param prefix the hierarchy that the parameters will be in @returns sentences, each with what was given and what was expected; none where all is right. */
export function validatePushMirrors(prefix: string, args: PushMirrorsArgs): string[] {
  const { region, accountId, gitlabInstanceId, gitlabRoleName, deployerArns, targets } = args;
  const names = targets.map(({ name }) => name);
  const urls = targets.flatMap(({ repositories }) => repositories);
  return [
    ...unless(regionProblem(region) === undefined, "region", region, 'a region, e.g. "ap-northeast-1"'),
    ...unless(/^[0-9]{12}$/.test(accountId), "accountId", accountId, "twelve digits"),
    ...unless(
      /^i-[0-9a-f]{8,17}$/.test(gitlabInstanceId),
      "gitlabInstanceId",
      gitlabInstanceId,
      'an instance id, e.g. "i-0123456789abcdef0"',
    ),
    ...unless(
      /^[\w+=,.@-]{1,64}$/.test(gitlabRoleName),
      "gitlabRoleName",
      gitlabRoleName,
      "the name of an IAM role",
    ),
    ...unless(
      deployerArns.length > 0,
      "deployerArns",
      deployerArns,
      "the role or user that deploys this stack",
    ),
    ...deployerArns.flatMap((arn, i) =>
      unless(
        principalArn(arn)?.startsWith(`arn:aws:iam::${accountId}:`) === true,
        `deployerArns[${i}]`,
        arn,
        `a role or user of account ${accountId}, e.g. "arn:aws:iam::${accountId}:role/deployer"`,
      ),
    ),
    ...keyPolicyProblems(prefix, args),
    ...unless(names.length > 0, "targets", names, "at least one target"),
    ...names.flatMap((name, i) => [
      ...unless(/^[A-Za-z0-9_.-]{1,50}$/.test(name), `targets[${i}].name`, name, "a stack's name"),
      ...unless(names.indexOf(name) === i, `targets[${i}].name`, name, "a name of its own"),
    ]),
    ...urls.flatMap(({ cloneUrlHttp: url, name }) =>
      unless(
        url === `https://git-codecommit.${region}.amazonaws.com/v1/repos/${name}`,
        `the clone URL of ${name}`,
        url,
        `that of a repository in ${region}: the source's proxy lets nothing else through`,
      ),
    ),
    ...twiceMirrored(targets),
  ];
}

/** Every deployer is named in the key's policy, which AWS does not let grow on request. */
function keyPolicyProblems(prefix: string, args: PushMirrorsArgs): string[] {
  return unless(
    Buffer.byteLength(credentialKeyPolicy(prefix, args)) <= keyPolicySize,
    "deployerArns",
    `(${args.deployerArns.length} ARNs)`,
    `fewer: the policy of the credentials' key names each, and holds ${keyPolicySize} bytes; let them share a role`,
  );
}

/**
 * A clone URL names no account, and GitLab mirrors a project once to a URL: of two targets whose repositories have the same
 * name, the host would set now the one's credential and now the other's.
 */
export function twiceMirrored(
  targets: readonly { name: string; repositories: readonly Omit<MirroredRepositoryArgs, "name">[] }[],
): string[] {
  const first = new Map<string, string>();
  return targets.flatMap(({ name, repositories }) =>
    repositories.flatMap(({ gitlabProject, cloneUrlHttp }) => {
      // GitLab tells paths apart without regard to case.
      const mirror = `${gitlabProject.toLowerCase()} ${cloneUrlHttp}`;
      const other = first.get(mirror);
      if (other === undefined) {
        first.set(mirror, name);
        return [];
      }
      return [
        `the mirror of ${gitlabProject} to ${name}: got ${cloneUrlHttp}, to which it is mirrored for ${other} already; expected ` +
          "a repository of another name (repositoryPrefix gives a target names of its own)",
      ];
    }),
  );
}

function unless(isRight: boolean, what: string, given: unknown, expected: string): string[] {
  return isRight ? [] : [`${what}: got ${JSON.stringify(given)}; expected ${expected}`];
}
