/** IAM's managed policies: the account's own, and the few of AWS's that a stand-in knows. */
import { z } from "zod";
import { capitalsAndDigits, derivedText } from "../derived";
import { maxNameLength, pathInput, TakenNames } from "./iamNames";
import { checkPolicyDocument, policyInput, policySize } from "./iamPolicies";
import { physicalName } from "../names";
import { AwsError, kind, Table, type AccountContext, type Service } from "../service";
import { tagged, tagOutputs } from "../tags";

/** A policy's text under its name. */
export interface NamedPolicy {
  name: string;
  document: string;
}

// IAM User Guide, "IAM and AWS STS quotas": characters of a managed policy, without white space.
const maxPolicySize = 6_144;

/** AWS's own policies that exist here, by the part of their ARN after "policy/". Their texts are AWS's affair. */
const awsManaged = new Set([
  "AmazonSSMManagedInstanceCore",
  "AWSCodeCommitFullAccess",
  "AWSCodeCommitPowerUser",
  "AWSCodeCommitReadOnly",
  "AdministratorAccess",
  "CloudWatchAgentServerPolicy",
  "service-role/AmazonECSTaskExecutionRolePolicy",
  "service-role/AWSDataLifecycleManagerServiceRole",
  "service-role/AWSDataLifecycleManagerSSMFullAccess",
]);

const awsManagedPrefix = "arn:aws:iam::aws:policy/";

const policySchema = z.looseObject({
  ...tagged.shape,
  name: z.string().optional(),
  namePrefix: z.string().optional(),
  path: pathInput,
  description: z.string().max(1000).optional(),
  policy: policyInput,
});

export class ManagedPolicies implements Service {
  readonly #policies = new Table<NamedPolicy>("policy", "NoSuchEntity");
  readonly #names = new TakenNames("policy");

  constructor(private readonly context: AccountContext) {}

  readonly kinds = {
    "aws:iam/policy:Policy": kind(policySchema, (inputs, creation) => {
      const name = physicalName(this.context, creation, inputs, maxNameLength.policy);
      checkPolicyDocument(inputs.policy, { use: "identity", code: "MalformedPolicyDocument" });
      if (policySize(inputs.policy) > maxPolicySize) {
        throw new AwsError(
          "LimitExceeded",
          `Cannot exceed quota for PolicySize: ${maxPolicySize} ("${name}" has ${policySize(inputs.policy)} characters)`,
        );
      }
      this.#names.take(name);
      const arn = `arn:aws:iam::${this.context.accountId}:policy${inputs.path}${name}`;
      this.#policies.add(arn, { name, document: inputs.policy });
      return {
        id: arn,
        outputs: {
          ...inputs,
          ...tagOutputs(inputs),
          arn,
          attachmentCount: 0,
          name,
          namePrefix: inputs.namePrefix ?? "",
          policyId: `ANPA${derivedText(this.context, capitalsAndDigits, 17, "policy", arn)}`,
        },
      };
    }),
  };

  /** Refuses the ARN of a policy that neither AWS nor this account has, with NoSuchEntity. */
  require(arn: string): void {
    if (arn.startsWith(awsManagedPrefix) && awsManaged.has(arn.slice(awsManagedPrefix.length))) return;
    if (!this.#policies.has(arn)) {
      throw new AwsError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`);
    }
  }

  /** The name and text of one of the account's own policies; the text of AWS's policies is not known here. */
  get(arn: string): NamedPolicy {
    const policy = this.#policies.find(arn);
    if (policy) return policy;
    this.require(arn);
    throw new Error(
      `the text of the AWS managed policy ${arn} is not part of the rehearsal; use a policy of your own`,
    );
  }
}
