/** Rules for the gate users themselves: no credential and no permission but those of the gate. */
import * as aws from "@pulumi/aws";
import type { PolicyResource, StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  type GateSettings,
} from "./support/gateDocuments";
import { checkEach, ifKnown } from "./support/known";
import {
  allOf,
  describe,
  idOf,
  isWithin,
  knownIds,
  matchesName,
  message,
  referred,
  targetComponent,
  type Found,
} from "./support/resources";

const gitService = "codecommit.amazonaws.com";

type GateUser = Found<aws.iam.User>;

/** The gate users: MirrorTarget's, those that the settings name, and whoever has a git credential for CodeCommit. */
function gateUsers(args: StackValidationArgs): GateUser[] {
  const settings = { ...gateDefaults, ...args.getConfig<Partial<GateSettings>>() };
  const users = allOf(args.resources, aws.iam.User);
  const withCredential = allOf(args.resources, aws.iam.ServiceSpecificCredential)
    .filter(({ props }) => ifKnown(() => props.serviceName) === gitService)
    .flatMap(({ resource }) => usersOf(resource, "userName", users));
  return users.filter(
    (user) =>
      isWithin(user.resource, targetComponent) ||
      matchesName(settings.pushUsers, user.resource.name, userName(user)) ||
      matchesName(settings.pullUsers, user.resource.name, userName(user)) ||
      withCredential.includes(user),
  );
}

/** Which of the users a property means: it may hold their names, which is what IAM refers to users by. */
function usersOf(resource: PolicyResource, property: string, users: readonly GateUser[]): GateUser[] {
  const names = knownIds(resource, property);
  const byName = users.filter((user) => names.includes(userName(user) ?? ""));
  return byName.length > 0 ? byName : referred(resource, property, users);
}

function userName({ props }: GateUser): string | undefined {
  return ifKnown(() => props.name);
}

/** A rule over what refers to a gate user by one of the given properties. */
function userRule(
  about: Required<Pick<StackValidationPolicy, "name" | "description" | "remediationSteps" | "severity">>,
  check: (
    args: StackValidationArgs,
    users: readonly GateUser[],
    report: (resource: PolicyResource, found: string) => void,
  ) => void,
): StackValidationPolicy {
  return {
    ...about,
    enforcementLevel: "mandatory",
    configSchema: { properties: gateSchema },
    validateStack(args, reportViolation) {
      const users = gateUsers(args);
      check(args, users, (resource, found) => {
        reportViolation(message(resource, found, about.remediationSteps), resource.urn);
      });
    },
  };
}

export const gateUserHasNoAccessKey = userRule(
  {
    name: "gate-user-has-no-access-key",
    description:
      "A gate user must have no access key, SSH key or signing certificate: git credentials are all it needs.",
    severity: "critical",
    remediationSteps: "Remove it from the program; a person or a tool needs a user or role of its own.",
  },
  ({ resources }, users, report) => {
    const kinds: [PolicyResource[], string, string][] = [
      [allOf(resources, aws.iam.AccessKey).map((r) => r.resource), "user", "an access key"],
      [allOf(resources, aws.iam.SshKey).map((r) => r.resource), "username", "an SSH key"],
      [
        allOf(resources, aws.iam.SigningCertificate).map((r) => r.resource),
        "userName",
        "a signing certificate",
      ],
    ];
    for (const [found, property, what] of kinds) {
      checkEach(found, (resource) => {
        for (const user of usersOf(resource, property, users)) {
          report(resource, `is ${what} of the gate ${describe(user.resource)}`);
        }
      });
    }
  },
);

export const gateUserHasNoPassword = userRule(
  {
    name: "gate-user-has-no-password",
    description: "A gate user must have no console password.",
    severity: "critical",
    remediationSteps: "Remove it from the program; nobody signs in as a gate user.",
  },
  ({ resources }, users, report) => {
    checkEach(allOf(resources, aws.iam.UserLoginProfile), ({ resource }) => {
      for (const user of usersOf(resource, "user", users)) {
        report(resource, `is a console password of the gate ${describe(user.resource)}`);
      }
    });
  },
);

