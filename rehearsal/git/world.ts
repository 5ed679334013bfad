/** What the git stand-ins ask of the rehearsed cloud: who a credential belongs to, and what that principal may do. */

/** How a request reached CodeCommit: from a public address, or through an interface endpoint. */
export type Arrival = { sourceIp: string } | { vpcEndpointId: string; vpcId: string; vpcSourceIp: string };

/** The two actions of git over HTTPS. */
export type GitAction = "codecommit:GitPull" | "codecommit:GitPush";

/** An IAM user who showed a valid git credential. */
export interface GitPrincipal {
  arn: string;
  accountId: string;
}

/** What was decided about one request, and by which statement or rule, in words for people. */
export interface Verdict {
  allowed: boolean;
  reason: string;
}

/** What git asks of CodeCommit. */
export interface GitCall {
  readonly action: GitAction;
  /** The repository's name. */
  readonly repository: string;
  /** The one that a push is about to change; a push asks first without any. */
  readonly reference?: string;
}

/** Every AWS account behind the one hostname that CodeCommit has in a region. */
export interface CodeCommitWorld {
  authenticate(userName: string, password: string): GitPrincipal | undefined;
  hasRepository(accountId: string, name: string): boolean;
  decide(principal: GitPrincipal, call: GitCall, arrival: Arrival): Verdict;
}
