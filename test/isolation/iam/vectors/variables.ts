/** Policy variables: what they resolve to, their defaults, and where they are none. */
import {
  allow,
  allowed,
  allowIf,
  by,
  deny,
  denyIf,
  EVERYTHING,
  explicitlyDenied,
  given,
  IAM,
  implicitlyDenied,
  on,
  policy,
  repository,
  role,
  user,
  type Vector,
} from "./vector";

const VARIABLES = `${IAM}/reference_policies_variables.html`;
const OPERATORS = `${IAM}/reference_policies_elements_condition_operators.html`;
const TAGS = `${IAM}/access_tags.html`;

const team = (name: string) => ({ "aws:PrincipalTag/team": name });
const withTeam = (name: string, of: string) => ({ resource: repository(of), context: team(name) });

export const VARIABLES_IN_POLICIES: readonly Vector[] = [
  {
    says: "The user's friendly name, without its path, takes the place of ${aws:username} in a resource",
    source: VARIABLES,
    policies: { identity: [policy(allow({ Resource: repository("${aws:username}-queue") }))] },
    requests: [
      ...allowed(
        { principalArn: user("David"), resource: repository("David-queue") },
        { principalArn: user("division_abc/David"), resource: repository("David-queue") },
      ),
      ...implicitlyDenied(
        { principalArn: user("David"), resource: repository("Adele-queue") },
        { principalArn: user("David"), resource: repository("David-queues") },
        { principalArn: user("Adele"), resource: repository("David-queue") },
      ),
    ],
  },
  {
    says: "Names of keys in variables are case-insensitive",
    source: VARIABLES,
    policies: { identity: [policy(allow({ Resource: repository("${AWS:UserName}") }))] },
    requests: [
      ...allowed({ principalArn: user("David"), resource: repository("David") }),
      ...implicitlyDenied({ principalArn: user("Adele"), resource: repository("David") }),
    ],
  },
  {
    says: "In version 2008-10-17, and without a version, a variable is literal text",
    source: `${IAM}/reference_policies_elements_version.html`,
    policies: {
      identity: [
        { Version: "2008-10-17", Statement: allow({ Resource: repository("${aws:username}") }) },
        { Statement: allow({ Resource: repository("x-${aws:username}") }) },
      ],
    },
    requests: implicitlyDenied(
      { principalArn: user("David"), resource: repository("David") },
      { principalArn: user("David"), resource: repository("x-David") },
    ),
  },
  {
    says: "In version 2008-10-17, a value of a condition matches the variable's text itself",
    source: `${IAM}/reference_policies_elements_version.html`,
    policies: {
      identity: [
        {
          Version: "2008-10-17",
          Statement: allow({
            Condition: { StringEquals: { "aws:UserAgent": "${aws:username}" } },
          }),
        },
      ],
    },
    requests: [
      ...allowed(given({ "aws:UserAgent": "${aws:username}" })),
      ...implicitlyDenied(given({ "aws:UserAgent": "carlos" })),
    ],
  },
  allowIf({
    says: "Variables in a condition resolve for each user",
    source: OPERATORS,
    condition: { StringLike: { "aws:UserAgent": ["home/", "home/${aws:username}/*"] } },
    match: [
      given({ "aws:UserAgent": "home/martha_rivera/x" }, user("martha_rivera")),
      given({ "aws:UserAgent": "home/nikki_wolf/x" }, user("nikki_wolf")),
      given({ "aws:UserAgent": "home/" }, user("nikki_wolf")),
    ],
    noMatch: [given({ "aws:UserAgent": "home/martha_rivera/x" }, user("nikki_wolf"))],
  }),
  allowIf({
    says: "A variable that has no value is like nothing",
    source: OPERATORS,
    condition: { StringLike: { "aws:UserAgent": ["home/", "home/${aws:username}/*"] } },
    noMatch: [
      given({ "aws:UserAgent": "home/nikki_wolf/x" }, role("deploy")),
      given({ "aws:UserAgent": "home//x" }, role("deploy")),
    ],
  }),
  allowIf({
    says: "ARN operators take variables too",
    source: VARIABLES,
    condition: { ArnEquals: { "aws:SourceArn": "arn:aws:sns:*:*:${aws:username}" } },
    match: [given({ "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:carlos" })],
    noMatch: [given({ "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:marta" })],
  }),
  {
    says: "A principal's tag can be a part of a resource",
    source: TAGS,
    policies: { identity: [policy(allow({ Resource: repository("${aws:PrincipalTag/team}-queue") }))] },
    requests: [...allowed(withTeam("qa", "qa-queue")), ...implicitlyDenied(withTeam("qa", "dev-queue"))],
  },
  {
    says: "A tag of the resource has to be the user's name, under a key in any case",
    source: TAGS,
    policies: {
      identity: [
        policy(allow({ Condition: { StringEquals: { "aws:ResourceTag/Owner": "${aws:username}" } } })),
      ],
    },
    requests: [
      ...allowed(
        given({ "aws:ResourceTag/Owner": "richard-roe" }, user("richard-roe")),
        given({ "aws:ResourceTag/owner": "richard-roe" }, user("richard-roe")),
      ),
      ...implicitlyDenied(
        given({ "aws:ResourceTag/Owner": "richard-roe" }, user("jane-doe")),
        by(user("richard-roe")),
      ),
    ],
  },
  allowIf({
    says: "A tag of the resource has to be the principal's",
    source: `${IAM}/access_iam-tags.html`,
    condition: { StringEquals: { "aws:ResourceTag/project": "${aws:PrincipalTag/project}" } },
    match: [given({ "aws:ResourceTag/project": "blue", "aws:PrincipalTag/project": "blue" })],
    noMatch: [given({ "aws:ResourceTag/project": "red", "aws:PrincipalTag/project": "blue" })],
  }),
  {
    says: "A default takes the place of a variable without a value, and of no other",
    source: VARIABLES,
    policies: {
      identity: [policy(allow({ Resource: repository("bucket-${aws:PrincipalTag/team, 'company-wide'}") }))],
    },
    requests: [
      ...allowed(withTeam("yellow", "bucket-yellow"), on(repository("bucket-company-wide"))),
      ...implicitlyDenied(
        withTeam("yellow", "bucket-company-wide"),
        withTeam("yellow", "bucket-red"),
        on(repository("bucket-yellow")),
      ),
    ],
  },
  {
    says: "A default takes the place of the user name that a role does not have",
    source: VARIABLES,
    policies: { identity: [policy(allow({ Resource: repository("home-${aws:username, 'shared'}") }))] },
    requests: [
      ...allowed(
        { resource: repository("home-carlos") },
        { principalArn: role("deploy"), resource: repository("home-shared") },
      ),
      ...implicitlyDenied(
        { resource: repository("home-shared") },
        { principalArn: role("deploy"), resource: repository("home-deploy") },
      ),
    ],
  },
  {
    says: "A resource whose variable has no value matches no resource",
    source: VARIABLES,
    policies: { identity: [policy(allow({ Resource: repository("*${aws:username}*") }))] },
    requests: [
      ...allowed({ resource: repository("to-carlos") }),
      ...implicitlyDenied(
        { principalArn: role("deploy") },
        { principalArn: role("deploy"), resource: repository("deploy") },
      ),
    ],
  },
  allowIf({
    says: "StringEquals with a variable without a value does not match, whatever the key's value is",
    source: VARIABLES,
    condition: { StringEquals: { "aws:ResourceTag/Team": "${aws:PrincipalTag/Team}" } },
    noMatch: [given({ "aws:ResourceTag/Team": "blue" }), {}],
  }),
  denyIf({
    says: "StringNotEquals with a variable without a value matches: whoever lacks the tag is explicitly denied",
    source: VARIABLES,
    condition: { StringNotEquals: { "aws:ResourceTag/Team": "${aws:PrincipalTag/Team}" } },
    match: [given({ "aws:ResourceTag/Team": "blue" })],
  }),
  denyIf({
    says: "StringNotEquals with a variable that has a value compares with it",
    source: VARIABLES,
    condition: { StringNotEquals: { "aws:ResourceTag/Team": "${aws:PrincipalTag/Team}" } },
    match: [given({ "aws:ResourceTag/Team": "blue", "aws:PrincipalTag/Team": "red" })],
    noMatch: [given({ "aws:ResourceTag/Team": "blue", "aws:PrincipalTag/Team": "blue" })],
  }),
  ...(["*", "?", "$"] as const).map((char) =>
    allowIf({
      says: `\${${char}} stands for the character ${char}`,
      source: VARIABLES,
      condition: { StringLike: { "aws:UserAgent": `a\${${char}}b` } },
      match: [given({ "aws:UserAgent": `a${char}b` })],
      noMatch: ["ab", "axb", "axxb", `a\${${char}}b`].map((agent) => given({ "aws:UserAgent": agent })),
    }),
  ),
  {
    says: "Variables resolve in permissions boundaries and service control policies too",
    source: VARIABLES,
    policies: {
      identity: [EVERYTHING],
      boundary: policy(allow({ Resource: repository("${aws:username}-*") })),
      serviceControl: [[EVERYTHING, policy(deny({ Resource: repository("${aws:username}-secret") }))]],
    },
    requests: [
      ...allowed(on(repository("carlos-app"))),
      ...explicitlyDenied(on(repository("carlos-secret"))),
      ...implicitlyDenied(on(repository("marta-app"))),
    ],
  },
];
