/** An account's network to create things in, for the tests of its services. */
import { Account } from "../../../rehearsal/aws/account";
import { Iam } from "../../../rehearsal/aws/identity/iam";
import { LoadBalancers } from "../../../rehearsal/aws/loadBalancing/loadBalancers";
import { TargetGroups } from "../../../rehearsal/aws/loadBalancing/targetGroups";
import { Vpcs } from "../../../rehearsal/aws/network/vpcs";
import { resourceOf } from "../../../rehearsal/aws/registry";
import type { Created, OwnImage, Properties } from "../../../rehearsal/aws/accountContext";
import { AwsError } from "../../../rehearsal/aws/awsError";
import { Volumes } from "../../../rehearsal/aws/storage/volumes";

export const certificateArn =
  "arn:aws:acm:ap-northeast-1:111111111111:certificate/11111111-1111-4111-8111-111111111111";

interface NetworkOptions {
  /** Public addresses that the account is given, in this order. @default 203.0.113.10 to .254 */
  addresses?: readonly string[];
  /** Machine images besides the official GitLab ones. @default [] */
  images?: readonly OwnImage[];
}

/** The services of an account's network. */
function networkOf(account: Account) {
  return {
    endpoints: account.vpcEndpoints,
    instances: account.instances,
    listeners: account.listeners,
    loadBalancers: LoadBalancers.of(account),
    resolverFirewall: account.resolverFirewall,
    routeTables: account.routeTables,
    securityGroups: account.securityGroups,
    subnets: account.subnets,
    targetGroups: TargetGroups.of(account),
    volumes: Volumes.of(account),
    vpcs: Vpcs.of(account),
  };
}

export class NetworkUnderTest {
  readonly #account: Account;
  readonly network: ReturnType<typeof networkOf>;

  constructor({ addresses, images = [] }: NetworkOptions = {}) {
    this.#account = new Account({
      accountId: "111111111111",
      region: "ap-northeast-1",
      seed: "test",
      certificateArns: [certificateArn],
      images,
      ...(addresses && { publicAddresses: addresses }),
    });
    const arn = "arn:aws:iam::111111111111:instance-profile/gitlab";
    Iam.of(this.#account).instanceProfiles.add("gitlab", { name: "gitlab", arn });
    this.network = networkOf(this.#account);
  }

  async create(type: string, name: string, inputs: Properties): Promise<Created> {
    return resourceOf(type).create(this.#account, { type, name, inputs });
  }

  async id(type: string, name: string, inputs: Properties): Promise<string> {
    return (await this.create(type, name, inputs)).id;
  }

  /** The error with which a creation is refused, "code: message". */
  async refusal(type: string, name: string, inputs: Properties): Promise<string> {
    try {
      await this.create(type, name, inputs);
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
    return "not refused";
  }

  call(token: string, inputs: Properties): Properties {
    return this.#account.call(token, inputs);
  }

  vpc(name = "net", cidrBlock = "10.0.0.0/16", more: Properties = {}): Promise<string> {
    return this.id("aws:ec2/vpc:Vpc", name, { cidrBlock, ...more });
  }

  subnet(
    vpcId: string,
    name: string,
    cidrBlock: string,
    availabilityZone = "ap-northeast-1a",
  ): Promise<string> {
    return this.id("aws:ec2/subnet:Subnet", name, { vpcId, cidrBlock, availabilityZone });
  }

  internetGateway(vpcId: string, name = "net"): Promise<string> {
    return this.id("aws:ec2/internetGateway:InternetGateway", name, { vpcId });
  }

  /** A route table with one default route, associated with the subnet. */
  async defaultRoute(vpcId: string, subnetId: string, name: string, target: Properties): Promise<string> {
    const routeTableId = await this.id("aws:ec2/routeTable:RouteTable", name, { vpcId });
    await this.create("aws:ec2/routeTableAssociation:RouteTableAssociation", name, {
      routeTableId,
      subnetId,
    });
    await this.create("aws:ec2/route:Route", name, {
      routeTableId,
      destinationCidrBlock: "0.0.0.0/0",
      ...target,
    });
    return routeTableId;
  }

  async natGateway(subnetId: string, name: string): Promise<string> {
    const allocationId = await this.id("aws:ec2/eip:Eip", name, {});
    return this.id("aws:ec2/natGateway:NatGateway", name, { subnetId, allocationId });
  }

  securityGroup(vpcId: string, name: string, more: Properties = {}): Promise<string> {
    return this.id("aws:ec2/securityGroup:SecurityGroup", name, { vpcId, name, ...more });
  }
}
