import { expect } from "chai";
import { CloudTrail } from "../../../../rehearsal/aws/management/cloudTrail";
import type { Account } from "../../../../rehearsal/aws/account";
import { account, accountId, make, refused } from "../make";

const trailArn = `arn:aws:cloudtrail:ap-northeast-1:${accountId}:trail/all`;

describe("the stand-in CloudTrail and S3", () => {
  let s3: Account;
  let cloudTrail: CloudTrail;
  beforeEach(async () => {
    const context = account();
    s3 = context;
    cloudTrail = CloudTrail.of(context);
    await make(s3, "aws:s3/bucket:Bucket", "logs", { bucket: "logs" });
  });

  const policy = (changes: { sourceArn?: string; service?: string; folder?: string } = {}) => {
    const { sourceArn = trailArn, service = "cloudtrail.amazonaws.com", folder = accountId } = changes;
    const grant = (Action: string, Resource: string) => ({
      Effect: "Allow",
      Principal: { Service: service },
      Action,
      Resource,
      Condition: { StringEquals: { "aws:SourceArn": sourceArn } },
    });
    const Statement = [
      grant("s3:GetBucketAcl", "arn:aws:s3:::logs"),
      grant("s3:PutObject", `arn:aws:s3:::logs/AWSLogs/${folder}/*`),
    ];
    return make(s3, "aws:s3/bucketPolicy:BucketPolicy", "logs", {
      bucket: "logs",
      policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
  };
  const trail = (changes: object = {}) =>
    make(cloudTrail, "aws:cloudtrail/trail:Trail", "all", {
      name: "all",
      s3BucketName: "logs",
      isMultiRegionTrail: true,
      ...changes,
    });

  it("log everything by a trail of all regions", async () => {
    await policy();
    expect(cloudTrail.logsEverything()).to.equal(false);
    await trail();
    expect(cloudTrail.logsEverything()).to.equal(true);
  });

  for (const [what, changes] of [
    ["is of one region", { isMultiRegionTrail: false }],
    ["leaves global services out", { includeGlobalServiceEvents: false }],
    ["is off", { enableLogging: false }],
  ] as const) {
    it(`do not log everything by a trail that ${what}`, async () => {
      await policy();
      await trail(changes);
      expect(cloudTrail.logsEverything()).to.equal(false);
    });
  }

  it("refuse a trail whose bucket does not let it write", async () => {
    await refused("InsufficientS3BucketPolicyException", trail());
    await policy({ sourceArn: `${trailArn}-other` });
    await refused("InsufficientS3BucketPolicyException", trail());
    await policy({ service: "logs.amazonaws.com" });
    await refused("InsufficientS3BucketPolicyException", trail());
    await policy({ folder: "999999999999" });
    await refused("InsufficientS3BucketPolicyException", trail());
  });

  it("refuse a trail without a bucket, a bucket without a proper name, and a public policy where that is blocked", async () => {
    await refused("NoSuchBucket", trail({ s3BucketName: "none" }));
    await refused("InvalidBucketName", make(s3, "aws:s3/bucket:Bucket", "b", { bucket: "Logs" }));
    const block = { bucket: "logs", blockPublicPolicy: true };
    await make(s3, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "logs", block);
    const Statement = [
      { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/*" },
    ];
    const open = { bucket: "logs", policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
    await refused("AccessDenied", make(s3, "aws:s3/bucketPolicy:BucketPolicy", "logs", open));
  });
});
