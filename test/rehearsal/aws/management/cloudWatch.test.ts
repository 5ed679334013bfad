import { expect } from "chai";
import { CloudWatch } from "../../../../rehearsal/aws/management/cloudWatch";
import { Sns } from "../../../../rehearsal/aws/messaging/sns";
import { account, accountId, make, refused, text } from "../make";

const metric = { namespace: "airlock", metricName: "Failed" };
const single = { ...metric, statistic: "Maximum", period: 300 };

describe("the stand-in CloudWatch", () => {
  let cloudWatch: CloudWatch;
  let sns: Sns;
  beforeEach(() => {
    const context = account();
    sns = Sns.of(context);
    cloudWatch = CloudWatch.of(context);
  });

  /** The ARN of a topic that one service may publish to. */
  async function topic(service: string): Promise<string> {
    const arn = text(await make(sns, "aws:sns/topic:Topic", service), "arn");
    const statement = {
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sns:Publish",
      Resource: arn,
    };
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await make(sns, "aws:sns/topicPolicy:TopicPolicy", service, { arn, policy });
    return arn;
  }
  const alarm = (inputs: object = {}) =>
    make(cloudWatch, "aws:cloudwatch/metricAlarm:MetricAlarm", "a", {
      name: "a",
      comparisonOperator: "GreaterThanThreshold",
      threshold: 0,
      evaluationPeriods: 1,
      ...inputs,
    });

  describe("an alarm", () => {
    it("tells the topics of the state that it gets into", async () => {
      const arn = await topic("cloudwatch.amazonaws.com");
      await alarm({ ...single, alarmActions: [arn] });
      expect(cloudWatch.notified("a", "ALARM")).to.deep.equal([arn]);
      expect(cloudWatch.notified("a", "OK")).to.deep.equal([]);
    });

    it("tells nobody by a topic that CloudWatch may not publish to, or with its actions off", async () => {
      await alarm({ ...single, alarmActions: [await topic("events.amazonaws.com")] });
      expect(cloudWatch.notified("a", "ALARM")).to.deep.equal([]);
      const alarmActions = [await topic("cloudwatch.amazonaws.com")];
      await alarm({ ...single, name: "b", alarmActions, actionsEnabled: false });
      expect(cloudWatch.notified("b", "ALARM")).to.deep.equal([]);
    });

    it("is raised by one value of its metric, where one is enough", async () => {
      const raised = (value: number, name = "airlock Failed") =>
        cloudWatch.raisedBy(name, value).map((one) => one.name);
      await alarm(single);
      await alarm({ ...single, name: "twice", evaluationPeriods: 2 });
      await alarm({ ...single, name: "of one mirror", dimensions: { Mirror: "m" } });
      expect(raised(1)).to.deep.equal(["a"]);
      expect(raised(0)).to.deep.equal([]);
      expect(raised(1, "airlock Lagging")).to.deep.equal([]);
    });

    const queries = (...metricQueries: object[]) => ({ metricQueries });
    const heard = { id: "heard", metric: { ...metric, stat: "SampleCount", period: 3600 } };
    const filled = { id: "runs", expression: "FILL(heard, 0)", returnData: true };

    it("takes an expression over metrics", async () => {
      await alarm(queries(heard, filled));
    });

    const rows: [why: string, inputs: object, says: RegExp][] = [
      ["without a statistic", { ...metric, period: 300 }, /needs its name, namespace, statistic and period/],
      [
        "that looks back over more than a day",
        { ...single, evaluationPeriods: 289 },
        /more than 86400 seconds/,
      ],
      ["that needs more points than it looks at", { ...single, datapointsToAlarm: 2 }, /DatapointsToAlarm/],
      ["with a metric and queries", { ...single, ...queries(heard, filled) }, /goes with no MetricName/],
      ["that returns nothing", queries(heard), /exactly one/],
      ["with one id twice", queries(heard, heard), /one id/],
      [
        "that is a metric and an expression",
        queries({ ...heard, ...filled }),
        /either a metric or an expression/,
      ],
      [
        "whose expression names what is not there",
        queries(heard, { ...filled, expression: "FILL(gone, 0)" }),
        /names "gone"/,
      ],
    ];
    for (const [why, inputs, says] of rows)
      it(`is refused ${why}`, async () => {
        expect(await refused("ValidationError", alarm(inputs))).to.match(says);
      });

    it("is refused with a period between minutes, or a value of no kind that there is", async () => {
      await refused("ValidationException", alarm({ ...single, period: 90 }));
      await refused("ValidationException", alarm({ ...single, treatMissingData: "bad" }));
      await refused("ValidationException", alarm({ ...single, comparisonOperator: "Above" }));
    });

    it("is refused with an action that is not a topic, is in another region, or does not exist", async () => {
      const act = (...alarmActions: string[]) =>
        refused("ValidationError", alarm({ ...single, alarmActions }));
      expect(await act("arn:aws:automate:ap-northeast-1:ec2:stop")).to.contain("not known here");
      expect(await act(`arn:aws:sns:us-east-1:${accountId}:t`)).to.contain("Invalid region us-east-1");
      expect(await act(`arn:aws:sns:ap-northeast-1:${accountId}:t`)).to.contain("does not exist");
    });
  });

  describe("a dashboard", () => {
    const graph = {
      type: "metric",
      x: 0,
      y: 0,
      width: 12,
      height: 6,
      properties: { region: "ap-northeast-1", metrics: [["airlock", "Failed", { stat: "Sum" }]] },
    };
    const dashboard = (body: unknown, dashboardName = "d") =>
      make(cloudWatch, "aws:cloudwatch/dashboard:Dashboard", "d", {
        dashboardName,
        dashboardBody: typeof body === "string" ? body : JSON.stringify(body),
      });
    const withMetrics = (...metrics: unknown[]) => ({
      widgets: [{ ...graph, properties: { ...graph.properties, metrics } }],
    });

    it("is made of graphs and texts", async () => {
      const words = { type: "text", x: 12, y: 0, width: 12, height: 6, properties: { markdown: "# Hello" } };
      await dashboard({ widgets: [graph, words] });
      await dashboard(withMetrics([{ expression: "SEARCH('airlock', 'Sum', 300)" }]), "e");
    });

    const rows: [why: string, body: unknown][] = [
      ["that is not JSON", "{"],
      ["without widgets", {}],
      ["with a widget of a type that there is none of", { widgets: [{ ...graph, type: "clock" }] }],
      ["with a widget that is wider than it", { widgets: [{ ...graph, x: 13 }] }],
      ["with a graph of nothing", withMetrics()],
      ["with a dimension without a value", withMetrics(["airlock", "Failed", "Mirror"])],
      ["with a metric's name beside an expression", withMetrics(["airlock", { expression: "a + b" }])],
    ];
    for (const [why, body] of rows)
      it(`is refused with a body ${why}`, async () => {
        await refused("DashboardInvalidInputError", dashboard(body));
      });

    it("is refused with a name that has blanks", async () => {
      await refused("DashboardInvalidInputError", dashboard({ widgets: [] }, "a b"));
    });
  });
});
