/** Weakened proxies, data, side doors and good order. */
import * as aws from "@pulumi/aws";
import type { Editor, Weakening } from "./weakening";

/** Rewrites squid.conf where the task definition holds it. */
function squidConf(rewrite: (text: string) => string): Weakening["weaken"] {
  return (stack) => {
    stack.rewrite(aws.ecs.TaskDefinition, "source-proxy", "containerDefinitions", (definitions) => {
      const containers = JSON.parse(definitions) as { environment: { value: string }[] }[];
      for (const variable of containers.flatMap(({ environment }) => environment)) {
        const before = Buffer.from(variable.value, "base64").toString();
        variable.value = Buffer.from(rewrite(before)).toString("base64");
      }
      return JSON.stringify(containers);
    });
  };
}

const proxyWeakenings: readonly Weakening[] = [
  {
    what: "lets the proxy through to all of amazonaws.com",
    weaken: squidConf((text) => text.replace(/dstdomain -n .*/, "dstdomain -n .amazonaws.com")),
    says: [".amazonaws.com", "http_access allow codecommit"],
  },
  {
    what: "lets the proxy through to another region's CodeCommit too",
    weaken: squidConf((text) => text.replace(/dstdomain -n .*/, "$& git-codecommit.us-east-1.amazonaws.com")),
    says: ["git-codecommit.us-east-1.amazonaws.com"],
  },
  {
    what: "lets the proxy through to everything",
    weaken: squidConf((text) => text.replace("http_access allow codecommit", "http_access allow all")),
    says: ["any host", "http_access allow all"],
  },
  {
    what: "lets the proxy through to port 80 too",
    weaken: squidConf((text) => text.replace("acl https port 443", "acl https port 443 80")),
    says: ["443, 80"],
  },
  {
    what: "lets the proxy fetch pages instead of tunnelling only",
    weaken: squidConf((text) => text.replace("http_access deny !tunnel\n", "")),
    says: ["any method"],
  },
  {
    what: "ends squid.conf without a denial of the rest",
    weaken: squidConf((text) => text.replace("http_access deny all\n", "")),
    says: ["cannot be decided", "http_access deny all"],
  },
  {
    what: "includes another file into squid.conf",
    weaken: squidConf((text) => `include /etc/squid/more.conf\n${text}`),
    says: ["cannot be decided", "include"],
  },
].map((weakening) => ({
  ...{ ...weakening, stack: "source", rule: "proxy-admits-codecommit-only" },
  says: ["source-proxy", ...weakening.says],
}));

const dataWeakenings: readonly Weakening[] = [
  {
    what: "goes back to the first version of instance metadata",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.Instance, "source-gitlab", { metadataOptions: { httpTokens: "optional" } });
    },
    rule: "instances-require-imdsv2",
    says: ["source-gitlab", "httpTokens optional"],
  },
  {
    what: "leaves the data volume plain",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ebs.Volume, "source-gitlab-data", { encrypted: false });
    },
    rule: "volumes-are-encrypted",
    says: ["source-gitlab-data", "encrypted false"],
  },
  {
    what: "leaves the root volume plain",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.Instance, "source-gitlab", { rootBlockDevice: { volumeType: "gp3" } });
    },
    rule: "volumes-are-encrypted",
    says: ["source-gitlab", "rootBlockDevice.encrypted not set"],
  },
  {
    what: "leaves an Elastic IP unprotected",
    stack: "source",
    weaken: (stack) => {
      stack.find(aws.ec2.Eip, "source-nat-ap-northeast-1a").protect = false;
    },
    rule: "elastic-ips-are-protected",
    says: ["source-nat-ap-northeast-1a", "protect false"],
  },
  {
    what: "leaves a repository unprotected",
    stack: "target",
    weaken: (stack) => {
      stack.find(aws.codecommit.Repository, "target-repository-platform.app").protect = false;
    },
    rule: "repositories-are-protected",
    level: "advisory",
    says: ["target-repository-platform.app", "protect false"],
  },
  {
    what: "leaves GitLab without protection from termination",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ec2.Instance, "source-gitlab", { disableApiTermination: false });
    },
    rule: "gitlab-is-protected-from-termination",
    level: "advisory",
    says: ["source-gitlab", "disableApiTermination false"],
  },
  {
    what: "makes no backups",
    stack: "source",
    weaken: (stack) => {
      stack.remove(aws.dlm.LifecyclePolicy, "source-backup");
    },
    rule: "gitlab-is-backed-up",
    level: "advisory",
    says: ["source-gitlab", "no backups"],
  },
  {
    what: "never lets go of the proxy's logs",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.cloudwatch.LogGroup, "source-proxy", { retentionInDays: undefined });
    },
    rule: "logs-are-kept",
    level: "advisory",
    says: ["source-proxy", "retentionInDays not set"],
  },
];

