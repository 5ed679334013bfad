/** Reads from where a target's pushes come, out of the source stack's outputs. */
import * as pulumi from "@pulumi/pulumi";
import { checkPushSourceAddresses, documentationAddresses } from "./pushSourceAddresses";
import type { PushSources } from "./readConfig";
import { plainOutputs, referTo, refuseStack, type OtherStack } from "./stackOutputs";

/** How the warning about push sources of a documentation range ends. */
export const documentationWarning =
  "push sources of a documentation range (RFC 5737). Nobody on the Internet has such an address; nothing real can push from there.";

/** Whether nothing that another stack says can widen the lock. */
export function arePinned(pushSources: PushSources): boolean {
  return "addresses" in pushSources || pushSources.expected.length > 0;
}

/**
 * The addresses that the push user is locked to, in ascending order. Documentation addresses pass with a warning.
 * @throws pulumi.RunError when the stack or an output is missing, or its value is not what was expected; the message
 * says which, and what to run next
 */
export async function readPushSources(pushSources: PushSources): Promise<string[]> {
  const addresses = "addresses" in pushSources ? pushSources.addresses : await readSourceStack(pushSources);
  const examples = documentationAddresses(addresses);
  if (examples.length > 0) {
    await pulumi.log.warn(`${examples.join(", ")}: ${documentationWarning}`);
  }
  return addresses;
}

async function readSourceStack(
  pushSources: Exclude<PushSources, { addresses: string[] }>,
): Promise<string[]> {
  const { stack, region } = pushSources;
  const source: OtherStack = { what: "source", stack, key: "sourceStack" };
  const reference = await referTo("source", source);
  const outputs = await plainOutputs(reference, source, ["natPublicIps", "region"]);

  const problems: string[] = [];
  if (outputs.get("region") !== region) {
    const there = JSON.stringify(outputs.get("region"));
    const why = "its proxy lets git through to the CodeCommit of its own region only";
    problems.push(`its output region is ${there}, and this stack's aws:region is "${region}": ${why}`);
  }
  const checked = checkPushSourceAddresses(outputs.get("natPublicIps"), pushSources);
  if ("problems" in checked)
    problems.push(...checked.problems.map((problem) => `its output natPublicIps: ${problem}`));
  if ("problems" in checked || problems.length > 0) {
    const project = pulumi.getProject();
    const keys = `${project}:sourceAddressCount or ${project}:expectedSourceAddresses`;
    return refuseStack(
      source,
      problems,
      `Nothing was let in. Find out why the source says so; if it is right, change aws:region, ${keys} in Pulumi.${pulumi.getStack()}.yaml.`,
    );
  }
  return checked.addresses;
}
