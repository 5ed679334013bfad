/** Resource transforms as the engine applies them: a resource's own, then its ancestors', nearest first. */
import * as grpc from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { CallbackInvokeRequest, type Callback } from "@pulumi/pulumi/proto/callback_pb";
import {
  TransformRequest,
  TransformResourceOptions,
  TransformResponse,
  type RegisterResourceRequest,
} from "@pulumi/pulumi/proto/resource_pb";

/** Sends requests to the program's callback server, one connection each. */
export class Transforms {
  readonly #clients = new Map<string, CallbacksClient>();

  /** Rewrites the request's properties and the options that a transform may change, in place. */
  async apply(callbacks: readonly Callback[], request: RegisterResourceRequest): Promise<void> {
    for (const callback of callbacks) {
      const response = await this.#invoke(callback, asTransformRequest(request));
      const properties = response.getProperties();
      if (properties) request.setObject(properties);
      const options = response.getOptions();
      if (!options) continue;
      if (options.hasDeleteBeforeReplace()) {
        request.setDeletebeforereplace(options.getDeleteBeforeReplace() ?? false);
        request.setDeletebeforereplacedefined(true);
      }
      if (options.hasProtect()) request.setProtect(options.getProtect() ?? false);
      request.setIgnorechangesList(options.getIgnoreChangesList());
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close();
    this.#clients.clear();
  }

  #client(target: string): CallbacksClient {
    const known = this.#clients.get(target);
    if (known) return known;
    const client = new CallbacksClient(target, grpc.credentials.createInsecure());
    this.#clients.set(target, client);
    return client;
  }

  #invoke(callback: Callback, transform: TransformRequest): Promise<TransformResponse> {
    const request = new CallbackInvokeRequest();
    request.setToken(callback.getToken());
    request.setRequest(transform.serializeBinary());
    return new Promise((resolve, reject) => {
      this.#client(callback.getTarget()).invoke(request, (error, response) => {
        if (error) reject(error);
        else resolve(TransformResponse.deserializeBinary(response.getResponse_asU8()));
      });
    });
  }
}

function asTransformRequest(request: RegisterResourceRequest): TransformRequest {
  const options = new TransformResourceOptions();
  options.setDependsOnList(request.getDependenciesList());
  if (request.hasProtect()) options.setProtect(request.getProtect() ?? false);
  options.setIgnoreChangesList(request.getIgnorechangesList());
  if (request.getDeletebeforereplacedefined())
    options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  const transform = new TransformRequest();
  transform.setType(request.getType());
  transform.setName(request.getName());
  transform.setCustom(request.getCustom());
  transform.setParent(request.getParent());
  transform.setProperties(request.getObject());
  transform.setOptions(options);
  return transform;
}
