/** The syntax of things that AWS and GitLab name: what is wrong with a text, or nothing. */
import { longestProjectPath } from "./limits";

/** Ids of EC2 carry 8 digits (before 2016) or 17. */
export function ec2Id(kind: string): RegExp {
  return new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
}

/**
 * Families on Xen: docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-types.html, "Hypervisor type", and those of before
 * its time. i3.metal alone of them is on Nitro.
 */
const onXen =
  /^(?:c1|c3|c4|cc2|cr1|d2|f1|g2|g3s?|h1|hs1|i2|i3|m1|m2|m3|m4|p2|p3|r3|r4|t1|t2|x1e?)\.(?!metal$)/;

/** An EC2 instance type, e.g. "m7i.large", on which a volume is found by its id. */
export function instanceTypeProblem(type: string): string | undefined {
  if (!/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(type)) return "is not an instance type";
  return onXen.test(type)
    ? "runs on Xen, where a host does not see its volumes as NVMe disks and cannot tell its data volume; take a newer type"
    : undefined;
}

/** A fully qualified host name of at least two labels, in lower case (RFC 1123). */
export function hostnameProblem(hostname: string): string | undefined {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const form = new RegExp(`^(?:${label}\\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$`);
  if (form.test(hostname) && hostname.length <= 253) return undefined;
  if (form.test(hostname.toLowerCase())) return "has capitals: write it in lower case";
  return "is not a full host name";
}

/**
 * The id of a Route 53 zone.
 * @see https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetHostedZone.html
 */
export function hostedZoneIdProblem(id: string): string | undefined {
  if (id.startsWith("/hostedzone/")) return "begins with /hostedzone/: leave that away";
  return /^Z[A-Z0-9]{1,31}$/.test(id) ? undefined : "is not the id of a Route 53 zone";
}

/** The ARN of an ACM certificate in this region. */
export function certificateArnProblem(arn: string, region: string | undefined): string | undefined {
  const [, certificateRegion] =
    /^arn:aws:acm:([a-z0-9-]+):[0-9]{12}:certificate\/[A-Za-z0-9-]+$/.exec(arn) ?? [];
  if (certificateRegion === undefined) return "is not the ARN of an ACM certificate";
  if (region !== undefined && certificateRegion !== region) {
    return `is a certificate of ${certificateRegion}, and a load balancer takes one of its own region, ${region}`;
  }
  return undefined;
}

/** A scheme, a host and perhaps a port, in lower case: no user, password, path, query or fragment. */
export function originProblem(url: string, scheme: "http" | "https"): string | undefined {
  if (!url.startsWith(`${scheme}://`) || !URL.canParse(url)) return `is not a URL of ${scheme}`;
  const { username, password, pathname, search, hash } = new URL(url);
  if (username !== "" || password !== "")
    return "holds a user or a password, which does not belong into a URL";
  if (search !== "" || hash !== "") return "has a query or a fragment, which has no meaning here";
  if (pathname !== "/") return "has a path, and only a host and perhaps a port can be given";
  return /^https?:\/\/[a-z0-9.-]+(?::[0-9]{1,5})?\/?$/.test(url) ? undefined : `is not a URL of ${scheme}`;
}

/**
 * The URL of a forward proxy, with its port: without one, libcurl (and so git) takes 1080 and Ruby 80
 * (https://curl.se/libcurl/c/CURLOPT_PROXY.html).
 */
export function proxyUrlProblem(url: string): string | undefined {
  const problem = originProblem(url, "http");
  if (problem !== undefined) return problem;
  const [, port] = /:([0-9]+)\/?$/.exec(url) ?? [];
  if (port === undefined) return "names no port, and git would take another one than GitLab's own check";
  return Number(port) === 0 ? "names port 0, which nothing listens on" : undefined;
}

/**
 * A container image with a tag or a digest.
 * https://github.com/opencontainers/distribution-spec (names, tags) and the grammar of Docker references.
 */
export function imageProblem(image: string): string | undefined {
  const form =
    /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
  const [matched, tag, digest] = form.exec(image) ?? [];
  if (matched === undefined) return "is not a container image";
  return tag === undefined && digest === undefined ? "has neither a tag nor a digest" : undefined;
}

/**
 * The path of a project in GitLab: a namespace and a project at least. Older projects may begin or end with `_` or `.`,
 * which newer ones may not.
 * Rules: https://docs.gitlab.com/user/reserved_names/ and `Gitlab::PathRegex` of GitLab.
 */
export function gitlabProjectProblem(path: string): string | undefined {
  if (/^https?:|^ssh:|@/.test(path)) return "is a URL, not the path of a project";
  if (path.startsWith("/") || path.endsWith("/")) return "begins or ends with a slash";
  if (path.length > longestProjectPath)
    return `is longer than the ${longestProjectPath} characters that a mirror's parameter holds`;
  const segments = path.split("/");
  if (segments.length < 2) return "names no group or user before the project";
  if (segments.some((segment) => /\.(?:git|atom)$/i.test(segment)))
    return "has a part that ends in .git or .atom, which no group's or project's path does";
  const wrong = segments.find((segment) => !/^(?!\.+$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,254}$/.test(segment));
  return wrong === undefined
    ? undefined
    : `is not the path of a GitLab project: ${JSON.stringify(wrong)} is not a name`;
}

/** An address that Amazon SNS can write to; it asks there whether it may. */
export function emailProblem(address: string): string | undefined {
  return /^[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+$/.test(address) ? undefined : "is not an e-mail address";
}
