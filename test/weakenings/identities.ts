/** Ways that somebody gets rights by way of others, and exceptions that mean more than they say. */
import { account, addRole, document, stranger } from "./parts";
import type { Editor, Statement } from "./editor";
import { each, type Weakening } from "./weakening";

const arnOf = (resource: string, owner = account) => `arn:aws:iam::${owner}:${resource}`;
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

/** Adds a role with its trust policy's statement and those of its rights. */
const role = (stack: Editor, name: string, trust: object, ...rights: object[]) =>
  addRole(stack, name, document(trust), ...rights);

const READ = allow(["codecommit:GitPull", "codecommit:GetFile"]);

/** A role that may read the repositories. */
const reader = (stack: Editor, trust: object) => role(stack, "reader", trust, READ);

/** What a stranger's role may do, beside a reader whom it does not name. */
const beside = (what: string, trust: object, ...rights: object[]) => ({
  what: `lets a stranger ${what}, beside a role that reads`,
  edit: (stack: Editor) => {
    reader(stack, trust);
    role(stack, "visitor", byAccount(stranger), ...rights);
  },
});

/** A stranger becomes a reader by more than one step. */
const chained = each({ stack: "target", claim: "C10" }, [
  {
    what: "lets a stranger's role assume a reader, each by name",
    edit: (stack) => {
      reader(stack, byRole("jump"));
      role(stack, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger's role assume a reader that trusts the account",
    edit: (stack) => {
      reader(stack, byAccount(account));
      role(stack, "jump", byAccount(stranger), allow("sts:AssumeRole", arnOf("role/read*")));
    },
  },
  {
    what: "lets a stranger assume a reader over three roles",
    edit: (stack) => {
      reader(stack, byRole("second"));
      role(stack, "second", byAccount(account));
      role(stack, "first", trusting({ AWS: stranger }), allow("sts:*"));
    },
  },
  {
    what: "lets sessions of a stranger's role assume a reader that trusts everybody of the account",
    edit: (stack) => {
      reader(stack, trusting("*", { StringEquals: { "aws:PrincipalAccount": account } }));
      role(stack, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger with an external id read",
    edit: (stack) =>
      reader(stack, trusting({ AWS: arnOf("root", stranger) }, { StringEquals: { "sts:ExternalId": "x" } })),
  },
  {
    what: "lets principals of any account read who have a deployer's name",
    edit: (stack) => {
      const like = { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/deployer" } };
      reader(stack, trusting({ AWS: "*" }, like));
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
    edit: (stack) => {
      reader(stack, service("ec2"));
      role(stack, "second", byRole("visitor"));
      role(stack, "visitor", byAccount(stranger), allow("iam:PutRolePolicy", arnOf("role/second")));
    },
  },
  {
    what: "lets a stranger change a function that runs as a reader",
    edit: (stack) => {
      reader(stack, service("lambda"));
      runningFunction(stack, "reader");
      role(stack, "visitor", byAccount(stranger), allow("lambda:UpdateFunctionCode"));
    },
  },
  ...["iam:CreateAccessKey", "iam:CreateServiceSpecificCredential", "iam:ResetServiceSpecificCredential"].map(
    (action) => ({
      what: `lets a stranger do ${action} for a user who reads`,
      edit: (stack: Editor) => {
        const arn = arnOf("user/reader");
        stack.add("iam.User", "reader", { name: "reader", arn }, "reader");
        const policy = document(READ);
        stack.add("iam.UserPolicy", "reader", { user: "reader", policy });
        role(stack, "visitor", byAccount(stranger), allow(action, arn));
      },
    }),
  ),
  {
    what: "lets a stranger be administrator by AWS's policy",
    edit: (stack) => {
      managed(stack, byAccount(stranger), "AdministratorAccess");
    },
  },
  ...["iam:*", "iam:PutRolePolicy", "iam:CreatePolicyVersion"].map((action) => ({
    what: `lets a stranger do ${action} where nobody else is`,
    edit: (stack: Editor) => role(stack, "visitor", byAccount(stranger), allow(action)),
  })),
  {
    what: "lets a stranger make a rule that sends events on",
    edit: (stack) =>
      role(stack, "visitor", byAccount(stranger), allow(["events:PutRule", "events:PutTargets"])),
  },
  {
    what: "lets a stranger assume a declared deployer that may read",
    edit: (stack) => role(stack, "deployer", byAccount(stranger), allow("*")),
  },
]);

function runningFunction(stack: Editor, name: string): void {
  const arn = `arn:aws:lambda:ap-northeast-1:${account}:function:job`;
  stack.add("lambda.Function", "job", { name: "job", arn, role: arnOf(`role/${name}`) }, "job");
}

const bucketOf = (stack: Editor) => String(stack.find("s3.Bucket", "target-tripwires").outputs.arn);

/** What holds the words of calls, and the pull user's credential. */
const assets = each({ stack: "target", claim: "C10" }, [
  ...["s3:GetObject", "s3:*", "s3:Get*", "s3:PutBucketPolicy"].map((action) => ({
    what: `lets a stranger's role ${action} on the trail's bucket`,
    edit: (stack: Editor) =>
      role(stack, "auditor", byAccount(stranger), allow(action, [bucketOf(stack), `${bucketOf(stack)}/*`])),
  })),
  {
    what: "lets a stranger's role read some of the trail's objects",
    edit: (stack) => {
      const some = `${bucketOf(stack)}/AWSLogs/${account}/CloudTrail/ap-northeast-1/2026/*`;
      role(stack, "auditor", byAccount(stranger), allow("s3:GetObject", some));
    },
  },
  ...["cloudtrail:LookupEvents", "cloudtrail:*", "cloudtrail:UpdateTrail"].map((action) => ({
    what: `lets a stranger's role do ${action}`,
    edit: (stack: Editor) => role(stack, "auditor", byAccount(stranger), allow(action)),
  })),
  {
    what: "lets a stranger reach a role that reads the trail's bucket",
    edit: (stack) => {
      role(stack, "auditor", byRole("jump"), allow("s3:GetObject", `${bucketOf(stack)}/*`));
      role(stack, "jump", byAccount(stranger));
    },
  },
  {
    what: "lets a stranger's role read the pull user's credential",
    edit: (stack) => role(stack, "visitor", byAccount(stranger), allow("secretsmanager:GetSecretValue")),
  },
  {
    what: "lets a stranger's role read the trail's bucket by the bucket's own policy",
    edit: (stack) => {
      role(stack, "auditor", byAccount(stranger));
      const Principal = { AWS: arnOf("role/auditor") };
      const reads = { ...allow("s3:GetObject", `${bucketOf(stack)}/*`), Principal };
      stack.statements("s3.BucketPolicy", "target-tripwires", (all) => [...all, reads]);
    },
  },
  {
    what: "lets a stranger's role read messages of commits",
    edit: (stack) => role(stack, "visitor", byAccount(stranger), allow("codecommit:ListFileCommitHistory")),
  },
  ...["*", { AWS: arnOf("root", stranger) }].map((Principal) => ({
    what: `lets ${JSON.stringify(Principal)} read the pull user's credential by the secret's own policy`,
    edit: (stack: Editor) => {
      const policy = document({ ...allow("secretsmanager:GetSecretValue"), Principal });
      stack.change("secretsmanager.Secret", "target-pull-secret", { policy });
    },
  })),
]);

/** What policies of resources say of patterns that mean a gate user. */
const resourcePolicies = (["target-push", "target-pull"] as const).flatMap((user) =>
  each({ stack: "target", claim: "C9" }, [
    ...Object.entries({
      StringLike: { "aws:PrincipalArn": arnOf("user/target-*") },
      ArnLike: { "aws:PrincipalArn": arnOf(`user/${user}`) },
      StringEquals: { "aws:username": user },
      StringEqualsIgnoreCase: { "aws:username": user.toUpperCase() },
      StringNotLike: { "aws:username": "admin*" },
      ArnNotLike: { "aws:PrincipalArn": arnOf("role/*") },
    }).map(([operator, keys]) => ({
      what: `lets everybody use a key of whom ${operator} ${JSON.stringify(keys)} holds, ${user} among them`,
      edit: (stack: Editor) => {
        const policy = document({ ...allow("kms:*"), Principal: "*", Condition: { [operator]: keys } });
        stack.add("kms.Key", "more", { policy });
      },
    })),
    {
      what: `lets everybody of ${user}'s account use a key`,
      edit: (stack) => {
        const Condition = { StringEquals: { "kms:CallerAccount": account } };
        const policy = document({ ...allow("kms:Decrypt"), Principal: { AWS: "*" }, Condition });
        stack.add("kms.Key", "more", { policy });
      },
    },
    {
      what: `lets ${user} use a key by the user's unique id`,
      edit: (stack) => {
        const Principal = { AWS: stack.find("iam.User", user).outputs.uniqueId };
        stack.change("kms.Key", "target-alarms", { policy: document({ ...allow("kms:*"), Principal }) });
      },
    },
    ...["s3.BucketPolicy", "sqs.QueuePolicy"].map((type) => ({
      what: `lets ${user} in by the policy of a ${type}`,
      edit: (stack: Editor) => {
        const Principal = { AWS: arnOf(`user/${user}`) };
        stack.add(type, "more", { policy: document({ ...allow("*"), Principal }) });
      },
    })),
    {
      what: `lets ${user} take on a role by a pattern of names`,
      edit: (stack) =>
        role(stack, "helper", trusting("*", { StringLike: { "aws:PrincipalArn": arnOf("user/target-*") } })),
    },
    {
      what: `lets ${user} do something by a statement with a condition that nothing here understands`,
      edit: (stack) => {
        const Condition = { StringEquals: { "s3:x": "1" } };
        stack.add("iam.UserPolicy", "bucket", {
          user,
          policy: document(allow("s3:PutObject", "*", { Condition })),
        });
      },
      claim: [user === "target-push" ? "C2" : "C3", "C9"],
    },
    {
      what: `lets ${user} in by a queue's policy`,
      edit: (stack) => {
        const Principal = { AWS: arnOf(`user/${user}`) };
        stack.add("sqs.Queue", "more", { policy: document({ ...allow("sqs:*"), Principal }) });
      },
      claim: user === "target-push" ? "C2" : "C3",
    },
  ]),
);

const inControl = (rewrite: (condition: NonNullable<Statement["Condition"]>) => object) => (stack: Editor) =>
  stack.statements(
    "pulumi:pulumi:Stack",
    "git-airlock-prd",
    (all) => all.map((one) => ({ ...one, Condition: rewrite(one.Condition ?? {}) })),
    "serviceControlPolicy",
  );

const writers = [arnOf("role/deployer"), arnOf("user/target-push")];

/** Exceptions of the service control policy that mean more than the declared writers. */
const exceptions = each({ stack: "target", claim: "C4" }, [
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
      edit: inControl(() => ({ [operator]: { "aws:PrincipalArn": [...writers, arnOf(pattern)] } })),
    })),
  ),
  ...["target-push*", "target-pus?", "*push", "*"].map((name) => ({
    what: `spares users named ${name} in the service control policy`,
    edit: inControl(() => ({
      StringNotLike: { "aws:username": name, "aws:PrincipalArn": arnOf("role/deployer") },
    })),
  })),
  {
    what: "spares the deployer's name in any case in the service control policy",
    edit: inControl(() => ({ StringNotEqualsIgnoreCase: { "aws:PrincipalArn": writers } })),
  },
  ...["Account", "FederatedUser", "User", "AssumedRole"].map((type) => ({
    what: `spares principals of the type ${type} in the service control policy`,
    edit: inControl((condition) => ({ ...condition, StringNotEquals: { "aws:PrincipalType": type } })),
  })),
  {
    what: "spares sessions of federated users in the service control policy",
    edit: inControl(() => ({
      ArnNotLike: { "aws:PrincipalArn": [...writers, `arn:aws:sts::${account}:federated-user/*`] },
    })),
  },
  {
    what: "spares whoever has a tag in the service control policy",
    edit: inControl((condition) => ({
      ...condition,
      StringNotEquals: { "aws:PrincipalTag/deployer": "yes" },
    })),
  },
]);

/** What may be a way, and hangs on what nobody shows. */
const unclear = each({ stack: "target", claim: "C10" }, [
  {
    what: "gives a stranger's role a policy of AWS's that is not known",
    edit: (stack) => {
      managed(stack, byAccount(stranger), "ReadOnlyAccess");
    },
    unknown: "arn:aws:iam::aws:policy/ReadOnlyAccess",
  },
  {
    what: "lets the organization's accounts assume a role that reads",
    unknown: "is not shown",
    edit: (stack) => reader(stack, trusting("*", { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } })),
  },
  {
    what: "lets somebody assume a role that may assume a reader, by a trust policy that is not known",
    edit: (stack) => {
      reader(stack, byRole("jump"));
      role(stack, "jump", byRole("other"));
      stack.change("iam.Role", "jump", { assumeRolePolicy: "{" });
    },
    unknown: "somebody named by a trust policy that is not understood",
  },
  {
    what: "lets the organization read the pull user's credential by the secret's own policy",
    edit: (stack) => {
      const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } };
      const policy = document({ ...allow("secretsmanager:GetSecretValue"), Principal: "*", Condition });
      stack.change("secretsmanager.Secret", "target-pull-secret", { policy });
    },
    unknown: "by the policy of",
  },
  {
    what: "lets a stranger pass a reader to a service that nobody knows here",
    unknown: "is not shown",
    edit: (stack) => {
      reader(stack, service("bedrock"));
      role(stack, "visitor", byAccount(stranger), allow("iam:PassRole"));
    },
  },
  {
    what: "gives a git credential to a user who reads",
    unknown: "who holds its credentials is not shown",
    edit: (stack) => {
      stack.add("iam.User", "reader", { name: "reader", arn: arnOf("user/reader") }, "reader");
      stack.add("iam.UserPolicy", "reader", {
        user: "reader",
        policy: document(READ),
      });
      const credential = { userName: "reader", serviceName: "codecommit.amazonaws.com" };
      stack.add("iam.ServiceSpecificCredential", "reader", credential);
    },
  },
  {
    what: "gives an access key to a user who may assume a reader",
    unknown: "who holds its credentials is not shown",
    edit: (stack) => {
      reader(stack, byAccount(account));
      stack.add("iam.User", "robot", { name: "robot", arn: arnOf("user/robot") }, "robot");
      const policy = document(allow("sts:AssumeRole", arnOf("role/reader")));
      stack.add("iam.UserPolicy", "robot", { user: "robot", policy });
      stack.add("iam.AccessKey", "robot", { user: "robot" });
    },
  },
  {
    what: "runs a function whose role may assume a reader",
    unknown: "may read the repositories (job runs as worker, then worker may assume reader)",
    edit: (stack) => {
      reader(stack, byRole("worker"));
      role(stack, "worker", service("lambda"));
      runningFunction(stack, "worker");
    },
  },
]);

