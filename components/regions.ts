/** The regions of AWS, and their availability zones, by name. */
import { distance } from "fastest-levenshtein";

/** When `knownRegions` was last compared with AWS's own list. */
const asOf = "November 2026";

/**
 * The regions of the "aws" partition (https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html).
 * A test compares them with the regions that @pulumi/aws knows. Newer ones pass with a warning.
 */
export const knownRegions: readonly string[] = [
  "af-south-1",
  "ap-east-1",
  "ap-east-2",
  "ap-northeast-1",
  "ap-northeast-2",
  "ap-northeast-3",
  "ap-south-1",
  "ap-south-2",
  "ap-southeast-1",
  "ap-southeast-2",
  "ap-southeast-3",
  "ap-southeast-4",
  "ap-southeast-5",
  "ap-southeast-6",
  "ap-southeast-7",
  "ca-central-1",
  "ca-west-1",
  "eu-central-1",
  "eu-central-2",
  "eu-north-1",
  "eu-south-1",
  "eu-south-2",
  "eu-west-1",
  "eu-west-2",
  "eu-west-3",
  "il-central-1",
  "me-central-1",
  "me-south-1",
  "mx-central-1",
  "sa-east-1",
  "us-east-1",
  "us-east-2",
  "us-west-1",
  "us-west-2",
];

/** The directions that regions are named after. */
const direction = /^(?:(?:north|south)?(?:east|west)|north|south|central)$/;

/** A region of the "aws" partition by name. The other partitions have other ARNs, host names and services. */
export function regionProblem(region: string): string | undefined {
  if (knownRegions.includes(region)) return undefined;
  if (/^(?:cn|us-gov|us-iso[a-z]*|eu-iso[a-z]*|eusc)-[a-z-]+-[0-9]$/.test(region))
    return "is a region of another partition than aws, which this program does not know";
  const [, area, where] = /^([a-z]{2})-([a-z]+)-[0-9]$/.exec(region) ?? [];
  if (area === undefined || where === undefined) return `is not the name of a region${suggestion(region)}`;
  return direction.test(where) && !isSlip(area, where)
    ? undefined
    : `is not a region that AWS had in ${asOf}${suggestion(region)}`;
}

/** The warning that a region is newer than this program, or none; `regionProblem` has found nothing. */
export function regionWarning(region: string): string | undefined {
  if (knownRegions.includes(region)) return undefined;
  return `${JSON.stringify(region)} is not among the regions that AWS had in ${asOf}. If it is newer, all is well; if not, correct it.`;
}

/** One letter away from where AWS is, or the first two swapped. The number does not count: areas get new ones. */
function isSlip(area: string, where: string): boolean {
  const place = `${area}-${where}`;
  const known = knownRegions.map((one) => one.slice(0, -2));
  if (known.includes(place)) return false;
  const swapped = `${area.charAt(1)}${area.charAt(0)}-${where}`;
  return known.some((one) => one === swapped || distance(one, place) === 1);
}

/** The known region that is nearest, as a question; empty where none is near. */
function suggestion(region: string): string {
  // As of a zone, or as people write it.
  const wanted = region
    .toLowerCase()
    .replace(/(?<=[0-9])[a-z]$/, "")
    .replace(/[\s_]+/g, "-");
  const [nearest] = [...knownRegions].sort((a, b) => distance(wanted, a) - distance(wanted, b));
  return nearest === undefined || distance(wanted, nearest) > 3
    ? ""
    : `; did you mean ${JSON.stringify(nearest)}?`;
}

/**
 * A zone of the region, by name. Local and Wavelength Zones have longer names, and no NAT gateway to build on. No region
 * has had more than six zones, a to f (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.RegionsAndAvailabilityZones.html).
 */
export function availabilityZoneProblem(zone: string, region: string | undefined): string | undefined {
  const [, zonesRegion, letter = ""] = /^([a-z]{2}(?:-[a-z]+)+-[0-9])([a-z])$/.exec(zone) ?? [];
  if (zonesRegion === undefined) return "is not the name of an availability zone";
  if (region !== undefined && zonesRegion !== region) return `is not a zone of aws:region ${region}`;
  return letter <= "f"
    ? undefined
    : `is not a zone that ${zonesRegion} has: the zones of a region are a to f`;
}
