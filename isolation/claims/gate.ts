/** The two gate users of a target and what they are allowed, computed once for the claims that ask. */
import { createSpace } from "../access/space";
import type { Limits, Region, Space } from "../access/region";
import type { Deployment, Endpoint, Identity, Repository, Side } from "../deployment/deployment";
import type { Policy } from "../iam/policy";
import { UnsupportedPolicyError } from "../iam/unsupported";
import { AddressSet } from "../network/addressSet";
import { isGitEndpoint } from "../network/pinned";

export const PULL = "codecommit:GitPull";
export const PUSH = "codecommit:GitPush";

/** What keeps a claim from being decided, as a sentence that names it. */
export class NotShown extends UnsupportedPolicyError {
  constructor(message: string) {
    super({ policy: "", element: "" }, message);
    this.message = message;
  }
}

/** A gate user, with all that bounds it. */
export interface GateUser {
  readonly identity: Identity;
  readonly limits: Limits;
  /** Everything that it is allowed. */
  readonly allowed: Region;
}

/** A target's gate. */
export interface Gate {
  readonly target: Side;
  readonly airlock: readonly Repository[];
  readonly account: string;
  readonly pullEndpoints: readonly Endpoint[];
  /** The public addresses of the source's NAT gateways, in order; undefined where no source is shown. */
  readonly natAddresses: readonly string[] | undefined;
  readonly space: Space;
  readonly push: GateUser;
  readonly pull: GateUser;
}

/**
 * Finds the gate users and decides what they are allowed.
 * @throws UnsupportedPolicyError (NotShown is one) with what is missing or not understood
 */
export function gateOf({ source, target, declared }: Deployment): Gate {
  if (target === undefined) throw new NotShown("The target was not given.");
  const account = target.accountId;
  if (account === undefined) throw new NotShown("No resource of the target says which account it is in.");
  const airlock = target.repositories.filter((repository) => repository.airlock);
  if (airlock.length === 0) throw new NotShown("No airlock repository is shown in the target.");
  const pushUser = userOf(target, declared.pushUser, "push");
  const pullUser = userOf(target, declared.pullUser, "pull");
  const endpoints = new Map(
    target.network.endpoints.flatMap(({ id, policy }): [string, Policy][] =>
      id === undefined || policy === undefined ? [] : [[id, policy]],
    ),
  );
  const natAddresses = source && natAddressesOf(source);
  const [pushLimits, pullLimits] = [pushUser, pullUser].map((user) => limitsOf(user, endpoints));
  if (pushLimits === undefined || pullLimits === undefined) throw new NotShown("There is no gate user.");
  const requesters = [pushUser, pullUser].map(({ arn }) => ({ arn, account }));
  const space = createSpace({
    policies: [
      ...[pushLimits, pullLimits].flatMap(({ identity, permissionsBoundary }) => [
        ...identity,
        ...(permissionsBoundary ? [permissionsBoundary] : []),
      ]),
      ...endpoints.values(),
    ],
    requesters,
    resources: airlock.map(({ arn }) => arn),
    cidrs: [
      ...(natAddresses ?? []),
      ...declared.isolatedTerminalCidrs,
      ...firstOf(declared.isolatedTerminalCidrs),
    ],
    values: {
      "aws:SourceVpce": target.network.endpoints.flatMap(({ id }) => id ?? []),
      "aws:SourceVpc": target.network.vpcs.flatMap(({ id }) => id ?? []),
      "codecommit:References": declared.references,
    },
  });
  const gateUser = (identity: Identity, limits: Limits): GateUser => ({
    identity,
    limits,
    allowed: space.allowed({ arn: identity.arn, account }, limits),
  });
  return {
    ...{ target, airlock, account, natAddresses, space },
    pullEndpoints: target.network.endpoints.filter(isGitEndpoint),
    push: gateUser(pushUser, pushLimits),
    pull: gateUser(pullUser, pullLimits),
  };
}

/** The first address of each range: what stands for its terminals where one request is asked for. */
export function firstOf(cidrs: readonly string[]): string[] {
  return cidrs.flatMap((cidr) => AddressSet.of(cidr).first ?? []);
}

function userOf(target: Side, named: string | undefined, role: string): Identity {
  if (named === undefined)
    throw new NotShown(`Which user is the ${role} user is neither shown nor declared (${role}User).`);
  const user = target.identities.find(({ arn, name, urn }) => [arn, name, urn].includes(named));
  if (user === undefined) throw new NotShown(`The ${role} user ${named} is not shown in the target.`);
  const [unread] = user.unreadPolicyArns;
  if (unread !== undefined) {
    const gap = target.gaps.find(({ urn }) => urn === unread);
    throw new NotShown(
      `What the policy ${unread} of ${user.name} says is not known${gap ? `: ${gap.reason}` : ""}.`,
    );
  }
  const [gap] = target.gaps.filter(({ urn }) => urn === user.urn);
  if (gap) throw new NotShown(`${user.name}: ${gap.reason}.`);
  return user;
}

/** A user's own policies and what bounds them. */
export function limitsOf(
  { policies, permissionsBoundary }: Identity,
  endpoints: ReadonlyMap<string, Policy> = new Map(),
): Limits {
  return {
    identity: policies.map(({ policy }) => policy),
    ...(permissionsBoundary && { permissionsBoundary }),
    endpoints,
  };
}

/** The addresses that a source's pushes come from: its NAT gateways', or those that it says in its outputs. */
function natAddressesOf({ network, snapshot }: Side): readonly string[] {
  const shown = network.natGateways.flatMap(({ publicIp }) => publicIp ?? []);
  if (network.natGateways.length > 0 && shown.length < network.natGateways.length)
    throw new NotShown("The public address of a NAT gateway of the source is not known.");
  if (shown.length > 0) return [...new Set(shown)].sort();
  const said = snapshot.outputs.natPublicIps;
  const texts = Array.isArray(said) ? said.filter((item): item is string => typeof item === "string") : [];
  if (texts.length === 0) throw new NotShown("The source shows no NAT gateway and no output natPublicIps.");
  return [...new Set(texts)].sort();
}
