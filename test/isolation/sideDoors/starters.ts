/** What acts later or by itself, in every stack: what it may start, read or change leaves the claims about that open. */
import { ACCOUNTS, arn, document, EVERYWHERE, onEach, stranger, type Row } from "./rows";
import type { Editor } from "./threeStacks";

const { source } = ACCOUNTS;
const NETWORK = ["C7", "C8", "C13"] as const;
const ECS = arn("ecs", source, "cluster/any");

/** A role that a service acts as. */
function role(stack: Editor, account: string, service: string, ...actions: readonly string[]): string {
  const roleArn = `arn:aws:iam::${account}:role/${service}-role`;
  const assumeRolePolicy = document({
    Effect: "Allow",
    Principal: { Service: `${service}.amazonaws.com` },
    Action: "sts:AssumeRole",
  });
  stack.add(
    "iam.Role",
    `${service}-role`,
    { name: `${service}-role`, arn: roleArn, assumeRolePolicy },
    `${service}-role`,
  );
  if (actions.length > 0)
    stack.add("iam.RolePolicy", `${service}-role`, {
      role: `${service}-role`,
      policy: document({ Effect: "Allow", Action: actions, Resource: "*" }),
    });
  return roleArn;
}

function schedule(stack: Editor, target: Record<string, unknown>): void {
  stack.add("scheduler.Schedule", "later", { scheduleExpression: "rate(1 hour)", target });
}

/** A universal target. */
function call(
  stack: Editor,
  account: string,
  [service, name]: readonly [string, string],
  action: string,
): void {
  const roleArn = role(stack, account, "scheduler", action);
  schedule(stack, { arn: `arn:aws:scheduler:::aws-sdk:${service}:${name}`, roleArn, input: "{}" });
}

function automate(stack: Editor, account: string, ...actions: readonly string[]): void {
  const assumeRole = role(stack, account, "ssm", ...actions);
  const mainSteps = [
    { name: "call", action: "aws:executeAwsApi", inputs: { Service: "codecommit", Api: "GetFile" } },
  ];
  const content = JSON.stringify({ schemaVersion: "0.3", assumeRole, mainSteps });
  stack.add(
    "ssm.Document",
    "automation",
    { name: "automation", documentType: "Automation", content },
    "automation",
  );
}

function machine(
  stack: Editor,
  account: string,
  tasks: readonly (string | { readonly Resource: string; readonly Parameters: object })[],
  ...actions: readonly string[]
): void {
  const States = Object.fromEntries(
    tasks.map((task, i) => [
      `s${i}`,
      { Type: "Task", End: true, ...(typeof task === "string" ? { Resource: task } : task) },
    ]),
  );
  const definition = JSON.stringify({ StartAt: "s0", States });
  const roleArn = role(stack, account, "states", ...actions);
  stack.add("sfn.StateMachine", "machine", {
    definition,
    roleArn,
    arn: arn("states", account, "stateMachine:machine"),
  });
}

function lambda(stack: Editor, account: string, ...actions: readonly string[]): string {
  const functionArn = arn("lambda", account, "function:later");
  stack.add(
    "lambda.Function",
    "later",
    { arn: functionArn, role: role(stack, account, "lambda", ...actions) },
    "later",
  );
  return functionArn;
}

