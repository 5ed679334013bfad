/** What of a side may give rights to somebody, and cannot be told. */
import type { Identity, Side } from "../model/deployment";

/**
 * Types of no reader that attach no policy to any user, group or role, and make none. Everything else could, also the
 * resources of other providers; budgets' actions and CloudFormation's stacks do, for example.
 */
const GRANTS_NOTHING =
  /^aws:(acm|alb|backup|cloudtrail|cloudwatch|codebuild|codepipeline|codestarnotifications|dlm|dynamodb|ebs|ec2|ec2transitgateway|ecr|ecs|efs|kms|lambda|lb|networkfirewall|pipes|rds|resourcegroups|route53|s3|scheduler|secretsmanager|sfn|sns|sqs|ssm|vpc|vpclattice)\//;

/**
 * Sentences, each naming the resource.
 * @param user leaves out what only concerns other identities
 */
export function openGrants({ identities, unmodelled, gaps }: Side, user?: Identity): string[] {
  const others = identities.filter(({ urn }) => user !== undefined && urn !== user.urn);
  const theirs = new Set(others.flatMap(({ urn, unreadPolicyArns }) => [urn, ...unreadPolicyArns]));
  for (const urn of user?.unreadPolicyArns ?? []) theirs.delete(urn);
  return [
    ...unmodelled
      .filter(({ type }) => !GRANTS_NOTHING.test(type))
      .map(({ urn, type }) => `${urn} is of the type ${type}, which could grant rights and is not modelled.`),
    ...gaps
      .filter(({ urn }) => typeOf(urn).startsWith("aws:iam/") && !theirs.has(urn))
      .map(({ urn, reason }) => `${urn}: ${reason}.`),
  ].sort();
}

/** The type in a URN, without its parents'. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? urn;
}
