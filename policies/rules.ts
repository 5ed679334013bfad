/** Every rule of the pack, in the order in which the documentation lists them. */
import type { Policies } from "@pulumi/policy";
import * as data from "./data";
import * as endpoints from "./endpoints";
import * as gate from "./gate";
import * as gateLocks from "./gateLocks";
import * as gateReferences from "./gateReferences";
import * as gateRepositories from "./gateRepositories";
import * as gateUsers from "./gateUsers";
import * as hygiene from "./hygiene";
import * as isolation from "./isolation";
import * as isolatedVpc from "./isolatedVpc";
import * as network from "./network";
import * as organization from "./organization";
import * as pins from "./pins";
import * as proxy from "./proxy";
import * as resolvers from "./resolvers";
import * as secretPlaces from "./secretPlaces";
import * as sideDoors from "./sideDoors";

export const rules: Policies = [
  // The whole proof.
  isolation.isolationHolds,
  // Network.
  network.noWorldOpenIngress,
  network.gitlabHasNoPublicAddress,
  network.gitlabHasNoElasticIp,
  network.gitlabHasNoRouteOut,
  network.gitlabEgressStaysInside,
  resolvers.gitlabResolverIsClosed,
  endpoints.endpointsArePinned,
  isolatedVpc.isolatedVpcHasNoGateway,
  isolatedVpc.isolatedVpcHasNoRoute,
  resolvers.isolatedVpcResolverIsClosed,
  // Gate.
  gate.gatePolicyCanBeDecided,
  gateLocks.pushPolicyIsLocked,
  gateLocks.pullPolicyIsLocked,
  gateLocks.gateDenyHasNoCondition,
  gateReferences.pushPolicyIsBoundToReferences,
  gate.pushPolicyGrantsGitOnly,
  gate.pullPolicyReadsOnly,
  gate.gateNamesNoWildcardAction,
  gate.gateNamesExactRepositories,
  gateRepositories.gateNamesOwnRepositories,
  endpoints.pullEndpointAdmitsGitPullOnly,
  gateUsers.gateUserHasNoAccessKey,
  gateUsers.gateUserHasNoPassword,
  gateUsers.gateUserIsInNoGroup,
  gateUsers.gateUserHasTwoCredentialsAtMost,
  gateUsers.gateUserHasNoOtherPermission,
  pins.pushSourcesArePinned,
  // Organization.
  organization.organizationPoliciesBind,
  // Proxy.
  proxy.proxyAdmitsCodecommitOnly,
  // Data.
  data.volumesAreEncrypted,
  data.instancesRequireImdsv2,
  data.addressesAreProtected,
  data.repositoriesAreProtected,
  data.gitlabIsProtectedFromTermination,
  data.gitlabIsBackedUp,
  data.logsAreKept,
  // Side doors.
  sideDoors.repositoryTriggersStayHome,
  sideDoors.notificationRulesStayHome,
  sideDoors.eventTargetsStayHome,
  // Hygiene.
  secretPlaces.noSecretInUserData,
  secretPlaces.noSecretInTags,
  secretPlaces.noSecretInPlainParameter,
  secretPlaces.noSecretInDnsRecord,
  secretPlaces.noSecretInOutputs,
  hygiene.requiredTags,
  hygiene.noDocumentationAddress,
];
