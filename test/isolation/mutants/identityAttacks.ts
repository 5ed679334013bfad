/** Ways that somebody gets rights by way of others, and exceptions that mean more than they say, by the claim that must be refuted. */
import type { ClaimId } from "../../../isolation/claims";
import type { Exports, Mutation, Statement, Unmodelled } from "./exports";

const account = "222222222222";
const stranger = "999999999999";
const arnOf = (resource: string, owner = account) => `arn:aws:iam::${owner}:${resource}`;
const document = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: string | string[], Resource: string | string[] = "*", more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const trusting = (Principal: unknown, Condition?: object) => ({
  Effect: "Allow",
  Principal,
  Action: "sts:AssumeRole",
  ...(Condition && { Condition }),
});
const service = (name: string) => trusting({ Service: `${name}.amazonaws.com` });
const byAccount = (owner: string) => trusting({ AWS: arnOf("root", owner) });
const byRole = (name: string) => trusting({ AWS: arnOf(`role/${name}`) });

/** A role with its trust policy's statement and those of its rights. */
function role(exports: Exports, name: string, trust: unknown, ...rights: unknown[]): void {
  const arn = arnOf(`role/${name}`);
  const assumeRolePolicy = document(trust);
  exports.add("prd", "aws:iam/role:Role", name, { name, arn, assumeRolePolicy }, name);
  if (rights.length > 0)
    exports.add("prd", "aws:iam/rolePolicy:RolePolicy", name, { role: name, policy: document(...rights) });
}

const READ = allow(["codecommit:GitPull", "codecommit:GetFile"]);

/** A role that may read the repositories. */
function reader(exports: Exports, trust: unknown): void {
  role(exports, "reader", trust, READ);
}

/** What a stranger's role may do, beside a reader whom it does not name. */
const beside = (what: string, trust: unknown, ...rights: unknown[]): Mutation => ({
  what: `lets a stranger ${what}, beside a role that reads`,
  mutate: (exports) => {
    reader(exports, trust);
    role(exports, "visitor", byAccount(stranger), ...rights);
  },
});

