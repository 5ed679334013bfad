import * as aws from "@pulumi/aws";
import { squidCommand, squidConf } from "../../components/networkedGitlab/squidConf";
import { proxyAdmitsCodecommitOnly } from "../../policies/proxy";
import { describeRule } from "./describeRule";
import { subject } from "./harness";

const good = squidConf({ region: "eu-west-1", clientCidr: "10.0.0.0/16" });
const bad = good.replace("-n git-codecommit.eu-west-1", "-n git-codecommit.eu-west-2");

function containers(
  configuration: string | undefined,
  changes: Record<string, unknown> = {},
): { containerDefinitions: string } {
  const environment =
    configuration === undefined
      ? []
      : [{ name: "SQUID_CONF", value: Buffer.from(configuration).toString("base64") }];
  const container = { name: "squid", image: "example/proxy", environment, ...squidCommand, ...changes };
  return { containerDefinitions: JSON.stringify([container]) };
}

const inIreland = (properties: Record<string, unknown>) => [
  subject(aws.ecs.TaskDefinition, "proxy", properties, { provider: { region: "eu-west-1" } }),
];

describeRule("squid.conf", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: containers(bad),
  says: 'TaskDefinition "proxy" lets through git-codecommit.eu-west-2.amazonaws.com by "http_access allow codecommit"',
});
const inOregon = (properties: Record<string, unknown>) => [
  subject(aws.ecs.TaskDefinition, "proxy", properties, { provider: { region: "us-west-2" } }),
];
const ofOregon = { region: "us-west-2", clientCidr: "10.0.0.0/16" };

describeRule("the FIPS endpoint, where the region has one", {
  rule: proxyAdmitsCodecommitOnly,
  program: inOregon,
  good: containers(squidConf({ ...ofOregon, fips: true })),
  bad: containers(squidConf(ofOregon).replace(/-n git-codecommit(\S*)/, "$& git-codecommit-fips$1")),
  says: "git-codecommit-fips.us-west-2.amazonaws.com",
});
describeRule("the FIPS endpoint, where the region has none", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: containers(squidConf({ region: "eu-west-1", clientCidr: "10.0.0.0/16", fips: true })),
  says: "git-codecommit-fips.eu-west-1.amazonaws.com",
});
describeRule("a squid.conf that is not in base64", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: containers(good, { environment: [{ name: "SQUID_CONF", value: good }] }),
  says: "with a squid.conf in base64",
});
describeRule("a container that starts something else", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: containers(good, { name: "web", command: ["exec socat TCP-LISTEN:3128,fork TCP:203.0.113.9:443"] }),
  says: "cannot be decided: its container's entryPoint and command are not",
});
describeRule("a squid whose configuration is elsewhere", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(undefined, { name: "web" }),
  bad: containers(undefined),
  says: "cannot be decided: its container's environment is not SQUID_CONF alone",
});
describeRule("the region that is set", {
  rule: proxyAdmitsCodecommitOnly,
  settings: { region: "eu-west-2" },
  program: inIreland,
  good: containers(bad),
  bad: containers(good),
  says: "git-codecommit.eu-west-1.amazonaws.com",
});
describeRule("a region that nothing says", {
  rule: proxyAdmitsCodecommitOnly,
  program: (properties) => [subject(aws.ecs.TaskDefinition, "proxy", properties)],
  good: { ...containers(good), region: "eu-west-1" },
  bad: containers(good),
  says: "cannot be decided: its region is not known",
});
describeRule("definitions that are none", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: { containerDefinitions: "{" },
  says: "cannot be decided: its containerDefinitions are not a list of containers",
});
