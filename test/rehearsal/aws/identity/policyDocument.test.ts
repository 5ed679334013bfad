import { expect } from "chai";
import { checkPolicyDocument, policySize } from "../../../../rehearsal/aws/identity/policyDocument";

const statement = { Sid: "Pull", Effect: "Allow", Action: "codecommit:GitPull", Resource: "*" };

function identity(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function check(document: string): void {
  checkPolicyDocument(document, { use: "identity", code: "MalformedPolicyDocument" });
}

function checkTrust(changes: object): void {
  const allowed = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  checkPolicyDocument(identity({ ...allowed, ...changes }), {
    use: "trust",
    code: "MalformedPolicyDocument",
    principalExists: (arn) => arn.endsWith(":role/known"),
  });
}

describe("an IAM policy document", () => {
  it("is taken when it follows the grammar", () => {
    const Condition = {
      NotIpAddress: { "aws:SourceIp": ["203.0.113.1/32"] },
      BoolIfExists: { "aws:ViaAWSService": false },
    };
    expect(() => {
      check(
        identity(statement, { Effect: "Deny", NotAction: ["codecommit:*"], NotResource: "*", Condition }),
      );
    }).not.to.throw();
  });

  it("may hold a single statement without a list", () => {
    expect(() => {
      check(JSON.stringify({ Version: "2012-10-17", Statement: statement }));
    }).not.to.throw();
  });

  const malformed: [string, string, RegExp][] = [
    ["is not JSON", "{", /not valid JSON/],
    ["has an unknown version", JSON.stringify({ Version: "2020-01-01", Statement: [statement] }), /Version/],
    ["has no statement", JSON.stringify({ Version: "2012-10-17", Statement: [] }), /Statement/],
    ["has an unknown element", identity({ ...statement, Resources: "*" }), /Resources/],
    ["has an unknown effect", identity({ ...statement, Effect: "allow" }), /Effect/],
    ["has neither Action nor NotAction", identity({ Effect: "Allow", Resource: "*" }), /Action/],
    ["has both Action and NotAction", identity({ ...statement, NotAction: "s3:*" }), /Action/],
    ["has no Resource", identity({ Effect: "Allow", Action: "s3:*" }), /must contain resources/],
    [
      "has a resource that is not an ARN",
      identity({ ...statement, Resource: "my-repository" }),
      /ARN format/,
    ],
    [
      "has an action without a service",
      identity({ ...statement, Action: "GitPull" }),
      /prefaced by a vendor/,
    ],
    ["has a Sid with a dash", identity({ ...statement, Sid: "pull-only" }), /alpha-numeric/],
    ["uses a Sid twice", identity(statement, statement), /must be unique/],
    [
      "has an unknown operator",
      identity({ ...statement, Condition: { IpEquals: { "aws:SourceIp": "1.2.3.4" } } }),
      /Condition/,
    ],
    [
      "has a condition key without a service",
      identity({ ...statement, Condition: { Bool: { SourceIp: "true" } } }),
      /vendor/,
    ],
    ["names a principal", identity({ ...statement, Principal: "*" }), /should not specify a principal/],
  ];
  for (const [what, document, message] of malformed) {
    it(`is refused when it ${what}`, () => {
      expect(() => {
        check(document);
      })
        .to.throw(message)
        .with.property("code", "MalformedPolicyDocument");
    });
  }

  it("counts without its white space", () => {
    expect(policySize('{ "a":\n\t1 }')).to.equal(7);
  });
});

describe("a trust policy", () => {
  it("names who may assume the role", () => {
    expect(() => {
      checkTrust({});
    }).not.to.throw();
  });

  it("is refused with a resource", () => {
    expect(() => {
      checkTrust({ Resource: "*" });
    }).to.throw(/prohibited field Resource/);
  });

  it("is refused without a principal", () => {
    expect(() => {
      checkTrust({ Principal: undefined });
    }).to.throw(/Principal/);
  });

  it("is refused with an action that is not of STS", () => {
    expect(() => {
      checkTrust({ Action: "s3:GetObject" });
    }).to.throw(/STS AssumeRole/);
  });

  it("is refused when it names a role that does not exist", () => {
    expect(() => {
      checkTrust({ Principal: { AWS: "arn:aws:iam::123456789012:role/known" } });
    }).not.to.throw();
    expect(() => {
      checkTrust({ Principal: { AWS: "arn:aws:iam::123456789012:role/gone" } });
    }).to.throw(/Invalid principal in policy/);
  });
});
