/** The AWS services that endpoints can lead to, by the last part of their endpoint service name. */
import { fipsRegions } from "../../../facts/hosts";
import { AwsError } from "../awsError";

/** Services with gateway endpoints. */
export const gatewayServices = ["s3", "dynamodb"];

/** Services with interface endpoints that a mirror's networks may use, and the first part of their DNS name. */
export const interfaceServices: Record<string, string> = {
  codecommit: "codecommit",
  "codecommit-fips": "codecommit-fips",
  ec2: "ec2",
  ec2messages: "ec2messages",
  "ecr.api": "api.ecr",
  "ecr.dkr": "dkr.ecr",
  ecs: "ecs",
  "ecs-agent": "ecs-a",
  "ecs-telemetry": "ecs-t",
  elasticloadbalancing: "elasticloadbalancing",
  events: "events",
  "git-codecommit": "git-codecommit",
  "git-codecommit-fips": "git-codecommit-fips",
  kms: "kms",
  logs: "logs",
  monitoring: "monitoring",
  secretsmanager: "secretsmanager",
  sns: "sns",
  sqs: "sqs",
  ssm: "ssm",
  ssmmessages: "ssmmessages",
  sts: "sts",
};

/** The last part of an endpoint service name of the region; InvalidServiceName when there is no such service. */
export function endpointService(serviceName: string, region: string): string {
  const prefix = `com.amazonaws.${region}.`;
  const service = serviceName.startsWith(prefix) ? serviceName.slice(prefix.length) : "";
  const isThere = Object.hasOwn(interfaceServices, service) || gatewayServices.includes(service);
  if (!isThere || (service.endsWith("-fips") && !fipsRegions.includes(region))) {
    throw new AwsError(
      "InvalidServiceName",
      `The Vpc Endpoint Service '${serviceName}' does not exist in ${region}`,
    );
  }
  return service;
}
