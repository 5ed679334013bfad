/** The syntax of things that AWS and GitLab name: what is wrong with a text, or nothing. */

/** A region's name, e.g. "ap-northeast-1" or "us-gov-west-1". */
export const regionForm = /^[a-z]{2}(?:-[a-z]+)+-[0-9]$/;

/** Ids of EC2 carry 8 digits (before 2016) or 17. */
export function ec2Id(kind: string): RegExp {
  return new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);
}

/** A zone of the region, by name. Local and Wavelength Zones have longer names, and no NAT gateway to build on. */
export function availabilityZoneProblem(zone: string, region: string | undefined): string | undefined {
  if (!/^[a-z]{2}(?:-[a-z]+)+-[0-9][a-z]$/.test(zone)) return "is not the name of an availability zone";
  if (region !== undefined && zone.slice(0, -1) !== region) return `is not a zone of aws:region ${region}`;
  return undefined;
}

/** A fully qualified host name of at least two labels, in lower case (RFC 1123). */
export function hostnameProblem(hostname: string): string | undefined {
  const label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
  const form = new RegExp(`^(?:${label}\\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$`);
  if (form.test(hostname) && hostname.length <= 253) return undefined;
  if (form.test(hostname.toLowerCase())) return "has capitals: write it in lower case";
  return "is not a full host name";
}

/** The ARN of an ACM certificate in this region. */
export function certificateArnProblem(arn: string, region: string | undefined): string | undefined {
  const [, certificateRegion] =
    /^arn:aws(?:-[a-z]+)*:acm:([a-z0-9-]+):[0-9]{12}:certificate\/[A-Za-z0-9-]+$/.exec(arn) ?? [];
  if (certificateRegion === undefined) return "is not the ARN of an ACM certificate";
  if (region !== undefined && certificateRegion !== region) {
    return `is a certificate of ${certificateRegion}, and a load balancer takes one of its own region, ${region}`;
  }
  return undefined;
}

/** The ARN of an IAM role, or also of an IAM user. Exact: a wildcard would widen a policy. */
export function principalArnProblem(arn: string, kinds: "role" | "role|user"): string | undefined {
  const assumed = /^(arn:aws(?:-[a-z]+)*):sts::([0-9]{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/.exec(
    arn,
  );
  if (assumed) {
    const [, partition = "", account = "", role = ""] = assumed;
    return `is a session of a role: name the role, ${partition}:iam::${account}:role/${role}, with its path if it has one`;
  }
  const form = new RegExp(`^arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:${kinds})/(?:[!-.0-~]+/)*[\\w+=,.@-]+$`);
  if (/[*?]/.test(arn)) return "has a wildcard: name each one exactly";
  return form.test(arn) ? undefined : `is not the ARN of an IAM ${kinds.replace("|", " or ")}`;
}

/** A URL of http or https, a host and perhaps a port: no user, password, query or fragment. */
export function urlProblem(url: string): string | undefined {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) return "is not a URL of http or https";
  const { username, password, search, hash } = new URL(url);
  if (username !== "" || password !== "")
    return "holds a user or a password, which does not belong into a URL";
  return search === "" && hash === "" ? undefined : "has a query or a fragment, which has no meaning here";
}

/**
 * A container image with a tag or a digest.
 * https://github.com/opencontainers/distribution-spec (names, tags) and the grammar of Docker references.
 */
export function imageProblem(image: string): string | undefined {
  const form =
    /^(?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(:\w[\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$/;
  const [matched, tag, digest] = form.exec(image) ?? [];
  if (matched === undefined) return "is not a container image";
  return tag === undefined && digest === undefined ? "has neither a tag nor a digest" : undefined;
}

/** An IANA time zone that this Node.js knows. */
export function timezoneProblem(zone: string): string | undefined {
  // Intl also takes offsets and any case, EventBridge Scheduler takes neither.
  if (!/^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/.test(zone)) return "is not an IANA time zone";
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return undefined;
  } catch {
    return "is not an IANA time zone";
  }
}

/**
 * The path of a project in GitLab: a namespace and a project at least.
 * Rules: https://docs.gitlab.com/user/reserved_names/ and `Gitlab::PathRegex` of GitLab.
 */
export function gitlabProjectProblem(path: string): string | undefined {
  const form = /^(?:\w|[\w.][\w.-]*[\w-])$/;
  if (/^https?:|^ssh:|@/.test(path)) return "is a URL, not the path of a project";
  if (path.startsWith("/") || path.endsWith("/")) return "begins or ends with a slash";
  const segments = path.split("/");
  if (segments.length < 2) return "names no group or user before the project";
  if (path.endsWith(".git") || path.endsWith(".atom"))
    return "ends in .git or .atom, which no project's path does";
  const wrong = segments.find(
    (segment) => segment.length > 255 || !form.test(segment) || /^\.+$/.test(segment),
  );
  return wrong === undefined
    ? undefined
    : `is not the path of a GitLab project: ${JSON.stringify(wrong)} is no name`;
}
