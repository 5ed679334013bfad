/** Machine images: the official GitLab ones of every version, as EC2 finds them, and those of a configuration. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { AccountContext, Image, OwnImage, Properties } from "../accountContext";
import { AwsError } from "../awsError";
import { accountTimestamp } from "../clock";
import { filtersSchema, lookUp, passes } from "../lookups";
import { perAccount } from "../perAccount";

/**
 * GitLab's AWS account.
 * @see https://docs.gitlab.com/install/cloud_providers/aws/
 */
const gitlabOwnerId = "782774275127";

/** The official image's root device and its size in GiB: omnibus-gitlab support/packer/ce.pkr.hcl. */
const gitlabRoot = { rootDeviceName: "/dev/sda1", rootVolumeSize: 20 };

/** Images that an account has of its own besides the official GitLab ones, e.g. one named in a configuration. */
const ownImages = perAccount(({ accountId, options }) =>
  (options.images ?? []).map((image) => ownImage(image, accountId)),
);

/** The image with this id; InvalidAMIID.Malformed or InvalidAMIID.NotFound without one. */
export function findImage(aws: AccountContext, id: string): Image {
  if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new AwsError("InvalidAMIID.Malformed", `Invalid id: "${id}" (expecting "ami-...")`);
  }
  const image = ownImages(aws).find((own) => own.id === id) ?? officialImageById(id, aws.region);
  if (!image) throw new AwsError("InvalidAMIID.NotFound", `The image id '[${id}]' does not exist`);
  return image;
}

const getAmiSchema = z.looseObject({
  owners: z.array(z.string()).optional(),
  filters: filtersSchema,
  nameRegex: z.string().optional(),
  mostRecent: z.boolean().default(false),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export const getAmi = lookUp("aws:ec2/getAmi:getAmi", getAmiSchema, (aws, inputs) => {
  const pattern = inputs.nameRegex === undefined ? undefined : new RegExp(inputs.nameRegex);
  const found = [...officialImages(inputs.filters, aws.region), ...ownImages(aws)]
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
  return { ...inputs, ...outputsOf(image, aws.region) };
});

/** The official images that the filters call by their whole name. There is one of every version, so none is listed. */
function officialImages(filters: z.infer<typeof filtersSchema>, region: string): Image[] {
  const names = (filters ?? []).flatMap(({ name, values }) => (name === "name" ? values : []));
  return [...new Set(names)].flatMap((name) => officialImage(name, region) ?? []);
}

function outputsOf(image: Image, region: string): Properties {
  return {
    id: image.id,
    imageId: image.id,
    architecture: image.architecture,
    arn: `arn:aws:ec2:${region}::image/${image.id}`,
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
    region: region,
    rootDeviceName: image.rootDeviceName,
    rootDeviceType: "ebs",
    rootSnapshotId: `snap-${image.id.slice("ami-".length)}`,
    state: "available",
    stateReason: { code: "UNSET", message: "UNSET" },
    tags: {},
    virtualizationType: "hvm",
  };
}

/** An image of somebody's own, in all other respects like GitLab's. */
function ownImage(image: OwnImage, ownerId: string): Image {
  const creationDate = accountTimestamp.replace("Z", ".000Z");
  return { name: image.id, ownerId, creationDate, ...gitlabRoot, ...image };
}

/**
 * The official image of this name, the same in every account of a region. Its id holds the processors and the version,
 * so that it is found without a list, and a digest: an id of another region is not found here.
 */
function officialImage(name: string, region: string): Image | undefined {
  const [, version, arm] =
    /^GitLab CE ((?:(?:0|[1-9]\d{0,2})\.){2}(?:0|[1-9]\d{0,2}))( \(ARM64\))?$/.exec(name) ?? [];
  if (version === undefined) return undefined;
  const numbers = version.split(".").map(Number);
  const [major = 0, minor = 0, patch = 0] = numbers;
  const digits = numbers.map((number) => number.toString(16).padStart(3, "0")).join("");
  const digest = createHash("sha256").update(`${region} ${name}`).digest("hex");
  return {
    id: `ami-0${arm === undefined ? 0 : 1}${digits}${digest.slice(0, 6)}`,
    name,
    ownerId: gitlabOwnerId,
    architecture: arm === undefined ? "x86_64" : "arm64",
    // A major version each May, a minor one each month; it serves only to tell which image is the more recent.
    creationDate: new Date(Date.UTC(2007 + major, 4 + minor, 15 + patch, 18)).toISOString(),
    ...gitlabRoot,
  };
}

/** The official image of this id in the region. */
function officialImageById(id: string, region: string): Image | undefined {
  const [, arm, ...digits] = /^ami-0([01])(.{3})(.{3})(.{3}).{6}$/.exec(id) ?? [];
  const version = digits.map((number) => Number.parseInt(number, 16)).join(".");
  const image = officialImage(`GitLab CE ${version}${arm === "1" ? " (ARM64)" : ""}`, region);
  return image?.id === id ? image : undefined;
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
