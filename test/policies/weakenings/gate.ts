/** Weakened gates: what the gate users and the pull endpoint may do, and what else they hold. */
import * as aws from "@pulumi/aws";
import { only, type Editor, type Statement, type Weakening } from "./weakening";

const push = "target-push-policy-1";
const pull = "target-pull-policy-1";
const endpoint = "target-pull-endpoint";
const user = (stack: Editor, role: "push" | "pull") => stack.find(aws.iam.User, `target-${role}`);
const document = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

/** Puts other addresses into both the Allow and the Deny. */
function admit(...addresses: string[]) {
  return (statements: Statement[]) =>
    statements.map((statement) => ({
      ...statement,
      Condition: Object.fromEntries(
        Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
          operator,
          "aws:SourceIp" in keys ? { "aws:SourceIp": addresses } : keys,
        ]),
      ),
    }));
}

/** Changes the statement with that id. */
function named(sid: string, change: (statement: Statement) => Statement[]) {
  return (statements: Statement[]) => statements.flatMap((s) => (s.Sid === sid ? change(s) : [s]));
}

const lock = "DenyFromElsewhere";
const bound = "DenyOtherReferences";

function change(policy: string, rewrite: (statements: Statement[]) => unknown[]): Weakening["weaken"] {
  return (stack) => {
    stack.statements(aws.iam.Policy, policy, rewrite);
  };
}

function changeEndpoint(rewrite: (statement: Statement) => Statement): Weakening["weaken"] {
  return (stack) => {
    stack.statements(aws.ec2.VpcEndpoint, endpoint, only("Allow", rewrite));
  };
}

/** Weakenings of what the documents say. */
const documents: readonly Omit<Weakening, "stack">[] = [
  {
    what: "lets the push user push from anywhere",
    weaken: change(push, admit("0.0.0.0/0")),
    rule: "push-policy-is-locked-to-addresses",
    says: [push, "0.0.0.0/0"],
  },
  {
    what: "lets the push user push from the address next door too",
    weaken: change(push, admit("203.0.113.10/31")),
    rule: "push-policy-is-locked-to-addresses",
    says: [push, "203.0.113.10/31"],
  },
  {
    what: "takes the condition out of the push user's Allow",
    weaken: change(
      push,
      only("Allow", (s) => ({ ...s, Condition: undefined })),
    ),
    rule: "push-policy-is-locked-to-addresses",
    says: [push, "every address", "PushFromSource"],
  },
  {
    what: "takes away the push user's Deny",
    weaken: change(
      push,
      named(lock, () => []),
    ),
    rule: "push-policy-is-locked-to-addresses",
    says: [push, "no Deny", "203.0.113.10/32"],
  },
  {
    what: "lets the Deny spare one more address than the Allow names",
    weaken: change(push, (statements) =>
      named(lock, (s) => admit("203.0.113.10/32", "203.0.113.11/32", "203.0.113.12/32")([s]))(statements),
    ),
    rule: "push-policy-is-locked-to-addresses",
    says: [push, "no Deny that answers"],
  },
  {
    what: "makes the push user's Deny hang on aws:ViaAWSService too",
    weaken: change(
      push,
      named(lock, (s) => [{ ...s, Condition: { ...s.Condition, Bool: { "aws:ViaAWSService": "false" } } }]),
    ),
    rule: "gate-deny-hangs-on-its-lock-alone",
    says: [push, "aws:ViaAWSService false", "DenyFromElsewhere"],
  },
  {
    what: "lets the push user touch every reference",
    weaken: change(
      push,
      named(bound, () => []),
    ),
    rule: "push-policy-is-bound-to-references",
    says: [push, "every reference", "PushFromSource"],
  },
  {
    what: "lets the push user touch what is neither branch nor tag",
    weaken: change(
      push,
      named(bound, (s) => [
        { ...s, Condition: { ...s.Condition, StringNotLike: { "codecommit:References": ["refs/*"] } } },
      ]),
    ),
    rule: "push-policy-is-bound-to-references",
    says: [push, "refs/*", "DenyOtherReferences"],
  },
  {
    what: "lets the push user write files past git",
    weaken: change(
      push,
      only("Allow", (s) => ({ ...s, Action: [...s.Action, "codecommit:PutFile"] })),
    ),
    rule: "push-policy-grants-git-only",
    says: [push, "codecommit:PutFile"],
  },
  {
    what: "lets the pull user push",
    weaken: change(
      pull,
      only("Allow", (s) => ({ ...s, Action: ["codecommit:GitPull", "codecommit:GitPush"] })),
    ),
    rule: "pull-policy-reads-only",
    says: [pull, "codecommit:GitPush"],
  },
  {
    what: "allows the pull user every git action by a wildcard",
    weaken: change(
      pull,
      only("Allow", (s) => ({ ...s, Action: ["codecommit:Git*"] })),
    ),
    rule: "gate-policy-has-no-wildcard-action",
    says: [pull, "codecommit:Git*"],
  },
  {
    what: "gives the push user every repository",
    weaken: change(
      push,
      only("Allow", (s) => ({ ...s, Resource: ["*"] })),
    ),
    rule: "gate-policy-names-exact-repositories",
    says: [push, "access to *"],
  },
  {
    what: "gives the push user a repository of another account",
    weaken: change(
      push,
      only("Allow", (s) => ({ ...s, Resource: ["arn:aws:codecommit:ap-northeast-1:999999999999:loot"] })),
    ),
    rule: "gate-names-own-repositories",
    says: [push, "arn:aws:codecommit:ap-northeast-1:999999999999:loot", "account 999999999999"],
  },
  {
    what: "unlocks the pull user",
    weaken: change(pull, (statements) => statements.map((s) => ({ ...s, Condition: undefined }))),
    rule: "pull-policy-is-locked-to-isolated-zone",
    says: [pull, "open to everywhere"],
  },
  {
    what: "writes a condition that nobody can decide",
    weaken: change(
      push,
      only("Deny", (s) => ({ ...s, Condition: { StringNotEquals: { "s3:prefix": "x" } } })),
    ),
    rule: "gate-policy-can-be-decided",
    says: [push, "cannot be decided", "s3:prefix"],
  },
  {
    what: "lets pushes through the pull endpoint",
    weaken: changeEndpoint((s) => ({ ...s, Action: ["codecommit:GitPull", "codecommit:GitPush"] })),
    rule: "pull-endpoint-admits-git-pull-only",
    says: [endpoint, "codecommit:GitPush"],
  },
  {
    what: "lets every repository through the pull endpoint",
    weaken: changeEndpoint((s) => ({ ...s, Resource: ["*"] })),
    rule: "pull-endpoint-admits-git-pull-only",
    says: [endpoint, "access to *"],
  },
  {
    what: "takes the policy off the pull endpoint",
    weaken: (stack) => {
      stack.change(aws.ec2.VpcEndpoint, endpoint, { policy: undefined });
    },
    rule: "pull-endpoint-admits-git-pull-only",
    says: [endpoint, "no policy"],
  },
];