/** C10: a stranger becomes a reader by more than one step. */
const chained: readonly Mutation[] = [
  {
    what: "lets a stranger's role assume a reader, each by name",
    mutate: (exports) => {
      reader(exports, byRole("jump"));
      role(exports, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger's role assume a reader that trusts the account",
    mutate: (exports) => {
      reader(exports, byAccount(account));
      role(exports, "jump", byAccount(stranger), allow("sts:AssumeRole", arnOf("role/read*")));
    },
  },
  {
    what: "lets a stranger assume a reader over three roles",
    mutate: (exports) => {
      reader(exports, byRole("second"));
      role(exports, "second", byAccount(account));
      role(exports, "first", trusting({ AWS: stranger }), allow("sts:*"));
    },
  },
  {
    what: "lets sessions of a stranger's role assume a reader that trusts everybody of the account",
    mutate: (exports) => {
      reader(exports, trusting("*", { StringEquals: { "aws:PrincipalAccount": account } }));
      role(exports, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger with an external id read",
    mutate: (exports) => {
      reader(
        exports,
        trusting({ AWS: arnOf("root", stranger) }, { StringEquals: { "sts:ExternalId": "x" } }),
      );
    },
  },
  {
    what: "lets principals of any account read who have a deployer's name",
    mutate: (exports) => {
      const like = { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deployer" } };
      reader(exports, trusting({ AWS: "*" }, like));
    },
  },
  beside("pass it to a function", service("lambda"), allow(["lambda:*", "iam:PassRole"])),
  beside(
    "pass it to Lambda alone",
    service("lambda"),
    allow("lambda:CreateFunction"),
    allow("iam:PassRole", "*", {
      Condition: { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } },
    }),
  ),
  beside("run instances as it", service("ec2"), allow(["ec2:RunInstances", "iam:PassRole"])),
  beside("run tasks as it", service("ecs-tasks"), allow(["ecs:RegisterTaskDefinition", "iam:PassRole"])),
  beside("automate as it", service("ssm"), allow(["ssm:StartAutomationExecution", "iam:PassRole"])),
  beside("make stacks as it", service("cloudformation"), allow(["cloudformation:*", "iam:PassRole"])),
  ...["iam:*", "iam:UpdateAssumeRolePolicy", "iam:Update*"].map((action) =>
    beside(`do ${action}`, service("ec2"), allow(action)),
  ),
  ...["iam:PutRolePolicy", "iam:AttachRolePolicy"].map((action) =>
    beside(`do ${action} for itself`, service("ec2"), allow(action, arnOf("role/visitor"))),
  ),
  ...["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:PutGroupPolicy"].map((action) =>
    beside(`do ${action}`, service("ec2"), allow(action)),
  ),
  beside("make roles of its own", service("ec2"), allow(["iam:CreateRole", "iam:AttachRolePolicy"])),
  {
    what: "lets a stranger change the policies of a role that it may assume",
    mutate: (exports) => {
      reader(exports, service("ec2"));
      role(exports, "second", byRole("visitor"));
      role(exports, "visitor", byAccount(stranger), allow("iam:PutRolePolicy", arnOf("role/second")));
    },
  },
  {
    what: "lets a stranger change a function that runs as a reader",
    mutate: (exports) => {
      reader(exports, service("lambda"));
      runningFunction(exports, "reader");
      role(exports, "visitor", byAccount(stranger), allow("lambda:UpdateFunctionCode"));
    },
  },
  ...["iam:CreateAccessKey", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential"].map(
    (action): Mutation => ({
      what: `lets a stranger do ${action} for a user who reads`,
      mutate: (exports) => {
        const arn = arnOf("user/reader");
        exports.add("prd", "aws:iam/user:User", "reader", { name: "reader", arn }, "reader");
        const policy = document(READ);
        exports.add("prd", "aws:iam/userPolicy:UserPolicy", "reader", { user: "reader", policy });
        role(exports, "visitor", byAccount(stranger), allow(action, arn));
      },
    }),
  ),
  {
    what: "lets a stranger be administrator by AWS's policy",
    mutate: (exports) => {
      managed(exports, byAccount(stranger), "AdministratorAccess");
    },
  },
  {
    what: "lets a stranger assume a declared deployer that may read",
    mutate: (exports) => {
      role(exports, "deployer", byAccount(stranger), allow("*"));
    },
  },
];

function runningFunction(exports: Exports, name: string): void {
  const arn = `arn:aws:lambda:ap-northeast-1:${account}:function:job`;
  exports.add(
    "prd",
    "aws:lambda/function:Function",
    "job",
    { name: "job", arn, role: arnOf(`role/${name}`) },
    "job",
  );
}

const bucketOf = (exports: Exports) => String(exports.find("prd", "Bucket", "target-tripwires").outputs.arn);

/** C10: what holds the words of calls, and the pull user's credential. */
const assets: readonly Mutation[] = [
  ...["s3:GetObject", "s3:*", "s3:Get*", "s3:PutBucketPolicy"].map((action): Mutation => ({
    what: `lets a stranger's role ${action} on the trail's bucket`,
    mutate: (exports) => {
      role(
        exports,
        "auditor",
        byAccount(stranger),
        allow(action, [bucketOf(exports), `${bucketOf(exports)}/*`]),
      );
    },
  })),
  {
    what: "lets a stranger's role read some of the trail's objects",
    mutate: (exports) => {
      const some = `${bucketOf(exports)}/AWSLogs/${account}/CloudTrail/ap-northeast-1/2026/*`;
      role(exports, "auditor", byAccount(stranger), allow("s3:GetObject", some));
    },
  },
  ...["cloudtrail:LookupEvents", "cloudtrail:*", "cloudtrail:UpdateTrail"].map((action): Mutation => ({
    what: `lets a stranger's role do ${action}`,
    mutate: (exports) => {
      role(exports, "auditor", byAccount(stranger), allow(action));
    },
  })),
  {
    what: "lets a stranger reach a role that reads the trail's bucket",
    mutate: (exports) => {
      role(exports, "auditor", byRole("jump"), allow("s3:GetObject", `${bucketOf(exports)}/*`));
      role(exports, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger's role read the pull user's credential",
    mutate: (exports) => {
      role(exports, "visitor", byAccount(stranger), allow("secretsmanager:GetSecretValue"));
    },
  },
  {
    what: "lets a stranger's role read the trail's bucket by the bucket's own policy",
    mutate: (exports) => {
      role(exports, "auditor", byAccount(stranger));
      const Principal = { AWS: arnOf("role/auditor") };
      exports.statements("prd", "BucketPolicy", "target-tripwires", (all) => [
        ...all,
        { ...allow("s3:GetObject", `${bucketOf(exports)}/*`), Principal },
      ]);
    },
  },
  {
    what: "lets a stranger's role read messages of commits",
    mutate: (exports) => {
      role(exports, "visitor", byAccount(stranger), allow("codecommit:ListFileCommitHistory"));
    },
  },
  ...["*", { AWS: arnOf("root", stranger) }].map((Principal): Mutation => ({
    what: `lets ${JSON.stringify(Principal)} read the pull user's credential by the secret's own policy`,
    mutate: (exports) => {
      const policy = document({ ...allow("secretsmanager:GetSecretValue"), Principal });
      exports.change("prd", "Secret", "target-pull-secret", { policy });
    },
  })),
];

type Users = "target-push" | "target-pull";

/** C9: what policies of resources say of patterns that mean a gate user. */
const resourcePolicies: readonly Mutation[] = (["target-push", "target-pull"] as const).flatMap(
  (user: Users) => [
    ...Object.entries({
      StringLike: { "aws:PrincipalArn": arnOf("user/target-*") },
      ArnLike: { "aws:PrincipalArn": arnOf(`user/${user}`) },
      StringEquals: { "aws:username": user },
      StringEqualsIgnoreCase: { "aws:username": user.toUpperCase() },
      StringNotLike: { "aws:username": "admin*" },
      ArnNotLike: { "aws:PrincipalArn": arnOf("role/*") },
    }).map(([operator, keys]): Mutation => ({
      what: `lets everybody use a key of whom ${operator} ${JSON.stringify(keys)} holds, ${user} among them`,
      mutate: (exports) => {
        const policy = document({ ...allow("kms:*"), Principal: "*", Condition: { [operator]: keys } });
        exports.add("prd", "aws:kms/key:Key", "more", { policy });
      },
    })),
    {
      what: `lets everybody of ${user}'s account use a key`,
      mutate: (exports: Exports) => {
        const Condition = { StringEquals: { "kms:CallerAccount": account } };
        const policy = document({ ...allow("kms:Decrypt"), Principal: { AWS: "*" }, Condition });
        exports.add("prd", "aws:kms/key:Key", "more", { policy });
      },
    },
    {
      what: `lets ${user} use a key by the user's unique id`,
      mutate: (exports: Exports) => {
        const Principal = { AWS: exports.find("prd", "User", user).outputs.uniqueId };
        exports.change("prd", "Key", "target-alarms", { policy: document({ ...allow("kms:*"), Principal }) });
      },
    },
    ...["s3/bucketPolicy:BucketPolicy", "sqs/queuePolicy:QueuePolicy"].map((type) => ({
      what: `lets ${user} in by the policy of a ${type}`,
      mutate: (exports: Exports) => {
        const Principal = { AWS: arnOf(`user/${user}`) };
        exports.add("prd", `aws:${type}`, "more", { policy: document({ ...allow("*"), Principal }) });
      },
    })),
    {
      what: `lets ${user} take on a role by a pattern of names`,
      mutate: (exports: Exports) => {
        role(
          exports,
          "helper",
          trusting("*", { StringLike: { "aws:PrincipalArn": arnOf("user/target-*") } }),
        );
      },
    },
  ],
);

/** What C2, C3 and C9 each say of a gate user, and what refutes all of them. */
const otherServices = (user: Users): readonly Mutation[] => [
  {
    what: `lets ${user} write to buckets from anywhere`,
    mutate: (exports) => {
      const policy = document(allow("s3:PutObject"));
      exports.add("prd", "aws:iam/userPolicy:UserPolicy", "bucket", { user, policy });
    },
  },
  {
    what: `lets ${user} do something by a statement with a condition that nothing here understands`,
    mutate: (exports) => {
      const policy = document(allow("s3:PutObject", "*", { Condition: { StringEquals: { "s3:x": "1" } } }));
      exports.add("prd", "aws:iam/userPolicy:UserPolicy", "bucket", { user, policy });
    },
  },
  {
    what: `lets ${user} assume a role by its name`,
    mutate: (exports) => {
      role(exports, "helper", trusting({ AWS: arnOf(`user/${user}`) }));
    },
  },
  {
    what: `lets ${user} in by a queue's policy`,
    mutate: (exports) => {
      const Principal = { AWS: arnOf(`user/${user}`) };
      exports.add("prd", "aws:sqs/queue:Queue", "more", {
        policy: document({ ...allow("sqs:*"), Principal }),
      });
    },
  },
];

function control(
  rewrite: (condition: Record<string, Record<string, string | string[]>>) => object,
): Mutation["mutate"] {
  return (exports) => {
    exports.statements(
      "prd",
      "Stack",
      "git-airlock-prd",
      (all: Statement[]) => all.map((one) => ({ ...one, Condition: rewrite(one.Condition ?? {}) })),
      "serviceControlPolicy",
    );
  };
}

const writers = [arnOf("role/deployer"), arnOf("user/target-push")];

/** C4: exceptions of the service control policy that mean more than the declared writers. */
const exceptions: readonly Mutation[] = [
  ...(["ArnNotLike", "ArnNotEquals", "StringNotLike"] as const).flatMap((operator) =>
    [
      "role/deployer*",
      "*deployer",
      "user/target-push*",
      "user/target-pus?",
      "role/deploye?",
      "role/*deployer",
      "role/break-glass*",
      "root",
      "*",
    ].map((pattern) => ({
      what: `spares ${pattern} by ${operator} in the service control policy`,
      mutate: control(() => ({ [operator]: { "aws:PrincipalArn": [...writers, arnOf(pattern)] } })),
    })),
  ),
  ...["target-push*", "target-pus?", "*push", "*"].map((name) => ({
    what: `spares users named ${name} in the service control policy`,
    mutate: control(() => ({
      StringNotLike: { "aws:username": name, "aws:PrincipalArn": arnOf("role/deployer") },
    })),
  })),
  {
    what: "spares the deployer's name in any case in the service control policy",
    mutate: control(() => ({ StringNotEqualsIgnoreCase: { "aws:PrincipalArn": writers } })),
  },
  ...["Account", "FederatedUser", "User", "AssumedRole"].map((type) => ({
    what: `spares principals of the type ${type} in the service control policy`,
    mutate: control((condition) => ({ ...condition, StringNotEquals: { "aws:PrincipalType": type } })),
  })),
  {
    what: "spares sessions of federated users in the service control policy",
    mutate: control(() => ({
      ArnNotLike: { "aws:PrincipalArn": [...writers, `arn:aws:sts::${account}:federated-user/*`] },
    })),
  },
  {
    what: "spares whoever has a tag in the service control policy",
    mutate: control((condition) => ({
      ...condition,
      StringNotEquals: { "aws:PrincipalTag/deployer": "yes" },
    })),
  },
];

/** C12: writes that no push makes. */
const unreviewed: readonly Mutation[] = [
  "codecommit:PutFile",
  "codecommit:CreateCommit",
  "codecommit:MergeBranchesByFastForward",
  "codecommit:DeleteBranch",
  "codecommit:UpdateDefaultBranch",
  "codecommit:Delete*",
].map((action) => ({
  what: `lets the push user ${action}`,
  mutate: (exports) => {
    exports.statements("prd", "Policy", "target-push-policy-1", (all) =>
      all.map((one) => (one.Effect === "Allow" ? { ...one, Action: [...(one.Action ?? []), action] } : one)),
    );
  },
}));

export const identityAttacks: readonly (readonly [ClaimId, readonly Mutation[]])[] = [
  ["C2", otherServices("target-push")],
  ["C3", otherServices("target-pull")],
  ["C4", exceptions],
  ["C9", [...resourcePolicies, ...otherServices("target-push").slice(1, 2)]],
  ["C10", [...chained, ...assets]],
  ["C12", unreviewed],
];

/** What may be a way, and hangs on what nobody shows. */
export const identityUnmodelled: readonly Unmodelled[] = [
  {
    claim: "C10",
    what: "gives a stranger's role a policy of AWS's that is not known",
    names: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    mutate: (exports) => {
      managed(exports, byAccount(stranger), "ReadOnlyAccess");
    },
  },
  {
    claim: "C10",
    what: "lets the organization's accounts assume a role that reads",
    names: "is not shown",
    mutate: (exports) => {
      reader(exports, trusting("*", { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } }));
    },
  },
  {
    claim: "C10",
    what: "lets somebody assume a role that may assume a reader, by a trust policy that is not known",
    names: "whoever a policy names that is not understood",
    mutate: (exports) => {
      reader(exports, byRole("jump"));
      role(exports, "jump", byRole("other"));
      exports.change("prd", "Role", "jump", { assumeRolePolicy: "{" });
    },
  },
  {
    claim: "C10",
    what: "lets the organization read the pull user's credential by the secret's own policy",
    names: "by the policy of",
    mutate: (exports) => {
      const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } };
      const policy = document({ ...allow("secretsmanager:GetSecretValue"), Principal: "*", Condition });
      exports.change("prd", "Secret", "target-pull-secret", { policy });
    },
  },
  {
    claim: "C10",
    what: "lets a stranger pass a reader to a service that nobody knows here",
    names: "is not shown",
    mutate: (exports) => {
      reader(exports, service("bedrock"));
      role(exports, "visitor", byAccount(stranger), allow("iam:PassRole"));
    },
  },
  {
    claim: "C10",
    what: "gives a git credential to a user who reads",
    names: "who holds its credentials is not shown",
    mutate: (exports) => {
      exports.add(
        "prd",
        "aws:iam/user:User",
        "reader",
        { name: "reader", arn: arnOf("user/reader") },
        "reader",
      );
      exports.add("prd", "aws:iam/userPolicy:UserPolicy", "reader", {
        user: "reader",
        policy: document(READ),
      });
      const credential = { userName: "reader", serviceName: "codecommit.amazonaws.com" };
      exports.add("prd", "aws:iam/serviceSpecificCredential:ServiceSpecificCredential", "reader", credential);
    },
  },
  {
    claim: "C10",
    what: "runs a function whose role may assume a reader",
    names: "may read the repositories (job runs as worker, then worker may assume reader)",
    mutate: (exports) => {
      reader(exports, byRole("worker"));
      role(exports, "worker", service("lambda"));
      runningFunction(exports, "worker");
    },
  },
];

/** A role with one of AWS's managed policies. */
function managed(exports: Exports, trust: unknown, policy: string): void {
  role(exports, "app", trust);
  exports.add("prd", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "app", {
    role: "app",
    policyArn: `arn:aws:iam::aws:policy/${policy}`,
  });
}

/** What looks like one of these and is none. */
export const identityHarmless: readonly Mutation[] = [
  {
    what: "lets a role of the account assume a role that reads",
    mutate: (exports) => {
      reader(exports, byRole("builder"));
      role(exports, "builder", service("ec2"));
    },
  },
  {
    what: "lets a stranger's role do nothing, beside a reader that trusts the account",
    mutate: (exports) => {
      reader(exports, byAccount(account));
      role(exports, "visitor", byAccount(stranger), allow("dynamodb:GetItem"));
    },
  },
  {
    what: "denies a stranger's role to assume the reader that it otherwise may",
    mutate: (exports) => {
      reader(exports, byAccount(account));
      const deny = { ...allow("sts:AssumeRole"), Effect: "Deny" };
      role(exports, "visitor", byAccount(stranger), allow("sts:*"), deny);
    },
  },
  ...Object.entries({
    StringEquals: { "aws:PrincipalAccount": account },
    ArnLike: { "aws:PrincipalArn": arnOf("role/builder*") },
    ArnEquals: { "aws:PrincipalArn": arnOf("role/builder") },
  }).map(([operator, keys]): Mutation => ({
    what: `lets a role be assumed by everybody of whom ${operator} ${JSON.stringify(keys)} holds`,
    mutate: (exports) => {
      reader(exports, trusting("*", { [operator]: keys }));
    },
  })),
  {
    what: "lets a stranger's role pass a reader to a service that the reader does not trust",
    mutate: (exports) => {
      reader(exports, service("ec2"));
      const Condition = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } };
      role(
        exports,
        "visitor",
        byAccount(stranger),
        allow("lambda:*"),
        allow("iam:PassRole", "*", { Condition }),
      );
    },
  },
  {
    what: "lets a stranger's role read another bucket",
    mutate: (exports) => {
      role(exports, "visitor", byAccount(stranger), allow("s3:GetObject", "arn:aws:s3:::artifacts/*"));
    },
  },
  {
    what: "names the gate users in a Deny of a bucket's policy",
    mutate: (exports) => {
      const Principal = { AWS: [arnOf("user/target-push"), arnOf("user/target-pull")] };
      const policy = document({ ...allow("s3:*"), Effect: "Deny", Principal });
      exports.add("prd", "aws:s3/bucket:Bucket", "closed", { bucket: "closed", policy });
    },
  },
  {
    what: "lets a topic of the account use a key, whoever asks",
    mutate: (exports) => {
      const Condition = { ArnEquals: { "aws:SourceArn": `arn:aws:sns:ap-northeast-1:${account}:other` } };
      const policy = document({ ...allow("kms:Decrypt"), Principal: "*", Condition });
      exports.add("prd", "aws:kms/key:Key", "messages", { policy });
    },
  },
  {
    what: "lets admins use a key by a pattern of names",
    mutate: (exports) => {
      const Condition = { ArnLike: { "aws:PrincipalArn": arnOf("role/admin-*") } };
      const policy = document({ ...allow("kms:*"), Principal: "*", Condition });
      exports.add("prd", "aws:kms/key:Key", "admins", { policy });
    },
  },
  {
    what: "has a role whose rights on other services hang on keys of theirs",
    mutate: (exports) => {
      role(
        exports,
        "app",
        service("ec2"),
        allow("s3:ListBucket", "*", { Condition: { StringLike: { "s3:prefix": "app/*" } } }),
        allow("iam:PassRole", arnOf("role/app"), {
          Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
        }),
      );
    },
  },
  ...[
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AmazonECSTaskExecutionRolePolicy",
  ].map((policy): Mutation => ({
    what: `gives a function's role AWS's policy ${policy}`,
    mutate: (exports) => {
      managed(exports, service("lambda"), policy);
      runningFunction(exports, "app");
    },
  })),
  {
    what: "spares the push user by its name in the service control policy",
    mutate: control(() => ({
      StringNotEquals: { "aws:username": "target-push", "aws:PrincipalArn": arnOf("role/deployer") },
    })),
  },
];
