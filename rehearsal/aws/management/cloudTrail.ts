/** CloudTrail: trails, by which EventBridge hears of API calls. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { policyOfBucket } from "../storage/s3";
import { Table } from "../table";
import { tagged } from "../tags";

const trailInputs = z.looseObject({
  ...tagged.shape,
  name: z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9]|[._-](?![._-])){1,126}[A-Za-z0-9]$/),
  s3BucketName: z.string(),
  isMultiRegionTrail: z.boolean().default(false),
  includeGlobalServiceEvents: z.boolean().default(true),
  enableLogging: z.boolean().default(true),
  enableLogFileValidation: z.boolean().default(false),
});

/** The trails of one account. */
export class CloudTrail {
  static readonly of = perAccount((aws) => new CloudTrail(aws));

  /** By name. */
  readonly trails = new Table<z.infer<typeof trailInputs>>(
    "trail",
    "TrailNotFoundException",
    "TrailAlreadyExistsException",
  );

  private constructor(readonly aws: AccountContext) {}

  /** Whether EventBridge hears of management events of every region and of global services. */
  logsEverything(): boolean {
    return (
      this.aws.options.hasOrganizationTrail === true ||
      this.trails
        .values()
        .some((trail) => trail.enableLogging && trail.isMultiRegionTrail && trail.includeGlobalServiceEvents)
    );
  }
}

/** @see https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html */
export const trail = resource({
  type: "aws:cloudtrail/trail:Trail",
  inputs: trailInputs,
  replaces: ["name"],
  checks: [
    [
      "InsufficientS3BucketPolicyException",
      ({ aws, inputs: { name, s3BucketName } }) =>
        !takesLogs(aws, s3BucketName, arnOf(aws, name)) &&
        `Incorrect S3 bucket policy is detected for bucket: ${s3BucketName}`,
    ],
  ],
  id: ({ aws, inputs }) => arnOf(aws, inputs.name),
  arn: ({ id }) => id,
  keep: ({ aws, inputs }) => CloudTrail.of(aws).trails.add(inputs.name, inputs),
  outputs: ({ aws }) => ({ homeRegion: aws.region, snsTopicArn: "" }),
});

function arnOf(aws: AccountContext, name: string): string {
  return aws.arn("cloudtrail", `trail/${name}`);
}

const grant = z.looseObject({
  Effect: z.literal("Allow"),
  Principal: z.looseObject({ Service: z.string() }),
  Action: z.string(),
  Resource: z.string(),
  Condition: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

/** CloudTrail tries the bucket before it makes a trail: it must be allowed to look and to write, for this trail at least. */
function takesLogs(aws: AccountContext, bucket: string, trailArn: string): boolean {
  const policy = policyOfBucket(aws, bucket);
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
  const logs = `arn:aws:s3:::${bucket}/AWSLogs/${aws.accountId}/*`;
  return lets("s3:GetBucketAcl", `arn:aws:s3:::${bucket}`) && lets("s3:PutObject", logs);
}

function sourceArn(condition: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const value = condition?.["aws:SourceArn"];
  return typeof value === "string" ? value : undefined;
}
