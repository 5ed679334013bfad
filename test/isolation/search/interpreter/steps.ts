/** Follows steps of control breadth-first: whom a stranger becomes, and what that principal then may do. */
import type { Account, Principal, Stranger } from "./identities";
import { contextOf } from "./identities";
import { accountOf, allows, says, statementsOf, textsOf, type Request, type Statement } from "./policies";
import { passes } from "./endpoints";
import { objects, text, texts, type State } from "./state";
import type { Way } from "./ways";

/** What the deployment declares, as far as ways ask for it. */
export interface Declaration {
  readonly repositories: readonly string[];
  readonly writers: readonly string[];
  readonly natAddresses: readonly string[];
  readonly references: readonly string[];
  readonly endpoint: string;
}

const ACCOUNT = "222222222222";
const STRANGERS: readonly Stranger[] = [
  { arn: "arn:aws:iam::999999999999:role/visitor", kind: "role" },
  { arn: "arn:aws:iam::999999999999:role/deployer", kind: "role" },
  { arn: "arn:aws:iam::999999999999:user/target-push", kind: "user" },
  { arn: "arn:aws:iam::111111111111:role/builder", kind: "role" },
];

const READS = ["codecommit:GitPull", "codecommit:GetFile"];
const WRITES = [
  "codecommit:GitPush",
  "codecommit:PutFile",
  "codecommit:CreateCommit",
  "codecommit:DeleteRepository",
  "codecommit:MergeBranchesByFastForward",
  "codecommit:PutRepositoryTriggers",
];
/** What other services' policies may give to a gate user, with a resource of each. */
const OTHERS: readonly (readonly [action: string, resource: string])[] = [
  ["s3:PutObject", "arn:aws:s3:::artifacts/loot"],
  ["s3:GetObject", "arn:aws:s3:::artifacts/loot"],
  ["sns:Publish", `arn:aws:sns:ap-northeast-1:${ACCOUNT}:news`],
  ["sqs:SendMessage", `arn:aws:sqs:ap-northeast-1:${ACCOUNT}:letters`],
  ["kms:Decrypt", `arn:aws:kms:ap-northeast-1:${ACCOUNT}:key/1`],
  ["secretsmanager:GetSecretValue", `arn:aws:secretsmanager:ap-northeast-1:${ACCOUNT}:secret:other-1`],
  ["iam:CreateAccessKey", `arn:aws:iam::${ACCOUNT}:user/target-pull`],
  ["lambda:InvokeFunction", `arn:aws:lambda:ap-northeast-1:${ACCOUNT}:function:job`],
];

/** C10: a stranger becomes somebody who reads. */
export function waysOfStrangers(account: Account, { repositories }: Declaration): Way[] {
  const found: Way[] = [];
  for (const stranger of STRANGERS) {
    const seen = new Set<string>();
    const queue = account.principals
      .filter((role) => role.kind === "role" && account.canAssume(stranger, role))
      .map((at) => ({ at, path: `${stranger.arn} assumes ${at.name}` }));
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { at, path } = next;
      if (seen.has(at.arn)) continue;
      seen.add(at.arn);
      const more = makesItselfAdmin(account, at);
      if (more !== undefined)
        found.push({ claim: "C10", says: `${path}, does ${more} for itself, and reads` });
      for (const [action, resource] of readable(account, repositories))
        if (account.mayAnyhow(at, action, resource))
          found.push({ claim: "C10", says: `${path}, and does ${action} on ${resource}` });
      for (const other of account.principals) {
        const step = becomes(account, at, other);
        if (step !== undefined) queue.push({ at: other, path: `${path}, then ${step} ${other.name}` });
      }
    }
  }
  return found;
}

/** What there is to be read: the repositories, and the trail with its bucket. */
function readable({ state }: Account, repositories: readonly string[]): [action: string, resource: string][] {
  const buckets = state.of("Trail").flatMap(({ outputs }) => texts(outputs, "s3BucketName"));
  return [
    ...repositories.flatMap((one) => READS.map((action): [string, string] => [action, one])),
    ...buckets.map((name): [string, string] => [
      "s3:GetObject",
      `arn:aws:s3:::${name}/AWSLogs/${ACCOUNT}/CloudTrail/ap-northeast-1/2026/11/27/a.json.gz`,
    ]),
  ];
}

