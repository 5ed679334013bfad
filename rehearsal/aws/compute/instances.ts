/** EC2's instances. */
import { z } from "zod";
import type { AccountContext, Properties } from "../accountContext";
import { AwsError } from "../awsError";
import { Iam } from "../identity/iam";
import { NatGateways } from "../network/natGateways";
import { SecurityGroups } from "../network/securityGroups";
import { Subnets, type Subnet } from "../network/subnets";
import { Vpcs } from "../network/vpcs";
import { perAccount } from "../perAccount";
import { byInputs, changesOf } from "../replacement";
import { resource, type Accepted, type Request } from "../resource";
import { ebsDefaults } from "../storage/ebsDefaults";
import { Table } from "../table";
import { tagged, tagOutputs } from "../tags";
import { findImage } from "./images";
import { architectureOf, requireInstanceType, userDataOf } from "./launchParameters";

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

/** The instances of one account. */
export class Instances {
  static readonly of = perAccount((aws) => new Instances(aws));

  readonly table = new Table<Instance>("instance ID", "InvalidInstanceID.NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The instance with this id; InvalidInstanceID.NotFound without one. */
  get(id: string): Instance {
    return this.table.get(id);
  }

  /** The instance with this id, if there is one. */
  find(id: string): Instance | undefined {
    return this.table.find(id);
  }
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

const instanceInputs = z.looseObject({
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

type InstanceRequest = Request<z.infer<typeof instanceInputs>>;

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

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html */
export const instance = resource({
  type: "aws:ec2/instance:Instance",
  inputs: instanceInputs,
  defaults: {
    ebsBlockDevices: [],
    ebsOptimized: false,
    iamInstanceProfile: "",
    keyName: "",
    tenancy: "default",
  },
  replaces: byInputs(["ami", "availabilityZone", "subnetId", "privateIp", "associatePublicIpAddress"], {
    instanceType: changesArchitecture,
    rootBlockDevice: changesOf("encrypted", "kmsKeyId"),
  }),
  checks: [
    ({ aws, inputs }) => {
      requireInstanceType(inputs.instanceType, findImage(aws, inputs.ami));
    },
    subnetOf,
    groupsOf,
    [
      "InvalidParameterValue",
      ({ aws, inputs: { iamInstanceProfile: profile } }) =>
        profile !== undefined &&
        !Iam.of(aws).instanceProfile(profile) &&
        `Value (${profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name`,
    ],
    ({ inputs }) => userDataOf(inputs),
    [
      "InvalidBlockDeviceMapping",
      (request) => {
        const { id, rootVolumeSize: least } = findImage(request.aws, request.inputs.ami);
        const size = rootSizeOf(request);
        return (
          size < least &&
          `Volume of size ${size}GB is smaller than the snapshot of ${id}, expect size >= ${least}GB`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.newId("i", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `instance/${id}`),
  keep: (request) => {
    const { aws, creation, inputs, id } = request;
    const image = findImage(aws, inputs.ami);
    const subnet = subnetOf(request);
    Instances.of(aws).table.add(id, {
      id,
      amiId: image.id,
      vpcId: subnet.vpcId,
      subnetId: subnet.id,
      availabilityZone: subnet.availabilityZone,
      privateIp: Subnets.of(aws).occupy(subnet.id, creation.name, inputs.privateIp),
      publicIp: isPublic(request) ? NatGateways.of(aws).takePublicAddress() : undefined,
      securityGroupIds: groupsOf(request),
      iamInstanceProfile: inputs.iamInstanceProfile,
      userData: userDataOf(inputs),
      devices: new Set([image.rootDeviceName]),
      tags: tagOutputs(inputs).tagsAll,
    });
  },
  outputs: (request) => {
    const { aws, id } = request;
    const { availabilityZone, subnetId, vpcId, privateIp, publicIp, securityGroupIds } =
      Instances.of(aws).get(id);
    const networkInterfaceId = aws.newId("eni", `${id} primary`);
    // A VPC may give no host names to public addresses.
    const hasPublicDns = publicIp !== undefined && Vpcs.of(aws).get(vpcId).enableDnsHostnames;
    return {
      ...notAsked,
      id,
      associatePublicIpAddress: isPublic(request),
      availabilityZone,
      instanceState: "running",
      primaryNetworkInterface: { deleteOnTermination: true, networkInterfaceId },
      primaryNetworkInterfaceId: networkInterfaceId,
      privateDns: `ip-${privateIp.replaceAll(".", "-")}.${aws.region}.compute.internal`,
      privateIp,
      publicDns: hasPublicDns
        ? `ec2-${publicIp.replaceAll(".", "-")}.${aws.region}.compute.amazonaws.com`
        : "",
      publicIp: publicIp ?? "",
      rootBlockDevice: rootVolumeOf(request),
      secondaryNetworkInterfaces: [],
      secondaryPrivateIps: [],
      securityGroups: [],
      subnetId,
      vpcSecurityGroupIds: securityGroupIds,
    };
  },
});

/** An instance cannot be started again under the other architecture: its image is for one. */
function changesArchitecture(before: unknown, after: unknown): boolean {
  return architectureOf(String(before)) !== architectureOf(String(after));
}

function subnetOf({ aws, inputs: { subnetId, availabilityZone } }: InstanceRequest): Subnet {
  if (subnetId === undefined)
    throw new AwsError("VPCIdNotSpecified", "No default VPC for this user; give the instance a subnetId");
  const subnet = Subnets.of(aws).get(subnetId);
  if (availabilityZone === undefined || availabilityZone === subnet.availabilityZone) return subnet;
  throw new AwsError(
    "InvalidParameterValue",
    `The availability zone ${availabilityZone} is not that of ${subnet.id}, ${subnet.availabilityZone}`,
  );
}

function groupsOf(request: InstanceRequest): string[] {
  const { vpcId } = subnetOf(request);
  return SecurityGroups.of(request.aws).forInterface(vpcId, request.inputs.vpcSecurityGroupIds);
}

function isPublic(request: InstanceRequest): boolean {
  return request.inputs.associatePublicIpAddress ?? subnetOf(request).mapPublicIpOnLaunch;
}

function rootSizeOf({ aws, inputs }: InstanceRequest): number {
  return inputs.rootBlockDevice.volumeSize ?? findImage(aws, inputs.ami).rootVolumeSize;
}

function rootVolumeOf(request: Accepted<z.infer<typeof instanceInputs>>): Properties {
  const { aws, inputs, id } = request;
  const size = rootSizeOf(request);
  const asked = inputs.rootBlockDevice;
  return {
    ...asked,
    ...ebsDefaults(aws, { ...asked, type: asked.volumeType, size }),
    deviceName: findImage(aws, inputs.ami).rootDeviceName,
    tagsAll: asked.tags ?? {},
    volumeId: aws.newId("vol", `${id} root`),
    volumeSize: size,
  };
}
