/** Several keys, operators and values in a condition, and the set operators of keys with several values. */
import {
  allow,
  allowed,
  allowIf,
  by,
  denyIf,
  given,
  IAM,
  implicitlyDenied,
  policy,
  user,
  type Vector,
} from "./vector";

const SEVERAL = `${IAM}/reference_policies_condition-logic-multiple-context-keys-or-values.html`;
const SINGLE = `${IAM}/reference_policies_condition_examples-single-valued-context-keys.html`;
const MULTIVALUED = `${IAM}/reference_policies_condition_examples-multi-valued-context-keys.html`;
const SETS = `${IAM}/reference_policies_condition-single-vs-multi-valued-context-keys.html`;
const OPERATORS = `${IAM}/reference_policies_elements_condition_operators.html`;
const KEYS = `${IAM}/reference_policies_condition-keys.html`;

const TAGS = {
  "aws:PrincipalTag/department": ["finance", "hr", "legal"],
  "aws:PrincipalTag/role": ["audit", "security"],
};
const PEOPLE = [user("Ana"), user("Mary")];
const tagged = (department: string, role: string) => ({
  "aws:PrincipalTag/department": department,
  "aws:PrincipalTag/role": role,
});
const keys = (...names: readonly string[]) => given({ "aws:TagKeys": names });
const OU = "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/ou-ab12-22222222/";
const paths = (...all: readonly string[]) => given({ "aws:PrincipalOrgPaths": all });

export const SEVERAL_KEYS: readonly Vector[] = [
  allowIf({
    says: "Operators and keys are joined by AND, the values of a key by OR",
    source: SEVERAL,
    condition: { StringEquals: TAGS, ArnLike: { "aws:PrincipalArn": PEOPLE } },
    match: [given(tagged("legal", "audit"), user("Mary")), given(tagged("finance", "security"), user("Ana"))],
    noMatch: [
      given(tagged("hr", "audit"), user("Nikki")),
      given(tagged("hr", "payroll"), user("Mary")),
      given({ "aws:PrincipalTag/department": "hr" }, user("Mary")),
      by(user("Mary")),
    ],
  }),
  allowIf({
    says: "The values of a negated operator are joined by NOR",
    source: SEVERAL,
    condition: { StringEquals: TAGS, ArnNotLike: { "aws:PrincipalArn": PEOPLE } },
    match: [given(tagged("legal", "audit"), user("Nikki"))],
    noMatch: [
      given(tagged("hr", "audit"), user("Mary")),
      given(tagged("hr", "payroll"), user("Nikki")),
      given({ "aws:PrincipalTag/department": "hr" }, user("Nikki")),
      by(user("Nikki")),
    ],
  }),
  allowIf({
    says: "Of each key one of its values is needed",
    source: SINGLE,
    condition: {
      StringEquals: { "aws:RequestTag/environment": ["production", "prod-backup"] },
      ArnEquals: {
        "aws:SourceArn": [
          "arn:aws:ecs:us-east-1:111122223333:cluster/default1",
          "arn:aws:ecs:us-east-1:111122223333:cluster/default2",
        ],
      },
    },
    match: [
      ["production", "default1"],
      ["prod-backup", "default2"],
    ].map(([environment = "", cluster = ""]) =>
      given({
        "aws:RequestTag/environment": environment,
        "aws:SourceArn": `arn:aws:ecs:us-east-1:111122223333:cluster/${cluster}`,
      }),
    ),
    noMatch: [
      given({
        "aws:RequestTag/webserver": "production",
        "aws:SourceArn": "arn:aws:ecs:us-east-1:111122223333:cluster/default2",
      }),
      given({ "aws:SourceArn": "arn:aws:ecs:us-east-1:111122223333:cluster/default2" }),
    ],
  }),
  {
    says: "A tag in the request is needed, and the resource's may be any but one",
    source: SINGLE,
    policies: {
      identity: [
        policy(
          allow({
            Condition: {
              StringLike: { "aws:RequestTag/project": "*" },
              StringNotEquals: { "aws:ResourceTag/environment": "production" },
            },
          }),
        ),
      ],
    },
    requests: [
      ...allowed(
        given({ "aws:RequestTag/project": "Feature3", "aws:ResourceTag/environment": "QA" }),
        given({ "aws:RequestTag/project": "Feature3" }),
      ),
      ...implicitlyDenied(
        given({ "aws:RequestTag/project": "Feature3", "aws:ResourceTag/environment": "production" }),
        given({ "aws:ResourceTag/environment": "QA" }),
      ),
    ],
  },
];

