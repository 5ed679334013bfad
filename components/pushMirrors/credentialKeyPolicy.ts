/** Who may use the key that the credentials are under, and how. */
import { administration } from "../keyPolicy";
import { principalArn } from "../schema/principalArn";

/** Whom the policy names, and where. */
export interface CredentialKeyUsers {
  region: string;
  accountId: string;
  /** Name of the GitLab host's role. */
  gitlabRoleName: string;
  deployerArns: readonly string[];
}

/** The key's policy, known before anything is made. @param hierarchy that the parameters are in */
export function credentialKeyPolicy(
  hierarchy: string,
  { region, accountId, gitlabRoleName, deployerArns }: CredentialKeyUsers,
): string {
  const account = `arn:aws:iam::${accountId}:root`;
  const bySystemsManager = {
    StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
    StringLike: {
      "kms:EncryptionContext:PARAMETER_ARN": `arn:aws:ssm:${region}:${accountId}:parameter${hierarchy}/credentials/*`,
    },
  };
  // In one order: who is named, and not how, decides the policy.
  const deployers = [...new Set(deployerArns.flatMap((arn) => principalArn(arn) ?? []))].sort();
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      administration(accountId),
      {
        // By its ARN as a condition: a role of Identity Center is known by a pattern only.
        Sid: "Deploy",
        Effect: "Allow",
        Principal: { AWS: account },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: { ...bySystemsManager, ArnLike: { "aws:PrincipalArn": deployers } },
      },
      {
        Sid: "ReadOnTheHost",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${accountId}:role/${gitlabRoleName}` },
        Action: "kms:Decrypt",
        Resource: "*",
        Condition: bySystemsManager,
      },
    ],
  });
}
