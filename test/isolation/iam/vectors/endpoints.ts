/** Policies of VPC endpoints: whom they admit, by Principal, NotPrincipal and conditions. */
import {
  ACCOUNT,
  allow,
  allowed,
  by,
  CODECOMMIT,
  deny,
  EVERYTHING,
  explicitlyDenied,
  given,
  IAM,
  implicitlyDenied,
  on,
  policy,
  repository,
  role,
  STRANGER,
  to,
  user,
  type Vector,
} from "./vector";

const BOUNDARIES = `${IAM}/access_policies_boundaries.html`;
const ENDPOINTS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html";
const STS_ENDPOINTS = `${IAM}/reference_sts_vpc_endpoint_policies.html`;
const PRINCIPAL = `${IAM}/reference_policies_elements_principal.html`;
const NOT_PRINCIPAL = `${IAM}/reference_policies_elements_notprincipal.html`;

const only = (...actions: readonly string[]) => policy(allow({ Action: actions }));
const admin = [EVERYTHING];
const everyone = allow({ Principal: "*" });
const bob = user("Bob", STRANGER);
const strangersOwn = { resource: repository("app", STRANGER) };

export const ENDPOINT_POLICIES: readonly Vector[] = [
  {
    says: "The default policy of an endpoint, which has no version, gives full access through it",
    source: ENDPOINTS,
    policies: { identity: admin, endpoint: { Statement: [everyone] } },
    requests: allowed({}, ...to("GitPush"), by(role("deploy"))),
  },
  {
    says: "An endpoint's policy grants nothing by itself: the caller's policies have to allow too",
    source: STS_ENDPOINTS,
    policies: { identity: [only("codecommit:GitPull")], endpoint: policy(everyone) },
    requests: [...allowed({}), ...implicitlyDenied(...to("GitPush"))],
  },
  {
    says: "Identity policies do not go beyond what the endpoint's policy allows",
    source: STS_ENDPOINTS,
    policies: {
      identity: admin,
      endpoint: policy(allow({ Principal: "*", Action: "codecommit:GitPull", Resource: repository("app") })),
    },
    requests: [...allowed({}), ...implicitlyDenied(...to("GitPush"), on(repository("web")))],
  },
  {
    says: "CodeCommit: an endpoint for everything but pushes to one repository",
    source: `${CODECOMMIT}/codecommit-and-interface-VPC.html`,
    policies: {
      identity: admin,
      endpoint: {
        Statement: [
          everyone,
          deny({ Principal: "*", Action: "codecommit:GitPush", Resource: repository("MyDemoRepo") }),
        ],
      },
    },
    requests: [
      ...explicitlyDenied({ action: "codecommit:GitPush", resource: repository("MyDemoRepo") }),
      ...allowed(on(repository("MyDemoRepo")), ...to("GitPush")),
    ],
  },
  {
    says: "Principal * with a condition on aws:PrincipalArn admits one principal",
    source: ENDPOINTS,
    policies: {
      identity: admin,
      endpoint: policy({
        ...everyone,
        Condition: { StringEquals: { "aws:PrincipalArn": user("endpointuser") } },
      }),
    },
    requests: [...allowed(by(user("endpointuser"))), ...implicitlyDenied({}, by(role("endpointuser")))],
  },
  {
    says: "An endpoint's policy can admit the principals of listed accounts",
    source: STS_ENDPOINTS,
    policies: {
      identity: admin,
      endpoint: policy({
        ...allow({ Principal: { AWS: "*" } }),
        Condition: { StringEquals: { "aws:PrincipalAccount": [ACCOUNT, "777788889999"] } },
      }),
    },
    requests: [...allowed({}), ...implicitlyDenied({ principalArn: bob, ...strangersOwn })],
  },
  {
    says: "An endpoint's policy can admit an organization's principals, and nobody without one",
    source: STS_ENDPOINTS,
    policies: {
      identity: admin,
      endpoint: policy({
        ...allow({ Principal: { AWS: "*" } }),
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-exampleorgid" } },
      }),
    },
    requests: [
      ...allowed(given({ "aws:PrincipalOrgID": "o-exampleorgid" })),
      ...implicitlyDenied(given({ "aws:PrincipalOrgID": "o-another" }), {}),
    ],
  },
  {
    says: "An endpoint's policy can allow all and deny those outside of an organization",
    source: STS_ENDPOINTS,
    policies: {
      identity: admin,
      endpoint: policy(
        everyone,
        deny({
          Principal: { AWS: "*" },
          Action: "codecommit:*",
          Condition: { StringNotEquals: { "aws:PrincipalOrgID": "o-exampleorgid" } },
        }),
      ),
    },
    requests: [
      ...allowed(given({ "aws:PrincipalOrgID": "o-exampleorgid" })),
      ...explicitlyDenied(given({ "aws:PrincipalOrgID": "o-another" }), {}),
    ],
  },
  {
    says: "An account as a principal, by its number or by its root's ARN, is every principal of it",
    source: PRINCIPAL,
    policies: {
      identity: admin,
      endpoint: policy(
        allow({ Principal: { AWS: [ACCOUNT, "555555555555"] }, Action: "codecommit:GitPull" }),
        allow({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: "codecommit:GetFile" }),
      ),
    },
    requests: [
      ...allowed({}, by(role("deploy")), ...to("GetFile")),
      ...implicitlyDenied({ principalArn: bob, ...strangersOwn }, ...to("GitPush")),
    ],
  },
  {
    says: "Several principals are joined by OR, and their names know no wildcards",
    source: PRINCIPAL,
    policies: {
      identity: admin,
      endpoint: policy(allow({ Principal: { AWS: [user("ana"), role("deploy")] } })),
    },
    requests: [
      ...allowed(by(user("ana")), by(role("deploy"))),
      ...implicitlyDenied(by(user("ana-2")), by(role("deploy-2"))),
    ],
  },
  {
    says: "NotPrincipal with Deny, of a user and its account: all principals but that user are denied",
    source: NOT_PRINCIPAL,
    policies: {
      identity: admin,
      endpoint: policy(
        everyone,
        deny({ NotPrincipal: { AWS: [bob, `arn:aws:iam::${STRANGER}:root`] }, Action: "codecommit:*" }),
      ),
    },
    requests: [
      ...allowed({ principalArn: bob, ...strangersOwn }),
      ...explicitlyDenied({}, by(role("deploy")), { principalArn: user("Ana", STRANGER), ...strangersOwn }),
    ],
  },
  {
    says: "NotPrincipal with Deny allows nobody: another statement has to",
    source: NOT_PRINCIPAL,
    policies: {
      identity: admin,
      endpoint: policy(deny({ NotPrincipal: { AWS: [bob, `arn:aws:iam::${STRANGER}:root`] } })),
    },
    requests: [...implicitlyDenied({ principalArn: bob, ...strangersOwn }), ...explicitlyDenied({})],
  },
  {
    says: "NotPrincipal with Deny always denies a principal with a permissions boundary, whomever it names",
    source: BOUNDARIES,
    policies: {
      identity: admin,
      boundary: EVERYTHING,
      endpoint: policy(
        everyone,
        deny({ NotPrincipal: { AWS: [user("carlos"), `arn:aws:iam::${ACCOUNT}:root`] } }),
      ),
    },
    requests: explicitlyDenied({}, by(user("marta"))),
  },
  {
    says: "The recommended ArnNotEquals on aws:PrincipalArn spares a principal with a permissions boundary",
    source: BOUNDARIES,
    policies: {
      identity: admin,
      boundary: EVERYTHING,
      endpoint: policy(
        everyone,
        deny({
          Principal: "*",
          Condition: { ArnNotEquals: { "aws:PrincipalArn": user("carlos") } },
        }),
      ),
    },
    requests: [...allowed({}), ...explicitlyDenied(by(user("marta")))],
  },
];
