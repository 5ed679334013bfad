/**
 * The arguments of PushMirrors: their schema, what must hold between them, and the types that follow from it. Everything
 * that decides how many resources exist is a plain value.
 */
import type { Output } from "@pulumi/pulumi";
import { z } from "zod";
import { codeCommitCloneUrl } from "../../facts/hosts";
import type { GitCredential } from "../mirrorTarget/gateUser";
import { isRepositoryName } from "../mirrorTarget/repositoryName";
import { keyPolicySize } from "../limits";
import { isOutput } from "../schema/eventual";
import { boolean, list, object, pattern, text, withRules, type Report, type Rule } from "../schema/fields";
import { accountId, ec2IdOf, region } from "../schema/place";
import { deployers, reportForeign } from "../schema/principals";
import { gitlabProjectProblem } from "../syntax";
import { credentialKeyPolicy, type CredentialKeyUsers } from "./credentialKeyPolicy";
import { twiceMirrored } from "./twiceMirrored";

const cloneUrlExample = "https://git-codecommit.ap-northeast-1.amazonaws.com/v1/repos/platform.network";

function repository() {
  return object(
    {
      /** Path of the project in GitLab. */
      gitlabProject: text("platform/network", gitlabProjectProblem),
      /** CodeCommit name. */
      name: text("platform.network", (name) =>
        isRepositoryName(name) ? undefined : "is not a CodeCommit name",
      ),
      cloneUrlHttp: text(cloneUrlExample, () => undefined),
    },
    { gitlabProject: "platform/network", name: "platform.network", cloneUrlHttp: cloneUrlExample },
  );
}

/** The value is not shown, whatever it is. */
function credential() {
  return z.custom<Output<GitCredential>>().superRefine((value: unknown, context) => {
    if (isOutput(value)) return;
    const message = "is not an Output of Pulumi; expected e.g. pulumi.secret({ userName, password })";
    context.addIssue({ code: "custom", input: undefined, message });
  });
}

function target() {
  return object(
    {
      /** Its stack's name, e.g. "prd"; a part of parameters' names. */
      name: pattern("prd", "the name of a stack", /^[A-Za-z0-9_.-]{1,50}$/),
      /** The push user's active git credential, a secret. */
      credential: credential(),
      repositories: list(repository(), [{ gitlabProject: "platform/network" }], 0, () => undefined),
    },
    { name: "prd" },
  );
}

function alarms() {
  return object(
    {
      /** A topic that EventBridge and CloudWatch may publish to. */
      topicArn: pattern(
        "arn:aws:sns:ap-northeast-1:123456789012:source-alarms",
        "the ARN of a topic",
        /^arn:aws:sns:[a-z0-9-]+:[0-9]{12}:[\w-]+$/,
      ),
      /** Whether silence is an alarm: a host with office hours is silent every night. */
      gitlabIsAlwaysOn: boolean(true),
      /** Name of the metric of what the proxy refused, for the dashboard; undefined where no proxy was made. */
      proxyRefusalsMetric: text("ProxyRefusals git-airlock/dev/source", () => undefined).optional(),
    },
    { topicArn: "arn:aws:sns:ap-northeast-1:123456789012:source-alarms", gitlabIsAlwaysOn: true },
  );
}

/** The arguments by themselves. */
export function pushMirrorsFields() {
  return {
    /** The source's and the targets' region. */
    region: region(),
    /** Whether the source's proxy lets through to CodeCommit's FIPS endpoint alone. @default false */
    fips: boolean(false).default(false),
    /** The source's account, twelve digits. */
    accountId: accountId(),
    /** Instance id of the GitLab host, which Systems Manager reaches. */
    gitlabInstanceId: ec2IdOf("i", "an instance"),
    /** Name of the host's role, which is allowed to read the desired state. */
    gitlabRoleName: pattern("source-gitlab-0123456", "the name of an IAM role", /^[\w+=,.@-]{1,64}$/),
    /**
     * The role or user ARNs that deploy this stack, of the source's account: beside the host, they alone can read the
     * credentials. Name each one: a refresh reads the credentials before an update could admit who runs it.
     */
    deployerArns: deployers(1),
    targets: list(target(), [{ name: "prd" }], 1, () => undefined),
    /** Whether only protected branches are mirrored; tags always are. @default false */
    onlyProtectedBranches: boolean(false).default(false),
    /** Whether a project that GitLab does not have is made, and the groups that it is in. @default false */
    createProjects: boolean(false).default(false),
    /** Takes every mirror off GitLab and sets none: what comes before a target is destroyed. @default false */
    withdrawn: boolean(false).default(false),
    /** Whether there is a dashboard; it needs `alarms`, whose metrics it shows. @default false */
    dashboard: boolean(false).default(false),
    /** Where alarms go, and what they need to know of the host; without it nothing is watched. */
    alarms: alarms().optional(),
  };
}