const stranger = "arn:aws:sns:ap-northeast-1:999999999999:loot";

/** What a notification rule tells of. */
const everyPush = {
  resource: "arn:aws:codecommit:ap-northeast-1:222222222222:platform.app",
  detailType: "FULL",
  eventTypeIds: ["codecommit-repository-branches-and-tags-updated"],
};

const sideDoorWeakenings: readonly Weakening[] = [
  {
    what: "has a repository tell another account of each push",
    stack: "target",
    weaken: (stack) => {
      stack.add(aws.codecommit.Trigger, "trigger", {
        repositoryName: "platform.app",
        triggers: [{ name: "all", events: ["all"], destinationArn: stranger }],
      });
    },
    rule: "repository-triggers-stay-home",
    says: ["trigger", stranger],
  },
  {
    what: "has a chat room notified of commits",
    stack: "target",
    weaken: (stack) => {
      stack.add(aws.codestarnotifications.NotificationRule, "chat", {
        ...everyPush,
        targets: [
          {
            type: "AWSChatbotSlack",
            address: "arn:aws:chatbot::222222222222:chat-configuration/slack-channel/all",
          },
        ],
      });
    },
    rule: "notification-rules-stay-home",
    says: ["chat", "slack-channel/all", "chat room"],
  },
  {
    what: "has another account's topic notified of commits",
    stack: "target",
    weaken: (stack) => {
      stack.add(aws.codestarnotifications.NotificationRule, "notify", {
        ...everyPush,
        targets: [{ type: "SNS", address: stranger }],
      });
    },
    rule: "notification-rules-stay-home",
    says: ["notify", stranger, "222222222222"],
  },
  {
    what: "sends events to another account's bus",
    stack: "target",
    weaken: (stack) => {
      const arn = "arn:aws:events:ap-northeast-1:999999999999:event-bus/default";
      stack.add(aws.cloudwatch.EventTarget, "bus", { rule: "pushes", arn });
    },
    rule: "event-targets-stay-home",
    says: ["bus", "arn:aws:events:ap-northeast-1:999999999999:event-bus/default"],
  },
];

const password = "Eqk4LREA16x2l6ZkDueMcDQfRXaRJov6bqAaSuh1rkk=";

function addToUserData(line: string): Weakening["weaken"] {
  return (stack) => {
    stack.rewrite(aws.ec2.Instance, "source-gitlab", "userData", (text) => `${text}\n${line}\n`);
  };
}

function output(stack: Editor, name: string, value: unknown): void {
  const root = stack.subjects.find(({ type }) => type === "pulumi:pulumi:Stack");
  if (!root) throw new Error("there is no stack resource");
  root.outputs[name] = value;
}

const hygieneWeakenings: readonly Weakening[] = [
  {
    what: "writes a git password into the user data",
    stack: "source",
    weaken: addToUserData(`git_password='${password}'`),
    rule: "no-secret-in-user-data",
    says: ["source-gitlab", "a CodeCommit password", "userData"],
  },
  {
    what: "hides an AWS key in base64 in the user data",
    stack: "source",
    weaken: addToUserData(
      Buffer.from("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n").toString("base64"),
    ),
    rule: "no-secret-in-user-data",
    says: ["source-gitlab", "an AWS access key id"],
  },
  {
    what: "keeps a password in a tag",
    stack: "source",
    weaken: (stack) => {
      stack.change(aws.ebs.Volume, "source-gitlab-data", { tags: { Name: "data", secret: password } });
    },
    rule: "no-secret-in-tags",
    says: ["source-gitlab-data", "a CodeCommit password", "tags.secret"],
  },
  {
    what: "exports a password in plain text",
    stack: "target",
    weaken: (stack) => {
      output(stack, "pullCredential", { userName: "target-pull-at-222222222222", password });
    },
    rule: "no-secret-in-outputs",
    says: ["git-airlock-prd", "a CodeCommit password", "pullCredential.password"],
  },
  {
    what: "forgets who owns a resource",
    stack: "source",
    weaken: (stack) => {
      stack.find(aws.ebs.Volume, "source-gitlab-data").outputs.tagsAll = { pj: "mirror", env: "dev" };
    },
    rule: "required-tags",
    level: "advisory",
    says: ["source-gitlab-data", "owner"],
  },
];

export const otherWeakenings: readonly Weakening[] = [
  ...proxyWeakenings,
  ...dataWeakenings,
  ...sideDoorWeakenings,
  ...hygieneWeakenings,
];
