import { expect } from "chai";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import { UnsupportedPolicyError } from "../../../isolation/iam/unsupported";

const repository = "arn:aws:codecommit:eu-west-1:111122223333:app";
const allowPull = { Sid: "AllowPull", Effect: "Allow", Action: "codecommit:GitPull", Resource: repository };

function parseStatement(statement: object): Policy {
  return parsePolicy({ Version: "2012-10-17", Statement: statement }, "pull");
}

/** The error that reading the document brings; fails when there is none. */
function refusal(read: () => unknown): UnsupportedPolicyError {
  try {
    read();
  } catch (error) {
    if (error instanceof UnsupportedPolicyError) return error;
    throw error;
  }
  throw new Error("expected the policy to be refused, but it was read");
}

describe("reading a policy", () => {
  it("takes a single statement and a list of one for the same", () => {
    expect(parseStatement(allowPull)).to.deep.equal(parseStatement([allowPull]));
  });

  it("takes a text and a list of one text for the same, everywhere", () => {
    const lists = { ...allowPull, Action: [allowPull.Action], Resource: [allowPull.Resource] };
    const condition = (value: unknown) => ({ Condition: { StringEquals: { "aws:SourceVpce": value } } });
    expect(parseStatement({ ...allowPull, ...condition("vpce-1") })).to.deep.equal(
      parseStatement({ ...lists, ...condition(["vpce-1"]) }),
    );
    expect(parseStatement({ ...allowPull, Principal: { AWS: "111122223333" } })).to.deep.equal(
      parseStatement({ ...lists, Principal: { AWS: ["111122223333"] } }),
    );
  });

  it("reads JSON text like the object it stands for", () => {
    const document = { Version: "2012-10-17", Statement: allowPull };
    expect(parsePolicy(JSON.stringify(document), "pull")).to.deep.equal(parsePolicy(document, "pull"));
  });

  // "If you do not include a Version element, the value defaults to 2008-10-17."
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
  it("takes a missing Version for 2008-10-17", () => {
    expect(parsePolicy({ Statement: allowPull }, "pull").version).to.equal("2008-10-17");
    expect(parsePolicy({ Version: "2008-10-17", Statement: allowPull }, "pull").version).to.equal(
      "2008-10-17",
    );
    expect(parsePolicy({ Version: "2012-10-17", Statement: allowPull }, "pull").version).to.equal(
      "2012-10-17",
    );
  });

  it("labels a statement without Sid by its place", () => {
    const statements = [allowPull, { ...allowPull, Sid: undefined }, { ...allowPull, Sid: "" }];
    const labels = parseStatement(statements).statements.map(({ label }) => label);
    expect(labels).to.deep.equal(["AllowPull", "Statement[1]", "Statement[2]"]);
  });

  it("takes an account's number and its root's ARN for the same principal", () => {
    const principals = (AWS: string) =>
      parseStatement({ ...allowPull, Principal: { AWS } }).statements[0]?.principals;
    const account = [{ kind: "account", account: "111122223333" }];
    expect(principals("111122223333")).to.deep.equal(account);
    expect(principals("arn:aws:iam::111122223333:root")).to.deep.equal(account);
  });

  it('takes "*" and {"AWS": "*"} for everyone', () => {
    for (const Principal of ["*", { AWS: "*" }]) {
      const [statement] = parseStatement({ ...allowPull, Principal }).statements;
      expect(statement?.principals).to.deep.equal([{ kind: "everyone" }]);
    }
  });

  // The first is how CodeCommit's guide writes "all repositories":
  // https://docs.aws.amazon.com/codecommit/latest/userguide/auth-and-access-control.html
  it("takes wildcards in resources where it is clear what they cover", () => {
    const Resource = [
      "arn:aws:codecommit:*",
      "arn:aws:codecommit:eu-west-1:*:*",
      "arn:*:codecommit:eu-*-?:111122223333:team-*-app",
    ];
    const [statement] = parseStatement({ ...allowPull, Resource }).statements;
    expect(statement?.resources).to.deep.equal({ inverted: false, patterns: Resource });
  });

  it("normalises the case of condition keys, which AWS ignores", () => {
    const [statement] = parseStatement({
      ...allowPull,
      Condition: { IpAddress: { "AWS:sourceIP": "203.0.113.7/32" } },
    }).statements;
    expect(statement?.conditions.map(({ key }) => key)).to.deep.equal(["aws:SourceIp"]);
  });
});

