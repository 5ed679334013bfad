/** Reads what carries logs on: subscriptions, deliveries, policies, and the logs of networks that AWS writes itself. */
import { isRecord } from "../../../facts/record";
import type { Carrier } from "../deployment";
import { strictlyParsed } from "../../../facts/json";
import { admittedBy, ANYBODY } from "../resourcePolicies";
import type { StackResource } from "../snapshot";
import { propertiesOf, type Stack } from "../stack";
import { BUCKET, LOAD_BALANCERS, LOG_GROUP } from "../types";
import { bucketNamed, bucketOf, destinationNamed, logDestination } from "./references";

const log = (name: string) => `aws:cloudwatch/log${name}:Log${name}`;
const SUBSCRIPTION = log("SubscriptionFilter");
const DESTINATION = log("Destination");
const RESOURCE_POLICY = log("ResourcePolicy");
const ACCOUNT_POLICY = log("AccountPolicy");
const DATA_PROTECTION = log("DataProtectionPolicy");
const DELIVERY = log("Delivery");
const DELIVERY_DESTINATION = log("DeliveryDestination");
const FLOW_LOG = "aws:ec2/flowLog:FlowLog";
const RESOLVER_LOG = "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig";
const ZONE_LOG = "aws:route53/queryLog:QueryLog";

/** Any line of any log may hold words of somebody's choice: a host name that a proxy refuses, for one. */
export function readLogs(stack: Stack): Carrier[] {
  const carrier = (resource: StackResource, kind: Carrier["kind"], to: readonly string[]): Carrier => ({
    urn: resource.urn,
    kind,
    from: [],
    to,
    says: "anything",
  });
  return [
    ...stack
      .of(SUBSCRIPTION)
      .map((one) =>
        carrier(one, "log subscription", [destination(stack, stack.text(one, "destinationArn"))]),
      ),
    ...stack.of(ACCOUNT_POLICY).map((one) => carrier(one, "log policy", ofAccountPolicy(stack, one))),
    ...stack.of(DATA_PROTECTION).map((one) => carrier(one, "log policy", findings(stack, one))),
    ...stack
      .of(RESOURCE_POLICY)
      .map((one) => carrier(one, "log policy", admittedBy(propertiesOf(one).policyDocument, WRITING))),
    ...stack.of(DELIVERY).map((one) => {
      const named = stack.reference(one, "deliveryDestinationArn", [DELIVERY_DESTINATION]);
      return carrier(one, "log delivery", [delivered(stack, named)]);
    }),
    ...stack.of(FLOW_LOG).map((one) => carrier(one, "log", ofFlowLog(stack, one))),
    ...stack.of(RESOLVER_LOG).map((one) => carrier(one, "log", logDestination(stack, one, "destinationArn"))),
    ...stack
      .of(ZONE_LOG)
      .map((one) => carrier(one, "log", logDestination(stack, one, "cloudwatchLogGroupArn"))),
    ...stack.of(...LOAD_BALANCERS).map((one) => carrier(one, "log", ofLoadBalancer(stack, one))),
  ];
}

const WRITING = ["logs:putlogevents", "logs:createlogstream", "logs:createloggroup"];

/** A destination of the stack is a name for the stream behind it. */
function destination(stack: Stack, arn: string | undefined): string {
  if (arn === undefined) return ANYBODY;
  const shown = stack.find(arn, [DESTINATION]);
  return shown === undefined ? arn : (stack.text(shown, "targetArn") ?? ANYBODY);
}

function delivered(stack: Stack, named: string | undefined): string {
  const shown = stack.of(DELIVERY_DESTINATION).find(({ urn }) => urn === named);
  if (shown === undefined) return named ?? ANYBODY;
  const settings = stack.object(shown, "deliveryDestinationConfiguration");
  const to = stack.reference(shown, "destinationResourceArn", [BUCKET, LOG_GROUP], { from: settings });
  return to === undefined ? ANYBODY : destinationNamed(stack, to);
}

/** Policies for all log groups of an account. Those of other kinds say how logs are indexed and rewritten. */
function ofAccountPolicy(stack: Stack, policy: StackResource): string[] {
  const type = stack.text(policy, "policyType");
  if (type === "DATA_PROTECTION_POLICY") return findings(stack, policy);
  if (type !== "SUBSCRIPTION_FILTER_POLICY")
    return ["FIELD_INDEX_POLICY", "TRANSFORMER_POLICY"].includes(type ?? "") ? [] : [ANYBODY];
  const { DestinationArn: arn } = documentOf(policy) ?? {};
  return [destination(stack, typeof arn === "string" ? arn : undefined)];
}

function documentOf(policy: StackResource): Record<string, unknown> | undefined {
  const { policyDocument } = propertiesOf(policy);
  const read = typeof policyDocument === "string" ? strictlyParsed(policyDocument) : undefined;
  return isRecord(read) ? read : undefined;
}

/**
 * Where a data protection policy reports what it finds.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
 */
function findings(stack: Stack, policy: StackResource): string[] {
  const document = documentOf(policy);
  if (document === undefined) return [ANYBODY];
  return [document.Statement].flat().flatMap((statement: unknown) => {
    const operation = isRecord(statement) ? statement.Operation : undefined;
    const audit = isRecord(operation) ? operation.Audit : undefined;
    if (audit === undefined) return [];
    const to = isRecord(audit) ? audit.FindingsDestination : undefined;
    if (!isRecord(to)) return [ANYBODY];
    return Object.entries(to).map(([kind, place]) => {
      const name = isRecord(place) ? Object.values(place)[0] : undefined;
      if (typeof name !== "string") return ANYBODY;
      const group = stack.find(name, [LOG_GROUP]);
      if (kind === "CloudWatchLogs") return group === undefined ? name : destinationNamed(stack, group.urn);
      return kind === "S3" ? bucketNamed(stack, name) : ANYBODY;
    });
  });
}

/** @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-cwl.html */
function ofFlowLog(stack: Stack, flowLog: StackResource): string[] {
  // The role of the account whose log group it is.
  const other = stack.text(flowLog, "deliverCrossAccountRole");
  const group = stack.text(flowLog, "logGroupName");
  const named = group === undefined ? undefined : stack.find(group, [LOG_GROUP]);
  const to =
    named === undefined
      ? logDestination(stack, flowLog, "logDestination")
      : [destinationNamed(stack, named.urn)];
  return [...(other === undefined ? [] : [other]), ...to];
}

function ofLoadBalancer(stack: Stack, balancer: StackResource): string[] {
  return ["accessLogs", "connectionLogs", "healthCheckLogs"].flatMap((name) => {
    const settings = stack.object(balancer, name);
    return stack.flag(balancer, "enabled", settings) ? bucketOf(stack, balancer, "bucket", settings) : [];
  });
}
