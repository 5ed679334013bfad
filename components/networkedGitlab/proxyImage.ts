/** Whether the proxy's image can become another one under the same name. */
import { defaultProxyImage, type CheckedNetworkedGitlabArgs } from "./args";

/**
 * A warning for an image of somebody's own that is named by its tag alone: whoever may push to its registry then decides what
 * stands between GitLab and the Internet. Of the default, whose registry is Canonical's, the documentation tells.
 */
export function proxyImageWarnings({ proxy }: CheckedNetworkedGitlabArgs): string[] {
  if (proxy.mode !== "managed" || proxy.image === defaultProxyImage || proxy.image.includes("@sha256:"))
    return [];
  return [
    `proxy.image: "${proxy.image}" is named by a tag, which whoever may push to its registry can move to another image; ` +
      `name it by its digest, ${withoutTag(proxy.image)}@sha256:…`,
  ];
}

function withoutTag(image: string): string {
  return image.replace(/:[^:/]+$/, "");
}
