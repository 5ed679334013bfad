/** The stand-ins for identities, keys, certificates and secrets. */
import type { Family } from "../resource";
import { certificate, certificateValidation } from "./acm";
import { policy } from "./iamPolicy";
import { instanceProfile, role, rolePolicy } from "./iamRole";
import { serviceSpecificCredential, user, userPolicyAttachment } from "./iamUser";
import { key } from "./kms";
import { getOrganization, organizationPolicy, organizationPolicyAttachment } from "./organizations";
import { secret, secretVersion } from "./secretsManager";
import { getCallerIdentity } from "./sts";

export const identity: Family = {
  resources: [
    certificate,
    certificateValidation,
    instanceProfile,
    key,
    organizationPolicy,
    organizationPolicyAttachment,
    policy,
    role,
    rolePolicy,
    secret,
    secretVersion,
    serviceSpecificCredential,
    user,
    userPolicyAttachment,
  ],
  lookUps: [getCallerIdentity, getOrganization],
};
