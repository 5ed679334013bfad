/** The target side: the repositories that code comes in by, and the two users who alone may move it. */
import * as pulumi from "@pulumi/pulumi";
import { checkedArgs, nameProblems, wrongArgs } from "../checkedArgs";
import { sortAddresses } from "../../facts/ipv4";
import { outputsOf } from "../outputs";
import type { Scope } from "../scope";
import { airlockArns, airlockRepositories } from "./airlockRepositories";
import { mirrorTargetSchema, type CheckedMirrorTargetArgs, type MirrorTargetArgs } from "./args";
import { createGateUser, type GitCredential } from "./gateUser";
import { createIsolatedNetwork, type IsolatedNetwork } from "./isolatedNetwork";
import { addressLock, endpointLock, type Lock } from "./lock";
import { endpointPolicy, policyText } from "./policyDocuments";
import { principalArn } from "../schema/principalArn";
import { createPullEndpoint } from "./pullEndpoint";
import { createPullSecret } from "./pullSecret";
import { createRepositoryKey } from "./repositoryKey";
import { createRepositories, type MirroredRepository } from "./repositories";
import { createTripwires } from "./tripwires";
import {
  pullPolicies,
  pushPolicies,
  targetResourceControlPolicy,
  targetServiceControlPolicy,
} from "./targetPolicies";
import { limitProblems } from "./validateLimits";

/** The names of EventBridge's rules begin with it, and hold 64 characters. */
export const soundName = [/^[A-Za-z0-9-]{1,20}$/, "1 to 20 letters, digits and dashes"] as const;

/**
 * Airlock repositories in CodeCommit with a push user, locked to the source's NAT addresses, and a pull user, locked to
 * the isolated zone. Data cannot leave by them: the pull user cannot write, and the push user can do nothing from where
 * the isolated terminals are. That nobody else writes either takes the exported service control policy, which stack `org`
 * (OrganizationGuard) attaches to the account.
 *
 * Makes, for a component named `n`:
 * 1. a protected CodeCommit repository each, `n-repository-<name>`, and where asked for a protected key for them;
 * 2. the IAM users `n-push` and `n-pull` with up to ten managed policies, and a git credential for each live epoch;
 * 3. a Secrets Manager secret with the active pull credential;
 * 4. in endpoint mode, an interface endpoint for `git-codecommit` with its security group; and, unless a VPC is given,
 *    a VPC without a way out, whose resolver answers for the endpoint's name alone;
 * 5. unless alarms are off, the tripwires: a topic, rules over CloudTrail's events, and a trail if there is none.
 *
 * Costs, in US dollars a month of 730 hours at list prices of ap-northeast-1 in 2026-09 (README.md, "What it costs"):
 * nothing for up to five active users of CodeCommit and 1 for each one more, 1 for a customer key, 0.40 for the secret, in endpoint mode 10.22
 * for each availability zone and 0.01 a GB, and with alarms 1 for the topic's key and what the trail costs (trail.ts).
 *
 * To undo: take the mirrors away first, then lift the protection from the repositories (their content goes with them),
 * then destroy. A gate user with a credential that was not made here refuses to be deleted; look whose it is.
 */
export class MirrorTarget extends pulumi.ComponentResource {
  /** The airlock repositories, in the order of their names. */
  readonly repositories: pulumi.Output<MirroredRepository[]>;
  /** HTTPS clone URLs by repository name. */
  readonly cloneUrls: pulumi.Output<Record<string, string>>;
  /** IAM name of the push user. */
  readonly pushUserName: pulumi.Output<string>;
  /** IAM name of the pull user. */
  readonly pullUserName: pulumi.Output<string>;
  /** The push user's active git credential, a secret: what the mirrors push with. */
  readonly pushCredential: pulumi.Output<GitCredential>;
  /** ARN of the secret that holds the pull user's active git credential. */
  readonly pullSecretArn: pulumi.Output<string>;
  /** Service control policy to attach to this account: leaves the repositories no other writers (OrganizationGuard). */
  readonly serviceControlPolicy: pulumi.Output<string>;
  /** Resource control policy to attach to this account: holds writers and locks, whatever IAM says here. */
  readonly resourceControlPolicy: pulumi.Output<string>;
  /** The addresses that pushes are let in from, in the order of their numbers. */
  readonly pushSourceAddresses: pulumi.Output<string[]>;
  /** Id of the pull endpoint; undefined in addresses mode. */
  readonly pullEndpointId: pulumi.Output<string | undefined>;
  /** The topic that the tripwires tell; undefined where alarms are off. */
  readonly alarmTopicArn: pulumi.Output<string | undefined>;
  /** What the proof is told about the deployment: from where people pull, and who may write beside the push user. */
  readonly declared: pulumi.Output<{
    isolatedTerminalCidrs: string[];
    deployerArns: string[];
    breakGlassArns: string[];
    references: string[];
    repositoryArns: string[];
  }>;
  readonly region: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;
  /** Whether git reaches the repositories by CodeCommit's FIPS endpoint. */
  readonly fips: pulumi.Output<boolean>;

