/** EC2's instances. */
import { z } from "zod";
import { ebsDefaults } from "../storage/ebsDefaults";
import type { Image, Images } from "./images";
import { requireInstanceType, userDataOf } from "./launchParameters";
import type { NatGateways } from "../network/natGateways";
import type { SecurityGroups } from "../network/securityGroups";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Properties,
  type Service,
} from "../service";
import type { Subnet, Subnets } from "../network/subnets";
import { tagged, tagOutputs } from "../tags";
import type { Vpcs } from "../network/vpcs";

/** An instance of the account. */
export interface Instance {
  id: string;
  amiId: string;
  vpcId: string;
  subnetId: string;
  availabilityZone: string;
  privateIp: string;
  /** Undefined for an instance without a public address. */
  publicIp: string | undefined;
  securityGroupIds: string[];
  /** Name of the instance profile, if it has one. */
  iamInstanceProfile: string | undefined;
  /** The user data as text; empty without any. */
  userData: string;
  /** Device names in use, the root's included. */
  devices: Set<string>;
  tags: Record<string, string>;
}

/** What an instance asks of IAM. */
export interface InstanceProfiles {
  instanceProfile(name: string): { name: string } | undefined;
}

const rootBlockDeviceSchema = z.looseObject({
  volumeSize: z.number().int().positive().optional(),
  volumeType: z.enum(["standard", "gp2", "gp3", "io1", "io2", "sc1", "st1"]).default("gp2"),
  iops: z.number().int().optional(),
  throughput: z.number().int().optional(),
  kmsKeyId: z.string().optional(),
  encrypted: z.boolean().default(false),
  deleteOnTermination: z.boolean().default(true),
  tags: z.record(z.string(), z.string()).optional(),
});

const metadataOptionsSchema = z.strictObject({
  httpEndpoint: z.enum(["enabled", "disabled"]).default("enabled"),
  httpProtocolIpv6: z.enum(["enabled", "disabled"]).default("disabled"),
  httpPutResponseHopLimit: z.number().int().min(1).max(64).default(1),
  httpTokens: z.enum(["optional", "required"]).default("optional"),
  instanceMetadataTags: z.enum(["enabled", "disabled"]).default("disabled"),
});

const instanceSchema = z.looseObject({
  ...tagged.shape,
  ami: z.string(),
  instanceType: z.string(),
  subnetId: z.string().optional(),
  availabilityZone: z.string().optional(),
  vpcSecurityGroupIds: z.array(z.string()).optional(),
  privateIp: z.string().optional(),
  associatePublicIpAddress: z.boolean().optional(),
  iamInstanceProfile: z.string().optional(),
  userData: z.string().optional(),
  userDataBase64: z.string().optional(),
  metadataOptions: metadataOptionsSchema.prefault({}),
  rootBlockDevice: rootBlockDeviceSchema.prefault({}),
  disableApiTermination: z.boolean().default(false),
  disableApiStop: z.boolean().default(false),
  instanceInitiatedShutdownBehavior: z.enum(["stop", "terminate"]).default("stop"),
  monitoring: z.boolean().default(false),
});

type InstanceInputs = z.infer<typeof instanceSchema>;

/** What the provider reads back of features that a request leaves alone. */
const notAsked = {
  capacityReservationSpecification: { capacityReservationPreference: "open" },
  enablePrimaryIpv6: false,
  enclaveOptions: { enabled: false },
  ephemeralBlockDevices: [],
  hostId: "",
  hostResourceGroupArn: "",
  instanceLifecycle: "",
  ipv6AddressCount: 0,
  ipv6Addresses: [],
  maintenanceOptions: { autoRecovery: "default" },
  networkInterfaces: [],
  outpostArn: "",
  passwordData: "",
  placementGroup: "",
  placementGroupId: "",
  placementPartitionNumber: 0,
  privateDnsNameOptions: {
    enableResourceNameDnsARecord: false,
    enableResourceNameDnsAaaaRecord: false,
    hostnameType: "ip-name",
  },
  spotInstanceRequestId: "",
};

