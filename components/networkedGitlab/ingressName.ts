/** GitLab's name in a public Route 53 zone: its record, and the certificate that ACM makes for it. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { errorText } from "../../facts/errorText";
import { componentRefusal } from "../refusal";
import type { Scope } from "../scope";
import { zoneProblem } from "./hostedZone";

/** A name, and the id of the zone that it is to be in. */
export interface ZonedName {
  hostname: string;
  hostedZoneId: pulumi.Input<string>;
}

/** Seconds for which resolvers may keep the record that proves whose the name is. */
const validationTtl = 300;

/**
 * Makes the name lead to the load balancer, and a certificate for it.
 * @returns the ARN of the issued certificate
 */
export function createIngressName(
  scope: Scope,
  given: ZonedName,
  balancer: aws.lb.LoadBalancer,
): pulumi.Output<string> {
  const zoneId = checkedZone(scope, given);
  const { hostname } = given;
  createRecord(scope, { hostname, zoneId }, balancer);
  return createCertificate(scope, { hostname, zoneId });
}

interface CheckedName {
  hostname: string;
  zoneId: pulumi.Output<string>;
}

/**
 * Fails where somebody else made a record for the name. A query of an alias costs nothing
 * (https://aws.amazon.com/route53/pricing/).
 */
function createRecord(scope: Scope, { hostname, zoneId }: CheckedName, balancer: aws.lb.LoadBalancer): void {
  new aws.route53.Record(
    `${scope.name}-gitlab`,
    {
      zoneId,
      name: hostname,
      type: "A",
      // There is one target: whether it is well has no say in the answer.
      aliases: [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: false }],
    },
    { parent: scope.parent },
  );
}

/**
 * Makes a certificate, proves by a record in the zone whose the name is, and waits until it is issued; ACM renews it as
 * long as that record stands. The record may take an equal one's place: its name and value follow from the account and the
 * host name, so a certificate for the same name that the account has had, in whatever Region, has left the very same one.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
 */
function createCertificate(scope: Scope, { hostname, zoneId }: CheckedName): pulumi.Output<string> {
  const name = `${scope.name}-gitlab`;
  const opts = { parent: scope.parent };
  const certificate = new aws.acm.Certificate(
    name,
    // Asked for only once the zone is known to fit.
    { domainName: zoneId.apply(() => hostname), validationMethod: "DNS" },
    opts,
  );
  const proof = certificate.domainValidationOptions.apply(([only]) => {
    if (only) return only;
    throw new Error(`ACM does not say which record proves whose ${hostname} is`);
  });
  const record = new aws.route53.Record(
    `${name}-validation`,
    {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: validationTtl,
      allowOverwrite: true,
    },
    opts,
  );
  return new aws.acm.CertificateValidation(
    name,
    { certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
    opts,
  ).certificateArn;
}

/** The zone's id, once it is known that the name belongs there. */
function checkedZone(scope: Scope, { hostname, hostedZoneId }: ZonedName): pulumi.Output<string> {
  return pulumi.output(hostedZoneId).apply(async (zoneId) => {
    const problem = zoneProblem(hostname, await findZone(scope, zoneId));
    if (problem === undefined) return zoneId;
    throw componentRefusal(`gitlab.hostedZoneId: got "${zoneId}", which ${problem}`, scope.parent);
  });
}

async function findZone(scope: Scope, zoneId: string) {
  try {
    const { name, privateZone } = await aws.route53.getZone({ zoneId }, { parent: scope.parent });
    return { name, isPrivate: privateZone === true };
  } catch (error) {
    const reason = errorText(error);
    const expected = "expected the id of a Route 53 zone of this account";
    throw componentRefusal(
      `gitlab.hostedZoneId: got "${zoneId}", which was not found; ${expected} (${reason})`,
      scope.parent,
    );
  }
}
