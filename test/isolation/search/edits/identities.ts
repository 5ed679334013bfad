/** Hostile edits of who may do what in the target: each production is one step of control, in one of the forms that IAM has for it. */
import fc from "fast-check";
import type { Editor, Resource, Statement } from "../../../weakenings/editor";
import type { Edit } from "./edit";

const ACCOUNT = "222222222222";
const STRANGER = "999999999999";
const REGION = "ap-northeast-1";
const iam = (resource: string, account = ACCOUNT) => `arn:aws:iam::${account}:${resource}`;
const document = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });

// Few of each, so that edits meet.
const ROLES = ["reader", "jump", "worker", "deployer"];
const role = fc.constantFrom(...ROLES);
const GATE_USERS = ["target-push", "target-pull"];
const user = fc.constantFrom("target-push", "target-pull", "alice");
const group = fc.constantFrom("staff", "ops");

function fresh(stack: Editor, word: string): string {
  return `${word}-${stack.resources.length}`;
}

function ensure(stack: Editor, type: string, id: string, properties: () => Record<string, unknown>): void {
  if (!stack.resources.some((one) => one.id === id && one.type === type))
    stack.add(type, id, properties(), id);
}

function ensureRole(stack: Editor, name: string): void {
  ensure(stack, "aws:iam/role:Role", name, () => ({
    name,
    arn: iam(`role/${name}`),
    assumeRolePolicy: document(trusting({ Service: "ec2.amazonaws.com" })),
  }));
}

function ensureUser(stack: Editor, name: string): void {
  if (GATE_USERS.includes(name)) return;
  ensure(stack, "aws:iam/user:User", name, () => ({
    name,
    arn: iam(`user/${name}`),
    uniqueId: "AIDAEXAMPLEEXAMPLE01",
  }));
}

function trusting(Principal: unknown, Condition?: object): object {
  return { Effect: "Allow", Principal, Action: "sts:AssumeRole", ...(Condition && { Condition }) };
}

// A small grammar of policies.

const action = fc.constantFrom(
  "codecommit:GitPull",
  "codecommit:Get*",
  "codecommit:GitPush",
  "codecommit:*",
  "codecommit:PutFile",
  "*",
  "sts:AssumeRole",
  "sts:*",
  "iam:PassRole",
  "lambda:*",
  "ec2:RunInstances",
  "lambda:UpdateFunctionCode",
  "iam:*",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:CreateAccessKey",
  "iam:CreatePolicyVersion",
  "s3:GetObject",
  "s3:PutObject",
  "iam:Create*",
  "lambda:CreateFunction",
  "lambda:InvokeFunction",
);
const repository = (name: string) => `arn:aws:codecommit:${REGION}:${ACCOUNT}:${name}`;
const resource = fc.constantFrom(
  "*",
  "*",
  "*",
  repository("platform.app"),
  repository("platform.*"),
  repository("*"),
  iam("role/*"),
  iam("role/reader"),
  iam("role/re*"),
  iam("role/*er"),
  iam("user/*"),
  "arn:aws:s3:::*",
  iam("*"),
);
const keyValue: fc.Arbitrary<readonly [string, string, string]> = fc.constantFrom(
  ["StringEquals", "aws:PrincipalAccount", ACCOUNT],
  ["StringEquals", "aws:PrincipalAccount", STRANGER],
  ["StringNotEquals", "aws:PrincipalAccount", STRANGER],
  ["StringLike", "aws:PrincipalArn", iam("role/j*")],
  ["ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deployer"],
  ["ArnLike", "aws:PrincipalArn", iam("user/target-*")],
  ["ArnNotLike", "aws:PrincipalArn", iam("role/*")],
  ["StringNotLike", "aws:PrincipalArn", iam("user/*")],
  ["StringEquals", "aws:username", "target-push"],
  ["StringLike", "aws:username", "target-*"],
  ["StringEqualsIfExists", "aws:username", "alice"],
  ["IpAddress", "aws:SourceIp", "203.0.113.0/24"],
  ["NotIpAddress", "aws:SourceIp", "203.0.113.0/24"],
  ["IpAddress", "aws:SourceIp", "198.51.100.0/24"],
  ["StringEquals", "sts:ExternalId", "x"],
  ["Bool", "aws:MultiFactorAuthPresent", "true"],
  ["Bool", "aws:SecureTransport", "true"],
  ["Null", "aws:SourceIp", "true"],
  ["StringEquals", "iam:PassedToService", "lambda.amazonaws.com"],
  ["StringEqualsIfExists", "iam:PassedToService", "ec2.amazonaws.com"],
);
const condition = fc.array(keyValue, { minLength: 1, maxLength: 2 }).map((all) => {
  const block: Record<string, Record<string, string>> = {};
  for (const [operator, key, value] of all) block[operator] = { ...block[operator], [key]: value };
  return block;
});
const some = <T>(of: fc.Arbitrary<T>) => fc.uniqueArray(of, { minLength: 1, maxLength: 3 });
const statement = fc
  .record({
    effect: fc.constantFrom("Allow", "Allow", "Allow", "Allow", "Deny"),
    actions: some(action),
    not: fc.constantFrom("", "", "", "", "", "Action", "Resource"),
    resources: some(resource),
    condition: fc.option(condition, { freq: 2 }),
  })
  .map(({ effect, actions, not, resources, condition }) => ({
    Effect: effect,
    [not === "Action" ? "NotAction" : "Action"]: actions,
    [not === "Resource" ? "NotResource" : "Resource"]: resources,
    ...(condition && { Condition: condition }),
  }));