function fieldsOnly() {
  return object(pushMirrorsFields(), {});
}

type Values = z.output<ReturnType<typeof fieldsOnly>>;

const deployersOfThisAccount: Rule<Pick<Values, "accountId" | "deployerArns">> = {
  keys: ["accountId", "deployerArns"],
  check: (values, problem) => {
    reportForeign(values.accountId, "deployerArns", values.deployerArns, problem);
  },
};

const distinctNames: Rule<Pick<Values, "targets">> = {
  keys: ["targets"],
  check: ({ targets }, problem) => {
    const names = targets.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      problem(["targets", index, "name"], name, "is the name of another target; expected a name of its own");
    }
  },
};

const cloneUrlsThatTheProxyTakes: Rule<Pick<Values, "region" | "fips" | "targets">> = {
  keys: ["region", "fips", "targets"],
  check: (values, problem) => {
    for (const [i, { repositories }] of values.targets.entries())
      for (const [j, { name, cloneUrlHttp }] of repositories.entries()) {
        const expected = codeCommitCloneUrl(values.region, name, values.fips);
        if (cloneUrlHttp === expected) continue;
        const message = `is not the clone URL of ${name} in ${values.region}, and the source's proxy lets nothing else through; expected "${expected}"`;
        problem(["targets", i, "repositories", j, "cloneUrlHttp"], cloneUrlHttp, message);
      }
  },
};

const mirroredOnce: Rule<Pick<Values, "targets">> = {
  keys: ["targets"],
  check: ({ targets }, problem) => {
    for (const { path, value, message } of twiceMirrored(targets))
      problem(["targets", ...path], value, message);
  },
};

/** Every deployer is named in the policy of the credentials' key, which AWS does not let grow on request. */
export function reportKeyPolicySize(hierarchy: string, users: CredentialKeyUsers, problem: Report): void {
  const size = Buffer.byteLength(credentialKeyPolicy(hierarchy, users));
  if (size <= keyPolicySize) return;
  const message = `makes a key policy of ${size} bytes, and AWS takes ${keyPolicySize}; expected fewer, who share a role`;
  problem(["deployerArns"], users.deployerArns, message);
}

/** The schema of the arguments. @param hierarchy that the parameters will be in */
export function pushMirrorsSchema(hierarchy: string) {
  const keyPolicy: Rule<Pick<Values, "region" | "accountId" | "gitlabRoleName" | "deployerArns">> = {
    keys: ["region", "accountId", "gitlabRoleName", "deployerArns"],
    check: (values, problem) => {
      reportKeyPolicySize(hierarchy, values, problem);
    },
  };
  return withRules(
    fieldsOnly(),
    deployersOfThisAccount,
    distinctNames,
    cloneUrlsThatTheProxyTakes,
    mirroredOnce,
    keyPolicy,
  );
}

/** What the constructor takes. */
export type PushMirrorsArgs = z.input<ReturnType<typeof pushMirrorsSchema>>;
/** The same, checked and with its defaults. */
export type CheckedPushMirrorsArgs = z.output<ReturnType<typeof pushMirrorsSchema>>;
/** A target to push to. */
export type MirroredTargetArgs = CheckedPushMirrorsArgs["targets"][number];
/** What the source says of its alarms. */
export type MirrorAlarmArgs = NonNullable<CheckedPushMirrorsArgs["alarms"]>;
