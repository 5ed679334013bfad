/** Others who write to the airlock, and holes in the service control policy. */
import { account, addRole, document, forService, repository, unread } from "./parts";
import type { Editor, Statement } from "./editor";
import { each, type Weakening } from "./weakening";

const ec2 = forService("ec2");
const commits = (more: object) => ({ Effect: "Allow", Action: "codecommit:CreateCommit", ...more });

/** The service control policy is not attached here, or it would stop the role. */
const roles = each({ stack: "target", claim: "C4", declared: {} }, [
  ...[
    "codecommit:PutFile",
    "codecommit:CreateCommit",
    "codecommit:GitPush",
    "codecommit:*",
    "*",
    "codecommit:Create*",
    "codecommit:MergeBranchesBySquash",
    "codecommit:TagResource",
    "codecommit:PostComment*",
    "codecommit:UpdateRepositoryDescription",
  ].map((Action) => ({
    what: `makes a role that may ${Action}`,
    edit: (stack: Editor) =>
      addRole(stack, "ci", ec2, { Effect: "Allow", Action, Resource: repository("platform.app") }),
  })),
  ...Object.entries({
    "all but read": { Effect: "Allow", NotAction: "codecommit:Get*", Resource: "*" },
    "commit to all but one repository": commits({ NotResource: repository("other") }),
    "commit to the account's repositories": commits({ Resource: repository("*") }),
    "commit from inside": commits({
      Resource: "*",
      Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    }),
  }).map(([may, statement]) => ({
    what: `makes a role that may ${may}`,
    edit: (stack: Editor) => addRole(stack, "ci", ec2, statement),
  })),
  {
    what: "makes a role whose first inline policy writes",
    edit: (stack) => {
      addRole(stack, "ci", ec2, { Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
      const inlinePolicies = ["codecommit:PutFile", "s3:ListBucket"].map((Action) => ({
        policy: document({ Effect: "Allow", Action, Resource: "*" }),
      }));
      stack.change("iam.Role", "ci", { inlinePolicies });
    },
  },
  {
    what: "lets the source's state name a deployer",
    edit: (target, source) => {
      const role = addRole(target, "ci", ec2, { Effect: "Allow", Action: "codecommit:*", Resource: "*" });
      target.exports({ declared: {} });
      source.exports({ declared: { deployerArns: [role] } });
    },
  },
]);

const inControl = (rewrite: (statement: Statement) => Statement) => (stack: Editor) =>
  stack.statements(
    "pulumi:pulumi:Stack",
    "git-airlock-prd",
    (all) => all.map(rewrite),
    "serviceControlPolicy",
  );

const holes = each({ stack: "target", claim: "C4" }, [
  ...["*", "user/*", "user/target-pu*"].map((name) => ({
    what: `declares ${name} a deployer`,
    declared: { serviceControlPolicyAttached: true, deployerArns: [`arn:aws:iam::${account}:${name}`] },
    edit: () => undefined,
  })),
  ...["codecommit:Git*", "codecommit:Create*", "codecommit:*"].map((action) => ({
    what: `spares ${action} in the service control policy`,
    edit: inControl((one) => ({ ...one, NotAction: [...(one.NotAction ?? []), action] })),
  })),
  {
    what: "leaves one repository out of the service control policy",
    edit: inControl((one) => ({ ...one, Resource: one.Resource?.slice(0, 1) })),
  },
  ...[
    `arn:aws:iam::${account}:role/*`,
    "arn:aws:iam::*:user/*",
    `arn:aws:iam::${account}:user/target-pull`,
  ].map((arn) => ({
    what: `counts ${arn} among the writers of the service control policy`,
    edit: inControl((one) => ({
      ...one,
      Condition: {
        ArnNotLike: {
          "aws:PrincipalArn": [...[one.Condition?.ArnNotLike?.["aws:PrincipalArn"] ?? []].flat(), arn],
        },
      },
    })),
  })),
  {
    what: "lets the service control policy hang on the address",
    edit: inControl((one) => ({
      ...one,
      Condition: { ...one.Condition, NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24"] } },
    })),
  },
]);

export const writers: readonly Weakening[] = [
  ...roles,
  ...holes,
  ...unread("target", "C4", ["aws:cloudformation/stack:Stack"]),
];
