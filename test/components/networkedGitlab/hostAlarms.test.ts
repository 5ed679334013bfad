import { expect } from "chai";
import type { Account } from "../../../rehearsal/aws/account";
import type { AlarmState } from "../../../rehearsal/aws/management/cloudWatch";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { asTheyCome } from "../../rehearsal/rehearsing";
import { deploySource, ordinarySource, selfSigned, theirs } from "./deploySource";

const watching = /^aws:(sns|kms|cloudwatch\/(?!logGroup))/;
const watchers = ({ resources }: Deployment) =>
  resources
    .filter(({ type }) => watching.test(type))
    .map(({ type, name }) => `${type.split(":")[2]} ${name}`);
const topic = ["Key dev-alarms", "Topic dev-alarms", "TopicPolicy dev-alarms"];
const status = ["MetricAlarm dev-gitlab-status"];
const settings = ["EventRule dev-settings-failed", "EventTarget dev-settings-failed"];
const refusals = [
  "LogMetricFilter dev-proxy-refusals",
  "LogMetricFilter dev-proxy-refusals-not-understood",
  "MetricAlarm dev-proxy-refusals",
];
const theirProxy = { mode: "existing", url: "http://proxy.internal:8080" } as const;

describe("NetworkedGitlab", () => {
  describe("the alarms", () => {
    let account: Account;
    let dev: Deployment;
    before(async () => {
      const { source } = await asTheyCome();
      account = source.account;
      dev = source.deployment;
    });

    it("tell the topic of the outputs when the host is unwell and when it is well again, and of each refusal", () => {
      const told = (name: string, state: AlarmState) => {
        const { id } = dev.resource("aws:cloudwatch/metricAlarm:MetricAlarm", name);
        return account.cloudWatch.notified(String(id), state);
      };
      const topicArn = dev.output("alarmTopicArn");
      expect(topicArn).to.match(/^arn:aws:sns:ap-northeast-1:111111111111:source-alarms$/);
      for (const state of ["ALARM", "OK"] as const)
        expect(told("source-gitlab-status", state)).to.deep.equal([topicArn]);
      expect(told("source-proxy-refusals", "ALARM")).to.deep.equal([topicArn]);
      expect(told("source-proxy-refusals", "OK")).to.deep.equal([]);
    });

    it("look at the host that was made, and take none of its nights off for a failure", () => {
      const { inputs } = dev.resource("aws:cloudwatch/metricAlarm:MetricAlarm", "source-gitlab-status");
      expect(inputs).to.deep.include({
        namespace: "AWS/EC2",
        metricName: "StatusCheckFailed",
        treatMissingData: "notBreaching",
        dimensions: { InstanceId: dev.output("gitlabInstanceId") },
      });
    });

    it("tell that GitLab's settings were not kept, by this association's run, in words that nobody but AWS fills in", () => {
      const { id } = dev.resource("aws:ssm/association:Association", "source-settings");
      const told = (association: unknown, state: string) =>
        account.eventBridge.put({
          source: "aws.ssm",
          "detail-type": "EC2 State Manager Instance Association State Change",
          region: "ap-northeast-1",
          time: "2026-11-24T01:02:03Z",
          resources: [],
          detail: { "association-id": association, "instance-id": "i-0123456789abcdef0", status: state },
        });
      for (const state of ["Failed", "TimedOut"])
        expect(told(id, state).map(({ topicArn, message }) => [topicArn, message])).to.deep.equal([
          [
            dev.output("alarmTopicArn"),
            `The GitLab host i-0123456789abcdef0 has not kept GitLab's settings (${state}, 2026-11-24T01:02:03Z). ` +
              "The parameter /git-airlock/dev/source-settings/status says why.",
          ],
        ]);
      expect([...told(id, "Success"), ...told("another", "Failed")]).to.deep.equal([]);
    });

    it("look at the metric that the proxy's log is counted into", () => {
      const { inputs } = dev.resource("aws:cloudwatch/metricAlarm:MetricAlarm", "source-proxy-refusals");
      const line =
        "1732450000.123      0 10.0.1.17 TCP_DENIED/403 3875 CONNECT example.com:443 - HIER_NONE/- text/html";
      expect(account.logs.metricsOf("/git-airlock/dev/source-proxy", line)).to.deep.equal([
        `${String(inputs["namespace"])} ${String(inputs["metricName"])}`,
      ]);
      expect(dev.output("proxyRefusalsMetric")).to.equal(inputs["metricName"]);
    });

    // As squid 5 and 6 write them with their own format.
    const at = "1732450000.123      0 10.0.1.17";
    const lines: [what: string, line: string, counts: boolean][] = [
      [
        "a tunnel to another host",
        `${at} TCP_DENIED/403 3875 CONNECT example.com:443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a request without a tunnel",
        `${at} TCP_DENIED/403 3911 GET http://example.com/ - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a push",
        "1732450000.123   1877 10.0.1.17 TCP_TUNNEL/200 5327 CONNECT git-codecommit.ap-northeast-1.amazonaws.com:443 - HIER_DIRECT/198.51.100.7 -",
        false,
      ],
      [
        "GitLab's question for newer versions",
        `${at} TCP_DENIED/403 3911 CONNECT version.gitlab.com:443 - HIER_NONE/- text/html`,
        false,
      ],
      [
        "a request that looks like that question",
        `${at} TCP_DENIED/403 3911 GET http://example.com/?%20CONNECT%20version.gitlab.com:443%20 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a tunnel to the host of that question, by another port",
        `${at} TCP_DENIED/403 3911 CONNECT version.gitlab.com:8443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a tunnel to another host whose client does not wait for the answer",
        `${at} TCP_DENIED_ABORTED/403 0 CONNECT example.com:443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a tunnel to another host that squid refuses before it asks where to",
        `1732450000.123      0 :: NONE_NONE/417 4043 CONNECT example.com:443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "the same to the host of GitLab's question, which GitLab does not ask so",
        `${at} NONE_NONE/505 3308 CONNECT version.gitlab.com:443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a request that is none",
        `${at} NONE_NONE/400 3351 NONE_NONE error:invalid-request - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a request by another protocol that looks like a tunnel to CodeCommit",
        `${at} NONE_NONE/400 3659 GET gopher://example.com/CONNECTgit-codecommit.ap-northeast-1.amazonaws.com:443 - HIER_NONE/- text/html`,
        true,
      ],
      [
        "a push while CodeCommit does not answer",
        `${at} NONE_NONE/503 0 CONNECT git-codecommit.ap-northeast-1.amazonaws.com:443 - HIER_DIRECT/198.51.100.7 -`,
        false,
      ],
      [
        "a push that was given up while the name server was asked",
        `1732450000.123   9515 10.0.1.17 NONE_NONE/000 0 CONNECT git-codecommit.ap-northeast-1.amazonaws.com:443 - HIER_NONE/- -`,
        false,
      ],
    ];
    for (const [what, line, counts] of lines)
      it(`${counts ? "count" : "do not count"} ${what}`, () => {
        expect(account.logs.metricsOf("/git-airlock/dev/source-proxy", line)).to.have.length(counts ? 1 : 0);
      });

    it("tell each address that is listed", async () => {
      const emails = ["one@example.com", "two@example.com"];
      const { resources } = await deploySource({ alarms: { enabled: true, emails } });
      const subscribed = resources.filter(({ type }) => type.startsWith("aws:sns/topicSubscription:"));
      expect(subscribed.map(({ inputs }) => [inputs["protocol"], inputs["endpoint"]])).to.deep.equal([
        ["email", "one@example.com"],
        ["email", "two@example.com"],
      ]);
    });

    it("are all off with one key", async () => {
      const off = await deploySource({ alarms: { enabled: false, emails: ["one@example.com"] } });
      expect(watchers(off)).to.deep.equal([]);
      expect(off.output("alarmTopicArn")).to.equal(undefined);
      expect(off.output("proxyRefusalsMetric")).to.equal(undefined);
    });

    it("are made for what is made here, and for nothing that was brought", async () => {
      expect(watchers(await ordinarySource()).sort()).to.deep.equal(
        [...topic, ...status, ...settings, ...refusals].sort(),
      );
      const broughtGitlab = await deploySource({ gitlab: theirs });
      expect(watchers(broughtGitlab).sort()).to.deep.equal([...topic, ...refusals].sort());
      const broughtProxy = await deploySource({ proxy: theirProxy });
      expect(watchers(broughtProxy).sort()).to.deep.equal([...topic, ...status, ...settings].sort());
      expect(broughtProxy.output("proxyRefusalsMetric")).to.equal(undefined);
      const broughtBoth = await deploySource({ gitlab: theirs, proxy: theirProxy });
      expect(watchers(broughtBoth)).to.deep.equal([]);
    });

    it("are told whether the host is ever off", async () => {
      const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };
      expect((await ordinarySource()).output("gitlabIsAlwaysOn")).to.equal(true);
      const closing = await deploySource({ gitlab: { ...selfSigned, officeHours } });
      expect(closing.output("gitlabIsAlwaysOn")).to.equal(false);
      expect((await deploySource({ gitlab: theirs })).output("gitlabIsAlwaysOn")).to.equal(undefined);
    });
  });
});
