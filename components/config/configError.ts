/** What readConfig refuses a configuration with. */
import type { ProblemLine } from "../schema/problems";

/** Everything that is wrong with a stack's configuration, in the order of the keys; each problem one line of the message. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly ProblemLine[]) {
    super(problems.map(({ text }) => text).join("\n"));
    this.name = "ConfigError";
  }
}
