/** S3: buckets, what keeps them closed, and their policies. */
import { z } from "zod";
import type { Iam } from "./iam";
import { checkPolicyDocument, policyInput } from "./iamPolicies";
import { physicalName } from "./names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "./service";
import { tagged, tagOutputs } from "./tags";

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
      return { id: inputs.bucket, outputs: inputs };
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
      return { id: inputs.bucket, outputs: inputs };
    }),
  };

  /** A bucket's policy; undefined where it has none. Throws a NoSuchBucket where there is no such bucket. */
  policyOf(bucket: string): string | undefined {
    return this.#buckets.get(bucket).policy;
  }

  #create(inputs: z.infer<typeof bucketSchema>, creation: Creation): Created {
    const given = { name: inputs.bucket, namePrefix: inputs.bucketPrefix };
    const bucket = physicalName(this.context, creation, given, 63);
    if (!namePattern.test(bucket))
      throw new AwsError("InvalidBucketName", `The specified bucket is not valid: "${bucket}"`);
    this.#buckets.add(bucket, { policy: undefined, blocksPublicPolicies: false });
    return {
      id: bucket,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn: `arn:aws:s3:::${bucket}`,
        bucket,
        region: this.context.region,
      },
    };
  }
}
