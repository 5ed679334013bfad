/** The providers that the engine makes by itself, one for each package and version that a program's resources ask for. */
import { createHash } from "node:crypto";
import { derivedUuid } from "../../aws/derived";
import type { ResourceState } from "./deployment";

export interface DefaultProvidersOptions {
  project: string;
  stack: string;
  /** Full keys (`aws:region`) to text: those of a package are its provider's inputs. */
  config: Readonly<Record<string, string>>;
}

/**
 * As `pulumi stack export` shows them: an entry `default_<version>` each, to which resources refer by URN and id.
 *
 * Source: pulumi `pkg/resource/deploy/source_eval.go`, `defaultProviders`.
 */
export class DefaultProviders {
  readonly #made = new Map<string, ResourceState>();

  /** @param add takes each provider when it is made, before the resource that asks for it */
  constructor(
    private readonly options: DefaultProvidersOptions,
    private readonly add: (provider: ResourceState) => void,
  ) {}

  /** What a resource of that type refers to its provider by; the provider is there from now on. */
  referenceFor(type: string, version: string): string {
    const [name = ""] = type.split(":");
    const key = `${name} ${version}`;
    let provider = this.#made.get(key);
    if (provider === undefined) {
      provider = this.#provider(name, version);
      this.#made.set(key, provider);
      this.add(provider);
    }
    return `${provider.urn}::${provider.id ?? ""}`;
  }

  #provider(name: string, version: string): ResourceState {
    const { project, stack, config } = this.options;
    const providerName = version === "" ? "default" : `default_${version.replaceAll(/[^a-zA-Z0-9]/g, "_")}`;
    const type = `pulumi:providers:${name}`;
    const urn = `urn:pulumi:${stack}::${project}::${type}::${providerName}`;
    const own = Object.entries(config).flatMap(([key, value]) =>
      key.startsWith(`${name}:`) ? [[key.slice(name.length + 1), value] as const] : [],
    );
    const outputs = { ...Object.fromEntries(own), ...(version !== "" && { version }) };
    const digest = () => createHash("sha256").update(urn).digest("hex");
    return {
      urn,
      type,
      name: providerName,
      custom: true,
      id: derivedUuid({ digest }),
      inputs: { __internal: {}, ...outputs },
      outputs,
      dependencies: [],
      propertyDependencies: {},
    };
  }
}
