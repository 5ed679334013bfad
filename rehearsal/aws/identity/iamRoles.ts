/** IAM's roles, and the instance profiles that hand them to EC2 instances. */
import { z } from "zod";
import { accountTimestamp } from "../clock";
import { capitalsAndDigits, derivedText } from "../derived";
import type { ManagedPolicies } from "./iamManagedPolicies";
import { maxNameLength, pathInput, TakenNames } from "./iamNames";
import { checkPolicyDocument, policyInput, policySize, type PolicyStatement } from "./iamPolicies";
import { physicalName } from "../names";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { deployerRoleArn, deployerRoleName, roleUniqueId } from "./sts";
import { tagged, tagOutputs } from "../tags";

interface Role {
  name: string;
  arn: string;
  trust: PolicyStatement[];
  /** ARNs of the managed policies. */
  attached: Set<string>;
  inline: Map<string, string>;
}

/** An instance profile and the role in it. */
export interface InstanceProfile {
  name: string;
  arn: string;
  roleName?: string;
}

// IAM User Guide, "IAM and AWS STS quotas": characters without white space; managed policies per role by default.
const maxTrustSize = 2_048;
const maxInlineSize = 10_240;
const maxAttached = 10;

const roleSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  path: pathInput,
  description: z.string().max(1000).optional(),
  assumeRolePolicy: policyInput,
  maxSessionDuration: z.number().int().min(3_600).max(43_200).default(3_600),
  permissionsBoundary: z.string().optional(),
  forceDetachPolicies: z.boolean().default(false),
  managedPolicyArns: z.array(z.string()).default([]),
  inlinePolicies: z.array(z.object({ name: z.string(), policy: policyInput })).default([]),
});

const rolePolicySchema = z.looseObject({
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  role: z.string(),
  policy: policyInput,
});

const attachmentSchema = z.looseObject({ role: z.string(), policyArn: z.string() });

const profileSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  path: pathInput,
  role: z.string().optional(),
});

export class Roles implements Service {
  readonly #roles = new Table<Role>("role", "NoSuchEntity");
  readonly #roleNames = new TakenNames("role");
  readonly #profiles = new Table<InstanceProfile>("instance profile", "NoSuchEntity");
  readonly #profileNames = new TakenNames("instance profile");