export const gateUserIsInNoGroup = userRule(
  {
    name: "gate-user-is-in-no-group",
    description: "A gate user must be in no group: a group's permissions would be its own.",
    severity: "critical",
    remediationSteps: "Take the user out of the group.",
  },
  ({ resources }, users, report) => {
    checkEach(allOf(resources, aws.iam.UserGroupMembership), ({ resource }) => {
      for (const user of usersOf(resource, "user", users)) {
        report(
          resource,
          `puts the gate ${describe(user.resource)} into ${list(knownIds(resource, "groups"), "a group")}`,
        );
      }
    });
    checkEach(allOf(resources, aws.iam.GroupMembership), ({ resource }) => {
      for (const user of usersOf(resource, "users", users)) {
        report(
          resource,
          `puts the gate ${describe(user.resource)} into ${list(knownIds(resource, "group"), "a group")}`,
        );
      }
    });
  },
);

const mostCredentials = 2;

export const gateUserHasTwoCredentialsAtMost = userRule(
  {
    name: "gate-user-has-two-credentials-at-most",
    description:
      "A gate user must have no more than two credentials, all for git, and two only while one replaces the other.",
    severity: "high",
    remediationSteps: "Keep the live one and, while rotating, its successor; remove the others.",
  },
  ({ resources }, users, report) => {
    const credentials = allOf(resources, aws.iam.ServiceSpecificCredential);
    for (const user of users) {
      const own = credentials.filter(({ resource }) => usersOf(resource, "userName", users).includes(user));
      for (const { resource, props } of own) {
        const service = ifKnown(() => props.serviceName);
        if (service !== gitService) {
          report(
            resource,
            `is a credential for ${service ?? "an unknown service"} of the gate ${describe(user.resource)}`,
          );
        }
      }
      if (own.length > mostCredentials) {
        const names = own.map(({ resource }) => `"${resource.name}"`).join(", ");
        report(user.resource, `has ${own.length} credentials: ${names}`);
      }
    }
  },
);

export const gateUserHasNoOtherPermission = userRule(
  {
    name: "gate-user-has-no-other-permission",
    description:
      "A gate user must have no permission beside the gate's own policies, and no role may trust it.",
    severity: "critical",
    remediationSteps: "Give the permission to a user or role that does something else than carry code.",
  },
  (args, users, report) => {
    const { resources } = args;
    const settings = { ...gateDefaults, ...args.getConfig<Partial<GateSettings>>() };
    const isGate = (resource: PolicyResource) =>
      isDocumentResource(resource) && gateRole(resource, settings) !== undefined;
    const policies = allOf(resources, aws.iam.Policy);

    checkEach(allOf(resources, aws.iam.UserPolicy), ({ resource }) => {
      for (const user of usersOf(resource, "user", users)) {
        if (!isGate(resource)) report(resource, `is a further policy of the gate ${describe(user.resource)}`);
      }
    });
    const attachments: [PolicyResource[], string][] = [
      [allOf(resources, aws.iam.UserPolicyAttachment).map((r) => r.resource), "user"],
      [allOf(resources, aws.iam.PolicyAttachment).map((r) => r.resource), "users"],
    ];
    for (const [found, property] of attachments) {
      checkEach(found, (resource) => {
        for (const user of usersOf(resource, property, users)) {
          const attached = attachedTo(resource, policies);
          if (attached.length > 0 && attached.every((policy) => isGate(policy.resource))) continue;
          const what = list(
            knownIds(resource, "policyArn"),
            list(
              attached.map((p) => p.resource.name),
              "a policy",
            ),
          );
          report(resource, `attaches ${what} to the gate ${describe(user.resource)}`);
        }
      });
    }
    checkEach(allOf(resources, aws.iam.Role), ({ resource, props }) => {
      for (const user of users) {
        const name = userName(user);
        const trust = ifKnown(() => props.assumeRolePolicy);
        if (name === undefined || trust === undefined || !trust.includes(`:user/${name}"`)) continue;
        report(resource, `may be assumed by the gate ${describe(user.resource)}`);
      }
    });
  },
);

/** The stack's policies that an attachment means, by ARN or by what the ARN was computed from. */
function attachedTo(
  attachment: PolicyResource,
  policies: readonly Found<aws.iam.Policy>[],
): Found<aws.iam.Policy>[] {
  const arns = knownIds(attachment, "policyArn");
  const byArn = policies.filter(({ resource, props }) => {
    return arns.includes(ifKnown(() => props.arn) ?? idOf(resource) ?? "");
  });
  if (byArn.length > 0) return byArn;
  return arns.some((arn) => arn.startsWith("arn:aws:iam::aws:"))
    ? []
    : referred(attachment, "policyArn", policies);
}

function list(values: readonly string[], otherwise: string): string {
  return values.length > 0 ? values.join(", ") : otherwise;
}
