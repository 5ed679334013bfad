/** The three stacks as they are really stood up, with all that starts or mails something by itself, to be changed in one place. */
import { join } from "node:path";
import { z } from "zod";
import { verify } from "../../../isolation/claims/verify";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import type { Verdict } from "../../../isolation/verdict";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { deployMirror, deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";

export const STACKS = { source: "dev", target: "prd", mirror: "mirror" } as const;
export type StackRole = keyof typeof STACKS;

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
});
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource) }) });
type Exported = z.infer<typeof exported>;

/** One stack. Types are written as a program writes their classes, e.g. "ec2.Vpc" for aws.ec2.Vpc. */
export class Editor {
  constructor(
    private readonly stack: string,
    private readonly state: Exported,
  ) {}

  find(type: string, name: string): z.infer<typeof resource> {
    const full = typeToken(type);
    const found = this.state.deployment.resources.find(
      (one) => one.type === full && one.urn.endsWith(`::${name}`),
    );
    if (!found) throw new Error(`there is no ${full} "${name}" to edit`);
    return found;
  }

  /** Gives a resource other properties, as inputs and as outputs. */
  change(type: string, name: string, properties: Record<string, unknown>): void {
    const found = this.find(type, name);
    Object.assign(found.inputs, properties);
    Object.assign(found.outputs, properties);
  }

  /** Adds a resource, whose outputs are its properties. @returns its id */
  add(type: string, name: string, properties: Record<string, unknown> = {}, id = name): string {
    const full = typeToken(type);
    const urn = `urn:pulumi:${this.stack}::git-airlock::${full}::${name}`;
    this.state.deployment.resources.push({ urn, type: full, id, inputs: properties, outputs: properties });
    return id;
  }
}

function typeToken(type: string): string {
  return type.replace(
    /^(\w+)\.(\w)(\w*)$/,
    (_, module: string, first: string, rest: string) =>
      `aws:${module}/${first.toLowerCase()}${rest}:${first}${rest}`,
  );
}

/** Verdicts on the good deployment after a change of one of its stacks. */
export async function verdictsAfter(
  stack: StackRole,
  edit: (stack: Editor, of: (stack: StackRole) => Editor) => unknown,
): Promise<readonly Verdict[]> {
  const states = structuredClone(await standing());
  const of = (role: StackRole) => new Editor(STACKS[role], states[role]);
  edit(of(stack), of);
  const read = (role: StackRole) => readStackExport(states[role], STACKS[role]);
  const stacks = { source: read("source"), target: read("target"), mirror: read("mirror") };
  return verify(readDeployment(stacks, { serviceControlPolicyAttached: true })).verdicts;
}

let stood: Promise<Record<StackRole, Exported>> | undefined;

/** Stood up once for all tests. */
function standing(): Promise<Record<StackRole, Exported>> {
  return (stood ??= standUp());
}

async function standUp(): Promise<Record<StackRole, Exported>> {
  const root = join(__dirname, "..", "..", "..");
  const alarms = { "git-airlock:alarms": { emails: ["operators@example.com"] } };
  const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
  const gitlab = {
    hostname: "gitlab.dev.example.com",
    version: "19.4.1",
    selfSignedCertificate: true,
    officeHours,
    administrator: { username: "alice", email: "alice@example.com" },
  };
  const options = { root, seed: "side doors" };
  const source = await deploySource({ ...options, overrides: { ...alarms, "git-airlock:gitlab": gitlab } });
  const target = await deployTarget(source.deployment, { ...options, overrides: alarms });
  const mirror = await deployMirror(source, [target], options);
  const exportOf = ({ deployment }: Pick<typeof mirror, "deployment">) =>
    exported.parse(exportStack(deployment, "phrase"));
  return { source: exportOf(source), target: exportOf(target), mirror: exportOf(mirror) };
}
