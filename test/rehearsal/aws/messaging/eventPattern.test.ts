import { expect } from "chai";
import { matches, parseEventPattern } from "../../../../rehearsal/aws/messaging/eventPattern";
import { AwsError } from "../../../../rehearsal/aws/awsError";

const event = {
  source: "aws.codecommit",
  detail: {
    readOnly: false,
    userIdentity: { type: "IAMUser", arn: "arn:aws:iam::123456789012:user/anika" },
    resources: [{ ARN: "arn:aws:codecommit:eu-west-1:123456789012:one" }, { ARN: "other" }],
    requestParameters: null,
  },
};

/** The pattern, and whether it matches the event. */
const cases: [what: string, pattern: object, matched: boolean][] = [
  ["one value of several", { source: ["aws.iam", "aws.codecommit"] }, true],
  ["no value", { source: ["aws.iam"] }, false],
  ["every field, or none", { source: ["aws.codecommit"], detail: { readOnly: [true] } }, false],
  ["a truth value, not its text", { detail: { readOnly: ["false"] } }, false],
  ["the start of a text", { source: [{ prefix: "aws.code" }] }, true],
  ["another start", { source: [{ prefix: "aws.i" }] }, false],
  ["anything but another text", { source: [{ "anything-but": "aws.iam" }] }, true],
  ["anything but this text", { source: [{ "anything-but": ["aws.iam", "aws.codecommit"] }] }, false],
  ["anything but this start", { source: [{ "anything-but": { prefix: "aws." } }] }, false],
  ["anything but, of a field that is absent", { detail: { errorCode: [{ "anything-but": "x" }] } }, false],
  ["a field that exists", { detail: { userIdentity: { type: [{ exists: true }] } } }, true],
  ["a field that does not", { detail: { errorCode: [{ exists: true }] } }, false],
  ["the absence of a field", { detail: { errorCode: [{ exists: false }] } }, true],
  ["the absence inside of what is absent", { detail: { nothing: { inside: [{ exists: false }] } } }, true],
  ["an object as no value", { detail: { userIdentity: [{ exists: true }] } }, false],
  ["any object of a list", { detail: { resources: { ARN: [{ prefix: "arn:aws:codecommit:" }] } } }, true],
  ["no object of a list", { detail: { resources: { ARN: ["third"] } } }, false],
  ["null", { detail: { requestParameters: [null] } }, true],
  ["one pattern or the other", { $or: [{ source: ["aws.iam"] }, { detail: { readOnly: [false] } }] }, true],
  ["neither pattern", { $or: [{ source: ["aws.iam"] }, { detail: { readOnly: [true] } }] }, false],
];

describe("an event pattern", () => {
  for (const [what, pattern, matched] of cases) {
    it(`asks for ${what}`, () => {
      expect(matches(parseEventPattern(JSON.stringify(pattern)), event)).to.equal(matched);
    });
  }

  for (const [what, text] of [
    ["no JSON", "source: aws.iam"],
    ["a value that is not a list", '{"source":"aws.iam"}'],
    ["an empty list", '{"source":[]}'],
    ["an operator that nobody here knows", '{"source":[{"wildcard":"aws.*"}]}'],
    ["a value instead of patterns", '{"$or":["a","b"]}'],
    ["patterns instead of values", '{"detail":[{"readOnly":[true]},{"readOnly":[false]}]}'],
    ["more than 2,048 characters", JSON.stringify({ source: ["a".repeat(2048)] })],
  ] as const) {
    it(`is refused with ${what}`, () => {
      expect(() => parseEventPattern(text)).to.throw(AwsError, "InvalidEventPatternException");
    });
  }
});
