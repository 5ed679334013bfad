/** Condition operators of every type, with the key present and absent. */
import {
  allowed,
  allowIf,
  by,
  CODECOMMIT,
  denyIf,
  allow,
  given,
  IAM,
  implicitlyDenied,
  policy,
  role,
  user,
  type Asked,
  type Vector,
} from "./vector";

const OPERATORS = `${IAM}/reference_policies_elements_condition_operators.html`;
const CONDITION = `${IAM}/reference_policies_elements_condition.html`;
const KEYS = `${IAM}/reference_policies_condition-keys.html`;

const tagged = (key: string, ...values: readonly string[]) =>
  values.map((value) => given({ [`aws:PrincipalTag/${key}`]: value }));
const from = (...addresses: readonly string[]) => addresses.map((ip) => given({ "aws:SourceIp": ip }));
const through = given({ "aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.0.0.1" });
const aged = (...seconds: readonly string[]) =>
  seconds.map((age) => given({ "aws:MultiFactorAuthAge": age }));
const issued = (...moments: readonly string[]) =>
  moments.map((moment) => given({ "aws:TokenIssueTime": moment }, role("deploy")));
const source = (...arns: readonly string[]) => arns.map((arn) => given({ "aws:SourceArn": arn }));

/** How an operator compares; of an absent key, an operator that is not negated is false and a negated one true. */
function comparison(
  operator: string,
  key: string,
  value: string,
  asks: (...values: readonly string[]) => readonly Asked["ask"][],
  match: readonly string[],
  noMatch: readonly string[],
  says: string,
): Vector {
  const absent = [by(role("deploy"))];
  const negated = operator.includes("Not");
  return allowIf({
    says: `${operator} ${says}`,
    source: OPERATORS,
    condition: { [operator]: { [key]: value } },
    match: [...asks(...match), ...(negated ? absent : [])],
    noMatch: [...asks(...noMatch), ...(negated ? [] : absent)],
  });
}

const number = (operator: string, match: readonly string[], noMatch: readonly string[], says: string) =>
  comparison(operator, "aws:MultiFactorAuthAge", "10", aged, match, noMatch, says);
const date = (operator: string, match: readonly string[], noMatch: readonly string[], says: string) =>
  comparison(operator, "aws:TokenIssueTime", "2020-01-01T00:00:01Z", issued, match, noMatch, says);
const [before, at, after] = ["2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2020-01-01T00:00:02Z"] as const;

const TOPIC = "arn:aws:sns:us-west-2:123456789012:TOPIC-ID";
const OTHERS_TOPIC = "arn:aws:sns:us-west-2:777788889999:TOPIC-ID";

