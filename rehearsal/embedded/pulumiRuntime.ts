/**
 * The parts of Pulumi's Node.js runtime that its own inline programs run on (`automation/server.ts`), and that its type
 * declarations leave out. Everything this project takes from behind the public interface stands here.
 */
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

export { awaitFeatureSupport, resetOptions, waitForRPCs, withLocalStorage };

/** Receives what the program logs in the current deployment. */
export function setEngine(engine: Engine): void {
  getStore().settings.engine = engine;
}
