/** Machine images: the official GitLab ones, as EC2 finds them. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { filtersSchema, lookup, passes } from "./lookups";
import { AwsError, type AccountContext, type Service } from "./service";

/** A machine image that instances of the account may be launched from. */
export interface Image {
  id: string;
  name: string;
  ownerId: string;
  architecture: "x86_64" | "arm64";
  /** RFC 3339, UTC. */
  creationDate: string;
  rootDeviceName: string;
  /** GiB of the root snapshot. */
  rootVolumeSize: number;
}

/** GitLab's AWS account (GitLab docs, "Official GitLab releases as AMIs"). */
export const gitlabOwnerId = "782774275127";

// The days serve only to tell which image is the most recent.
const gitlabVersions: readonly [version: string, day: string][] = [
  ["17.11.7", "2025-07-23"],
  ["18.4.3", "2025-10-22"],
  ["18.5.0", "2025-10-16"],
  ["18.5.1", "2025-10-22"],
];

const getAmiSchema = z.looseObject({
  owners: z.array(z.string()).optional(),
  filters: filtersSchema,
  nameRegex: z.string().optional(),
  mostRecent: z.boolean().default(false),
});

export class Images implements Service {
  readonly #images: readonly Image[];

  /** @param others images that the account has besides the official GitLab ones, e.g. one named in a configuration */
  constructor(
    private readonly context: AccountContext,
    others: readonly Image[] = [],
  ) {
    this.#images = [...officialGitlabImages(context.region), ...others];
  }

  readonly kinds = {};

  readonly functions = {
    "aws:ec2/getAmi:getAmi": lookup("aws:ec2/getAmi:getAmi", getAmiSchema, (inputs) => {
      const pattern = inputs.nameRegex === undefined ? undefined : new RegExp(inputs.nameRegex);
      const found = this.#images
        .filter((image) => inputs.owners?.includes(image.ownerId) ?? true)
        .filter((image) => pattern?.test(image.name) ?? true)
        .filter((image) => passes(attributesOf(image), inputs.filters))
        .sort((a, b) => b.creationDate.localeCompare(a.creationDate));
      const [image, ...others] = found;
      if (!image) {
        throw new AwsError(
          "InvalidAMIID.NotFound",
          "Your query returned no results. Please change your search criteria and try again.",
        );
      }
      if (others.length > 0 && !inputs.mostRecent) {
        throw new AwsError(
          "TooManyResults",
          "Your query returned more than one result. Please try a more specific search criteria, or set `most_recent` attribute to true.",
        );
      }
      return { ...inputs, ...this.#outputs(image) };
    }),
  };

  /** The image with this id; InvalidAMIID.Malformed or InvalidAMIID.NotFound without one. */
  get(id: string): Image {
    if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
      throw new AwsError("InvalidAMIID.Malformed", `Invalid id: "${id}" (expecting "ami-...")`);
    }
    const image = this.#images.find((candidate) => candidate.id === id);
    if (!image) throw new AwsError("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
    return image;
  }

  #outputs(image: Image): Record<string, unknown> {
    return {
      id: image.id,
      imageId: image.id,
      architecture: image.architecture,
      arn: `arn:aws:ec2:${this.context.region}::image/${image.id}`,
      blockDeviceMappings: [
        {
          deviceName: image.rootDeviceName,
          ebs: {
            delete_on_termination: "true",
            encrypted: "false",
            volume_size: String(image.rootVolumeSize),
            volume_type: "gp2",
          },
          noDevice: "",
          virtualName: "",
        },
      ],
      creationDate: image.creationDate,
      description: image.name,
      enaSupport: true,
      hypervisor: "xen",
      imageLocation: `${image.ownerId}/${image.name}`,
      imageType: "machine",
      name: image.name,
      ownerId: image.ownerId,
      platformDetails: "Linux/UNIX",
      productCodes: [],
      public: true,
      region: this.context.region,
      rootDeviceName: image.rootDeviceName,
      rootDeviceType: "ebs",
      rootSnapshotId: `snap-${image.id.slice("ami-".length)}`,
      state: "available",
      stateReason: { code: "UNSET", message: "UNSET" },
      tags: {},
      virtualizationType: "hvm",
    };
  }
}

/** The same images in every account of a region; an id is made from region and name. */
function officialGitlabImages(region: string): Image[] {
  return gitlabVersions.flatMap(([version, day]) =>
    (["x86_64", "arm64"] as const).map((architecture) => {
      const name = `GitLab CE ${version}${architecture === "arm64" ? " (ARM64)" : ""}`;
      const digest = createHash("sha256").update(`${region} ${name}`).digest("hex");
      return {
        id: `ami-${digest.slice(0, 17)}`,
        name,
        ownerId: gitlabOwnerId,
        architecture,
        creationDate: `${day}T18:00:00.000Z`,
        rootDeviceName: "/dev/sda1",
        rootVolumeSize: 20,
      };
    }),
  );
}

function attributesOf(image: Image): Record<string, string> {
  return {
    "image-id": image.id,
    name: image.name,
    "owner-id": image.ownerId,
    architecture: image.architecture,
    "root-device-type": "ebs",
    "virtualization-type": "hvm",
    state: "available",
    "is-public": "true",
  };
}