export class Instances implements Service {
  readonly #instances = new Table<Instance>("instance ID", "InvalidInstanceID.NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly vpcs: Vpcs,
    private readonly subnets: Subnets,
    private readonly securityGroups: SecurityGroups,
    private readonly natGateways: NatGateways,
    private readonly images: Images,
    private readonly profiles: InstanceProfiles,
  ) {}

  readonly kinds = {
    "aws:ec2/instance:Instance": kind(instanceSchema, (inputs, creation) => this.#create(inputs, creation)),
  };

  /** The instance with this id; InvalidInstanceID.NotFound without one. */
  get(id: string): Instance {
    return this.#instances.get(id);
  }

  /** The instance with this id, if there is one. */
  find(id: string): Instance | undefined {
    return this.#instances.find(id);
  }

  /** All instances in the order they were made. */
  all(): Instance[] {
    return this.#instances.values();
  }

  #create(inputs: InstanceInputs, creation: Creation): Created {
    const image = this.images.get(inputs.ami);
    requireInstanceType(inputs.instanceType, image);
    const subnet = this.#subnetOf(inputs);
    const securityGroupIds = this.securityGroups.forInterface(subnet.vpcId, inputs.vpcSecurityGroupIds);
    if (
      inputs.iamInstanceProfile !== undefined &&
      !this.profiles.instanceProfile(inputs.iamInstanceProfile)
    ) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${inputs.iamInstanceProfile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
      );
    }
    const userData = userDataOf(inputs);
    const rootSize = inputs.rootBlockDevice.volumeSize ?? image.rootVolumeSize;
    if (rootSize < image.rootVolumeSize) {
      throw new AwsError(
        "InvalidBlockDeviceMapping",
        `Volume of size ${rootSize}GB is smaller than the snapshot of ${image.id}, expect size >= ${image.rootVolumeSize}GB`,
      );
    }
    const { tags, tagsAll } = tagOutputs(inputs);
    const id = this.context.newId("i", creation.name);
    const privateIp =
      inputs.privateIp === undefined
        ? this.subnets.takeAddress(subnet.id, creation.name)
        : this.subnets.takeGivenAddress(subnet.id, inputs.privateIp);
    const isPublic = inputs.associatePublicIpAddress ?? subnet.mapPublicIpOnLaunch;
    const networkInterfaceId = this.context.newId("eni", `${id} primary`);
    const publicIp = isPublic ? this.natGateways.takePublicAddress() : undefined;
    this.#instances.add(id, {
      id,
      amiId: image.id,
      vpcId: subnet.vpcId,
      subnetId: subnet.id,
      availabilityZone: subnet.availabilityZone,
      privateIp,
      publicIp,
      securityGroupIds,
      iamInstanceProfile: inputs.iamInstanceProfile,
      userData,
      devices: new Set([image.rootDeviceName]),
      tags: tagsAll,
    });
    return {
      id,
      outputs: {
        ...inputs,
        id,
        arn: this.context.arn("ec2", `instance/${id}`),
        associatePublicIpAddress: isPublic,
        availabilityZone: subnet.availabilityZone,
        ebsBlockDevices: inputs.ebsBlockDevices ?? [],
        ebsOptimized: inputs.ebsOptimized ?? false,
        ...notAsked,
        iamInstanceProfile: inputs.iamInstanceProfile ?? "",
        instanceState: "running",
        keyName: inputs.keyName ?? "",
        primaryNetworkInterface: { deleteOnTermination: true, networkInterfaceId },
        primaryNetworkInterfaceId: networkInterfaceId,
        privateDns: this.#dnsName(subnet, "ip", privateIp, `${this.context.region}.compute.internal`),
        privateIp,
        publicDns:
          publicIp === undefined
            ? ""
            : this.#dnsName(subnet, "ec2", publicIp, `${this.context.region}.compute.amazonaws.com`),
        publicIp: publicIp ?? "",
        region: this.context.region,
        rootBlockDevice: this.#rootVolume(id, rootSize, inputs, image),
        secondaryNetworkInterfaces: [],
        secondaryPrivateIps: [],
        securityGroups: [],
        subnetId: subnet.id,
        tenancy: inputs.tenancy ?? "default",
        vpcSecurityGroupIds: securityGroupIds,
        tags,
        tagsAll,
      },
    };
  }

  #rootVolume(id: string, size: number, { rootBlockDevice }: InstanceInputs, image: Image): Properties {
    return {
      ...rootBlockDevice,
      ...ebsDefaults(this.context, { ...rootBlockDevice, type: rootBlockDevice.volumeType, size }),
      deviceName: image.rootDeviceName,
      tagsAll: rootBlockDevice.tags ?? {},
      volumeId: this.context.newId("vol", `${id} root`),
      volumeSize: size,
    };
  }

  #subnetOf(inputs: InstanceInputs): Subnet {
    if (inputs.subnetId === undefined) {
      throw new AwsError("VPCIdNotSpecified", "No default VPC for this user; give the instance a subnetId");
    }
    const subnet = this.subnets.get(inputs.subnetId);
    if (inputs.availabilityZone !== undefined && inputs.availabilityZone !== subnet.availabilityZone) {
      throw new AwsError(
        "InvalidParameterValue",
        `The availability zone ${inputs.availabilityZone} is not that of ${subnet.id}, ${subnet.availabilityZone}`,
      );
    }
    return subnet;
  }

  /** An address's name in the VPC's DNS; none where the VPC gives no host names to public addresses. */
  #dnsName(subnet: Subnet, prefix: "ip" | "ec2", address: string, domain: string): string {
    if (prefix === "ec2" && !this.vpcs.get(subnet.vpcId).enableDnsHostnames) return "";
    return `${prefix}-${address.replaceAll(".", "-")}.${domain}`;
  }
}
