/** An account's network to create things in, for the tests of its services. */
import { Account } from "../../../rehearsal/accounts/account";
import { Network, type NetworkOptions } from "../../../rehearsal/accounts/network";
import { AwsError, type Created, type Properties } from "../../../rehearsal/accounts/service";

export const certificateArn =
  "arn:aws:acm:ap-northeast-1:111111111111:certificate/11111111-1111-4111-8111-111111111111";

const defaults: NetworkOptions = {
  profiles: { instanceProfile: (name) => (name === "gitlab" ? { name } : undefined) },
  certificates: { hasCertificate: (arn) => arn === certificateArn },
};

export class NetworkUnderTest {
  readonly network: Network;

  constructor(options: Partial<NetworkOptions> = {}, region = "ap-northeast-1") {
    const account = new Account({ accountId: "111111111111", region, seed: "test" });
    this.network = new Network(account, { ...defaults, ...options });
  }

  async create(type: string, name: string, inputs: Properties): Promise<Created> {
    const kind = this.network.services.map((s) => s.kinds[type]).find((k) => k !== undefined);
    if (!kind) throw new Error(`no kind ${type}`);
    return kind.create({ type, name, inputs });
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
    const run = this.network.services.map((s) => s.functions?.[token]).find((f) => f !== undefined);
    if (!run) throw new Error(`no function ${token}`);
    return run(inputs);
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
