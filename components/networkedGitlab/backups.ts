/** Nightly snapshots of the GitLab host's data. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { BackupArgs } from "./gitlabArgs";
import { backupScript } from "./backupScript";
import type { Scope } from "../scope";
import { serviceRole } from "../serviceRole";

const tagKey = "git-airlock-backup";

/** The tag by which the policy finds the host, and by which its snapshots are told from others. */
export function backupTag(scope: Scope): Record<typeof tagKey, string> {
  return { [tagKey]: `${pulumi.getProject()}/${pulumi.getStack()}/${scope.name}` };
}

/**
 * A Data Lifecycle Manager policy on the instance: its data volume at the given time, GitLab stopped meanwhile, the root
 * left out because an image makes it anew.
 *
 * A pre script that fails does not skip the snapshot (`executeOperationOnScriptFailure`). Outside office hours the host
 * is stopped and no script can run, while its disk is as quiet as a disk can be; and on a host that runs but does not
 * answer, a snapshot as after a power cut is one that PostgreSQL and git recover from, and better than none.
 * Source: docs.aws.amazon.com/dlm/latest/APIReference/API_Script.html.
 */
export function createBackups(scope: Scope, args: BackupArgs, host: aws.ec2.Instance): void {
  const name = `${scope.name}-backup`;
  const script = new aws.ssm.Document(
    name,
    {
      documentType: "Command",
      documentFormat: "JSON",
      content: JSON.stringify(backupScript),
      // Without this tag Data Lifecycle Manager does not use a document: docs.aws.amazon.com/ebs/latest/userguide/
      // managed-policies.html, AWSDataLifecycleManagerSSMFullAccess.
      tags: { DLMScriptsAccess: "true" },
    },
    { parent: scope.parent },
  );
  const role = backupRole(scope, script, host);
  new aws.dlm.LifecyclePolicy(
    name,
    {
      description: `Nightly snapshots of the GitLab host ${scope.name}`,
      executionRoleArn: role.arn,
      state: "ENABLED",
      policyDetails: {
        policyType: "EBS_SNAPSHOT_MANAGEMENT",
        resourceTypes: ["INSTANCE"],
        targetTags: backupTag(scope),
        parameters: { excludeBootVolume: true },
        schedules: [
          {
            name: "nightly",
            createRule: {
              interval: 24,
              intervalUnit: "HOURS",
              times: args.time,
              scripts: {
                executionHandler: script.arn,
                stages: ["PRE", "POST"],
                executeOperationOnScriptFailure: true,
                // Stopping GitLab takes longer than the ten seconds that are the default; this is the most there is.
                executionTimeout: 120,
                maximumRetryCount: 3,
              },
            },
            retainRule: { count: args.keep },
            tagsToAdd: backupTag(scope),
            copyTags: false,
          },
        ],
      },
    },
    { parent: scope.parent },
  );
}

/**
 * The rights of AWSDataLifecycleManagerServiceRole and AWSDataLifecycleManagerSSMFullAccess that this policy uses, held
 * to this account, this instance, this document, and for deleting to this policy's snapshots.
 */
function backupRole(scope: Scope, script: aws.ssm.Document, host: aws.ec2.Instance): aws.iam.Role {
  const snapshots = `arn:aws:ec2:${scope.region}::snapshot/*`;
  return serviceRole(scope, "backup", "dlm", [
    {
      Action: [
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ec2:DescribeSnapshots",
        "ec2:DescribeAvailabilityZones",
        "ssm:DescribeInstanceInformation",
        "ssm:GetCommandInvocation",
        "ssm:ListCommands",
      ],
      Resource: "*",
    },
    {
      Action: ["ec2:CreateSnapshot", "ec2:CreateSnapshots"],
      Resource: [host.arn, `arn:aws:ec2:${scope.region}:${scope.accountId}:volume/*`, snapshots],
    },
    { Action: ["ec2:CreateTags"], Resource: snapshots },
    {
      Action: ["ec2:DeleteSnapshot"],
      Resource: snapshots,
      Condition: { StringEquals: { [`aws:ResourceTag/${tagKey}`]: backupTag(scope)[tagKey] } },
    },
    { Action: ["ssm:SendCommand"], Resource: [script.arn, host.arn] },
    { Action: ["ssm:DescribeDocument", "ssm:GetDocument"], Resource: script.arn },
  ]).role;
}
