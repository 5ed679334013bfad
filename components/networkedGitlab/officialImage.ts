/** Names the official GitLab image that fits a version and an instance type. */

/** GitLab's own AWS account. Source: docs.gitlab.com/install/cloud_providers/aws, "Find official GitLab-created AMI IDs". */
export const gitlabImageOwner = "782774275127";

/** How to find exactly one image among the owner's. */
export interface OfficialImage {
  /** The image's whole name. */
  name: string;
  architecture: "x86_64" | "arm64";
}

/**
 * The Community Edition image. Names are `GitLab CE <version>` and `GitLab CE <version> (ARM64)`: omnibus-gitlab
 * support/packer/ce.pkr.hcl and ce-arm64.pkr.hcl.
 */
export function officialImage(version: string, instanceType: string): OfficialImage {
  return isGraviton(instanceType)
    ? { name: `GitLab CE ${version} (ARM64)`, architecture: "arm64" }
    : { name: `GitLab CE ${version}`, architecture: "x86_64" };
}

/**
 * Graviton families have a `g` among the letters after the generation: m7g, c6gn, im4gn; a1 came before that rule.
 * Source: docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html.
 */
function isGraviton(instanceType: string): boolean {
  return /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(instanceType);
}
