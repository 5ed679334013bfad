/**
 * Reads a task's containers: what squid runs with, where they start it in the one form that is known. A shell, base64 and
 * ECS each read more than a text shows at a glance, so every part has to be what is expected, to the last byte.
 */
import { isRecord } from "../../facts/record";
import { strictlyParsed } from "../../facts/json";

/** What the container runs. `image` is what its definition names. */
export interface SquidContainer {
  squidConf: string;
  image: string;
  /** The log group that squid's lines go to; undefined where they are kept nowhere. */
  logGroup: string | undefined;
}

/** The whole of what the container's shell runs. */
const COMMAND =
  'printf %s "$SQUID_CONF" | base64 -d >/tmp/squid.conf && chmod o+rw /dev/stdout /dev/stderr && ' +
  "exec squid -NYC -f /tmp/squid.conf";

/** What a container may be given that neither runs anything, nor changes what runs or whom it asks. */
const PLAIN = [
  "name",
  "essential",
  "portMappings",
  "cpu",
  "memory",
  "memoryReservation",
  "readonlyRootFilesystem",
  "user",
  "ulimits",
  "dockerLabels",
  "startTimeout",
  "stopTimeout",
  "restartPolicy",
  "versionConsistency",
];

/** Parts that are read here. */
const READ = ["image", "entryPoint", "command", "environment", "logConfiguration"];

/**
 * The options of the log driver that say where lines go. Others send them to another endpoint, lose some, or make one
 * event of several lines, which a filter then counts as one (docs.docker.com/engine/logging/drivers/awslogs).
 */
const LOG_OPTIONS = ["awslogs-group", "awslogs-region", "awslogs-stream-prefix"];

/**
 * Reads a task definition's `containerDefinitions`.
 * @returns what its only container runs, or a sentence that says what is not known of it
 */
export function readSquidContainer(containerDefinitions: string): SquidContainer | string {
  const containers = strictlyParsed(containerDefinitions);
  if (!Array.isArray(containers) || !containers.every(isRecord))
    return "its containerDefinitions are not a list of containers with each part named once";
  const [container, ...others] = containers;
  if (container === undefined || others.length > 0)
    return `it has ${containers.length} containers instead of one`;
  const unknown = Object.entries(container)
    .filter(([name, value]) => !READ.includes(name) && !PLAIN.includes(name) && !isEmpty(value))
    .map(([name]) => name);
  if (unknown.length > 0) return `its container has ${unknown.join(", ")}`;
  const { image, environment } = container;
  if (typeof image !== "string" || image === "") return "its container has no image";
  if (!isDeepEqual(container.entryPoint, ["sh", "-c"]) || !isDeepEqual(container.command, [COMMAND]))
    return `its container's entryPoint and command are not ${JSON.stringify([["sh", "-c"], [COMMAND]])}`;
  const squidConf = readEnvironment(environment);
  if (squidConf === undefined)
    return "its container's environment is not SQUID_CONF alone, with a squid.conf in base64";
  const { logConfiguration } = container;
  if (isEmpty(logConfiguration)) return { squidConf, image, logGroup: undefined };
  const logGroup = readLog(logConfiguration);
  if (logGroup === undefined)
    return `its container's log is not that of the driver awslogs with ${LOG_OPTIONS.join(", ")}`;
  return { squidConf, image, logGroup };
}

/** Another variable could say where programs are found, or what they load. */
function readEnvironment(environment: unknown): string | undefined {
  const [variable, ...others] = Array.isArray(environment) ? (environment as readonly unknown[]) : [];
  if (!isRecord(variable) || others.length > 0 || variable.name !== "SQUID_CONF") return undefined;
  if (Object.keys(variable).length !== 2 || typeof variable.value !== "string") return undefined;
  const bytes = Buffer.from(variable.value, "base64");
  // base64(1) reads on behind a padding and stops at what it does not know; Node.js does neither. Bytes stay as they are,
  // so that what is not ASCII is seen as such.
  return bytes.toString("base64") === variable.value ? bytes.toString("latin1") : undefined;
}

function readLog(log: unknown): string | undefined {
  if (!isRecord(log) || log.logDriver !== "awslogs" || !isRecord(log.options)) return undefined;
  const isKnown =
    Object.entries(log).every(([name, value]) => ["logDriver", "options"].includes(name) || isEmpty(value)) &&
    Object.keys(log.options).every((name) => LOG_OPTIONS.includes(name));
  const group = log.options["awslogs-group"];
  return isKnown && typeof group === "string" ? group : undefined;
}

/** As AWS answers what was not given. */
export function isEmpty(value: unknown): boolean {
  return !value || (typeof value === "object" && Object.keys(value).length === 0);
}

function isDeepEqual(value: unknown, wanted: readonly string[]): boolean {
  return JSON.stringify(value) === JSON.stringify(wanted);
}