/** One step from a principal to another one; undefined where there is none. */
function becomes(account: Account, at: Principal, other: Principal): string | undefined {
  if (at.arn === other.arn) return undefined;
  const may = (action: string, resource: string, context: Request["context"] = {}) =>
    account.mayAnyhow(at, action, resource, context);
  if (other.kind === "user") {
    return ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:CreateServiceSpecificCredential"].find(
      (action) => may(action, other.arn),
    );
  }
  if (account.canAssume(at, other)) return "assumes";
  if (may("iam:UpdateAssumeRolePolicy", other.arn)) return "lets itself assume";
  const trusts = (service: string) =>
    allows(other.trust, { principal: service, action: "sts:AssumeRole", resource: other.arn, context: {} });
  const passed = (service: string) =>
    may("iam:PassRole", other.arn, { "iam:passedtoservice": service }) && trusts(service);
  const made = `arn:aws:lambda:ap-northeast-1:${ACCOUNT}:function:made`;
  if (
    passed("lambda.amazonaws.com") &&
    may("lambda:CreateFunction", made) &&
    may("lambda:InvokeFunction", made)
  )
    return "makes a function that runs as";
  const { functions, profiles } = account.runningAs(other);
  if (profiles.length > 0 && passed("ec2.amazonaws.com") && may("ec2:RunInstances", "*"))
    return "runs an instance as";
  const changed = functions.find((arn) => may("lambda:UpdateFunctionCode", arn));
  return changed === undefined ? undefined : `changes ${changed}, which runs as`;
}

/** How a principal gives itself every right, where nothing but itself limits it. */
function makesItselfAdmin(account: Account, at: Principal): string | undefined {
  if (at.boundary !== undefined) return undefined;
  const own = at.kind === "role" ? ["iam:PutRolePolicy"] : ["iam:PutUserPolicy"];
  const denied = at.rights.some(({ Effect }) => Effect === "Deny");
  if (denied) return undefined;
  const direct = own.find((action) => account.mayAnyhow(at, action, at.arn));
  if (direct !== undefined) return direct;
  return at.managed
    .filter((arn) => accountOf(arn) === ACCOUNT)
    .some((arn) => account.mayAnyhow(at, "iam:CreatePolicyVersion", arn))
    ? "iam:CreatePolicyVersion"
    : undefined;
}

/** C4: somebody who is not declared writes, of those that are shown and of those that may be. */
export function waysOfWriters(account: Account, declaration: Declaration): Way[] {
  const { repositories, writers } = declaration;
  const push = account.principals.find(({ name }) => name === "target-push");
  const isDeclared = (arn: string) => writers.includes(arn) || arn === push?.arn;
  const shown = account.principals
    .filter(({ arn }) => !isDeclared(arn))
    .flatMap((who) =>
      each(WRITES, repositories)
        .filter(([action, resource]) => account.mayAnyhow(who, action, resource))
        .map(([action, resource]): Way => ({
          claim: "C4",
          says: `${who.name} does ${action} on ${resource}`,
        })),
    );
  const unseen = unseenPrincipals(account.serviceControl)
    .filter(({ arn }) => !isDeclared(arn) && !account.principals.some((one) => one.arn === arn))
    .flatMap((who) =>
      each(WRITES, repositories)
        .filter(([action, resource]) => {
          const asked = { principal: who.arn, action, resource, context: contextOf(who) };
          return !says("Deny", account.serviceControl, asked);
        })
        .map(([action, resource]): Way => ({
          claim: "C4",
          says: `${who.arn} does ${action} on ${resource}`,
        })),
    );
  return [...shown, ...unseen];
}

/** Principals that the account may have: one for each text that a pattern of the policy can mean. */
function unseenPrincipals(statements: readonly Statement[]): Stranger[] {
  const patterns = statements.flatMap(({ Condition = {} }) =>
    Object.values(Condition).flatMap((keys) => Object.values(keys).flatMap((values) => textsOf(values))),
  );
  const filled = patterns.flatMap((pattern) =>
    ["", "x", "-two"].flatMap((star) =>
      ["x", "r", "h", "?"].map((one) => pattern.replaceAll("*", star).replaceAll("?", one)),
    ),
  );
  const names = filled.filter((one) => /^[\w+=,.@-]+$/.test(one));
  const arns = [
    ...filled,
    ...names.map((name) => `arn:aws:iam::${ACCOUNT}:user/${name}`),
    `arn:aws:iam::${ACCOUNT}:role/admin`,
  ];
  return [...new Set(arns)]
    .filter((arn) => new RegExp(`^arn:aws:iam::${ACCOUNT}:(user|role)/[\\w+=,.@/-]+$`).test(arn))
    .map((arn) => ({ arn, kind: arn.includes(":user/") ? "user" : "role" }));
}

