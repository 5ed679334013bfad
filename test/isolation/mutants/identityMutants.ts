/** Weakened gate users, policies and credentials, by the claim that must be refuted. */
import { CODECOMMIT_ACTIONS } from "../../../isolation/iam/actions";
import type { Exports, Mutation, Statement } from "./exports";

const account = "222222222222";
const repository = (name: string, owner = account) => `arn:aws:codecommit:ap-northeast-1:${owner}:${name}`;
const LOCK = "DenyFromElsewhere";
const BOUND = "DenyOtherReferences";

type Rewrite = (statement: Statement) => unknown[];

/** Rewrites the statement with that id. */
function named(sid: string, rewrite: Rewrite) {
  return (statements: Statement[]) => statements.flatMap((one) => (one.Sid === sid ? rewrite(one) : [one]));
}

function push(rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] {
  return (exports) => {
    exports.statements("prd", "Policy", "target-push-policy-1", rewrite);
  };
}

function pull(rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] {
  return (exports) => {
    exports.statements("prd", "Policy", "target-pull-policy-1", rewrite);
  };
}

function endpoint(rewrite: (statements: Statement[]) => unknown[]): Mutation["mutate"] {
  return (exports) => {
    exports.statements("prd", "VpcEndpoint", "target-pull-endpoint", rewrite);
  };
}

/** Puts a condition key's values into every statement that has it. */
function everywhere(key: string, values: (given: string[]) => string[]) {
  return (statements: Statement[]) =>
    statements.map((statement) => ({
      ...statement,
      Condition: Object.fromEntries(
        Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [
          operator,
          operator === "Null"
            ? keys
            : Object.fromEntries(
                Object.entries(keys).map(([name, given]) => [
                  name,
                  name === key ? values([given].flat()) : given,
                ]),
              ),
        ]),
      ),
    }));
}

const open = (statements: Statement[]) =>
  statements
    .filter(({ Sid }) => Sid !== LOCK)
    .map(({ Condition, ...rest }) => (rest.Effect === "Allow" ? rest : { ...rest, Condition }));

/** Takes the lock off the Allow, and lets the Deny hang on something beside. */
const hangingOn = (condition: Statement["Condition"]) => (statements: Statement[]) =>
  statements.map(({ Condition, ...rest }) => {
    if (rest.Effect === "Allow") return rest;
    return { ...rest, Condition: rest.Sid === LOCK ? { ...Condition, ...condition } : Condition };
  });

const addresses = (...more: string[]) => everywhere("aws:SourceIp", (given) => [...given, ...more]);

/** C2. */
export const pushMutants: readonly Mutation[] = [
  ...[31, 30, 28, 24, 16, 8, 1, 0]
    .flatMap((prefix) =>
      ["203.0.113.10", "203.0.113.11"]
        // Of the /31 both are in.
        .filter((address) => prefix < 31 || address.endsWith(".10"))
        .map((address) => ({
          what: `widens ${address}/32 to /${prefix} in Allow and Deny`,
          mutate: push(
            everywhere("aws:SourceIp", (given) =>
              given.map((one) => (one === `${address}/32` ? `${address}/${prefix}` : one)),
            ),
          ),
        })),
    )
    .filter(({ what }) => !what.includes("/31")),
  ...["203.0.113.12/32", "203.0.113.9/32", "198.51.100.7/32", "10.0.0.0/8", "2001:db8::1/128", "::/0"].map(
    (address) => ({
      what: `lets pushes in from ${address} too`,
      mutate: push(addresses(address)),
    }),
  ),
  ...["203.0.113.10/32", "203.0.113.11/32"].map((address) => ({
    what: `no longer lets pushes in from ${address}`,
    mutate: push(everywhere("aws:SourceIp", (given) => given.filter((one) => one !== address))),
  })),
  { what: "takes every lock off", mutate: push(open) },
  ...Object.entries({
    "aws:ViaAWSService": "false",
    "aws:SecureTransport": "false",
    "aws:PrincipalIsAWSService": "true",
  }).map(([key, value]) => ({
    what: `makes the only lock hang on ${key}`,
    mutate: push(hangingOn({ Bool: { [key]: value } })),
  })),
  {
    what: "makes the only lock hang on the key being there",
    mutate: push(hangingOn({ Null: { "aws:SourceIp": "false" } })),
  },
  {
    what: "turns the only lock round",
    mutate: push((statements) =>
      open(statements).concat([
        {
          Sid: LOCK,
          Effect: "Deny",
          Action: ["codecommit:*"],
          Resource: ["*"],
          Condition: { IpAddress: { "aws:SourceIp": ["203.0.113.10/32", "203.0.113.11/32"] } },
        },
      ]),
    ),
  },
  {
    what: "lets the only lock spare one repository",
    mutate: push((statements) =>
      hangingOn({})(statements).map((one) =>
        one.Sid === LOCK ? { ...one, Resource: undefined, NotResource: [repository("platform.app")] } : one,
      ),
    ),
  },
  {
    what: "lets the only lock spare git pull",
    mutate: push((statements) =>
      hangingOn({})(statements).map((one) =>
        one.Sid === LOCK ? { ...one, Action: undefined, NotAction: ["codecommit:GitPull"] } : one,
      ),
    ),
  },
];

