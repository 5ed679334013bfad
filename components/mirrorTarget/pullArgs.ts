/** How isolated terminals pull: through an endpoint of their VPC, or from listed addresses. */
import type { z } from "zod";
import { isolatedNetworkPrefix } from "../limits";
import { networkCidr, terminalCidrs } from "../schema/addresses";
import { choose, distinctTexts, eventually, list, literal, object, withRules, word } from "../schema/fields";
import { ec2IdOf, zone } from "../schema/place";

const modes = ["endpoint", "addresses"];

/** A VPC to be made, without a way out. */
function newIsolatedNetwork(region: string | undefined) {
  const example = [`${region ?? "ap-northeast-1"}a`];
  const schema = object(
    {
      /** IPv4 range of the isolated VPC, /16 to /27. @default "10.1.0.0/24" */
      cidrBlock: networkCidr("10.1.0.0/24", isolatedNetworkPrefix).default("10.1.0.0/24"),
      /** One or more zones, by name. */
      availabilityZones: distinctTexts(zone(region), example, 1),
    },
    { availabilityZones: example },
  );
  return withRules(schema, {
    keys: ["cidrBlock", "availabilityZones"],
    check: ({ cidrBlock, availabilityZones }, problem) => {
      // The narrowest subnet is a /28 (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html).
      const most = 2 ** (28 - Number(cidrBlock.split("/")[1]));
      if (availabilityZones.length <= most) return;
      const message = `is more zones than ${cidrBlock} has subnets for; expected at most ${most}`;
      problem(["availabilityZones"], availabilityZones, message);
    },
  });
}

/** A VPC that exists. */
function existingIsolatedNetwork() {
  const example = ["subnet-0123456789abcdef0"];
  return object(
    {
      vpcId: ec2IdOf("vpc", "a VPC"),
      /** One or more subnets, each in a zone of its own. */
      subnetIds: list(eventually(ec2IdOf("subnet", "a subnet")), example, 1, (id) =>
        typeof id === "string" ? id : undefined,
      ),
    },
    { vpcId: "vpc-0123456789abcdef0", subnetIds: example },
  );
}

function isolatedNetwork(region: string | undefined) {
  const [made, existing] = [newIsolatedNetwork(region), existingIsolatedNetwork()];
  return choose((value) => ("vpcId" in value || "subnetIds" in value ? existing : made));
}

/** Pull through an interface endpoint whose own policy admits nothing but GitPull on the airlock repositories. */
function endpointPull(region: string | undefined) {
  const zones = [`${region ?? "ap-northeast-1"}a`];
  return object(
    {
      mode: literal("endpoint", modes).default("endpoint"),
      /** From where the endpoint may be reached: the isolated terminals' CIDRs as the isolated VPC sees them. */
      isolatedTerminalCidrs: terminalCidrs("192.0.2.0/24", 1),
      /**
       * What binds the pull user to the endpoint. `sourceVpce` names the endpoint, `sourceVpc` its VPC, and `noSourceIp`
       * (weaker: any endpoint will do) asks that the request came through no public address. @default "sourceVpce"
       */
      lock: word("sourceVpce", "sourceVpc", "noSourceIp").default("sourceVpce"),
      /** Where the pull endpoint goes: a VPC to be made, or one that exists. */
      network: isolatedNetwork(region),
    },
    { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones: zones } },
  );
}

/** Pull from listed addresses over the Internet. Leaves claim C5 open. */
function addressesPull() {
  return object(
    {
      mode: literal("addresses", modes),
      /** Public IPv4 CIDRs of the isolated terminals. */
      isolatedTerminalCidrs: terminalCidrs("192.0.2.0/24", 1, true),
    },
    { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] },
  );
}

/** The schema of the argument `pull`. */
export function pullSchema(region: string | undefined) {
  const [endpoint, addresses] = [endpointPull(region), addressesPull()];
  return choose(({ mode }) => (mode === "addresses" ? addresses : endpoint));
}

/** With its defaults. */
export type EndpointPullArgs = z.output<ReturnType<typeof endpointPull>>;
export type AddressesPullArgs = z.output<ReturnType<typeof addressesPull>>;
export type PullArgs = EndpointPullArgs | AddressesPullArgs;
/** With its defaults. */
export type NewIsolatedNetworkArgs = z.output<ReturnType<typeof newIsolatedNetwork>>;
