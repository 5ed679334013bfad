/** The configuration of the stack that this program runs for. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { programRefusal } from "../refusal";
import { ConfigError } from "./problems";
import { readConfig, type AirlockConfig } from "./readConfig";

/** @throws pulumi.RunError, which Pulumi prints without a stack trace, with every problem of the configuration */
export function readStackConfig(): AirlockConfig {
  try {
    return readConfig(pulumi.runtime.allConfig(), pulumi.getProject(), secretKeys());
  } catch (error) {
    throw error instanceof ConfigError ? programRefusal(error.message) : error;
  }
}

/**
 * The full keys that were set with `--secret`. Pulumi hands their values over in plain; which they are, it tells the
 * program's process in this variable, and the SDK passes that on by no public function.
 */
function secretKeys(): string[] {
  return z.array(z.string()).parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]"));
}
