/** The configuration of the stack that this program runs for. */
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "./problems";
import { readConfig, type AirlockConfig } from "./readConfig";

/** @throws pulumi.RunError, which Pulumi prints without a stack trace, with every problem of the configuration */
export function readStackConfig(): AirlockConfig {
  try {
    return readConfig(pulumi.runtime.allConfig(), pulumi.getProject());
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
