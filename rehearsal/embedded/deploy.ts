/** Runs a Pulumi program against a stand-in account, all inside this process. */
import * as pulumi from "@pulumi/pulumi";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Account } from "../accounts/account";
import type { Properties } from "../accounts/service";
import { Deployment, type ResourceState } from "./deployment";
import { Monitor } from "./monitor";
import { awaitFeatureSupport, setEngine, withLocalStorage } from "./pulumiRuntime";
import { isRecord } from "./wire";

export interface DeployOptions {
  project: string;
  stack: string;
  /** Full keys (`git-airlock:role`, `aws:region`) to text; objects and lists as JSON, as the engine hands them over. */
  config: Readonly<Record<string, string>>;
  /** The program, as Pulumi runs it: what it returns are the stack's outputs. */
  program: () => Promise<object | undefined>;
  account: Account;
  /** Earlier deployments that a StackReference can find. @default none */
  stacks?: readonly Deployment[];
  /** Only say what would be made; what the account would choose stays unknown. @default false */
  preview?: boolean;
  /** Told of each resource as it is made. */
  onResource?: (resource: ResourceState) => void;
}

/** A deployment that failed: every error, and what had been made before. */
export class DeployError extends Error {
  constructor(
    readonly errors: readonly Error[],
    readonly resources: readonly ResourceState[],
  ) {
    super(errors.map((e) => e.message).join("\n"));
    this.name = "DeployError";
  }
}

/** Deploys the stack and resolves once every resource is there. Rejects with a DeployError. */
export function deploy(options: DeployOptions): Promise<Deployment> {
  return withLocalStorage(() => run(options));
}

async function run(options: DeployOptions): Promise<Deployment> {
  const { project, stack, preview = false } = options;
  const monitor = new Monitor({
    ...{ project, stack, preview, account: options.account, onResource: options.onResource },
    stacks: new Map((options.stacks ?? []).map((d) => [`organization/${d.project}/${d.stack}`, d])),
    defaultTags: defaultTags(options.config["aws:defaultTags"]),
  });
  const warnings: string[] = [];
  const errors = new Set<Error>();
  const onError = (error: unknown) => errors.add(error instanceof Error ? error : new Error(String(error)));
  pulumi.runtime.setMockOptions(monitor, project, stack, preview, "organization");
  setEngine({
    log(request, done) {
      if (request.getSeverity() === LogSeverity.WARNING) warnings.push(request.getMessage());
      if (request.getSeverity() === LogSeverity.ERROR) onError(request.getMessage());
      done();
    },
    // The monitor knows the root by its type.
    setRootResource(_request, done) {
      done(null);
    },
  });
  await awaitFeatureSupport();
  pulumi.runtime.setAllConfig({ ...options.config });
  // A failed registration surfaces nowhere else: the SDK leaves its promise to these two handlers.
  process.on("unhandledRejection", onError);
  process.on("uncaughtException", onError);
  try {
    await pulumi.runtime.runInPulumiStack(options.program).catch(onError);
    await pulumi.runtime.disconnect();
    // One turn of the event loop, so that the last rejection has been reported.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", onError);
    process.off("uncaughtException", onError);
    monitor.close();
  }
  if (errors.size > 0) throw new DeployError(withoutEchoes([...errors]), monitor.resources);
  return new Deployment(project, stack, monitor.resources, monitor.outputs, warnings);
}

/** The runtime reports one failure several times over: as it was thrown, and wrapped for each promise on it. */
function withoutEchoes(errors: Error[]): Error[] {
  const seen = new Set<string>();
  return errors.filter((e) => !seen.has(e.message) && seen.add(e.message));
}

function defaultTags(json: string | undefined): Record<string, string> {
  const parsed: unknown = json === undefined ? {} : JSON.parse(json);
  const tags: Properties = isRecord(parsed) && isRecord(parsed["tags"]) ? parsed["tags"] : {};
  return Object.fromEntries(Object.entries(tags).map(([k, v]) => [k, String(v)]));
}