const statements = fc.array(statement, { minLength: 1, maxLength: 2 });

const service = fc
  .constantFrom("lambda", "ec2", "ecs-tasks")
  .map((name) => ({ Service: `${name}.amazonaws.com` }));
const principal: fc.Arbitrary<unknown> = fc.oneof(
  service,
  role.map((name) => ({ AWS: iam(`role/${name}`) })),
  fc.constantFrom<unknown>(
    { AWS: iam("root") },
    { AWS: iam("root", STRANGER) },
    { AWS: STRANGER },
    { AWS: iam("role/visitor", STRANGER) },
    { AWS: iam("root", "111111111111") },
    { AWS: "*" },
    "*",
    { AWS: iam("user/target-push") },
    { AWS: [iam("role/jump"), iam("root", STRANGER)] },
  ),
);
const trust = fc
  .record({ principal, condition: fc.option(condition, { freq: 2 }) })
  .map(({ principal, condition }) => trusting(principal, condition ?? undefined));
const trusts = fc.array(trust, { minLength: 1, maxLength: 2 });

// Productions.

const aRole: fc.Arbitrary<Edit> = fc
  .record({ name: role, trusts, statements })
  .map(({ name, trusts, statements }) => ({
    what: `has role ${name} trust ${JSON.stringify(trusts)} and do ${JSON.stringify(statements)}`,
    edit: (stack) => {
      ensureRole(stack, name);
      setTrust(stack, name, trusts);
      stack.add("aws:iam/rolePolicy:RolePolicy", fresh(stack, "inline"), {
        role: name,
        policy: document(...statements),
      });
    },
  }));

/** Somebody whom a stranger becomes, or whom others become: the steps that chains are made of. */
const link: fc.Arbitrary<Edit> = fc
  .record({
    name: role,
    trusted: fc.constantFrom<unknown>(
      { AWS: iam("root", STRANGER) },
      { AWS: iam("root") },
      ...ROLES.map((one) => ({ AWS: iam(`role/${one}`) })),
      { Service: "lambda.amazonaws.com" },
      { Service: "ec2.amazonaws.com" },
    ),
    actions: fc.constantFrom(
      ["sts:AssumeRole"],
      ["codecommit:GitPull"],
      ["iam:PassRole", "lambda:*"],
      ["iam:PassRole", "ec2:*"],
      ["iam:*"],
      ["s3:GetObject"],
      ["lambda:*"],
      ["iam:UpdateAssumeRolePolicy"],
      [],
    ),
  })
  .map(({ name, trusted, actions }) => ({
    what: `has role ${name} trust ${JSON.stringify(trusted)} and do ${JSON.stringify(actions)}`,
    edit: (stack) => {
      ensureRole(stack, name);
      setTrust(stack, name, [trusting(trusted)]);
      if (actions.length > 0)
        stack.add("aws:iam/rolePolicy:RolePolicy", fresh(stack, "inline"), {
          role: name,
          policy: document({ Effect: "Allow", Action: actions, Resource: "*" }),
        });
    },
  }));

