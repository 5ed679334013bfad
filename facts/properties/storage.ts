/** Buckets, disks, their copies, and backups. */
import { known, type KnownProperties } from "./knownProperties";

const IMAGE = `architecture bootMode deprecationTime ebsBlockDevices enaSupport ephemeralBlockDevices hypervisor imageLocation
  imageOwnerAlias imageType imdsSupport kernelId lastLaunchedTime manageEbsSnapshots platform platformDetails public
  ramdiskId rootDeviceName rootSnapshotId sriovNetSupport tpmSupport uefiData usageOperation virtualizationType`;

export const STORAGE: Readonly<Record<string, KnownProperties>> = {
  "aws:s3/bucket:Bucket": known(
    `accelerationStatus acl bucket bucketDomainName bucketNamespace bucketPrefix bucketRegion bucketRegionalDomainName
    corsRules forceDestroy grants hostedZoneId lifecycleRules objectLockConfiguration objectLockEnabled policy
    replicationConfiguration requestPayer serverSideEncryptionConfiguration versioning website websiteDomain
    websiteEndpoint`,
  ),
  "aws:s3/bucketPolicy:BucketPolicy": known("", { required: "bucket policy" }),
  "aws:s3/bucketAcl:BucketAcl": known("accessControlPolicy acl expectedBucketOwner", { required: "bucket" }),
  "aws:s3/bucketLogging:BucketLogging": known(
    "expectedBucketOwner targetGrants targetObjectKeyFormat targetPrefix",
    { required: "bucket targetBucket" },
  ),
  "aws:s3/bucketNotification:BucketNotification": known("eventbridge lambdaFunctions queues topics", {
    required: "bucket",
  }),
  "aws:s3/bucketReplicationConfig:BucketReplicationConfig": known("role token", { required: "bucket rules" }),
  "aws:s3/inventory:Inventory": known("enabled filter includedObjectVersions optionalFields schedule", {
    required: "bucket destination",
  }),
  "aws:ebs/volume:Volume": known(
    `availabilityZone createTime encrypted finalSnapshot iops kmsKeyId multiAttachEnabled size snapshotId throughput type
    volumeInitializationRate`,
  ),
  "aws:ec2/volumeAttachment:VolumeAttachment": known(
    "deviceName forceDetach skipDestroy stopInstanceBeforeDetaching",
    { required: "instanceId volumeId" },
  ),
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": known("defaultPolicy executionRoleArn state", {
    required: "policyDetails",
  }),
  "aws:backup/plan:Plan": known("advancedBackupSettings scanSettings version", { required: "rules" }),
  "aws:backup/restoreTestingSelection:RestoreTestingSelection": known(
    `iamRoleArn protectedResourceArns protectedResourceConditions restoreMetadataOverrides restoreTestingPlanName
    validationWindowHours`,
    { required: "protectedResourceType" },
  ),
  "aws:backup/vaultPolicy:VaultPolicy": known("backupVaultArn", { required: "backupVaultName policy" }),
  "aws:ebs/snapshot:Snapshot": known(
    `dataEncryptionKeyId encrypted kmsKeyId ownerAlias permanentRestore storageTier temporaryRestoreDays volumeId
    volumeSize`,
  ),
  "aws:ebs/snapshotCopy:SnapshotCopy": known(
    `completionDurationMinutes dataEncryptionKeyId encrypted kmsKeyId ownerAlias permanentRestore sourceRegion
    sourceSnapshotId storageTier temporaryRestoreDays volumeId volumeSize`,
  ),
  "aws:ec2/ami:Ami": known(IMAGE),
  "aws:ec2/amiCopy:AmiCopy": known(`${IMAGE} encrypted kmsKeyId sourceAmiId sourceAmiRegion`),
  "aws:ec2/amiFromInstance:AmiFromInstance": known(`${IMAGE} snapshotWithoutReboot sourceInstanceId`),
  "aws:ec2/snapshotCreateVolumePermission:SnapshotCreateVolumePermission": known("", {
    required: "accountId snapshotId",
  }),
  "aws:ec2/amiLaunchPermission:AmiLaunchPermission": known(
    "accountId group organizationArn organizationalUnitArn",
    { required: "imageId" },
  ),
};
