/** Reads another stack's outputs, or says in one error what is missing and what to run. */
import * as pulumi from "@pulumi/pulumi";
import { errorText } from "../../facts/errorText";
import { programRefusal } from "../refusal";

/** A stack that this one reads. */
export interface OtherStack {
  /** What it is to this one. */
  readonly what: "source" | "target";
  /** Full name, e.g. "organization/git-airlock/dev". */
  readonly stack: string;
  /** The config key that names it. */
  readonly key: string;
}

/** Ends the program because another stack cannot be used. @param next what to do, as a sentence */
export function refuseStack({ what, stack }: OtherStack, problems: readonly string[], next: string): never {
  const lines = problems.map((problem) => `  ${problem}`);
  throw programRefusal([`The ${what} stack ${stack} cannot be used:`, ...lines, next].join("\n"));
}

/** The last part of a stack's full name, by which the CLI finds it in this project. */
export function shortName(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** What to do about a stack that is not there, or not whole. */
export function deployFirst({ what, stack, key }: OtherStack): string {
  const set = `\`pulumi config set ${pulumi.getProject()}:${key} ORGANIZATION/PROJECT/STACK\``;
  return `Run \`pulumi up --stack ${shortName(stack)}\` first; if the ${what} is another stack, ${set}.`;
}

/** @throws pulumi.RunError when there is no such stack */
export async function referTo(name: string, other: OtherStack): Promise<pulumi.StackReference> {
  const { stack } = other;
  // Asked for first, because a reference to an unknown stack ends the program before it can say what to do.
  await pulumi.runtime
    .invoke("pulumi:pulumi:readStackOutputs", { name: stack })
    .catch((error: unknown) =>
      refuseStack(other, [`it cannot be read: ${errorText(error)}`], deployFirst(other)),
    );
  return new pulumi.StackReference(name, { name: stack });
}

/**
 * The values of outputs that are not secrets, by name.
 * @throws pulumi.RunError when one is missing, or is a secret
 */
export async function plainOutputs(
  reference: pulumi.StackReference,
  other: OtherStack,
  names: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const outputs = await Promise.all(
    names.map(async (name) => ({ name, ...(await reference.getOutputDetails(name)) })),
  );
  const project = pulumi.getProject();
  const secret = outputs.filter(({ secretValue }) => secretValue !== undefined);
  if (secret.length > 0) {
    const problems = secret.map(
      ({ name }) => `its output ${name} is a secret, which no ${other.what} stack of ${project} makes it`,
    );
    refuseStack(
      other,
      problems,
      `Make it plain there, and run \`pulumi up --stack ${shortName(other.stack)}\`.`,
    );
  }
  const missing = outputs.filter(({ value }) => value === undefined || value === null);
  if (missing.length > 0)
    refuseStack(
      other,
      missing.map(({ name }) => `it has no output ${name}`),
      deployFirst(other),
    );
  return new Map(outputs.map(({ name, value }): [string, unknown] => [name, value]));
}
