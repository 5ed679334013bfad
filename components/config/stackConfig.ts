/** The configuration of the stack that this program runs for. */
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { programRefusal } from "../refusal";
import { foreignAccountProblems } from "./accounts";
import { ConfigError } from "./configError";
import { renderProblems, type ProblemLine } from "../schema/problems";
import { readConfig, type AirlockConfig } from "./readConfig";
import { configWarnings } from "./warnings";

/**
 * Logs a warning for what is allowed and most likely not meant.
 * @throws pulumi.RunError, which Pulumi prints without a stack trace, with every problem of the configuration
 */
export function readStackConfig(): AirlockConfig {
  try {
    const config = readConfig(pulumi.runtime.allConfig(), pulumi.getProject(), secretKeys());
    for (const warning of configWarnings(config, pulumi.getProject())) void pulumi.log.warn(warning);
    return config;
  } catch (error) {
    throw error instanceof ConfigError ? refusal(error.problems) : error;
  }
}

/** @throws pulumi.RunError when the configuration names another account than the one that it is deployed into */
export function requireOwnAccount(accountId: string): void {
  const problems = foreignAccountProblems(pulumi.runtime.allConfig(), pulumi.getProject(), accountId);
  if (problems.length > 0) throw refusal(renderProblems(problems, secretKeys()));
}

function refusal(problems: readonly ProblemLine[]): pulumi.RunError {
  const stack = pulumi.getStack();
  const file = `Pulumi.${stack}.yaml`;
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return programRefusal(
    [
      `${count} in the configuration of the stack ${stack}; nothing was registered:`,
      ...problems.map(({ text }) => `  ${file}: ${text}`),
      `Edit ${file}, or run \`pulumi config set --stack ${stack} --path '${pulumi.getProject()}:KEY' VALUE\`, then try again.`,
    ].join("\n"),
  );
}

/**
 * The full keys that were set with `--secret`. Pulumi hands their values over in plain; which they are, it tells the
 * program's process in this variable, and the SDK passes that on by no public function.
 */
function secretKeys(): string[] {
  return z.array(z.string()).parse(JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]"));
}
