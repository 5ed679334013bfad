/** Both stacks of this clone as rules see them: deployed, and previewed before anything exists. */
import { join } from "node:path";
import program from "../../index";
import { Account } from "../../rehearsal/aws/account";
import type { AccountOptions } from "../../rehearsal/aws/accountContext";
import { deploy } from "../../rehearsal/engines/in-process/deploy";
import type { Deployment } from "../../rehearsal/engines/in-process/deployment";
import { projectName, stackConfig } from "../../rehearsal/engines/in-process/stackFiles";
import { openAll } from "../../rehearsal/engines/in-process/wire";
import {
  deployMirror,
  deployOrganization,
  deploySource,
  deployTarget,
} from "../../rehearsal/engines/deployStack";
import type { Subject } from "./harness";

const root = join(__dirname, "..", "..");
const seed = "policies";

export interface Stacks {
  source: Subject[];
  target: Subject[];
}

/** What the stand-in account gives the source, as somebody pins it after the first deployment. */
const pinned = { "git-airlock:expectedSourceAddresses": ["203.0.113.10", "203.0.113.11"] };

let deploying: Promise<{ source: Deployment; target: Deployment }> | undefined;

/** Both stacks, deployed once for all tests. */
function deployments() {
  deploying ??= (async () => {
    const source = (await deploySource({ root, seed })).deployment;
    return { source, target: (await deployTarget(source, { root, seed, overrides: pinned })).deployment };
  })();
  return deploying;
}

export async function deployedStacks(): Promise<Stacks> {
  const { source, target } = await deployments();
  return { source: asSubjects(source), target: asSubjects(target) };
}

/** The link between them. */
export async function deployedMirror(): Promise<Subject[]> {
  const source = await deploySource({ root, seed });
  const target = await deployTarget(source.deployment, { root, seed });
  return asSubjects((await deployMirror(source, [target], { root, seed })).deployment);
}

/** What binds the target's account. */
export async function deployedOrganization(): Promise<Subject[]> {
  const source = await deploySource({ root, seed });
  const target = await deployTarget(source.deployment, { root, seed });
  return asSubjects((await deployOrganization([target], { root, seed })).deployment);
}

/** One stack with other configuration, by full keys; a target reads the usual source. */
export async function deployedVariant(
  stack: keyof Stacks,
  overrides: Readonly<Record<string, unknown>>,
): Promise<Subject[]> {
  if (stack === "source") return asSubjects((await deploySource({ root, seed, overrides })).deployment);
  const { source } = await deployments();
  const values = { ...pinned, ...overrides };
  return asSubjects((await deployTarget(source, { root, seed, overrides: values })).deployment);
}

/** What the first preview of each stack says; the target's reads the source's outputs. */
export async function previewedStacks(): Promise<Stacks> {
  const { source } = await deployments();
  return {
    source: asSubjects(await preview("dev", "111111111111", [])),
    target: asSubjects(await preview("prd", "222222222222", [source], { overrides: pinned })),
  };
}

/** What the first preview of a source says whose GitLab is named in a zone of the account. */
export async function previewedZone(gitlab: { hostname: string; hostedZoneId: string }): Promise<Subject[]> {
  const { hostname, hostedZoneId: id } = gitlab;
  const hostedZones = [{ id, name: hostname, isPrivate: false }];
  const overrides = { "git-airlock:gitlab": { version: "19.4.1", ...gitlab } };
  return asSubjects(await preview("dev", "111111111111", [], { hostedZones, overrides }));
}

function preview(
  stack: string,
  accountId: string,
  stacks: Deployment[],
  given: Pick<AccountOptions, "hostedZones"> & { overrides?: Readonly<Record<string, unknown>> } = {},
): Promise<Deployment> {
  const { overrides, ...holdings } = given;
  const config = stackConfig(root, stack, overrides);
  const account = new Account({ accountId, region: config["aws:region"] ?? "", seed, ...holdings });
  return deploy({ project: projectName(root), stack, config, program, account, stacks, preview: true });
}

/** As the engine hands resources to a pack: secrets open, and with the default provider's own configuration. */
function asSubjects({ resources, stack }: Deployment): Subject[] {
  const config = stackConfig(root, stack);
  const provider = { region: config["aws:region"] ?? "", defaultTags: config["aws:defaultTags"] ?? "{}" };
  return resources.map(({ type, name, urn, id, inputs, outputs, protect, parent, propertyDependencies }) => ({
    type,
    name,
    urn,
    id,
    protect,
    parent,
    propertyDependencies,
    provider,
    inputs: openAll(inputs),
    outputs: openAll(outputs),
  }));
}