/** C2: the deployment's other half. */
export const natAddressMutants: readonly Mutation[] = [
  {
    what: "gives a NAT gateway a second address",
    mutate: (exports) => {
      exports.add("dev", "aws:ec2/eip:Eip", "second", { publicIp: "203.0.113.77" }, "eipalloc-second");
      exports.change("dev", "NatGateway", "source-network-1", {
        secondaryAllocationIds: ["eipalloc-second"],
      });
    },
  },
];

/** C3: in endpoint mode the endpoint's own policy would stop these, so they are done where there is none. */
export const grantMutants: readonly Mutation[] = [
  ...CODECOMMIT_ACTIONS.filter(({ access }) => access === "Write" || access === "Tagging")
    .filter((_, i) => i % 3 === 0)
    .map(({ name }) => ({
      what: `lets the pull user ${name}`,
      mutate: pull(
        named("PullFromIsolatedZone", (one) => [{ ...one, Action: ["codecommit:GitPull", name] }]),
      ),
    })),
  ...["codecommit:*", "codecommit:Git*", "*", "codecommit:?itPush", "CodeCommit:GITPUSH"].map((action) => ({
    what: `lets the pull user ${action}`,
    mutate: pull(
      named("PullFromIsolatedZone", (one) => [{ ...one, Action: [...(one.Action ?? []), action] }]),
    ),
  })),
  {
    what: "lets the pull user do all but push",
    mutate: pull(
      named("PullFromIsolatedZone", ({ Action, ...one }) => [
        { ...one, NotAction: Action && ["codecommit:GitPush"] },
      ]),
    ),
  },
  ...[
    "*",
    `arn:aws:codecommit:ap-northeast-1:${account}:*`,
    repository("platform.*"),
    repository("platform.ap?"),
    repository("secrets"),
  ].map((resource) => ({
    what: `lets the pull user read ${resource}`,
    mutate: pull(
      named("PullFromIsolatedZone", (one) => [{ ...one, Resource: [...(one.Resource ?? []), resource] }]),
    ),
  })),
  {
    what: "lets the pull user read all but one repository",
    mutate: pull(
      named("PullFromIsolatedZone", ({ Resource, ...one }) => [
        { ...one, NotResource: Resource?.slice(0, 1) },
      ]),
    ),
  },
].map((mutation) => ({ ...mutation, mode: "addresses" }));

/** C3. */
export const pullMutants: readonly Mutation[] = [
  ...["192.0.2.0/23", "192.0.0.0/16", "0.0.0.0/0", "198.51.100.7/32", "::/0"].map((cidr) => ({
    what: `lets the pull user in from ${cidr} too`,
    mutate: pull(everywhere("aws:SourceIp", (given) => [...given, cidr])),
    mode: "addresses" as const,
  })),
  { what: "takes the locks off the pull user who comes by address", mutate: pull(open), mode: "addresses" },
  { what: "takes the pull user's locks off", mutate: pull(open) },
  ...["*", repository("*"), `arn:aws:codecommit:*:${account}:*`].map((pattern) => ({
    what: `lets the pull user read ${pattern}, and declares that to be the airlock`,
    mutate: (exports: Exports) => {
      exports.declared = { ...exports.declared, repositoryArns: [pattern] };
      pull((all) => all.map((one) => (one.Effect === "Allow" ? { ...one, Resource: [pattern] } : one)))(
        exports,
      );
    },
    mode: "addresses" as const,
  })),
  {
    what: "lets the pull user in by another endpoint too",
    mutate: pull(everywhere("aws:SourceVpce", (given) => [...given, "vpce-0fedcba9876543210"])),
  },
  {
    what: "lets the pull user in by any endpoint",
    mutate: pull((statements) =>
      statements.map((one) => ({
        ...one,
        Condition: { Null: { "aws:SourceIp": one.Effect === "Allow" ? "true" : "false" } },
      })),
    ),
  },
  {
    what: "lets the pull user in by endpoints like ours",
    mutate: pull((statements) =>
      statements.map((one) => ({
        ...one,
        Condition: {
          [one.Effect === "Allow" ? "StringLike" : "StringNotLike"]: { "aws:SourceVpce": ["vpce-*"] },
        },
      })),
    ),
  },
  {
    what: "lets the pull user in from another VPC",
    mutate: pull((statements) =>
      statements.map((one) => ({
        ...one,
        Condition: {
          [one.Effect === "Allow" ? "StringEquals" : "StringNotEquals"]: {
            "aws:SourceVpc": ["vpc-0fedcba9876543210"],
          },
        },
      })),
    ),
  },
  {
    what: "lets the pull user in where the endpoint is not said",
    mutate: pull((statements) =>
      statements
        .filter(({ Effect }) => Effect === "Allow")
        .map((one) => ({ ...one, Condition: { StringEqualsIfExists: one.Condition?.StringEquals ?? {} } })),
    ),
  },
];

