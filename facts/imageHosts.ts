/** From which hosts container images are fetched: the registry that an image's name begins with, and where that keeps layers. */
import { serviceHost } from "./hosts";
import { parseIpv4 } from "./ipv4";

/** A repository in a private registry of ECR. */
export interface EcrRepository {
  readonly account: string;
  readonly region: string;
  readonly repository: string;
}

/** The repository that an image is of; undefined where it is in another registry. */
export function ecrRepository(image: string): EcrRepository | undefined {
  const match = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/.exec(image);
  const [, account, region, repository] = match ?? [];
  return account === undefined || region === undefined || repository === undefined
    ? undefined
    : { account, region, repository };
}

/** ECR's public registry. */
const ECR_PUBLIC = "public.ecr.aws";

/**
 * Where that sends whoever fetches a layer: to one of two distributions of CloudFront.
 * @see https://anywhere.eks.amazonaws.com/docs/osmgmt/artifacts/#network-connectivity-requirements
 */
const ECR_PUBLIC_LAYERS = ["d2glxqk2uabbnd.cloudfront.net", "d5l0dvt14r5h8.cloudfront.net"];

/**
 * Docker Hub, which an image is of whose name begins with no host.
 * @see https://docs.docker.com/desktop/setup/allow-list/
 */
const DOCKER_HUB = ["registry-1.docker.io", "auth.docker.io"];

/** Hosts that an image is fetched from. */
export interface ImageHosts {
  /** Hosts that AWS runs under names of its own. */
  readonly ofAws: readonly string[];
  /** The registry's, where that is not AWS's. Where it keeps layers does not follow from the image. */
  readonly ofOthers: readonly string[];
}

/**
 * The hosts that follow from an image's name.
 * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html (the bucket of a region's layers)
 */
export function imageHosts(image: string): ImageHosts {
  const ecr = ecrRepository(image);
  if (ecr !== undefined) {
    const { account, region } = ecr;
    const layers = serviceHost(`prod-${region}-starport-layer-bucket.s3`, region);
    const hosts = [serviceHost(`${account}.dkr.ecr`, region), serviceHost("api.ecr", region), layers];
    return { ofAws: hosts, ofOthers: [] };
  }
  const registry = registryOf(image);
  if (registry === undefined) return { ofAws: [], ofOthers: DOCKER_HUB };
  if (registry === ECR_PUBLIC) return { ofAws: [ECR_PUBLIC, ...ECR_PUBLIC_LAYERS], ofOthers: [] };
  return { ofAws: [], ofOthers: parseIpv4(registry) === undefined ? [registry] : [] };
}

/** Whether a host may be where AWS keeps the image's layers one day: CloudFront's names are answered for by AWS alone. */
export function mayKeepLayers(host: string, image: string): boolean {
  return registryOf(image) === ECR_PUBLIC && /^d[a-z0-9]+\.cloudfront\.net$/.test(host);
}

/**
 * What an image's name begins with, if that is a host; undefined for Docker Hub's.
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
function registryOf(image: string): string | undefined {
  const [first = "", ...path] = image.split("/");
  const isHost = path.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const host = first.split(":")[0]?.toLowerCase();
  return isHost && !["docker.io", "index.docker.io"].includes(first) ? host : undefined;
}