const leavingOpen: readonly (Omit<Row, "claims"> & Required<Pick<Row, "claims" | "unknown">>)[] = [
  // What starts hosts.
  ...(
    [
      [["ecs", "runTask"], "ecs:RunTask"],
      [["ec2", "runInstances"], "ec2:RunInstances"],
      [["batch", "submitJob"], "batch:SubmitJob"],
      [["autoscaling", "updateAutoScalingGroup"], "autoscaling:UpdateAutoScalingGroup"],
      [["backup", "startRestoreJob"], "backup:StartRestoreJob"],
      [["cloudformation", "createStack"], "cloudformation:CreateStack"],
      [["ssm", "startAutomationExecution"], "ssm:StartAutomationExecution"],
    ] as const
  ).flatMap(([which, action]) =>
    (["source", "mirror"] as const).map((stack) => ({
      what: `schedules ${which.join(":")}, in the ${stack}'s stack`,
      stack,
      claims: NETWORK,
      unknown: `it may ${action} as scheduler-role`,
      edit: (editor: Editor) => {
        call(editor, source, which, action);
      },
    })),
  ),
  ...(["source", "mirror"] as const).map((stack) => ({
    what: `schedules a call as a role that is not shown, in the ${stack}'s stack`,
    stack,
    claims: NETWORK,
    unknown: "what that may change is not shown",
    edit: (editor: Editor) => {
      const roleArn = `arn:aws:iam::${source}:role/unseen`;
      schedule(editor, { arn: "arn:aws:scheduler:::aws-sdk:ec2:runInstances", roleArn });
    },
  })),
  {
    what: "schedules what is a secret",
    stack: "source",
    claims: NETWORK,
    unknown: "is a secret",
    edit: (stack) =>
      stack.add("scheduler.Schedule", "later", {
        target: {
          "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
          ciphertext: "v1:x",
        },
      }),
  },
  {
    what: "schedules tasks of which nothing is shown",
    stack: "source",
    claims: NETWORK,
    unknown: "which tasks it runs is not shown",
    edit: (stack) => {
      schedule(stack, { arn: ECS });
    },
  },
  {
    what: "schedules tasks in the source's network, in the mirror's stack",
    stack: "mirror",
    claims: NETWORK,
    unknown: "it is of the stack mirror",
    edit: (stack) => {
      const ecsParameters = { taskDefinitionArn: "task", networkConfiguration: { subnets: ["subnet-1"] } };
      schedule(stack, { arn: ECS, ecsParameters });
    },
  },
  ...["codebuild:project/p", "batch:job-queue/q", "glue:workflow/w", "codepipeline:pipeline"].map(
    (target) => ({
      what: `has a rule on a schedule start ${target}`,
      stack: "source" as const,
      claims: NETWORK,
      unknown: "what that does is not shown",
      edit: (stack: Editor) => {
        const [service = "", resource = ""] = target.split(":");
        stack.add("cloudwatch.EventRule", "later", { name: "later", scheduleExpression: "rate(1 hour)" });
        stack.add("cloudwatch.EventTarget", "later", { rule: "later", arn: arn(service, source, resource) });
      },
    }),
  ),
  {
    what: "tests whether backups of hosts can be restored",
    stack: "source",
    claims: NETWORK,
    unknown: "it restores EC2 by the clock",
    edit: (stack) =>
      stack.add("backup.RestoreTestingSelection", "test", {
        protectedResourceType: "EC2",
        iamRoleArn: "role",
      }),
  },
  {
    what: "has an automation start hosts",
    stack: "source",
    claims: NETWORK,
    unknown: "it may ec2:RunInstances as ssm-role",
    edit: (stack) => {
      automate(stack, source, "ec2:RunInstances", "iam:PassRole");
    },
  },
  {
    what: "has a state machine start tasks",
    stack: "source",
    claims: NETWORK,
    unknown: "it may ecs:RunTask as states-role",
    edit: (stack) => {
      machine(stack, source, ["arn:aws:states:::ecs:runTask.sync"], "ecs:RunTask");
    },
  },
  // What reads the repositories and acts on no host.
  {
    what: "has an automation read the repositories",
    stack: "target",
    claims: ["C10"],
    unknown: "may read the repositories",
    edit: (stack) => {
      automate(stack, ACCOUNTS.target, "codecommit:GetFile", "s3:PutObject");
    },
  },
  {
    what: "has an automation read the repositories as a role that its association names",
    stack: "target",
    claims: ["C10"],
    unknown: "may read the repositories",
    edit: (stack) => {
      const assumed = role(stack, ACCOUNTS.target, "ssm", "codecommit:GetFile");
      stack.add("ssm.Association", "run", {
        name: "AWS-RunPythonAutomation",
        parameters: { AutomationAssumeRole: assumed },
      });
    },
  },
  {
    what: "has an automation in YAML assume whichever role somebody gives it",
    stack: "target",
    claims: ["C10"],
    unknown: "may read the repositories",
    edit: (stack) => {
      role(stack, ACCOUNTS.target, "ssm", "codecommit:GitPull");
      const content = 'schemaVersion: "0.3"\nassumeRole: "{{ Role }}"\nmainSteps: []\n';
      stack.add("ssm.Document", "automation", {
        documentType: "Automation",
        documentFormat: "YAML",
        content,
      });
    },
  },
  {
    what: "has a maintenance window run an automation that reads the repositories",
    stack: "target",
    claims: ["C10"],
    unknown: "may read the repositories",
    edit: (stack) =>
      stack.add("ssm.MaintenanceWindowTask", "task", {
        taskType: "AUTOMATION",
        taskArn: "AWS-Any",
        windowId: "w",
        serviceRoleArn: role(stack, ACCOUNTS.target, "ssm", "codecommit:BatchGet*", "codecommit:GetFile"),
      }),
  },
  {
    what: "schedules a function that reads the repositories",
    stack: "target",
    claims: ["C10"],
    unknown: "may read the repositories",
    edit: (stack) => {
      const functionArn = lambda(stack, ACCOUNTS.target, "codecommit:GetFile");
      stack.add("cloudwatch.EventRule", "later", { name: "later", scheduleExpression: "rate(1 hour)" });
      stack.add("cloudwatch.EventTarget", "later", { rule: "later", arn: functionArn });
    },
  },
  ...(
    [
      ["dynamodb:putItem", { TableName: "arn:aws:dynamodb:ap-northeast-1:999999999999:table/theirs" }],
      ["dynamodb:putItem", { "TableName.$": "$.table" }],
      ["aws-sdk:ssm:sendCommand", { DocumentName: "AWS-RunShellScript" }],
      ["aws-sdk:s3:headObject", { Bucket: "theirs", "Key.$": "$.FileContent" }],
      ["aws-sdk:cloudwatch:putMetricData", { "Namespace.$": "$.FileContent" }],
    ] as const
  ).map(([called, Parameters]) => ({
    what: `has a state machine read a file and call ${called} with ${JSON.stringify(Parameters)}`,
    stack: "target" as const,
    claims: ["C10"] as const,
    unknown: "may read the repositories",
    edit: (stack: Editor) => {
      const steps = [
        "arn:aws:states:::aws-sdk:codecommit:getFile",
        { Resource: `arn:aws:states:::${called}`, Parameters },
      ];
      machine(stack, ACCOUNTS.target, steps, "codecommit:GetFile");
    },
  })),
  {
    what: "keeps the events of repositories in a queue that a function may read",
    stack: "target",
    claims: ["C10"],
    unknown: "may read what arn:aws:sqs",
    edit: (stack) => {
      const queue = arn("sqs", ACCOUNTS.target, "events");
      stack.add("sqs.Queue", "events", { arn: queue });
      const eventPattern = JSON.stringify({ source: ["aws.codecommit"] });
      stack.add("cloudwatch.EventRule", "events", { name: "events", eventPattern });
      stack.add("cloudwatch.EventTarget", "events", { rule: "events", arn: queue });
      lambda(stack, ACCOUNTS.target, "sqs:ReceiveMessage");
    },
  },
  {
    what: "copies an object of a bucket by the clock",
    stack: "target",
    claims: ["C10"],
    unknown: "may read what",
    edit: (stack) => {
      call(stack, ACCOUNTS.target, ["s3", "copyObject"], "s3:GetObject");
    },
  },
  {
    what: "has a state machine read the repositories and send what it read",
    stack: "target",
    claims: ["C10"],
    unknown: "what it sends is not followed",
    edit: (stack) => {
      const steps = ["arn:aws:states:::aws-sdk:codecommit:getFile", "arn:aws:states:::aws-sdk:s3:putObject"];
      machine(stack, ACCOUNTS.target, steps, "codecommit:GetFile", "s3:PutObject");
    },
  },
  {
    what: "has a state machine send what GitLab writes into parameters",
    stack: "mirror",
    claims: ["C10"],
    unknown: "what it sends is not followed",
    edit: (stack) => {
      const steps = ["arn:aws:states:::aws-sdk:ssm:getParameter", "arn:aws:states:::http:invoke"];
      machine(stack, source, steps, "ssm:GetParameter");
    },
  },
  {
    what: "has an association run a document that is not shown",
    stack: "target",
    claims: ["C10"],
    unknown: "not shown to be a command",
    edit: (stack) => stack.add("ssm.Association", "run", { name: arn("ssm", stranger, "document/theirs") }),
  },
  ...["document/theirs", "document/AWS-RunShellScript", "automation-definition/theirs:$DEFAULT"].flatMap(
    (resource) =>
      onEach(["source", "mirror"], {
        what: `has a rule run a stranger's ${resource}`,
        claims: ["C7", "C10"] as const,
        unknown: "which is not shown",
        edit: (stack: Editor) => {
          stack.add("cloudwatch.EventRule", "run", { name: "run", scheduleExpression: "rate(1 hour)" });
          stack.add("cloudwatch.EventTarget", "run", {
            rule: "run",
            arn: arn("ssm", stranger, resource),
            runCommandTargets: [{ key: "tag:Name", values: ["dev-gitlab"] }],
          });
        },
      }),
  ),
  ...[
    { DocumentName: arn("ssm", stranger, "document/theirs") },
    { DocumentName: "theirs" },
    { DocumentName: "AWS-RunDocument" },
    { DocumentName: "AWS-ConfigureAWSPackage", Parameters: { name: [arn("ssm", stranger, "package/p")] } },
    {},
  ].map((given) => ({
    what: `schedules ssm:sendCommand with ${JSON.stringify(given)}`,
    stack: "source" as const,
    claims: ["C7", "C10"] as const,
    unknown: "not shown to be a command",
    edit: (stack: Editor) => {
      const input = JSON.stringify({ ...given, Targets: [{ Key: "tag:Name", Values: ["dev-gitlab"] }] });
      schedule(stack, { arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand", input });
    },
  })),
  ...[
    "AWSSupport-ExecuteEC2Rescue",
    "AWS-CreateImage",
    "AWS-AttachIAMToInstance",
    "AWS-UpdateCloudFormationStack",
    "AWS-RunDocument",
    "AWS-RunRemoteScript",
    "AWS-RunPatchBaselineWithHooks",
    arn("ssm", "", "document/AWS-CreateImage"),
  ].flatMap((name) => [
    {
      what: `has an association run ${name}`,
      stack: "source" as const,
      claims: ["C7", "C10"] as const,
      unknown: "not shown to be a command",
      edit: (stack: Editor) => stack.add("ssm.Association", "run", { name }),
    },
    {
      what: `has a maintenance window run ${name} as a command`,
      stack: "source" as const,
      claims: ["C7", "C10"] as const,
      unknown: "not shown to be a command",
      edit: (stack: Editor) =>
        stack.add("ssm.MaintenanceWindowTask", "run", {
          taskType: "RUN_COMMAND",
          taskArn: name,
          windowId: "w",
          serviceRoleArn: role(stack, source, "ssm", "sns:Publish"),
        }),
    },
  ]),
  {
    what: "has an association run a stranger's document, with a harmless role among its parameters",
    stack: "source",
    claims: ["C7", "C10"],
    unknown: "not shown to be a command",
    edit: (stack) =>
      stack.add("ssm.Association", "run", {
        name: arn("ssm", stranger, "document/theirs"),
        parameters: { Role: role(stack, source, "ssm", "sns:Publish") },
      }),
  },
  {
    what: "has a maintenance window run a stranger's automation",
    stack: "source",
    claims: ["C7", "C10"],
    unknown: "not shown to be a command",
    edit: (stack) =>
      stack.add("ssm.MaintenanceWindowTask", "run", {
        taskType: "AUTOMATION",
        taskArn: arn("ssm", stranger, "document/theirs"),
        windowId: "w",
        serviceRoleArn: role(stack, source, "ssm", "sns:Publish"),
      }),
  },
  {
    what: "has a document of its own run another one",
    stack: "source",
    claims: ["C7", "C10"],
    unknown: "it runs another document",
    edit: (stack) => {
      const inputs = { documentType: "SSMDocument", documentPath: arn("ssm", stranger, "document/theirs") };
      const mainSteps = [{ name: "run", action: "aws:runDocument", inputs }];
      const content = JSON.stringify({ schemaVersion: "2.2", mainSteps });
      stack.add("ssm.Document", "own", { name: "own", documentType: "Command", content });
    },
  },
  {
    what: "has a function read squid's log",
    stack: "source",
    claims: ["C10"],
    unknown: "source-proxy holds: where it sends them",
    edit: (stack) => {
      lambda(stack, source, "logs:GetLogEvents");
    },
  },
  {
    what: "lets GitLab run commands on other hosts",
    stack: "mirror",
    claims: ["C7"],
    unknown: "it may ssm:SendCommand",
    edit: (stack) => {
      const { role: name } = stack.find("iam.RolePolicy", "mirror").outputs;
      const policy = document({ Effect: "Allow", Action: "ssm:SendCommand", Resource: "*" });
      stack.add("iam.RolePolicy", "more", { role: name, policy });
    },
  },
  // Time bombs.
  ...(
    [
      ["target", ["iam", "attachUserPolicy"], "iam:AttachUserPolicy", ["C2", "C3", "C4", "C9", "C10", "C12"]],
      ["target", ["iam", "detachUserPolicy"], "iam:DetachUserPolicy", ["C2", "C3", "C9"]],
      ["target", ["ec2", "attachInternetGateway"], "ec2:AttachInternetGateway", ["C6"]],
      ["target", ["ec2", "createRoute"], "ec2:CreateRoute", ["C6"]],
      ["target", ["ec2", "modifyVpcEndpoint"], "ec2:ModifyVpcEndpoint", ["C3", "C6"]],
      [
        "target",
        ["route53resolver", "disassociateFirewallRuleGroup"],
        "route53resolver:DisassociateFirewallRuleGroup",
        ["C6"],
      ],
      ["source", ["ec2", "createRoute"], "ec2:CreateRoute", NETWORK],
      ["source", ["ec2", "authorizeSecurityGroupEgress"], "ec2:AuthorizeSecurityGroupEgress", NETWORK],
      ["target", ["codecommit", "putRepositoryTriggers"], "codecommit:PutRepositoryTriggers", ["C10"]],
      ["source", ["ec2", "modifySnapshotAttribute"], "ec2:ModifySnapshotAttribute", ["C10"]],
      ["source", ["logs", "putSubscriptionFilter"], "logs:PutSubscriptionFilter", ["C10"]],
      ["mirror", ["backup", "startCopyJob"], "backup:StartCopyJob", ["C10"]],
    ] as const
  ).map(([stack, which, action, claims]) => ({
    what: `has a schedule call ${which.join(":")} in the ${stack}'s stack`,
    stack,
    claims,
    unknown: `it may ${action} as scheduler-role`,
    edit: (editor: Editor) => {
      call(editor, ACCOUNTS[stack], which, action);
    },
  })),
  {
    what: "has an automation that may do anything",
    stack: "target",
    claims: ["C2", "C3", "C6", "C9", "C10"],
    unknown: "as ssm-role",
    edit: (stack) => {
      automate(stack, ACCOUNTS.target, "*");
    },
  },
  {
    what: "has a function attach policies to users",
    stack: "target",
    claims: ["C2", "C9"],
    unknown: "it may iam:PutUserPolicy as lambda-role",
    edit: (stack) => {
      lambda(stack, ACCOUNTS.target, "iam:PutUserPolicy");
    },
  },
  {
    what: "has a function act as a role that opens the network",
    stack: "source",
    claims: NETWORK,
    unknown: "later runs as lambda-role, then lambda-role may assume ssm-role",
    edit: (stack) => {
      lambda(stack, source, "sts:AssumeRole");
      role(stack, source, "ssm", "ec2:CreateRoute");
      const lambdaRole = `arn:aws:iam::${source}:role/lambda-role`;
      stack.change("iam.Role", "ssm-role", {
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { AWS: lambdaRole },
          Action: "sts:AssumeRole",
        }),
      });
    },
  },
];

