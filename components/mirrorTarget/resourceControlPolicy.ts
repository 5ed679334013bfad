/** The resource control policy that holds the airlock repositories' writers and locks, whatever IAM in their account says. */
import { policyText, type Statement } from "./policyDocuments";
import type { Lock } from "./lock";
import { anybodyBut, type ControlledTarget } from "./serviceControlPolicy";

/**
 * Characters in a resource control policy
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html).
 */
export const RESOURCE_CONTROL_POLICY_LIMIT = 5_120;

/** A gate user, and from where alone it may come. */
export interface LockedUser {
  arn: string;
  lock: Lock;
}

/**
 * CodeCommit's actions that change something, and names that such actions begin with. Such a policy has no `NotAction`
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html), so what CodeCommit
 * gains tomorrow under another name is left to the service control policy.
 */
const CHANGES = [
  "Associate*",
  "BatchAssociate*",
  "BatchDisassociate*",
  "Create*",
  "Delete*",
  "Disassociate*",
  "GitPush",
  "Merge*",
  "Override*",
  "Post*",
  "Put*",
  "TagResource",
  "Test*",
  "UntagResource",
  "Update*",
  "UploadArchive",
].map((name) => `codecommit:${name}`);

/**
 * Denies changes of the airlock repositories to every principal but the writers, and everything to a gate user who comes
 * from elsewhere than its lock has it: no change of IAM in this account, not even by the root user, opens the locks again.
 * It grants nothing, and holds neither in an organization's management account nor for service-linked roles
 * (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html; the list of services there has
 * CodeCommit).
 *
 * Where the exact ARNs do not fit (beyond some 45 repositories), it speaks of every repository in this Region and account,
 * as the service control policy does. Where the locks do not fit beside that, which takes a hundred ranges, it leaves them to
 * the users' own policies.
 *
 * @returns its text. It may exceed the limit only by the length of the writers' ARNs; the caller checks.
 */
export function resourceControlPolicy(target: ControlledTarget, push: LockedUser, pull: LockedUser): string {
  const { repositoryArns, everyRepositoryArn, writerArns } = target;
  const every = [everyRepositoryArn];
  const locks = [
    ...locked("PushFromElsewhere", push, everyRepositoryArn),
    ...locked("PullFromElsewhere", pull, everyRepositoryArn),
  ];
  const exact = document("OnlyWritersChangeTheAirlock", repositoryArns, writerArns, locks);
  if (exact.length <= RESOURCE_CONTROL_POLICY_LIMIT) return exact;
  const wide = document("OnlyWritersChangeAnyRepository", every, writerArns, locks);
  if (wide.length <= RESOURCE_CONTROL_POLICY_LIMIT) return wide;
  return document("OnlyWritersChangeAnyRepository", every, writerArns, []);
}

function document(
  sid: string,
  repositories: readonly string[],
  writerArns: readonly string[],
  locks: readonly Statement[],
): string {
  const onlyWriters: Statement = {
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: CHANGES,
    Resource: repositories,
    Condition: anybodyBut(writerArns),
  };
  return policyText({ Version: "2012-10-17", Statement: [onlyWriters, ...locks] });
}

/** The user can do nothing where the lock is shut; a Deny for each of its keys, as in the user's own policy. */
function locked(sid: string, { arn, lock }: LockedUser, resource: string): Statement[] {
  return lock.shut.map((shut, i) => ({
    Sid: `Deny${sid}${i === 0 ? "" : i + 1}`,
    Effect: "Deny",
    Principal: "*",
    Action: ["codecommit:*"],
    Resource: [resource],
    Condition: { ...shut, ArnEquals: { "aws:PrincipalArn": arn } },
  }));
}
