/** Every policy that given arguments lead to: which repositories go into which document. */
import { airlockArns, repositoryArn } from "./airlockRepositories";
import type { CheckedMirrorTargetArgs } from "./args";
import { addressLock, endpointLock, SPECIMEN_IDS, type Lock } from "./lock";
import { policyText, pullPolicy, pushPolicy } from "./policyDocuments";
import { splitResources } from "./policySplit";
import { principalArn } from "../schema/principalArn";
import { resourceControlPolicy } from "./resourceControlPolicy";
import { serviceControlPolicy, type ControlledTarget } from "./serviceControlPolicy";

/** The IAM name of a gate user. Fixed, so that its ARN is known at preview. */
export function gateUserName(name: string, gate: "push" | "pull"): string {
  return `${name}-${gate}`;
}

/** The push user's lock: each source as a CIDR of that one address, which is all that is ever let in. */
export function pushLock(args: CheckedMirrorTargetArgs): Lock {
  return addressLock(args.pushSourceAddresses.map((address) => `${address}/32`));
}

/** The pull user's lock; in endpoint mode with specimen ids, of the length that the real ones will have. */
export function specimenPullLock({ pull, region }: Pick<CheckedMirrorTargetArgs, "pull" | "region">): Lock {
  return pull.mode === "addresses"
    ? addressLock(pull.isolatedTerminalCidrs)
    : endpointLock(pull.lock, { ...SPECIMEN_IDS, region });
}

/** The push user's documents. Nothing in them waits for a resource: all are known at preview. */
export function pushPolicies(args: CheckedMirrorTargetArgs): string[] {
  const document = (arns: readonly string[]) => pushPolicy(arns, pushLock(args), args.references);
  return splitResources(airlockArns(args), document).map((arns) => policyText(document(arns)));
}

/** The pull user's documents, each still to be given the lock, which in endpoint mode waits for the endpoint's id. */
export function pullPolicies(args: CheckedMirrorTargetArgs): ((lock: Lock) => string)[] {
  const specimen = specimenPullLock(args);
  return splitResources(airlockArns(args), (arns) => pullPolicy(arns, specimen)).map(
    (arns) => (lock: Lock) => policyText(pullPolicy(arns, lock)),
  );
}

/** The service control policy, its writers being the push user, the deployers and the break-glass roles. */
export function targetServiceControlPolicy(name: string, args: CheckedMirrorTargetArgs): string {
  return serviceControlPolicy({
    ...controlledTarget(name, args),
    gateUserArns: [gateUserArn(name, "push", args), gateUserArn(name, "pull", args)],
    deployerArns: args.deployerArns.map(writerArn),
  });
}

/** The resource control policy, with the same writers. @param pullLock which in endpoint mode waits for the endpoint's id */
export function targetResourceControlPolicy(
  name: string,
  args: CheckedMirrorTargetArgs,
  pullLock: Lock,
): string {
  return resourceControlPolicy(
    controlledTarget(name, args),
    { arn: gateUserArn(name, "push", args), lock: pushLock(args) },
    { arn: gateUserArn(name, "pull", args), lock: pullLock },
  );
}

function controlledTarget(name: string, args: CheckedMirrorTargetArgs): ControlledTarget {
  return {
    repositoryArns: airlockArns(args),
    everyRepositoryArn: repositoryArn(args, "*"),
    writerArns: [
      gateUserArn(name, "push", args),
      ...[...args.deployerArns, ...args.breakGlassArns].map(writerArn),
    ],
  };
}

function gateUserArn(
  name: string,
  gate: "push" | "pull",
  { accountId }: Pick<CheckedMirrorTargetArgs, "accountId">,
): string {
  return `arn:aws:iam::${accountId}:user/${gateUserName(name, gate)}`;
}

function writerArn(arn: string): string {
  const writer = principalArn(arn);
  if (writer === undefined) throw new Error(`"${arn}" is not the ARN of a role, a role's session or a user`);
  return writer;
}
