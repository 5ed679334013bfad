/** Random policies over few values, so that statements meet often; addresses sit on the edges of ranges. */
import fc from "fast-check";
import { decide, type PolicySet } from "../../../isolation/iam/decide";
import { parsePolicy, type Policy } from "../../../isolation/iam/policy";
import type { AccessRequest } from "../../../isolation/iam/request";
import type { Limits, Requester, SpaceInputs } from "../../../isolation/access/region";

export const account = "111122223333";
export const stranger = "444455556666";
export const users: readonly Requester[] = [
  { arn: `arn:aws:iam::${account}:user/airlock/push`, account },
  { arn: `arn:aws:iam::${account}:role/deploy-eu`, account },
  { arn: `arn:aws:iam::${stranger}:user/airlock/push`, account: stranger },
];
const arn = (owner: string, name: string, region = "eu-west-1") =>
  `arn:aws:codecommit:${region}:${owner}:${name}`;
const repositories = [
  arn(account, "app"),
  arn(account, "wx-1"),
  arn(account, "wx-10"),
  arn(account, "app", "us-east-1"),
  arn(stranger, "app"),
  arn(stranger, "wx-1"),
];
const addresses = [
  "0.0.0.0",
  "255.255.255.255",
  "203.0.112.255",
  "203.0.113.0",
  "203.0.113.127",
  "203.0.113.128",
  "203.0.113.255",
  "203.0.114.0",
  "::",
  "::1",
  "::ffff:203.0.113.1",
  "2001:db7:ffff:ffff::",
  "2001:db8::",
  "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
  "2001:db9::",
  "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];
const actions = ["GitPull", "gitpush", "GetBlob", "PutFile", "DeleteBranch", "ListBranches"].map(
  (name) => `codecommit:${name}`,
);
const endpoints = ["vpce-1", "vpce-2", "vpce-10"];
const references = ["refs/heads/main", "refs/heads/team/main", "refs/tags/v1"];

const ages = ["299", "300", "300.5", "1000"];
const moments = ["2026-01-31T08:59:59.999Z", "2026-01-31T09:00:00Z", "2026-02-01"];
const teams = ["a", "A", "b", "b2"];
const tagKeys = ["team", "Team", "cost", "cost-2", "x"];

const some = <T>(...of: readonly T[]) => fc.array(fc.constantFrom(...of), { minLength: 1, maxLength: 2 });
const block = (operators: readonly string[], key: string, values: fc.Arbitrary<unknown>) =>
  fc
    .tuple(
      fc.constantFrom(...operators.flatMap((o) => (o.startsWith("ForAny") ? [o] : [o, `${o}IfExists`]))),
      values,
    )
    .map(([operator, value]): Record<string, object> => ({ [operator]: { [key]: value } }));
const amounts = (family: string) =>
  ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map(
    (name) => `${family}${name}`,
  );
const set = (operators: readonly string[]) =>
  operators.flatMap((name) => [`ForAllValues:${name}`, `ForAnyValue:${name}`]);
const ranges = some(
  "203.0.113.0/24",
  "203.0.113.77/25",
  "203.0.113.0/25",
  "203.0.113.128",
  "0.0.0.0/0",
  "128.0.0.0/1",
  "::/0",
  "::1/128",
  "2001:db8::/32",
  "::ffff:0:0/96",
);
const like = ["StringLike", "StringNotLike"];
const equal = ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"];
const ids = some("vpce-1", "VPCE-2", "vpce-2", "vpce-*");
export const condition: fc.Arbitrary<Record<string, object>> = fc.oneof(
  { weight: 3, arbitrary: block(["IpAddress", "NotIpAddress"], "aws:SourceIp", ranges) },
  block(["IpAddress", "NotIpAddress"], "aws:VpcSourceIp", ranges),
  block([...equal, ...like], "aws:SourceVpce", ids),
  block(like, "aws:SourceVpce", some("vpce-1*", "*-1", "vpce-?", "*")),
  block(
    like,
    "codecommit:References",
    some("refs/*/main", "refs/heads/*", "refs/heads/?ain", "refs/tags/v1"),
  ),
  block(["ArnEquals", "ArnNotLike"], "aws:PrincipalArn", some("arn:aws:iam::*:role/*", users[0]?.arn ?? "")),
  block(
    ["ArnLike", "ArnNotEquals"],
    "aws:PrincipalArn",
    some("arn:aws:iam::*:airlock/*", "arn:*:*:*:*:user/*"),
  ),
  block(equal, "aws:PrincipalAccount", some(account, stranger)),
  block([...equal, ...like], "aws:ResourceAccount", some(account, stranger, "1111*", "*6", "4444?5556666")),
  block(["Bool"], "aws:SecureTransport", fc.boolean()),
  block(["Bool"], "aws:ViaAWSService", fc.boolean()),
  block(amounts("Numeric"), "aws:MultiFactorAuthAge", some<string | number>(...ages, 300)),
  block(amounts("Date"), "aws:CurrentTime", some(...moments, "2026-01-31T10:00:00+01:00")),
  block([...equal, ...like], "aws:PrincipalTag/team", some("a", "A", "b*", "*")),
  block(set([...equal, ...like]), "aws:TagKeys", some("team", "Team", "cost*", "?")),
  // Set operators over a key that has one value.
  block(set(like), "aws:SourceVpce", ids),
  block([...equal, ...like], "aws:username", some("push", "pu*", "pull", "${aws:username, 'push'}")),
  block(equal, "aws:PrincipalType", some("User", "AssumedRole")),
  block(
    [...like, "StringEquals"],
    "codecommit:References",
    some("refs/heads/${aws:username, 'main'}", "refs/${*}", "refs/${?}*"),
  ),
  fc
    .tuple(
      fc.constantFrom(
        "aws:SourceIp",
        "aws:SourceVpce",
        "aws:PrincipalArn",
        "aws:username",
        "aws:TagKeys",
        "aws:PrincipalTag/team",
        "aws:MultiFactorAuthAge",
        "aws:ResourceAccount",
      ),
      fc.boolean(),
    )
    .map(([key, truth]) => ({ Null: { [key]: truth } })),
);

const actionPatterns = some(
  ...actions,
  "codecommit:Git*",
  "codecommit:*",
  "*",
  "codecommit:?et*",
  "codecommit:New*",
);
const resourcePatterns = some(
  ...repositories,
  "*",
  arn(account, "w*"),
  arn(account, "*"),
  arn(account, "*-1"),
  arn("*", "app"),
  "arn:aws:codecommit:*",
  arn(account, "wx-?"),
  arn(account, "app", "*"),
  arn(account, "${aws:username, 'app'}"),
  arn(account, "${*}"),
);
const scope = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ Action: actionPatterns }) },
      fc.record({ NotAction: actionPatterns }),
    ),
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ Resource: resourcePatterns }) },
      fc.record({ NotResource: resourcePatterns }),
    ),
    fc.array(condition, { maxLength: 2 }),
  )
  .map(([action, resource, conditions]): object => {
    const Condition = Object.assign({}, ...conditions) as object;
    return { ...action, ...resource, ...(conditions.length === 0 ? {} : { Condition }) };
  });
