/** A stand-in account as Pulumi's engine sees a provider: the methods of the ResourceProvider protocol. */
import {
  CheckResponse,
  ConfigureResponse,
  CreateResponse,
  DiffResponse,
  InvokeResponse,
  PropertyDiff,
  ReadResponse,
  UpdateResponse,
  type CheckRequest,
  type CreateRequest,
  type DeleteRequest,
  type DiffRequest,
  type InvokeRequest,
  type ReadRequest,
  type UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isDeepStrictEqual } from "node:util";
import { nameOfUrn, typeOfUrn } from "../../../facts/urn";
import type { Ledger } from "../../aws/ledger";
import { withDefaultTags } from "../../aws/defaultTags";
import { replaces } from "../../aws/registry";
import type { Properties } from "../../aws/accountContext";
import { asStruct, openAll } from "../in-process/wire";

/**
 * Asks for plain values only, so that the engine itself keeps secret inputs secret in the outputs too. Only a package of
 * components has to take secrets: the engine insists.
 */
export function configure(hasComponents: boolean): ConfigureResponse {
  const response = new ConfigureResponse();
  response.setSupportspreview(true);
  response.setAcceptsecrets(hasComponents);
  return response;
}

/** Inputs are judged when they are used, in AWS's words. */
export function check(request: CheckRequest): CheckResponse {
  const response = new CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function given(struct: Struct | undefined): Properties {
  return openAll(struct?.toJavaScript() ?? {});
}

/** The engine's own properties, which are not inputs of the resource. */
function isInput(key: string): boolean {
  return !key.startsWith("__");
}

/** Which inputs changed since they were last applied, and which of these replace the resource. */
export function diff(request: DiffRequest): DiffResponse {
  const [olds, news] = [given(request.getOldInputs()), given(request.getNews())];
  const ignored = request.getIgnorechangesList();
  const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(isInput);
  const changed = keys
    .filter((key) => !ignored.includes(key) && !isDeepStrictEqual(olds[key], news[key]))
    .sort();
  const response = new DiffResponse();
  response.setChanges(
    changed.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE,
  );
  const replacing = changed.filter((key) => replaces(typeOfUrn(request.getUrn()), key, olds, news));
  response.setDiffsList(changed);
  response.setReplacesList(replacing);
  response.setHasdetaileddiff(true);
  for (const key of changed) {
    const detail = new PropertyDiff();
    detail.setKind(replacing.includes(key) ? PropertyDiff.Kind.UPDATE_REPLACE : PropertyDiff.Kind.UPDATE);
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(key, detail);
  }
  return response;
}

/** An account, and how its provider was configured. */
export interface Provided {
  ledger: Ledger;
  defaultTags: Readonly<Record<string, string>>;
}

export async function create(
  { ledger, defaultTags }: Provided,
  request: CreateRequest,
): Promise<CreateResponse> {
  const inputs = given(request.getProperties());
  const response = new CreateResponse();
  if (request.getPreview()) {
    // What is left out is unknown until it is made.
    response.setProperties(asStruct(inputs));
    return response;
  }
  const { id, outputs } = await ledger.create({
    type: typeOfUrn(request.getUrn()),
    name: nameOfUrn(request.getUrn()),
    inputs,
  });
  response.setId(id);
  response.setProperties(asStruct(withDefaultTags(outputs, defaultTags)));
  return response;
}

export function read({ ledger, defaultTags }: Provided, request: ReadRequest): ReadResponse {
  const response = new ReadResponse();
  const found = ledger.read(typeOfUrn(request.getUrn()), request.getId());
  // Without an id in the answer, the engine takes the resource for gone.
  if (!found) return response;
  response.setId(request.getId());
  response.setProperties(asStruct(withDefaultTags(found.outputs, defaultTags)));
  response.setInputs(asStruct(found.inputs));
  return response;
}

export async function update(
  { ledger, defaultTags }: Provided,
  request: UpdateRequest,
): Promise<UpdateResponse> {
  const [olds, news] = [given(request.getOlds()), given(request.getNews())];
  const response = new UpdateResponse();
  const outputs = request.getPreview()
    ? { ...olds, ...news }
    : await ledger.update(typeOfUrn(request.getUrn()), request.getId(), news);
  response.setProperties(asStruct(withDefaultTags(outputs, defaultTags)));
  return response;
}

export async function remove({ ledger }: Provided, request: DeleteRequest): Promise<Empty> {
  await ledger.delete(typeOfUrn(request.getUrn()), request.getId());
  return new Empty();
}

export function invoke({ ledger }: Provided, request: InvokeRequest): InvokeResponse {
  const response = new InvokeResponse();
  response.setReturn(asStruct(ledger.call(request.getTok(), given(request.getArgs()))));
  return response;
}
