/** What the global condition keys hold, and CodeCommit's own, by AWS's examples. */
import {
  ACCOUNT,
  allow,
  allowed,
  allowIf,
  by,
  CODECOMMIT,
  deny,
  denyIf,
  EVERYTHING,
  explicitlyDenied,
  given,
  IAM,
  implicitlyDenied,
  policy,
  repository,
  role,
  STRANGER,
  to,
  user,
  type Vector,
} from "./vector";

const KEYS = `${IAM}/reference_policies_condition-keys.html`;
const EXAMPLES = `${CODECOMMIT}/customer-managed-policies.html`;

const mfa = (present: string) => given({ "aws:MultiFactorAuthPresent": present });
const through = (vpc: string, endpoint: string, address = "10.0.0.1") =>
  given({ "aws:SourceVpc": vpc, "aws:SourceVpce": endpoint, "aws:VpcSourceIp": address });
const outside = given({ "aws:SourceIp": "198.51.100.1" });
const inside = given({ "aws:SourceIp": "203.0.113.0" });
const push = (context: Readonly<Record<string, string>> = {}) => ({ action: "codecommit:GitPush", context });
const pushTo = (branch: string) => push({ "codecommit:References": `refs/heads/${branch}` });

export const NETWORK: readonly Vector[] = [
  denyIf({
    says: "aws:SourceVpce is in the request only through an endpoint: StringNotEquals denies all other ways in",
    source: KEYS,
    condition: { StringNotEquals: { "aws:SourceVpce": "vpce-1" } },
    match: [through("vpc-1", "vpce-2"), outside],
    noMatch: [through("vpc-1", "vpce-1")],
  }),
  allowIf({
    says: "aws:SourceVpc allows access from one VPC only, and is absent outside of endpoints",
    source: KEYS,
    condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
    match: [through("vpc-1", "vpce-1")],
    noMatch: [through("vpc-2", "vpce-2"), outside],
  }),
  allowIf({
    says: "aws:VpcSourceIp matches only the address it names, and only through an endpoint",
    source: KEYS,
    condition: { IpAddress: { "aws:VpcSourceIp": "10.0.0.0/24" } },
    match: [through("vpc-1", "vpce-1", "10.0.0.9")],
    noMatch: [through("vpc-1", "vpce-1", "10.0.1.9"), given({ "aws:SourceIp": "10.0.0.9" })],
  }),
  denyIf({
    says: "A Deny with NotIpAddress on aws:SourceIp denies whatever comes through an endpoint, where the key is absent",
    source: KEYS,
    condition: { NotIpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    match: [through("vpc-1", "vpce-1", "10.0.0.9"), outside],
    noMatch: [given({ "aws:SourceIp": "10.0.0.9" })],
  }),
  {
    says: "aws:ViaAWSService keeps a restriction of addresses to the direct requests",
    source: KEYS,
    policies: {
      identity: [
        policy(
          allow({
            Condition: {
              Bool: { "aws:ViaAWSService": "false" },
              IpAddress: { "aws:SourceIp": "203.0.113.0" },
            },
          }),
          allow({ Condition: { Bool: { "aws:ViaAWSService": "true" } } }),
        ),
      ],
    },
    requests: [
      ...allowed(
        given({ ...inside.context, "aws:ViaAWSService": "false" }),
        given({ ...outside.context, "aws:ViaAWSService": "true" }),
      ),
      ...implicitlyDenied(given({ ...outside.context, "aws:ViaAWSService": "false" })),
    ],
  },
  denyIf({
    says: "A Deny outside of the ranges and not through a service denies only where both hold",
    source: `${IAM}/reference_policies_examples_aws_deny-ip.html`,
    condition: {
      NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"] },
      Bool: { "aws:ViaAWSService": "false" },
    },
    match: [given({ ...outside.context, "aws:ViaAWSService": "false" })],
    noMatch: [
      given({ ...inside.context, "aws:ViaAWSService": "false" }),
      given({ "aws:SourceIp": "192.0.2.1", "aws:ViaAWSService": "false" }),
      given({ ...outside.context, "aws:ViaAWSService": "true" }),
    ],
  }),
  denyIf({
    says: "From another network than expected and by no service principal: denied, if the key is absent too",
    source: KEYS,
    condition: {
      StringNotEqualsIfExists: { "aws:SourceVpc": "vpc-1" },
      BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    },
    match: [
      given({ "aws:SourceVpc": "vpc-2", "aws:PrincipalIsAWSService": "false" }),
      given({ "aws:PrincipalIsAWSService": "false" }),
    ],
    noMatch: [
      given({ "aws:SourceVpc": "vpc-1", "aws:PrincipalIsAWSService": "false" }),
      given({ "aws:PrincipalIsAWSService": "true" }),
    ],
  }),
  {
    says: "aws:RequestedRegion limits some actions to Regions",
    source: KEYS,
    policies: {
      identity: [
        policy(
          allow({ Action: ["codecommit:Get*", "codecommit:List*"] }),
          allow({
            Action: ["codecommit:Git*", "codecommit:Create*"],
            Condition: { StringEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-west-2"] } },
          }),
        ),
      ],
    },
    requests: [
      ...allowed(given({ "aws:RequestedRegion": "eu-west-2" }), {
        action: "codecommit:GetFile",
        context: { "aws:RequestedRegion": "us-east-1" },
      }),
      ...implicitlyDenied(given({ "aws:RequestedRegion": "us-east-1" })),
    ],
  },
];

export const PRINCIPALS: readonly Vector[] = [
  allowIf({
    says: "aws:PrincipalArn of a role's session is the role's ARN",
    source: KEYS,
    condition: { ArnEquals: { "aws:PrincipalArn": role("deploy") } },
    match: [by(role("deploy"))],
    noMatch: [by(role("deploy-2")), by(user("deploy"))],
  }),
  denyIf({
    says: "aws:PrincipalAccount denies to all but the principals of an account",
    source: KEYS,
    condition: { StringNotEquals: { "aws:PrincipalAccount": [ACCOUNT] } },
    noMatch: [{}, by(role("deploy"))],
    match: [{ principalArn: user("carlos", STRANGER), resource: repository("app", STRANGER) }],
  }),
  allowIf({
    says: "aws:PrincipalOrgID is present only for members of an organization",
    source: KEYS,
    condition: { StringEquals: { "aws:PrincipalOrgID": "o-xxxxxxxxxxx" } },
    match: [given({ "aws:PrincipalOrgID": "o-xxxxxxxxxxx" })],
    noMatch: [given({ "aws:PrincipalOrgID": "o-yyyyyyyyyyy" }), {}],
  }),
  denyIf({
    says: "aws:ResourceAccount denies what does not belong to an account",
    source: KEYS,
    condition: { StringNotEquals: { "aws:ResourceAccount": [ACCOUNT] } },
    match: [{ resource: repository("app", STRANGER) }],
    noMatch: [{}],
  }),
  allowIf({
    says: "aws:PrincipalTag holds the principal's tag, of a user or of a role",
    source: KEYS,
    condition: { StringEquals: { "aws:PrincipalTag/department": "hr" } },
    match: [
      given({ "aws:PrincipalTag/department": "hr" }),
      given({ "aws:PrincipalTag/department": "hr" }, role("deploy")),
    ],
    noMatch: [given({ "aws:PrincipalTag/department": "finance" }), {}],
  }),
  allowIf({
    says: "aws:username is absent from the requests of roles",
    source: KEYS,
    condition: { Null: { "aws:username": "true" } },
    match: [by(role("deploy"))],
    noMatch: [{}],
  }),
  allowIf({
    says: "aws:PrincipalType is User for users and AssumedRole for roles",
    source: `${IAM}/reference_policies_variables.html`,
    condition: { StringEquals: { "aws:PrincipalType": "AssumedRole" } },
    match: [by(role("deploy"))],
    noMatch: [{}],
  }),
  allowIf({
    says: "aws:RequestTag is one key for each tag, and both have to match",
    source: KEYS,
    condition: {
      StringEquals: {
        "aws:RequestTag/environment": ["preprod", "production"],
        "aws:RequestTag/team": ["engineering"],
      },
    },
    match: [given({ "aws:RequestTag/environment": "preprod", "aws:RequestTag/team": "engineering" })],
    noMatch: [
      given({ "aws:RequestTag/environment": "preprod", "aws:RequestTag/team": "sales" }),
      given({ "aws:RequestTag/environment": "preprod" }),
      given({ "aws:RequestTag/environment": "test", "aws:RequestTag/team": "engineering" }),
    ],
  }),
  denyIf({
    says: "A Deny where MFA is false by Bool: long-term credentials, without the key, get around it",
    source: KEYS,
    condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
    match: [mfa("false")],
    noMatch: [mfa("true"), {}],
  }),
  denyIf({
    says: "A Deny where MFA is false by BoolIfExists: long-term credentials are denied too",
    source: KEYS,
    condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    match: [mfa("false"), {}],
    noMatch: [mfa("true")],
  }),
  allowIf({
    says: "An Allow where MFA is true by BoolIfExists: long-term credentials are allowed",
    source: KEYS,
    condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } },
    match: [mfa("true"), {}],
    noMatch: [mfa("false")],
  }),
  allowIf({
    says: "An Allow where MFA is true by Bool: only requests with MFA",
    source: KEYS,
    condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
    match: [mfa("true")],
    noMatch: [mfa("false"), {}],
  }),
];

