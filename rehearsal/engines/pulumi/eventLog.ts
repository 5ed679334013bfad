/** What the engine logs of an update, one event a line (`pulumi up --event-log`). */
import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

// pulumi/pulumi, sdk/go/common/apitype/events.go: EngineEvent and DiagnosticEvent.
const event = z.looseObject({
  diagnosticEvent: z.looseObject({ severity: z.string(), message: z.string() }).optional(),
});

/** What the program warned of, each once. */
export function loggedWarnings(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  const diagnostics = lines
    .filter((line) => line !== "")
    .map((line) => event.parse(JSON.parse(line)).diagnosticEvent)
    .filter((one) => one?.severity === "warning");
  // Directives for colors are left in it: "<{%reset%}>".
  const plain = (message: string) => message.replace(/<\{%[^%]*%\}>/g, "").trim();
  return [...new Set(diagnostics.map((one) => plain(one?.message ?? "")))];
}
