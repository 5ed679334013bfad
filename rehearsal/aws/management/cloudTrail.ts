/** CloudTrail: trails, by which EventBridge hears of API calls. */
import { z } from "zod";
import { AwsError, kind, Table, type AccountContext, type Service } from "../service";
import type { S3 } from "../storage/s3";
import { tagged, tagOutputs } from "../tags";

const trailSchema = z.looseObject({
  ...tagged.shape,
  // CloudTrail API reference, CreateTrail.
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9]|[._-](?![._-])){1,126}[A-Za-z0-9]$/),
  s3BucketName: z.string(),
  isMultiRegionTrail: z.boolean().default(false),
  includeGlobalServiceEvents: z.boolean().default(true),
  enableLogging: z.boolean().default(true),
  enableLogFileValidation: z.boolean().default(false),
});
type Trail = z.infer<typeof trailSchema>;

const grant = z.looseObject({
  Effect: z.literal("Allow"),
  Principal: z.looseObject({ Service: z.string() }),
  Action: z.string(),
  Resource: z.string(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

export class CloudTrail implements Service {
  readonly #trails = new Table<Trail>("trail", "TrailNotFoundException", "TrailAlreadyExistsException");

  /** @param hasOrganizationTrail whether the account's organization logs its events already */
  constructor(
    private readonly context: AccountContext,
    private readonly s3: S3,
    private readonly hasOrganizationTrail: boolean,
  ) {}

  readonly kinds = {
    "aws:cloudtrail/trail:Trail": kind(trailSchema, (inputs) => {
      const arn = this.context.arn("cloudtrail", `trail/${inputs.name}`);
      this.#checkBucket(inputs.s3BucketName, arn);
      this.#trails.add(inputs.name, inputs);
      return {
        id: arn,
        outputs: {
          ...inputs,
          ...tagOutputs(inputs),
          ...{ arn, homeRegion: this.context.region, region: this.context.region, snsTopicArn: "" },
        },
      };
    }),
  };

  /** Whether EventBridge hears of management events of every region and of global services. */
  logsEverything(): boolean {
    const everywhere = ({ enableLogging, isMultiRegionTrail, includeGlobalServiceEvents }: Trail) =>
      enableLogging && isMultiRegionTrail && includeGlobalServiceEvents;
    return this.hasOrganizationTrail || this.#trails.values().some(everywhere);
  }

  /** CloudTrail tries the bucket before it makes a trail: it must be let look and write, for this trail at least. */
  #checkBucket(bucket: string, trailArn: string): void {
    const policy = this.s3.policyOf(bucket);
    const { Statement } = z
      .looseObject({ Statement: z.array(z.unknown()) })
      .catch({ Statement: [] })
      .parse(policy === undefined ? {} : JSON.parse(policy));
    const grants = Statement.flatMap((statement) => grant.safeParse(statement).data ?? []).filter(
      ({ Principal, Condition }) =>
        Principal.Service === "cloudtrail.amazonaws.com" &&
        [undefined, trailArn].includes(sourceArn(Condition?.["StringEquals"])),
    );
    const lets = (action: string, resource: string) =>
      grants.some(({ Action, Resource }) => Action === action && Resource === resource);
    const logs = `arn:aws:s3:::${bucket}/AWSLogs/${this.context.accountId}/*`;
    if (lets("s3:GetBucketAcl", `arn:aws:s3:::${bucket}`) && lets("s3:PutObject", logs)) return;
    throw new AwsError(
      "InsufficientS3BucketPolicyException",
      `Incorrect S3 bucket policy is detected for bucket: ${bucket}`,
    );
  }
}

function sourceArn(condition: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = condition?.["aws:SourceArn"];
  return typeof value === "string" ? value : undefined;
}
