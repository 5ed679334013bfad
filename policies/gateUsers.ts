/** Rules for the gate users themselves: no credential and no permission but those of the gate. */
import { TARGET_COMPONENT } from "../isolation/model/types";
import type { StackValidationArgs, StackValidationPolicy } from "@pulumi/policy";
import type { Credential } from "../isolation/model/deployment";
import {
  ATTACHMENTS,
  CREDENTIALS,
  INLINE,
  MEMBERSHIPS,
  POLICY,
  ROLE,
  USER,
} from "../isolation/model/identities";
import type { StackResource } from "../isolation/model/snapshot";
import { isWithin, known, propertiesOf } from "../isolation/model/stack";
import {
  gateDefaults,
  gateRole,
  gateSchema,
  isDocumentResource,
  type GateSettings,
} from "./support/gateDocuments";
import { waitFor } from "./support/known";
import { describe, matchesName, message } from "./support/resources";
import { readStack, type ReadStack } from "./support/snapshot";

const gitService = "codecommit.amazonaws.com";

/** The gate users: MirrorTarget's, those that the settings name, and whoever has a git credential for CodeCommit. */
function gateUsers({ stack }: ReadStack, settings: GateSettings): StackResource[] {
  const withCredential = new Set(
    credentialsIn(stack, ["git credential"])
      .filter(({ resource }) => serviceOf(resource) === gitService)
      .flatMap(({ owners }) => owners),
  );
  return stack.of(USER).filter((user) => {
    const names = [user.name, known(propertiesOf(user).name)];
    return (
      isWithin(user, TARGET_COMPONENT) ||
      matchesName(settings.pushUsers, ...names) ||
      matchesName(settings.pullUsers, ...names) ||
      withCredential.has(user.urn)
    );
  });
}

/** Credentials of some kinds, each with the users whose it may be, as the model's table says. */
function credentialsIn(stack: ReadStack["stack"], kinds: readonly Credential["kind"][]) {
  return CREDENTIALS.filter(([, kind]) => kinds.includes(kind)).flatMap(([type, kind, property]) =>
    stack
      .of(type)
      .map((resource) => ({ resource, kind, owners: stack.candidates(resource, property, [USER]) })),
  );
}

function serviceOf(credential: StackResource): string | undefined {
  return known(propertiesOf(credential).serviceName);
}

interface UserCheck extends Pick<ReadStack, "stack" | "at"> {
  users: readonly StackResource[];
  settings: GateSettings;
  report: (resource: StackResource, found: string) => void;
}

/** A rule over what is given to a gate user. */
function userRule(
  about: Required<Pick<StackValidationPolicy, "name" | "description" | "remediationSteps" | "severity">>,
  check: (given: UserCheck) => void,
): StackValidationPolicy {
  return {
    ...about,
    enforcementLevel: "mandatory",
    configSchema: { properties: gateSchema },
    validateStack(args: StackValidationArgs, reportViolation) {
      const settings = { ...gateDefaults, ...args.getConfig<Partial<GateSettings>>() };
      const read = readStack(args.resources);
      const users = gateUsers(read, settings);
      const report = (resource: StackResource, found: string) => {
        reportViolation(message(resource, found, about.remediationSteps), resource.urn);
      };
      check({ stack: read.stack, at: read.at, users, settings, report });
      waitFor(read.stack.gaps, read);
    },
  };
}