/** Lets a stranger act as a role that has these rights. */
function admit(stack: Editor, account: string, ...actions: readonly string[]): void {
  role(stack, account, "audit", ...actions);
  stack.change("iam.Role", "audit-role", {
    assumeRolePolicy: document({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${stranger}:root` },
      Action: "sts:AssumeRole",
    }),
  });
}

const refuting: readonly Omit<Row, "claims">[] = (
  [
    ["source", "logs:FilterLogEvents"],
    ["source", "logs:StartQuery"],
    ["source", "ebs:GetSnapshotBlock"],
    ["source", "ec2:ModifySnapshotAttribute"],
    ["source", "cloudtrail:LookupEvents"],
    ["mirror", "cloudtrail:LookupEvents"],
    ["mirror", "logs:Get*"],
    ["target", "cloudtrail:LookupEvents"],
    ["target", "s3:GetObject"],
    ...[
      "logs:GetQueryResults",
      "logs:StartLiveTail",
      "logs:CreateScheduledQuery",
      "logs:CreateDelivery",
      "logs:CreateExportTask",
      "logs:PutSubscriptionFilter",
      "logs:CreateLogDelivery",
      "logs:ReadOfSomeLaterYear",
      "oam:CreateLink",
      "cloudtrail:CreateEventDataStore",
      "cloudtrail:StartQuery",
      "cloudtrail:GetQueryResults",
      "cloudtrail:ReadOfSomeLaterYear",
      "ec2:GetConsoleOutput",
      "ssm:ListCommandInvocations",
      "ssm:GetCommandInvocation",
      "cloudwatch:GetMetricData",
      "cloudwatch:GetMetricStatistics",
      "cloudwatch:List*",
    ].map((action) => ["source", action] as const),
    ...["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:Describe*"].map(
      (action) => ["mirror", action] as const,
    ),
    ...["oam:*", "cloudwatch:Get*"].map((action) => ["target", action] as const),
  ] as const
).map(([stack, action]) => ({
  what: `lets a stranger ${action} in the ${stack}'s account`,
  stack,
  edit: (editor) => {
    admit(editor, ACCOUNTS[stack], action);
  },
}));

const status = "parameter/git-airlock/mirror/mirror/status";

/** A stranger's role that has a right on some resources alone. */
function admitOn(stack: Editor, account: string, action: string, resource: string): void {
  admit(stack, account, action);
  const policy = document({ Effect: "Allow", Action: action, Resource: resource });
  stack.change("iam.RolePolicy", "audit-role", { policy });
}

const strangers: readonly Row[] = [
  ...(
    [
      ["ssm:GetParameter", status],
      ["ssm:GetParameterHistory", "parameter/git-airlock/*"],
      ["ssm:GetParametersByPath", "parameter/git-airlock/mirror"],
    ] as const
  ).map(([action, resource]): Row => ({
    what: `lets a stranger ${action} on ${resource}, where the mirrors' status is`,
    stack: "mirror",
    claims: ["C10"],
    edit: (stack) => {
      admitOn(stack, source, action, arn("ssm", source, resource));
    },
  })),
  {
    what: "lets a stranger do what of logs no list has, by a pattern",
    stack: "source",
    claims: ["C10"],
    unknown: "whether that is so is not shown",
    edit: (stack) => {
      admit(stack, source, "logs:Transform*");
    },
  },
  ...(
    [
      ["ssm:GetParameter", "parameter/app/settings"],
      ["ssm:GetParametersByPath", "parameter/app"],
      ["logs:*", "log-group:/app:*"],
    ] as const
  ).map(([action, resource]): Row => ({
    what: `lets a stranger ${action} on ${resource}, which is not the airlock's`,
    stack: "source",
    edit: (stack) => {
      admitOn(stack, source, action, arn(action.split(":")[0] ?? "", source, resource));
    },
  })),
  ...["logs:PutLogEvents", "logs:Describe*", "cloudtrail:DescribeTrails", "cloudwatch:PutMetricData"].map(
    (action): Row => ({
      what: `lets a stranger ${action}, which reads nothing`,
      stack: "source",
      edit: (stack) => {
        admit(stack, source, action);
      },
    }),
  ),
];

const harmless: readonly Row[] = [
  ...onEach(EVERYWHERE, {
    what: "stops a database by the clock, and reads an automation's result",
    edit: (stack) => {
      const roleArn = `arn:aws:iam::${source}:role/unseen`;
      schedule(stack, { arn: "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance", roleArn, input: "{}" });
    },
  }),
  {
    what: "scales a service of its own by the clock",
    stack: "source",
    edit: (stack) => {
      const input = JSON.stringify({ Cluster: "c", Service: "s", DesiredCount: 0 });
      schedule(stack, {
        arn: "arn:aws:scheduler:::aws-sdk:ecs:updateService",
        roleArn: "arn:aws:iam::1:role/r",
        input,
      });
    },
  },
  {
    what: "runs a function of the stack by the clock, which writes items and sends mails",
    stack: "source",
    edit: (stack) => {
      const functionArn = lambda(
        stack,
        source,
        "dynamodb:PutItem",
        "ses:SendEmail",
        "logs:PutLogEvents",
        "ec2:Describe*",
      );
      schedule(stack, {
        arn: `${functionArn}:live`,
        roleArn: role(stack, source, "scheduler", "lambda:InvokeFunction"),
      });
      stack.add("cloudwatch.EventRule", "later", { name: "later", scheduleExpression: "rate(1 hour)" });
      stack.add("cloudwatch.EventTarget", "later", { rule: "later", arn: functionArn });
    },
  },
  {
    what: "runs commands of AWS's on hosts by associations and maintenance windows",
    stack: "source",
    edit: (stack) => {
      stack.add("ssm.Association", "agent", {
        name: "AWS-UpdateSSMAgent",
        scheduleExpression: "rate(14 days)",
      });
      const parameters = { action: "Install", name: "AmazonCloudWatchAgent" };
      stack.add("ssm.Association", "package", { name: "AWS-ConfigureAWSPackage", parameters });
      stack.add("ssm.Association", "inventory", { name: "AWS-GatherSoftwareInventory" });
      stack.add("ssm.MaintenanceWindow", "window", { schedule: "rate(7 days)" });
      stack.add("ssm.MaintenanceWindowTarget", "window", { windowId: "window" });
      stack.add("ssm.MaintenanceWindowTask", "patch", {
        taskType: "RUN_COMMAND",
        taskArn: "AWS-RunPatchBaseline",
        windowId: "window",
      });
    },
  },
  {
    what: "runs commands of AWS's and of the stack on hosts by rules and schedules",
    stack: "source",
    edit: (stack) => {
      const own = arn("ssm", source, "document/own");
      const content = JSON.stringify({ schemaVersion: "2.2", mainSteps: [] });
      stack.add("ssm.Document", "own", { name: "own", arn: own, documentType: "Command", content }, "own");
      stack.add("cloudwatch.EventRule", "run", { name: "run", scheduleExpression: "rate(1 hour)" });
      for (const [name, run] of [
        ["aws", arn("ssm", "", "document/AWS-RunPatchBaseline")],
        ["own", own],
      ] as const) {
        const runCommandTargets = [{ key: "tag:Name", values: ["dev-gitlab"] }];
        stack.add("cloudwatch.EventTarget", name, { rule: "run", arn: run, runCommandTargets });
      }
      const input = JSON.stringify({ DocumentName: "own", InstanceIds: ["i-1"] });
      schedule(stack, { arn: "arn:aws:scheduler:::aws-sdk:ssm:sendCommand", input });
    },
  },
  {
    what: "has a runbook of AWS's stop hosts as a role that may do that alone",
    stack: "source",
    edit: (stack) => {
      const AutomationAssumeRole = role(stack, source, "ssm", "ec2:StopInstances");
      stack.add("ssm.Association", "stop", {
        name: "AWS-StopEC2Instance",
        automationTargetParameterName: "InstanceId",
        parameters: { AutomationAssumeRole },
      });
    },
  },
  {
    what: "has a state machine keep items and invoke a function of the stack",
    stack: "target",
    edit: (stack) => {
      const functionArn = lambda(stack, ACCOUNTS.target, "logs:PutLogEvents");
      const kept = { Resource: "arn:aws:states:::dynamodb:putItem", Parameters: { TableName: "items" } };
      machine(stack, ACCOUNTS.target, [functionArn, kept], "dynamodb:PutItem");
      schedule(stack, {
        arn: arn("states", ACCOUNTS.target, "stateMachine:machine"),
        roleArn: "arn:aws:iam::1:role/r",
      });
    },
  },
  {
    what: "tests whether backups of disks and buckets can be restored",
    stack: "source",
    edit: (stack) => {
      stack.add("backup.RestoreTestingPlan", "test", { scheduleExpression: "rate(7 days)" });
      for (const type of ["EBS", "S3"])
        stack.add("backup.RestoreTestingSelection", type, {
          protectedResourceType: type,
          iamRoleArn: "role",
        });
    },
  },
  {
    what: "snapshots a disk by a rule on a schedule",
    stack: "source",
    edit: (stack) => {
      stack.add("cloudwatch.EventRule", "later", { name: "later", scheduleExpression: "rate(1 day)" });
      stack.add("cloudwatch.EventTarget", "later", {
        rule: "later",
        arn: arn("events", source, "target/create-snapshot"),
      });
    },
  },
];

export const starterRows: readonly Row[] = [
  ...refuting.map((row): Row => ({ ...row, claims: ["C10"] })),
  ...leavingOpen,
  ...strangers,
  ...harmless,
];
