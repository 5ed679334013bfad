import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { RESOURCE_TYPES, resourceType } from "../../facts/resourceTypes";
import { readSide } from "../../isolation/model/readDeployment";
import type { StackResource } from "../../isolation/model/snapshot";
import { goodExports } from "../isolation/exports";

const sdk = dirname(require.resolve("@pulumi/aws/package.json"));

/** Whether the SDK has a resource of the type, in the file that Pulumi names after it. */
function isOfSdk(type: string): boolean {
  const [, module = "", resource = ""] = /^aws:(\w+)\/(\w+):\w+$/.exec(type) ?? [];
  const file = join(sdk, module, `${resource}.js`);
  return existsSync(file) && readFileSync(file, "utf8").includes(`'${type}'`);
}

describe("the table of resource types", () => {
  for (const type of [...RESOURCE_TYPES.keys()].filter((one) => one.startsWith("aws:")))
    it(`names a type of AWS's provider: ${type}`, () => {
      expect(isOfSdk(type)).to.equal(true);
    });

  for (const mode of ["endpoint", "sourceVpc", "addresses"] as const)
    it(`has a row for every type that the program makes, where isolated terminals pull by ${mode}`, async () => {
      const { source, target, mirror } = (await goodExports(mode)).deployment();
      const made = [source, target, mirror].flatMap((side) => side?.snapshot.resources ?? []);
      const without = made.filter(({ type, isComponent }) => !isComponent && !RESOURCE_TYPES.has(type));
      expect(without.map(({ type }) => type)).to.deep.equal([]);
    });

  it("lets a type that it does not have a say in everything", () => {
    for (const type of ["aws:vpclattice/service:Service", "my:aws:iam/user:User", "random-proxy:index:Proxy"])
      expect(resourceType(type).concerns).to.deep.equal(["packets", "rights", "words"]);
  });
});

const account = "222222222222";

/** What one resource leaves open beside a role and a bucket of its account. */
function openBy(type: string, properties: StackResource["inputs"] = {}): string[] {
  const resource = (name: string, of: string, outputs: StackResource["inputs"]): StackResource => ({
    urn: `urn:pulumi:prd::git-airlock::${of}::${name}`,
    type: of,
    name,
    protect: false,
    isComponent: false,
    inputs: outputs,
    outputs,
    propertyDependencies: {},
  });
  const role = resource("role", "aws:iam/role:Role", {
    name: "role",
    arn: `arn:aws:iam::${account}:role/role`,
    assumeRolePolicy: JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    }),
  });
  const bucket = resource("bucket", "aws:s3/bucket:Bucket", { bucket: "own", arn: "arn:aws:s3:::own" });
  const { unmodelled } = readSide({
    stack: "prd",
    outputs: {},
    resources: [role, { ...bucket, id: "own" }, resource("strange", type, properties)],
  });
  return unmodelled.flatMap(({ name, concerns }) => (name === "strange" ? concerns : []));
}

describe("a resource that has nothing to do with the airlock", () => {
  const deny = JSON.stringify({
    Statement: [{ Effect: "Deny", Principal: "*", Action: "*", Resource: "*" }],
  });
  for (const [what, type, properties] of [
    ["a versioned bucket", "aws:s3/bucketVersioning:BucketVersioning", {}],
    ["a password policy", "aws:iam/accountPasswordPolicy:AccountPasswordPolicy", {}],
    ["GuardDuty", "aws:guardduty/detector:Detector", {}],
    ["a budget", "aws:budgets/budget:Budget", {}],
    ["a public zone", "aws:route53/zone:Zone", { name: "example.com" }],
    ["a Config rule of AWS's", "aws:cfg/rule:Rule", { source: { owner: "AWS" } }],
    ["Config's own bucket", "aws:cfg/deliveryChannel:DeliveryChannel", { s3BucketName: "own" }],
    ["a secret's policy that denies", "aws:secretsmanager/secretPolicy:SecretPolicy", { policy: deny }],
    [
      "a function that an own rule calls",
      "aws:lambda/permission:Permission",
      {
        principal: "events.amazonaws.com",
        sourceArn: `arn:aws:events:ap-northeast-1:${account}:rule/nightly`,
      },
    ],
  ] as const)
    it(`leaves nothing open: ${what}`, () => {
      expect(openBy(type, properties)).to.deep.equal([]);
    });
});

describe("a resource that looks harmless, and is not", () => {
  const allow = JSON.stringify({
    Statement: { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" },
  });
  for (const [what, type, properties] of [
    ["a zone that answers in a VPC", "aws:route53/zone:Zone", { vpcs: [{ vpcId: "vpc-1" }] }],
    ["a Config rule that runs a function", "aws:cfg/rule:Rule", { source: { owner: "CUSTOM_LAMBDA" } }],
    ["a foreign bucket for Config", "aws:cfg/deliveryChannel:DeliveryChannel", { s3BucketName: "theirs" }],
    [
      "a topic for Config",
      "aws:cfg/deliveryChannel:DeliveryChannel",
      { s3BucketName: "own", snsTopicArn: "arn:aws:sns:ap-northeast-1:999999999999:t" },
    ],
    ["a secret's policy that allows", "aws:secretsmanager/secretPolicy:SecretPolicy", { policy: allow }],
    ["a secret's policy that is broken", "aws:secretsmanager/secretPolicy:SecretPolicy", { policy: "{" }],
    ["a secret's policy that is a list", "aws:secretsmanager/secretPolicy:SecretPolicy", { policy: "[]" }],
    [
      "a secret's policy that says two things",
      "aws:secretsmanager/secretPolicy:SecretPolicy",
      { policy: '{"Statement":{"Effect":"Allow","Effect":"Deny","Principal":"*","Action":"*"}}' },
    ],
    ["a function for a stranger", "aws:lambda/permission:Permission", { principal: "999999999999" }],
    ["a function for everybody", "aws:lambda/permission:Permission", { principal: "*" }],
    [
      "a function for any account's rules",
      "aws:lambda/permission:Permission",
      { principal: "events.amazonaws.com" },
    ],
  ] as const)
    it(`leaves everything open: ${what}`, () => {
      expect(openBy(type, properties)).to.deep.equal(["packets", "rights", "words"]);
    });
});
