/** The two gate users of a target and what they are allowed, computed once for the claims that ask. */
import { sidesOf } from "../model/sides";
import { createSpace } from "../access/space";
import type { Limits, Region, Space } from "../access/region";
import type {
  Deployment,
  Endpoint,
  Identity,
  Network,
  Reference,
  Repository,
  Side,
} from "../model/deployment";
import { parseAddress } from "../../facts/addresses";
import { splitArn, accountOf } from "../../facts/arn";
import { organizationPolicies, type OrganizationPolicies } from "../model/organization";
import type { Policy } from "../iam/policy";
import { AddressSet } from "../packets/addressSet";
import { pullEndpointsOf } from "../packets/pinned";
import { MissingEvidence } from "../undecidable";
import { openGrants } from "./openGrants";
import { FULL_ACCESS, organizationLimits } from "./organizationLimits";
import { READING_NAMES } from "./writing";

export const PULL = "codecommit:GitPull";
export const PUSH = "codecommit:GitPush";

/** A gate user, with all that bounds it. */
export interface GateUser {
  readonly identity: Identity;
  readonly limits: Limits;
  /** Everything that it is allowed by its own policies, and through the endpoints. */
  readonly allowed: Region;
  /** What the organization's policies leave of that. */
  readonly left: Region;
  readonly space: Space;
  /** What of its rights is outside of the airlock repositories. */
  readonly besideAirlock: Region;
  /** What may give it rights or take them, and cannot be told. */
  readonly open: readonly string[];
  /** Keys that its rights hang on and that no deployment shows, as sentences: claims that it may do something are open. */
  readonly unsettled: readonly string[];
}

/** A target's gate. What cannot be told of one user leaves claims about the other alone. */
export interface Gate {
  readonly target: Side;
  readonly airlock: readonly Repository[];
  readonly account: string;
  readonly pullEndpoints: readonly Endpoint[];
  /** What the stacks show of AWS Organizations' policies that bind the target's account. */
  readonly organization: OrganizationPolicies;
  /** The public addresses of the source's NAT gateways, in order; undefined where no source is shown. */
  readonly natAddresses: () => readonly string[] | undefined;
  readonly push: () => GateUser;
  readonly pull: () => GateUser;
}

export type SideName = "source" | "target";

/** @throws MissingEvidence where it was not given */
export function sideOf(deployment: Deployment, name: SideName): Side {
  const side = deployment[name];
  if (side === undefined) throw new MissingEvidence(`The ${name} was not given.`);
  return side;
}

/**
 * Finds the gate. Its functions, too, throw where something is not shown or not understood.
 * @throws MissingEvidence or UnsupportedPolicyError with what is missing
 */
export function gateOf(deployment: Deployment): Gate {
  const target = sideOf(deployment, "target");
  const account = target.accountId;
  if (account === undefined)
    throw new MissingEvidence("No resource of the target says which account it is in.");
  const airlock = target.repositories.filter((repository) => repository.airlock);
  if (airlock.length === 0) throw new MissingEvidence("No airlock repository is shown in the target.");
  const natAddresses = once(() => deployment.source && natAddressesOf(deployment.source));
  const organization = organizationPolicies(sidesOf(deployment), account);
  const user = (role: GateRole) =>
    once(() =>
      gateUser(readable(target, identityOf(deployment, role), role), deployment, {
        target,
        account,
        organization,
      }),
    );
  return {
    target,
    airlock,
    account,
    organization,
    natAddresses,
    push: user("push"),
    pull: user("pull"),
    pullEndpoints: pullEndpointsOf(target.network, deployment.declared.isolatedTerminalCidrs),
  };
}