/** C2, C3, C9, C12: what the gate users may beside what they are for. */
export function waysOfGateUsers(account: Account, declaration: Declaration): Way[] {
  const { repositories, natAddresses, references, endpoint } = declaration;
  const found: Way[] = [];
  const everything = [
    ...each([...READS, ...WRITES], [...repositories, `arn:aws:codecommit:ap-northeast-1:${ACCOUNT}:other`]),
    ...OTHERS,
  ];
  const elsewhere = ["93.184.216.34", "198.51.100.7", "203.0.113.12", "10.0.0.1"];
  for (const who of account.principals.filter(
    ({ name }) => name === "target-push" || name === "target-pull",
  )) {
    const isPush = who.name === "target-push";
    for (const [action, resource] of everything) {
      const may = (context: Request["context"]) =>
        account.may(who, { action, resource, context }) &&
        (context["aws:sourcevpce"] !== endpoint ||
          throughEndpoint(account, endpoint, { who, action, resource }));
      const isOwn =
        repositories.includes(resource) &&
        (action === "codecommit:GitPull" || (isPush && action === "codecommit:GitPush"));
      const says = `${who.name} does ${action} on ${resource}`;
      for (const address of elsewhere)
        if (may({ "aws:sourceip": address }) && !(isPush && natAddresses.includes(address)))
          found.push({ claim: isPush ? "C2" : "C3", says: `${says} from ${address}` });
      const allowed: Request["context"] = isPush
        ? { "aws:sourceip": natAddresses[0] ?? "" }
        : { "aws:sourcevpce": endpoint };
      if (!isOwn && may(allowed)) {
        found.push({ claim: isPush ? "C9" : "C3", says });
        if (isPush && repositories.includes(resource) && WRITES.includes(action))
          found.push({ claim: "C12", says });
      }
      if (!isPush && may({ "aws:sourcevpce": "vpce-other" }))
        found.push({ claim: "C3", says: `${says} by another endpoint` });
    }
    if (isPush)
      for (const reference of ["refs/notes/x", "refs/heads/main", "refs/other"])
        for (const repository of repositories) {
          const context = { "aws:sourceip": natAddresses[0] ?? "", "codecommit:references": reference };
          const isDeclared = references.some((one) => reference.startsWith(one.replace(/\*$/, "")));
          if (
            !isDeclared &&
            account.may(who, { action: "codecommit:GitPush", resource: repository, context })
          )
            found.push({ claim: "C12", says: `target-push pushes ${reference} to ${repository}` });
        }
    found.push(...byOtherPolicies(account, who), ...holdings(account, who));
  }
  return found;
}

/** Whether the policy of the pull endpoint lets a request through. */
function throughEndpoint(
  { state }: Account,
  id: string,
  { who, action, resource }: { who: Principal; action: string; resource: string },
): boolean {
  const found = state.of("VpcEndpoint").find((one) => one.id === id);
  const context = { ...contextOf(who), "aws:resourceaccount": accountOf(resource) };
  const isOfIt = action.startsWith("codecommit:");
  return (
    found !== undefined && isOfIt && passes(found.outputs, { principal: who.arn, action, resource, context })
  );
}

const CREDENTIALS: Readonly<Record<string, string>> = {
  AccessKey: "user",
  UserLoginProfile: "user",
  SshKey: "username",
  SigningCertificate: "userName",
};

/** C9: credentials and groups. */
function holdings({ state }: Account, { name, groups }: Principal): Way[] {
  const held = Object.entries(CREDENTIALS).flatMap(([type, property]) =>
    state
      .of(type)
      .filter(({ outputs }) => outputs[property] === name && outputs["status"] !== "Inactive")
      .map(() => type),
  );
  const own = state.of("ServiceSpecificCredential").filter(({ outputs }) => outputs["userName"] === name);
  const others = own.filter(({ outputs }) => outputs["serviceName"] !== "codecommit.amazonaws.com");
  const all = [
    ...held,
    ...groups.map((group) => `the group ${group}`),
    ...others.map(({ outputs }) => text(outputs, "serviceName")),
    ...(own.length > 2 ? ["more than two git credentials"] : []),
  ];
  return all.map((what) => ({ claim: "C9", says: `${name} holds ${what}` }));
}

