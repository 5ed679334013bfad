import { expect } from "chai";
import { Logs } from "../../../../rehearsal/aws/management/logs";
import { account, accountId, make, refused } from "../make";

const group = "aws:cloudwatch/logGroup:LogGroup";
const filter = "aws:cloudwatch/logMetricFilter:LogMetricFilter";

describe("the stand-in CloudWatch Logs", () => {
  let logs: Logs;
  beforeEach(() => {
    const context = account();
    logs = Logs.of(context);
  });

  it("makes a log group", async () => {
    const made = await make(logs, group, "g", { name: "/airlock/squid", retentionInDays: 30 });
    expect(made.outputs["arn"]).to.equal(`arn:aws:logs:ap-northeast-1:${accountId}:log-group:/airlock/squid`);
    expect(logs.has("/airlock/squid")).to.equal(true);
  });

  it("refuses a retention that is not offered", async () => {
    expect(
      await refused("InvalidParameterException", make(logs, group, "g", { retentionInDays: 31 })),
    ).to.contain("31");
  });

  it("refuses a name twice, one with a space, and a key that does not exist", async () => {
    await make(logs, group, "g", { name: "a" });
    await refused("ResourceAlreadyExistsException", make(logs, group, "h", { name: "a" }));
    await refused("InvalidParameterException", make(logs, group, "h", { name: "a b" }));
    await refused("InvalidParameterException", make(logs, group, "h", { kmsKeyId: "alias/gone" }));
  });

  describe("a metric filter", () => {
    const metric = { namespace: "airlock", name: "Errors", value: "1" };
    const filtering = (changes: object) =>
      make(logs, filter, "f", {
        logGroupName: "g",
        pattern: "ERROR",
        metricTransformation: metric,
        ...changes,
      });
    beforeEach(() => make(logs, group, "g", { name: "g" }));

    const lines: [pattern: string, line: string, counts: boolean][] = [
      ["ERROR", "an ERROR here", true],
      ["ERROR", "an error here", false],
      ["ERROR disk", "disk ERROR", true],
      ["ERROR disk", "ERROR", false],
      ['"disk full"', "the disk is full", false],
      ['ERROR -"disk full"', "ERROR: disk full", false],
      ['ERROR -"disk full"', "ERROR: disk gone", true],
      ["", "anything", true],
    ];
    for (const [pattern, line, counts] of lines)
      it(`with the pattern ${JSON.stringify(pattern)} ${counts ? "counts" : "passes over"} "${line}"`, async () => {
        await filtering({ pattern });
        expect(logs.metricsOf("g", line)).to.deep.equal(counts ? ["airlock Errors"] : []);
      });

    it("is refused for a log group that does not exist", async () => {
      await refused("ResourceNotFoundException", filtering({ logGroupName: "none" }));
    });

    it("is refused with a pattern that is unsound, or not known here", async () => {
      for (const pattern of ["TCP_DENIED/403", '"open', "{ $.a = 1 }", "%a|b%", "?a ?b", "[a, b]"])
        await refused("InvalidParameterException", filtering({ pattern }));
    });

    it("is refused with a default value where it has dimensions, and in a namespace of AWS's", async () => {
      const both = { ...metric, defaultValue: "0", dimensions: { a: "$.a" } };
      await refused("InvalidParameterException", filtering({ metricTransformation: both }));
      const theirs = { ...metric, namespace: "AWS/EC2" };
      await refused("ValidationException", filtering({ metricTransformation: theirs }));
    });
  });
});
