/** Reads from where a target's pushes come, out of the source stack's outputs. */
import * as pulumi from "@pulumi/pulumi";
import { programRefusal } from "../refusal";
import { checkPushSourceAddresses, documentationAddresses } from "./pushSourceAddresses";
import type { PushSources } from "./readConfig";

/**
 * The addresses that the push user is locked to, in ascending order. Documentation addresses pass with a warning.
 * @throws pulumi.RunError when the stack or an output is missing, or its value is not what was expected; the message
 * says which, and what to run next
 */
export async function readPushSources(pushSources: PushSources): Promise<string[]> {
  const addresses = "addresses" in pushSources ? pushSources.addresses : await readSourceStack(pushSources);
  const examples = documentationAddresses(addresses);
  if (examples.length > 0) {
    const what = `${examples.join(", ")}: push sources of a documentation range (RFC 5737)`;
    await pulumi.log.warn(
      `${what}. Nobody on the Internet has such an address; nothing real can push from there.`,
    );
  }
  return addresses;
}

async function readSourceStack(
  pushSources: Exclude<PushSources, { addresses: string[] }>,
): Promise<string[]> {
  const { stack, region } = pushSources;
  const project = pulumi.getProject();
  const fail = (problems: readonly string[], next: string): never => {
    const lines = problems.map((problem) => `  ${problem}`);
    throw programRefusal([`The source stack ${stack} cannot be used:`, ...lines, next].join("\n"));
  };
  const short = stack.slice(stack.lastIndexOf("/") + 1);
  const elsewhere = `if the source is another stack, \`pulumi config set ${project}:sourceStack ORGANIZATION/PROJECT/STACK\``;
  const deploy = `Run \`pulumi up --stack ${short}\` first; ${elsewhere}.`;

  // Asked for first, because a reference to an unknown stack ends the program before it can say what to do.
  await pulumi.runtime
    .invoke("pulumi:pulumi:readStackOutputs", { name: stack })
    .catch((error: unknown) =>
      fail([`it cannot be read: ${error instanceof Error ? error.message : String(error)}`], deploy),
    );
  const reference = new pulumi.StackReference("source", { name: stack });
  const [natPublicIps, sourceRegion] = await Promise.all([
    reference.getOutputDetails("natPublicIps"),
    reference.getOutputDetails("region"),
  ]);
  const outputs = { natPublicIps, region: sourceRegion };
  const secret = Object.entries(outputs).filter(([, output]) => output.secretValue !== undefined);
  if (secret.length > 0) {
    const problems = secret.map(
      ([name]) => `its output ${name} is a secret, which no source stack of ${project} makes it`,
    );
    fail(problems, `Make it plain there, and run \`pulumi up --stack ${short}\`.`);
  }
  const missing = Object.entries(outputs).filter(([, output]) => output.value === undefined);
  if (missing.length > 0)
    fail(
      missing.map(([name]) => `it has no output ${name}`),
      deploy,
    );

  const problems: string[] = [];
  if (sourceRegion.value !== region) {
    const there = JSON.stringify(sourceRegion.value);
    const why = "its proxy lets git through to the CodeCommit of its own region only";
    problems.push(`its output region is ${there}, and this stack's aws:region is "${region}": ${why}`);
  }
  const checked = checkPushSourceAddresses(natPublicIps.value, pushSources);
  if ("problems" in checked)
    problems.push(...checked.problems.map((problem) => `its output natPublicIps: ${problem}`));
  if ("problems" in checked || problems.length > 0) {
    const keys = `${project}:sourceAddressCount or ${project}:expectedSourceAddresses`;
    return fail(
      problems,
      `Nothing was let in. Find out why the source says so; if it is right, change aws:region, ${keys} in Pulumi.<stack>.yaml.`,
    );
  }
  return checked.addresses;
}
