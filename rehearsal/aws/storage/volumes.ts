/** EBS volumes and their attachment to instances. */
import { z } from "zod";
import type { AvailabilityZones } from "../network/availabilityZones";
import { accountTimestamp } from "../clock";
import { ebsDefaults } from "./ebsDefaults";
import type { Instances } from "../compute/instances";
import {
  AwsError,
  kind,
  Table,
  type AccountContext,
  type Created,
  type Creation,
  type Service,
} from "../service";
import { tagged, tagOutputs } from "../tags";

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

/** GiB, smallest and largest, by type (EBS User Guide, "Amazon EBS volume types"). */
const sizes = {
  gp2: [1, 16_384],
  gp3: [1, 65_536],
  io1: [4, 16_384],
  io2: [4, 65_536],
  st1: [125, 16_384],
  sc1: [125, 16_384],
  standard: [1, 1024],
} as const satisfies Record<string, readonly [number, number]>;

const volumeSchema = z.looseObject({
  ...tagged.shape,
  availabilityZone: z.string(),
  size: z.number().int().optional(),
  type: z.enum(["gp2", "gp3", "io1", "io2", "st1", "sc1", "standard"]).default("gp2"),
  iops: z.number().int().optional(),
  throughput: z.number().int().optional(),
  encrypted: z.boolean().default(false),
  kmsKeyId: z.string().optional(),
  snapshotId: z.string().optional(),
});

const attachmentSchema = z.looseObject({
  deviceName: z.string(),
  instanceId: z.string(),
  volumeId: z.string(),
});

export class Volumes implements Service {
  readonly #volumes = new Table<Volume>("volume", "InvalidVolume.NotFound");

  constructor(
    private readonly context: AccountContext,
    private readonly zones: AvailabilityZones,
    private readonly instances: Instances,
  ) {}

  readonly kinds = {
    "aws:ebs/volume:Volume": kind(volumeSchema, (inputs, creation) => this.#create(inputs, creation)),
    "aws:ec2/volumeAttachment:VolumeAttachment": kind(attachmentSchema, (inputs, creation) =>
      this.#attach(inputs, creation),
    ),
  };

  /** The volume with this id; InvalidVolume.NotFound without one. */
  get(id: string): Volume {
    return this.#volumes.get(id);
  }

  /** All volumes in the order they were made, root volumes excepted. */
  all(): Volume[] {
    return this.#volumes.values();
  }

  #create(inputs: z.infer<typeof volumeSchema>, creation: Creation): Created {
    const zone = this.zones.get(inputs.availabilityZone);
    if (inputs.snapshotId !== undefined) {
      throw new AwsError("InvalidSnapshot.NotFound", `The snapshot '${inputs.snapshotId}' does not exist.`);
    }
    if (inputs.size === undefined) {
      throw new AwsError("MissingParameter", "The request must contain the parameter size/snapshot");
    }
    const [smallest, largest] = sizes[inputs.type];
    if (inputs.size < smallest || inputs.size > largest) {
      throw new AwsError(
        "InvalidParameterValue",
        `Volume of ${inputs.size}GiB is invalid for type ${inputs.type}; expected ${smallest} to ${largest}`,
      );
    }
    if (inputs.throughput !== undefined && inputs.type !== "gp3") {
      throw new AwsError(
        "InvalidParameterCombination",
        `The parameter throughput is not supported for ${inputs.type}`,
      );
    }
    if (inputs.kmsKeyId !== undefined && !inputs.encrypted) {
      throw new AwsError(
        "InvalidParameterDependency",
        "The parameter KmsKeyId requires the parameter Encrypted",
      );
    }
    const { tags, tagsAll } = tagOutputs(inputs);
    const id = this.context.newId("vol", creation.name);
    this.#volumes.add(id, {
      id,
      availabilityZone: zone.name,
      size: inputs.size,
      encrypted: inputs.encrypted,
      attachedTo: undefined,
      tags: tagsAll,
    });
    return {
      id,
      outputs: {
        ...inputs,
        id,
        arn: this.context.arn("ec2", `volume/${id}`),
        createTime: accountTimestamp,
        ...ebsDefaults(this.context, { ...inputs, size: inputs.size }),
        region: this.context.region,
        snapshotId: "",
        tags,
        tagsAll,
      },
    };
  }

  #attach(inputs: z.infer<typeof attachmentSchema>, creation: Creation): Created {
    const { deviceName } = inputs;
    const volume = this.get(inputs.volumeId);
    const instance = this.instances.get(inputs.instanceId);
    if (!/^\/dev\/(sd[a-z][1-9]?|xvd[a-d]?[a-z])$/.test(deviceName)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Value (${deviceName}) for parameter device is invalid. ${deviceName} is not a valid EBS device name.`,
      );
    }
    if (volume.attachedTo) {
      throw new AwsError(
        "VolumeInUse",
        `${volume.id} is already attached to ${volume.attachedTo.instanceId}`,
      );
    }
    if (volume.availabilityZone !== instance.availabilityZone) {
      throw new AwsError(
        "InvalidVolume.ZoneMismatch",
        `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}' (${volume.availabilityZone} and ${instance.availabilityZone})`,
      );
    }
    if (instance.devices.has(deviceName)) {
      throw new AwsError(
        "InvalidParameterValue",
        `Invalid value '${deviceName}' for unixDevice. Attachment point ${deviceName} is already in use`,
      );
    }
    instance.devices.add(deviceName);
    volume.attachedTo = { instanceId: instance.id, deviceName };
    const id = `vai-${Number.parseInt(this.context.digest("attachment", creation.name).slice(0, 8), 16)}`;
    return { id, outputs: { ...inputs, id, region: this.context.region } };
  }
}
