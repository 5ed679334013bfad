import { expect } from "chai";
import { z } from "zod";
import { statusMetricsDefinition } from "../../../components/pushMirrors/statusMetrics";
import type { AlarmState } from "../../../rehearsal/aws/management/cloudWatch";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { deployMirror, type DeployedStack } from "../../../rehearsal/engines/deployStack";
import { root, deployBoth, type Overrides } from "../../rehearsal/rehearsing";

const status = "/git-airlock/mirror/mirror/status";
const alarmType = "aws:cloudwatch/metricAlarm:MetricAlarm";
const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
const gitlab = { hostname: "gitlab.dev.example.com", version: "18.5.1", selfSignedCertificate: true };

/** What tells of the mirrors, each as its type and name. */
const watchers = ({ resources }: Deployment) =>
  resources
    .filter(({ type }) => /^aws:(sfn|sns|cloudwatch)/.test(type))
    .map(({ type, name }) => `${type.split(":")[2]} ${name}`)
    .sort();
const usual = [
  "EventRule mirror-failed",
  "EventRule mirror-metrics",
  "EventTarget mirror-failed",
  "EventTarget mirror-metrics",
  "MetricAlarm mirror-lag",
  "MetricAlarm mirror-silence",
  "StateMachine mirror-metrics",
];

/** A mirror in an account of its own, where nothing happens but what a test does. */
async function mirrorWith(dev: Overrides = {}, overrides: Overrides = {}): Promise<DeployedStack<"mirror">> {
  const { source, target } = await deployBoth({ dev });
  return deployMirror(source, [target], { root, seed: "test", overrides });
}

const event = (detailType: string, detail: object) => ({
  source: "aws.ssm",
  "detail-type": detailType,
  region: "ap-northeast-1",
  time: "2026-11-24T01:02:03Z",
  resources: [],
  detail: { ...detail },
});
/** docs.aws.amazon.com/systems-manager/latest/userguide/monitoring-systems-manager-event-examples.html */
const parameterChange = (name: string, operation: string) =>
  event("Parameter Store Change", { operation, name, type: "String", description: "" });
const associationChange = (id: unknown, state: string) =>
  event("EC2 State Manager Instance Association State Change", {
    "association-id": id,
    "instance-id": "i-0123456789abcdef0",
    "document-name": "mirror",
    status: state,
    "detailed-status": state,
    "error-code": "",
    "execution-summary": "",
  });

