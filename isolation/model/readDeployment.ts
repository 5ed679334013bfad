/** Reads Pulumi's view of the stacks into the model that claims are decided on. */
import type { Declared, Deployment, Repository, Side } from "./deployment";
import { CARRIER_TYPES, NAMING_ANOTHER, readCarriers } from "./carriers";
import { readHosts, readEndpoints, readLoadBalancers, HOST_TYPES } from "./hosts";
import { IDENTITY_TYPES, readIdentities } from "./identities";
import { FIREWALL_TYPES, readResolverFirewalls } from "./resolverFirewalls";
import { readSecurityGroups, SECURITY_GROUP_TYPES } from "./securityGroups";
import type { StackSnapshot } from "./snapshot";
import { isProperties, isWithin, known, propertiesOf, Stack } from "./stack";
import { withOtherHands } from "./otherHands";
import { REPOSITORY, TARGET_COMPONENT } from "./types";
import * as vpcs from "./vpcs";

/** Types that neither carry traffic nor content, nor grant access, and why. */
const HARMLESS: Readonly<Record<string, string>> = {
  "aws:acm/certificate:Certificate": "names a host, and opens nothing",
  "aws:cloudwatch/dashboard:Dashboard": "draws numbers of the account, for those who may look into it",
  "aws:cloudwatch/logGroup:LogGroup": "keeps logs in the account",
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": "counts lines of a log in the account",
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": "takes snapshots in the account, with a role that is read",
  "aws:ebs/volume:Volume": "has no network interface",
  "aws:dynamodb/table:Table": "holds items; what writes there is read or named by itself",
  "aws:ec2/volumeAttachment:VolumeAttachment": "has no network interface",
  "aws:ecs/cluster:Cluster": "runs nothing by itself; its services are read",
  "aws:kms/alias:Alias": "names a key",
  "aws:kms/key:Key": "encrypts; CodeCommit has no grants by a key's policy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "takes rights away",
  "aws:secretsmanager/secret:Secret": "holds a value; who may read it is outside the claims",
  "aws:secretsmanager/secretVersion:SecretVersion": "holds a value; who may read it is outside the claims",
  "aws:ssm/association:Association": "runs a document on a host that is read",
  "aws:ssm/document:Document": "is a script that runs on a host that is read",
  "aws:ssm/parameter:Parameter": "holds a value; who may read it is outside the claims",
};

const KNOWN = new Set([
  ...Object.keys(HARMLESS),
  ...[...HOST_TYPES, ...IDENTITY_TYPES, ...FIREWALL_TYPES, ...SECURITY_GROUP_TYPES, ...vpcs.VPC_TYPES],
  ...[REPOSITORY, ...CARRIER_TYPES],
]);

/** Values of an output or argument `declared` that cannot be read. */
export class DeclaredError extends Error {}

/** Which side declares what: the source's word about the target's lock counts for nothing. */
const DECLARED_BY = {
  source: ["workTerminalCidrs"],
  target: ["isolatedTerminalCidrs", "deployerArns", "breakGlassArns", "references", "repositoryArns"],
} as const;

/**
 * @param declared what holds instead of what the stacks declare in their output `declared`, key by key
 * @throws DeclaredError where a declared value is no list of texts
 */
export function readDeployment(
  given: {
    readonly source?: StackSnapshot;
    readonly target?: StackSnapshot;
    readonly mirror?: StackSnapshot;
  },
  declared: Partial<Declared> = {},
): Deployment {
  const source = given.source && withOtherHands(readSide(given.source), [given.target, given.mirror]);
  const target = given.target && withOtherHands(readSide(given.target), [given.source, given.mirror]);
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
    ...(given.mirror !== undefined && { mirror: given.mirror }),
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
    throw new DeclaredError(`stack "${snapshot.stack}": its output declared is no object`);
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

/** Reads one stack by itself. */
export function readSide(snapshot: StackSnapshot): Side {
  const stack = new Stack(snapshot);
  const arns = stack.resources.flatMap(({ type, outputs: { arn } }) =>
    type.startsWith("aws:") && !NAMING_ANOTHER.includes(type) && typeof arn === "string"
      ? [arn.split(":")]
      : [],
  );
  const only = (values: (string | undefined)[], pattern: RegExp) => {
    const [value, ...others] = new Set(values.filter((text) => text !== undefined && pattern.test(text)));
    return others.length === 0 ? value : undefined;
  };
  // Before anything exists no resource has an ARN; the stack's outputs say it then.
  const said = (name: string) => {
    const value = snapshot.outputs[name];
    return typeof value === "string" ? value : undefined;
  };
  const ofArns = (part: number) => (arns.length > 0 ? arns.map((arn) => arn[part]) : undefined);
  const accountId = only(ofArns(4) ?? [said("accountId")], /^\d{12}$/);
  const region = only(ofArns(3) ?? [said("region")], /^[a-z]+(-[a-z]+)+-\d+$/);
  const side = {
    stack: snapshot.stack,
    accountId,
    region,
    identities: readIdentities(stack, accountId),
    repositories: stack.of(REPOSITORY).map((repository): Repository => {
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
    }),
    carriers: readCarriers(stack),
    network: {
      vpcs: vpcs.readVpcs(stack),
      subnets: vpcs.readSubnets(stack),
      ...vpcs.readRouteTables(stack),
      securityGroups: readSecurityGroups(stack),
      networkAcls: vpcs.readNetworkAcls(stack),
      gateways: vpcs.readGateways(stack),
      natGateways: vpcs.readNatGateways(stack),
      endpoints: readEndpoints(stack),
      loadBalancers: readLoadBalancers(stack),
      hosts: readHosts(stack),
      elasticIps: vpcs.readElasticIps(stack),
      resolverFirewalls: readResolverFirewalls(stack),
    },
    unmodelled: stack.resources
      .filter(({ urn, type }) => !KNOWN.has(type) && !isOfNoAccount(type, urn))
      .map(({ urn, type, name }) => ({ urn, type, name })),
    snapshot,
  };
  const gaps = new Map(stack.gaps.map((gap) => [`${gap.urn} ${gap.reason}`, gap]));
  return { ...side, gaps: [...gaps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap) };
}

/** Components and what makes no resource in a cloud; other providers' resources stay unmodelled. */
function isOfNoAccount(type: string, urn: string): boolean {
  const component = /^(git-airlock:|awsx:)/.test(type);
  return component || /^(pulumi:pulumi:|pulumi:providers:|random:|tls:)/.test(type) || urn === "";
}
