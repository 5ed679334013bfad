import { expect } from "chai";
import { verify } from "../../../isolation/claims/verify";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import { goodExports, STACKS, type Exports } from "../exports";

const own = "222222222222";
const everything = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "*", Resource: "*" },
});

interface Resource {
  readonly type: string;
  readonly properties?: Record<string, unknown>;
  readonly provider?: string;
  readonly custom?: boolean;
}

/** The entries of a stack's export, beside its providers. */
function entries(stack: string, resources: readonly Resource[]): Record<string, unknown>[] {
  return resources.map(({ type, properties = {}, provider, custom = true }, i) => ({
    urn: `urn:pulumi:${stack}::git-airlock::${type}::more-${i}`,
    ...(custom && { id: `more-${i}` }),
    type,
    custom,
    inputs: properties,
    outputs: properties,
    ...(provider !== undefined && { provider: `urn:pulumi:${stack}::git-airlock::${provider}::id` }),
  }));
}

/** The claims that are open or refuted, with more resources in one of the stacks. */
async function notProved(
  stack: keyof typeof STACKS,
  resources: (exports: Exports) => readonly Resource[],
): Promise<string[]> {
  const exports = await goodExports();
  const more = entries(STACKS[stack], resources(exports));
  if (stack !== "mirror")
    exports[stack].resources.push(
      ...more.map((one) => ({ urn: "", type: "", name: "", inputs: {}, outputs: {}, ...one })),
    );
  const mirror = { version: 3, deployment: { resources: stack === "mirror" ? more : [] } };
  const { verdicts } = verify(
    readDeployment(
      {
        source: readStackExport(exports.exported("source"), "dev"),
        target: readStackExport(exports.exported("target"), "prd"),
        mirror: readStackExport(mirror, "mirror"),
      },
      exports.declared,
    ),
  );
  return verdicts.filter(({ status }) => status !== "proved").map(({ claim }) => claim);
}

const table = (exports: Exports) =>
  String(exports.target.find("ec2.RouteTable", "target-isolated-routes").id);
const subnet = (exports: Exports) => String(exports.source.find("ec2.Subnet", "source-network-private-1").id);

describe("what another stack holds", () => {
  for (const [what, stack, resources, claims] of [
    [
      "a template that names an isolated route table",
      "mirror",
      (exports) => [
        {
          type: "aws:cloudcontrol/resource:Resource",
          properties: { desiredState: JSON.stringify({ RouteTableId: table(exports) }) },
        },
      ],
      ["C5", "C6"],
    ],
    [
      "a share of a subnet by its ARN",
      "mirror",
      (exports) => [
        {
          type: "aws:ram/resourceAssociation:ResourceAssociation",
          properties: { resourceArn: `arn:aws:ec2:ap-northeast-1:111111111111:subnet/${subnet(exports)}` },
        },
      ],
      ["C7", "C8", "C13"],
    ],
    [
      "a command that runs where the mirror stack is deployed",
      "mirror",
      () => [{ type: "command:local:Command", properties: { create: "./open.sh" } }],
      ["C4", "C6", "C7", "C9", "C10"],
    ],
    [
      "a command that runs where the source is deployed",
      "source",
      () => [{ type: "command:local:Command", properties: { create: "./open.sh" } }],
      ["C4", "C6", "C7", "C9", "C10"],
    ],
    [
      "a policy for the push user by a provider of the production account",
      "source",
      () => [
        {
          type: "aws:iam/userPolicy:UserPolicy",
          properties: { user: "target-push", policy: everything },
          provider: "pulumi:providers:aws::production",
        },
      ],
      ["C4", "C9"],
    ],
    [
      "a role by a provider that the state does not show",
      "mirror",
      () => [
        {
          type: "aws:iam/rolePolicy:RolePolicy",
          properties: { role: "reader", policy: everything },
          provider: "pulumi:providers:aws::elsewhere",
        },
      ],
      ["C4", "C9"],
    ],
    [
      "a route by a provider that takes on a role of another account",
      "target",
      () => [
        {
          type: "pulumi:providers:aws",
          properties: { assumeRoles: JSON.stringify([{ roleArn: "arn:aws:iam::999999999999:role/deploy" }]) },
        },
        {
          type: "aws:ec2/vpc:Vpc",
          properties: { cidrBlock: "10.9.0.0/16" },
          provider: "pulumi:providers:aws::more-0",
        },
      ],
      ["C6", "C7"],
    ],
  ] satisfies [string, keyof typeof STACKS, (exports: Exports) => readonly Resource[], string[]][])
    it(`leaves ${claims.join(", ")} open: ${what}`, async () => {
      expect(await notProved(stack, resources)).to.include.members(claims);
    });

  for (const [what, stack, resources] of [
    ["a component of the team's", "mirror", () => [{ type: "acme:net:Thing", custom: false }]],
    [
      "a parameter with a repository's ARN",
      "mirror",
      () => [
        {
          type: "aws:ssm/parameter:Parameter",
          properties: { value: `arn:aws:codecommit:ap-northeast-1:${own}:platform.app` },
        },
      ],
    ],
    [
      "an alarm in another Region, by a provider of its own for the same account",
      "target",
      () => [
        {
          type: "pulumi:providers:aws",
          properties: { region: "us-east-1", defaultTags: "{}", version: "7.48.0" },
        },
        { type: "aws:kms/key:Key", provider: "pulumi:providers:aws::more-0" },
        {
          type: "aws:sns/topic:Topic",
          properties: { name: "billing" },
          provider: "pulumi:providers:aws::more-0",
        },
      ],
    ],
  ] satisfies [string, keyof typeof STACKS, (exports: Exports) => readonly Resource[]][])
    it(`leaves nothing open: ${what}`, async () => {
      expect(await notProved(stack, resources)).to.deep.equal([]);
    });
});
