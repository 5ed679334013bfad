/** The trail that tripwires hear of API calls by: EventBridge gets CloudTrail's events only where a trail logs them. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Scope } from "../scope";

/**
 * A trail of all management events of all regions, and the bucket that it writes to. The bucket stays when the stack is
 * destroyed: what happened has to be readable then, too.
 *
 * The first trail of an account costs nothing but its storage; a second one costs 2 US dollars for 100,000 events
 * (list price of ap-northeast-1 in 2026-09), so name an existing one if there is one.
 */
export function createTrail({ name: component, parent, region, accountId }: Scope): aws.cloudtrail.Trail {
  const name = `${component}-tripwires`;
  const bucket = new aws.s3.Bucket(name, {}, { parent, retainOnDelete: true });
  new aws.s3.BucketPublicAccessBlock(
    name,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    { parent },
  );
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
  const trailArn = `arn:aws:cloudtrail:${region}:${accountId}:trail/${name}`;
  const Principal = { Service: "cloudtrail.amazonaws.com" };
  const ofThisTrail = { "aws:SourceArn": trailArn };
  const policy = new aws.s3.BucketPolicy(
    name,
    {
      bucket: bucket.id,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "AclCheck",
            Effect: "Allow",
            Principal,
            Action: "s3:GetBucketAcl",
            Resource: bucket.arn,
            Condition: { StringEquals: ofThisTrail },
          },
          {
            Sid: "Write",
            Effect: "Allow",
            Principal,
            Action: "s3:PutObject",
            Resource: pulumi.interpolate`${bucket.arn}/AWSLogs/${accountId}/*`,
            Condition: { StringEquals: { ...ofThisTrail, "s3:x-amz-acl": "bucket-owner-full-control" } },
          },
          {
            Sid: "DenyInsecureTransport",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [bucket.arn, pulumi.interpolate`${bucket.arn}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    },
    { parent },
  );
  return new aws.cloudtrail.Trail(
    name,
    {
      name,
      s3BucketName: bucket.id,
      isMultiRegionTrail: true,
      includeGlobalServiceEvents: true,
      enableLogFileValidation: true,
    },
    { parent, dependsOn: policy },
  );
}
