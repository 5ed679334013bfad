/** Reads what copies disks: policies of Data Lifecycle Manager and AWS Backup, shared snapshots and images, restored volumes. */
import type { Carrier } from "../deployment";
import { admittedBy, ANYBODY } from "../resourcePolicies";
import type { Properties, StackResource } from "../snapshot";
import { isProperties, isWithin, propertiesOf, type Stack } from "../stack";
import { ec2, INSTANCE, SOURCE_COMPONENT } from "../types";

const LIFECYCLE_POLICY = "aws:dlm/lifecyclePolicy:LifecyclePolicy";
const BACKUP_PLAN = "aws:backup/plan:Plan";
const VAULT_POLICY = "aws:backup/vaultPolicy:VaultPolicy";
const VOLUME = "aws:ebs/volume:Volume";
const VOLUME_ATTACHMENT = ec2("VolumeAttachment");
const SNAPSHOTS = ["aws:ebs/snapshot:Snapshot", "aws:ebs/snapshotCopy:SnapshotCopy"];
const IMAGES = [ec2("Ami"), ec2("AmiCopy"), ec2("AmiFromInstance")];
const SNAPSHOT_PERMISSION = ec2("SnapshotCreateVolumePermission");
const IMAGE_PERMISSION = ec2("AmiLaunchPermission");

/** @param ownAccount with which snapshots may be shared */
export function readCopies(stack: Stack, ownAccount: string | undefined): Carrier[] {
  const copy = (resource: StackResource, kind: Carrier["kind"], to: readonly string[]): Carrier => ({
    urn: resource.urn,
    kind,
    from: [],
    to,
    says: "anything",
  });
  return [
    ...stack
      .of(LIFECYCLE_POLICY)
      .map((one) => copy(one, "snapshot policy", ofLifecyclePolicy(stack, one, ownAccount))),
    ...stack.of(BACKUP_PLAN).map((one) => copy(one, "backup plan", ofBackupPlan(stack, one))),
    ...stack
      .of(VAULT_POLICY)
      .map((one) =>
        copy(one, "vault policy", admittedBy(propertiesOf(one).policy, ["backup:copyintobackupvault"])),
      ),
    ...stack
      .of(SNAPSHOT_PERMISSION)
      .map((one) => copy(one, "disk permission", permitted(stack, one, "snapshotId", SNAPSHOTS))),
    ...stack
      .of(IMAGE_PERMISSION)
      .map((one) => copy(one, "disk permission", permitted(stack, one, "imageId", IMAGES))),
    ...restored(stack).map((one) => copy(one, "disk", [])),
  ];
}

/**
 * Whom a policy shares snapshots with. AWS refuses to share what its own key for EBS encrypts, and whose key a disk is under
 * is not always shown. Tags may be put on a disk by whoever may tag it: that no disk is shown to have them says nothing.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/snapshot-ami-policy.html#snapshot-sharing
 */
function ofLifecyclePolicy(stack: Stack, policy: StackResource, ownAccount: string | undefined): string[] {
  const details = stack.object(policy, "policyDetails");
  const accounts = stack
    .objects(policy, "schedules", details)
    .flatMap((schedule) => stack.texts(policy, "targetAccounts", stack.object(policy, "shareRule", schedule)))
    .filter((account) => account !== ownAccount);
  if (accounts.length === 0) return [];
  const disks = stack.of(INSTANCE, VOLUME).filter((disk) => isTargeted(disk, details));
  if (disks.some((disk) => hasCustomerKey(stack, disk))) return accounts.map(rootOf);
  stack.gap(
    policy,
    `it shares snapshots with ${accounts.join(", ")}, and of which disks and under whose keys they are is not shown`,
  );
  return [];
}

/** A disk is backed up that has one of the tags. */
function isTargeted(disk: StackResource, { targetTags }: Properties): boolean {
  if (!isProperties(targetTags)) return false;
  const { tags, tagsAll } = propertiesOf(disk);
  const own = { ...(isProperties(tags) && tags), ...(isProperties(tagsAll) && tagsAll) };
  return Object.entries(targetTags).some(([key, value]) => own[key] === value);
}

