/** Every AWS account of the rehearsal, as the one CodeCommit of the region sees them. */
import { strictlyParsed } from "../../facts/json";
import { repositoryKeyActions } from "../../facts/repositoryKey";
import { organizationLimits } from "../../isolation/claims/organizationLimits";
import { throughCodeCommit } from "../../isolation/claims/repositoryKeys";
import { readBroadly } from "../../isolation/iam/broadPolicy";
import { decide, type Decision, type PolicySet } from "../../isolation/iam/decide";
import { permissionByResource } from "../../isolation/iam/permission";
import { parsePolicy, type Policy } from "../../isolation/iam/policy";
import type { Account } from "../aws/account";
import { Kms } from "../aws/identity/kms";
import type { PolicyType } from "../aws/identity/organizations";
import type { Arrival, CodeCommitWorld, GitCall, GitPrincipal, Verdict } from "../git/world";

/** Decides by the policies that were deployed: the user's own, and the endpoint's where a request came through one. */
export class Cloud implements CodeCommitWorld {
  /** @param organization the account that manages the organization which the others are in */
  constructor(
    private accounts: readonly Account[],
    private readonly organization?: Account,
  ) {}

  /** An account as it is after an update. */
  update(account: Account): void {
    this.accounts = this.accounts.map((one) => (one.accountId === account.accountId ? account : one));
  }

  authenticate(userName: string, password: string): GitPrincipal | undefined {
    for (const { iam, accountId } of this.accounts) {
      const user = iam.authenticate(userName, password);
      if (user) return { arn: user.arn, accountId };
    }
    return undefined;
  }

  hasRepository(accountId: string, name: string): boolean {
    return this.#account(accountId).codeCommit.has(name);
  }

  decide(principal: GitPrincipal, { action, repository, reference }: GitCall, arrival: Arrival): Verdict {
    const account = this.#account(principal.accountId);
    const { iam } = account;
    const user = iam.users().find((u) => u.arn === principal.arn);
    if (!user) return { allowed: false, reason: `there is no user ${principal.arn}` };
    const boundary = iam.permissionsBoundaryOf(user.userName);
    const decision = decide(
      {
        principalArn: principal.arn,
        principalAccount: principal.accountId,
        action,
        resource: account.arn("codecommit", repository),
        context: {
          "aws:SecureTransport": "true",
          "aws:RequestedRegion": account.region,
          ...contextOf(arrival),
          ...(reference !== undefined && { "codecommit:References": reference }),
        },
      },
      {
        identity: iam.policiesOf(user.userName).map(({ name, document }) => parsePolicy(document, name)),
        ...(boundary && { permissionsBoundary: parsePolicy(boundary.document, boundary.name) }),
        ...("vpcEndpointId" in arrival && { endpoint: this.#endpointPolicy(arrival) }),
        ...this.#controlsOf(principal.accountId),
      },
    );
    const isAllowed = decision.outcome === "allowed";
    const refusal = isAllowed ? this.#keyRefusal(account, repository, user) : undefined;
    return { allowed: isAllowed && refusal === undefined, reason: refusal ?? reasonOf(decision) };
  }

  /** CodeCommit uses a repository's customer key in the user's name, by what the key's policy allows: AWS's own admits all. */
  #keyRefusal(account: Account, repository: string, user: { arn: string }): string | undefined {
    const arn = account.codeCommit.repositories().find(({ name }) => name === repository)?.keyArn;
    const key = arn === undefined ? undefined : Kms.of(account).key(arn);
    if (key === undefined) return undefined;
    const all = readBroadly(strictlyParsed(key.policy)) ?? [];
    const statements = all.flatMap((one) => throughCodeCommit(one, account.region));
    const caller = { arn: user.arn, account: account.accountId };
    const refused = repositoryKeyActions.filter(
      (action) => permissionByResource(statements, caller, { action, resource: key.arn }).direct !== "yes",
    );
    return refused.length === 0
      ? undefined
      : `the key of ${repository} does not let it ${refused.join(", ")}`;
  }

  #account(accountId: string): Account {
    const account = this.accounts.find((a) => a.accountId === accountId);
    if (!account) throw new Error(`the rehearsal has no account ${accountId}`);
    return account;
  }

  /**
   * What the organization has attached to an account, beside AWS's own policy that lets everything through. A caller reaches
   * repositories of its own account only, so the resource's account is the caller's.
   */
  #controlsOf(accountId: string): Pick<PolicySet, "serviceControl" | "resourceControl"> {
    const attached = (type: PolicyType) =>
      (this.organization?.organizations.attachedTo(accountId, type) ?? []).map(({ name, document }) =>
        parsePolicy(document, name),
      );
    return organizationLimits(attached("SERVICE_CONTROL_POLICY"), attached("RESOURCE_CONTROL_POLICY"));
  }

  #endpointPolicy({ vpcId, vpcEndpointId }: Extract<Arrival, { vpcEndpointId: string }>): Policy {
    const endpoint = this.accounts
      .flatMap(({ vpcEndpoints }) => vpcEndpoints.endpointsOf(vpcId))
      .find(({ id }) => id === vpcEndpointId);
    if (!endpoint) throw new Error(`the rehearsal has no VPC endpoint ${vpcEndpointId}`);
    return parsePolicy(endpoint.policy, vpcEndpointId);
  }
}

/** The condition keys of a request: AWS sets the address, or the endpoint's keys, never both. */
function contextOf(arrival: Arrival): Record<string, string> {
  if ("sourceIp" in arrival) return { "aws:SourceIp": arrival.sourceIp };
  return {
    "aws:SourceVpce": arrival.vpcEndpointId,
    "aws:SourceVpc": arrival.vpcId,
    "aws:VpcSourceIp": arrival.vpcSourceIp,
  };
}

/** What decided, without the request, which whoever asks knows. */
function reasonOf({ outcome, by }: Decision): string {
  if (!by) return "another account's repository: CodeCommit has no policy that could admit a stranger";
  if ("statement" in by) return `${outcome} by statement ${by.statement} of the ${by.kind} "${by.policy}"`;
  return `no statement of the ${by.kind} allows it`;
}
