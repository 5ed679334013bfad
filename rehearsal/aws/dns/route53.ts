/** Route 53: the records of the zones that an account has already. */
import { z } from "zod";
import type { AccountContext, OwnZone } from "../accountContext";
import { AwsError } from "../awsError";
import { LoadBalancers } from "../loadBalancing/loadBalancers";
import { lookUp } from "../lookups";
import { perAccount } from "../perAccount";
import { resource, type Request } from "../resource";
import { Table } from "../table";

/** A record as the zone answers with it. */
export interface DnsRecord {
  zoneId: string;
  /** In lower case, without the final dot. */
  name: string;
  type: string;
  /** What it says, or the name that an alias stands for. */
  values: readonly string[];
}

/** The zones of one account, and their records. */
export class Route53 {
  static readonly of = perAccount((aws) => new Route53(aws));

  /** By zone, name and type. */
  readonly records = new Table<DnsRecord>("record", "InvalidChangeBatch", "InvalidChangeBatch");

  private constructor(readonly aws: AccountContext) {}

  /** The zone with this id, as the configuration has it. */
  zone(id: string): OwnZone | undefined {
    return this.aws.options.hostedZones?.find((zone) => zone.id === id);
  }

  /** Whether the account answers for the name on the Internet. */
  answersFor(name: string): boolean {
    return this.#publicZone(name) !== undefined;
  }

  /** What the Internet is told of a name: by the public zone that it is in, the smallest where there are several. */
  answer(name: string, type: string): readonly string[] {
    const zone = this.#publicZone(name);
    const found = this.records
      .values()
      .find((one) => one.zoneId === zone?.id && one.type === type && one.name === plainName(name));
    return found?.values ?? [];
  }

  /** The records of a name in a zone. */
  of(zoneId: string, name: string): DnsRecord[] {
    return this.records.values().filter((one) => one.zoneId === zoneId && one.name === name);
  }

  #publicZone(name: string): OwnZone | undefined {
    const zones = (this.aws.options.hostedZones ?? []).filter(
      (zone) => !zone.isPrivate && isInside(plainName(name), zone.name),
    );
    return zones.sort((a, b) => b.name.length - a.name.length)[0];
  }
}

/** A name as Route 53 compares it. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function isInside(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html */
export const getZone = lookUp(
  "aws:route53/getZone:getZone",
  z.looseObject({ zoneId: z.string() }),
  (aws, inputs) => {
    const zone = zoneOf(aws, inputs.zoneId);
    return {
      ...inputs,
      id: zone.id,
      zoneId: zone.id,
      arn: `arn:aws:route53:::hostedzone/${zone.id}`,
      name: zone.name,
      privateZone: zone.isPrivate,
      comment: "",
      callerReference: "",
      linkedServiceDescription: "",
      linkedServicePrincipal: "",
      nameServers: [],
      primaryNameServer: "",
      resourceRecordSetCount: 2,
      tags: {},
    };
  },
);

function zoneOf(aws: AccountContext, id: string): OwnZone {
  const zone = Route53.of(aws).zone(id);
  if (!zone) throw new AwsError("NoSuchHostedZone", `No hosted zone found with ID: ${id}`);
  return zone;
}

const recordInputs = z.looseObject({
  zoneId: z.string(),
  name: z.string(),
  type: z.enum("A AAAA CAA CNAME DS HTTPS MX NAPTR NS PTR SOA SPF SRV SSHFP SVCB TLSA TXT".split(" ")),
  ttl: z.number().int().min(0).max(2_147_483_647).optional(),
  records: z.array(z.string()).optional(),
  aliases: z
    .array(z.looseObject({ name: z.string(), zoneId: z.string(), evaluateTargetHealth: z.boolean() }))
    .length(1)
    .optional(),
  allowOverwrite: z.boolean().default(false),
  // Several records of one name and type, of which one answers. Nothing here decides which.
  setIdentifier: z.undefined().optional(),
});
type RecordRequest = Request<z.infer<typeof recordInputs>>;

/** @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
export const record = resource({
  type: "aws:route53/record:Record",
  inputs: recordInputs,
  replaces: ["zoneId", "name"],
  checks: [
    ({ aws, inputs }) => zoneOf(aws, inputs.zoneId),
    [
      "InvalidInput",
      ({ inputs: { records, aliases } }) =>
        (records === undefined) === (aliases === undefined) &&
        "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]",
    ],
    [
      "InvalidInput",
      ({ inputs: { records, ttl } }) =>
        (records === undefined) !== (ttl === undefined) &&
        "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]]",
    ],
    ["InvalidChangeBatch", apexProblem],
    ["InvalidChangeBatch", aliasProblem],
    ["InvalidChangeBatch", conflictProblem],
  ],
  id: (request) => [request.inputs.zoneId, fqdnOf(request), request.inputs.type].join("_"),
  keep: (request) => {
    const { aws, inputs } = request;
    const values = inputs.records ?? (inputs.aliases ?? []).map((alias) => alias.name);
    const name = fqdnOf(request);
    const { records } = Route53.of(aws);
    const id = [inputs.zoneId, name, inputs.type].join(" ");
    if (inputs.allowOverwrite) records.remove(id);
    records.add(id, { zoneId: inputs.zoneId, name, type: inputs.type, values });
  },
  outputs: (request) => ({ name: plainName(request.inputs.name), fqdn: fqdnOf(request) }),
});

/** The AWS provider takes a name that does not end with the zone's for one that goes before it. */
function fqdnOf({ aws, inputs }: RecordRequest): string {
  const { name: zone } = zoneOf(aws, inputs.zoneId);
  const name = plainName(inputs.name);
  return isInside(name, zone) ? name : `${name}.${zone}`;
}

function apexProblem(request: RecordRequest): string | false {
  const { name } = zoneOf(request.aws, request.inputs.zoneId);
  return (
    request.inputs.type === "CNAME" &&
    fqdnOf(request) === name &&
    `[RRSet of type CNAME with DNS name ${name}. is not permitted at apex in zone ${name}.]`
  );
}

/** An alias stands for something of AWS's; here that is a load balancer of the account, by its IPv4 addresses. */
function aliasProblem({ aws, inputs }: RecordRequest): string | false {
  const [alias] = inputs.aliases ?? [];
  if (alias === undefined) return false;
  const balancer = LoadBalancers.of(aws).byDnsName(plainName(alias.name));
  const tried = `[Tried to create an alias that targets ${plainName(alias.name)}., type ${inputs.type} in zone ${alias.zoneId}`;
  if (balancer === undefined || inputs.type !== "A") return `${tried}, but that target was not found]`;
  return (
    balancer.zoneId !== alias.zoneId &&
    `${tried}, but the alias target name does not lie within the target zone]`
  );
}

function conflictProblem(request: RecordRequest): string | false {
  const { aws, inputs } = request;
  const name = fqdnOf(request);
  const others = Route53.of(aws).of(inputs.zoneId, name);
  if (others.some(({ type }) => type === inputs.type)) {
    return (
      !inputs.allowOverwrite &&
      `[Tried to create resource record set [name='${name}.', type='${inputs.type}'] but it already exists]`
    );
  }
  return (
    others.some(({ type }) => [type, inputs.type].includes("CNAME")) &&
    `[RRSet of type ${inputs.type} with DNS name ${name}. is not permitted as it conflicts with other records with the same DNS name]`
  );
}
