/** Identity and Access Management of one account: what it holds, and who may do what. */
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { perAccount } from "../perAccount";
import { Table } from "../table";
import { GitCredentials } from "./iamCredentials";
import { TakenNames } from "./iamNames";
import { checkPolicyDocument, type PolicyStatement } from "./policyDocument";
import { deployerRoleArn, deployerRoleName } from "./sts";

/** A policy's text under its name. */
export interface NamedPolicy {
  name: string;
  document: string;
}

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
}

interface Role {
  name: string;
  arn: string;
  trust: PolicyStatement[];
  inline: Map<string, string>;
}

/** An instance profile and the role in it. */
export interface InstanceProfile {
  name: string;
  arn: string;
  roleName?: string;
}

/** IAM of one account. */
export class Iam {
  static readonly of = perAccount((aws) => new Iam(aws));

  /** By ARN. */
  readonly managedPolicies = new Table<NamedPolicy>("policy", "NoSuchEntity");
  readonly userRecords = new Table<UserRecord>("user", "NoSuchEntity");
  readonly roles = new Table<Role>("role", "NoSuchEntity");
  readonly instanceProfiles = new Table<InstanceProfile>("instance profile", "NoSuchEntity");
  readonly takenNames = {
    policy: new TakenNames("policy"),
    user: new TakenNames("user"),
    role: new TakenNames("role"),
    instanceProfile: new TakenNames("instance profile"),
  };
  readonly credentials: GitCredentials;

  private constructor(readonly aws: AccountContext) {
    this.credentials = new GitCredentials(aws);
    this.takenNames.role.take(deployerRoleName);
    const arn = deployerRoleArn(aws);
    this.roles.add(deployerRoleName, { name: deployerRoleName, arn, trust: [], inline: new Map() });
  }

  /** Every user of the account. */
  users(): User[] {
    return this.userRecords.values();
  }

  /** One of the account's own managed policies, by its ARN; NoSuchEntity without one. */
  managedPolicy(arn: string): NamedPolicy {
    const policy = this.managedPolicies.find(arn);
    if (policy) return policy;
    if (arn.startsWith("arn:aws:iam::aws:"))
      throw new AwsError(
        "NoSuchEntity",
        `AWS's own policy ${arn} is not part of the rehearsal; use one of yours`,
      );
    throw new AwsError("NoSuchEntity", `Policy ${arn} does not exist or is not attachable.`);
  }

  /** All policies that are attached to a user; NoSuchEntity without such a user. */
  policiesOf(userName: string): NamedPolicy[] {
    return [...this.userRecords.get(userName).attached].map((arn) => this.managedPolicy(arn));
  }

  /** The policy that bounds what a user may do at most, where there is one. */
  permissionsBoundaryOf(userName: string): NamedPolicy | undefined {
    const { permissionsBoundary } = this.userRecords.get(userName);
    return permissionsBoundary === undefined ? undefined : this.managedPolicy(permissionsBoundary);
  }

  /** The user whose active git credential this is. */
  authenticate(serviceUserName: string, password: string): User | undefined {
    const userName = this.credentials.userOf(serviceUserName, password);
    return userName === undefined ? undefined : this.userRecords.get(userName);
  }

  /** Deletes a git credential, by its id. */
  deleteCredential(id: string): void {
    this.credentials.delete(id);
  }

  /** Whether a role has this ARN. */
  hasRole(arn: string): boolean {
    return this.#role(arn) !== undefined;
  }

  /** Whether the role exists and its trust policy lets the service (e.g. "ecs-tasks.amazonaws.com") assume it. */
  assumableBy(roleArn: string, service: string): boolean {
    return (this.#role(roleArn)?.trust ?? []).some(
      (s) =>
        s.effect === "Allow" &&
        s.principals.some((p) => p.kind === "Service" && p.name === service) &&
        s.actions.some((a) => /^(sts:(assumerole|\*)|\*)$/i.test(a)),
    );
  }

  /** The instance profile with this name or ARN. */
  instanceProfile(nameOrArn: string): InstanceProfile | undefined {
    const byArn = () => this.instanceProfiles.values().find((p) => p.arn === nameOrArn);
    return this.instanceProfiles.find(nameOrArn) ?? byArn();
  }

  /** Whether a principal exists, by its ARN. What other accounts have cannot be seen from here and counts as existing. */
  principalExists(arn: string): boolean {
    const [, , service, , account, resource = ""] = arn.split(":");
    if (account !== this.aws.accountId) return true;
    if (resource === "root") return true;
    if (service === "sts") {
      const roleName = resource.split("/")[1] ?? "";
      return resource.startsWith("assumed-role/") && this.roles.has(roleName);
    }
    return this.hasRole(arn) || this.users().some((user) => user.arn === arn);
  }

  #role(arn: string): Role | undefined {
    return this.roles.values().find((role) => role.arn === arn);
  }
}

/** The statements of a policy on a resource, or the error of this code that says what AWS would not take. */
export function checkResourcePolicy(aws: AccountContext, policy: string, code: string): PolicyStatement[] {
  const principalExists = (arn: string) => Iam.of(aws).principalExists(arn);
  return checkPolicyDocument(policy, { use: "resource", code, principalExists });
}
