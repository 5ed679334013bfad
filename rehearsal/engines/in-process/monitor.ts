/**
 * A Pulumi resource monitor inside this process: takes what the program registers, lets a stand-in account make it, and
 * answers as the engine does. It makes everything anew; the real engine is the one that knows updates.
 */
import * as pulumi from "@pulumi/pulumi";
import type { Callback } from "@pulumi/pulumi/proto/callback_pb";
import { InvokeResponse, type CallRequest } from "@pulumi/pulumi/proto/provider_pb";
import {
  ReadResourceResponse,
  RegisterPackageResponse,
  RegisterResourceResponse,
  SupportsFeatureResponse,
  type ReadResourceRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  type ResourceInvokeRequest,
  type SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb";
import { errorText } from "../../../facts/errorText";
import type { Account } from "../../aws/account";
import { readDefaultTags, withDefaultTags } from "../../aws/defaultTags";
import type { Properties } from "../../aws/accountContext";
import { AwsxVpc, awsxVpcType } from "./awsxVpc";
import { componentState, type ComponentState } from "./componentState";
import { DefaultProviders } from "./defaultProviders";
import type { Deployment, ResourceState } from "./deployment";
import { Transforms } from "./transforms";
import { asSecret, asStruct, containsSecret, containsUnknown, openAll } from "./wire";

type Answer<T> = (error: Error | null, response?: T) => void;

const rootStackType = "pulumi:pulumi:Stack";

export interface MonitorOptions {
  project: string;
  stack: string;
  account: Account;
  /** The stacks that a StackReference can find, by full name (`organization/<project>/<stack>`). */
  stacks: ReadonlyMap<string, Deployment>;
  /** Whether only to say what would be made. */
  preview: boolean;
  /** Full keys (`aws:region`) to text. */
  config: Readonly<Record<string, string>>;
  /** The stack as it stood before. */
  previous?: Deployment;
  /** Told of each resource made. */
  onResource?: (resource: ResourceState) => void;
}

export class Monitor {
  readonly resources: ResourceState[] = [];
  outputs: Properties = {};
  readonly #urns = new Map<string, ResourceState>();
  readonly #callbacks = new Map<string, readonly Callback[]>();
  readonly #transforms = new Transforms();
  #underWay = 0;
  readonly #claimed = new Set<string>();
  /** Remote components whose stand-in has yet to register itself, under the same URN. */
  readonly #expanding = new Set<string>();

  readonly #defaultTags: Readonly<Record<string, string>>;
  readonly #defaultProviders: DefaultProviders;

  constructor(private readonly options: MonitorOptions) {
    this.#defaultTags = readDefaultTags(options.config["aws:defaultTags"]);
    this.#defaultProviders = new DefaultProviders(options, (provider) => this.resources.push(provider));
  }

  supportsFeature(request: SupportsFeatureRequest, answer: Answer<SupportsFeatureResponse>): void {
    const response = new SupportsFeatureResponse();
    // Without output values, what arrives here is plain JSON with marked secrets.
    response.setHassupport(!["outputValues", "invokeTransforms"].includes(request.getId()));
    answer(null, response);
  }

  registerPackage(_request: unknown, answer: Answer<RegisterPackageResponse>): void {
    answer(null, new RegisterPackageResponse());
  }

  invoke(request: ResourceInvokeRequest, answer: Answer<InvokeResponse>): void {
    this.#settle(answer, () => {
      const inputs = openAll(request.getArgs()?.toJavaScript() ?? {});
      const response = new InvokeResponse();
      response.setReturn(asStruct(this.#answer(request.getTok(), inputs)));
      return Promise.resolve(response);
    });
  }

  /** The engine's own functions are the monitor's, all others the account's. */
  #answer(token: string, inputs: Properties): Properties {
    if (token === "pulumi:pulumi:getResource") return this.#getResource(String(inputs["urn"]));
    if (token === "pulumi:pulumi:readStackOutputs") return this.#readStack(String(inputs["name"]));
    return this.options.account.call(token, inputs);
  }

  call(request: CallRequest, answer: Answer<never>): void {
    answer(new Error(`no component here has the method "${request.getTok()}"`));
  }

  readResource(request: ReadResourceRequest, answer: Answer<ReadResourceResponse>): void {
    this.#settle(answer, () => {
      if (request.getType() !== "pulumi:pulumi:StackReference")
        throw new Error(`this account cannot look up a ${request.getType()} by its id`);
      const outputs = this.#readStack(request.getId());
      const urn = this.#urn(request.getType(), request.getName(), request.getParent());
      this.#claim(urn);
      this.#add({
        urn,
        type: request.getType(),
        name: request.getName(),
        custom: true,
        id: request.getId(),
        inputs: { name: request.getId() },
        outputs,
        dependencies: request.getDependenciesList(),
        ...(request.getParent() && { parent: request.getParent() }),
        propertyDependencies: {},
        external: true,
        provider: this.#defaultProviders.referenceFor(request.getType(), request.getVersion()),
      });
      const response = new ReadResourceResponse();
      response.setUrn(urn);
      response.setProperties(asStruct(outputs));
      return Promise.resolve(response);
    });
  }

  registerResource(request: RegisterResourceRequest, answer: Answer<RegisterResourceResponse>): void {
    this.#settle(answer, async () => {
      const urn = this.#urn(request.getType(), request.getName(), request.getParent());
      // A component that is being expanded registers a second time, from inside.
      if (!this.#expanding.delete(urn)) {
        this.#claim(urn);
        this.#callbacks.set(urn, request.getTransformsList());
        await this.#transforms.apply(this.#callbacksFor(request), request);
      }
      const properties: Properties = request.getObject()?.toJavaScript() ?? {};
      const response = new RegisterResourceResponse();
      response.setUrn(urn);
      if (request.getRemote()) {
        const { outputs, dependencies } = await this.#expand(urn, request, properties);
        response.setObject(asStruct(outputs));
        for (const [key, urns] of dependencies) {
          const on = new RegisterResourceResponse.PropertyDependencies();
          on.setUrnsList(urns);
          response.getPropertydependenciesMap().set(key, on);
        }
        return response;
      }
      const made = request.getCustom() ? await this.#make(request, properties) : { outputs: {} };
      const provider = this.#providerOf(request);
      const state = { ...asState(urn, request), ...(provider && { provider }), inputs: properties, ...made };
      const resource = this.#add(state);
      response.setId(resource.id ?? "");
      response.setObject(asStruct(resource.outputs));
      return response;
    });
  }

  registerResourceOutputs(request: RegisterResourceOutputsRequest, answer: Answer<object>): void {
    this.#settle(answer, () => {
      const resource = this.#urns.get(request.getUrn());
      if (!resource) throw new Error(`outputs of the unknown resource ${request.getUrn()}`);
      resource.outputs = request.getOutputs()?.toJavaScript() ?? {};
      if (resource.type === rootStackType) this.outputs = resource.outputs;
      return Promise.resolve({});
    });
  }

  /** Resolves once no request has been under way for several turns of the event loop. */
  async quiet(): Promise<void> {
    for (let turns = 0; turns < 10; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#underWay > 0) turns = 0;
    }
  }

  close(): void {
    this.#transforms.close();
  }

  /** Runs the work and hands over its result or its error, once. */
  #settle<T>(answer: Answer<T>, work: () => Promise<T>): void {
    this.#underWay += 1;
    Promise.resolve()
      .then(work)
      .finally(() => (this.#underWay -= 1))
      .then(
        (response) => {
          answer(null, response);
        },
        (error: unknown) => {
          const message = errorText(error);
          // A gRPC error says what is wrong in `details` too, and of a look-up the SDK reads it there alone.
          answer(Object.assign(new Error(message), { details: message }));
        },
      );
  }

  #urn(type: string, name: string, parent: string): string {
    const parentType = parent.split("::")[2];
    const qualified = parentType && parentType !== rootStackType ? `${parentType}$${type}` : type;
    return `urn:pulumi:${this.options.stack}::${this.options.project}::${qualified}::${name}`;
  }

  #claim(urn: string): void {
    if (this.#claimed.has(urn))
      throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    this.#claimed.add(urn);
  }

  #add(resource: ResourceState): ResourceState {
    this.#urns.set(resource.urn, resource);
    this.resources.push(resource);
    this.options.onResource?.(resource);
    return resource;
  }

  /** Components and providers have none. */
  #providerOf(request: RegisterResourceRequest): string | undefined {
    if (!request.getCustom() || request.getType().startsWith("pulumi:providers:")) return undefined;
    return (
      request.getProvider() || this.#defaultProviders.referenceFor(request.getType(), request.getVersion())
    );
  }

  #callbacksFor(request: RegisterResourceRequest): Callback[] {
    const found = [...request.getTransformsList()];
    for (let urn = request.getParent(); urn; urn = this.#urns.get(urn)?.parent ?? "")
      found.push(...(this.#callbacks.get(urn) ?? []));
    return found;
  }

  async #expand(
    urn: string,
    request: RegisterResourceRequest,
    properties: Properties,
  ): Promise<ComponentState> {
    if (request.getType() !== awsxVpcType)
      throw new Error(`no stand-in for the remote component ${request.getType()} (${request.getName()})`);
    this.#expanding.add(urn);
    const parent = request.getParent() ? new pulumi.DependencyResource(request.getParent()) : undefined;
    const dependencies = request.getPropertydependenciesMap().get("natGateways")?.getUrnsList() ?? [];
    const owners = (allocationId: string) => {
      const own = dependencies.filter((on) => this.#urns.get(on)?.id === allocationId);
      return own.length > 0 ? own : dependencies;
    };
    const vpc = new AwsxVpc(request.getName(), openAll(properties), owners, {
      parent,
      protect: request.getProtect(),
    });
    return componentState(urn, vpc.state);
  }

  async #make(
    request: RegisterResourceRequest,
    properties: Properties,
  ): Promise<Pick<ResourceState, "id" | "outputs">> {
    if (request.getType().startsWith("pulumi:providers:")) {
      return { id: `${request.getType()}::${request.getName()}`, outputs: properties };
    }
    // What is not answered here stays unknown to the program, as in the engine's preview.
    if (this.options.preview) return { outputs: properties };
    if (containsUnknown(properties)) throw new Error(`${request.getName()}: an input is still unknown`);
    const urn = this.#urn(request.getType(), request.getName(), request.getParent());
    const before = this.options.previous?.resources.find((one) => one.urn === urn);
    const { id, outputs } = await this.options.account.create({
      type: request.getType(),
      name: request.getName(),
      inputs: openAll(properties),
      ...(before && { previous: openAll(before.outputs) }),
    });
    const secret = new Set(request.getAdditionalsecretoutputsList());
    for (const [key, value] of Object.entries(properties)) if (containsSecret(value)) secret.add(key);
    const marked: Properties = {};
    for (const [key, value] of Object.entries(withDefaultTags(outputs, this.#defaultTags)))
      marked[key] = secret.has(key) ? asSecret(value) : value;
    return { id, outputs: marked };
  }

  #readStack(name: string): Properties {
    const found = this.options.stacks.get(name);
    if (!found) throw new Error(`unknown stack "${name}"`);
    return { name, outputs: found.outputs, secretOutputNames: found.secretOutputNames() };
  }

  #getResource(urn: string): Properties {
    const resource = this.#urns.get(urn);
    if (!resource) throw new Error(`unknown resource ${urn}`);
    return { urn, id: resource.id ?? "", state: resource.outputs };
  }
}

function asState(urn: string, request: RegisterResourceRequest): Omit<ResourceState, "inputs" | "outputs"> {
  const dependencies: Record<string, string[]> = {};
  for (const [property, on] of request.getPropertydependenciesMap().entries())
    dependencies[property] = on.getUrnsList();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    ...(request.getParent() && { parent: request.getParent() }),
    ...(request.getProtect() && { protect: true }),
    ...(request.getRetainondelete() && { retainOnDelete: true }),
    ...(request.getDeletebeforereplace() && { deleteBeforeReplace: true }),
    ...(request.getIgnorechangesList().length > 0 && { ignoreChanges: request.getIgnorechangesList() }),
    ...(request.getAdditionalsecretoutputsList().length > 0 && {
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    }),
    dependencies: request.getDependenciesList(),
    propertyDependencies: dependencies,
  };
}
