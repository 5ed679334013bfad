/** What tests of the stand-in services share: making a resource, and expecting a refusal. */
import { expect } from "chai";
import { Account } from "../../../rehearsal/aws/account";
import { resourceOf } from "../../../rehearsal/aws/registry";
import type {
  AccountContext,
  AccountOptions,
  Created,
  Properties,
} from "../../../rehearsal/aws/accountContext";
import { AwsError } from "../../../rehearsal/aws/awsError";

export const accountId = "123456789012";

/** @param holdings what it has from the start */
export function account(seed = "test", holdings: Partial<AccountOptions> = {}): Account {
  return new Account({ accountId, region: "ap-northeast-1", seed, ...holdings });
}

/** @param where an account, or one of its services */
export async function make(
  where: AccountContext | { aws: AccountContext },
  type: string,
  name: string,
  inputs: Properties = {},
): Promise<Created> {
  return resourceOf(type).create("aws" in where ? where.aws : where, { type, name, inputs });
}

/** Expects AWS's error of this code, and hands back its message. */
export async function refused(code: string, made: Promise<unknown>): Promise<string> {
  const error: unknown = await made.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, "the error").to.be.instanceOf(AwsError);
  if (!(error instanceof AwsError)) throw new Error("unreachable");
  expect(error.code, error.message).to.equal(code);
  return error.message;
}

/** An output that must be a text. */
export function text(created: Created, output: string): string {
  const value = created.outputs[output];
  if (typeof value !== "string") throw new Error(`${output} is ${typeof value}, not a text`);
  return value;
}

/** A trust policy that lets a service assume the role. */
export function trust(service: string): string {
  const Principal = { Service: `${service}.amazonaws.com` };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}
