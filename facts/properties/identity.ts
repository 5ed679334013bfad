/** Users, roles, their rights and credentials, and repositories. */
import { known, type KnownProperties } from "./knownProperties";

export const IDENTITY: Readonly<Record<string, KnownProperties>> = {
  "aws:iam/user:User": known("forceDestroy path permissionsBoundary uniqueId"),
  "aws:iam/role:Role": known(
    `createDate forceDetachPolicies inlinePolicies managedPolicyArns maxSessionDuration path permissionsBoundary uniqueId`,
    { required: "assumeRolePolicy" },
  ),
  "aws:iam/group:Group": known("path uniqueId"),
  "aws:iam/policy:Policy": known("attachmentCount delayAfterPolicyCreationInMs path policyId", {
    required: "policy",
  }),
  "aws:iam/instanceProfile:InstanceProfile": known("createDate path role uniqueId"),
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": known(
    `createDate credentialAgeDays expirationDate serviceCredentialAlias serviceCredentialSecret servicePassword
    serviceSpecificCredentialId serviceUserName status`,
    { required: "serviceName userName" },
  ),
  "aws:iam/accessKey:AccessKey": known(
    "createDate encryptedSecret encryptedSesSmtpPasswordV4 keyFingerprint pgpKey secret sesSmtpPasswordV4 status",
    { required: "user" },
  ),
  "aws:iam/userLoginProfile:UserLoginProfile": known(
    "encryptedPassword keyFingerprint password passwordLength passwordResetRequired pgpKey",
    { required: "user" },
  ),
  "aws:iam/sshKey:SshKey": known("encoding fingerprint publicKey sshPublicKeyId status", {
    required: "username",
  }),
  "aws:iam/signingCertificate:SigningCertificate": known("certificateBody certificateId status", {
    required: "userName",
  }),
  "aws:iam/userPolicyAttachment:UserPolicyAttachment": known("", { required: "policyArn user" }),
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": known("", { required: "policyArn role" }),
  "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": known("", { required: "group policyArn" }),
  "aws:iam/policyAttachment:PolicyAttachment": known("groups roles users", { required: "policyArn" }),
  "aws:iam/userPolicyAttachmentsExclusive:UserPolicyAttachmentsExclusive": known("policyArns", {
    required: "userName",
  }),
  "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive": known("policyArns", {
    required: "roleName",
  }),
  "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive": known("policyArns", {
    required: "groupName",
  }),
  "aws:iam/userPolicy:UserPolicy": known("", { required: "policy user" }),
  "aws:iam/rolePolicy:RolePolicy": known("", { required: "policy role" }),
  "aws:iam/groupPolicy:GroupPolicy": known("", { required: "group policy" }),
  "aws:iam/groupMembership:GroupMembership": known("users", { required: "group" }),
  "aws:iam/userGroupMembership:UserGroupMembership": known("groups", { required: "user" }),
  "aws:organizations/policy:Policy": known("skipDestroy type", { required: "content" }),
  "aws:organizations/policyAttachment:PolicyAttachment": known("skipDestroy", {
    required: "policyId targetId",
  }),
  "aws:organizations/account:Account": known(
    `closeOnDeletion createGovcloud email govcloudId iamUserAccessToBilling joinedMethod joinedTimestamp parentId roleName
    state status`,
  ),
  "aws:organizations/organizationalUnit:OrganizationalUnit": known("accounts", { required: "parentId" }),
  "aws:codecommit/repository:Repository": known(
    "cloneUrlHttp cloneUrlSsh defaultBranch kmsKeyId repositoryId",
    { required: "repositoryName" },
  ),
};
