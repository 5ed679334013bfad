/** EBS volumes and their attachment to instances. */
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { accountTimestamp } from "../clock";
import { Instances } from "../compute/instances";
import { AvailabilityZones } from "../network/availabilityZones";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged, tagOutputs } from "../tags";
import { ebsDefaults } from "./ebsDefaults";

/** A volume of the account. */
export interface Volume {
  id: string;
  availabilityZone: string;
  /** GiB */
  size: number;
  encrypted: boolean;
  attachedTo: { instanceId: string; deviceName: string } | undefined;
  tags: Record<string, string>;
}

/** The volumes of one account, root volumes excepted. */
export class Volumes {
  static readonly of = perAccount((aws) => new Volumes(aws));

  readonly table = new Table<Volume>("volume", "InvalidVolume.NotFound");

  private constructor(readonly aws: AccountContext) {}

  /** The volume with this id; InvalidVolume.NotFound without one. */
  get(id: string): Volume {
    return this.table.get(id);
  }
}

/**
 * GiB, smallest and largest, by type.
 * @see https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
const sizes = {
  gp2: [1, 16_384],
  gp3: [1, 65_536],
  io1: [4, 16_384],
  io2: [4, 65_536],
  st1: [125, 16_384],
  sc1: [125, 16_384],
  standard: [1, 1024],
} as const satisfies Record<string, readonly [number, number]>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVolume.html */
export const volume = resource({
  type: "aws:ebs/volume:Volume",
  inputs: z.looseObject({
    ...tagged.shape,
    availabilityZone: z.string(),
    size: z.number().int().optional(),
    type: z.enum(["gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"]).default("gp2"),
    iops: z.number().int().optional(),
    throughput: z.number().int().optional(),
    encrypted: z.boolean().default(false),
    kmsKeyId: z.string().optional(),
    snapshotId: z.string().optional(),
  }),
  replaces: ["availabilityZone", "encrypted", "kmsKeyId", "snapshotId"],
  checks: [
    ({ aws, inputs }) => AvailabilityZones.of(aws).get(inputs.availabilityZone),
    [
      "InvalidSnapshot.NotFound",
      ({ inputs: { snapshotId } }) =>
        snapshotId !== undefined && `The snapshot '${snapshotId}' does not exist.`,
    ],
    [
      "MissingParameter",
      ({ inputs }) => inputs.size === undefined && "The request must contain the parameter size/snapshot",
    ],
    [
      "InvalidParameterValue",
      ({ inputs: { size = 0, type } }) => {
        const [smallest, largest] = sizes[type];
        return (
          (size < smallest || size > largest) &&
          `Volume of ${size}GiB is invalid for type ${type}; expected ${smallest} to ${largest}`
        );
      },
    ],
    [
      "InvalidParameterCombination",
      ({ inputs: { throughput, type } }) =>
        throughput !== undefined && type !== "gp3" && `The parameter throughput is not supported for ${type}`,
    ],
    [
      "InvalidParameterDependency",
      ({ inputs: { kmsKeyId, encrypted } }) =>
        kmsKeyId !== undefined && !encrypted && "The parameter KmsKeyId requires the parameter Encrypted",
    ],
  ],
  id: ({ aws, creation }) => aws.newId("vol", creation.name),
  arn: ({ aws, id }) => aws.arn("ec2", `volume/${id}`),
  keep: ({ aws, inputs: { availabilityZone, size = 0, encrypted, ...inputs }, id }) =>
    Volumes.of(aws).table.add(id, {
      id,
      availabilityZone,
      size,
      encrypted,
      attachedTo: undefined,
      tags: tagOutputs(inputs).tagsAll,
    }),
  outputs: ({ aws, inputs, id }) => ({
    id,
    createTime: accountTimestamp,
    snapshotId: "",
    ...ebsDefaults(aws, { ...inputs, size: inputs.size ?? 0 }),
  }),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachVolume.html */
export const volumeAttachment = resource({
  type: "aws:ec2/volumeAttachment:VolumeAttachment",
  inputs: z.looseObject({ deviceName: z.string(), instanceId: z.string(), volumeId: z.string() }),
  replaces: ["deviceName", "instanceId", "volumeId"],
  checks: [
    ({ aws, inputs }) => Volumes.of(aws).get(inputs.volumeId),
    ({ aws, inputs }) => Instances.of(aws).get(inputs.instanceId),
    [
      "InvalidParameterValue",
      ({ inputs: { deviceName } }) =>
        !/^\/dev\/(sd[a-z][1-9]?|xvd[a-d]?[a-z])$/.test(deviceName) &&
        `Value (${deviceName}) for parameter device is invalid. ${deviceName} is not a valid EBS device name.`,
    ],
    [
      "VolumeInUse",
      ({ aws, inputs: { volumeId } }) => {
        const { attachedTo } = Volumes.of(aws).get(volumeId);
        return attachedTo && `${volumeId} is already attached to ${attachedTo.instanceId}`;
      },
    ],
    [
      "InvalidVolume.ZoneMismatch",
      ({ aws, inputs: { volumeId, instanceId } }) => {
        const [here, there] = [Volumes.of(aws).get(volumeId), Instances.of(aws).get(instanceId)];
        return (
          here.availabilityZone !== there.availabilityZone &&
          `The volume '${volumeId}' is not in the same availability zone as instance '${instanceId}' (${here.availabilityZone} and ${there.availabilityZone})`
        );
      },
    ],
    [
      "InvalidParameterValue",
      ({ aws, inputs: { deviceName, instanceId } }) =>
        Instances.of(aws).get(instanceId).devices.has(deviceName) &&
        `Invalid value '${deviceName}' for unixDevice. Attachment point ${deviceName} is already in use`,
    ],
  ],
  id: ({ aws, creation }) =>
    `vai-${Number.parseInt(aws.digest("attachment", creation.name).slice(0, 8), 16)}`,
  keep: ({ aws, inputs: { deviceName, instanceId, volumeId } }) => {
    Instances.of(aws).get(instanceId).devices.add(deviceName);
    Volumes.of(aws).get(volumeId).attachedTo = { instanceId, deviceName };
  },
  outputs: ({ id }) => ({ id }),
});
