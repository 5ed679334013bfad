/** Weakened proxies: squid.conf, and what runs beside or instead of squid. */
import { z } from "zod";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const containers = z.array(z.looseObject({ environment: z.array(z.looseObject({ value: z.string() })) }));
type Container = z.infer<typeof containers>[number];

/** Rewrites the containers of the proxy's task. */
export const inContainers =
  (rewrite: (container: Container) => object): Weakening["edit"] =>
  (stack) =>
    stack.rewrite("ecs.TaskDefinition", "source-proxy", "containerDefinitions", (text) =>
      JSON.stringify(containers.parse(JSON.parse(text)).map(rewrite)),
    );

/** Rewrites squid.conf where the task definition holds it. */
const inSquidConf = (rewrite: (text: string) => string) =>
  inContainers((container) => ({
    ...container,
    environment: container.environment.map((variable) =>
      variable.name === "SQUID_CONF"
        ? { ...variable, value: base64(rewrite(Buffer.from(variable.value, "base64").toString())) }
        : variable,
    ),
  }));

const base64 = (text: string) => Buffer.from(text).toString("base64");

const through = (what: string, edit: Weakening["edit"], ...says: string[]) => ({
  what: `lets the proxy ${what}`,
  edit,
  rule: ["proxy-admits-codecommit-only", "source-proxy", ...says] as const,
});

const squidConf = each({ stack: "source", claim: "C7" }, [
  through(
    "through to all of amazonaws.com",
    inSquidConf((text) => text.replace(/dstdomain -n .*/, "dstdomain -n .amazonaws.com")),
    ".amazonaws.com",
    "http_access allow codecommit",
  ),
  through(
    "through to another region's CodeCommit too",
    inSquidConf((text) => text.replace(/dstdomain -n .*/, "$& git-codecommit.us-east-1.amazonaws.com")),
    "git-codecommit.us-east-1.amazonaws.com",
  ),
  through(
    "through to the FIPS endpoint, which the stack does not say",
    inSquidConf((text) => text.replace("-n git-codecommit.", "-n git-codecommit-fips.")),
    "git-codecommit-fips.ap-northeast-1.amazonaws.com",
  ),
  through(
    "through to the FIPS endpoint too",
    inSquidConf((text) => text.replace(/-n git-codecommit(\S*)/, "$& git-codecommit-fips$1")),
    "git-codecommit-fips.ap-northeast-1.amazonaws.com",
  ),
  through(
    "through to everything",
    inSquidConf((text) => text.replace("http_access allow codecommit", "http_access allow all")),
    "any host",
    "http_access allow all",
  ),
  through(
    "through to port 80 too",
    inSquidConf((text) => text.replace("acl https port 443", "acl https port 443 80")),
    "443, 80",
  ),
  through(
    "fetch pages instead of tunnelling only",
    inSquidConf((text) => text.replace("http_access deny !tunnel\n", "")),
    "any method",
  ),
  {
    what: "lets the proxy through to every port",
    edit: inSquidConf((text) => text.replace(/http_access deny .*!https.*\n/, "")),
  },
  {
    ...through(
      "admit what no line of squid.conf denies",
      inSquidConf((text) => text.replace("http_access deny all\n", "")),
      "cannot be decided",
      "http_access deny all",
    ),
    unknown: "its squid.conf cannot be decided",
  },
  {
    ...through(
      "include another file into squid.conf",
      inSquidConf((text) => `include /etc/squid/more.conf\n${text}`),
      "cannot be decided",
      "include",
    ),
    unknown: "its squid.conf cannot be decided",
  },
]);

const notSquidAlone = each({ stack: "source", claim: "C7" }, [
  ...Object.entries({
    "starts something else than squid": { command: ["exec socat TCP-LISTEN:3128,fork TCP:203.0.113.9:443"] },
    "starts something else after squid's configuration": { entryPoint: ["/helper.sh"] },
    "runs something else to see whether squid lives": { healthCheck: { command: ["CMD", "/helper.sh"] } },
    "sends squid's log to a web page": { logConfiguration: { logDriver: "splunk" } },
    "mounts a volume over squid": { mountPoints: [{ sourceVolume: "v", containerPath: "/usr/sbin" }] },
    "says whom squid's names mean": { extraHosts: [{ hostname: "git", ipAddress: "198.51.100.9" }] },
    "has squid ask another resolver": { dnsServers: ["198.51.100.9"] },
    "gives squid a second environment": { secrets: [{ name: "SQUID_CONF", valueFrom: "other" }] },
    "says where squid is found": { environment: [{ name: "PATH", value: "/mnt" }] },
  }).map(([what, change]) => ({
    what,
    edit: inContainers((container) => ({ ...container, ...change })),
    unknown: "squid.conf is not known",
  })),
  {
    what: "gives the proxy's task a proxy of its own",
    edit: (stack) => {
      const proxyConfiguration = { containerName: "squid" };
      stack.change("ecs.TaskDefinition", "source-proxy", { proxyConfiguration });
    },
    unknown: "squid.conf is not known",
  },
  ...Object.entries({
    "connects the proxy to other services": { serviceConnectConfiguration: { enabled: true } },
    "lets commands into the proxy's container": { enableExecuteCommand: true },
  }).map(([what, change]) => ({
    what,
    edit: (stack: Editor) => stack.change("ecs.Service", "source-proxy", change),
    unknown: "more than its task's container",
  })),
]);

export const proxy: readonly Weakening[] = [...squidConf, ...notSquidAlone];
