/** The key that the credentials are under. */
import * as aws from "@pulumi/aws";
import type { HostScope } from "../hostScript/hostScope";
import { credentialKeyPolicy, type CredentialKeyUsers } from "./credentialKeyPolicy";

/**
 * A customer key. The account administers it and cannot use it; the host may decrypt our credentials, and a deployer may
 * encrypt them too, both by Systems Manager alone, which names the parameter it does it for
 * (https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html).
 */
export function createCredentialKey(
  { name, parent, hierarchy }: HostScope,
  users: CredentialKeyUsers,
): aws.kms.Key {
  return new aws.kms.Key(
    `${name}-credentials`,
    {
      description: "Git credentials of push mirrors, for the GitLab host",
      enableKeyRotation: true,
      deletionWindowInDays: 7,
      policy: credentialKeyPolicy(hierarchy, users),
    },
    { parent },
  );
}