/** C9: what the policies of roles and other resources give to a gate user. */
function byOtherPolicies(account: Account, who: Principal): Way[] {
  const roles = account.principals
    .filter((role) => role.kind === "role" && account.canAssume(who, role))
    .map((role): Way => ({ claim: "C9", says: `${who.name} assumes ${role.name}` }));
  const documents = account.state
    .of("BucketPolicy", "Bucket", "QueuePolicy", "Queue", "TopicPolicy", "Key", "Secret", "SecretPolicy")
    .map(({ type, outputs }) => ({
      type: type.slice(type.lastIndexOf(":") + 1),
      policy: text(outputs, "policy"),
    }));
  const resources = documents.flatMap(({ type, policy }) => {
    const statements = statementsOf(policy);
    return OF_POLICIES.filter(([of]) => type.startsWith(of)).flatMap(([, action]) => {
      const asked = (resource: string): Request => ({
        principal: who.arn,
        action,
        resource,
        context: { ...contextOf(who), "aws:sourceip": "93.184.216.34", "kms:calleraccount": ACCOUNT },
      });
      const named = statements.flatMap(({ Resource }) =>
        textsOf(Resource ?? "*").map((one) => one.replaceAll("*", "x")),
      );
      return named
        .filter(
          (resource) => grants(statements, asked(resource)) && !says("Deny", who.rights, asked(resource)),
        )
        .map((resource): Way => ({
          claim: "C9",
          says: `${who.name} does ${action} on ${resource} by its policy`,
        }));
    });
  });
  return [...roles, ...resources];
}

/** A policy of a resource gives rights to those whom it means by name; to those of an account, only by way of their own policies. */
function grants(statements: readonly Statement[], request: Request): boolean {
  const direct = statements.filter(({ Effect, Principal }) => {
    if (Effect !== "Allow") return false;
    const { AWS } = (Principal ?? {}) as { AWS?: unknown };
    return Principal === "*" || [AWS].flat().some((one) => one === "*" || one === request.principal);
  });
  return says("Allow", direct, request) && !says("Deny", statements, request);
}

const OF_POLICIES: readonly (readonly [type: string, action: string])[] = [
  ["Bucket", "s3:PutObject"],
  ["Queue", "sqs:SendMessage"],
  ["Topic", "sns:Publish"],
  ["Key", "kms:Decrypt"],
  ["Secret", "secretsmanager:GetSecretValue"],
];

/** C5: somebody writes through the pull endpoint. */
export function waysThroughEndpoints(state: State): Way[] {
  return state
    .of("VpcEndpoint")
    .filter(({ outputs }) => text(outputs, "serviceName").endsWith("codecommit"))
    .flatMap(({ outputs }) =>
      [ACCOUNT, "999999999999"].flatMap((account) =>
        each(
          WRITES,
          ["loot", "platform.app"].map((name) => `arn:aws:codecommit:ap-northeast-1:${account}:${name}`),
        )
          .filter(([action, resource]) => {
            const principal = `arn:aws:iam::${account}:user/insider`;
            const context = {
              ...contextOf({ arn: principal, kind: "user" }),
              "aws:resourceaccount": account,
            };
            return passes(outputs, { principal, action, resource, context });
          })
          .map(([action, resource]): Way => ({
            claim: "C5",
            says: `account ${account} does ${action} on ${resource}`,
          })),
      ),
    );
}

/** C10: events come to somebody outside of the account, in words that others choose. */
export function waysOfEvents(state: State): Way[] {
  const rules = state.of("EventRule").filter(({ outputs }) => outputs["state"] !== "DISABLED");
  const isOut = (arn: string) => /^arn:/.test(arn) && accountOf(arn) !== "" && accountOf(arn) !== ACCOUNT;
  return state.of("EventTarget").flatMap(({ outputs }) => {
    const rule = rules.find((one) => text(one.outputs, "name") === text(outputs, "rule"));
    // A constant says nothing of the event.
    if (rule === undefined || text(rule.outputs, "eventPattern") === "" || text(outputs, "input") !== "")
      return [];
    if (objects(outputs, "inputTransformers").length > 0 || objects(outputs, "inputTransformer").length > 0)
      return [];
    const to = text(outputs, "arn");
    if (isOut(to)) return [{ claim: "C10" as const, says: `a rule sends events to ${to}` }];
    return state
      .of("TopicSubscription")
      .filter(
        (one) =>
          text(one.outputs, "topic") === to &&
          isOutside(text(one.outputs, "protocol"), text(one.outputs, "endpoint")),
      )
      .map((one): Way => ({
        claim: "C10",
        says: `a rule sends events to ${to}, and that to ${text(one.outputs, "endpoint")}`,
      }));
  });
}

function isOutside(protocol: string, endpoint: string): boolean {
  return (
    protocol === "https" ||
    protocol === "email" ||
    (endpoint.startsWith("arn:") && accountOf(endpoint) !== ACCOUNT)
  );
}

function each(
  actions: readonly string[],
  resources: readonly string[],
): [action: string, resource: string][] {
  return actions.flatMap((action) => resources.map((resource): [string, string] => [action, resource]));
}
