/** What EBS fills in where a volume's request says nothing. */
import type { AccountContext } from "../accountContext";
import { awsManagedKeyArn } from "../identity/kms";

export interface VolumeRequest {
  type: "gp2" | "gp3" | "io1" | "io2" | "st1" | "sc1" | "standard";
  /** GiB */
  size: number;
  encrypted: boolean;
  iops?: number | undefined;
  throughput?: number | undefined;
  kmsKeyId?: string | undefined;
}

/**
 * Performance by type, and the account's default key for an encrypted volume that names none.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
 */
export function ebsDefaults(
  context: AccountContext,
  { type, size, encrypted, iops, throughput, kmsKeyId }: VolumeRequest,
): { iops: number; throughput: number; kmsKeyId: string } {
  const baseline = { gp3: 3000, gp2: Math.min(16_000, Math.max(100, 3 * size)) };
  const ownKey = encrypted ? awsManagedKeyArn(context, "alias/aws/ebs") : "";
  return {
    iops: iops ?? (type === "gp2" || type === "gp3" ? baseline[type] : 0),
    throughput: throughput ?? (type === "gp3" ? 125 : 0),
    kmsKeyId: kmsKeyId ?? ownKey,
  };
}
