/** Which statement wins, and what Action, Resource and their Not-forms cover. */
import {
  ACCOUNT,
  allow,
  allowed,
  by,
  CODECOMMIT,
  deny,
  explicitlyDenied,
  EVERYTHING,
  given,
  IAM,
  implicitlyDenied,
  on,
  policy,
  repository,
  role,
  STRANGER,
  to,
  type Vector,
} from "./vector";

const LOGIC = `${IAM}/reference_policies_evaluation-logic.html`;
const ACTION = `${IAM}/reference_policies_elements_action.html`;
const NOT_ACTION = `${IAM}/reference_policies_elements_notaction.html`;
const RESOURCE = `${IAM}/reference_policies_elements_resource.html`;
const NOT_RESOURCE = `${IAM}/reference_policies_elements_notresource.html`;

const own = allow({ Action: "codecommit:*", Resource: repository("carlossalazar*") });
const noLogs = deny({ Action: "codecommit:*", Resource: repository("*log*") });

export const STATEMENTS: readonly Vector[] = [
  {
    says: "All requests are implicitly denied by default",
    source: LOGIC,
    policies: { identity: [] },
    requests: implicitlyDenied({}, by(role("deploy"))),
  },
  {
    says: "An Allow in an identity policy overrides the default, for what it covers",
    source: LOGIC,
    policies: { identity: [policy(allow({ Action: "codecommit:GitPull", Resource: repository("app") }))] },
    requests: [...allowed({}), ...implicitlyDenied(on(repository("web")), ...to("GitPush"))],
  },
  {
    says: "One statement that allows is enough, in whichever of the identity policies it is",
    source: LOGIC,
    policies: {
      identity: [
        policy(allow({ Action: "codecommit:GitPush" })),
        policy(allow({ Action: "codecommit:GetFile" }), allow({ Action: "codecommit:GitPull" })),
      ],
    },
    requests: [...allowed(...to("GitPush", "GetFile", "GitPull")), ...implicitlyDenied(...to("DeleteFile"))],
  },
  {
    says: "An explicit deny overrides the allow that stands before it",
    source: LOGIC,
    policies: { identity: [policy(own, noLogs)] },
    requests: [
      ...allowed(on(repository("carlossalazar"))),
      ...explicitlyDenied(on(repository("carlossalazar-logs")), on(repository("logs"))),
      ...implicitlyDenied(on(repository("marta"))),
    ],
  },
  {
    says: "An explicit deny overrides the allow that stands behind it",
    source: LOGIC,
    policies: { identity: [policy(noLogs, own)] },
    requests: [
      ...allowed(on(repository("carlossalazar"))),
      ...explicitlyDenied(on(repository("carlossalazar-logs"))),
      ...implicitlyDenied(on(repository("marta"))),
    ],
  },
  {
    says: "Actions are allowed, implicitly denied or explicitly denied, and a further policy changes no explicit deny",
    source: LOGIC,
    policies: {
      identity: [
        policy(
          allow({ Action: ["codecommit:Get*", "codecommit:List*"] }),
          deny({ Action: "codecommit:*Conflicts" }),
        ),
        policy(allow({ Action: "codecommit:GetMergeConflicts" })),
      ],
    },
    requests: [
      ...allowed(...to("GetFile", "ListBranches")),
      ...implicitlyDenied(...to("CreateBranch")),
      ...explicitlyDenied(...to("GetMergeConflicts", "BatchDescribeMergeConflicts")),
    ],
  },
  {
    says: "Across accounts, the identity's policy alone does not suffice: the resource's account must allow too",
    source: `${IAM}/reference_policies_evaluation-logic-cross-account.html`,
    policies: { identity: [EVERYTHING] },
    requests: [...allowed({}), ...implicitlyDenied(on(repository("app", STRANGER)))],
  },
  {
    says: "Prefix and name of an action are case-insensitive",
    source: ACTION,
    policies: { identity: [policy(allow({ Action: "CodeCommit:gitPULL" }))] },
    requests: [...allowed(...to("GitPull", "gitpull")), ...implicitlyDenied(...to("GitPush"))],
  },
  {
    says: "Several actions can be listed",
    source: ACTION,
    policies: { identity: [policy(allow({ Action: ["codecommit:GitPull", "codecommit:GetFile"] }))] },
    requests: [...allowed(...to("GitPull", "GetFile")), ...implicitlyDenied(...to("GitPush"))],
  },
  {
    says: "A wildcard stands for all actions of the product",
    source: ACTION,
    policies: { identity: [policy(allow({ Action: "codecommit:*" }))] },
    requests: allowed(...to("GitPull", "GitPush", "DeleteRepository")),
  },
  {
    says: "A product's actions are none of another product's",
    source: ACTION,
    policies: { identity: [policy(allow({ Action: ["s3:*", "iam:*AccessKey*"] }))] },
    requests: implicitlyDenied(...to("GitPull", "GitPush")),
  },
  {
    says: "A wildcard as part of the name stands for every action that includes the rest",
    source: ACTION,
    policies: { identity: [policy(allow({ Action: "codecommit:*PullRequest*" }))] },
    requests: [
      ...allowed(
        ...to("CreatePullRequest", "GetPullRequest", "MergePullRequestBySquash", "ListPullRequests"),
      ),
      ...implicitlyDenied(...to("GitPull", "GetBranch")),
    ],
  },
  {
    says: "NotAction with Allow gives every action but those listed",
    source: NOT_ACTION,
    policies: { identity: [policy(allow({ NotAction: "codecommit:DeleteRepository" }))] },
    requests: [...allowed(...to("GitPull", "DeleteFile")), ...implicitlyDenied(...to("DeleteRepository"))],
  },
  {
    says: "NotAction with Allow for a whole service gives everything else",
    source: NOT_ACTION,
    policies: { identity: [policy(allow({ NotAction: "iam:*" }))] },
    requests: allowed(...to("GitPull", "DeleteRepository")),
  },
  {
    says: "What NotAction leaves out of an Allow, another statement can still allow",
    source: NOT_ACTION,
    policies: {
      identity: [policy(allow({ NotAction: "codecommit:Git*" }), allow({ Action: "codecommit:GitPull" }))],
    },
    requests: [...allowed(...to("GetFile", "GitPull")), ...implicitlyDenied(...to("GitPush"))],
  },
  {
    says: "NotAction with Deny denies the unlisted actions, and does not allow the listed ones",
    source: NOT_ACTION,
    policies: { identity: [policy(deny({ NotAction: "codecommit:Get*" }))] },
    requests: [...explicitlyDenied(...to("GitPull")), ...implicitlyDenied(...to("GetFile"))],
  },
  {
    says: "NotAction with Deny under a condition denies all but the listed to those who did not sign in with MFA",
    source: NOT_ACTION,
    policies: {
      identity: [
        EVERYTHING,
        policy(
          deny({
            NotAction: "codecommit:Get*",
            Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
          }),
        ),
      ],
    },
    requests: [
      ...allowed(given({ "aws:MultiFactorAuthPresent": "true" })),
      ...explicitlyDenied(given({ "aws:MultiFactorAuthPresent": "false" }), {}),
      ...allowed(...to("GetFile")),
    ],
  },
  {
    says: "NotAction with Deny exempts actions from a limit to Regions",
    source: `${IAM}/reference_policies_examples_aws_deny-requested-region.html`,
    policies: {
      identity: [
        EVERYTHING,
        policy(
          deny({
            NotAction: ["cloudfront:*", "iam:*", "codecommit:List*"],
            Condition: { StringNotEquals: { "aws:RequestedRegion": ["eu-central-1", "eu-west-1"] } },
          }),
        ),
      ],
    },
    requests: [
      ...allowed(
        given({ "aws:RequestedRegion": "eu-west-1" }),
        given({ "aws:RequestedRegion": "eu-central-1" }),
      ),
      ...explicitlyDenied(given({ "aws:RequestedRegion": "us-east-1" })),
      ...allowed({ action: "codecommit:ListBranches", context: { "aws:RequestedRegion": "us-east-1" } }),
    ],
  },
  {
    says: "A resource is given by its ARN, several by a list",
    source: RESOURCE,
    policies: { identity: [policy(allow({ Resource: [repository("books"), repository("magazines")] }))] },
    requests: [
      ...allowed(on(repository("books")), on(repository("magazines"))),
      ...implicitlyDenied(on(repository("booksmagazines")), on(repository("book"))),
    ],
  },
  {
    says: "An asterisk stands for any combination of characters, delimiters and none at all included",
    source: RESOURCE,
    policies: { identity: [policy(allow({ Resource: repository("app.*.test.*") }))] },
    requests: [
      ...allowed(
        ...["1.test.object", "1.2.test.object", "1.2.test.3.object", "1.2.3.test.4.object"]
          .concat("1...test...object", "1.test..jpg", ".test.object", "1.test.")
          .map((rest) => on(repository(`app.${rest}`))),
      ),
      ...implicitlyDenied(
        ...["1-test.object", "test.object", "1.2.test-jpg"].map((rest) => on(repository(`app.${rest}`))),
      ),
    ],
  },
  {
    says: "A question mark stands for any single character",
    source: RESOURCE,
    policies: { identity: [policy(allow({ Resource: repository("app-?") }))] },
    requests: [
      ...allowed(on(repository("app-1")), on(repository("app--"))),
      ...implicitlyDenied(on(repository("app-")), on(repository("app-10")), on(repository("app"))),
    ],
  },
  {
    says: "Wildcards can stand in the segments of the ARN but the service's",
    source: RESOURCE,
    policies: { identity: [policy(allow({ Resource: `arn:aws:codecommit:eu-*-?:${ACCOUNT}:app` }))] },
    requests: [
      ...allowed({}, on(repository("app", ACCOUNT, "eu-central-2"))),
      ...implicitlyDenied(on(repository("app", ACCOUNT, "us-east-1")), on(repository("web"))),
    ],
  },
  {
    says: "NotResource with Deny denies every resource but those listed, and allows none",
    source: NOT_RESOURCE,
    policies: {
      identity: [policy(deny({ NotResource: [repository("payroll"), repository("payroll-*")] }))],
    },
    requests: [
      ...explicitlyDenied({}, on(repository("payrolls"))),
      ...implicitlyDenied(on(repository("payroll")), on(repository("payroll-2026"))),
    ],
  },
  {
    says: "NotResource with Allow allows every resource that is not listed",
    source: NOT_RESOURCE,
    policies: { identity: [policy(allow({ NotResource: repository("payroll") }))] },
    requests: [...allowed({}), ...implicitlyDenied(on(repository("payroll")))],
  },
  {
    says: "NotResource with Deny limits those who may otherwise do everything to what is listed",
    source: NOT_RESOURCE,
    policies: {
      identity: [EVERYTHING, policy(deny({ NotResource: repository("payroll") }))],
    },
    requests: [...allowed(on(repository("payroll"))), ...explicitlyDenied({})],
  },
  {
    says: "CodeCommit: all actions in one Region, by the ARN and by the requested Region",
    source: `${CODECOMMIT}/customer-managed-policies.html`,
    policies: {
      identity: [
        policy(
          allow({
            Action: "codecommit:*",
            Resource: `arn:aws:codecommit:eu-west-1:${ACCOUNT}:*`,
            Condition: { StringEquals: { "aws:RequestedRegion": "eu-west-1" } },
          }),
        ),
      ],
    },
    requests: [
      ...allowed(given({ "aws:RequestedRegion": "eu-west-1" })),
      ...implicitlyDenied(
        {
          resource: repository("app", ACCOUNT, "us-east-2"),
          context: { "aws:RequestedRegion": "us-east-2" },
        },
        given({ "aws:RequestedRegion": "us-east-2" }),
      ),
    ],
  },
  {
    says: "CodeCommit: pull from and push to one repository, and no operation besides",
    source: `${CODECOMMIT}/customer-managed-policies.html`,
    policies: {
      identity: [
        policy(allow({ Action: ["codecommit:GitPull", "codecommit:GitPush"], Resource: repository("app") })),
      ],
    },
    requests: [
      ...allowed(...to("GitPull", "GitPush")),
      ...implicitlyDenied(...to("DeleteBranch"), on(repository("web"))),
    ],
  },
];
