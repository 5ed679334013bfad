/** The stand-ins for volumes, snapshots, buckets and repositories. */
import type { Family } from "../resource";
import { repository } from "./codeCommit";
import { lifecyclePolicy } from "./dlm";
import { bucket, bucketPolicy, bucketPublicAccessBlock } from "./s3";
import { volume, volumeAttachment } from "./volumes";

export const storage: Family = {
  resources: [
    bucket,
    bucketPolicy,
    bucketPublicAccessBlock,
    lifecyclePolicy,
    repository,
    volume,
    volumeAttachment,
  ],
};