function setTrust(stack: Editor, name: string, trusts: readonly object[]): void {
  const found = stack.resources.find(({ type, id }) => type.endsWith(":Role") && id === name);
  for (const properties of [found?.inputs, found?.outputs])
    if (properties) properties["assumeRolePolicy"] = document(...trusts);
}

const holder = fc.oneof(
  role.map((name) => ({ kind: "role" as const, name })),
  user.map((name) => ({ kind: "user" as const, name })),
  group.map((name) => ({ kind: "group" as const, name })),
);
type Holder = { readonly kind: "role" | "user" | "group"; readonly name: string };
const TYPES = { role: "Role", user: "User", group: "Group" };

function ensureHolder(stack: Editor, { kind, name }: Holder): void {
  if (kind === "role") ensureRole(stack, name);
  else if (kind === "user") ensureUser(stack, name);
  else ensure(stack, "aws:iam/group:Group", name, () => ({ name, arn: iam(`group/${name}`) }));
}

const attachment: fc.Arbitrary<Edit> = fc
  .record({
    holder,
    statements,
    form: fc.constantFrom("inline", "attached", "attached to all", "AdministratorAccess"),
  })
  .map(({ holder, statements, form }) => ({
    what: `gives ${holder.kind} ${holder.name} ${form === "AdministratorAccess" ? form : `${JSON.stringify(statements)} (${form})`}`,
    edit: (stack) => {
      ensureHolder(stack, holder);
      const { kind, name } = holder;
      const type = TYPES[kind];
      const policy = document(...statements);
      if (form === "inline") {
        const properties = { [kind]: name, policy };
        stack.add(`aws:iam/${kind}Policy:${type}Policy`, fresh(stack, "inline"), properties);
        return;
      }
      const made = fresh(stack, "policy");
      const arn =
        form === "AdministratorAccess"
          ? "arn:aws:iam::aws:policy/AdministratorAccess"
          : iam(`policy/${made}`);
      if (form !== "AdministratorAccess")
        stack.add("aws:iam/policy:Policy", made, { name: made, arn, policy }, arn);
      const at = form === "attached to all" ? { [`${kind}s`]: [name], name: made } : { [kind]: name };
      const of =
        form === "attached to all"
          ? "policyAttachment:PolicyAttachment"
          : `${kind}PolicyAttachment:${type}PolicyAttachment`;
      stack.add(`aws:iam/${of}`, fresh(stack, "attachment"), { policyArn: arn, ...at });
    },
  }));

const membership: fc.Arbitrary<Edit> = fc
  .record({ user, group, byGroup: fc.boolean() })
  .map(({ user, group, byGroup }) => ({
    what: `puts ${user} into ${group}${byGroup ? " (by group)" : ""}`,
    edit: (stack) => {
      ensureUser(stack, user);
      ensureHolder(stack, { kind: "group", name: group });
      const type = byGroup ? "groupMembership:GroupMembership" : "userGroupMembership:UserGroupMembership";
      const properties = byGroup ? { group, users: [user], name: "members" } : { user, groups: [group] };
      stack.add(`aws:iam/${type}`, fresh(stack, "membership"), properties);
    },
  }));

const boundary: fc.Arbitrary<Edit> = fc.record({ holder, statements }).map(({ holder, statements }) => ({
  what: `bounds ${holder.kind} ${holder.name} by ${JSON.stringify(statements)}`,
  edit: (stack) => {
    if (holder.kind === "group") return;
    ensureHolder(stack, holder);
    const made = fresh(stack, "boundary");
    const arn = iam(`policy/${made}`);
    stack.add("aws:iam/policy:Policy", made, { name: made, arn, policy: document(...statements) }, arn);
    const found = stack.resources.find(
      ({ type, outputs }) => type.endsWith(`:${TYPES[holder.kind]}`) && outputs["name"] === holder.name,
    );
    for (const properties of [found?.inputs, found?.outputs])
      if (properties) properties["permissionsBoundary"] = arn;
  },
}));

