/** What of a side the network proof cannot see. */
import type { Side } from "../model/deployment";

/** Types that neither carry traffic nor open a way for it; every other one leaves claims open until it is modelled. */
const CARRIES_NOTHING = [
  /^pulumi:/,
  /^(random|tls):/,
  /^git-airlock:/,
  /^awsx:/,
  /^aws:(iam|codecommit|kms|secretsmanager|ssm|acm|dlm|ebs|cloudwatch|codestarnotifications|sns|sqs|organizations|cloudtrail|backup|scheduler|budgets|ecr|resourcegroups)\//,
  /^aws:ecs\/(cluster|taskDefinition):/,
  /^aws:ec2\/(volumeAttachment|keyPair|tag|ami|amiCopy|placementGroup|flowLog|ebsDefaultKmsKey|ebsEncryptionByDefault):/,
];

/** Whether a resource of the type could have a say in which packets get where. */
function mayCarryTraffic(type: string): boolean {
  return !CARRIES_NOTHING.some((pattern) => pattern.test(type));
}

/** Sentences about what a side leaves open, each naming the resource. */
export function openPoints(side: Side): string[] {
  return [
    ...side.unmodelled
      .filter(({ type }) => mayCarryTraffic(type))
      .map(({ urn, type }) => `${urn} is of the type ${type}, which could carry traffic and is not modelled`),
    ...side.gaps
      .filter(({ urn }) => mayCarryTraffic(typeOf(urn)))
      .map(({ urn, reason }) => `${urn}: ${reason}`),
  ].sort();
}

/** The type in a URN, without its parents'. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? urn;
}
