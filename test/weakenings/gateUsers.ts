/** What gate users hold beside their one policy and their git credentials. */
import { account, addRole, document, forService, unread } from "./parts";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const codeCommit = forService("codecommit").Service;
const toBuckets = { Effect: "Allow", Action: "s3:PutObject", Resource: "*" };
const nameOf = (stack: Editor, user: string) => stack.ref("iam.User", user, "name");
const uniqueIdOf = (stack: Editor, user: string) => String(stack.find("iam.User", user).outputs.uniqueId);

const held = (["target-push", "target-pull"] as const).flatMap((user) =>
  each({ stack: "target", claim: "C9" }, [
    {
      what: `makes an access key for ${user}`,
      edit: (stack) => stack.add("iam.AccessKey", "key", { user: nameOf(stack, user) }),
      rule: ["gate-user-has-no-access-key", "key", user],
    },
    {
      what: `gives ${user} an SSH key`,
      edit: (stack) => {
        const key = { encoding: "SSH", publicKey: "ssh-rsa AAAA", status: "Active" };
        stack.add("iam.SshKey", "laptop", { username: user, ...key });
      },
      rule: ["gate-user-has-no-access-key", "laptop", "an SSH key", user],
    },
    {
      what: `gives ${user} a console password`,
      edit: (stack) => stack.add("iam.UserLoginProfile", "console", { user: nameOf(stack, user) }),
      rule: ["gate-user-has-no-password", "console", user],
    },
    {
      what: `puts ${user} into a group`,
      edit: (stack) => {
        stack.add("iam.UserGroupMembership", "membership", { user, groups: ["developers"] });
      },
      rule: ["gate-user-is-in-no-group", "membership", "developers", user],
    },
    {
      what: `puts ${user} into a group of the stack`,
      edit: (stack) => {
        stack.add("iam.Group", "developers", { name: "developers" }, "developers");
        stack.add("iam.UserGroupMembership", "member", { user, groups: ["developers"] });
      },
    },
    {
      what: `makes a third git credential for ${user}`,
      edit: (stack) => {
        for (const name of ["second", "third"]) {
          const credential = { userName: user, serviceName: codeCommit, status: "Active" };
          stack.add("iam.ServiceSpecificCredential", name, credential);
        }
      },
      rule: ["gate-user-has-two-credentials-at-most", user, "3 credentials", "third"],
    },
    {
      what: `gives ${user} a credential of another service`,
      edit: (stack) => {
        const serviceName = forService("cassandra").Service;
        const credential = { userName: user, serviceName, status: "Active" };
        stack.add("iam.ServiceSpecificCredential", "keyspaces", credential);
      },
    },
    {
      what: `gives ${user} a signing certificate`,
      edit: (stack) => stack.add("iam.SigningCertificate", "cert", { userName: user }),
    },
    {
      what: `leaves an old access key of ${user} to be deleted later`,
      edit: (stack) => {
        stack.add("iam.AccessKey", "old", { user });
        stack.find("iam.AccessKey", "old").delete = true;
      },
    },
    {
      what: `attaches AWS's own CodeCommit policy to ${user}`,
      edit: (stack) => {
        const policyArn = "arn:aws:iam::aws:policy/AWSCodeCommitFullAccess";
        stack.add("iam.UserPolicyAttachment", "more", { policyArn, user: nameOf(stack, user) });
      },
      rule: ["gate-user-has-no-other-permission", "more", "AWSCodeCommitFullAccess", user],
    },
    {
      what: `lets ${user} write to a bucket`,
      edit: (stack) => stack.add("iam.UserPolicy", "bucket", { user, policy: document(toBuckets) }),
      claim: [user === "target-push" ? "C2" : "C3", "C9"],
      rule: ["gate-user-has-no-other-permission", "bucket", user],
    },
    {
      what: `makes a role that ${user} may take on`,
      edit: (stack) => addRole(stack, "helper", { AWS: `arn:aws:iam::${account}:user/${user}` }),
      claim: [user === "target-push" ? "C2" : "C3", "C9"],
      rule: ["gate-user-has-no-other-permission", "helper", user],
    },
    {
      what: `makes a role that ${user} may take on, by its unique id`,
      edit: (stack) => {
        const Principal = { AWS: uniqueIdOf(stack, user) };
        return addRole(stack, "more", document({ Effect: "Allow", Principal }));
      },
    },
  ]),
);

const unclear = each({ stack: "target", claim: "C9" }, [
  {
    what: "gives the push user a policy in a source's stack of the same account",
    stack: "source",
    edit: (stack) => {
      stack.exports({ accountId: account });
      stack.add("iam.UserPolicy", "more", { user: "target-push", policy: document(toBuckets) });
    },
  },
  {
    what: "gives a policy to a gate user's name in other cases",
    edit: (stack) => {
      const policyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";
      stack.add("iam.UserPolicyAttachment", "more", { user: "Target-Pull", policyArn });
    },
    unknown: "who may be meant",
  },
]);

export const gateUsers: readonly Weakening[] = [
  ...held,
  ...unclear,
  ...unread("target", "C9", ["aws-native:iam:AccessKey"]),
];