/** Whether the disk, or one of the instance's, is not encrypted, or is under a key of the stack. */
function hasCustomerKey(stack: Stack, disk: StackResource): boolean {
  const isPlain = ({ encrypted, kmsKeyId }: Properties) =>
    encrypted !== true || stack.of("aws:kms/key:Key").some(({ outputs: { arn } }) => arn === kmsKeyId);
  if (disk.type === VOLUME) return isPlain(propertiesOf(disk));
  const attached = attachments(stack)
    .filter(({ to }) => to === disk.urn)
    .flatMap(({ volume }) => stack.of(VOLUME).filter(({ urn }) => urn === volume));
  return (
    attached.some((volume) => isPlain(propertiesOf(volume))) ||
    isPlain(stack.object(disk, "rootBlockDevice")) ||
    stack.objects(disk, "ebsBlockDevices").some(isPlain)
  );
}

function ofBackupPlan(stack: Stack, plan: StackResource): string[] {
  return stack.objects(plan, "rules").flatMap((rule) => {
    const copies = stack
      .objects(plan, "copyActions", rule)
      .map((action) => stack.text(plan, "destinationVaultArn", action) ?? ANYBODY);
    return [...copies, ...[stack.text(plan, "targetLogicallyAirGappedBackupVaultArn", rule) ?? []].flat()];
  });
}

/** Whom a snapshot or image of the stack is given to. Of others it is not known what they hold. */
function permitted(
  stack: Stack,
  permission: StackResource,
  name: string,
  types: readonly string[],
): string[] {
  const accounts = ["accountId", "group", "organizationArn", "organizationalUnitArn"].flatMap(
    (who) => stack.text(permission, who) ?? [],
  );
  const shared = stack.reference(permission, name, types);
  if (shared?.startsWith("urn:")) return accounts.map(rootOf);
  stack.gap(
    permission,
    `it gives ${shared ?? "something"} to ${accounts.join(", ")}, and what that holds is not shown`,
  );
  return [];
}

function rootOf(account: string): string {
  return /^\d{12}$/.test(account) ? `arn:aws:iam::${account}:root` : ANYBODY;
}

/** Hosts beside GitLab that hold a disk of GitLab's, or one that was made from a snapshot or image; each with a gap that says so. */
function restored(stack: Stack): StackResource[] {
  const attached = attachments(stack);
  for (const attachment of stack.of(VOLUME_ATTACHMENT)) {
    const to = stack.reference(attachment, "instanceId", [INSTANCE]);
    if (to?.startsWith("urn:") !== true)
      stack.gap(
        attachment,
        `it attaches a disk to ${to ?? "a host"}, which is not shown, and whether GitLab's data is on it is not either`,
      );
  }
  const isGitlab = (resource: StackResource) => isWithin(resource, SOURCE_COMPONENT);
  const ofGitlab = new Set(
    stack
      .of(INSTANCE)
      .filter(isGitlab)
      .flatMap(({ urn }) => attached.filter(({ to }) => to === urn).map(({ volume }) => volume)),
  );
  return stack
    .of(INSTANCE)
    .filter((instance) => !isGitlab(instance))
    .filter((instance) => {
      const volumes = attached.filter(({ to }) => to === instance.urn).map(({ volume }) => volume);
      const image = stack.reference(instance, "ami", IMAGES);
      const sources = [
        ...(image?.startsWith("urn:") ? [image] : []),
        ...stack
          .objects(instance, "ebsBlockDevices")
          .flatMap((device) => stack.text(instance, "snapshotId", device) ?? []),
        ...volumes.flatMap((volume) =>
          stack
            .of(VOLUME)
            .filter(({ urn }) => urn === volume)
            .flatMap((shown) => stack.text(shown, "snapshotId") ?? []),
        ),
        ...volumes.filter((volume) => ofGitlab.has(volume) || !volume.startsWith("urn:")),
      ];
      for (const source of sources)
        stack.gap(instance, `it has a disk of ${source}, and whether GitLab's data is on it is not shown`);
      return sources.length > 0;
    });
}

function attachments(stack: Stack): { readonly volume: string; readonly to: string }[] {
  return stack.of(VOLUME_ATTACHMENT).flatMap((attachment) => {
    const volume = stack.reference(attachment, "volumeId", [VOLUME]);
    const to = stack.reference(attachment, "instanceId", [INSTANCE]);
    return volume === undefined || to === undefined ? [] : [{ volume, to }];
  });
}