function gateUser(
  identity: Identity,
  deployment: Deployment,
  { target, account, organization }: Pick<Gate, "target" | "account" | "organization">,
): GateUser {
  const { declared, source } = deployment;
  const endpoints = endpointPolicies(target);
  const limits = limitsOf(identity, endpoints);
  const airlock = target.repositories.filter((one) => one.airlock).map(({ arn }) => arn);
  const requester = { arn: identity.arn, account };
  const space = createSpace({
    policies: [
      ...limits.identity,
      ...(limits.permissionsBoundary ? [limits.permissionsBoundary] : []),
      ...endpoints.values(),
      ...organization.serviceControl,
      ...organization.resourceControl,
      FULL_ACCESS,
    ],
    requesters: [requester],
    resources: airlock,
    cidrs: [
      ...(source === undefined ? [] : addressesOfNat(source.network).flatMap((address) => address ?? [])),
      ...saidAddresses(source),
      ...declared.isolatedTerminalCidrs,
      ...firstOf(declared.isolatedTerminalCidrs),
    ],
    values: {
      "aws:SourceVpce": [...target.network.endpoints.flatMap(({ id }) => id ?? []), STRANGE_ENDPOINT],
      "aws:SourceVpc": [...target.network.vpcs, ...pullVpcs(target, declared.isolatedTerminalCidrs)].flatMap(
        ({ id }) => id ?? [],
      ),
      "aws:RequestedRegion": [...new Set(airlock.map(regionOf))],
    },
    patterns: {
      action: READING_NAMES,
      "codecommit:References": declared.references,
      resource: declared.repositoryArns,
    },
  });
  const allowed = space.allowed(requester, limits);
  const { serviceControl, resourceControl } = organization;
  const left = space.allowed(requester, {
    ...limits,
    ...organizationLimits(serviceControl, resourceControl),
  });
  const besideAirlock = allowed
    .outside("resource", { values: airlock })
    .outside("resource", { patterns: declared.repositoryArns.filter((arn) => isPrefixed(arn, account)) });
  const unsettled = [...new Set([...allowed.dependsOn(), ...left.dependsOn()])]
    .filter((dimension) => !SETTLED.has(dimension))
    .map((key) => `What ${identity.name} may do depends on ${key}, which no deployment shows.`);
  return {
    identity,
    limits,
    allowed,
    left,
    space,
    besideAirlock,
    open: openGrants(target, identity),
    unsettled,
  };
}

/** Whether an ARN with a wildcard is one of the account's repositories whose names begin alike: wider means more than the airlock. */
function isPrefixed(arn: string, account: string): boolean {
  return /^arn:[a-z-]+:codecommit:[a-z0-9-]+:\d{12}:[^*?]+\*$/.test(arn) && accountOf(arn) === account;
}

/** What a request itself is, and keys that follow from the way that it takes. */
const SETTLED: ReadonlySet<string> = new Set([
  "action",
  "resource",
  "codecommit:References",
  "aws:SourceIp",
  "aws:VpcSourceIp",
  "aws:SourceVpc",
  "aws:SourceVpce",
  "aws:RequestedRegion",
  "aws:SecureTransport",
  "aws:ViaAWSService",
  "aws:PrincipalIsAWSService",
]);

/** Stands for the endpoints of everybody else. */
export const STRANGE_ENDPOINT = "vpce-0aaaaaaaaaaaaaaaa";

/** The VPCs of the pull endpoints, by id. */
export function pullVpcs(side: Side, terminals: readonly string[]): { readonly id: string | undefined }[] {
  return pullEndpointsOf(side.network, terminals).map(({ vpc }) => ({ id: vpcIdOf(side, vpc) }));
}

/** A VPC's id. One that exists beside the stack is in no resource, and is referred to by its id. */
export function vpcIdOf({ network }: Side, vpc: Reference): string | undefined {
  return network.vpcs.find(({ urn }) => urn === vpc)?.id ?? (vpc.startsWith("urn:") ? undefined : vpc);
}

/** The Region of a repository, which git asks it in. */
export function regionOf(repositoryArn: string): string {
  const [, , , region] = splitArn(repositoryArn) ?? [];
  if (region === undefined) throw new MissingEvidence(`The Region of ${repositoryArn} is not known.`);
  return region;
}

