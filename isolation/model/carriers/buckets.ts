/** Reads what passes on the objects of buckets, and the news of them. */
import type { Carrier } from "../deployment";
import { admittedBy, ANYBODY } from "../resourcePolicies";
import type { StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { BUCKET, FUNCTION } from "../types";
import { bucketNamed, bucketOf } from "./references";

const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const BUCKET_ACL = "aws:s3/bucketAcl:BucketAcl";
const REPLICATION = "aws:s3/bucketReplicationConfig:BucketReplicationConfig";
const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
const ACCESS_LOGS = "aws:s3/bucketLogging:BucketLogging";
const INVENTORY = "aws:s3/inventory:Inventory";

const WRITING = ["s3:putobject", "s3:getbucketacl", "s3:getbucketlocation"];

export function readBuckets(stack: Stack): Carrier[] {
  const passing = (resource: StackResource, to: readonly string[]): Carrier => ({
    urn: resource.urn,
    kind: "bucket policy",
    to,
    says: "anything",
    from: bucketOf(stack, resource, "bucket"),
  });
  return [
    ...stack.of(BUCKET).map((bucket): Carrier => {
      const to = isShared(bucket) ? [ANYBODY] : admittedBy(propertiesOf(bucket).policy, WRITING);
      return { urn: bucket.urn, kind: "bucket", from: [bucket.urn], to, says: "anything" };
    }),
    ...stack
      .of(BUCKET_POLICY)
      .map((policy) => passing(policy, admittedBy(propertiesOf(policy).policy, WRITING))),
    ...stack.of(BUCKET_ACL).map((acl) => passing(acl, isPrivate(acl) ? [] : [ANYBODY])),
    ...stack.of(REPLICATION).map((replication) => {
      const to = stack.objects(replication, "rules").map((rule) => {
        const destination = stack.object(replication, "destination", rule);
        const named = stack.reference(replication, "bucket", [BUCKET], {
          from: destination,
          property: "rules",
        });
        return named === undefined ? ANYBODY : bucketNamed(stack, named);
      });
      return passing(replication, [...new Set(to)].sort());
    }),
    ...stack.of(NOTIFICATION).map((notification): Carrier => {
      const to = notified(stack, notification);
      return { urn: notification.urn, kind: "bucket notification", from: [], to, says: "anything" };
    }),
    ...stack.of(ACCESS_LOGS).map((logs): Carrier => {
      const to = bucketOf(stack, logs, "targetBucket");
      return { urn: logs.urn, kind: "log", from: [], to, says: "anything" };
    }),
    ...stack.of(INVENTORY).map((inventory): Carrier => {
      const destination = stack.object(inventory, "bucket", stack.object(inventory, "destination"));
      const named = stack.reference(inventory, "bucketArn", [BUCKET], {
        from: destination,
        property: "destination",
      });
      const to = [named === undefined ? ANYBODY : bucketNamed(stack, named)];
      return { urn: inventory.urn, kind: "log", from: [], to, says: "anything" };
    }),
  ];
}

/** Whether a bucket is copied, or read by others, by anything but policies. Its owner stands in its list of grants, too. */
function isShared(bucket: StackResource): boolean {
  const { acl, grants, replicationConfiguration } = propertiesOf(bucket);
  const listed = Array.isArray(grants) ? grants : [];
  return (
    !["", "private"].some((closed) => closed === (acl ?? "")) ||
    listed.length > 1 ||
    JSON.stringify(listed).includes("groups/global") ||
    (bucket.inputs.grants ?? null) !== null ||
    (replicationConfiguration ?? null) !== null
  );
}

/** Canned lists that admit the owner alone, or let AWS's own log delivery write. */
function isPrivate({ inputs }: StackResource): boolean {
  const { acl, accessControlPolicy } = inputs;
  return (
    (accessControlPolicy ?? null) === null &&
    typeof acl === "string" &&
    ["private", "log-delivery-write", "bucket-owner-full-control"].includes(acl)
  );
}

/**
 * Whom news of a bucket's objects goes to, with their names. A function of the stack is read as a host; to EventBridge news
 * goes as an event, and its rules are read.
 */
function notified(stack: Stack, notification: StackResource): string[] {
  const listed = (name: string, arn: string) =>
    stack.objects(notification, name).map((each) => stack.text(notification, arn, each) ?? ANYBODY);
  const functions = listed("lambdaFunctions", "lambdaFunctionArn").filter(
    (arn) => stack.find(arn.replace(/(:function:[^:]+):[^:]+$/, "$1"), [FUNCTION]) === undefined,
  );
  return [
    ...new Set([...listed("topics", "topicArn"), ...listed("queues", "queueArn"), ...functions]),
  ].sort();
}
