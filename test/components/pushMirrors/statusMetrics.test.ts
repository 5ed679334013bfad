import { expect } from "chai";
import jsonata from "jsonata";
import { z } from "zod";
import { metricNamespace } from "../../../components/alarms/metrics";
import { statusMetricsDefinition } from "../../../components/pushMirrors/statusMetrics";

const parameterName = "/git-airlock/mirror/mirror/status";
const mirror = "git-airlock/mirror/mirror";
const states = z
  .object({
    StartAt: z.literal("ReadStatus"),
    States: z.object({
      ReadStatus: z.object({
        Resource: z.literal("arn:aws:states:::aws-sdk:ssm:getParameter"),
        Arguments: z.object({ Name: z.string() }),
        Output: z.string(),
        Next: z.literal("PutMetrics"),
      }),
      PutMetrics: z.object({
        Resource: z.literal("arn:aws:states:::aws-sdk:cloudwatch:putMetricData"),
        Arguments: z.object({ Namespace: z.string(), MetricData: z.string() }),
        End: z.literal(true),
      }),
    }),
  })
  .parse(statusMetricsDefinition(parameterName, mirror)).States;

/** What PutMetricData takes (API reference, MetricDatum and Dimension). */
const datum = z.strictObject({
  MetricName: z.string().min(1).max(255),
  Value: z.number(),
  Unit: z.enum(["Count", "Seconds"]),
  Dimensions: z
    .array(z.strictObject({ Name: z.string().min(1).max(255), Value: z.string().min(1).max(1024) }))
    .min(1)
    .max(30),
});
const metricData = z.array(datum).min(1).max(1000);

/** Evaluates an expression as Step Functions does, with the variables of a task. */
async function evaluate(expression: string, variables: object): Promise<unknown> {
  const [, inner = ""] = /^\{%([^]*)%\}$/.exec(expression) ?? [];
  const compiled = jsonata(inner);
  compiled.registerFunction("parse", (text: string): unknown => JSON.parse(text), "<s:x>");
  const result: unknown = await compiled.evaluate(undefined, { states: variables });
  // What Step Functions hands on is JSON.
  return JSON.parse(JSON.stringify(result));
}

/** What is put into CloudWatch for a status, each as `metric{repository} value`. */
async function metricsOf(status: object): Promise<string[]> {
  const result = { Parameter: { Name: parameterName, Value: JSON.stringify(status) } };
  const read = await evaluate(states.ReadStatus.Output, { input: {}, result });
  const data = metricData.parse(await evaluate(states.PutMetrics.Arguments.MetricData, { input: read }));
  return data.map(({ MetricName, Value, Dimensions: [first, repository] }) => {
    expect(first).to.deep.equal({ Name: "Mirror", Value: mirror });
    if (repository) expect(repository.Name).to.equal("Repository");
    return `${MetricName}${repository ? `{${repository.Value}}` : ""} ${Value}`;
  });
}

const revision = "0".repeat(64);
const ended = { revision, finishedAt: "2026-11-24T00:00:00Z" };
const counts = { desired: 3, created: 0, updated: 1, removed: 0, synchronized: 2, lagging: 1 };

describe("the metrics of a mirror's status", () => {
  it("are read from the status parameter, and put into git-airlock's own namespace", () => {
    expect(states.ReadStatus.Arguments.Name).to.equal(parameterName);
    expect(states.PutMetrics.Arguments.Namespace).to.equal(metricNamespace);
  });

  it("tell what a run that succeeded found", async () => {
    const status = { ...ended, outcome: "succeeded", counts: { ...counts, synchronized: 3, lagging: 0 } };
    expect(await metricsOf({ ...status, problems: [], lagSeconds: 0, lags: {} })).to.deep.equal([
      "Failed 0",
      "Desired 3",
      "Synchronized 3",
      "Lagging 0",
      "LagSeconds 0",
    ]);
  });

  it("tell the lag of one repository that is behind", async () => {
    const status = { ...ended, outcome: "succeeded", counts, problems: [], lagSeconds: 90 };
    expect(await metricsOf({ ...status, lags: { "platform.app": 90 } })).to.deep.equal([
      "Failed 0",
      "Desired 3",
      "Synchronized 2",
      "Lagging 1",
      "LagSeconds 90",
      "LagSeconds{platform.app} 90",
    ]);
  });

  it("tell that a run failed, and what it found all the same", async () => {
    const status = { ...ended, outcome: "failed", counts, problems: ["platform/app: 'quoted' \"{% no %}\""] };
    const lags = { "platform.app": 7200, "platform.network": 60 };
    expect(await metricsOf({ ...status, lagSeconds: 7200, lags })).to.deep.equal([
      "Failed 1",
      "Desired 3",
      "Synchronized 2",
      "Lagging 1",
      "LagSeconds 7200",
      "LagSeconds{platform.app} 7200",
      "LagSeconds{platform.network} 60",
    ]);
  });

  it("tell nothing but the failure of a run that ended early: what it did not see is not zero", async () => {
    expect(
      await metricsOf({ ...ended, outcome: "failed", counts: {}, problems: ["GitLab is not up"] }),
    ).to.deep.equal(["Failed 1"]);
  });

  it("leave out a lag that is not known", async () => {
    const status = { ...ended, outcome: "failed", counts, problems: [], lagSeconds: null };
    expect(await metricsOf({ ...status, lags: { "platform.app": null } })).to.deep.equal([
      "Failed 1",
      "Desired 3",
      "Synchronized 2",
      "Lagging 1",
    ]);
  });

  it("count a status that no run has written as no success", async () => {
    expect(await metricsOf({ outcome: "has not run yet" })).to.deep.equal(["Failed 1"]);
  });

  it("tell the lag of 120 repositories in one call", async () => {
    const lags = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`group.project-${i}`, i]));
    const status = { ...ended, outcome: "succeeded", counts, problems: [], lagSeconds: 119, lags };
    const metrics = await metricsOf(status);
    expect(metrics).to.have.length(125);
    expect(metrics.at(-1)).to.equal("LagSeconds{group.project-119} 119");
  });

  it("are none for a status that cannot be read: the execution fails, and silence is an alarm", async () => {
    const result = { Parameter: { Value: "half a {" } };
    const outcome = await evaluate(states.ReadStatus.Output, { input: {}, result }).catch(() => "failed");
    expect(outcome).to.equal("failed");
  });

  it("are told apart from those of another mirror, whatever it is called", async () => {
    const named = statusMetricsDefinition(parameterName, `it's "this"/\\mirror`);
    const { States } = z
      .object({
        States: z.object({ PutMetrics: z.object({ Arguments: z.object({ MetricData: z.string() }) }) }),
      })
      .parse(named);
    const [first] = metricData.parse(
      await evaluate(States.PutMetrics.Arguments.MetricData, { input: { outcome: "succeeded" } }),
    );
    expect(first?.Dimensions).to.deep.equal([{ Name: "Mirror", Value: `it's "this"/\\mirror` }]);
  });
});
