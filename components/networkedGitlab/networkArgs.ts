/** Where GitLab and the proxy go: a network to be made, or one that exists. */
import type { z } from "zod";
import { newNetworkPrefix, vpcPrefix } from "../limits";
import { networkCidr, publicAddress } from "../schema/addresses";
import { choose, distinctTexts, object, withRules, word } from "../schema/fields";
import { ec2IdOf, zone } from "../schema/place";

/** What is missing where a tier has too few subnets. */
export const subnetExample = `["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"]`;

/** A network to be made: public, private and isolated subnets in each availability zone. */
function newNetwork(region: string | undefined) {
  const zones = [`${region ?? "ap-northeast-1"}a`, `${region ?? "ap-northeast-1"}c`];
  return object(
    {
      /** IPv4 range of the VPC, a prefix of /16 to /24. @default "10.0.0.0/16" */
      cidrBlock: networkCidr("10.0.0.0/16", newNetworkPrefix).default("10.0.0.0/16"),
      /** Exactly two zones, by name: a name pins an Elastic IP to its zone for good. */
      availabilityZones: distinctTexts(zone(region), zones, 1).superRefine((value, context) => {
        if (value.length === 2) return;
        const message = `is not exactly two zones; expected e.g. ${JSON.stringify(zones)}`;
        context.addIssue({ code: "custom", input: value, message });
      }),
      /** One NAT gateway in each zone, or a single one in the first. @default "OnePerAz" */
      natGateways: word("OnePerAz", "Single").default("OnePerAz"),
    },
    { availabilityZones: zones },
  );
}

/** A network that exists: it is used as it is, and nothing in it is changed. */
function existingNetwork() {
  const example = ["subnet-0123456789abcdef0", "subnet-0fedcba9876543210"];
  const subnets = () => distinctTexts(ec2IdOf("subnet", "a subnet"), example, 0);
  const schema = object(
    {
      vpcId: ec2IdOf("vpc", "a VPC"),
      /** The VPC's IPv4 range. */
      cidrBlock: networkCidr("10.0.0.0/16", vpcPrefix),
      /** Where the ingress load balancer goes: two subnets with a route to an Internet gateway. */
      publicSubnetIds: subnets().default([]),
      /** Where the proxy goes (and GitLab, when there is no proxy): subnets that go out through the NAT gateways. */
      privateSubnetIds: subnets().default([]),
      /**
       * Where GitLab goes: subnets without a route out, but from where private addresses of the VPC answer to the names of
       * `ssm` and `ssmmessages`. Not needed without a proxy.
       */
      isolatedSubnetIds: subnets().default([]),
      /** The public IPv4 addresses of the NAT gateways behind the private subnets. */
      natPublicIps: distinctTexts(publicAddress(), ["203.0.113.10", "203.0.113.20"], 1),
    },
    { vpcId: "vpc-0123456789abcdef0" },
  );
  return withRules(schema, {
    keys: ["publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds"],
    check: ({ publicSubnetIds, privateSubnetIds, isolatedSubnetIds }, problem) => {
      const tierOf = new Map<string, string>();
      for (const [tier, ids] of Object.entries({ publicSubnetIds, privateSubnetIds, isolatedSubnetIds }))
        for (const [index, id] of ids.entries()) {
          const other = tierOf.get(id);
          if (other === undefined) tierOf.set(id, tier);
          else problem([tier, index], id, `is in ${other} too; expected a subnet of one tier only`);
        }
    },
  });
}

/** The schema of the argument `network`. */
export function networkSchema(region: string | undefined) {
  const marks = ["vpcId", "publicSubnetIds", "privateSubnetIds", "isolatedSubnetIds", "natPublicIps"];
  const [made, existing] = [newNetwork(region), existingNetwork()];
  return choose((value) => (marks.some((key) => key in value) ? existing : made));
}

/** With its defaults. */
export type NewNetworkArgs = z.output<ReturnType<typeof newNetwork>>;
/** With its defaults. */
export type ExistingNetworkArgs = z.output<ReturnType<typeof existingNetwork>>;
export type NetworkArgs = NewNetworkArgs | ExistingNetworkArgs;
