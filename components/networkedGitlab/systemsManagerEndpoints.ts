/** The GitLab host's way to Systems Manager, which needs no route to the Internet. */
import * as aws from "@pulumi/aws";
import { serviceHost } from "../../facts/hosts";
import type { Network, Subnet } from "./network";
import type { Scope } from "../scope";
import { allowIn, allowOut, securityGroup } from "./securityGroups";

/**
 * The services that the agent needs: `ssm` to register and for parameters, `ssmmessages` for sessions and commands.
 * From version 3.3.40 on, the agent uses ssmmessages where it used ec2messages (docs.aws.amazon.com/systems-manager/
 * latest/userguide/systems-manager-setting-up-messageAPIs.html).
 */
const services = ["ssm", "ssmmessages"] as const;

/** The names by which the agent and the host's scripts call them. */
export function systemsManagerHosts(region: string): string[] {
  return services.map((service) => serviceHost(service, region));
}

/**
 * The endpoints, in the host's subnet alone: nothing else uses them. They answer under the services' own names for all of
 * the VPC, so they are for a VPC of our own.
 */
export function createSystemsManagerEndpoints(
  scope: Scope,
  network: Network,
  hostSubnet: Subnet,
  gitlabGroup: aws.ec2.SecurityGroup,
): aws.ec2.VpcEndpoint[] {
  const group = securityGroup(
    scope,
    "endpoints",
    network.vpcId,
    "Systems Manager endpoints, for the GitLab host only",
  );
  allowIn(scope, "endpoints-in-gitlab", group, { group: gitlabGroup, port: 443 });
  allowOut(scope, "gitlab-out-endpoints", gitlabGroup, { group, port: 443 });
  return services.map(
    (service) =>
      new aws.ec2.VpcEndpoint(
        `${scope.name}-${service}`,
        {
          vpcId: network.vpcId,
          serviceName: `com.amazonaws.${scope.region}.${service}`,
          vpcEndpointType: "Interface",
          subnetIds: [hostSubnet.id],
          securityGroupIds: [group.id],
          privateDnsEnabled: true,
          policy: endpointPolicy(scope.accountId),
          tags: { Name: `${scope.name}-${service}` },
        },
        { parent: scope.parent },
      ),
  );
}

/**
 * Only this account's principals, and only on this account's resources: without it, anyone on the host could carry data
 * out with the credentials of an account of his own. AWS publishes this pair of conditions as the policy for every
 * endpoint, and names what needs an exception: for Systems Manager that is AWS's own documents and public parameters,
 * which the agent is never asked to fetch here (github.com/aws-samples/data-perimeter-policy-examples,
 * vpc_endpoint_policies/default_endpoint_policy.json and service_specific_guidance/ssm-specific-guidance.md; there with
 * the organization's id in place of the account's).
 */
function endpointPolicy(accountId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: "*",
        Action: "*",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": accountId, "aws:ResourceAccount": accountId } },
      },
    ],
  });
}
