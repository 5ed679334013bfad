/** Property values as Pulumi sends them between program and engine: plain JSON with marked secrets and unknowns. */
import * as pulumi from "@pulumi/pulumi";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { isRecord } from "../../../facts/record";
import type { Properties } from "../../aws/accountContext";

/** The key and the value that mark an object on the wire as a secret. Both are constants of Pulumi's protocol. */
export const signatureKey = pulumi.runtime.specialSigKey;
export const secretSignature = pulumi.runtime.specialSecretSig;

export function isSecret(value: unknown): value is { value: unknown } {
  return isRecord(value) && value[signatureKey] === secretSignature;
}

export function asSecret(value: unknown): unknown {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

/** Applies `visit` to every value, outermost first; what it returns, when not undefined, takes the value's place. */
export function rewrite(value: unknown, visit: (value: unknown) => unknown): unknown {
  const replaced = visit(value);
  if (replaced !== undefined) return replaced;
  if (Array.isArray(value)) return value.map((v) => rewrite(v, visit));
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, rewrite(v, visit)]));
  return value;
}

/** The value with every secret opened. */
export function open(value: unknown): unknown {
  return rewrite(value, (v) => (isSecret(v) ? open(v.value) : undefined));
}

/** The properties with every secret opened. */
export function openAll(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([k, v]) => [k, open(v)]));
}

function contains(value: unknown, test: (value: unknown) => boolean): boolean {
  if (test(value)) return true;
  if (Array.isArray(value)) return value.some((v) => contains(v, test));
  return isRecord(value) && Object.values(value).some((v) => contains(v, test));
}

export function containsSecret(value: unknown): boolean {
  return contains(value, isSecret);
}

/** Whether any part of the value is not known yet, as happens in a preview. */
export function containsUnknown(value: unknown): boolean {
  return contains(value, (v) => v === pulumi.runtime.unknownValue);
}

/** Protobuf's Struct holds JSON only: `undefined` goes, as in JSON.stringify. */
export function asStruct(value: Properties): Struct {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isRecord(json)) throw new Error("properties are an object");
  return Struct.fromJavaScript(json as Parameters<typeof Struct.fromJavaScript>[0]);
}
