import { expect } from "chai";
import { openPoints } from "../../../isolation/packets/openPoints";
import { good } from "../claims/goodDeployment";

/** What is open of a source that has a resource of a type which is not modelled. */
function openBy(type: string): string[] {
  const { source } = good;
  if (source === undefined) throw new Error("the good deployment has a source");
  return openPoints({ ...source, unmodelled: [{ urn: "strange", type, name: "strange" }] });
}

describe("what may carry traffic, and is not modelled", () => {
  for (const type of [
    "pulumi:pulumi:StackReference",
    "random:index/randomPassword:RandomPassword",
    "tls:index/privateKey:PrivateKey",
    "git-airlock:source:NetworkedGitlab",
    "awsx:ec2:Vpc",
    ...["iam/accountAlias:AccountAlias", "codecommit/approvalRuleTemplate:ApprovalRuleTemplate"].map(aws),
    ...[
      "kms/alias:Alias",
      "secretsmanager/secretRotation:SecretRotation",
      "ssm/patchBaseline:PatchBaseline",
    ].map(aws),
    ...["acm/certificateValidation:CertificateValidation", "dlm/lifecyclePolicy:LifecyclePolicy"].map(aws),
    ...["ebs/snapshot:Snapshot", "cloudwatch/dashboard:Dashboard", "sns/topic:Topic", "sqs/queue:Queue"].map(
      aws,
    ),
    ...[
      "organizations/policy:Policy",
      "cloudtrail/trail:Trail",
      "backup/plan:Plan",
      "budgets/budget:Budget",
    ].map(aws),
    ...[
      "scheduler/scheduleGroup:ScheduleGroup",
      "ecr/repository:Repository",
      "resourcegroups/group:Group",
    ].map(aws),
    ...["codestarnotifications/notificationRule:NotificationRule", "ecs/cluster:Cluster"].map(aws),
    ...[
      "ecs/taskDefinition:TaskDefinition",
      "ec2/volumeAttachment:VolumeAttachment",
      "ec2/keyPair:KeyPair",
    ].map(aws),
    ...["ec2/tag:Tag", "ec2/ami:Ami", "ec2/amiCopy:AmiCopy", "ec2/placementGroup:PlacementGroup"].map(aws),
    ...["ec2/flowLog:FlowLog", "ec2/ebsDefaultKmsKey:EbsDefaultKmsKey"].map(aws),
    aws("ec2/ebsEncryptionByDefault:EbsEncryptionByDefault"),
  ])
    it(`is not ${type}`, () => {
      expect(openBy(type)).to.deep.equal([]);
    });

  for (const type of [
    "aws:vpclattice/service:Service",
    "aws:ecs/service:Service",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ec2/amiLaunchPermission:AmiLaunchPermission",
    "aws:ec2/networkInterface:NetworkInterface",
    // Names that hold one that is known.
    "my:aws:iam/user:User",
    "my:pulumi:Thing",
    "their-random:index:Proxy",
    "their-git-airlock:source:Proxy",
    "their-awsx:ec2:Vpc",
    "their:aws:ecs/cluster:Cluster",
    "their:aws:ec2/tag:Tag",
    "random-proxy:index:Proxy",
    "aws:iamanywhere/tunnel:Tunnel",
  ])
    it(`is ${type}, by name`, () => {
      const [sentence, ...more] = openBy(type);
      expect(more).to.deep.equal([]);
      expect(sentence).to.contain(`strange is of the type ${type}`);
    });
});

function aws(type: string): string {
  return `aws:${type}`;
}