const credential: fc.Arbitrary<Edit> = fc
  .record({
    user,
    kind: fc.constantFrom("accessKey", "userLoginProfile", "sshKey", "serviceSpecificCredential"),
    status: fc.constantFrom("Active", "Inactive"),
    service: fc.constantFrom("codecommit.amazonaws.com", "cassandra.amazonaws.com"),
  })
  .map(({ user, kind, status, service }) => ({
    what: `gives ${user} a ${status} ${kind} (${service})`,
    edit: (stack) => {
      ensureUser(stack, user);
      const type = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
      const property = OWNERS[kind] ?? "user";
      const more = kind === "serviceSpecificCredential" ? { serviceName: service } : {};
      const withStatus = kind === "userLoginProfile" ? {} : { status };
      const properties = { [property]: user, ...withStatus, ...more };
      stack.add(`aws:iam/${kind}:${type}`, fresh(stack, "credential"), properties);
    },
  }));

/** The property that names whose credential it is, where that is not `user`. */
const OWNERS: Readonly<Record<string, string>> = {
  sshKey: "username",
  serviceSpecificCredential: "userName",
};

const runner: fc.Arbitrary<Edit> = fc
  .record({ role, kind: fc.constantFrom("function", "profile") })
  .map(({ role, kind }) => ({
    what: `makes a ${kind} of role ${role}`,
    edit: (stack) => {
      ensureRole(stack, role);
      const name = fresh(stack, kind);
      const arn = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`;
      if (kind === "function")
        stack.add("aws:lambda/function:Function", name, { name, arn, role: iam(`role/${role}`) }, name);
      else stack.add("aws:iam/instanceProfile:InstanceProfile", name, { name, role }, name);
    },
  }));

/** Rewrites one of the gate users' statements. */
const gatePolicy: fc.Arbitrary<Edit> = fc
  .record({
    of: fc.constantFrom("push", "pull"),
    at: fc.nat({ max: 2 }),
    change: fc.oneof(
      fc.record({ Action: some(action) }),
      fc.record({ Resource: some(resource) }),
      fc.record({ Condition: condition }),
      fc.constant("removed" as const),
      fc.record({ NotAction: some(action) }),
      fc.record({ NotResource: some(resource) }),
    ),
  })
  .map(({ of, at, change }) => ({
    what: `changes statement ${at} of the ${of} policy: ${JSON.stringify(change)}`,
    edit: (stack) => {
      restate(stack.find("iam.Policy", `target-${of}-policy-1`), (all) =>
        change === "removed" && all.length > 1
          ? all.filter((_, i) => i !== at)
          : all.map((one, i) => (i === at && change !== "removed" ? changed(one, change) : one)),
      );
    },
  }));

/** Rewrites the statements of a resource's policy; that may leave them as they were. */
function restate(
  { inputs, outputs }: Resource,
  rewrite: (statements: Statement[]) => unknown[],
  property = "policy",
): void {
  const { Statement: all, ...rest } = JSON.parse(String(outputs[property])) as { Statement: Statement[] };
  const policy = JSON.stringify({ ...rest, Statement: rewrite(all) });
  for (const properties of [inputs, outputs]) properties[property] = policy;
}

function changed(statement: Statement, change: object): object {
  const { Action, Resource, ...rest } = statement;
  return {
    ...rest,
    ...(!("NotAction" in change) && { Action }),
    ...(!("NotResource" in change) && { Resource }),
    ...change,
  };
}

const exception = fc.constantFrom(
  "role/deployer",
  "role/deployer*",
  "role/*deployer",
  "role/deploye?",
  "user/target-push",
  "user/target-pus?",
  "user/target-push*",
  "role/break-glass*",
  "role/d*r",
  "user/*",
  "role/team/*",
);
const serviceControl: fc.Arbitrary<Edit> = fc
  .record({
    operator: fc.constantFrom("ArnNotLike", "ArnNotEquals", "StringNotLike", "StringNotEquals"),
    exceptions: some(exception),
    names: fc.option(fc.constantFrom("target-push", "target-push*", "*push", "target-pus?", "al*"), {
      freq: 3,
    }),
    notActions: fc.uniqueArray(
      fc.constantFrom("codecommit:Create*", "codecommit:Git*", "codecommit:Put*", "codecommit:Test*"),
      { maxLength: 1 },
    ),
  })
  .map(({ operator, exceptions, names, notActions }) => ({
    what: `spares ${operator} ${exceptions.join()}, names ${names}, actions ${notActions.join()} in the service control policy`,
    edit: (stack) => {
      const arns = ["role/deployer", "user/target-push", ...exceptions].map((one) => iam(one));
      restate(
        stack.root,
        (all) =>
          all.map((one) => ({
            ...one,
            NotAction: [...(one.NotAction ?? []), ...notActions],
            Condition: {
              [operator]: { "aws:PrincipalArn": arns },
              ...(names !== null && operator === "StringNotLike"
                ? { StringNotLike: { "aws:PrincipalArn": arns, "aws:username": names } }
                : names !== null && { StringNotLike: { "aws:username": names } }),
            },
          })),
        "serviceControlPolicy",
      );
    },
  }));

const resourcePolicy: fc.Arbitrary<Edit> = fc
  .record({
    type: fc.constantFrom(
      "s3/bucketPolicy:BucketPolicy",
      "sqs/queue:Queue",
      "kms/key:Key",
      "sqs/queuePolicy:QueuePolicy",
      "trail's bucket",
      "pull secret",
    ),
    principal,
    action: fc.constantFrom("s3:*", "sqs:*", "kms:*", "*", "secretsmanager:GetSecretValue", "s3:GetObject"),
    condition: fc.option(condition, { freq: 2 }),
    effect: fc.constantFrom("Allow", "Allow", "Deny"),
  })
  .map(({ type, principal, action, condition, effect }) => ({
    what: `writes into the policy of ${type}: ${effect} ${JSON.stringify(principal)} ${action} ${JSON.stringify(condition)}`,
    edit: (stack) => {
      const trail = String(stack.find("s3.Bucket", "target-tripwires").outputs["arn"]);
      const resources = type === "trail's bucket" ? [trail, `${trail}/*`] : "*";
      const statement = {
        Effect: effect,
        Principal: principal,
        Action: action,
        Resource: resources,
        ...(condition && { Condition: condition }),
      };
      if (type === "trail's bucket")
        restate(stack.find("s3.BucketPolicy", "target-tripwires"), (all) => [...all, statement]);
      else if (type === "pull secret")
        stack.change("secretsmanager.Secret", "target-pull-secret", { policy: document(statement) });
      else
        stack.add(`aws:${type}`, fresh(stack, "policy"), {
          policy: document(statement),
          ...OWN[type],
        });
    },
  }));

const OWN: Readonly<Record<string, Record<string, string>>> = {
  "s3/bucketPolicy:BucketPolicy": { bucket: "artifacts" },
  "sqs/queuePolicy:QueuePolicy": { queueUrl: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/letters` },
  "sqs/queue:Queue": { name: "letters", arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:letters` },
  "kms/key:Key": { arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/1` },
};

const endpointPolicy: fc.Arbitrary<Edit> = fc
  .record({
    action: fc.constantFrom(
      "codecommit:GitPull",
      "codecommit:Git*",
      "codecommit:GitPush",
      "codecommit:*",
      "*",
    ),
    resource: fc.constantFrom(
      "*",
      repository("platform.app"),
      repository("*"),
      `arn:aws:codecommit:${REGION}:${STRANGER}:*`,
    ),
    principal: fc.constantFrom<unknown>("*", { AWS: "*" }, { AWS: STRANGER }, { AWS: ACCOUNT }),
    condition: fc.option(
      fc.constantFrom(
        { StringEquals: { "aws:PrincipalAccount": ACCOUNT } },
        { StringEquals: { "aws:ResourceAccount": ACCOUNT } },
        { StringNotEquals: { "aws:PrincipalAccount": ACCOUNT } },
        { StringLike: { "aws:username": "target-*" } },
      ),
    ),
    deny: fc.boolean(),
  })
  .map(({ action, resource, principal, condition, deny }) => ({
    what: `adds to the pull endpoint's policy ${JSON.stringify([action, resource, principal, condition])}${deny ? ", with a Deny of GitPush" : ""}`,
    edit: (stack) => {
      const more = {
        Effect: "Allow",
        Principal: principal,
        Action: action,
        Resource: resource,
        ...(condition && { Condition: condition }),
      };
      const denied = { Effect: "Deny", Principal: "*", Action: "codecommit:GitPush", Resource: "*" };
      restate(stack.find("ec2.VpcEndpoint", "target-pull-endpoint"), (all) => [
        ...all,
        more,
        ...(deny ? [denied] : []),
      ]);
    },
  }));

// Events.

const eventRule: fc.Arbitrary<Edit> = fc
  .record({
    source: fc.constantFrom(["aws.codecommit"], ["aws.ec2"], ["my.app"], [{ prefix: "aws." }]),
    to: fc.constantFrom(
      `arn:aws:events:${REGION}:${STRANGER}:event-bus/default`,
      `arn:aws:sns:${REGION}:${STRANGER}:theirs`,
      `arn:aws:sns:${REGION}:${ACCOUNT}:news`,
      `arn:aws:sqs:${REGION}:${ACCOUNT}:letters`,
    ),
    input: fc.option(fc.constant(JSON.stringify("something happened")), { freq: 2 }),
    state: fc.constantFrom("ENABLED", "ENABLED", "DISABLED"),
  })
  .map(({ source, to, input, state }) => ({
    what: `leads events of ${JSON.stringify(source)} to ${to}${input === null ? "" : " in fixed words"} (${state})`,
    edit: (stack) => {
      const name = fresh(stack, "rule");
      const arn = `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}`;
      const eventPattern = JSON.stringify({ source });
      stack.add("aws:cloudwatch/eventRule:EventRule", name, { name, arn, eventPattern, state }, name);
      const properties = { rule: name, arn: to, ...(input !== null && { input }) };
      stack.add("aws:cloudwatch/eventTarget:EventTarget", fresh(stack, "target"), properties);
      if (to.endsWith(`${ACCOUNT}:news`)) ensureTopic(stack);
    },
  }));

function ensureTopic(stack: Editor): void {
  const arn = `arn:aws:sns:${REGION}:${ACCOUNT}:news`;
  ensure(stack, "aws:sns/topic:Topic", arn, () => ({ name: "news", arn }));
}

const subscription: fc.Arbitrary<Edit> = fc
  .constantFrom(
    ["email", "eve@example.com"],
    ["https", "https://example.com/hook"],
    ["sqs", `arn:aws:sqs:${REGION}:${STRANGER}:theirs`],
    ["sqs", `arn:aws:sqs:${REGION}:${ACCOUNT}:letters`],
  )
  .map(([protocol, endpoint]) => ({
    what: `subscribes ${endpoint} to the topic news`,
    edit: (stack) => {
      ensureTopic(stack);
      const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:news`;
      const name = fresh(stack, "subscription");
      stack.add("aws:sns/topicSubscription:TopicSubscription", name, { topic, protocol, endpoint });
    },
  }));

/** One edit of who may do what in the target. */
export const identityEdit: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 4, arbitrary: aRole },
  { weight: 6, arbitrary: link },
  { weight: 3, arbitrary: attachment },
  { weight: 1, arbitrary: membership },
  { weight: 1, arbitrary: boundary },
  { weight: 1, arbitrary: credential },
  { weight: 2, arbitrary: runner },
  { weight: 4, arbitrary: gatePolicy },
  { weight: 2, arbitrary: serviceControl },
  { weight: 3, arbitrary: resourcePolicy },
  { weight: 2, arbitrary: endpointPolicy },
  { weight: 2, arbitrary: eventRule },
  { weight: 1, arbitrary: subscription },
);
