/** CodeCommit: the repositories of one account, without what is in them. */
import { z } from "zod";
import { codeCommitHost } from "../../../facts/hosts";
import type { AccountContext } from "../accountContext";
import { derivedUuid } from "../derived";
import { Kms } from "../identity/kms";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";

/** A repository as the account knows it. */
export interface Repository {
  name: string;
  arn: string;
  cloneUrlHttp: string;
  /** Of the key that its content is under. */
  keyArn: string;
  description?: string;
}

/** The repositories of one account. */
export class CodeCommit {
  static readonly of = perAccount((aws) => new CodeCommit(aws));

  /** By name. */
  readonly table = new Table<Repository>(
    "repository",
    "RepositoryDoesNotExistException",
    "RepositoryNameExistsException",
  );

  private constructor(readonly aws: AccountContext) {}

  repositories(): Repository[] {
    return this.table.values();
  }

  has(name: string): boolean {
    return this.table.has(name);
  }
}

/**
 * By default; AWS can raise it.
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
 */
const maxRepositories = 5_000;

/** @see https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateRepository.html */
export const repository = resource({
  type: "aws:codecommit/repository:Repository",
  inputs: z.looseObject({
    ...tagged.shape,
    repositoryName: z.string(),
    description: z.string().optional(),
    defaultBranch: z.string().optional(),
    kmsKeyId: z.string().optional(),
  }),
  replaces: [],
  checks: [
    [
      "InvalidRepositoryNameException",
      ({ inputs: { repositoryName: name } }) =>
        (!/^[\w.-]{1,100}$/.test(name) || name.endsWith(".git")) &&
        `"${name}" is not a repository name: expected 1 to 100 of letters, digits, periods, underscores and dashes, not ending in .git`,
    ],
    [
      "InvalidRepositoryDescriptionException",
      ({ inputs: { repositoryName, description = "" } }) =>
        description.length > 1000 &&
        `the description of "${repositoryName}" has ${description.length} characters; at most 1000 are allowed`,
    ],
    [
      "EncryptionKeyNotFoundException",
      ({ aws, inputs: { kmsKeyId } }) =>
        keyArnOf(aws, kmsKeyId) === undefined && `the key "${kmsKeyId ?? ""}" does not exist`,
    ],
    [
      // A repository is born empty, and only a branch that exists can be the default one.
      "BranchDoesNotExistException",
      ({ inputs: { repositoryName, defaultBranch } }) =>
        defaultBranch !== undefined &&
        `the new repository "${repositoryName}" has no branch "${defaultBranch}"; leave defaultBranch out`,
    ],
    [
      "RepositoryLimitExceededException",
      ({ aws, inputs: { repositoryName } }) =>
        CodeCommit.of(aws).table.size >= maxRepositories &&
        `"${repositoryName}" would be one repository more than the ${maxRepositories} that an account may hold`,
    ],
  ],
  id: ({ inputs }) => inputs.repositoryName,
  arn: ({ aws, id }) => aws.arn("codecommit", id),
  keep: ({ aws, inputs: { repositoryName: name, description, kmsKeyId }, arn }) =>
    CodeCommit.of(aws).table.add(name, {
      name,
      arn,
      cloneUrlHttp: `https://${codeCommitHost(aws.region)}/v1/repos/${name}`,
      keyArn: keyArnOf(aws, kmsKeyId) ?? "",
      ...(description !== undefined && { description }),
    }),
  outputs: ({ aws, inputs: { repositoryName: name, kmsKeyId } }) => ({
    cloneUrlHttp: `https://${codeCommitHost(aws.region)}/v1/repos/${name}`,
    cloneUrlSsh: `ssh://${codeCommitHost(aws.region)}/v1/repos/${name}`,
    kmsKeyId: keyArnOf(aws, kmsKeyId),
    repositoryId: derivedUuid(aws, "repository", name),
  }),
});

function keyArnOf(aws: AccountContext, kmsKeyId = "alias/aws/codecommit"): string | undefined {
  return Kms.of(aws).find(kmsKeyId);
}
