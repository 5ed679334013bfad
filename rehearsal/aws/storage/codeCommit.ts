/** CodeCommit: the repositories of one account, without what is in them. */
import { z } from "zod";
import { codeCommitHost } from "../../../facts/hosts";
import { derivedUuid } from "../derived";
import type { Kms } from "../identity/kms";
import { AwsError, kind, Table, type AccountContext, type Created, type Service } from "../service";
import { tagged, tagOutputs } from "../tags";

/** A repository as the account knows it. */
export interface Repository {
  name: string;
  arn: string;
  cloneUrlHttp: string;
  description?: string;
}

// CodeCommit User Guide, "Quotas in AWS CodeCommit": number of repositories, 5,000 by default, can be raised.
const maxRepositories = 5_000;

const repositorySchema = z.looseObject({
  ...tagged.shape,
  repositoryName: z.string(),
  description: z.string().optional(),
  defaultBranch: z.string().optional(),
  kmsKeyId: z.string().optional(),
});

export class CodeCommit implements Service {
  readonly #repositories = new Table<Repository>(
    "repository",
    "RepositoryDoesNotExistException",
    "RepositoryNameExistsException",
  );

  // Asking the table would copy it each time, and a thousand repositories are no rarity here.
  #count = 0;

  constructor(
    private readonly context: AccountContext,
    private readonly kms: Kms,
  ) {}

  readonly kinds = {
    "aws:codecommit/repository:Repository": kind(repositorySchema, (inputs) => this.#create(inputs)),
  };

  repositories(): Repository[] {
    return this.#repositories.values();
  }

  has(name: string): boolean {
    return this.#repositories.has(name);
  }

  #create(inputs: z.infer<typeof repositorySchema>): Created {
    const { repositoryName: name, description } = inputs;
    if (!/^[\w.-]{1,100}$/.test(name) || name.endsWith(".git")) {
      throw new AwsError(
        "InvalidRepositoryNameException",
        `"${name}" is no repository name: expected 1 to 100 of letters, digits, periods, underscores and dashes, not ending in .git`,
      );
    }
    if (description !== undefined && description.length > 1000) {
      throw new AwsError(
        "InvalidRepositoryDescriptionException",
        `the description of "${name}" has ${description.length} characters; at most 1000 are allowed`,
      );
    }
    const kmsKeyId = this.kms.find(inputs.kmsKeyId ?? "alias/aws/codecommit");
    if (kmsKeyId === undefined) {
      throw new AwsError(
        "EncryptionKeyNotFoundException",
        `the key "${inputs.kmsKeyId ?? ""}" does not exist`,
      );
    }
    // A repository is born empty, and only a branch that exists can be the default one.
    if (inputs.defaultBranch !== undefined) {
      throw new AwsError(
        "BranchDoesNotExistException",
        `the new repository "${name}" has no branch "${inputs.defaultBranch}"; leave defaultBranch out`,
      );
    }
    if (this.#count >= maxRepositories) {
      throw new AwsError(
        "RepositoryLimitExceededException",
        `"${name}" would be one repository more than the ${maxRepositories} that an account may hold`,
      );
    }
    const host = codeCommitHost(this.context.region);
    const repository: Repository = {
      name,
      arn: this.context.arn("codecommit", name),
      cloneUrlHttp: `https://${host}/v1/repos/${name}`,
      ...(description !== undefined && { description }),
    };
    this.#repositories.add(name, repository);
    this.#count++;
    return {
      id: name,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn: repository.arn,
        cloneUrlHttp: repository.cloneUrlHttp,
        cloneUrlSsh: `ssh://${host}/v1/repos/${name}`,
        kmsKeyId,
        region: this.context.region,
        repositoryId: derivedUuid(this.context, "repository", name),
      },
    };
  }
}
