/** Pulumi's names of the types that several readers look for. */

/** @param name e.g. "VpcEndpoint" */
export function ec2(name: string): string {
  return `aws:ec2/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;
}

export const VPCS = [ec2("Vpc"), ec2("DefaultVpc")];
export const SUBNETS = [ec2("Subnet"), ec2("DefaultSubnet")];
export const ROUTE_TABLES = [ec2("RouteTable"), ec2("DefaultRouteTable")];
export const NACLS = [ec2("NetworkAcl"), ec2("DefaultNetworkAcl")];
export const GROUPS = [ec2("SecurityGroup"), ec2("DefaultSecurityGroup")];
export const IGW = ec2("InternetGateway");
export const NAT = ec2("NatGateway");
export const EIP = ec2("Eip");
export const INSTANCE = ec2("Instance");
export const VPC_ENDPOINT = ec2("VpcEndpoint");
export const SERVICE = "aws:ecs/service:Service";
export const TASKS = "aws:ecs/taskDefinition:TaskDefinition";
export const FUNCTION = "aws:lambda/function:Function";
export const LOAD_BALANCERS = ["aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer"];
export const TARGET_GROUPS = ["aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup"];
export const REPOSITORY = "aws:codecommit/repository:Repository";
export const SOURCE_COMPONENT = "git-airlock:source:NetworkedGitlab";
export const MIRROR_COMPONENT = "git-airlock:mirror:PushMirrors";
export const TARGET_COMPONENT = "git-airlock:target:MirrorTarget";
export const ORGANIZATION_COMPONENT = "git-airlock:organization:OrganizationGuard";
export const ORGANIZATION_POLICY = "aws:organizations/policy:Policy";
export const ORGANIZATION_ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment";

/** A rule of EventBridge. */
export const EVENT_RULE = "aws:cloudwatch/eventRule:EventRule";

/** What a rule sends events to. */
export const EVENT_TARGET = "aws:cloudwatch/eventTarget:EventTarget";

export const TOPIC = "aws:sns/topic:Topic";
export const BUCKET = "aws:s3/bucket:Bucket";
export const QUEUE = "aws:sqs/queue:Queue";
export const PARAMETER = "aws:ssm/parameter:Parameter";
export const LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup";

/** Scripts of Systems Manager, and what has it run them, by the clock too. */
export const DOCUMENT = "aws:ssm/document:Document";
export const WINDOW_TASK = "aws:ssm/maintenanceWindowTask:MaintenanceWindowTask";
export const ASSOCIATION = "aws:ssm/association:Association";

export const SCHEDULE = "aws:scheduler/schedule:Schedule";
export const STATE_MACHINE = "aws:sfn/stateMachine:StateMachine";
