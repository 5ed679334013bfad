import { expect } from "chai";
import { unlistedChange } from "../../../isolation/access/changes";

describe("a right whose call no list names", () => {
  for (const pattern of [
    "ec2:CreateTrafficMirrorSession",
    "ec2:CreateFancyWayOut",
    "EC2:createFancyWayOut",
    "iam:DoWhatNobodyKnows",
    "s3:PutBucketPolicy",
    "kms:PutKeyPolicy",
    "sns:SetTopicAttributes",
    "route53resolver:NewThing*",
    "budgets:CreateBudgetAction",
    "fis:StartExperiment",
    "synthetics:CreateCanary",
    "route53:AssociateVPCWithHostedZone",
    "rolesanywhere:CreateTrustAnchor",
    "ec2:ExportImage",
    "firehose:UpdateDestination",
    "kms:CreateGrant",
    "service-of-tomorrow:*",
    "s3:PutObjectAcl",
    "s3:PutObjectVersionAcl",
    "s3:PutObject*",
    "xray:PutResourcePolicy",
    "xray:Put*",
    "apigateway:TestInvokeMethod",
    "constructor:Become",
    "toString:*",
    "__proto__:Become",
  ])
    it(`may change what is proved: ${pattern}`, () => {
      expect(unlistedChange(pattern)?.about).to.not.equal(undefined);
    });

  for (const pattern of [
    "ec2:Describe*",
    "ec2:describeVpcs",
    "ec2:StartInstances",
    "s3:GetObject",
    "s3:PutObject",
    "s3:PutObjectTagging",
    "s3:DeleteObjectVersion",
    "kms:Decrypt",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "dynamodb:PutItem",
    "sqs:SendMessage",
    "lambda:InvokeFunction",
    "ecs:SubmitTaskStateChange",
    "ssmmessages:*",
    "xray:PutTraceSegments",
    "sts:AssumeRole",
    "secretsmanager:GetSecretValue",
  ])
    it(`changes nothing of it: ${pattern}`, () => {
      expect(unlistedChange(pattern)).to.equal(undefined);
    });

  it("is left to the list where that names one of its calls", () => {
    expect(unlistedChange("ec2:CreateRoute")).to.equal(undefined);
    expect(unlistedChange("ec2:*")).to.equal(undefined);
  });
});
