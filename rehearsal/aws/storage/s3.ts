/** S3: buckets, what keeps them closed, and their policies. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { sharedDigest } from "../derived";
import { checkResourcePolicy } from "../identity/iam";
import { policyInput } from "../identity/policyDocument";
import { physicalName } from "../names";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";

interface Bucket {
  policy: string | undefined;
  /** Whether policies that are public are refused. */
  blocksPublicPolicies: boolean;
}

const buckets = perAccount(() => new Table<Bucket>("bucket", "NoSuchBucket", "BucketAlreadyOwnedByYou"));

/** A bucket's policy; undefined where it has none. Throws a NoSuchBucket where there is no such bucket. */
export function policyOfBucket(aws: AccountContext, bucketName: string): string | undefined {
  return buckets(aws).get(bucketName).policy;
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const namePattern = /^(?!xn--|sthree-)[a-z0-9](?:[a-z0-9]|[.-](?![.-])){1,61}[a-z0-9]$/;

/** What the provider reads back of a bucket's features that a request leaves alone. */
const notAsked = {
  accelerationStatus: "",
  bucketNamespace: "global",
  corsRules: [],
  lifecycleRules: [],
  objectLockEnabled: false,
  policy: "",
  requestPayer: "BucketOwner",
  serverSideEncryptionConfiguration: {
    rule: {
      applyServerSideEncryptionByDefault: { kmsMasterKeyId: "", sseAlgorithm: "AES256" },
      blockedEncryptionTypes: [],
      bucketKeyEnabled: false,
    },
  },
  versioning: { enabled: false, mfaDelete: false },
};

const bucketInputs = z.looseObject({
  ...tagged.shape,
  bucket: z.string().optional(),
  bucketPrefix: z.string().optional(),
  forceDestroy: z.boolean().default(false),
});

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html */
export const bucket = resource({
  type: "aws:s3/bucket:Bucket",
  inputs: bucketInputs,
  defaults: notAsked,
  replaces: ["bucket", "bucketPrefix"],
  checks: [
    [
      "InvalidBucketName",
      (request) => {
        const name = nameOf(request);
        return !namePattern.test(name) && `The specified bucket is not valid: "${name}"`;
      },
    ],
  ],
  id: nameOf,
  arn: ({ id }) => `arn:aws:s3:::${id}`,
  keep: ({ aws, id }) => buckets(aws).add(id, { policy: undefined, blocksPublicPolicies: false }),
  outputs: ({ aws, inputs, id }) => ({
    bucket: id,
    bucketDomainName: `${id}.s3.amazonaws.com`,
    bucketPrefix: inputs.bucketPrefix ?? "",
    bucketRegion: aws.region,
    bucketRegionalDomainName: `${id}.s3.${aws.region}.amazonaws.com`,
    grants: [{ id: canonicalUserOf(aws), permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" }],
    hostedZoneId: `Z${sharedDigest(aws, "s3 zone").slice(0, 13).toUpperCase()}`,
  }),
});

function nameOf({ aws, creation, inputs }: Request<z.infer<typeof bucketInputs>>): string {
  return physicalName(aws, creation, { name: inputs.bucket, namePrefix: inputs.bucketPrefix }, 63);
}

/** The id by which access control lists name the account. */
function canonicalUserOf(aws: AccountContext): string {
  return sharedDigest(aws, "canonical user");
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html */
export const bucketPublicAccessBlock = resource({
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  inputs: z.looseObject({
    bucket: z.string(),
    blockPublicAcls: z.boolean().default(false),
    blockPublicPolicy: z.boolean().default(false),
    ignorePublicAcls: z.boolean().default(false),
    restrictPublicBuckets: z.boolean().default(false),
  }),
  replaces: ["bucket"],
  checks: [({ aws, inputs }) => buckets(aws).get(inputs.bucket)],
  id: ({ inputs }) => inputs.bucket,
  keep: ({ aws, inputs }) =>
    (buckets(aws).get(inputs.bucket).blocksPublicPolicies = inputs.blockPublicPolicy),
});

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
 */
const maxPolicySize = 20_480;

/** @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html */
export const bucketPolicy = resource({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  inputs: z.looseObject({ bucket: z.string(), policy: policyInput }),
  replaces: ["bucket"],
  checks: [
    ({ aws, inputs }) => buckets(aws).get(inputs.bucket),
    [
      "PolicyTooLarge",
      ({ inputs }) =>
        Buffer.byteLength(inputs.policy) > maxPolicySize &&
        `the bucket policy has more than ${maxPolicySize} bytes`,
    ],
    [
      "AccessDenied",
      ({ aws, inputs }) => {
        const statements = checkResourcePolicy(aws, inputs.policy, "MalformedPolicy");
        const isPublic = statements.some(
          ({ effect, principals, conditional }) =>
            effect === "Allow" && !conditional && principals.some(({ name }) => name === "*"),
        );
        return (
          isPublic &&
          buckets(aws).get(inputs.bucket).blocksPublicPolicies &&
          "public policies are blocked by BlockPublicPolicy"
        );
      },
    ],
  ],
  id: ({ inputs }) => inputs.bucket,
  keep: ({ aws, inputs }) => (buckets(aws).get(inputs.bucket).policy = inputs.policy),
});
