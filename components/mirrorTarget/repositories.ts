/** Makes the airlock repositories. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { codeCommitCloneUrl } from "../../facts/hosts";
import type { Scope } from "../scope";
import type { AirlockRepository } from "./airlockRepositories";

/** A repository as others need to know it. */
export interface MirroredRepository {
  /** Path of the project in GitLab. */
  gitlabProject: string;
  /** CodeCommit name. */
  name: string;
  arn: string;
  /** e.g. "https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform.network" */
  cloneUrlHttp: string;
}

/**
 * One protected repository each. Its Pulumi name follows from its own name, so a change to one touches no other. No
 * default branch is set: CodeCommit asks that the branch exist, and takes the first one pushed by itself.
 */
export function createRepositories(
  { name, parent, region, fips }: Scope,
  repositories: AirlockRepository[],
  key: aws.kms.Key | undefined,
): pulumi.Output<MirroredRepository>[] {
  return repositories.map(({ gitlabProject, name: repositoryName, description }) => {
    const repository = new aws.codecommit.Repository(
      `${name}-repository-${repositoryName}`,
      { repositoryName, description, kmsKeyId: key?.arn },
      { parent, protect: true },
    );
    return pulumi.output({
      gitlabProject,
      name: repositoryName,
      arn: repository.arn,
      // CodeCommit says the ordinary one.
      cloneUrlHttp: repository.cloneUrlHttp.apply((url) =>
        fips ? codeCommitCloneUrl(region, repositoryName, fips) : url,
      ),
    });
  });
}
