import { expect } from "chai";
import fc from "fast-check";
import { conditionsHold } from "../../../isolation/iam/condition";
import { parseConditionBlock } from "../../../isolation/iam/conditionBlock";
import { conditionKey, type ConditionKey } from "../../../isolation/iam/keys";

/** Whether a Condition element holds for a request that carries just these keys. */
function holds(block: object, request: Record<string, string | string[]>): boolean {
  const context = Object.entries(request).map(([name, value]): [ConditionKey, string[]] => {
    const key = conditionKey(name);
    if (!key) throw new Error(`no such key: ${name}`);
    return [key, [value].flat()];
  });
  return conditionsHold(parseConditionBlock(block, { policy: "p", statement: "s" }, true), new Map(context));
}

const endpoint = { "aws:SourceVpce": "vpce-1" };

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
describe("IpAddress and NotIpAddress", () => {
  const ranges = { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] };

  it("match addresses of either family in the listed ranges", () => {
    for (const address of ["203.0.113.0", "203.0.113.255", "2001:db8:1234:5678:ffff::1"]) {
      expect(holds({ IpAddress: ranges }, { "aws:SourceIp": address }), address).to.equal(true);
      expect(holds({ NotIpAddress: ranges }, { "aws:SourceIp": address }), address).to.equal(false);
    }
    for (const address of ["203.0.112.255", "203.0.114.0", "2001:db8:1234:5679::", "::ffff:203.0.113.1"]) {
      expect(holds({ IpAddress: ranges }, { "aws:SourceIp": address }), address).to.equal(false);
      expect(holds({ NotIpAddress: ranges }, { "aws:SourceIp": address }), address).to.equal(true);
    }
  });

  // "The aws:SourceIp key is always present …, except when the requester uses a VPC endpoint": IpAddress is then
  // false, and NotIpAddress, being negated, true.
  it("take a request through an endpoint for one from no listed address", () => {
    expect(holds({ IpAddress: ranges }, endpoint)).to.equal(false);
    expect(holds({ NotIpAddress: ranges }, endpoint)).to.equal(true);
  });

  it("do not tell a range from its two halves", () => {
    const range = fc.tuple(fc.nat(255), fc.nat(31)).map(([last, prefix]) => {
      const size = 2 ** (32 - prefix);
      const base = Math.floor((203 * 2 ** 24 + 113 * 2 ** 8 + last) / size) * size;
      const text = (n: number) => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join(".");
      const halves = [base, base + size / 2].map((start) => `${text(start)}/${prefix + 1}`);
      return { whole: [`${text(base)}/${prefix}`], halves };
    });
    const address = fc.oneof(
      fc.nat(255).map((last) => `203.0.113.${last}`),
      fc.constantFrom("203.0.112.255", "8.8.8.8", "2001:db8::1"),
    );
    const operator = fc.constantFrom("IpAddress", "NotIpAddress");
    fc.assert(
      fc.property(address, range, operator, (given, { whole, halves }, name) => {
        const under = (listed: string[]) =>
          holds({ [name]: { "aws:SourceIp": listed } }, { "aws:SourceIp": given });
        expect(under(halves)).to.equal(under(whole));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("a negated operator", () => {
  // "If the policy condition requires that the key is not matched … and the right key is not present, the condition
  // is true." https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  for (const operator of ["StringNotEquals", "StringNotEqualsIgnoreCase", "StringNotLike"]) {
    it(`${operator} holds where the key is absent, as any other does not`, () => {
      expect(holds({ [operator]: { "aws:SourceVpce": "vpce-1" } }, {})).to.equal(true);
      expect(holds({ [operator.replace("Not", "")]: { "aws:SourceVpce": "vpce-1" } }, {})).to.equal(false);
    });
  }
  for (const operator of ["ArnNotEquals", "ArnNotLike"]) {
    it(`${operator} holds where the key is absent, as any other does not`, () => {
      expect(holds({ [operator]: { "aws:PrincipalArn": "arn:*:*:*:*:*" } }, {})).to.equal(true);
      expect(holds({ [operator.replace("Not", "")]: { "aws:PrincipalArn": "arn:*:*:*:*:*" } }, {})).to.equal(
        false,
      );
    });
  }

  // "…those values are evaluated using a logical NOR."
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
  it("holds only if none of its values matches", () => {
    const block = { StringNotEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } };
    expect(holds(block, { "aws:SourceVpce": "vpce-1" })).to.equal(false);
    expect(holds(block, { "aws:SourceVpce": "vpce-2" })).to.equal(false);
    expect(holds(block, { "aws:SourceVpce": "vpce-3" })).to.equal(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
describe("several conditions", () => {
  it("of one key hold if any value matches", () => {
    const block = { StringEquals: { "aws:SourceVpce": ["vpce-1", "vpce-2"] } };
    expect(holds(block, { "aws:SourceVpce": "vpce-2" })).to.equal(true);
    expect(holds(block, { "aws:SourceVpce": "vpce-3" })).to.equal(false);
  });

  it("of one operator hold only if every key does", () => {
    const block = { StringEquals: { "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1" } };
    expect(holds(block, { "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1" })).to.equal(true);
    expect(holds(block, { "aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-2" })).to.equal(false);
  });

  it("of several operators hold only if every operator does", () => {
    const block = { StringEquals: { "aws:SourceVpce": "vpce-1" }, Bool: { "aws:SecureTransport": true } };
    expect(holds(block, { ...endpoint, "aws:SecureTransport": "true" })).to.equal(true);
    expect(holds(block, { ...endpoint, "aws:SecureTransport": "false" })).to.equal(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IfExists
describe("…IfExists", () => {
  it("holds where the key is absent, and otherwise means what the operator means", () => {
    const block = { StringEqualsIfExists: { "aws:SourceVpce": "vpce-1" } };
    expect(holds(block, {})).to.equal(true);
    expect(holds(block, endpoint)).to.equal(true);
    expect(holds(block, { "aws:SourceVpce": "vpce-2" })).to.equal(false);
  });

  // "If you are using an "Effect": "Deny" element with a negated condition operator like StringNotEqualsIfExists, the
  // request is still denied even if the [key] is missing."
  it("changes nothing about a negated operator", () => {
    const requests: Record<string, string>[] = [
      {},
      { "aws:SourceIp": "203.0.113.7" },
      { "aws:SourceIp": "8.8.8.8" },
    ];
    for (const request of requests) {
      const keys = { "aws:SourceIp": "203.0.113.7/32" };
      expect(holds({ NotIpAddressIfExists: keys }, request)).to.equal(holds({ NotIpAddress: keys }, request));
    }
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Null
describe("Null", () => {
  it("true asks for the key's absence, false for its presence", () => {
    for (const yes of ["true", true]) {
      expect(holds({ Null: { "aws:SourceIp": yes } }, {})).to.equal(true);
      expect(holds({ Null: { "aws:SourceIp": yes } }, { "aws:SourceIp": "8.8.8.8" })).to.equal(false);
    }
    for (const no of ["false", false]) {
      expect(holds({ Null: { "aws:SourceIp": no } }, {})).to.equal(false);
      expect(holds({ Null: { "aws:SourceIp": no } }, { "aws:SourceIp": "8.8.8.8" })).to.equal(true);
    }
  });

  // https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
  it("with StringEqualsIfExists protects CodeCommit branches as AWS's guide has it", () => {
    const block = {
      StringEqualsIfExists: { "codecommit:References": ["refs/heads/main", "refs/heads/prod"] },
      Null: { "codecommit:References": false },
    };
    expect(holds(block, { "codecommit:References": "refs/heads/prod" })).to.equal(true);
    expect(holds(block, { "codecommit:References": "refs/heads/topic" })).to.equal(false);
    expect(holds(block, {})).to.equal(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String
describe("string operators", () => {
  const branch = { "codecommit:References": "refs/heads/Main" };
  const on = (value: string) => ({ "codecommit:References": value });

  it("StringEquals is exact: case matters and a wildcard is a character", () => {
    expect(holds({ StringEquals: on("refs/heads/Main") }, branch)).to.equal(true);
    expect(holds({ StringEquals: on("refs/heads/main") }, branch)).to.equal(false);
    expect(holds({ StringEquals: on("refs/heads/*") }, branch)).to.equal(false);
  });

  it("StringEqualsIgnoreCase ignores case only", () => {
    expect(holds({ StringEqualsIgnoreCase: on("REFS/heads/main") }, branch)).to.equal(true);
    expect(holds({ StringNotEqualsIgnoreCase: on("REFS/heads/main") }, branch)).to.equal(false);
    expect(holds({ StringEqualsIgnoreCase: on("refs/heads/*") }, branch)).to.equal(false);
  });

  it("StringLike takes wildcards, and case matters", () => {
    expect(holds({ StringLike: on("refs/heads/M??n") }, branch)).to.equal(true);
    expect(holds({ StringNotLike: on("refs/*") }, branch)).to.equal(false);
    expect(holds({ StringLike: on("refs/heads/m*") }, branch)).to.equal(false);
  });
});

describe("ArnEquals", () => {
  // "The ArnEquals and ArnLike condition operators behave identically."
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  it("takes wildcards as ArnLike does", () => {
    const request = { "aws:PrincipalArn": "arn:aws:iam::111122223333:role/deployer" };
    for (const [pattern, expected] of [
      ["arn:aws:iam::111122223333:role/*", true],
      ["arn:aws:iam::*:user/*", false],
    ] as const) {
      for (const operator of ["ArnEquals", "ArnLike"]) {
        expect(holds({ [operator]: { "aws:PrincipalArn": pattern } }, request)).to.equal(expected);
      }
      for (const operator of ["ArnNotEquals", "ArnNotLike"]) {
        expect(holds({ [operator]: { "aws:PrincipalArn": pattern } }, request)).to.equal(!expected);
      }
    }
  });
});

describe("an ARN operator", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN
  it("compares component by component, where StringLike compares the whole", () => {
    const request = { "aws:PrincipalArn": "arn:aws:iam::999999999999:user/x:111122223333:role/deployer" };
    const pattern = { "aws:PrincipalArn": "arn:aws:iam::*:role/deployer" };
    expect(holds({ StringLike: pattern }, request)).to.equal(true);
    expect(holds({ ArnLike: pattern }, request)).to.equal(false);
  });
});

describe("Bool", () => {
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Boolean
  it("does not take an absent key for false", () => {
    const block = { Bool: { "aws:ViaAWSService": "false" } };
    expect(holds(block, { "aws:ViaAWSService": "false" })).to.equal(true);
    expect(holds(block, { "aws:ViaAWSService": "true" })).to.equal(false);
    expect(holds(block, {})).to.equal(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Numeric
describe("numeric operators", () => {
  const under = (operator: string, value: string | number, age: string) =>
    holds({ [operator]: { "aws:MultiFactorAuthAge": value } }, { "aws:MultiFactorAuthAge": age });

  it("compare numbers, not their digits", () => {
    expect(under("NumericEquals", 300, "300.0")).to.equal(true);
    expect(under("NumericLessThan", "300", "299")).to.equal(true);
    expect(under("NumericLessThan", "1000", "300")).to.equal(true);
    expect(under("NumericLessThan", "300", "300")).to.equal(false);
    expect(under("NumericLessThanEquals", "300", "300")).to.equal(true);
    expect(under("NumericGreaterThan", "300", "300")).to.equal(false);
    expect(under("NumericGreaterThanEquals", "300", "300")).to.equal(true);
    expect(under("NumericNotEquals", "300", "301")).to.equal(true);
  });

  it("hold where the key is absent only if negated or IfExists", () => {
    const age = { "aws:MultiFactorAuthAge": "300" };
    expect(holds({ NumericLessThan: age }, {})).to.equal(false);
    expect(holds({ NumericNotEquals: age }, {})).to.equal(true);
    expect(holds({ NumericLessThanIfExists: age }, {})).to.equal(true);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date
describe("date operators", () => {
  const now = { "aws:CurrentTime": "2026-01-31T09:00:00Z" };

  it("compare moments, however they are written", () => {
    expect(holds({ DateEquals: { "aws:CurrentTime": "2026-01-31T10:00:00+01:00" } }, now)).to.equal(true);
    expect(holds({ DateLessThan: { "aws:CurrentTime": "2026-02-01" } }, now)).to.equal(true);
    expect(holds({ DateGreaterThan: { "aws:CurrentTime": "2026-01-31T09:00:00Z" } }, now)).to.equal(false);
    expect(holds({ DateNotEquals: { "aws:CurrentTime": "2026-01-31T09:00:00.001Z" } }, now)).to.equal(true);
  });

  it("take aws:EpochTime for the same moment, as a number too", () => {
    const seconds = String(Date.parse("2026-01-31T09:00:00Z") / 1000);
    expect(holds({ DateEquals: { "aws:EpochTime": seconds } }, now)).to.equal(true);
    expect(holds({ NumericGreaterThanEquals: { "aws:EpochTime": seconds } }, now)).to.equal(true);
    expect(holds({ NumericLessThan: { "aws:EpochTime": Number(seconds) } }, now)).to.equal(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
describe("set operators", () => {
  const tags = (...given: string[]): Record<string, string[]> =>
    given.length === 0 ? {} : { "aws:TagKeys": given };
  const all = { "ForAllValues:StringEquals": { "aws:TagKeys": ["team", "cost"] } };
  const any = { "ForAnyValue:StringEquals": { "aws:TagKeys": ["team", "cost"] } };

  it("ForAllValues holds if every value of the request matches, and if there is none", () => {
    expect(holds(all, tags("team"))).to.equal(true);
    expect(holds(all, tags("team", "cost"))).to.equal(true);
    expect(holds(all, tags("team", "name"))).to.equal(false);
    expect(holds(all, tags())).to.equal(true);
    expect(holds({ ...all, Null: { "aws:TagKeys": false } }, tags())).to.equal(false);
  });

  it("ForAnyValue holds if some value of the request matches, and not if there is none", () => {
    expect(holds(any, tags("name", "cost"))).to.equal(true);
    expect(holds(any, tags("name"))).to.equal(false);
    expect(holds(any, tags())).to.equal(false);
  });

  it("negated ask the same of values that match none of the policy's", () => {
    const none = { "ForAllValues:StringNotLike": { "aws:TagKeys": ["secret-*", "hidden"] } };
    expect(holds(none, tags("team", "cost"))).to.equal(true);
    expect(holds(none, tags("team", "secret-1"))).to.equal(false);
    const other = { "ForAnyValue:StringNotLike": { "aws:TagKeys": ["secret-*", "hidden"] } };
    expect(holds(other, tags("team", "secret-1"))).to.equal(true);
    expect(holds(other, tags("hidden", "secret-1"))).to.equal(false);
    expect(holds(other, tags())).to.equal(false);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
describe("a policy variable in a condition", () => {
  const on = (value: string) => ({ StringLike: { "codecommit:References": value } });
  const by = (name: string, reference: string) => ({
    "aws:username": name,
    "codecommit:References": reference,
  });

  it("stands for the request's value", () => {
    const own = on("refs/heads/${aws:username}/*");
    expect(holds(own, by("bob", "refs/heads/bob/topic"))).to.equal(true);
    expect(holds(own, by("eve", "refs/heads/bob/topic"))).to.equal(false);
  });

  it("that the request has no value for matches nothing, or its default", () => {
    const request = { "codecommit:References": "refs/heads/common/topic" };
    expect(holds(on("refs/heads/${aws:PrincipalTag/team}/*"), request)).to.equal(false);
    expect(holds(on("refs/heads/${aws:PrincipalTag/team, 'common'}/*"), request)).to.equal(true);
  });

  it("brings no wildcards in", () => {
    const own = on("refs/heads/${aws:PrincipalTag/team}");
    const request = (team: string) => ({
      "aws:PrincipalTag/Team": team,
      "codecommit:References": "refs/heads/main",
    });
    expect(holds(own, request("main"))).to.equal(true);
    expect(holds(own, request("*"))).to.equal(false);
    expect(holds(own, request("mai?"))).to.equal(false);
  });

  it("escapes a wildcard and a dollar sign", () => {
    const reference = (given: string) => ({ "codecommit:References": given });
    expect(holds(on("a${*}b${?}${$}*"), reference("a*b?$anything"))).to.equal(true);
    expect(holds(on("a${*}b*"), reference("axxb"))).to.equal(false);
  });
});
