/** IAM's users, what is attached to them, and their git credentials. */
import { z } from "zod";
import { accountTimestamp } from "../clock";
import { capitalsAndDigits, derivedText } from "../derived";
import { codeCommitService, GitCredentials } from "./iamCredentials";
import type { ManagedPolicies, NamedPolicy } from "./iamManagedPolicies";
import { maxNameLength, pathInput, TakenNames } from "./iamNames";
import { checkPolicyDocument, policyInput, policySize } from "./iamPolicies";
import { physicalName } from "../names";
import { AwsError, kind, Table, type AccountContext, type Service } from "../service";
import { tagged, tagOutputs } from "../tags";

/** An IAM user of the account. */
export interface User {
  userName: string;
  arn: string;
  /** ARN of the policy that bounds what the user may do at most. */
  permissionsBoundary?: string;
}

interface UserRecord extends User {
  /** ARNs of the managed policies. */
  attached: Set<string>;
  inline: Map<string, string>;
}

// IAM User Guide, "IAM and AWS STS quotas": characters without white space; managed policies per user by default.
const maxInlineSize = 2_048;
const maxAttached = 10;

const userSchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  path: pathInput,
  permissionsBoundary: z.string().optional(),
  forceDestroy: z.boolean().default(false),
});

const userPolicySchema = z.looseObject({
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  user: z.string(),
  policy: policyInput,
});

const attachmentSchema = z.looseObject({ user: z.string(), policyArn: z.string() });

const credentialSchema = z.looseObject({
  serviceName: z.string(),
  userName: z.string(),
  status: z.enum(["Active", "Inactive"]).default("Active"),
});

export class Users implements Service {
  readonly #users = new Table<UserRecord>("user", "NoSuchEntity");
  readonly #names = new TakenNames("user");
  readonly #credentials: GitCredentials;

  constructor(
    private readonly context: AccountContext,
    private readonly policies: ManagedPolicies,
  ) {
    this.#credentials = new GitCredentials(context);
  }

  readonly kinds = {
    "aws:iam/user:User": kind(userSchema, (inputs, creation) => {
      const name = physicalName(this.context, creation, inputs, maxNameLength.user);
      const { permissionsBoundary } = inputs;
      if (permissionsBoundary !== undefined) this.policies.require(permissionsBoundary);
      this.#names.take(name);
      const arn = `arn:aws:iam::${this.context.accountId}:user${inputs.path}${name}`;
      this.#users.add(name, {
        userName: name,
        arn,
        ...(permissionsBoundary !== undefined && { permissionsBoundary }),
        attached: new Set(),
        inline: new Map(),
      });
      const uniqueId = `AIDA${derivedText(this.context, capitalsAndDigits, 17, "user", name)}`;
      return { id: name, outputs: { ...inputs, ...tagOutputs(inputs), arn, name, uniqueId } };
    }),
    "aws:iam/userPolicy:UserPolicy": kind(userPolicySchema, (inputs, creation) => {
      const user = this.#users.get(inputs.user);
      const name = physicalName(this.context, creation, inputs, maxNameLength.policy);
      checkPolicyDocument(inputs.policy, { use: "identity", code: "MalformedPolicyDocument" });
      user.inline.set(name, inputs.policy);
      const size = [...user.inline.values()].reduce((sum, text) => sum + policySize(text), 0);
      if (size > maxInlineSize) {
        throw new AwsError(
          "LimitExceeded",
          `Maximum policy size of ${maxInlineSize} bytes exceeded for user ${user.userName}`,
        );
      }
      return {
        id: `${user.userName}:${name}`,
        outputs: { ...inputs, name, namePrefix: inputs.namePrefix ?? "" },
      };
    }),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": kind(attachmentSchema, (inputs) => {
      const user = this.#users.get(inputs.user);
      this.policies.require(inputs.policyArn);
      user.attached.add(inputs.policyArn);
      if (user.attached.size > maxAttached) {
        throw new AwsError(
          "LimitExceeded",
          `Cannot exceed quota for PoliciesPerUser: ${maxAttached} ("${user.userName}")`,
        );
      }
      return { id: `${inputs.user}/${inputs.policyArn}`, outputs: inputs };
    }),
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": kind(
      credentialSchema,
      (inputs, creation) => {
        const { userName } = this.#users.get(inputs.userName);
        const credential = this.#credentials.add(userName, inputs.serviceName, inputs.status, creation);
        return {
          id: `${codeCommitService}:${userName}:${credential.id}`,
          outputs: {
            ...inputs,
            createDate: accountTimestamp,
            expirationDate: "",
            serviceCredentialAlias: "",
            serviceCredentialSecret: "",
            servicePassword: credential.servicePassword,
            serviceSpecificCredentialId: credential.id,
            serviceUserName: credential.serviceUserName,
          },
        };
      },
    ),
  };

  /** Every user of the account. */
  list(): User[] {
    return this.#users.values();
  }

  /** The user with this name; NoSuchEntity without one. */
  get(userName: string): User {
    return this.#users.get(userName);
  }

  /** All policies that speak for the user: attached ones first, then inline ones. */
  policiesOf(userName: string): NamedPolicy[] {
    const { attached, inline } = this.#users.get(userName);
    return [
      ...[...attached].map((arn) => this.policies.get(arn)),
      ...[...inline].map(([name, document]) => ({ name, document })),
    ];
  }

  /** Deletes a git credential, by its id. */
  deleteCredential(id: string): void {
    this.#credentials.delete(id);
  }

  /** The user whose active git credential this is. */
  authenticate(serviceUserName: string, password: string): User | undefined {
    const userName = this.#credentials.userOf(serviceUserName, password);
    return userName === undefined ? undefined : this.#users.get(userName);
  }
}
