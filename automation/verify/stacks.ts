/** Where `git airlock verify` reads the stacks: files, or the backend that Pulumi is logged in to. */
import { z } from "zod";
import { DeclaredError, readDeployment } from "../../isolation/model/readDeployment";
import { readStackExport, showsSecrets, UnreadableExportError } from "../../isolation/model/stackExport";
import type { Declared, Deployment } from "../../isolation/model/deployment";
import type { StackSnapshot } from "../../isolation/model/snapshot";
import { MIRROR_COMPONENT, SOURCE_COMPONENT, TARGET_COMPONENT } from "../../isolation/model/types";
import { findPulumi, PulumiFailed } from "../pulumiCli";
import { NotJson, readJson, readTextFile } from "../textFile";
import { UsageError } from "../usageError";
import { readDeclared } from "./declared";
import type { VerifyOptions } from "./options";

/**
 * Reads what is deployed.
 * @param root the folder of the clone, where Pulumi.yaml is
 * @param onSlow told of what takes its time
 * @throws UsageError for anything that cannot be read
 */
export async function readStacks(
  options: VerifyOptions,
  root: string,
  onSlow: (what: string) => void,
): Promise<Deployment> {
  const fromFiles = options.source !== undefined || options.target !== undefined;
  const names = fromFiles ? given(options) : { ...(await foundIn(root, options)), ...given(options) };
  const read = async (file: string | undefined, stack: string | undefined, usual: string) => {
    if (file !== undefined) return fromFile(file, usual);
    if (stack === undefined) return undefined;
    onSlow(`Reading the stack ${stack} from the backend …`);
    return asSnapshot(await fromBackend(stack, root), stack);
  };
  const source = await read(options.source, names.source, "dev");
  const target = await read(options.target, names.target, "prd");
  const mirror = await read(options.mirror, names.mirror, "mirror");
  const organization = await read(options.organization, names.organization, "org");
  checkSide(source, "source", SOURCE_COMPONENT, TARGET_COMPONENT);
  checkSide(target, "target", TARGET_COMPONENT, SOURCE_COMPONENT);
  try {
    const declared = await readDeclared(options.declared);
    checkAccepted(declared, [source, target, mirror, organization]);
    return readDeployment(
      {
        ...(source && { source }),
        ...(target && { target }),
        ...(mirror && { mirror }),
        ...(organization && { organization }),
      },
      declared,
    );
  } catch (error) {
    if (error instanceof DeclaredError) throw new UsageError(error.message);
    throw error;
  }
}

/** Stacks of the backend, by what they are. */
interface StackNames {
  source?: string;
  target?: string;
  mirror?: string;
  organization?: string;
}

function given({ sourceStack, targetStack, mirrorStack, organizationStack }: VerifyOptions): StackNames {
  return {
    ...(sourceStack !== undefined && { source: sourceStack }),
    ...(targetStack !== undefined && { target: targetStack }),
    ...(mirrorStack !== undefined && { mirror: mirrorStack }),
    ...(organizationStack !== undefined && { organization: organizationStack }),
  };
}

const stackList = z.array(z.looseObject({ name: z.string() }));

/** The usual names; of the mirror and of the organization, where the backend has such a stack. */
async function foundIn(root: string, { mirror, organization }: VerifyOptions): Promise<StackNames> {
  const listed = stackList.safeParse(readJson(await runPulumi(["stack", "ls", "--json"], "dev", root)));
  const names = (listed.data ?? []).map(({ name }) => name.slice(name.lastIndexOf("/") + 1));
  return {
    source: "dev",
    target: "prd",
    ...(mirror === undefined && names.includes("mirror") && { mirror: "mirror" }),
    ...(organization === undefined && names.includes("org") && { organization: "org" }),
  };
}

async function fromFile(file: string, stack: string): Promise<StackSnapshot> {
  return asSnapshot(await readTextFile(file), stack, file);
}

function asSnapshot(text: string, stack: string, place?: string): StackSnapshot {
  const where = place === undefined ? "" : `${place}: `;
  try {
    const json = readJson(text);
    if (showsSecrets(json)) console.error(openSecrets(place));
    return readStackExport(json, stack);
  } catch (error) {
    if (error instanceof UnreadableExportError) throw new UsageError(`${where}${error.message}`);
    if (!(error instanceof NotJson)) throw error;
    throw new UsageError(
      `${where}the input ${error.message}; expected what "pulumi stack export --stack ${stack}" prints. Run that and give its output.`,
    );
  }
}

/** No claim is about this file: it is not what is deployed. */
function openSecrets(place: string | undefined): string {
  const file = place === undefined || place === "-" ? "this export" : place;
  return (
    `WARNING: ${file} holds secrets in plain text: it was made with --show-secrets. Delete every copy of it, and rotate what ` +
    "others may have read. Nothing here needs them: export without --show-secrets."
  );
}

/** Without --show-secrets, which Pulumi's own Automation API would add: secrets stay closed. */
function fromBackend(stack: string, root: string): Promise<string> {
  return runPulumi(["stack", "export", "--stack", stack], stack, root);
}

/**
 * What Pulumi's CLI prints of a stack.
 * @throws UsageError where there is no CLI, or it fails
 */
export async function runPulumi(args: string[], stack: string, root: string): Promise<string> {
  const pulumi = await findPulumi(
    root,
    `read the stack ${stack} with; exports can be given by --source and --target`,
  );
  try {
    return await pulumi.read(args);
  } catch (error) {
    if (!(error instanceof PulumiFailed)) throw error;
    throw new UsageError(
      `The stack ${stack} cannot be read from the backend. Pulumi says: ${error.message}\n` +
        `Log in with "pulumi login", name the stacks by --source-stack and --target-stack, or give exports by --source and --target.`,
    );
  }
}

/** Two exports are easily given the wrong way round. */
function checkSide(snapshot: StackSnapshot | undefined, side: string, own: string, other: string): void {
  const has = (type: string) => snapshot?.resources.some((resource) => resource.type === type);
  if (has(MIRROR_COMPONENT) && !has(own))
    throw new UsageError(
      `What was given as the ${side} is the mirror stack, which holds no ${own}. Give it by --mirror or --mirror-stack.`,
    );
  if (snapshot === undefined || !has(other) || has(own)) return;
  throw new UsageError(
    `What was given as the ${side} holds a ${other}, and no ${own}: it is the other side's. ` +
      "Swap --source and --target (or --source-stack and --target-stack).",
  );
}

/** A name with a typing error would accept nothing, and one of what is gone hides what comes next under that name. */
function checkAccepted(
  { accepted = [] }: Partial<Declared>,
  stacks: readonly (StackSnapshot | undefined)[],
): void {
  const held = new Set(stacks.flatMap((stack) => stack?.resources.map(({ urn }) => urn) ?? []));
  const gone = accepted.filter(({ urn }) => !held.has(urn));
  if (gone.length === 0) return;
  throw new UsageError(
    `No stack that was given holds ${gone.map(({ urn }) => urn).join(", ")}, which --declared accepts. ` +
      "Give the URN as --json prints it, or take the entry out.",
  );
}
