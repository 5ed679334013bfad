/** What CodeCommit does with the key that a repository is under. */

/**
 * Calls that it makes in the name of whoever asks it for a repository: without a right to them, git is answered with 403
 * (https://github.com/aws/git-remote-codecommit/issues/55).
 * @see https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html
 */
export const repositoryKeyActions: readonly string[] = [
  "kms:Encrypt",
  "kms:Decrypt",
  "kms:ReEncryptFrom",
  "kms:ReEncryptTo",
  "kms:GenerateDataKey",
  "kms:GenerateDataKeyWithoutPlaintext",
  "kms:DescribeKey",
];

/**
 * What those calls say in `kms:ViaService`, and no others can.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
export function codeCommitService(region: string): string {
  return `codecommit.${region}.amazonaws.com`;
}