export const statement = (effect: "Allow" | "Deny"): fc.Arbitrary<object> =>
  scope.map((rest) => ({ Effect: effect, ...rest }));
// Without a broad Allow now and then, next to nothing would be allowed by all policies of a draft.
const broad = fc.constant<object>({ Effect: "Allow", Action: "*", Resource: "*" });
export const statements = fc.array(
  fc.oneof({ weight: 3, arbitrary: statement("Allow") }, { weight: 2, arbitrary: broad }, statement("Deny")),
  { minLength: 1, maxLength: 4 },
);
const principal = fc.constantFrom("*", { AWS: account }, { AWS: [users[0]?.arn, stranger] });
/** Each user beside the account: whom that exempts is documented. */
const exempt = [users[0]?.arn, account, users[2]?.arn, stranger];
const endpointStatements = fc.array(
  fc
    .tuple(statements, principal, fc.boolean())
    .map(([[first = {}], who, others]) =>
      others && "Effect" in first && first.Effect === "Deny"
        ? { ...first, NotPrincipal: who === "*" ? who : { AWS: exempt } }
        : { ...first, Principal: who },
    ),
  { minLength: 1, maxLength: 2 },
);

/** Policy documents as lists of statements, so that tests can change them. */
export interface Draft {
  readonly identity: readonly (readonly object[])[];
  readonly permissionsBoundary?: readonly object[];
  readonly endpoint?: readonly object[];
  readonly serviceControl?: readonly (readonly (readonly object[])[])[];
}

