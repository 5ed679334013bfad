/** What the deployed push policies say, for people to see. */
import { parsePolicy } from "../../isolation/iam/policy";
import type { DeployedStack } from "../engines/deployStack";

/** The CIDRs that the push user's Allow statements admit, in the order of the documents. */
export function admittedAddresses({ account, deployment }: DeployedStack<"target">): string[] {
  const policies = account.iam.policiesOf(String(deployment.output("pushUserName")));
  const conditions = policies
    .flatMap(({ name, document }) => parsePolicy(document, name).statements)
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => statement.conditions)
    .filter(({ key }) => key === "aws:SourceIp");
  return [...new Set(conditions.flatMap(({ values }) => values))];
}