/** Weakenings by what is added to a gate user. */
const additions: readonly Omit<Weakening, "stack">[] = [
  {
    what: "makes an access key for the push user",
    weaken: (stack) => {
      stack.add(aws.iam.AccessKey, "key", {}, { user: user(stack, "push") });
    },
    rule: "gate-user-has-no-access-key",
    says: ["key", "target-push"],
  },
  {
    what: "adds an SSH key to the pull user",
    weaken: (stack) => {
      stack.add(aws.iam.SshKey, "laptop", {
        username: "target-pull",
        encoding: "SSH",
        publicKey: "ssh-rsa AAAA",
      });
    },
    rule: "gate-user-has-no-access-key",
    says: ["laptop", "an SSH key", "target-pull"],
  },
  {
    what: "gives the pull user a console password",
    weaken: (stack) => {
      stack.add(aws.iam.UserLoginProfile, "console", {}, { user: user(stack, "pull") });
    },
    rule: "gate-user-has-no-password",
    says: ["console", "target-pull"],
  },
  {
    what: "puts the push user into a group",
    weaken: (stack) => {
      stack.add(aws.iam.UserGroupMembership, "membership", { user: "target-push", groups: ["developers"] });
    },
    rule: "gate-user-is-in-no-group",
    says: ["membership", "developers", "target-push"],
  },
  {
    what: "makes a third git credential for the push user",
    weaken: (stack) => {
      for (const name of ["second", "third"])
        stack.add(aws.iam.ServiceSpecificCredential, name, {
          userName: "target-push",
          serviceName: "codecommit.amazonaws.com",
        });
    },
    rule: "gate-user-has-two-credentials-at-most",
    says: ["target-push", "3 credentials", "third"],
  },
  {
    what: "attaches AWS's own CodeCommit policy to the pull user",
    weaken: (stack) => {
      const policyArn = "arn:aws:iam::aws:policy/AWSCodeCommitFullAccess";
      stack.add(aws.iam.UserPolicyAttachment, "more", { policyArn }, { user: user(stack, "pull") });
    },
    rule: "gate-user-has-no-other-permission",
    says: ["more", "AWSCodeCommitFullAccess", "target-pull"],
  },
  {
    what: "lets the pull user write to a bucket",
    weaken: (stack) => {
      const policy = document({ Effect: "Allow", Action: "s3:PutObject", Resource: "*" });
      stack.add(aws.iam.UserPolicy, "bucket", { user: "target-pull", policy });
    },
    rule: "gate-user-has-no-other-permission",
    says: ["bucket", "target-pull"],
  },
  {
    what: "makes a role that the push user may take on",
    weaken: (stack) => {
      const Principal = { AWS: "arn:aws:iam::222222222222:user/target-push" };
      const assumeRolePolicy = document({ Effect: "Allow", Principal, Action: "sts:AssumeRole" });
      stack.add(aws.iam.Role, "helper", { assumeRolePolicy });
    },
    rule: "gate-user-has-no-other-permission",
    says: ["helper", "target-push"],
  },
  {
    what: "lets a deployment pipeline push without a lock",
    weaken: (stack) => {
      const Resource = ["arn:aws:codecommit:ap-northeast-1:222222222222:platform.app"];
      const references = { "codecommit:References": ["refs/heads/*"] };
      const Condition = { StringNotLike: references, Null: { "codecommit:References": "false" } };
      const policy = document(
        { Effect: "Allow", Action: ["codecommit:GitPush"], Resource },
        { Effect: "Deny", Action: ["codecommit:GitPush"], Resource: ["*"], Condition },
      );
      stack.add(aws.iam.RolePolicy, "pipeline", { role: "pipeline", policy });
    },
    rule: "push-policy-is-locked-to-addresses",
    says: ["pipeline", "every address"],
  },
];

export const gateWeakenings: readonly Weakening[] = [...documents, ...additions].map((weakening) => ({
  ...{ stack: "target", ...weakening },
}));
