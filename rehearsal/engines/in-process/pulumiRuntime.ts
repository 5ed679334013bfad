/**
 * The parts of Pulumi's Node.js runtime that its own inline programs run on (`automation/server.ts`), and that its type
 * declarations leave out. Everything this project takes from behind the public interface stands here.
 */
import { createRequire } from "node:module";
import { directLoopback } from "../../../engine/loopback";
import type { LogRequest, SetRootResourceRequest } from "@pulumi/pulumi/proto/engine_pb";
import { awaitFeatureSupport, resetOptions, waitForRPCs } from "@pulumi/pulumi/runtime/settings";
import { getStore, withLocalStorage } from "@pulumi/pulumi/runtime/state";

declare module "@pulumi/pulumi/runtime/settings" {
  /** Asks the monitor for each feature of the protocol and remembers the answers. */
  export function awaitFeatureSupport(): Promise<void>;
  /** Resolves once every registration under way has been answered. */
  export function waitForRPCs(): Promise<void>;
}

declare module "@pulumi/pulumi/runtime/state" {
  /** Runs the callback with runtime state of its own, so that one deployment cannot see another's. */
  export function withLocalStorage<T>(callback: () => T): T;
  export function getStore(): { settings: { engine?: Engine } };
}

/** What a program asks of the engine beside its monitor. */
export interface Engine {
  log(request: LogRequest, done: () => void): void;
  setRootResource(request: SetRootResourceRequest, done: (error: null) => void): void;
}

/** What `runtime/debuggable.ts` exports; its declarations are stripped as internal. */
interface Debuggable {
  readonly debugPromiseLeaks: boolean;
  debuggablePromise: <T>(promise: Promise<T>, context: unknown) => Promise<T>;
}

// Required, not imported: the function can only be replaced on the module's own exports object.
const debuggable = createRequire(__filename)("@pulumi/pulumi/runtime/debuggable") as Debuggable;

// The SDK takes a stack trace for every promise, in case it leaks. To capture and format them takes more than half of a
// deployment's time, and they are shown only where PULUMI_DEBUG_PROMISE_LEAKS is set.
if (!debuggable.debugPromiseLeaks) {
  const { debuggablePromise } = debuggable;
  debuggable.debuggablePromise = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return debuggablePromise(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
}

// gRPC takes `https_proxy` for loopback connections too, those that Pulumi makes between its own processes and to
// itself. Processes that are started from here inherit this.
// https://github.com/grpc/grpc/blob/master/doc/environment_variables.md
process.env["no_grpc_proxy"] = directLoopback(process.env);

export { awaitFeatureSupport, resetOptions, waitForRPCs, withLocalStorage };

/** Receives what the program logs in the current deployment. */
export function setEngine(engine: Engine): void {
  getStore().settings.engine = engine;
}