export const STRINGS: readonly Vector[] = [
  allowIf({
    says: "StringEquals matches the exact value, neither another one nor an absent key",
    source: OPERATORS,
    condition: { StringEquals: { "aws:PrincipalTag/job-category": "iamuser-admin" } },
    match: tagged("job-category", "iamuser-admin"),
    noMatch: [...tagged("job-category", "dev-ops", "iamuser"), {}],
  }),
  allowIf({
    says: "StringEquals is case-sensitive: of johndoe and JohnDoe it matches only johndoe",
    source: CONDITION,
    condition: { StringEquals: { "aws:username": "johndoe" } },
    match: [by(user("johndoe"))],
    noMatch: [by(user("JohnDoe"))],
  }),
  allowIf({
    says: "StringEqualsIgnoreCase matches johndoe and JohnDoe",
    source: CONDITION,
    condition: { StringEqualsIgnoreCase: { "aws:username": "johndoe" } },
    match: [by(user("johndoe")), by(user("JohnDoe"))],
    noMatch: [by(user("janedoe"))],
  }),
  allowIf({
    says: "StringEquals takes wildcards as they are: only StringLike matches parts",
    source: OPERATORS,
    condition: { StringEquals: { "aws:PrincipalTag/team": "pro*" } },
    match: tagged("team", "pro*"),
    noMatch: tagged("team", "production", "pro"),
  }),
  allowIf({
    says: "StringNotEquals is negated matching, true of another value and of an absent key",
    source: OPERATORS,
    condition: { StringNotEquals: { "aws:PrincipalTag/team": "blue" } },
    match: [...tagged("team", "green", "Blue"), {}],
    noMatch: tagged("team", "blue"),
  }),
  allowIf({
    says: "StringNotEqualsIgnoreCase is negated matching that ignores case",
    source: OPERATORS,
    condition: { StringNotEqualsIgnoreCase: { "aws:PrincipalTag/team": "blue" } },
    match: [...tagged("team", "green"), {}],
    noMatch: tagged("team", "blue", "Blue", "BLUE"),
  }),
  allowIf({
    says: "StringLike is case-sensitive and takes wildcards of many and of single characters anywhere",
    source: OPERATORS,
    condition: { StringLike: { "aws:PrincipalTag/team": "a*-?-z" } },
    match: tagged("team", "a-1-z", "abc-d-1-z"),
    noMatch: [...tagged("team", "A-1-z", "a--z", "a-12-z", "a-1-zz"), {}],
  }),
  allowIf({
    says: "StringLike needs wildcards to match parts",
    source: OPERATORS,
    condition: { StringLike: { "aws:PrincipalTag/team": "blue" } },
    match: tagged("team", "blue"),
    noMatch: tagged("team", "blue-1", "light-blue"),
  }),
  allowIf({
    says: "StringNotLike is negated, case-sensitive matching with wildcards, and true of an absent key",
    source: OPERATORS,
    condition: { StringNotLike: { "aws:PrincipalTag/team": "blue-?*" } },
    match: [...tagged("team", "blue", "blue-", "Blue-1"), {}],
    noMatch: tagged("team", "blue-1", "blue-12"),
  }),
  allowIf({
    says: "Names of condition keys are case-insensitive",
    source: CONDITION,
    condition: { IpAddress: { "AWS:sourceIP": "203.0.113.0/24" } },
    match: from("203.0.113.1"),
    noMatch: from("198.51.100.1"),
  }),
  allowIf({
    says: "A tag's key is a name of a condition key, and so case-insensitive; its value is not",
    source: CONDITION,
    condition: { StringEquals: { "aws:ResourceTag/TagKey1": "Value1" } },
    match: [given({ "aws:ResourceTag/TagKey1": "Value1" }), given({ "aws:ResourceTag/tagkey1": "Value1" })],
    noMatch: [given({ "aws:ResourceTag/tagkey1": "value1" }), given({ "aws:ResourceTag/TagKey2": "Value1" })],
  }),
];

export const AMOUNTS: readonly Vector[] = [
  number("NumericEquals", ["10", "10.0"], ["9", "11", "100"], "matches the number"),
  number("NumericNotEquals", ["9", "11", "10.5"], ["10"], "matches every other number"),
  number("NumericLessThan", ["9", "9.5"], ["10", "11", "100"], "matches lesser numbers, not texts"),
  number("NumericLessThanEquals", ["9", "10"], ["10.5", "11", "100"], "matches up to the number"),
  number("NumericGreaterThan", ["11", "100"], ["10", "9"], "matches greater numbers, not texts"),
  number("NumericGreaterThanEquals", ["10", "100"], ["9"], "matches from the number on"),
  {
    says: "MFA within the last hour: true if it was, false if it is longer ago, no match if the key is not present",
    source: CONDITION,
    policies: {
      identity: [
        policy(allow({ Condition: { NumericLessThanEquals: { "aws:MultiFactorAuthAge": "3600" } } })),
      ],
    },
    requests: [...allowed(...aged("0", "3600")), ...implicitlyDenied(...aged("3601"), {})],
  },
  date("DateEquals", [at], [before, after], "matches the date"),
  date("DateNotEquals", [before, after], [at], "matches every other date"),
  date("DateLessThan", [before], [at, after], "matches before the date"),
  date("DateLessThanEquals", [before, at], [after], "matches at or before the date"),
  date("DateGreaterThan", [after], [at, before], "matches after the date"),
  date("DateGreaterThanEquals", [at, after], [before], "matches at or after the date"),
  allowIf({
    says: "Two date operators on aws:CurrentTime make a period",
    source: `${IAM}/reference_policies_examples_aws-dates.html`,
    condition: {
      DateGreaterThan: { "aws:CurrentTime": "2020-04-01T00:00:00Z" },
      DateLessThan: { "aws:CurrentTime": "2020-06-30T23:59:59Z" },
    },
    match: [given({ "aws:CurrentTime": "2020-05-01T12:00:00Z" })],
    noMatch: [
      given({ "aws:CurrentTime": "2020-03-31T23:59:59Z" }),
      given({ "aws:CurrentTime": "2020-07-01T00:00:00Z" }),
    ],
  }),
  allowIf({
    says: "Dates can be written in epoch time",
    source: OPERATORS,
    condition: { DateLessThan: { "aws:CurrentTime": "1577836801" } },
    match: [given({ "aws:CurrentTime": "2020-01-01T00:00:00Z" })],
    noMatch: [given({ "aws:CurrentTime": "2020-01-01T00:00:01Z" })],
  }),
  allowIf({
    says: "aws:EpochTime works with date operators",
    source: KEYS,
    condition: { DateGreaterThanEquals: { "aws:EpochTime": "2020-01-01T00:00:01Z" } },
    match: [given({ "aws:EpochTime": "1577836801" })],
    noMatch: [given({ "aws:EpochTime": "1577836800" })],
  }),
  allowIf({
    says: "aws:EpochTime works with numeric operators, in seconds since 1970",
    source: KEYS,
    condition: { NumericLessThan: { "aws:EpochTime": "1577836801" } },
    match: [given({ "aws:EpochTime": "1577836800" })],
    noMatch: [given({ "aws:EpochTime": "1577836801" })],
  }),
];

