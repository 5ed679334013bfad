/** The GitLab host: one EC2 instance with a data volume of its own. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { errorText } from "../../facts/errorText";
import type { NewGitlabArgs } from "./gitlabArgs";
import { gitlabRb } from "./gitlabRb";
import type { Subnet } from "./network";
import { gitlabImageOwner, officialImage } from "./officialImage";
import type { RootPassword } from "./rootPassword";
import type { Scope } from "../scope";
import { serviceRole } from "../serviceRole";
import { userData } from "./userData";

export interface GitlabHostArgs {
  gitlab: NewGitlabArgs;
  subnet: Subnet;
  group: aws.ec2.SecurityGroup;
  /** The URL people use. */
  url: pulumi.Input<string>;
  /** The range that the ingress load balancer's addresses are in. */
  loadBalancerCidr: string;
  proxyUrl: pulumi.Input<string | undefined>;
  rootPassword: RootPassword;
  /** Tags by which others find the instance. */
  tags: Record<string, string>;
  /** What has to be there before the host starts. */
  dependsOn: pulumi.Resource[];
}

export interface GitlabHost {
  instance: aws.ec2.Instance;
  /** Name of the role that the host has. */
  roleName: pulumi.Output<string>;
}

/**
 * Makes the host. `/etc/gitlab` and `/var/opt/gitlab` are on the data volume, so that an upgrade is a new root: another
 * version or image replaces the instance, and the data volume moves over; the start script then refuses a version that
 * the data cannot be upgraded to (upgradeCheck.ts). Both are protected, so that this happens only to somebody who has
 * lifted the instance's protection first; termination protection keeps others out meanwhile, and gives way to Pulumi
 * (`forceDestroy`) where `protect` already asked. The image is not an ignored change: it is found by its exact name,
 * moves only when the version does, and an ignored one could never be replaced at all. New user data restarts the host
 * and takes effect then.
 */
export function createGitlabHost(scope: Scope, args: GitlabHostArgs): GitlabHost {
  const { gitlab } = args;
  const name = `${scope.name}-gitlab`;
  const data = dataVolume(scope, args);
  const { profile, policy, roleName } = instanceProfile(scope, args.rootPassword);
  const instance = new aws.ec2.Instance(
    name,
    {
      ami: gitlab.amiId ?? officialImageId(scope, gitlab),
      instanceType: gitlab.instanceType,
      subnetId: args.subnet.id,
      associatePublicIpAddress: false,
      vpcSecurityGroupIds: [args.group.id],
      iamInstanceProfile: profile.name,
      rootBlockDevice: { volumeType: "gp3", volumeSize: gitlab.rootVolumeSize, encrypted: true },
      // One hop: a container on the host cannot get at the role's credentials.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      disableApiTermination: true,
      forceDestroy: true,
      userData: pulumi
        .all([args.url, args.proxyUrl, data.id])
        .apply(([externalUrl, proxyUrl, dataVolumeId]) =>
          userData({
            region: scope.region,
            dataVolumeId,
            rootPasswordParameter: args.rootPassword.parameterName,
            gitlabRb: gitlabRb({
              version: gitlab.version,
              externalUrl,
              proxyUrl,
              loadBalancerCidr: args.loadBalancerCidr,
            }),
          }),
        ),
      tags: { Name: name, ...args.tags },
    },
    {
      parent: scope.parent,
      protect: true,
      dependsOn: [...args.dependsOn, policy, args.rootPassword.parameter],
    },
  );
  new aws.ec2.VolumeAttachment(
    `${name}-data`,
    // A volume is attached to one instance at a time, and its file system is whole only after the old one has stopped.
    { instanceId: instance.id, volumeId: data.id, deviceName: "/dev/sdf", stopInstanceBeforeDetaching: true },
    { parent: scope.parent, deleteBeforeReplace: true },
  );
  return { instance, roleName };
}

function dataVolume(scope: Scope, args: GitlabHostArgs): aws.ebs.Volume {
  const name = `${scope.name}-gitlab-data`;
  return new aws.ebs.Volume(
    name,
    {
      availabilityZone: args.subnet.availabilityZone,
      type: "gp3",
      size: args.gitlab.dataVolumeSize,
      encrypted: true,
      tags: { Name: name },
    },
    { parent: scope.parent, protect: true },
  );
}

async function officialImageId(scope: Scope, gitlab: NewGitlabArgs): Promise<string> {
  const { name, architecture } = officialImage(gitlab.version, gitlab.instanceType);
  const query: aws.ec2.GetAmiArgs = {
    owners: [gitlabImageOwner],
    filters: [
      { name: "name", values: [name] },
      { name: "architecture", values: [architecture] },
    ],
    // AWS hides images two years after they were made; a host that runs on one is not to be replaced for that.
    includeDeprecated: true,
  };
  try {
    const image = await aws.ec2.getAmi(query, { parent: scope.parent });
    return image.id;
  } catch (error) {
    const reason = errorText(error);
    throw new Error(
      `gitlab.version: got "${gitlab.version}", but the image "${name}" of GitLab's account ${gitlabImageOwner} was not ` +
        `found in ${scope.region}; expected a version that GitLab has published there, or gitlab.amiId (${reason})`,
    );
  }
}

/**
 * What the agent needs for sessions and commands, as in AWS's own AWSCloud9SSMInstanceProfile, and one parameter.
 * AmazonSSMManagedInstanceCore would let the host read every parameter of the account.
 */
function instanceProfile(scope: Scope, rootPassword: RootPassword) {
  const { role, policy } = serviceRole(scope, "gitlab", "ec2", [
    {
      Action: [
        "ssm:UpdateInstanceInformation",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
      ],
      Resource: "*",
    },
    { Action: ["ssm:GetParameter"], Resource: rootPassword.parameterArn },
  ]);
  const profile = new aws.iam.InstanceProfile(
    `${scope.name}-gitlab`,
    { role: role.name },
    { parent: scope.parent },
  );
  return { profile, policy, roleName: role.name };
}
