/** Sound configurations to break, in the form that Pulumi hands them over. */
import { expect } from "chai";
import { readConfig, type AirlockConfig } from "../../../components/config/readConfig";
import { ConfigError } from "../../../components/config/configError";

export type Values = Readonly<Record<string, unknown>>;

export const soundSource: Values = {
  "aws:region": "ap-northeast-1",
  role: "source",
  workTerminalCidrs: ["198.51.100.0/24"],
  network: { availabilityZones: ["ap-northeast-1a", "ap-northeast-1c"] },
  gitlab: { hostname: "gitlab.dev.example.com", version: "18.5.1", selfSignedCertificate: true },
};

export const soundTarget: Values = {
  "aws:region": "ap-northeast-1",
  role: "target",
  repositories: [{ gitlabProject: "platform/network" }, { gitlabProject: "platform/app" }],
  pull: { isolatedTerminalCidrs: ["192.0.2.0/24"], network: { availabilityZones: ["ap-northeast-1a"] } },
};

/** Full keys, and lists and objects as JSON; a key without a namespace is ours. */
export function asEntries(values: Values): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [
        key.includes(":") ? key : `git-airlock:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
  );
}

export function read(values: Values): AirlockConfig {
  return readConfig(asEntries(values), "git-airlock");
}

/** The lines that a configuration is refused with; none when it is not refused. */
export function problemsOf(values: Values, secretKeys: readonly string[] = []): readonly string[] {
  try {
    readConfig(asEntries(values), "git-airlock", secretKeys);
    return [];
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error instanceof ConfigError ? error.problems.map(({ text }) => text) : [];
  }
}
