/** Runs a Pulumi program against a stand-in account, all inside this process. */
import * as pulumi from "@pulumi/pulumi";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Account } from "../../aws/account";
import { RehearsalError } from "../../rehearsalError";
import { Deployment, type ResourceState } from "./deployment";
import { Monitor } from "./monitor";
import { awaitFeatureSupport, setEngine, withLocalStorage } from "./pulumiRuntime";

export interface DeployOptions {
  project: string;
  stack: string;
  /** What a StackReference finds the deployment by. @default organization/<project>/<stack> */
  fullName?: string;
  /** Full keys (`git-airlock:role`, `aws:region`) to text; objects and lists as JSON, as the engine hands them over. */
  config: Readonly<Record<string, string>>;
  /** The program, as Pulumi runs it: what it returns are the stack's outputs. */
  program: () => Promise<object | undefined>;
  account: Account;
  /** Earlier deployments that a StackReference can find. @default none */
  stacks?: readonly Deployment[];
  /** The stack as it stood before: what the account gave it then, such as names, stays given. @default nothing */
  previous?: Deployment;
  /** Only say what would be made; what the account would choose stays unknown. @default false */
  preview?: boolean;
  /** Ends the deployment early, with the reason. What the program still waits for is left waiting. */
  aborted?: AbortSignal;
  /** Told of each resource as it is made. */
  onResource?: (resource: ResourceState) => void;
}

/** A deployment that failed: every error, and what had been made before. */
export class DeployError extends RehearsalError {
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
  const { project, stack, preview = false, aborted } = options;
  const monitor = new Monitor({
    project,
    stack,
    preview,
    account: options.account,
    onResource: options.onResource,
    previous: options.previous,
    stacks: new Map((options.stacks ?? []).map((d) => [d.fullName, d])),
    config: options.config,
  });
  const warnings: string[] = [];
  const errors = new Set<Error>();
  let reportFailure = () => {};
  const failure = new Promise<void>((resolve) => (reportFailure = resolve));
  let onAbort = () => {};
  const stop = new Promise<void>((resolve) => (onAbort = resolve));
  const onError = (error: unknown) => {
    errors.add(error instanceof Error ? error : new Error(String(error)));
    reportFailure();
  };
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
  aborted?.addEventListener("abort", onAbort);
  try {
    const finished = pulumi.runtime
      .runInPulumiStack(options.program)
      .catch(onError)
      .then(() => pulumi.runtime.disconnect());
    // After a failure, what depends on the failed resource is never answered, so nobody waits for that.
    await Promise.race([finished, failure.then(() => monitor.quiet()), stop]);
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("unhandledRejection", onError);
    process.off("uncaughtException", onError);
    aborted?.removeEventListener("abort", onAbort);
    monitor.close();
  }
  aborted?.throwIfAborted();
  if (errors.size > 0) throw new DeployError(withoutEchoes([...errors]), monitor.resources);
  return new Deployment({
    project,
    stack,
    resources: monitor.resources,
    outputs: monitor.outputs,
    warnings,
    fullName: options.fullName,
  });
}

/** The runtime reports one failure several times over: as it was thrown, and again for each resource that needed it. */
function withoutEchoes(errors: Error[]): Error[] {
  const causes = new Map<string, Error>();
  for (const error of errors) {
    const cause = error.message.replace(/^(?:error serializing property "[^"]*": )+/, "");
    if (!causes.has(cause)) causes.set(cause, cause === error.message ? error : new Error(cause));
  }
  return [...causes.values()];
}