export const SETS_OF_VALUES: readonly Vector[] = [
  denyIf({
    says: "ForAllValues:StringNotLike matches where no value is like the pattern, and where the key is absent",
    source: MULTIVALUED,
    condition: { "ForAllValues:StringNotLike": { "aws:TagKeys": "key1*" } },
    match: [keys("key2:audit"), {}],
    noMatch: [keys("key1:legal"), keys("key1:hr", "key1:personnel")],
  }),
  denyIf({
    says: "ForAllValues:StringNotLike of two patterns matches where no value is like any of them",
    source: MULTIVALUED,
    condition: { "ForAllValues:StringNotLike": { "aws:TagKeys": ["key1*", "key2*"] } },
    match: [keys("key3:legal"), {}],
    noMatch: [keys("key1:legal"), keys("key1:hr", "key1:personnel"), keys("key1:hr", "key2:audit")],
  }),
  denyIf({
    says: "ForAnyValue:StringEquals matches where one value does, and not where the key is absent",
    source: MULTIVALUED,
    condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": "webserver" } },
    match: [keys("webserver"), keys("environment", "webserver", "test")],
    noMatch: [keys("environment", "test"), {}],
  }),
  denyIf({
    says: "Null with false beside ForAllValues keeps the absent key from matching",
    source: MULTIVALUED,
    condition: {
      Null: { "aws:TagKeys": "false" },
      "ForAllValues:StringLike": { "aws:TagKeys": ["key1*", "key2*", "key3*"] },
    },
    match: [keys("key1:a"), keys("key1:a", "key3:b")],
    noMatch: [keys("key1:a", "key4:b"), {}],
  }),
  allowIf({
    says: "ForAnyValue beside another operator: both keys have to match, the set's case-sensitively",
    source: OPERATORS,
    condition: {
      StringEqualsIgnoreCase: { "aws:RequestTag/environment": ["preprod", "storage"] },
      "ForAnyValue:StringEquals": { "aws:TagKeys": "environment" },
    },
    match: [
      given({ "aws:TagKeys": ["environment"], "aws:RequestTag/environment": "preprod" }),
      given({ "aws:TagKeys": ["environment", "costcenter"], "aws:RequestTag/environment": "PreProd" }),
    ],
    noMatch: [
      given({ "aws:TagKeys": ["Environment"], "aws:RequestTag/Environment": "preprod" }),
      given({ "aws:TagKeys": ["costcenter"], "aws:RequestTag/environment": "preprod" }),
      given({ "aws:RequestTag/environment": "storage" }),
      keys("environment"),
      {},
    ],
  }),
  allowIf({
    says: "ForAllValues asks that the request's values are a subset of the policy's; an absent key is one, so that an Allow is overly permissive",
    source: SETS,
    condition: { "ForAllValues:StringEquals": { "aws:TagKeys": ["PostDateTime", "Message", "Tags"] } },
    match: [keys("Message", "Tags"), keys("PostDateTime"), {}],
    noMatch: [keys("PostDateTime", "UserName"), keys("UserName")],
  }),
  denyIf({
    says: "ForAnyValue asks that the request's values and the policy's overlap",
    source: SETS,
    condition: { "ForAnyValue:StringEquals": { "aws:TagKeys": ["ID", "PostDateTime"] } },
    match: [keys("UserName", "Message", "PostDateTime"), keys("PostDateTime", "Message")],
    noMatch: [keys("UserName"), {}],
  }),
  allowIf({
    says: "ForAllValues:StringEqualsIgnoreCase asks every value to match one of the policy's in any case",
    source: OPERATORS,
    condition: { "ForAllValues:StringEqualsIgnoreCase": { "aws:TagKeys": ["team", "cost"] } },
    match: [keys("Team", "COST"), keys("team")],
    noMatch: [keys("Team", "owner")],
  }),
  allowIf({
    says: "ForAnyValue:StringEqualsIgnoreCase asks one value to match in any case",
    source: OPERATORS,
    condition: { "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": "team" } },
    match: [keys("TEAM", "owner")],
    noMatch: [keys("owner"), {}],
  }),
  ...["StringNotEquals", "StringNotEqualsIgnoreCase"].map((operator) =>
    allowIf({
      says: `ForAllValues:${operator} asks that no value matches any of the policy's`,
      source: OPERATORS,
      condition: { [`ForAllValues:${operator}`]: { "aws:TagKeys": ["team", "cost"] } },
      match: [keys("owner"), keys("owner", "name")],
      noMatch: [keys("owner", "team"), keys("team", "cost")],
    }),
  ),
  ...["StringNotEquals", "StringNotEqualsIgnoreCase"].map((operator) =>
    allowIf({
      says: `ForAnyValue:${operator} asks that one value matches none of the policy's, and is false of an absent key`,
      source: OPERATORS,
      condition: { [`ForAnyValue:${operator}`]: { "aws:TagKeys": ["team", "cost"] } },
      match: [keys("owner"), keys("owner", "team")],
      noMatch: [keys("team", "cost"), keys("team"), {}],
    }),
  ),
  allowIf({
    says: "ForAllValues:StringLike asks every value to be like one of the patterns",
    source: OPERATORS,
    condition: { "ForAllValues:StringLike": { "aws:TagKeys": ["team-*", "c?"] } },
    match: [keys("team-1", "cx"), keys("team-")],
    noMatch: [keys("team-1", "cxx"), keys("Team-1")],
  }),
  allowIf({
    says: "ForAnyValue:StringLike asks one value to be like one of the patterns",
    source: OPERATORS,
    condition: { "ForAnyValue:StringLike": { "aws:TagKeys": ["team-*", "c?"] } },
    match: [keys("team-1", "cxx"), keys("cx")],
    noMatch: [keys("cxx", "Team-1"), {}],
  }),
  allowIf({
    says: "ForAnyValue:StringNotLike asks that one value is like none of the patterns",
    source: OPERATORS,
    condition: { "ForAnyValue:StringNotLike": { "aws:TagKeys": ["team-*", "c?"] } },
    match: [keys("team-1", "cxx"), keys("owner")],
    noMatch: [keys("team-1", "cx")],
  }),
  allowIf({
    says: "aws:TagKeys with ForAllValues restricts a request to one tag key, and aws:RequestTag its value",
    source: `${IAM}/access_tags.html`,
    condition: {
      StringEquals: { "aws:RequestTag/environment": ["preprod", "production"] },
      "ForAllValues:StringEquals": { "aws:TagKeys": "environment" },
    },
    match: [given({ "aws:RequestTag/environment": "preprod", "aws:TagKeys": ["environment"] })],
    noMatch: [
      given({ "aws:RequestTag/environment": "preprod", "aws:TagKeys": ["environment", "team"] }),
      given({ "aws:RequestTag/environment": "preprod", "aws:TagKeys": ["Environment"] }),
      given({ "aws:RequestTag/environment": "test", "aws:TagKeys": ["environment"] }),
    ],
  }),
  allowIf({
    says: "aws:CalledVia holds every service in the chain: ForAnyValue finds one of them, and none in a direct call",
    source: KEYS,
    condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": ["dynamodb.amazonaws.com"] } },
    match: [
      given({ "aws:CalledVia": ["cloudformation.amazonaws.com", "dynamodb.amazonaws.com"] }),
      given({ "aws:CalledVia": ["dynamodb.amazonaws.com"] }),
    ],
    noMatch: [given({ "aws:CalledVia": ["cloudformation.amazonaws.com"] }), {}],
  }),
  allowIf({
    says: "aws:PrincipalOrgPaths equal to a unit's path: accounts directly in it, none of its child units",
    source: KEYS,
    condition: { "ForAnyValue:StringEquals": { "aws:PrincipalOrgPaths": [OU] } },
    match: [paths(OU)],
    noMatch: [paths(`${OU}ou-ab12-33333333/`), {}],
  }),
  allowIf({
    says: "aws:PrincipalOrgPaths like a unit's path and an asterisk: accounts in the unit and in its child units",
    source: KEYS,
    condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": [`${OU}*`] } },
    match: [paths(OU), paths(`${OU}ou-ab12-33333333/`)],
    noMatch: [paths("o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/")],
  }),
  allowIf({
    says: "aws:PrincipalOrgPaths like a unit's path and ou-*: accounts in its child units only",
    source: KEYS,
    condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": [`${OU}ou-*`] } },
    match: [paths(`${OU}ou-ab12-33333333/`), paths(`${OU}ou-ab12-33333333/ou-ab12-44444444/`)],
    noMatch: [paths(OU)],
  }),
];