/** A rule that there is no credential of these kinds. */
function noCredential(names: Partial<Readonly<Record<Credential["kind"], string>>>) {
  return ({ stack, users, report }: UserCheck) => {
    const kinds = CREDENTIALS.map(([, kind]) => kind).filter((kind) => names[kind] !== undefined);
    for (const { resource, kind, owners } of credentialsIn(stack, kinds)) {
      for (const user of users.filter(({ urn }) => owners.includes(urn))) {
        report(resource, `is ${names[kind] ?? kind} of the gate ${describe(user)}`);
      }
    }
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
  noCredential({
    "access key": "an access key",
    "ssh key": "an SSH key",
    "signing certificate": "a signing certificate",
  }),
);

export const gateUserHasNoPassword = userRule(
  {
    name: "gate-user-has-no-password",
    description: "A gate user must have no console password.",
    severity: "critical",
    remediationSteps: "Remove it from the program; nobody signs in as a gate user.",
  },
  noCredential({ password: "a console password" }),
);

export const gateUserIsInNoGroup = userRule(
  {
    name: "gate-user-is-in-no-group",
    description: "A gate user must be in no group: a group's permissions would be its own.",
    severity: "critical",
    remediationSteps: "Take the user out of the group.",
  },
  ({ stack, users, report }) => {
    for (const [type, userProperty, groupProperty] of MEMBERSHIPS) {
      for (const resource of stack.of(type)) {
        const members = stack.candidates(resource, userProperty, [USER]);
        for (const user of users.filter(({ urn }) => members.includes(urn))) {
          const groups = knownTextsOf(resource, groupProperty).join(", ") || "a group";
          report(resource, `puts the gate ${describe(user)} into ${groups}`);
        }
      }
    }
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
  ({ stack, users, report }) => {
    const credentials = credentialsIn(stack, ["git credential"]);
    for (const user of users) {
      const own = credentials.filter(({ owners }) => owners.includes(user.urn));
      for (const { resource } of own) {
        const service = serviceOf(resource);
        if (service !== gitService) {
          report(
            resource,
            `is a credential for ${service ?? "an unknown service"} of the gate ${describe(user)}`,
          );
        }
      }
      if (own.length > mostCredentials) {
        const names = own.map(({ resource }) => `"${resource.name}"`).join(", ");
        report(user, `has ${own.length} credentials: ${names}`);
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
  (given) => {
    const { stack, users, report } = given;
    for (const [type, property, owner] of INLINE.filter(([, , kind]) => kind === USER)) {
      for (const resource of stack.of(type)) {
        const owners = stack.candidates(resource, property, [owner]);
        for (const user of users.filter(({ urn }) => owners.includes(urn))) {
          if (!isOfGate(resource.urn, given))
            report(resource, `is a further policy of the gate ${describe(user)}`);
        }
      }
    }
    for (const [type, owners] of ATTACHMENTS) {
      for (const resource of stack.of(type)) checkAttachment(resource, owners, given);
    }
    for (const role of stack.of(ROLE)) {
      const trust = known(propertiesOf(role).assumeRolePolicy);
      for (const user of users) {
        const name = known(propertiesOf(user).name);
        if (name === undefined || trust?.includes(`:user/${name}"`) !== true) continue;
        report(role, `may be assumed by the gate ${describe(user)}`);
      }
    }
  },
);

/** @param owners the properties that name whom it attaches to, with their types */
function checkAttachment(
  attachment: StackResource,
  owners: Readonly<Record<string, string>>,
  given: UserCheck,
): void {
  const { stack, users, report } = given;
  const named = Object.entries(owners)
    .filter(([, type]) => type === USER)
    .flatMap(([name]) => stack.candidates(attachment, name, [USER]));
  for (const user of users.filter(({ urn }) => named.includes(urn))) {
    const policies = ["policyArn", "policyArns"].flatMap((name) =>
      stack.candidates(attachment, name, [POLICY]),
    );
    if (policies.length > 0 && policies.every((policy) => isOfGate(policy, given))) continue;
    const arns = ["policyArn", "policyArns"].flatMap((name) => knownTextsOf(attachment, name));
    const names = stack.of(POLICY).flatMap(({ urn, name }) => (policies.includes(urn) ? [name] : []));
    const what = arns.join(", ") || names.join(", ") || "a policy";
    report(attachment, `attaches ${what} to the gate ${describe(user)}`);
  }
}

/** Whether it is one of the gate's own policies. */
function isOfGate(reference: string, { stack, at, settings }: UserCheck): boolean {
  if (stack.resources.every(({ urn }) => urn !== reference)) return false;
  const resource = at(reference);
  return isDocumentResource(resource) && gateRole(resource, settings) !== undefined;
}

/** The texts that a property holds, one or a list, as far as they are known. */
function knownTextsOf(resource: StackResource, name: string): string[] {
  const value = propertiesOf(resource)[name];
  return [Array.isArray(value) ? value : [value]]
    .flat(2)
    .flatMap((text) => (typeof text === "string" ? [text] : []));
}
