/** What restricts an identity: permissions boundaries and service control policies. */
import {
  allow,
  allowed,
  by,
  deny,
  EVERYTHING,
  explicitlyDenied,
  given,
  IAM,
  implicitlyDenied,
  on,
  ORGANIZATIONS,
  policy,
  repository,
  role,
  to,
  type Vector,
} from "./vector";

const BOUNDARIES = `${IAM}/access_policies_boundaries.html`;
const LOGIC = `${IAM}/reference_policies_evaluation-logic.html`;
const LEVELS = `${ORGANIZATIONS}/orgs_manage_policies_scps_evaluation.html`;
const SCPS = `${ORGANIZATIONS}/orgs_manage_policies_scps.html`;
const SCP_EXAMPLES = `${ORGANIZATIONS}/orgs_manage_policies_scps_examples_general.html`;

const only = (...actions: readonly string[]) => policy(allow({ Action: actions }));
const never = (...actions: readonly string[]) => policy(deny({ Action: actions }));
const admin = [EVERYTHING];

export const PERMISSIONS_BOUNDARIES: readonly Vector[] = [
  {
    says: "An action that the identity's policy allows fails where the boundary does not allow it",
    source: BOUNDARIES,
    policies: { identity: [only("codecommit:GitPull")], boundary: only("codecommit:Get*", "s3:*") },
    requests: implicitlyDenied(...to("GitPull", "GetFile")),
  },
  {
    says: "A boundary limits permissions and provides none by itself",
    source: BOUNDARIES,
    policies: { identity: [], boundary: EVERYTHING },
    requests: implicitlyDenied({}),
  },
  {
    says: "Effective are the permissions that both the identity's policies and the boundary give",
    source: BOUNDARIES,
    policies: {
      identity: [only("codecommit:GitPull", "codecommit:GitPush")],
      boundary: only("codecommit:GitPull", "codecommit:GetFile"),
    },
    requests: [...allowed(...to("GitPull")), ...implicitlyDenied(...to("GitPush", "GetFile"))],
  },
  {
    says: "An explicit deny in the boundary overrides the allow",
    source: BOUNDARIES,
    policies: {
      identity: admin,
      boundary: policy(
        allow({ Action: ["codecommit:*", "s3:*"] }),
        deny({ Action: "codecommit:*", Resource: [repository("logs"), repository("logs-*")] }),
      ),
    },
    requests: [...allowed({}), ...explicitlyDenied(on(repository("logs")), on(repository("logs-1")))],
  },
  {
    says: "With a boundary and service control policies, all three have to allow",
    source: LOGIC,
    policies: {
      identity: [only("codecommit:GitPull", "codecommit:GitPush", "codecommit:GetFile")],
      boundary: only("codecommit:GitPull", "codecommit:GitPush", "codecommit:GetBlob"),
      serviceControl: [[only("codecommit:GitPull", "codecommit:GetFile", "codecommit:GetBlob")]],
    },
    requests: [...allowed(...to("GitPull")), ...implicitlyDenied(...to("GitPush", "GetFile", "GetBlob"))],
  },
];

