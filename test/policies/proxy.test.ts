import * as aws from "@pulumi/aws";
import { squidConf } from "../../components/networkedGitlab/squidConf";
import { proxyAdmitsCodecommitOnly } from "../../policies/proxy";
import { describeRule } from "./describeRule";
import { subject } from "./harness";

const good = squidConf({ region: "eu-west-1", clientCidr: "10.0.0.0/16" });
const bad = good.replace("-n git-codecommit.eu-west-1", "-n git-codecommit.eu-west-2");

function containers(configuration: string | undefined, name = "squid"): { containerDefinitions: string } {
  const environment = configuration === undefined ? [] : [{ name: "SQUID_CONF", value: configuration }];
  return { containerDefinitions: JSON.stringify([{ name, image: "example/proxy", environment }]) };
}

const inIreland = (properties: Record<string, unknown>) => [
  subject(aws.ecs.TaskDefinition, "proxy", properties, { provider: { region: "eu-west-1" } }),
];

describeRule("squid.conf in base64", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(Buffer.from(good).toString("base64")),
  bad: containers(Buffer.from(bad).toString("base64")),
  says: 'TaskDefinition "proxy" lets through git-codecommit.eu-west-2.amazonaws.com by "http_access allow codecommit"',
});
describeRule("squid.conf as it is", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(good),
  bad: containers(bad),
  says: "Let through CONNECT to git-codecommit.eu-west-1.amazonaws.com:443 only",
});
describeRule("a squid whose configuration is elsewhere", {
  rule: proxyAdmitsCodecommitOnly,
  program: inIreland,
  good: containers(undefined, "web"),
  bad: containers(undefined, "squid"),
  says: "cannot be decided: its container squid has no SQUID_CONF",
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
  says: "cannot be decided: its containerDefinitions are no list of containers",
});
