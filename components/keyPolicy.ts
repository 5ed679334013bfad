/** What every key of ours says of those who administer it. */

/** The account administers the key by its identities' own policies, and does not use it. */
export function administration(accountId: string) {
  return {
    Sid: "Administer",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: [
      "kms:Describe*",
      "kms:Get*",
      "kms:List*",
      "kms:Put*",
      "kms:Update*",
      "kms:Enable*",
      "kms:Disable*",
      "kms:TagResource",
      "kms:UntagResource",
      "kms:ScheduleKeyDeletion",
      "kms:CancelKeyDeletion",
    ],
    Resource: "*",
  };
}