/** C4: somebody of the stack writes. */
export const writerMutants: readonly Mutation[] = [
  ...[
    "codecommit:PutFile",
    "codecommit:CreateCommit",
    "codecommit:GitPush",
    "codecommit:*",
    "*",
    "codecommit:Create*",
    "codecommit:MergeBranchesBySquash",
    "codecommit:TagResource",
    "codecommit:PostComment*",
    "codecommit:UpdateRepositoryDescription",
  ].map((action) => ({
    what: `makes a role that may ${action}`,
    mutate: (exports: Exports) => {
      writerRole(exports, { Effect: "Allow", Action: action, Resource: repository("platform.app") });
    },
  })),
  ...[
    { Effect: "Allow", NotAction: "codecommit:Get*", Resource: "*" },
    { Effect: "Allow", Action: "codecommit:CreateCommit", NotResource: repository("other") },
    { Effect: "Allow", Action: "codecommit:CreateCommit", Resource: repository("*") },
    {
      Effect: "Allow",
      Action: "codecommit:CreateCommit",
      Resource: "*",
      Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    },
  ].map((statement, i) => ({
    what: `makes a role with the statement ${i + 1}`,
    mutate: (exports: Exports) => {
      writerRole(exports, statement);
    },
  })),
  {
    what: "makes a role whose first inline policy writes",
    mutate: (exports: Exports) => {
      writerRole(exports, { Effect: "Allow", Action: "s3:GetObject", Resource: "*" });
      const [writes, reads] = ["codecommit:PutFile", "s3:ListBucket"].map((Action) => ({
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action, Resource: "*" }],
        }),
      }));
      exports.change("prd", "Role", "ci", { inlinePolicies: [writes, reads] });
    },
  },
  {
    what: "lets the source's state name a deployer",
    mutate: (exports: Exports) => {
      const evil = `arn:aws:iam::${account}:role/ci`;
      writerRole(exports, { Effect: "Allow", Action: "codecommit:*", Resource: "*" });
      exports.change("prd", "Stack", "git-airlock-prd", { declared: {} });
      exports.change("dev", "Stack", "git-airlock-dev", { declared: { deployerArns: [evil] } });
    },
  },
].map(({ what, mutate }) => ({
  what,
  mutate: (exports: Exports) => {
    mutate(exports);
    // Attached, the service control policy would stop the role.
    exports.declared = {};
  },
}));

function writerRole(exports: Exports, statement: object): void {
  const arn = `arn:aws:iam::${account}:role/ci`;
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  exports.add("prd", "aws:iam/role:Role", "ci", { name: "ci", arn, assumeRolePolicy }, "ci");
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  exports.add("prd", "aws:iam/rolePolicy:RolePolicy", "ci", { role: "ci", policy });
}