describe("a policy that is not understood", () => {
  it("is refused naming the policy, the statement and the element", () => {
    const error = refusal(() => parseStatement({ ...allowPull, NotService: "*" }));
    expect(error.place).to.deep.equal({ policy: "pull", statement: "AllowPull", element: "NotService" });
    expect(error.message).to.match(
      /^policy "pull", statement AllowPull, NotService: this element is not understood/,
    );
  });

  it("is refused naming the statement's place where it has no Sid", () => {
    const second = { Effect: "Permit", Action: "*", Resource: "*" };
    const error = refusal(() => parseStatement([allowPull, second]));
    expect(error.place).to.deep.equal({ policy: "pull", statement: "Statement[1]", element: "Effect" });
    expect(error.message).to.contain('given "Permit"');
  });

  const condition = (operator: string, key: string, value: unknown) => ({
    ...allowPull,
    Condition: { [operator]: { [key]: value } },
  });
  const refused: [why: string, statement: object, element: string][] = [
    ["has both Action and NotAction", { ...allowPull, NotAction: "codecommit:GitPush" }, "Action"],
    ["has neither Action nor NotAction", { ...allowPull, Action: undefined }, "Action"],
    ["has both Resource and NotResource", { ...allowPull, NotResource: "*" }, "Resource"],
    ["has neither Resource nor NotResource", { ...allowPull, Resource: undefined }, "Resource"],
    ["has no action in its list", { ...allowPull, Action: [] }, "Action"],
    ["has an action without a service", { ...allowPull, Action: "GitPull" }, "Action"],
    ["has an action that is not text", { ...allowPull, Action: ["codecommit:GitPull", 1] }, "Action"],
    ["has an unknown variable", { ...allowPull, Resource: `${repository}-\${aws:whoever}` }, "Resource"],
    [
      "has a variable that does not end",
      { ...allowPull, Resource: `${repository}-\${aws:username` },
      "Resource",
    ],
    [
      "has a variable with several values",
      { ...allowPull, Resource: `${repository}-\${aws:TagKeys}` },
      "Resource",
    ],
    [
      "has a variable before the ARN's fifth colon",
      { ...allowPull, Resource: "arn:aws:codecommit:eu-west-1:${aws:PrincipalAccount}:app" },
      "Resource",
    ],
    ["has NotPrincipal in an Allow", { ...allowPull, NotPrincipal: "*" }, "NotPrincipal"],
    [
      "has both Principal and NotPrincipal",
      { ...allowPull, Effect: "Deny", Principal: "*", NotPrincipal: "*" },
      "NotPrincipal",
    ],
    [
      "has a resource that is not an ARN",
      { ...allowPull, NotResource: "app", Resource: undefined },
      "NotResource",
    ],
    ["has a wildcard for the service", { ...allowPull, Resource: "arn:aws:*:*:*:*" }, "Resource"],
    [
      "has a wildcard that may or may not cross colons",
      { ...allowPull, Resource: "arn:aws:codecommit:*app" },
      "Resource",
    ],
    ["has a Sid that is not text", { ...allowPull, Sid: 1 }, "Sid"],
    [
      "has a principal that is a service",
      { ...allowPull, Principal: { Service: "ec2.amazonaws.com" } },
      "Principal",
    ],
    [
      "has a service beside its principals",
      { ...allowPull, Principal: { AWS: "*", Service: "ec2.amazonaws.com" } },
      "Principal",
    ],
    [
      "has a wildcard in a principal's name",
      { ...allowPull, Principal: { AWS: "arn:aws:iam::111122223333:user/*" } },
      "Principal",
    ],
    [
      "has a wildcard in a principal",
      { ...allowPull, Principal: { AWS: "arn:aws:iam::1*:root" } },
      "Principal",
    ],
    [
      "has a session for a principal",
      { ...allowPull, Principal: { AWS: "arn:aws:sts::111122223333:assumed-role/r/s" } },
      "Principal",
    ],
    ["has an unknown element", { ...allowPull, Conditions: {} }, "Conditions"],
    ["has an empty Condition", { ...allowPull, Condition: {} }, "Condition"],
    ["has an operator without keys", { ...allowPull, Condition: { Bool: {} } }, "Condition.Bool"],
    [
      "has a key without values",
      condition("StringEquals", "aws:SourceVpc", []),
      "Condition.StringEquals.aws:SourceVpc",
    ],
    [
      "has a variable where an address belongs",
      condition("IpAddress", "aws:SourceIp", "${aws:PrincipalTag/range}"),
      "Condition.IpAddress.aws:SourceIp",
    ],
    [
      "has an unknown condition key",
      condition("StringEquals", "aws:Whatever", "a"),
      "Condition.StringEquals.aws:Whatever",
    ],
    [
      "asks of several values as if there were one",
      condition("StringEquals", "aws:TagKeys", "team"),
      "Condition.StringEquals.aws:TagKeys",
    ],
    [
      "has a number that is none",
      condition("NumericLessThan", "aws:MultiFactorAuthAge", "an hour"),
      "Condition.NumericLessThan.aws:MultiFactorAuthAge",
    ],
    [
      "has a moment without its zone",
      condition("DateLessThan", "aws:CurrentTime", "2026-01-31T09:00:00"),
      "Condition.DateLessThan.aws:CurrentTime",
    ],
    [
      "compares a moment as a number",
      condition("NumericLessThan", "aws:CurrentTime", "1800000000"),
      "Condition.NumericLessThan.aws:CurrentTime",
    ],
    [
      "has the same condition key in two cases",
      { ...allowPull, Condition: { StringEquals: { "aws:SourceVpc": "a", "aws:sourcevpc": "b" } } },
      "Condition.StringEquals.aws:sourcevpc",
    ],
    [
      "compares an address as text",
      condition("StringLike", "aws:SourceIp", "203.*"),
      "Condition.StringLike.aws:SourceIp",
    ],
    [
      "compares a text as an address",
      condition("IpAddress", "aws:SourceVpc", "10.0.0.0/8"),
      "Condition.IpAddress.aws:SourceVpc",
    ],
    [
      "has a range that is none",
      condition("IpAddress", "aws:SourceIp", "127.1"),
      "Condition.IpAddress.aws:SourceIp",
    ],
    [
      "has a bare IPv6 address",
      condition("IpAddress", "aws:SourceIp", "2001:db8::1"),
      "Condition.IpAddress.aws:SourceIp",
    ],
    [
      "has an ARN of fewer than six components",
      condition("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*"),
      "Condition.ArnLike.aws:PrincipalArn",
    ],
    [
      "has a truth value that is none",
      condition("Bool", "aws:SecureTransport", "yes"),
      "Condition.Bool.aws:SecureTransport",
    ],
    [
      "has two truth values",
      condition("Null", "aws:SourceIp", ["true", "false"]),
      "Condition.Null.aws:SourceIp",
    ],
  ];
  for (const [why, statement, element] of refused) {
    it(`is refused when a statement ${why}`, () => {
      const { place } = refusal(() => parseStatement(statement));
      expect(place).to.deep.equal({
        policy: "pull",
        statement: why.startsWith("has a Sid") ? "Statement[0]" : "AllowPull",
        element,
      });
    });
  }

  for (const operator of [
    "BinaryEquals",
    "NullIfExists",
    "ForAllValues:Null",
    "ForSomeValues:StringEquals",
    "ForAnyValue:StringEqualsIfExists",
    "ForAnyValue:",
    "stringequals",
    "constructor",
  ]) {
    it(`is refused when it uses ${operator}`, () => {
      const { place } = refusal(() => parseStatement(condition(operator, "codecommit:References", "true")));
      expect(place.element).to.equal(`Condition.${operator}`);
    });
  }

  const documents: [why: string, document: unknown, element: string][] = [
    ["is not JSON", "{", "document"],
    ["is not an object", "[]", "document"],
    ["has an unknown version", { Version: "2020-01-01", Statement: allowPull }, "Version"],
    ["has an unknown element", { Version: "2012-10-17", Statement: allowPull, Statements: [] }, "Statements"],
    ["has no statement", { Version: "2012-10-17", Statement: [] }, "Statement"],
    ["has a statement that is not an object", { Version: "2012-10-17", Statement: ["x"] }, "Statement[0]"],
    ["uses a Sid twice", { Version: "2012-10-17", Statement: [allowPull, allowPull] }, "Sid"],
    [
      "writes an element twice, of which JSON.parse drops one",
      `{"Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}`,
      "document",
    ],
  ];
  for (const [why, document, element] of documents) {
    it(`is refused when it ${why}`, () => {
      const { place } = refusal(() => parsePolicy(document, "pull"));
      expect(place.policy).to.equal("pull");
      expect(place.element).to.equal(element);
    });
  }

  it("is not confused by texts that look like names", () => {
    const text = JSON.stringify({ Version: "2012-10-17", Statement: { ...allowPull, Sid: 'a":"b\\": "' } });
    expect(parsePolicy(text, "pull").statements[0]?.label).to.equal('a":"b\\": "');
  });
});