  /**
   * @param name prefix of every child's name and of the IAM users' names, which an account holds once
   * @throws pulumi.ResourceError that lists everything wrong with the arguments; then nothing is made
   */
  constructor(name: string, given: MirrorTargetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("git-airlock:target:MirrorTarget", name, {}, opts);
    const args = checkedArgs(this, mirrorTargetSchema(given), given, nameProblems(name, ...soundName));
    const tooLarge = limitProblems(name, args);
    if (tooLarge.length > 0) throw wrongArgs(this, tooLarge);

    const scope: Scope = {
      name,
      parent: this,
      region: args.region,
      accountId: args.accountId,
      fips: args.fips,
    };
    const key = args.customerKey ? createRepositoryKey(scope) : undefined;
    const repositories = createRepositories(scope, airlockRepositories(args), key);
    const pushUser = createGateUser(scope, "push", {
      policies: pushPolicies(args),
      credentialEpochs: args.pushCredentialEpochs,
    });
    const pull = createPullPath(scope, args);
    const pullUser = createGateUser(scope, "pull", {
      policies: pullPolicies(args).map((policy) => pull.lock.apply(policy)),
      credentialEpochs: args.pullCredentialEpochs,
    });
    const pullSecret = createPullSecret(scope, pullUser.activeCredential);
    const alarmTopic = args.alarms.enabled ? createTripwires(scope, args) : undefined;

    this.repositories = pulumi.all(repositories);
    this.cloneUrls = this.repositories.apply((all) =>
      Object.fromEntries(all.map((repository) => [repository.name, repository.cloneUrlHttp])),
    );
    this.pushUserName = pushUser.userName;
    this.pullUserName = pullUser.userName;
    this.pushCredential = pushUser.activeCredential;
    this.pullSecretArn = pullSecret.arn;
    this.serviceControlPolicy = pulumi.output(targetServiceControlPolicy(name, args));
    this.resourceControlPolicy = pull.lock.apply((lock) => targetResourceControlPolicy(name, args, lock));
    this.pushSourceAddresses = pulumi.output(sortAddresses(args.pushSourceAddresses));
    this.pullEndpointId = pull.endpointId;
    this.alarmTopicArn = pulumi.output(alarmTopic?.arn);
    this.declared = pulumi.output({
      isolatedTerminalCidrs: args.pull.isolatedTerminalCidrs,
      deployerArns: args.deployerArns.flatMap((arn) => principalArn(arn) ?? []),
      breakGlassArns: args.breakGlassArns,
      references: args.references,
      repositoryArns: airlockArns(args),
    });
    this.region = pulumi.output(args.region);
    this.accountId = pulumi.output(args.accountId);
    this.fips = pulumi.output(args.fips);
    this.registerOutputs(outputsOf(this));
  }
}

interface PullPath {
  lock: pulumi.Output<Lock>;
  endpointId: pulumi.Output<string | undefined>;
}

/** What leads isolated terminals to the repositories, and the lock that binds the pull user to it. */
function createPullPath(scope: Scope, args: CheckedMirrorTargetArgs): PullPath {
  const { pull, region } = args;
  if (pull.mode === "addresses") {
    return {
      lock: pulumi.output(addressLock(pull.isolatedTerminalCidrs)),
      endpointId: pulumi.output(undefined),
    };
  }
  const network: IsolatedNetwork =
    "vpcId" in pull.network ? pull.network : createIsolatedNetwork(scope, pull.network);
  const endpoint = createPullEndpoint(scope, {
    network,
    isolatedTerminalCidrs: pull.isolatedTerminalCidrs,
    policy: policyText(endpointPolicy(airlockArns(args))),
  });
  const lock = pulumi
    .all([endpoint.id, network.vpcId])
    .apply(([endpointId, vpcId]) => endpointLock(pull.lock, { endpointId, vpcId, region }));
  return { lock, endpointId: endpoint.id };
}