export const CODECOMMIT_KEYS: readonly Vector[] = [
  {
    says: "A Deny of pushes to a branch with Null false lets the first call of a push through, which names no reference",
    source: EXAMPLES,
    policies: {
      identity: [
        EVERYTHING,
        policy(
          deny({
            Action: [
              "codecommit:GitPush",
              "codecommit:DeleteBranch",
              "codecommit:PutFile",
              "codecommit:Merge*",
            ],
            Resource: repository("app"),
            Condition: {
              StringEqualsIfExists: { "codecommit:References": ["refs/heads/main"] },
              Null: { "codecommit:References": "false" },
            },
          }),
        ),
      ],
    },
    requests: [
      ...explicitlyDenied(pushTo("main")),
      ...allowed(push(), pushTo("feature"), ...to("GitPull", "CreateBranch")),
      ...allowed({ ...pushTo("main"), resource: repository("web") }),
    ],
  },
  {
    says: "An Allow of pushes to one branch with IfExists takes the call that names no reference, and no other branch",
    source: EXAMPLES,
    policies: {
      identity: [
        policy(
          allow({
            Action: ["codecommit:GitPush", "codecommit:Merge*"],
            Condition: { StringEqualsIfExists: { "codecommit:References": ["refs/heads/main"] } },
          }),
        ),
      ],
    },
    requests: [...allowed(pushTo("main"), push()), ...implicitlyDenied(pushTo("feature"), ...to("GitPull"))],
  },
  denyIf({
    says: "A Deny on a repository's tag denies those that have it",
    source: EXAMPLES,
    condition: { StringEquals: { "aws:ResourceTag/Status": "Secret" } },
    match: [given({ "aws:ResourceTag/Status": "Secret" })],
    noMatch: [given({ "aws:ResourceTag/Status": "Open" }), {}],
  }),
  allowIf({
    says: "Two tags under StringNotEquals allow only what has neither",
    source: EXAMPLES,
    condition: { StringNotEquals: { "aws:ResourceTag/Status": "Secret", "aws:ResourceTag/Team": "Saanvi" } },
    match: [{}, given({ "aws:ResourceTag/Status": "Open", "aws:ResourceTag/Team": "Ana" })],
    noMatch: [
      given({ "aws:ResourceTag/Status": "Secret" }),
      given({ "aws:ResourceTag/Team": "Saanvi" }),
      given({ "aws:ResourceTag/Status": "Secret", "aws:ResourceTag/Team": "Ana" }),
    ],
  }),
];
