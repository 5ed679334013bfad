/** Calls by which somebody changes what claims are about: what makes a state that is proved today untrue tomorrow. */
import { CONCERNS, type Concern } from "../../facts/resourceTypes";
import { actionMatches } from "../iam/match";

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

/** What the calls of a service bear on; those of others may bear on everything. */
const ABOUT: ReadonlyMap<string, readonly Concern[]> = new Map(
  Object.entries<readonly Concern[]>({
    autoscaling: ["packets"],
    cloudformation: ["packets", "rights", "words"],
    cloudtrail: ["words"],
    "codestar-notifications": ["words"],
    ec2: ["packets"],
    ecs: ["packets"],
    elasticloadbalancing: ["packets"],
    events: ["words"],
    globalaccelerator: ["packets"],
    iam: ["rights", "words"],
    kms: ["words"],
    lambda: ["packets", "rights", "words"],
    logs: ["words"],
    "network-firewall": ["packets"],
    networkmanager: ["packets"],
    organizations: ["rights"],
    pipes: ["words"],
    ram: ["packets", "rights"],
    route53profiles: ["packets"],
    route53resolver: ["packets"],
    s3: ["words"],
    scheduler: ["packets", "rights", "words"],
    sns: ["words"],
    sqs: ["words"],
    sso: ["rights"],
    states: ["packets", "rights", "words"],
    "vpc-lattice": ["packets"],
  }),
);

/** How AWS names calls that only look. */
const READING =
  /^(BatchGet|Check|Describe|Download|Estimate|Filter|Get|Head|List|Lookup|Preview|Query|Scan|Search|Select|Simulate|Validate|View)/i;

/**
 * Calls by service that change nothing which a claim rests on: they move data, and where that is an insider's it is asked of
 * carriers and readers. Every other call that does not only look may change what is proved.
 */
const HARMLESS: ReadonlyMap<string, RegExp> = new Map(
  Object.entries({
    autoscaling:
      /^(CompleteLifecycleAction|RecordLifecycleActionHeartbeat|Set(DesiredCapacity|InstanceHealth)|TerminateInstanceInAutoScalingGroup)$/i,
    bedrock: /^(InvokeModel\w*|Converse\w*)$/i,
    cloudwatch: /^PutMetricData$/i,
    "cognito-idp": /^Admin\w+$/i,
    dynamodb: /^((BatchWrite|Delete|Put|Update|ConditionCheck)Item|PartiQL\w+)$/i,
    ec2: /^(Create|Delete|Deregister)(Image|Snapshots?|Tags)$|^(Start|Stop|Reboot|Terminate|Monitor|Unmonitor)Instances$/i,
    ec2messages: /./,
    ecr: /^(CompleteLayerUpload|InitiateLayerUpload|PutImage|UploadLayerPart|BatchCheckLayerAvailability)$/i,
    ecs: /^(DiscoverPollEndpoint|Poll|(De)?RegisterContainerInstance|StartTelemetrySession|Submit\w+|StopTask|UpdateContainerInstancesState|(Un)?TagResource)$/i,
    elasticfilesystem: /^Client\w+$/i,
    elasticloadbalancing: /^(Add|Remove)Tags$|^DeregisterTargets$/i,
    events: /^PutEvents$/i,
    "execute-api": /^(Invoke|ManageConnections)$/i,
    firehose: /^PutRecord(Batch)?$/i,
    iam: /^(PassRole|CreateServiceLinkedRole|(Un)?Tag\w+)$/i,
    kinesis: /^(PutRecords?|SubscribeToShard)$/i,
    kms: /^(Decrypt|Encrypt|GenerateDataKey\w*|GenerateMac|ReEncrypt\w+|Sign|Verify\w*)$/i,
    lambda: /^Invoke(Function|Async)$/i,
    logs: /^(Create(LogGroup|LogStream)|PutLogEvents|PutRetentionPolicy|StartQuery|StopQuery|(Un)?Tag\w+)$/i,
    "rds-data": /./,
    "rds-db": /^connect$/i,
    s3: /^Put(Object|Object(Version)?Tagging|ObjectRetention|ObjectLegalHold)$|^DeleteObject(Version)?(Tagging)?$|^RestoreObject$|^(Abort|Complete|Create|List)\w*MultipartUpload\w*$/i,
    secretsmanager: /^(Tag|Untag)Resource$/i,
    ses: /^Send\w*Email$/i,
    sns: /^Publish$/i,
    sqs: /^((Send|Receive|Delete)Message|ChangeMessageVisibility|PurgeQueue)$/i,
    // Whoever commands a host can do what the host can, and is asked for that.
    ssm: /^(CancelCommand|PutInventory|PutComplianceItems|PutConfigurePackageResult|PutParameter|ResumeSession|SendCommand|StartSession|TerminateSession|Update(InstanceInformation|AssociationStatus|InstanceAssociationStatus))$/i,
    ssmmessages: /./,
    states: /^(StartExecution|StartSyncExecution|StopExecution|SendTask\w+)$/i,
    sts: /^(AssumeRole\w*|TagSession|SetSourceIdentity|GetCallerIdentity)$/i,
    xray: /^Put(TelemetryRecords|TraceSegments)$/i,
  }),
);

/** Services whose calls are decided exactly, or asked by themselves. */
const DECIDED = new Set(["codecommit"]);

const LISTED = CHANGES.flatMap(({ actions }) => actions);

/**
 * A call that a pattern of a policy admits and that may change what claims are about, though no list names it: AWS's own lists
 * grow.
 * @param pattern of an Action element, e.g. "ec2:Create*"
 */
export function unlistedChange(pattern: string): Changes | undefined {
  const [service = "", name = ""] = pattern.split(":");
  const prefix = service.toLowerCase();
  if (DECIDED.has(prefix) || LISTED.some((action) => actionMatches(pattern, action))) return undefined;
  const call = name.replaceAll("*", "Anything").replaceAll("?", "X");
  if (READING.test(call) || HARMLESS.get(prefix)?.test(call) === true) return undefined;
  return { about: ABOUT.get(prefix) ?? CONCERNS, actions: [`${service}:${call}`] };
}