/** C4: the attached service control policy leaves a hole. */
export const controlMutants: readonly Mutation[] = [
  ...["*", "user/*", "user/target-pu*"].map((name) => ({
    what: `declares ${name} a deployer`,
    mutate: (exports: Exports) => {
      exports.declared = { ...exports.declared, deployerArns: [`arn:aws:iam::${account}:${name}`] };
    },
  })),
  ...["codecommit:Git*", "codecommit:Create*", "codecommit:*"].map((action) => ({
    what: `spares ${action} in the service control policy`,
    mutate: control((one) => ({ ...one, NotAction: [...(one.NotAction ?? []), action] })),
  })),
  {
    what: "leaves one repository out of the service control policy",
    mutate: control((one) => ({ ...one, Resource: one.Resource?.slice(0, 1) })),
  },
  ...[
    `arn:aws:iam::${account}:role/*`,
    "arn:aws:iam::*:user/*",
    `arn:aws:iam::${account}:user/target-pull`,
  ].map((arn) => ({
    what: `counts ${arn} among the writers of the service control policy`,
    mutate: control((one) => ({
      ...one,
      Condition: {
        ArnNotLike: {
          "aws:PrincipalArn": [...[one.Condition?.ArnNotLike?.["aws:PrincipalArn"] ?? []].flat(), arn],
        },
      },
    })),
  })),
  {
    what: "lets the service control policy hang on the address",
    mutate: control((one) => ({
      ...one,
      Condition: { ...one.Condition, NotIpAddress: { "aws:SourceIp": ["192.0.2.0/24"] } },
    })),
  },
];

function control(rewrite: (statement: Statement) => Statement): Mutation["mutate"] {
  return (exports) => {
    exports.statements("prd", "Stack", "git-airlock-prd", (all) => all.map(rewrite), "serviceControlPolicy");
  };
}

/** C5. */
export const endpointMutants: readonly Mutation[] = [
  ...[
    "codecommit:GitPush",
    "codecommit:*",
    "*",
    "codecommit:Git*",
    "codecommit:PutFile",
    "codecommit:CreateCommit",
  ].map((action) => ({
    what: `lets ${action} through the pull endpoint`,
    mutate: endpoint((all) => all.map((one) => ({ ...one, Action: [...(one.Action ?? []), action] }))),
  })),
  {
    what: "lets all but GitPull through the pull endpoint",
    mutate: endpoint((all) => all.map(({ Action, ...one }) => ({ ...one, NotAction: Action }))),
  },
  {
    what: "lets a stranger's account push through the pull endpoint",
    mutate: endpoint((all) => [
      ...all,
      {
        Sid: "Push",
        Effect: "Allow",
        Principal: { AWS: "999999999999" },
        Action: "codecommit:GitPush",
        Resource: repository("loot", "999999999999"),
      },
    ]),
  },
  ...["codecommit", "git-codecommit", "git-codecommit-fips"].map((service) => ({
    what: `adds an endpoint for ${service} with an open policy`,
    mutate: (exports: Exports) => {
      const policy = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
      });
      addEndpoint(exports, service, { policy });
    },
  })),
];

function addEndpoint(exports: Exports, service: string, properties: object): void {
  const { vpcId, subnetIds, securityGroupIds } = exports.find(
    "prd",
    "VpcEndpoint",
    "target-pull-endpoint",
  ).outputs;
  exports.add(
    "prd",
    "aws:ec2/vpcEndpoint:VpcEndpoint",
    service,
    {
      ...{ vpcId, subnetIds, securityGroupIds, vpcEndpointType: "Interface", privateDnsEnabled: true },
      serviceName: `com.amazonaws.ap-northeast-1.${service}`,
      ...properties,
    },
    `vpce-${service}`,
  );
}

const users = ["target-push", "target-pull"];