const sourceAccount = "111111111111";
const logGroup = `arn:aws:logs:ap-northeast-1:${sourceAccount}:log-group:/git-airlock/dev/source-proxy`;

/** A stranger reads what the source keeps of words that GitLab chose. */
const records = each(
  { stack: "source", claim: "C10" },
  (
    [
      ["logs:FilterLogEvents", `${logGroup}:*`],
      ["logs:*", "*"],
      ["cloudtrail:LookupEvents", "*"],
      ["ec2:ModifySnapshotAttribute", "*"],
      ["iam:PutRolePolicy", "*"],
    ] as const
  ).map(([action, resource]) => ({
    what: `lets a stranger's role do ${action} on ${resource}`,
    edit: (stack: Editor) => {
      const arn = arnOf("role/visitor", sourceAccount);
      const assumeRolePolicy = document(byAccount(stranger));
      stack.add("iam.Role", "visitor", { name: "visitor", arn, assumeRolePolicy }, "visitor");
      stack.add("iam.RolePolicy", "visitor", { role: "visitor", policy: document(allow(action, resource)) });
    },
  })),
);

/** Adds a role with one of AWS's managed policies. */
function managed(stack: Editor, trust: object, policy: string): void {
  role(stack, "app", trust);
  const policyArn = `arn:aws:iam::aws:policy/${policy}`;
  stack.add("iam.RolePolicyAttachment", "app", { role: "app", policyArn });
}