export const draft: fc.Arbitrary<Draft> = fc.record(
  {
    identity: fc.array(statements, { minLength: 1, maxLength: 3 }),
    permissionsBoundary: statements,
    endpoint: endpointStatements,
    serviceControl: fc.array(fc.array(statements, { minLength: 1, maxLength: 2 }), { maxLength: 2 }),
  },
  { requiredKeys: ["identity"] },
);

export function read(list: readonly object[], name = "p"): Policy {
  return parsePolicy({ Version: "2012-10-17", Statement: list }, name);
}

/** The endpoint whose policy a draft tells. */
export const endpoint = "vpce-1";

export function limitsOf(given: Draft): Limits {
  return {
    identity: given.identity.map((list) => read(list)),
    permissionsBoundary: given.permissionsBoundary && read(given.permissionsBoundary),
    serviceControl: given.serviceControl?.map((level) => level.map((list) => read(list))),
    endpoints: given.endpoint && new Map([[endpoint, read(given.endpoint)]]),
  };
}

/** A space in which every request of `request` is a class by itself. */
export function inputsOf(...limits: readonly Limits[]): SpaceInputs {
  const policies = limits.flatMap(({ identity, permissionsBoundary, serviceControl = [], endpoints }) => [
    ...identity,
    ...(permissionsBoundary ? [permissionsBoundary] : []),
    ...serviceControl.flat(),
    ...(endpoints?.values() ?? []),
  ]);
  return {
    policies,
    requesters: users,
    resources: repositories,
    cidrs: addresses,
    values: {
      action: ["codecommit:NewThing"],
      "aws:SourceVpce": endpoints,
      "codecommit:References": references,
      "aws:SecureTransport": [],
      "aws:ViaAWSService": [],
      "aws:MultiFactorAuthAge": ages,
      "aws:CurrentTime": moments,
      "aws:PrincipalTag/team": teams,
      "aws:TagKeys": tagKeys,
    },
  };
}

const maybe = (...of: readonly string[]) => fc.option(fc.constantFrom(...of), { nil: undefined });
const context = fc
  .record({
    "aws:SourceIp": maybe(...addresses),
    "aws:VpcSourceIp": maybe(...addresses),
    "aws:SourceVpce": maybe(...endpoints),
    "codecommit:References": maybe(...references),
    "aws:SecureTransport": maybe("true", "false"),
    "aws:ViaAWSService": maybe("true", "false"),
    "aws:MultiFactorAuthAge": maybe(...ages),
    "aws:CurrentTime": fc.constantFrom(...moments),
    "aws:PrincipalTag/team": maybe(...teams),
    "aws:TagKeys": fc.option(fc.uniqueArray(fc.constantFrom(...tagKeys), { minLength: 1, maxLength: 3 }), {
      nil: undefined,
    }),
  })
  .map((keys): Sample["context"] => keys);

/** A request with every key that can be in it; undefined where it is absent. */
export interface Sample {
  readonly requester: Requester;
  readonly action: string;
  readonly resource: string;
  readonly context: Record<string, string | readonly string[] | undefined>;
}

export const sample: fc.Arbitrary<Sample> = fc.record({
  requester: fc.constantFrom(...users),
  action: fc.constantFrom(...actions, "codecommit:NewThing"),
  resource: fc.constantFrom(...repositories),
  context,
});

export function requestOf({ requester, action, resource, context: keys }: Sample): AccessRequest {
  const given = Object.entries(keys).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return {
    principalArn: requester.arn,
    principalAccount: requester.account,
    action,
    resource,
    context: Object.fromEntries(given),
  };
}

/** What the concrete decider says of a request under a draft. */
export function allows(request: AccessRequest, limits: Limits): boolean {
  const [through] = [request.context["aws:SourceVpce"]].flat();
  const { identity, permissionsBoundary, serviceControl } = limits;
  const policies: PolicySet = {
    identity,
    permissionsBoundary,
    serviceControl,
    endpoint: through === undefined ? undefined : limits.endpoints?.get(through),
  };
  return decide(request, policies).outcome === "allowed";
}