/** C9. */
export const holdingMutants: readonly Mutation[] = [
  ...users.flatMap((user) => [
    {
      what: `lets ${user} take on a role by its unique id`,
      mutate: (exports: Exports) => {
        const Principal = { AWS: exports.find("prd", "User", user).outputs.uniqueId };
        exports.add("prd", "aws:iam/role:Role", "more", {
          ...{ name: "more", arn: `arn:aws:iam::${account}:role/more` },
          assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Principal }] }),
        });
      },
    },
    {
      what: `makes an access key for ${user}`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/accessKey:AccessKey", "key", { user });
      },
    },
    {
      what: `gives ${user} a password`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/userLoginProfile:UserLoginProfile", "login", { user });
      },
    },
    {
      what: `gives ${user} an SSH key`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/sshKey:SshKey", "ssh", { username: user, status: "Active" });
      },
    },
    {
      what: `gives ${user} a signing certificate`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/signingCertificate:SigningCertificate", "cert", { userName: user });
      },
    },
    {
      what: `gives ${user} a third git credential`,
      mutate: (exports: Exports) => {
        for (const name of ["second", "third"])
          exports.add("prd", "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", name, {
            userName: user,
            serviceName: "codecommit.amazonaws.com",
            status: "Active",
          });
      },
    },
    {
      what: `gives ${user} a credential of another service`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "keyspaces", {
          userName: user,
          serviceName: "cassandra.amazonaws.com",
          status: "Active",
        });
      },
    },
    {
      what: `leaves an old access key of ${user} to be deleted later`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/accessKey:AccessKey", "old", { user });
        exports.find("prd", "AccessKey", "old").delete = true;
      },
    },
    {
      what: `puts ${user} into a group of the stack`,
      mutate: (exports: Exports) => {
        exports.add("prd", "aws:iam/group:Group", "developers", { name: "developers" }, "developers");
        exports.add("prd", "aws:iam/userGroupMembership:UserGroupMembership", "member", {
          user,
          groups: ["developers"],
        });
      },
    },
    {
      what: `lets ${user} write to buckets`,
      mutate: (exports: Exports) => {
        const policy = JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: "*" }],
        });
        exports.add("prd", "aws:iam/userPolicy:UserPolicy", "bucket", { user, policy });
      },
    },
    {
      what: `lets ${user} take on a role`,
      mutate: (exports: Exports) => {
        const arn = `arn:aws:iam::${account}:role/helper`;
        const Principal = { AWS: `arn:aws:iam::${account}:user/${user}` };
        const assumeRolePolicy = JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
        });
        exports.add(
          "prd",
          "aws:iam/role:Role",
          "helper",
          { name: "helper", arn, assumeRolePolicy },
          "helper",
        );
      },
    },
  ]),
  ...["codecommit:PutFile", "codecommit:Get*", "codecommit:*", "codecommit:DeleteRepository"].map(
    (action) => ({
      what: `lets the push user ${action}`,
      mutate: push(named("PushFromSource", (one) => [{ ...one, Action: [...(one.Action ?? []), action] }])),
    }),
  ),
  ...["*", repository("*"), repository("secrets")].map((resource) => ({
    what: `lets the push user push to ${resource}`,
    mutate: push(
      named("PushFromSource", (one) => [{ ...one, Resource: [...(one.Resource ?? []), resource] }]),
    ),
  })),
];

/** C12. */
export const referenceMutants: readonly Mutation[] = [
  { what: "lets pushes touch every reference", mutate: push(named(BOUND, () => [])) },
  ...["*", "refs/*", "refs/pipelines/*", "refs/notes/commits", "refs/head?/*"].map((reference) => ({
    what: `lets pushes touch ${reference}`,
    mutate: push(everywhere("codecommit:References", (given) => [...given, reference])),
  })),
  {
    what: "holds references only where none is named",
    mutate: push(
      named(BOUND, (one) => [
        { ...one, Condition: { ...one.Condition, Null: { "codecommit:References": "true" } } },
      ]),
    ),
  },
  {
    what: "holds references from one address alone",
    mutate: push(
      named(BOUND, (one) => [
        { ...one, Condition: { ...one.Condition, IpAddress: { "aws:SourceIp": ["203.0.113.10/32"] } } },
      ]),
    ),
  },
  {
    what: "holds references of one repository alone",
    mutate: push(named(BOUND, (one) => [{ ...one, Resource: [repository("platform.app")] }])),
  },
  {
    what: "turns the bound on references round",
    mutate: push(
      named(BOUND, (one) => [{ ...one, Condition: { StringLike: one.Condition?.StringNotLike ?? {} } }]),
    ),
  },
  {
    what: "holds another action to references",
    mutate: push(named(BOUND, (one) => [{ ...one, Action: ["codecommit:DeleteBranch"] }])),
  },
];

/** C1: less than it needs. */
export const liveness: readonly Mutation[] = [
  {
    what: "takes git pull from the push user",
    mutate: push(named("PushFromSource", (one) => [{ ...one, Action: ["codecommit:GitPush"] }])),
  },
  {
    what: "takes git push from the push user",
    mutate: push(named("PushFromSource", (one) => [{ ...one, Action: ["codecommit:GitPull"] }])),
  },
  {
    what: "forgets a repository in the push policy",
    mutate: push(named("PushFromSource", (one) => [{ ...one, Resource: one.Resource?.slice(1) }])),
  },
  {
    what: "forgets a repository in the pull policy",
    mutate: pull(named("PullFromIsolatedZone", (one) => [{ ...one, Resource: one.Resource?.slice(1) }])),
  },
  {
    what: "forgets a repository in the endpoint policy",
    mutate: endpoint((all) => all.map((one) => ({ ...one, Resource: one.Resource?.slice(1) }))),
  },
  {
    what: "denies the pull user what comes without an address, too",
    mutate: pull((all) => [
      ...all,
      {
        Sid: "Both",
        Effect: "Deny",
        Action: "codecommit:*",
        Resource: "*",
        Condition: { NotIpAddress: { "aws:SourceIp": "192.0.2.0/24" } },
      },
    ]),
  },
];
