/** Identity and Access Management of one account: users, roles, policies and git credentials. */
import { ManagedPolicies, type NamedPolicy } from "./iamManagedPolicies";
import { Roles, type InstanceProfile } from "./iamRoles";
import { Users, type User } from "./iamUsers";
import type { AccountContext, Kind, Service } from "../service";

export class Iam implements Service {
  readonly kinds: Readonly<Record<string, Kind>>;
  readonly #policies: ManagedPolicies;
  readonly #roles: Roles;
  readonly #users: Users;

  constructor(private readonly context: AccountContext) {
    this.#policies = new ManagedPolicies(context);
    this.#roles = new Roles(context, this.#policies, (arn) => this.principalExists(arn));
    this.#users = new Users(context, this.#policies);
    this.kinds = { ...this.#policies.kinds, ...this.#roles.kinds, ...this.#users.kinds };
  }

  /** Deletes a git credential, by its id. */
  deleteCredential(id: string): void {
    this.#users.deleteCredential(id);
  }

  /** The user whose active git credential this is. */
  authenticate(serviceUserName: string, password: string): User | undefined {
    return this.#users.authenticate(serviceUserName, password);
  }

  /** All policies that speak for a user, attached and inline; NoSuchEntity for a user that does not exist. */
  policiesOf(userName: string): NamedPolicy[] {
    return this.#users.policiesOf(userName);
  }

  /** The policy that bounds what a user may do at most, where there is one. */
  permissionsBoundaryOf(userName: string): NamedPolicy | undefined {
    const { permissionsBoundary } = this.#users.get(userName);
    return permissionsBoundary === undefined ? undefined : this.#policies.get(permissionsBoundary);
  }

  users(): User[] {
    return this.#users.list();
  }

  /** Whether a role has this ARN. */
  hasRole(arn: string): boolean {
    return this.#roles.has(arn);
  }

  /** Whether the role exists and its trust policy lets the service (e.g. "ecs-tasks.amazonaws.com") assume it. */
  assumableBy(roleArn: string, service: string): boolean {
    return this.#roles.assumableBy(roleArn, service);
  }

  /** The instance profile with this name or ARN. */
  instanceProfile(nameOrArn: string): InstanceProfile | undefined {
    return this.#roles.instanceProfile(nameOrArn);
  }

  /** Whether a principal exists, by its ARN. What other accounts have cannot be seen from here and counts as existing. */
  principalExists(arn: string): boolean {
    const [, , service, , account, resource = ""] = arn.split(":");
    if (account !== this.context.accountId) return true;
    if (resource === "root") return true;
    if (service === "sts") {
      const roleName = resource.split("/")[1] ?? "";
      return resource.startsWith("assumed-role/") && this.#roles.hasName(roleName);
    }
    return this.#roles.has(arn) || this.#users.list().some((user) => user.arn === arn);
  }
}
