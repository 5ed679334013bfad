/** Reads Pulumi's view of the stacks into the model that claims are decided on. */
import type { Accepted, Declared, Deployment, Network, Repository, Side, Unmodelled } from "./deployment";
import { COMPONENT, CONCERNS, resourceType, type ResourceType } from "../../facts/resourceTypes";
import { readCarriers } from "./carriers";
import { readHosts, readEndpoints, readLoadBalancers } from "./hosts";
import { readIdentities } from "./identities";
import { oncePerObject } from "./oncePerObject";
import { readResolverFirewalls } from "./resolverFirewalls";
import { readSecurityGroups } from "./securityGroups";
import { readStarters } from "./starters";
import type { StackResource, StackSnapshot } from "./snapshot";
import { isProperties, isWithin, known, propertiesOf, Stack } from "./stack";
import { closeWorld } from "./closedWorld";
import { withCrossStackGaps } from "./crossStack";
import { withGrantsAcross } from "./grantsAcross";
import { placeOf } from "./place";
import { providerGaps } from "./providers";
import { REPOSITORY, TARGET_COMPONENT } from "./types";
import * as vpcs from "./vpcs";

/** Values of an output or argument `declared` that cannot be read. */
export class DeclaredError extends Error {}

/** Which side declares what: the source's word about the target's lock counts for nothing. */
const DECLARED_BY = {
  source: ["workTerminalCidrs"],
  target: ["isolatedTerminalCidrs", "deployerArns", "breakGlassArns", "references", "repositoryArns"],
} as const;

/**
 * @param declared what holds instead of what the stacks declare in their output `declared`, key by key
 * @throws DeclaredError where a declared value is not a list of texts
 */
export function readDeployment(
  given: {
    readonly source?: StackSnapshot;
    readonly target?: StackSnapshot;
    readonly mirror?: StackSnapshot;
    readonly organization?: StackSnapshot;
    /** Other targets of the same source. */
    readonly others?: readonly StackSnapshot[];
  },
  declared: Partial<Declared> = {},
): Deployment {
  const read = {
    source: given.source && readSide(given.source),
    target: given.target && readSide(given.target),
    mirror: given.mirror && readSide(given.mirror),
    organization: given.organization && readSide(given.organization),
  };
  const readOthers = (given.others ?? []).map(readSide);
  const sides = [...Object.values(read), ...readOthers].filter((side) => side !== undefined);
  const granted = (side: Side | undefined) => side && withGrantsAcross(side, sides);
  const alone = {
    source: granted(read.source),
    target: granted(read.target),
    mirror: granted(read.mirror),
    organization: granted(read.organization),
  };
  const otherTargets = readOthers.map((side) => withGrantsAcross(side, sides));
  const { accepted = [] } = declared;
  const whole = (side: Side | undefined, asked: readonly (Side | undefined)[]) =>
    side &&
    withoutAccepted(
      withCrossStackGaps(side, asked, [alone.mirror, alone.organization, ...otherTargets]),
      accepted,
    );
  const source = whole(alone.source, [alone.target]);
  const target = whole(alone.target, [alone.source]);
  const mirror = alone.mirror && withoutAccepted(alone.mirror, accepted);
  const organization = alone.organization && withoutAccepted(alone.organization, accepted);
  const users = (target?.identities ?? []).filter(
    ({ kind, urn }) => kind === "user" && urn.includes(`${TARGET_COMPONENT}$`),
  );
  const user = (suffix: string) => {
    const [only, ...others] = users.filter(({ urn }) => urn.endsWith(suffix));
    return others.length === 0 ? only?.arn : undefined;
  };
  return {
    ...(source !== undefined && { source }),
    ...(target !== undefined && { target }),
    ...(mirror !== undefined && { mirror }),
    ...(organization !== undefined && { organization }),
    ...(otherTargets.length > 0 && { others: otherTargets.map((side) => withoutAccepted(side, accepted)) }),
    declared: {
      workTerminalCidrs: [],
      isolatedTerminalCidrs: [],
      deployerArns: [],
      breakGlassArns: [],
      references: [],
      repositoryArns: [],
      pushUser: user("-push"),
      pullUser: user("-pull"),
      serviceControlPolicyAttached: false,
      accepted: [],
      ...declaredBy(given.source, DECLARED_BY.source),
      ...declaredBy(given.target, DECLARED_BY.target),
      ...declared,
    },
  };
}

