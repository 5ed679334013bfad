/** S3: buckets, what keeps them closed, and their policies. */
import { z } from "zod";
import { sharedDigest } from "../derived";
import type { Iam } from "../identity/iam";
import { checkPolicyDocument, policyInput } from "../identity/iamPolicies";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";

/** A bucket. */
interface Bucket {
  policy: string | undefined;
  /** Whether policies that are public are refused. */
  blocksPublicPolicies: boolean;
}

const bucketSchema = z.looseObject({
  ...tagged.shape,
  bucket: z.string().optional(),
  bucketPrefix: z.string().optional(),
  forceDestroy: z.boolean().default(false),
});
const blockSchema = z.looseObject({
  bucket: z.string(),
  blockPublicAcls: z.boolean().default(false),
  blockPublicPolicy: z.boolean().default(false),
  ignorePublicAcls: z.boolean().default(false),
  restrictPublicBuckets: z.boolean().default(false),
});
const policySchema = z.looseObject({ bucket: z.string(), policy: policyInput });

/** S3 User Guide, "Bucket naming rules". */
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

/** S3 User Guide, "Bucket policies": 20 KB. */
const maxPolicySize = 20_480;

export class S3 implements Service {
  readonly #buckets = new Table<Bucket>("bucket", "NoSuchBucket", "BucketAlreadyOwnedByYou");

  constructor(
    private readonly context: AccountContext,
    private readonly iam: Iam,
  ) {}

  readonly kinds = {
    "aws:s3/bucket:Bucket": kind(bucketSchema, (inputs, creation) => this.#create(inputs, creation)),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": kind(blockSchema, (inputs) => {
      this.#buckets.get(inputs.bucket).blocksPublicPolicies = inputs.blockPublicPolicy;
      return { id: inputs.bucket, outputs: { ...inputs, region: this.context.region } };
    }),
    "aws:s3/bucketPolicy:BucketPolicy": kind(policySchema, (inputs) => {
      const bucket = this.#buckets.get(inputs.bucket);
      if (Buffer.byteLength(inputs.policy) > maxPolicySize)
        throw new AwsError("PolicyTooLarge", `the bucket policy has more than ${maxPolicySize} bytes`);
      const statements = checkPolicyDocument(inputs.policy, {
        use: "resource",
        code: "MalformedPolicy",
        principalExists: (arn) => this.iam.principalExists(arn),
      });
      const isPublic = statements.some(
        ({ effect, principals, conditional }) =>
          effect === "Allow" && !conditional && principals.some(({ name }) => name === "*"),
      );
      if (isPublic && bucket.blocksPublicPolicies)
        throw new AwsError("AccessDenied", "public policies are blocked by BlockPublicPolicy");
      bucket.policy = inputs.policy;
      return { id: inputs.bucket, outputs: { ...inputs, region: this.context.region } };
    }),
  };

  /** A bucket's policy; undefined where it has none. Throws a NoSuchBucket where there is no such bucket. */
  policyOf(bucket: string): string | undefined {
    return this.#buckets.get(bucket).policy;
  }

  /** The account's canonical user id, by which access control lists name it. */
  #ownerId(): string {
    return sharedDigest(this.context, "canonical user");
  }

  #create(inputs: z.infer<typeof bucketSchema>, creation: Creation): Created {
    const given = { name: inputs.bucket, namePrefix: inputs.bucketPrefix };
    const bucket = physicalName(this.context, creation, given, 63);
    if (!namePattern.test(bucket))
      throw new AwsError("InvalidBucketName", `The specified bucket is not valid: "${bucket}"`);
    this.#buckets.add(bucket, { policy: undefined, blocksPublicPolicies: false });
    const { region } = this.context;
    return {
      id: bucket,
      outputs: {
        ...notAsked,
        ...inputs,
        ...tagOutputs(inputs),
        arn: `arn:aws:s3:::${bucket}`,
        bucket,
        bucketDomainName: `${bucket}.s3.amazonaws.com`,
        bucketPrefix: inputs.bucketPrefix ?? "",
        bucketRegion: region,
        bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
        grants: [{ id: this.#ownerId(), permissions: ["FULL_CONTROL"], type: "CanonicalUser", uri: "" }],
        hostedZoneId: `Z${sharedDigest(this.context, "s3 zone").slice(0, 13).toUpperCase()}`,
        region,
      },
    };
  }
}