export const SERVICE_CONTROL: readonly Vector[] = [
  {
    says: "A permission needs an Allow at every level from the root to the account",
    source: LEVELS,
    policies: { identity: admin, serviceControl: [[EVERYTHING], [only("codecommit:*")], [EVERYTHING]] },
    requests: allowed({}),
  },
  {
    says: "An Allow that is missing at one organizational unit denies, whatever root and account allow",
    source: LEVELS,
    policies: { identity: admin, serviceControl: [[EVERYTHING], [only("s3:*")], [EVERYTHING]] },
    requests: implicitlyDenied({}),
  },
  {
    says: "A level without any Allow, as when FullAWSAccess is removed and not replaced, blocks every action",
    source: LEVELS,
    policies: { identity: admin, serviceControl: [[EVERYTHING], [], [EVERYTHING]] },
    requests: implicitlyDenied(...to("GitPull", "GetFile")),
  },
  {
    says: "A Deny at an organizational unit denies, though root and account explicitly allow",
    source: LEVELS,
    policies: {
      identity: admin,
      serviceControl: [[EVERYTHING], [EVERYTHING, never("codecommit:*")], [only("codecommit:*")]],
    },
    requests: explicitlyDenied({}),
  },
  {
    says: "Scenario 1: the denies of all levels add up",
    source: LEVELS,
    policies: {
      identity: admin,
      serviceControl: [
        [EVERYTHING],
        [EVERYTHING, never("codecommit:GitPush")],
        [EVERYTHING, never("codecommit:DeleteFile")],
      ],
    },
    requests: [...explicitlyDenied(...to("GitPush", "DeleteFile")), ...allowed(...to("GitPull"))],
  },
  {
    says: "Scenario 2: a unit that allows one thing leaves its accounts only that",
    source: LEVELS,
    policies: {
      identity: admin,
      serviceControl: [[EVERYTHING], [only("codecommit:GitPull")], [EVERYTHING]],
    },
    requests: [...allowed(...to("GitPull")), ...implicitlyDenied(...to("GitPush"))],
  },
  {
    says: "Scenario 3: a missing Allow at the root blocks all access",
    source: LEVELS,
    policies: { identity: admin, serviceControl: [[never("s3:*")], [EVERYTHING], [EVERYTHING]] },
    requests: implicitlyDenied({}, by(role("deploy"))),
  },
  {
    says: "Scenario 4: a Deny at the innermost of two units takes one service from the account below",
    source: LEVELS,
    policies: {
      identity: admin,
      serviceControl: [[EVERYTHING], [EVERYTHING], [EVERYTHING, never("codecommit:Git*")], [EVERYTHING]],
    },
    requests: [...explicitlyDenied(...to("GitPull")), ...allowed(...to("GetFile"))],
  },
  {
    says: "Scenario 6: a Deny at the root leaves nothing to a unit that allows only what is denied",
    source: LEVELS,
    policies: {
      identity: admin,
      serviceControl: [[EVERYTHING, never("codecommit:Git*")], [only("codecommit:Git*")], [EVERYTHING]],
    },
    requests: [...explicitlyDenied(...to("GitPull")), ...implicitlyDenied(...to("GetFile"))],
  },
  {
    says: "One policy can hold the Allow of everything and the Deny that takes something from it",
    source: LEVELS,
    policies: { identity: admin, serviceControl: [[policy(allow(), deny({ Action: "codecommit:Git*" }))]] },
    requests: [...explicitlyDenied(...to("GitPull")), ...allowed(...to("GetFile"))],
  },
  {
    says: "A service control policy never grants permissions",
    source: SCPS,
    policies: { identity: [], serviceControl: [[EVERYTHING]] },
    requests: implicitlyDenied({}),
  },
  {
    says: "A question mark in an action of a service control policy stands for a single character",
    source: `${ORGANIZATIONS}/orgs_manage_policies_scps_syntax.html`,
    policies: { identity: admin, serviceControl: [[EVERYTHING, never("codecommit:GitPus?")]] },
    requests: [...explicitlyDenied(...to("GitPush")), ...allowed(...to("GitPull"))],
  },
  {
    says: "A Deny outside of Regions exempts listed actions and roles",
    source: SCP_EXAMPLES,
    policies: {
      identity: admin,
      serviceControl: [
        [
          EVERYTHING,
          policy(
            deny({
              NotAction: ["iam:*", "codecommit:List*"],
              Condition: {
                StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] },
                ArnNotLike: {
                  "aws:PrincipalARN": ["arn:aws:iam::*:role/Bypass1", "arn:aws:iam::*:role/Bypass2"],
                },
              },
            }),
          ),
        ],
      ],
    },
    requests: [
      ...explicitlyDenied(given({ "aws:RequestedRegion": "us-east-1" })),
      ...allowed(
        given({ "aws:RequestedRegion": "eu-west-1" }),
        given({ "aws:RequestedRegion": "us-east-1" }, role("Bypass2")),
        { action: "codecommit:ListBranches", context: { "aws:RequestedRegion": "us-east-1" } },
      ),
    ],
  },
  {
    says: "A Deny spares one role of every account, by StringNotLike on the principal's ARN",
    source: SCP_EXAMPLES,
    policies: {
      identity: admin,
      serviceControl: [
        [
          EVERYTHING,
          policy(
            deny({
              Action: ["codecommit:GitPush", "codecommit:PutFile"],
              Resource: "arn:aws:codecommit:*:*:app",
              Condition: { StringNotLike: { "aws:PrincipalARN": "arn:aws:iam::*:role/admin" } },
            }),
          ),
        ],
      ],
    },
    requests: [
      ...explicitlyDenied(...to("GitPush", "PutFile")),
      ...allowed({ action: "codecommit:GitPush", principalArn: role("admin") }),
      ...allowed({ action: "codecommit:GitPush", resource: repository("web") }),
    ],
  },
];
