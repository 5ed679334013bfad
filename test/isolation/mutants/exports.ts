/** Exports of the really stood-up stacks, to be changed in one place and proved again. */
import { join } from "node:path";
import { z } from "zod";
import { claims, type ClaimId } from "../../../isolation/claims";
import { questionAbout, type Claim } from "../../../isolation/claims/claim";
import { judge } from "../../../isolation/claims/judgement";
import { verify, type Report } from "../../../isolation/claims/verify";
import type { Declared, Deployment } from "../../../isolation/model/deployment";
import { readDeployment } from "../../../isolation/model/readDeployment";
import { readStackExport } from "../../../isolation/model/stackExport";
import type { Verdict } from "../../../isolation/verdict";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../../rehearsal/engines/deployStack";

/** What Pulumi writes where a value is not known. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const resource = z.looseObject({
  urn: z.string(),
  type: z.string(),
  id: z.string().optional(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  outputs: z.record(z.string(), z.unknown()).default({}),
  delete: z.boolean().optional(),
});
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource) }) });

type Exported = z.infer<typeof exported>;
export type ExportedResource = z.infer<typeof resource>;
export type Side = "dev" | "prd";
/** How isolated terminals pull: through the endpoint, locked to it or to its VPC, or by address. */
export type Mode = "endpoint" | "sourceVpc" | "addresses";

/** What a mutation is done to. */
export class Exports {
  declared: Partial<Declared> = { serviceControlPolicyAttached: true };

  constructor(private readonly stacks: Record<Side, Exported>) {}

  /** The one resource of that type (its last word) and name. */
  find(side: Side, type: string, name: string): ExportedResource {
    const found = this.stacks[side].deployment.resources.find(
      (one) => one.type.endsWith(`:${type}`) && one.urn.endsWith(`::${name}`),
    );
    if (!found) throw new Error(`there is no ${type} "${name}" in ${side}`);
    return found;
  }

  /** Gives a resource other properties, as inputs and as outputs. */
  change(side: Side, type: string, name: string, properties: Record<string, unknown>): void {
    const found = this.find(side, type, name);
    Object.assign(found.inputs, properties);
    Object.assign(found.outputs, properties);
  }

  /** Adds a resource, by its full type; its outputs are its properties. */
  add(
    side: Side,
    type: string,
    name: string,
    properties: Record<string, unknown> = {},
    id = `${name}-id`,
  ): void {
    const urn = `urn:pulumi:${side}::git-airlock::${type}::${name}`;
    this.stacks[side].deployment.resources.push({ urn, type, id, inputs: properties, outputs: properties });
  }

  /** All resources of a stack, to be changed. */
  resources(side: Side): ExportedResource[] {
    return this.stacks[side].deployment.resources;
  }

  /** What `pulumi stack export` would print. */
  exported(side: Side): unknown {
    return this.stacks[side];
  }

  remove(side: Side, type: string, name: string): void {
    const { resources } = this.stacks[side].deployment;
    resources.splice(resources.indexOf(this.find(side, type, name)), 1);
  }

  /** The order in which a state lists its resources says nothing. */
  reverse(): void {
    for (const { deployment } of Object.values(this.stacks)) deployment.resources.reverse();
  }

  /** Rewrites the statements of a document. */
  statements(
    side: Side,
    type: string,
    name: string,
    rewrite: (statements: Statement[]) => unknown[],
    property = "policy",
  ): void {
    const found = this.find(side, type, name);
    const document = JSON.parse(String(found.outputs[property])) as { Statement: Statement[] };
    this.change(side, type, name, {
      [property]: JSON.stringify({ ...document, Statement: rewrite(document.Statement) }),
    });
  }

  deployment(): Deployment {
    return readDeployment(
      { source: readStackExport(this.stacks.dev, "dev"), target: readStackExport(this.stacks.prd, "prd") },
      this.declared,
    );
  }

  report(): Report {
    return verify(this.deployment());
  }

  /** The verdict on one claim, as the report has it. */
  verdictOn(id: ClaimId): Verdict {
    const claim: Claim | undefined = claims.find((one) => one.id === id);
    if (claim === undefined) throw new Error(`there is no claim ${id}`);
    return judge(claim, questionAbout(this.deployment()));
  }
}

/** A statement of a policy document, as JSON has it. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: unknown;
  Action?: string[];
  NotAction?: string[];
  Resource?: string[];
  NotResource?: string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** One change of a good deployment. */
export interface Mutation {
  /** What somebody did. */
  what: string;
  /** Which good deployment it is done to. @default "endpoint" */
  mode?: Mode;
  mutate: (exports: Exports) => void;
}

/** A weakening that must leave a claim open. */
export interface Unmodelled extends Mutation {
  claim: ClaimId;
  /** What a reason must hold. */
  names: string;
}

const standing = new Map<Mode, Promise<Record<Side, Exported>>>();

const OVERRIDES: Readonly<Record<Mode, Record<string, unknown>>> = {
  endpoint: {},
  sourceVpc: {
    "git-airlock:pull": {
      isolatedTerminalCidrs: ["192.0.2.0/24"],
      lock: "sourceVpc",
      network: { cidrBlock: "10.1.0.0/24", availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
    },
  },
  addresses: { "git-airlock:pull": { mode: "addresses", isolatedTerminalCidrs: ["192.0.2.0/24"] } },
};

async function standUp(mode: Mode): Promise<Record<Side, Exported>> {
  const settings = { root: join(__dirname, "..", "..", ".."), seed: "mutants" };
  const source = (await deploySource(settings)).deployment;
  const target = (await deployTarget(source, { ...settings, overrides: OVERRIDES[mode] })).deployment;
  return {
    dev: exported.parse(exportStack(source, "phrase")),
    prd: exported.parse(exportStack(target, "phrase")),
  };
}

/** A copy of a good deployment's exports, to be changed; stood up once for all tests. */
export async function goodExports(mode: Mode = "endpoint"): Promise<Exports> {
  const stood = standing.get(mode) ?? standUp(mode);
  standing.set(mode, stood);
  return new Exports(structuredClone(await stood));
}
