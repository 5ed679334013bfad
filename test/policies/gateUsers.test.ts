import * as aws from "@pulumi/aws";
import { expect } from "chai";
import * as gateUsers from "../../policies/gateUsers";
import { describeRule, UNKNOWN } from "./describeRule";
import { run, subject, type Subject } from "./harness";

const gitService = "codecommit.amazonaws.com";

/** Two users, of whom the one with a git credential is a gate user. */
function users(...more: Subject[]): Subject[] {
  return [
    subject(aws.iam.User, "carrier", { name: "carrier" }),
    subject(aws.iam.User, "alice", { name: "alice" }),
    subject(aws.iam.ServiceSpecificCredential, "git", { userName: "carrier", serviceName: gitService }),
    ...more,
  ];
}

const keys: [string, Parameters<typeof subject>[0], string, string][] = [
  ["an access key", aws.iam.AccessKey, "user", 'AccessKey "it" is an access key of the gate User "carrier"'],
  ["an SSH key", aws.iam.SshKey, "username", 'SshKey "it" is an SSH key of the gate User "carrier"'],
  ["a certificate", aws.iam.SigningCertificate, "userName", "a signing certificate of the gate"],
];
for (const [title, type, property, says] of keys) {
  describeRule(title, {
    rule: gateUsers.gateUserHasNoAccessKey,
    program: (properties) => users(subject(type, "it", properties)),
    good: { [property]: "alice" },
    bad: { [property]: "carrier" },
    says,
  });
}
describeRule("a console password", {
  rule: gateUsers.gateUserHasNoPassword,
  program: (properties) => users(subject(aws.iam.UserLoginProfile, "it", properties)),
  good: { user: "alice" },
  bad: { user: "carrier" },
  says: 'UserLoginProfile "it" is a console password of the gate User "carrier"',
});
describeRule("from the user's side", {
  rule: gateUsers.gateUserIsInNoGroup,
  program: (properties) =>
    users(subject(aws.iam.UserGroupMembership, "it", { groups: ["staff"], ...properties })),
  good: { user: "alice" },
  bad: { user: "carrier" },
  says: 'puts the gate User "carrier" into staff',
});
describeRule("from the group's side", {
  rule: gateUsers.gateUserIsInNoGroup,
  program: (properties) => users(subject(aws.iam.GroupMembership, "it", { group: "staff", ...properties })),
  good: { users: ["alice"] },
  bad: { users: ["alice", "carrier"] },
  says: 'puts the gate User "carrier" into staff',
});
describeRule("a third", {
  rule: gateUsers.gateUserHasTwoCredentialsAtMost,
  program: (properties) =>
    users(
      subject(aws.iam.ServiceSpecificCredential, "second", { userName: "carrier", serviceName: gitService }),
      subject(aws.iam.ServiceSpecificCredential, "third", { serviceName: gitService, ...properties }),
    ),
  good: { userName: "alice" },
  bad: { userName: "carrier" },
  says: 'User "carrier" has 3 credentials: "git", "second", "third"',
});
describeRule("one for another service", {
  rule: gateUsers.gateUserHasTwoCredentialsAtMost,
  program: (properties) =>
    users(subject(aws.iam.ServiceSpecificCredential, "it", { userName: "carrier", ...properties })),
  good: { serviceName: gitService },
  bad: { serviceName: "cassandra.amazonaws.com" },
  says: "is a credential for cassandra.amazonaws.com",
  unknown: { serviceName: gitService, userName: UNKNOWN },
});
describeRule("a policy of AWS's", {
  rule: gateUsers.gateUserHasNoOtherPermission,
  program: (properties) =>
    users(
      subject(aws.iam.UserPolicyAttachment, "it", {
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
        ...properties,
      }),
    ),
  good: { user: "alice" },
  bad: { user: "carrier" },
  says: 'attaches arn:aws:iam::aws:policy/AdministratorAccess to the gate User "carrier"',
});
describeRule("an attachment to many", {
  rule: gateUsers.gateUserHasNoOtherPermission,
  program: (properties) =>
    users(
      subject(aws.iam.Policy, "buckets", { arn: "arn:aws:iam::444455556666:policy/buckets", policy: "{}" }),
      subject(aws.iam.PolicyAttachment, "it", {
        policyArn: "arn:aws:iam::444455556666:policy/buckets",
        ...properties,
      }),
    ),
  good: { users: ["alice"] },
  bad: { users: ["alice", "carrier"] },
  says: "policy/buckets",
});
describeRule("the whole list of what is attached", {
  rule: gateUsers.gateUserHasNoOtherPermission,
  program: (properties) =>
    users(
      subject(aws.iam.UserPolicyAttachmentsExclusive, "it", {
        policyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
        ...properties,
      }),
    ),
  good: { userName: "alice" },
  bad: { userName: "carrier" },
  says: 'attaches arn:aws:iam::aws:policy/AdministratorAccess to the gate User "carrier"',
});
describeRule("an inline policy", {
  rule: gateUsers.gateUserHasNoOtherPermission,
  program: (properties) => users(subject(aws.iam.UserPolicy, "it", { policy: "{}", ...properties })),
  good: { user: "alice" },
  bad: { user: "carrier" },
  says: "is a further policy of the gate",
});
describeRule("a role that trusts it", {
  rule: gateUsers.gateUserHasNoOtherPermission,
  program: (properties) => users(subject(aws.iam.Role, "it", properties)),
  good: { assumeRolePolicy: '{"AWS":"arn:aws:iam::444455556666:user/alice"}' },
  bad: { assumeRolePolicy: '{"AWS":"arn:aws:iam::444455556666:user/carrier"}' },
  says: 'Role "it" may be assumed by the gate User "carrier"',
  // A role's trust hangs on a user's ARN, which is known once the user exists.
  ifUnknown: "passes",
});

describe("a gate user", () => {
  const key = subject(aws.iam.AccessKey, "it", { user: "bob" });
  const bob = subject(aws.iam.User, "bob", { name: "bob" });

  it("is known by the settings too", async () => {
    const { violations } = await run([gateUsers.gateUserHasNoAccessKey], [bob, key], {
      "gate-user-has-no-access-key": { pullUsers: "^bob$" },
    });
    expect(violations).to.have.lengthOf(1);
  });

  it("is known by the component that made it", async () => {
    const urn = "urn:pulumi:prd::p::git-airlock:target:MirrorTarget$aws:iam/user:User::bob";
    const { violations } = await run([gateUsers.gateUserHasNoAccessKey], [{ ...bob, urn }, key]);
    expect(violations).to.have.lengthOf(1);
  });

  it("is nobody who has neither", async () => {
    const { violations } = await run([gateUsers.gateUserHasNoAccessKey], [bob, key]);
    expect(violations).to.deep.equal([]);
  });
});