/** What looks like one of these and is none. */
const harmless = each({ stack: "target" }, [
  {
    what: "lets a role of the account assume a role that reads",
    edit: (stack) => {
      reader(stack, byRole("builder"));
      role(stack, "builder", service("ec2"));
    },
  },
  {
    what: "lets a stranger's role do nothing, beside a reader that trusts the account",
    edit: (stack) => {
      reader(stack, byAccount(account));
      role(stack, "visitor", byAccount(stranger), allow("dynamodb:GetItem"));
    },
  },
  {
    what: "denies a stranger's role to assume the reader that it otherwise may",
    edit: (stack) => {
      reader(stack, byAccount(account));
      const deny = { ...allow("sts:AssumeRole"), Effect: "Deny" };
      role(stack, "visitor", byAccount(stranger), allow("sts:*"), deny);
    },
  },
  ...Object.entries({
    StringEquals: { "aws:PrincipalAccount": account },
    ArnLike: { "aws:PrincipalArn": arnOf("role/builder*") },
    ArnEquals: { "aws:PrincipalArn": arnOf("role/builder") },
  }).map(([operator, keys]) => ({
    what: `lets a role be assumed by everybody of whom ${operator} ${JSON.stringify(keys)} holds`,
    edit: (stack: Editor) => reader(stack, trusting("*", { [operator]: keys })),
  })),
  {
    what: "lets a stranger's role pass a reader to a service that the reader does not trust",
    edit: (stack) => {
      reader(stack, service("ec2"));
      const Condition = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com" } };
      role(
        stack,
        "visitor",
        byAccount(stranger),
        allow("lambda:*"),
        allow("iam:PassRole", "*", { Condition }),
      );
    },
  },
  {
    what: "lets a stranger's role read another bucket",
    edit: (stack) =>
      role(stack, "visitor", byAccount(stranger), allow("s3:GetObject", "arn:aws:s3:::artifacts/*")),
  },
  {
    what: "names the gate users in a Deny of a bucket's policy",
    edit: (stack) => {
      const Principal = { AWS: [arnOf("user/target-push"), arnOf("user/target-pull")] };
      const policy = document({ ...allow("s3:*"), Effect: "Deny", Principal });
      stack.add("s3.Bucket", "closed", { bucket: "closed", policy });
    },
  },
  {
    what: "lets a topic of the account use a key, whoever asks",
    edit: (stack) => {
      const Condition = { ArnEquals: { "aws:SourceArn": `arn:aws:sns:ap-northeast-1:${account}:other` } };
      const policy = document({ ...allow("kms:Decrypt"), Principal: "*", Condition });
      stack.add("kms.Key", "messages", { policy });
    },
  },
  {
    what: "lets admins use a key by a pattern of names",
    edit: (stack) => {
      const Condition = { ArnLike: { "aws:PrincipalArn": arnOf("role/admin-*") } };
      const policy = document({ ...allow("kms:*"), Principal: "*", Condition });
      stack.add("kms.Key", "admins", { policy });
    },
  },
  {
    what: "has a role whose rights on other services hang on keys of theirs",
    edit: (stack) =>
      role(
        stack,
        "app",
        service("ec2"),
        allow("s3:ListBucket", "*", { Condition: { StringLike: { "s3:prefix": "app/*" } } }),
        allow("iam:PassRole", arnOf("role/app"), {
          Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
        }),
      ),
  },
  {
    what: "gives a role of the account a policy of AWS's that is not known",
    edit: (stack) => {
      managed(stack, service("backup"), "service-role/AWSBackupServiceRolePolicyForBackup");
    },
  },
  ...[
    "AmazonSSMManagedInstanceCore",
    "CloudWatchAgentServerPolicy",
    "service-role/AWSLambdaBasicExecutionRole",
    "service-role/AmazonECSTaskExecutionRolePolicy",
  ].map((policy) => ({
    what: `gives a function's role AWS's policy ${policy}`,
    edit: (stack: Editor) => {
      managed(stack, service("lambda"), policy);
      runningFunction(stack, "app");
    },
  })),
  {
    what: "spares the push user by its name in the service control policy",
    edit: inControl(() => ({
      StringNotEquals: { "aws:username": "target-push", "aws:PrincipalArn": arnOf("role/deployer") },
    })),
  },
]);

export const identities: readonly Weakening[] = [
  ...chained,
  ...assets,
  ...records,
  ...resourcePolicies,
  ...exceptions,
  ...unclear,
  ...harmless,
];