function declaredBy(
  snapshot: StackSnapshot | undefined,
  names: readonly (keyof Declared)[],
): Partial<Declared> {
  const declared = snapshot?.outputs.declared;
  if (snapshot === undefined || declared === undefined) return {};
  if (!isProperties(declared))
    throw new DeclaredError(`stack "${snapshot.stack}": its output declared is not an object`);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = declared[name];
      if (value === undefined) return [];
      const texts = Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
      if (Array.isArray(value) && texts.length === value.length) return [[name, [...texts].sort()]];
      throw new DeclaredError(`stack "${snapshot.stack}": declared.${name} must be a list of texts`);
    }),
  );
}

/** Nothing that can be refuted is accepted by this: only what is not known. */
function withoutAccepted(side: Side, accepted: readonly Accepted[]): Side {
  const urns = new Set(accepted.map(({ urn }) => urn));
  const isOpen = ({ urn }: { readonly urn: string }) => !urns.has(urn);
  return { ...side, gaps: side.gaps.filter(isOpen), unmodelled: side.unmodelled.filter(isOpen) };
}

/** Reads one stack by itself. */
export const readSide = oncePerObject((snapshot: StackSnapshot): Side => {
  const stack = new Stack(snapshot);
  const { accountId, region } = placeOf(snapshot);
  const side = {
    stack: snapshot.stack,
    accountId,
    region,
    fips: snapshot.outputs.fips === true,
    identities: stack.readFor(["rights"], () => readIdentities(stack, accountId)),
    repositories: stack.readFor(["rights", "words"], () => readRepositories(stack, accountId, region)),
    carriers: stack.readFor(["words"], () => readCarriers(stack, accountId)),
    network: stack.readFor(["packets"], () => readNetwork(stack)),
    unmodelled: readUnmodelled(stack, accountId),
    snapshot,
  };
  closeWorld(stack);
  const gaps = new Map(stack.gaps.map((gap) => [`${gap.urn} ${gap.reason} ${gap.about.join()}`, gap]));
  return { ...side, gaps: [...gaps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap) };
});

function readRepositories(
  stack: Stack,
  accountId: string | undefined,
  region: string | undefined,
): Repository[] {
  return stack.of(REPOSITORY).map((repository) => {
    const name = stack.text(repository, "repositoryName") ?? repository.name;
    const arn =
      known(propertiesOf(repository).arn) ??
      (accountId && region && `arn:aws:codecommit:${region}:${accountId}:${name}`);
    if (arn === undefined) stack.gap(repository, "its ARN is not known");
    return {
      urn: repository.urn,
      name,
      arn: arn ?? "",
      airlock: isWithin(repository, TARGET_COMPONENT),
    };
  });
}

function readNetwork(stack: Stack): Network {
  return {
    vpcs: vpcs.readVpcs(stack),
    subnets: vpcs.readSubnets(stack),
    ...vpcs.readRouteTables(stack),
    securityGroups: readSecurityGroups(stack),
    networkAcls: vpcs.readNetworkAcls(stack),
    gateways: vpcs.readGateways(stack),
    natGateways: vpcs.readNatGateways(stack),
    endpoints: readEndpoints(stack),
    loadBalancers: readLoadBalancers(stack),
    hosts: [...readHosts(stack), ...readStarters(stack)],
    elasticIps: vpcs.readElasticIps(stack),
    resolverFirewalls: readResolverFirewalls(stack),
  };
}

/** What could have a say, by the table of resource types or by the account that it may be in, and is not read. */
function readUnmodelled(stack: Stack, accountId: string | undefined): Unmodelled[] {
  const providerGap = providerGaps(stack.resources);
  const has = (type: string, key: string) => stack.find(key, [type]) !== undefined;
  return stack.resources.flatMap((resource): Unmodelled[] => {
    const { urn, type, name } = resource;
    const { isRead, concerns, unless } = rowOf(resource);
    const common = { urn, type, name, concerns };
    const elsewhere = providerGap(resource);
    if (elsewhere !== undefined && concerns.length > 0)
      return [{ ...common, reason: elsewhere, isOfNoAccount: true }];
    const isOfNoAccount = !type.startsWith("aws:");
    const reason = unless?.(propertiesOf(resource), { accountId, has });
    if (reason !== undefined) return [{ ...common, concerns: CONCERNS, reason, isOfNoAccount }];
    if (isRead || concerns.length === 0) return [];
    return [{ ...common, reason: `is of the type ${type}, which is not modelled`, isOfNoAccount }];
  });
}

function rowOf({ type, isComponent }: StackResource): ResourceType {
  return isComponent ? COMPONENT : resourceType(type);
}
