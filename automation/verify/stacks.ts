/** Where `git airlock verify` reads the stacks: files, or the backend that Pulumi is logged in to. */
import { z } from "zod";
import { stackOfUrn } from "../../facts/urn";
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
 * Reads what is deployed: for each target a deployment of its own, in which the others are seen too. Without a target, one.
 * @param root the folder of the clone, where Pulumi.yaml is
 * @param onSlow told of what takes its time
 * @throws UsageError for anything that cannot be read
 */
export async function readStacks(
  options: VerifyOptions,
  root: string,
  onSlow: (what: string) => void,
): Promise<Deployment[]> {
  const backend = new Backend(root, onSlow);
  const names = await namesOf(options, backend);
  const read = async (file: string | undefined, stack: string | undefined, usual: string) =>
    file !== undefined ? fromFile(file, usual) : stack === undefined ? undefined : backend.read(stack);
  const source = await read(options.source, names.source, "dev");
  const mirror = await read(options.mirror, names.mirror, "mirror");
  const organization = await read(options.organization, names.organization, "org");
  const targets: StackSnapshot[] = [];
  for (const file of options.targets) targets.push(await fromFile(file, "prd"));
  for (const stack of names.targets ?? mirroredTo(mirror)) targets.push(await backend.read(stack));
  checkSide(source, "source", SOURCE_COMPONENT, TARGET_COMPONENT);
  for (const target of targets) checkSide(target, "target", TARGET_COMPONENT, SOURCE_COMPONENT);
  checkDistinct(targets);
  const declared = await readDeclared(options.declared);
  checkAccepted(declared, [source, ...targets, mirror, organization]);
  const common = {
    ...(source && { source }),
    ...(mirror && { mirror }),
    ...(organization && { organization }),
  };
  try {
    if (targets.length === 0) return [readDeployment(common, declared)];
    return targets.map((target) => {
      const others = targets.filter((other) => other !== target);
      return readDeployment({ ...common, target, others }, declared);
    });
  } catch (error) {
    if (error instanceof DeclaredError) throw new UsageError(error.message);
    throw error;
  }
}

/** Stacks of the backend, by what they are. */
interface StackNames {
  source?: string;
  /** Undefined where the mirror says it. */
  targets?: readonly string[];
  mirror?: string;
  organization?: string;
}

const stackList = z.array(z.looseObject({ name: z.string() }));

/**
 * Those that are named. Where no file is given either, source and target by their usual names; and the mirror and the
 * organization, where the backend has such a stack.
 */
async function namesOf(options: VerifyOptions, backend: Backend): Promise<StackNames> {
  const { sourceStack, targetStacks, mirrorStack, organizationStack } = options;
  const given: StackNames = {
    ...(sourceStack !== undefined && { source: sourceStack }),
    ...(targetStacks.length > 0 && { targets: targetStacks }),
    ...(mirrorStack !== undefined && { mirror: mirrorStack }),
    ...(organizationStack !== undefined && { organization: organizationStack }),
  };
  if (options.source !== undefined || options.targets.length > 0) return { targets: [], ...given };
  const names = await backend.stacks();
  const has = (name: string) => names.includes(name);
  return {
    source: "dev",
    ...(options.mirror === undefined && has("mirror") && { mirror: "mirror" }),
    ...(options.organization === undefined && has("org") && { organization: "org" }),
    ...given,
  };
}

const mirrorsOutput = z.array(z.looseObject({ target: z.string() }));

/** The targets that the mirror pushes to; the usual one where there is no mirror, or it pushes nowhere. */
function mirroredTo(mirror: StackSnapshot | undefined): string[] {
  const mirrors = mirrorsOutput.safeParse(mirror?.outputs.mirrors);
  const targets = [...new Set((mirrors.data ?? []).map(({ target }) => target))];
  return targets.length > 0 ? targets : ["prd"];
}

/** The backend that Pulumi is logged in to. */
class Backend {
  constructor(
    private readonly root: string,
    private readonly onSlow: (what: string) => void,
  ) {}

  /** Names of the project's stacks. */
  async stacks(): Promise<string[]> {
    const listed = stackList.safeParse(
      readJson(await runPulumi(["stack", "ls", "--json"], "dev", this.root)),
    );
    return (listed.data ?? []).map(({ name }) => name.slice(name.lastIndexOf("/") + 1));
  }

  /** Without --show-secrets, which Pulumi's own Automation API would add: secrets stay closed. */
  async read(stack: string): Promise<StackSnapshot> {
    this.onSlow(`Reading the stack ${stack} from the backend …`);
    return asSnapshot(await runPulumi(["stack", "export", "--stack", stack], stack, this.root), stack);
  }
}

async function fromFile(file: string, stack: string): Promise<StackSnapshot> {
  const snapshot = asSnapshot(await readTextFile(file), stack, file);
  const [first] = snapshot.resources;
  return first === undefined ? snapshot : { ...snapshot, stack: stackOfUrn(first.urn) };
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

/** A target beside itself would be two users and two accounts of one name, and the report names stacks. */
function checkDistinct(targets: readonly StackSnapshot[]): void {
  const names = targets.map(({ stack }) => stack);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new UsageError(`The target stack ${twice} was given twice. Give each target once.`);
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
