/** What Organizations checks of a service or a resource control policy before it takes it. */
import { isRecord } from "../../../facts/record";
import { AwsError } from "../awsError";
import { parseJson } from "../json";
import { checkPolicyDocument, type PolicyStatement } from "./policyDocument";

const code = "MalformedPolicyDocumentException";

/**
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_syntax.html
 * @see https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
 */
export function checkControlPolicy(
  text: string,
  type: "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY",
): void {
  if (type === "SERVICE_CONTROL_POLICY") {
    checkPolicyDocument(text, { use: "identity", code });
    return;
  }
  const statements = checkPolicyDocument(text, { use: "resource", code, principalExists: () => true });
  const document = parseJson(text);
  if (!isRecord(document) || document["Version"] !== "2012-10-17")
    throw new AwsError(code, 'the Version must be "2012-10-17"');
  for (const [index, statement] of statements.entries()) {
    const problem = resourceControlProblem(statement);
    if (problem !== undefined) throw new AwsError(code, `Statement.${index}: ${problem}`);
  }
}

function resourceControlProblem(statement: PolicyStatement): string | undefined {
  const { effect, principals, notPrincipals, actions, notActions } = statement;
  if (effect === "Allow") return "the effect Allow is only supported for the RCPFullAWSAccess policy";
  const isEverybody = principals.every(({ kind, name }) => kind === "AWS" && name === "*");
  if (!isEverybody || notPrincipals.length > 0) return 'the Principal must be "*"';
  if (notActions.length > 0) return "NotAction is not supported";
  return actions.includes("*") ? 'an Action names its service; "*" by itself is not supported' : undefined;
}