export const OTHER_TYPES: readonly Vector[] = [
  denyIf({
    says: "Bool compares with true or false, and does not match an absent key",
    source: OPERATORS,
    condition: { Bool: { "aws:SecureTransport": "false" } },
    match: [given({ "aws:SecureTransport": "false" })],
    noMatch: [given({ "aws:SecureTransport": "true" }), {}],
  }),
  allowIf({
    says: "A boolean can stand without quotes; MFA and both ends of a period are needed together",
    source: `${IAM}/reference_policies_examples_aws_mfa-dates.html`,
    condition: {
      Bool: { "aws:MultiFactorAuthPresent": true },
      DateGreaterThan: { "aws:CurrentTime": "2017-07-01T00:00:00Z" },
      DateLessThan: { "aws:CurrentTime": "2017-12-31T23:59:59Z" },
    },
    match: [given({ "aws:MultiFactorAuthPresent": "true", "aws:CurrentTime": "2017-10-01T00:00:00Z" })],
    noMatch: [
      given({ "aws:MultiFactorAuthPresent": "false", "aws:CurrentTime": "2017-10-01T00:00:00Z" }),
      given({ "aws:MultiFactorAuthPresent": "true", "aws:CurrentTime": "2018-01-01T00:00:00Z" }),
      given({ "aws:CurrentTime": "2017-10-01T00:00:00Z" }),
    ],
  }),
  allowIf({
    says: "IpAddress matches from the first to the last address of a range, and no request through an endpoint",
    source: OPERATORS,
    condition: { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    match: from("203.0.113.0", "203.0.113.1", "203.0.113.255"),
    noMatch: [...from("198.51.100.1", "203.0.112.255", "203.0.114.0"), through],
  }),
  allowIf({
    says: "NotIpAddress matches all addresses except those of the range, and an absent key",
    source: OPERATORS,
    condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
    match: [...from("198.51.100.1", "203.0.114.0"), through],
    noMatch: from("203.0.113.0", "203.0.113.255"),
  }),
  allowIf({
    says: "Ranges of IPv4 and IPv6 can be mixed",
    source: OPERATORS,
    condition: { IpAddress: { "aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] } },
    match: from("203.0.113.9", "2001:db8:1234:5678::1", "2001:DB8:1234:5678:ffff:ffff:ffff:ffff"),
    noMatch: from("198.51.100.1", "2001:db8:1234:5679::", "2001:db8:1234:5677:ffff::"),
  }),
  allowIf({
    says: "An address without a prefix is a /32",
    source: OPERATORS,
    condition: { IpAddress: { "aws:SourceIp": "203.0.113.7" } },
    match: from("203.0.113.7"),
    noMatch: from("203.0.113.6", "203.0.113.8"),
  }),
  denyIf({
    says: "CodeCommit: whoever is outside of a block of addresses is denied; bits beyond the prefix mean nothing",
    source: `${CODECOMMIT}/customer-managed-policies.html`,
    condition: { NotIpAddress: { "aws:SourceIp": ["203.0.113.0/16"] } },
    match: from("203.1.0.0", "198.51.100.1"),
    noMatch: from("203.0.0.0", "203.0.113.7", "203.0.255.255"),
  }),
  allowIf({
    says: "ArnEquals matches the ARN, neither another account's nor an absent key",
    source: OPERATORS,
    condition: { ArnEquals: { "aws:SourceArn": TOPIC } },
    match: source(TOPIC),
    noMatch: [...source(OTHERS_TOPIC), {}],
  }),
  ...["ArnEquals", "ArnLike"].map((operator) =>
    allowIf({
      says: `${operator} is case-sensitive, takes wildcards, and checks each of the six components by itself`,
      source: OPERATORS,
      condition: { [operator]: { "aws:SourceArn": "arn:aws:sns:*:123456789012:app-?" } },
      match: source("arn:aws:sns:us-east-2:123456789012:app-1", "arn:aws:sns::123456789012:app-x"),
      noMatch: source(
        "arn:aws:sns:us-east-2:999999999999:store/abc:123456789012:app-1",
        "arn:aws:sns:us-east-2:123456789012:App-1",
        "arn:aws:sns:us-east-2:123456789012:app-12",
      ),
    }),
  ),
  allowIf({
    says: "StringLike, unlike ArnLike, lets an asterisk match across the components of an ARN",
    source: OPERATORS,
    condition: { StringLike: { "aws:SourceArn": "arn:aws:sns:*:123456789012:app-?" } },
    match: source("arn:aws:sns:us-east-2:999999999999:store/abc:123456789012:app-1"),
    noMatch: source("arn:aws:sns:us-east-2:999999999999:app-1"),
  }),
  ...["ArnNotEquals", "ArnNotLike"].map((operator) =>
    allowIf({
      says: `${operator} is negated matching of ARNs, and true of an absent key`,
      source: OPERATORS,
      condition: { [operator]: { "aws:SourceArn": "arn:aws:sns:*:123456789012:TOPIC-*" } },
      match: [...source(OTHERS_TOPIC), {}],
      noMatch: source(TOPIC),
    }),
  ),
  allowIf({
    says: "Null with false asks that the key exists",
    source: OPERATORS,
    condition: { Null: { "aws:TokenIssueTime": "false" } },
    match: issued(at),
    noMatch: [{}],
  }),
  allowIf({
    says: "Null with true asks that the key does not exist",
    source: OPERATORS,
    condition: { Null: { "aws:TokenIssueTime": "true" } },
    match: [{}],
    noMatch: issued(at),
  }),
];

/** Each type's operator with IfExists: as without it where the key is present, true where it is absent. */
export const IF_EXISTS: readonly Vector[] = [
  allowIf({
    says: "StringLikeIfExists processes a key that is present, and is true of an absent one",
    source: OPERATORS,
    condition: { StringLikeIfExists: { "aws:PrincipalTag/type": ["t1.*", "t2.*", "m3.*"] } },
    match: [...tagged("type", "t1.micro"), {}],
    noMatch: tagged("type", "m2.micro"),
  }),
  allowIf({
    says: "IfExists of two keys: each is checked only where it is in the request",
    source: KEYS,
    condition: {
      IpAddressIfExists: { "aws:SourceIp": ["203.0.113.0/24"] },
      StringEqualsIfExists: { "aws:SourceVpc": ["vpc-1"] },
    },
    match: [{}, ...from("203.0.113.1"), given({ "aws:SourceVpc": "vpc-1" })],
    noMatch: [
      ...from("198.51.100.1"),
      given({ "aws:SourceVpc": "vpc-2" }),
      given({ "aws:SourceVpc": "vpc-2", "aws:SourceIp": "203.0.113.1" }),
    ],
  }),
  allowIf({
    says: "Other conditions of the statement can still fail where IfExists holds",
    source: OPERATORS,
    condition: {
      StringEqualsIfExists: { "aws:PrincipalTag/team": "blue" },
      Bool: { "aws:SecureTransport": "true" },
    },
    match: [given({ "aws:SecureTransport": "true" })],
    noMatch: [given({ "aws:SecureTransport": "false" }), {}, ...tagged("team", "blue")],
  }),
  allowIf({
    says: "NumericLessThanIfExists is true of an absent key",
    source: OPERATORS,
    condition: { NumericLessThanIfExists: { "aws:MultiFactorAuthAge": "300" } },
    match: [{}, ...aged("299")],
    noMatch: aged("300"),
  }),
  allowIf({
    says: "DateGreaterThanIfExists is true of an absent key",
    source: OPERATORS,
    condition: { DateGreaterThanIfExists: { "aws:TokenIssueTime": at } },
    match: [{}, ...issued(after)],
    noMatch: issued(at),
  }),
  allowIf({
    says: "ArnLikeIfExists is true of an absent key",
    source: OPERATORS,
    condition: { ArnLikeIfExists: { "aws:SourceArn": "arn:aws:sns:*:123456789012:*" } },
    match: [{}, ...source(TOPIC)],
    noMatch: source(OTHERS_TOPIC),
  }),
  denyIf({
    says: "A Deny with StringNotEqualsIfExists denies where the key is absent too",
    source: OPERATORS,
    condition: { StringNotEqualsIfExists: { "aws:PrincipalTag/team": "blue" } },
    match: [{}, ...tagged("team", "green")],
    noMatch: tagged("team", "blue"),
  }),
];