  /** @param principalExists whether a principal of this account exists, by its ARN */
  constructor(
    private readonly context: AccountContext,
    private readonly policies: ManagedPolicies,
    private readonly principalExists: (arn: string) => boolean,
  ) {
    this.#roleNames.take(deployerRoleName);
    const arn = deployerRoleArn(context);
    this.#roles.add(deployerRoleName, {
      name: deployerRoleName,
      arn,
      trust: [],
      attached: new Set(),
      inline: new Map(),
    });
  }

  readonly kinds = {
    "aws:iam/role:Role": kind(roleSchema, (inputs, creation) => this.#createRole(inputs, creation)),
    "aws:iam/rolePolicy:RolePolicy": kind(rolePolicySchema, (inputs, creation) => {
      const role = this.#roles.get(inputs.role);
      const name = physicalName(this.context, creation, inputs, maxNameLength.policy);
      this.#putInline(role, name, inputs.policy);
      return {
        id: `${role.name}:${name}`,
        outputs: { ...inputs, name, namePrefix: inputs.namePrefix ?? "" },
      };
    }),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": kind(attachmentSchema, (inputs) => {
      this.#attach(this.#roles.get(inputs.role), inputs.policyArn);
      return { id: `${inputs.role}/${inputs.policyArn}`, outputs: inputs };
    }),
    "aws:iam/instanceProfile:InstanceProfile": kind(profileSchema, (inputs, creation) => {
      const name = physicalName(this.context, creation, inputs, maxNameLength["instance profile"]);
      if (inputs.role !== undefined) this.#roles.get(inputs.role);
      this.#profileNames.take(name);
      const arn = `arn:aws:iam::${this.context.accountId}:instance-profile${inputs.path}${name}`;
      this.#profiles.add(name, { name, arn, ...(inputs.role !== undefined && { roleName: inputs.role }) });
      return {
        id: name,
        outputs: {
          ...inputs,
          ...tagOutputs(inputs),
          arn,
          createDate: accountTimestamp,
          name,
          namePrefix: inputs.namePrefix ?? "",
          uniqueId: `AIPA${derivedText(this.context, capitalsAndDigits, 17, "instance profile", name)}`,
        },
      };
    }),
  };

  /** Whether a role has this ARN. */
  has(arn: string): boolean {
    return this.#byArn(arn) !== undefined;
  }

  /** Whether a role has this name. */
  hasName(name: string): boolean {
    return this.#roles.has(name);
  }

  /** Whether the role exists and its trust policy lets the service (e.g. "ecs-tasks.amazonaws.com") assume it. */
  assumableBy(arn: string, service: string): boolean {
    return (this.#byArn(arn)?.trust ?? []).some(
      (s) =>
        s.effect === "Allow" &&
        s.principals.some((p) => p.kind === "Service" && p.name === service) &&
        s.actions.some((a) => /^(sts:(assumerole|\*)|\*)$/i.test(a)),
    );
  }

  /** The instance profile with this name or ARN. */
  instanceProfile(nameOrArn: string): InstanceProfile | undefined {
    return this.#profiles.find(nameOrArn) ?? this.#profiles.values().find((p) => p.arn === nameOrArn);
  }

  #byArn(arn: string): Role | undefined {
    return this.#roles.values().find((r) => r.arn === arn);
  }

  #createRole(inputs: z.infer<typeof roleSchema>, creation: Creation): Created {
    const name = physicalName(this.context, creation, inputs, maxNameLength.role);
    const trust = checkPolicyDocument(inputs.assumeRolePolicy, {
      use: "trust",
      code: "MalformedPolicyDocument",
      principalExists: this.principalExists,
    });
    if (policySize(inputs.assumeRolePolicy) > maxTrustSize) {
      throw new AwsError("LimitExceeded", `Cannot exceed quota for ACLSizePerRole: ${maxTrustSize}`);
    }
    if (inputs.permissionsBoundary !== undefined) this.policies.require(inputs.permissionsBoundary);
    this.#roleNames.take(name);
    const arn = `arn:aws:iam::${this.context.accountId}:role${inputs.path}${name}`;
    const role: Role = { name, arn, trust, attached: new Set(), inline: new Map() };
    for (const policy of inputs.inlinePolicies) this.#putInline(role, policy.name, policy.policy);
    for (const policyArn of inputs.managedPolicyArns) this.#attach(role, policyArn);
    this.#roles.add(name, role);
    return {
      id: name,
      outputs: {
        ...inputs,
        ...tagOutputs(inputs),
        arn,
        createDate: accountTimestamp,
        name,
        namePrefix: inputs.namePrefix ?? "",
        uniqueId: roleUniqueId(this.context, name),
      },
    };
  }

  #attach(role: Role, policyArn: string): void {
    this.policies.require(policyArn);
    role.attached.add(policyArn);
    if (role.attached.size > maxAttached) {
      throw new AwsError(
        "LimitExceeded",
        `Cannot exceed quota for PoliciesPerRole: ${maxAttached} ("${role.name}")`,
      );
    }
  }

  #putInline(role: Role, name: string, document: string): void {
    checkPolicyDocument(document, { use: "identity", code: "MalformedPolicyDocument" });
    role.inline.set(name, document);
    const size = [...role.inline.values()].reduce((sum, text) => sum + policySize(text), 0);
    if (size > maxInlineSize) {
      throw new AwsError(
        "LimitExceeded",
        `Maximum policy size of ${maxInlineSize} bytes exceeded for role ${role.name}`,
      );
    }
  }
}
