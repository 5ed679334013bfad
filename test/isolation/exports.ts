/** Exports of the really stood-up stacks, to be changed in one place and proved again. */
import { join } from "node:path";
import { z } from "zod";
import { claims, type ClaimId } from "../../isolation/claims";
import { questionAbout, type Claim } from "../../isolation/claims/claim";
import { judge } from "../../isolation/claims/judgement";
import { verify, type Report } from "../../isolation/claims/verify";
import type { Declared, Deployment } from "../../isolation/model/deployment";
import { readDeployment } from "../../isolation/model/readDeployment";
import { readStackExport } from "../../isolation/model/stackExport";
import type { Verdict } from "../../isolation/verdict";
import { exportStack } from "../../rehearsal/engines/in-process/stackExport";
import { deploySource, deployTarget } from "../../rehearsal/engines/deployStack";
import { Editor } from "../weakenings/editor";
import type { Mode, Stack, Weakening } from "../weakenings/weakening";

const resource = z
  .looseObject({
    urn: z.string(),
    type: z.string(),
    id: z.string().optional(),
    inputs: z.record(z.string(), z.unknown()).default({}),
    outputs: z.record(z.string(), z.unknown()).default({}),
    protect: z.boolean().optional(),
    parent: z.string().optional(),
    delete: z.boolean().optional(),
    propertyDependencies: z.record(z.string(), z.array(z.string())).optional(),
  })
  .transform((one) => ({ ...one, name: one.urn.split("::").slice(3).join("::") }));
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resource) }) });

type Exported = z.infer<typeof exported>;

/** What the stacks are called. */
export const STACKS = { source: "dev", target: "prd", mirror: "mirror" } as const;

/** The exports of both stacks, and what is declared beside them. */
export class Exports {
  declared: Partial<Declared> = { serviceControlPolicyAttached: true };
  readonly source: Editor;
  readonly target: Editor;

  constructor(private readonly stacks: Record<Stack, Exported>) {
    this.source = new Editor(stacks.source.deployment.resources);
    this.target = new Editor(stacks.target.deployment.resources);
  }

  weaken({ stack, edit, declared }: Weakening): void {
    const { source, target } = this;
    if (stack === "source") edit(source, target);
    else edit(target, source);
    this.declared = declared ?? this.declared;
  }

  /** What `pulumi stack export` would print. */
  exported(stack: Stack): unknown {
    const { deployment, ...rest } = this.stacks[stack];
    return { ...rest, deployment: { ...deployment, resources: this[stack].resources } };
  }

  deployment(): Deployment {
    const source = readStackExport(this.exported("source"), STACKS.source);
    const target = readStackExport(this.exported("target"), STACKS.target);
    return readDeployment({ source, target }, this.declared);
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

const standing = new Map<Mode, Promise<Record<Stack, Exported>>>();

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

async function standUp(mode: Mode): Promise<Record<Stack, Exported>> {
  const settings = { root: join(__dirname, "..", ".."), seed: "weakenings" };
  const source = (await deploySource(settings)).deployment;
  const target = (await deployTarget(source, { ...settings, overrides: OVERRIDES[mode] })).deployment;
  return {
    source: exported.parse(exportStack(source, "phrase")),
    target: exported.parse(exportStack(target, "phrase")),
  };
}

/** A copy of a good deployment's exports, to be changed; stood up once for all tests. */
export async function goodExports(mode: Mode = "endpoint"): Promise<Exports> {
  const stood = standing.get(mode) ?? standUp(mode);
  standing.set(mode, stood);
  return new Exports(await stood);
}
