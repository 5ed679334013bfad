/** Calls by which somebody changes what claims are about: what makes a state that is proved today untrue tomorrow. */
import type { Concern } from "../../facts/resourceTypes";

/** Calls that bear on the same claims. */
export interface Changes {
  readonly about: readonly Concern[];
  readonly actions: readonly string[];
}

const of = (service: string, ...names: readonly string[]) => names.map((name) => `${service}:${name}`);

/**
 * Named as IAM names them. Calls that take something away are among them where it is a lock.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const CHANGES: readonly Changes[] = [
  {
    about: ["packets", "rights", "words"],
    actions: [
      ...of(
        "cloudformation",
        "CreateStack",
        "UpdateStack",
        "CreateChangeSet",
        "CreateStackInstances",
        "CreateResource",
      ),
      ...of("cloudformation", "UpdateResource"),
      ...of("ssm", "StartAutomationExecution", "CreateAssociation", "UpdateAssociation", "UpdateDocument"),
      ...of("ssm", "RegisterTaskWithMaintenanceWindow", "UpdateMaintenanceWindowTask"),
      ...of("lambda", "CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"),
      ...of("states", "CreateStateMachine", "UpdateStateMachine"),
      ...of("scheduler", "CreateSchedule", "UpdateSchedule"),
      ...of("codebuild", "CreateProject", "UpdateProject"),
      ...of("codepipeline", "CreatePipeline", "UpdatePipeline"),
      ...of("servicecatalog", "ProvisionProduct", "UpdateProvisionedProduct"),
    ],
  },
  {
    about: ["rights", "words"],
    actions: [
      ...of(
        "iam",
        "AttachUserPolicy",
        "PutUserPolicy",
        "DetachUserPolicy",
        "DeleteUserPolicy",
        "AddUserToGroup",
      ),
      ...of("iam", "RemoveUserFromGroup", "DeleteUserPermissionsBoundary", "PutUserPermissionsBoundary"),
      ...of(
        "iam",
        "AttachRolePolicy",
        "PutRolePolicy",
        "DetachRolePolicy",
        "DeleteRolePolicy",
        "UpdateAssumeRolePolicy",
      ),
      ...of("iam", "DeleteRolePermissionsBoundary", "PutRolePermissionsBoundary", "CreateRole", "CreateUser"),
      ...of("iam", "AttachGroupPolicy", "PutGroupPolicy", "DetachGroupPolicy", "DeleteGroupPolicy"),
      ...of("iam", "CreatePolicyVersion", "SetDefaultPolicyVersion", "DeletePolicyVersion"),
      ...of(
        "iam",
        "CreateAccessKey",
        "CreateLoginProfile",
        "UpdateLoginProfile",
        "CreateServiceSpecificCredential",
      ),
      ...of("iam", "ResetServiceSpecificCredential", "UpdateServiceSpecificCredential", "UploadSSHPublicKey"),
      ...of("iam", "UploadSigningCertificate"),
      ...of(
        "organizations",
        "DetachPolicy",
        "UpdatePolicy",
        "DeletePolicy",
        "DisablePolicyType",
        "LeaveOrganization",
      ),
      ...of("organizations", "MoveAccount"),
      ...of(
        "sso",
        "CreateAccountAssignment",
        "PutInlinePolicyToPermissionSet",
        "AttachManagedPolicyToPermissionSet",
      ),
    ],
  },
  {
    about: ["packets", "rights"],
    actions: [...of("ec2", "CreateVpcEndpoint", "ModifyVpcEndpoint", "DeleteVpcEndpoints")],
  },
  {
    about: ["packets"],
    actions: [
      ...of(
        "ec2",
        "CreateRoute",
        "ReplaceRoute",
        "DeleteRoute",
        "AssociateRouteTable",
        "ReplaceRouteTableAssociation",
      ),
      ...of("ec2", "DisassociateRouteTable", "EnableVgwRoutePropagation", "CreateInternetGateway"),
      ...of(
        "ec2",
        "AttachInternetGateway",
        "CreateEgressOnlyInternetGateway",
        "CreateNatGateway",
        "AttachVpnGateway",
      ),
      ...of(
        "ec2",
        "CreateVpcPeeringConnection",
        "AcceptVpcPeeringConnection",
        "CreateTransitGatewayVpcAttachment",
      ),
      ...of("ec2", "ModifyTransitGatewayVpcAttachment", "CreateCarrierGateway", "CreateClientVpnEndpoint"),
      ...of(
        "ec2",
        "AssociateClientVpnTargetNetwork",
        "CreateInstanceConnectEndpoint",
        "CreateVerifiedAccessEndpoint",
      ),
      ...of(
        "ec2",
        "AuthorizeSecurityGroupIngress",
        "AuthorizeSecurityGroupEgress",
        "ModifySecurityGroupRules",
      ),
      ...of("ec2", "CreateNetworkAclEntry", "ReplaceNetworkAclEntry", "DeleteNetworkAclEntry"),
      ...of(
        "ec2",
        "ReplaceNetworkAclAssociation",
        "AssociateAddress",
        "ModifySubnetAttribute",
        "ModifyVpcAttribute",
      ),
      ...of("ec2", "AssociateVpcCidrBlock", "AssociateSubnetCidrBlock", "AssociateDhcpOptions"),
      ...of("ec2", "ModifyInstanceAttribute", "ModifyNetworkInterfaceAttribute", "AttachNetworkInterface"),
      ...of(
        "ec2",
        "ModifyManagedPrefixList",
        "RunInstances",
        "RequestSpotInstances",
        "RequestSpotFleet",
        "CreateFleet",
      ),
      ...of(
        "route53resolver",
        "AssociateFirewallRuleGroup",
        "DisassociateFirewallRuleGroup",
        "CreateFirewallRule",
      ),
      ...of("route53resolver", "UpdateFirewallRule", "DeleteFirewallRule", "UpdateFirewallConfig"),
      ...of(
        "route53resolver",
        "UpdateFirewallDomains",
        "ImportFirewallDomains",
        "UpdateFirewallRuleGroupAssociation",
      ),
      ...of("route53resolver", "CreateResolverEndpoint", "CreateResolverRule", "AssociateResolverRule"),
      ...of("route53profiles", "AssociateProfile"),
      ...of(
        "elasticloadbalancing",
        "CreateLoadBalancer",
        "CreateListener",
        "ModifyListener",
        "CreateRule",
        "ModifyRule",
      ),
      ...of("elasticloadbalancing", "RegisterTargets", "SetSubnets", "SetSecurityGroups"),
      ...of(
        "ecs",
        "RunTask",
        "StartTask",
        "CreateService",
        "UpdateService",
        "CreateTaskSet",
        "ExecuteCommand",
      ),
      ...of("autoscaling", "CreateAutoScalingGroup", "UpdateAutoScalingGroup", "AttachInstances"),
      ...of("batch", "SubmitJob", "CreateComputeEnvironment", "UpdateComputeEnvironment"),
      ...of("eks", "CreateCluster", "CreateNodegroup", "CreateFargateProfile"),
      ...of("elasticmapreduce", "RunJobFlow", "AddInstanceGroups"),
      ...of("sagemaker", "CreateNotebookInstance", "CreateTrainingJob", "CreateProcessingJob"),
      ...of("glue", "CreateDevEndpoint", "CreateConnection"),
      ...of("imagebuilder", "StartImagePipelineExecution", "CreateImage"),
      ...of("backup", "StartRestoreJob", "CreateRestoreTestingSelection", "UpdateRestoreTestingSelection"),
      ...of("ram", "CreateResourceShare", "AssociateResourceShare"),
      ...of("vpc-lattice", "CreateServiceNetworkVpcAssociation"),
      ...of("networkmanager", "CreateVpcAttachment"),
      ...of("network-firewall", "UpdateFirewallPolicy", "UpdateRuleGroup"),
      ...of("globalaccelerator", "CreateEndpointGroup", "UpdateEndpointGroup"),
    ],
  },
  {
    about: ["words"],
    actions: [
      ...of("codecommit", "PutRepositoryTriggers"),
      ...of("codestar-notifications", "CreateNotificationRule", "UpdateNotificationRule", "Subscribe"),
      ...of("events", "PutTargets", "PutRule", "PutPermission", "CreateArchive"),
      ...of("pipes", "CreatePipe", "UpdatePipe"),
      ...of("logs", "PutSubscriptionFilter", "PutAccountPolicy", "PutResourcePolicy", "PutDestinationPolicy"),
      ...of("logs", "CreateDelivery", "CreateExportTask"),
      ...of("cloudwatch", "PutMetricStream"),
      ...of("oam", "CreateLink"),
      ...of("cloudtrail", "CreateTrail", "UpdateTrail"),
      ...of("ec2", "CreateFlowLogs", "ModifySnapshotAttribute", "ModifyImageAttribute"),
      ...of("route53resolver", "CreateResolverQueryLogConfig", "AssociateResolverQueryLogConfig"),
      ...of("backup", "StartCopyJob", "PutBackupVaultAccessPolicy", "CreateBackupPlan", "UpdateBackupPlan"),
      ...of("dlm", "CreateLifecyclePolicy", "UpdateLifecyclePolicy"),
      ...of("ebs", "GetSnapshotBlock"),
      ...of("states", "InvokeHTTPEndpoint"),
      ...of("lambda", "AddPermission"),
    ],
  },
];
