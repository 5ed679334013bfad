/** The customer key that the airlock repositories are under, where one is asked for. */
import * as aws from "@pulumi/aws";
import { codeCommitService, repositoryKeyActions } from "../../facts/repositoryKey";
import { administration } from "../keyPolicy";
import type { Scope } from "../scope";

/**
 * A key that serves its account through CodeCommit alone, in the words of AWS's own key for it (`aws/codecommit`). So the
 * gate users need no further right: git calls KMS by CodeCommit, and the key opens to nothing else that they could call.
 * Without it nobody reads the repositories again, so it is protected as they are.
 */
export function createRepositoryKey(scope: Scope): aws.kms.Key {
  return new aws.kms.Key(
    `${scope.name}-repositories`,
    {
      description: "Airlock repositories",
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: repositoryKeyPolicy(scope),
    },
    { parent: scope.parent, protect: true },
  );
}

function repositoryKeyPolicy({ region, accountId }: Scope): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      administration(accountId),
      {
        Sid: "UseThroughCodeCommit",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: repositoryKeyActions,
        Resource: "*",
        Condition: {
          StringEquals: { "kms:ViaService": codeCommitService(region), "kms:CallerAccount": accountId },
        },
      },
    ],
  });
}
