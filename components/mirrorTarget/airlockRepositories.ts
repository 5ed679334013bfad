/** The airlock repositories as the arguments determine them: names, ARNs, and what policies call them. */
import type { CheckedMirrorTargetArgs } from "./args";
import { repositoryName } from "./repositoryName";

export interface AirlockRepository {
  /** Path of the project in GitLab. */
  gitlabProject: string;
  /** CodeCommit name. */
  name: string;
  arn: string;
  description?: string;
}

/** Every airlock repository, in the order of the names, so that the order of the arguments does not matter. */
export function airlockRepositories(args: CheckedMirrorTargetArgs): AirlockRepository[] {
  return args.repositories
    .map(({ name, gitlabProject, description }) => {
      const finalName = name ?? repositoryName(gitlabProject, args.repositoryPrefix);
      return { gitlabProject, name: finalName, arn: repositoryArn(args, finalName), description };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** What policies name: each repository, or with a prefix one pattern for all of them. */
export function airlockArns(args: CheckedMirrorTargetArgs): string[] {
  return args.repositoryPrefix === undefined
    ? airlockRepositories(args).map(({ arn }) => arn)
    : [repositoryArn(args, `${args.repositoryPrefix}-*`)];
}

/**
 * A repository's ARN
 * (https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control-iam-access-control-identity-based.html).
 * A `*` may stand in the name only.
 */
export function repositoryArn({ region, accountId }: CheckedMirrorTargetArgs, name: string): string {
  return `arn:aws:codecommit:${region}:${accountId}:${name}`;
}
