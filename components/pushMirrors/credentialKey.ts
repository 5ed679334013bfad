/** The key that the credentials are under. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { principalArn } from "../schema/principalArn";
import type { PushMirrorsArgs } from "./args";

/**
 * A customer key. The account administers it and cannot use it; the host may decrypt our credentials, and a deployer may
 * encrypt them too, both by Systems Manager alone, which names the parameter it does it for
 * (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
 */
export function createCredentialKey(
  name: string,
  prefix: string,
  args: PushMirrorsArgs,
  parent: pulumi.Resource,
): aws.kms.Key {
  return new aws.kms.Key(
    name,
    {
      description: "Git credentials of push mirrors, for the GitLab host",
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: credentialKeyPolicy(prefix, args),
    },
    { parent },
  );
}

/** The key's policy, known before anything is made. */
export function credentialKeyPolicy(
  prefix: string,
  {
    region,
    accountId,
    gitlabRoleName,
    deployerArns,
  }: Pick<PushMirrorsArgs, "region" | "accountId" | "gitlabRoleName" | "deployerArns">,
): string {
  const account = `arn:aws:iam::${accountId}:root`;
  const bySystemsManager = {
    StringEquals: { "kms:ViaService": `ssm.${region}.amazonaws.com` },
    StringLike: {
      "kms:EncryptionContext:PARAMETER_ARN": `arn:aws:ssm:${region}:${accountId}:parameter${prefix}/credentials/*`,
    },
  };
  // In one order: who is named, and not how, decides the policy.
  const deployers = [...new Set(deployerArns.flatMap((arn) => principalArn(arn) ?? []))].sort();
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Administer",
        Effect: "Allow",
        Principal: { AWS: account },
        Action: [
          ...[
            "kms:Describe*",
            "kms:Get*",
            "kms:List*",
            "kms:Put*",
            "kms:Update*",
            "kms:Enable*",
            "kms:Disable*",
          ],
          ...["kms:TagResource", "kms:UntagResource", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"],
        ],
        Resource: "*",
      },
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
