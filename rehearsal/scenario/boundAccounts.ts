/** Whom the organization's stack binds. */
import type { DeployedStack } from "../engines/deployStack";

/** The accounts that its policies are attached to, in their order. */
export function boundAccounts({ deployment }: Pick<DeployedStack<"organization">, "deployment">): string[] {
  const attachments = deployment.ofType("aws:organizations/policyAttachment:PolicyAttachment");
  return [...new Set(attachments.map(({ outputs }) => String(outputs["targetId"])))];
}