describe("PushMirrors", () => {
  describe("the alarms", () => {
    let mirror: DeployedStack<"mirror">;
    let topicArn: unknown;
    before(async () => {
      const { source, target } = await deployBoth();
      mirror = await deployMirror(source, [target], { root, seed: "test" });
      topicArn = source.deployment.output("alarmTopicArn");
    });

    const resource = (type: string, name: string) => mirror.deployment.resource(type, name);
    const document = (type: string, name: string, property: string) =>
      z.record(z.string(), z.unknown()).parse(JSON.parse(String(resource(type, name).outputs[property])));
    const statements = (name: string) =>
      document("aws:iam/rolePolicy:RolePolicy", name, "policy")["Statement"];

    it("are made of what the source's topic is told, and of metrics of the host's status", () => {
      expect(watchers(mirror.deployment)).to.deep.equal(usual);
    });

    it("have every new status made into metrics, and nothing else", () => {
      const machine = resource("aws:sfn/stateMachine:StateMachine", "mirror-metrics");
      const { eventBridge, stepFunctions } = mirror.account;
      for (const other of [
        parameterChange(status, "Create"),
        parameterChange(`${status}2`, "Update"),
        parameterChange("/git-airlock/mirror/mirror/settings", "Update"),
      ])
        eventBridge.put(other);
      expect(stepFunctions.executions()).to.deep.equal([]);
      expect(eventBridge.put(parameterChange(status, "Update"))).to.deep.equal([]);
      expect(stepFunctions.executions()).to.deep.equal([{ machineArn: machine.id, input: "{}" }]);
      expect(document(machine.type, machine.name, "definition")).to.deep.equal(
        statusMetricsDefinition(status, "git-airlock/mirror/mirror"),
      );
    });

    it("let the state machine read the status and put metrics of git-airlock's, and EventBridge start it", () => {
      expect(statements("mirror-metrics")).to.deep.equal([
        {
          Effect: "Allow",
          Action: ["ssm:GetParameter"],
          Resource: `arn:aws:ssm:ap-northeast-1:111111111111:parameter${status}`,
        },
        {
          Effect: "Allow",
          Action: ["cloudwatch:PutMetricData"],
          Resource: "*",
          Condition: { StringEquals: { "cloudwatch:namespace": "git-airlock" } },
        },
      ]);
      const machine = resource("aws:sfn/stateMachine:StateMachine", "mirror-metrics");
      expect(statements("mirror-metrics-start")).to.deep.equal([
        { Effect: "Allow", Action: ["states:StartExecution"], Resource: machine.id },
      ]);
      for (const name of ["mirror-metrics", "mirror-metrics-start"])
        expect(document("aws:iam/role:Role", name, "assumeRolePolicy")["Statement"])
          .to.have.nested.property("[0].Condition")
          .that.deep.equals({ StringEquals: { "aws:SourceAccount": "111111111111" } });
    });

    it("tell of a run that failed or timed out, of this association, in words that nobody but AWS fills in", () => {
      const id = mirror.deployment.output("associationId");
      const told = (state: string) => mirror.account.eventBridge.put(associationChange(id, state));
      for (const state of ["Failed", "TimedOut"])
        expect(told(state).map(({ topicArn: to, message }) => [to, message])).to.deep.equal([
          [
            topicArn,
            `The GitLab host i-0123456789abcdef0 has not set its push mirrors as they are wanted (${state}, ` +
              `2026-11-24T01:02:03Z). The parameter ${status} says why.`,
          ],
        ]);
      for (const state of ["Pending", "Success"]) expect(told(state)).to.deep.equal([]);
      expect(mirror.account.eventBridge.put(associationChange("another", "Failed"))).to.deep.equal([]);
    });

    it("tell when a repository is behind and when none is any more, and the same of silence", () => {
      for (const name of ["mirror-lag", "mirror-silence"])
        for (const state of ["ALARM", "OK"] satisfies AlarmState[])
          expect(
            mirror.account.cloudWatch.notified(String(resource(alarmType, name).id), state),
          ).to.deep.equal([topicArn]);
    });

    it("look at the very metrics that the state machine puts", () => {
      const definition = JSON.stringify(statusMetricsDefinition(status, "git-airlock/mirror/mirror"));
      const of = { namespace: "git-airlock", dimensions: { Mirror: "git-airlock/mirror/mirror" } };
      const lag = resource(alarmType, "mirror-lag").inputs;
      expect(lag).to.deep.include({ ...of, metricName: "LagSeconds", threshold: 3600 });
      const silence = z
        .array(z.looseObject({ metric: z.looseObject({ metricName: z.string() }).optional() }))
        .parse(resource(alarmType, "mirror-silence").inputs["metricQueries"]);
      expect(silence[0]?.metric).to.deep.include({ ...of, metricName: "Failed", stat: "SampleCount" });
      for (const name of ["LagSeconds", "Failed"]) expect(definition).to.contain(`$metric(\\"${name}\\"`);
    });

    it("take two hours without a run for silence, and look no further back for one", () => {
      const { inputs } = resource(alarmType, "mirror-silence");
      expect(inputs).to.deep.include({
        evaluationPeriods: 2,
        threshold: 1,
        comparisonOperator: "LessThanThreshold",
        treatMissingData: "breaching",
      });
      expect(inputs).to.have.nested.property("metricQueries[0].metric.period", 3600);
      expect(inputs).to.have.nested.property("metricQueries[1].expression", "FILL(heard, 0)");
    });

    it("leave the night in peace where the host has office hours", async () => {
      const { deployment } = await mirrorWith({ "git-airlock:gitlab": { ...gitlab, officeHours } });
      expect(watchers(deployment)).to.deep.equal(
        usual.filter((name) => name !== "MetricAlarm mirror-silence"),
      );
      const lag = deployment.resource(alarmType, "mirror-lag");
      expect(lag.inputs["treatMissingData"]).to.equal("ignore");
    });

    it("are all off with the source's one key: no alarm, rule, metric, dashboard, state machine or role of one", async () => {
      const off = await mirrorWith({ "git-airlock:alarms": { enabled: false } });
      expect(watchers(off.deployment)).to.deep.equal([]);
      expect(off.deployment.ofType("aws:iam/role:Role")).to.deep.equal([]);
      expect(off.deployment.warnings).to.deep.equal([]);
    });
  });

  describe("the dashboard", () => {
    const dashboards = ({ deployment }: DeployedStack<"mirror">) =>
      deployment.ofType("aws:cloudwatch/dashboard:Dashboard");
    const asked = { "git-airlock:dashboard": true };

    it("shows the lag of each repository, the mirrors, the runs that failed and what the proxy refused", async () => {
      const mirror = await mirrorWith({}, asked);
      const [dashboard] = dashboards(mirror);
      expect(dashboard?.inputs["dashboardName"]).to.equal("git-airlock-mirror-mirror");
      const { widgets } = z
        .object({ widgets: z.array(z.object({ properties: z.object({ metrics: z.unknown() }) })) })
        .parse(JSON.parse(String(dashboard?.inputs["dashboardBody"])));
      const texts = widgets.map(({ properties }) => JSON.stringify(properties.metrics));
      expect(texts).to.have.length(4);
      expect(texts[0]).to.contain("SEARCH(").and.contain("LagSeconds").and.contain("Repository");
      expect(texts[1]).to.contain("Desired").and.contain("Synchronized");
      expect(texts[2]).to.contain("Failed");
      expect(texts[3]).to.contain("ProxyRefusals git-airlock/dev/source");
    });

    it("shows no refusals where there is no proxy to refuse anything", async () => {
      const [dashboard] = dashboards(await mirrorWith({ "git-airlock:proxy": { mode: "none" } }, asked));
      expect(dashboard?.inputs["dashboardBody"]).to.be.a("string").that.does.not.contain("ProxyRefusals");
    });

    it("is left out, with a warning, where alarms are off", async () => {
      const mirror = await mirrorWith({ "git-airlock:alarms": { enabled: false } }, asked);
      expect(dashboards(mirror)).to.deep.equal([]);
      expect(mirror.deployment.warnings.join()).to.contain("There is no dashboard");
    });
  });
});