/** The first address of each range: what stands for its terminals where one request is asked for. */
export function firstOf(cidrs: readonly string[]): string[] {
  return cidrs.flatMap((cidr) => AddressSet.of(cidr).first ?? []);
}

export type GateRole = "push" | "pull";

/**
 * The gate user that is shown, whatever can be read of it.
 * @throws MissingEvidence where none is declared or shown
 */
export function identityOf({ target, declared }: Deployment, role: GateRole): Identity {
  const named = role === "push" ? declared.pushUser : declared.pullUser;
  if (named === undefined)
    throw new MissingEvidence(`Which user is the ${role} user is neither shown nor declared (${role}User).`);
  const user = target?.identities.find(({ arn, name, urn }) => [arn, name, urn].includes(named));
  if (user === undefined) throw new MissingEvidence(`The ${role} user ${named} is not shown in the target.`);
  return user;
}

/** The user, if all of its rights can be read. */
function readable(target: Side, user: Identity, role: GateRole): Identity {
  const [unread] = user.unreadPolicyArns;
  if (unread !== undefined) {
    const gap = target.gaps.find(({ urn }) => urn === unread);
    const why = gap === undefined ? "" : `: ${gap.reason}`;
    throw new MissingEvidence(`What the policy ${unread} of the ${role} user says is not known${why}.`);
  }
  const gap = target.gaps.find(({ urn }) => urn === user.urn);
  if (gap) throw new MissingEvidence(`${user.name}: ${gap.reason}.`);
  return user;
}

/** The policies of a side's endpoints, by id. */
export function endpointPolicies({ network }: Side): Map<string, Policy> {
  return new Map(
    network.endpoints.flatMap(({ id, policy }): [string, Policy][] =>
      id === undefined || policy === undefined ? [] : [[id, policy]],
    ),
  );
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
  const shown = addressesOfNat(network).map((address) => {
    if (address !== undefined) return address;
    throw new MissingEvidence("The public address of a NAT gateway of the source is not known.");
  });
  const addresses = shown.length > 0 ? [...new Set(shown)].sort() : saidAddresses({ snapshot });
  if (addresses.length === 0)
    throw new MissingEvidence("The source shows no NAT gateway and no output natPublicIps.");
  // NAT gateways have IPv4 addresses only (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html).
  const strange = addresses.find((address) => parseAddress(address)?.kind() !== "ipv4");
  if (strange !== undefined)
    throw new MissingEvidence(`"${strange}" is not an IPv4 address, as every NAT gateway's is.`);
  return addresses;
}

/** A NAT gateway with secondary addresses sends from any of them. Undefined for one that is not known. */
function addressesOfNat({ natGateways, elasticIps }: Network): (string | undefined)[] {
  return natGateways
    .filter(({ connectivity }) => connectivity === "public")
    .flatMap(({ publicIp, elasticIps: own }) => {
      const [first, ...more] = own.map(
        (reference) => elasticIps.find(({ urn }) => urn === reference)?.publicIp,
      );
      return [publicIp ?? first, ...more];
    });
}

/** What a source says in its output natPublicIps. */
function saidAddresses(source: Pick<Side, "snapshot"> | undefined): string[] {
  const said = source?.snapshot.outputs.natPublicIps;
  const texts = Array.isArray(said) ? said.filter((item): item is string => typeof item === "string") : [];
  return [...new Set(texts)].sort();
}

/** Computed when first asked for; an error is thrown to everyone who asks. */
export function once<T>(find: () => T): () => T {
  let found: { value: T } | { error: unknown } | undefined;
  return () => {
    if (found === undefined) {
      try {
        found = { value: find() };
      } catch (error) {
        found = { error };
      }
    }
    if ("error" in found) throw found.error;
    return found.value;
  };
}
