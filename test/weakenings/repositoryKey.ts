/** The customer key that the airlock repositories may be under: who may use it, and how. */
import { account, document, stranger } from "./parts";
import type { Editor } from "./editor";
import { each, type Weakening } from "./weakening";

const service = (name: string) => `${name}.ap-northeast-1.amazonaws.com`;
const throughCodeCommit = { "kms:ViaService": service("codecommit"), "kms:CallerAccount": account };

/** What the program says of it; a row changes something in that. */
const use = {
  Effect: "Allow",
  Principal: { AWS: "*" },
  Action: [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
  ],
  Resource: "*",
  Condition: { StringEquals: throughCodeCommit },
};

/** Puts the repositories under a key with such a policy. */
function underKey(stack: Editor, policy: string, more: object = {}): void {
  const arn = `arn:aws:kms:ap-northeast-1:${account}:key/repositories`;
  stack.add("kms.Key", "repositories", { arn, policy, ...more }, "repositories");
  const kmsKeyId = stack.ref("kms.Key", "repositories", "arn");
  for (const { type, name } of [...stack.resources])
    if (type === "aws:codecommit/repository:Repository") stack.change(type, name, { kmsKeyId });
}

const using = (...changes: object[]) => document(...changes.map((change) => ({ ...use, ...change })));

const harmless = each({ stack: "target" }, [
  {
    what: "puts the repositories under a customer key that serves the account through CodeCommit",
    edit: (stack) => {
      underKey(stack, using({}));
    },
  },
  {
    what: "shares the key of the repositories with another account, to whom it opens nothing without them",
    edit: (stack) => {
      underKey(
        stack,
        using({}, { Principal: { AWS: `arn:aws:iam::${stranger}:root` }, Condition: undefined }),
      );
    },
  },
]);

/** More than CodeCommit's own use of it. */
const rights = each({ stack: "target", claim: "C9" }, [
  ...Object.entries({
    "whatever they call it by": { Condition: { StringEquals: { "kms:CallerAccount": account } } },
    "through another service": {
      Condition: { StringEquals: { ...throughCodeCommit, "kms:ViaService": service("s3") } },
    },
    "through CodeCommit or another service": {
      Condition: {
        StringEquals: { ...throughCodeCommit, "kms:ViaService": [service("codecommit"), service("s3")] },
      },
    },
    "through whatever CodeCommit is not": {
      Condition: {
        StringEquals: { "kms:CallerAccount": account },
        StringNotEquals: { "kms:ViaService": service("codecommit") },
      },
    },
    "for everything, through CodeCommit": { Action: "kms:*" },
  }).map(([how, change]) => ({
    what: `lets the gate users use the key of the repositories ${how}`,
    edit: (stack: Editor) => {
      underKey(stack, using({}, change));
    },
  })),
]);

/** Less than git needs. */
const refusals = each({ stack: "target", claim: "C1" }, [
  ...Object.entries({
    "lets nobody use it through CodeCommit": using({
      Condition: { StringEquals: { ...throughCodeCommit, "kms:ViaService": service("ssm") } },
    }),
    "lets the account's identities have it by their own policies": using({
      Principal: { AWS: `arn:aws:iam::${account}:root` },
    }),
    "lets them read with it, and not write": using({ Action: ["kms:Decrypt", "kms:DescribeKey"] }),
    "admits no calls but from an address": using({
      Condition: { StringEquals: throughCodeCommit, IpAddress: { "aws:SourceIp": "203.0.113.10/32" } },
    }),
    "denies it to the pull user": using(
      {},
      {
        Effect: "Deny",
        Principal: { AWS: `arn:aws:iam::${account}:user/target-pull` },
        Condition: undefined,
      },
    ),
  }).map(([how, policy]) => ({
    what: `puts the repositories under a key that ${how}`,
    unknown: "use it through CodeCommit is not certain",
    edit: (stack: Editor) => {
      underKey(stack, policy);
    },
  })),
  {
    what: "puts the repositories under a key that is disabled",
    unknown: "is disabled",
    edit: (stack) => {
      underKey(stack, using({}), { isEnabled: false });
    },
  },
  {
    what: "puts the repositories under a key that somebody else keeps",
    unknown: "a key that is not shown",
    edit: (stack) => {
      underKey(stack, using({}));
      stack.remove("kms.Key", "repositories");
    },
  },
  {
    what: "writes the policy of the repositories' key elsewhere",
    unknown: "whom its policy lets use it is not known",
    edit: (stack) => {
      underKey(stack, using({}));
      stack.add("kms.KeyPolicy", "repositories", { keyId: "repositories", policy: using({}) });
    },
  },
]);

export const repositoryKey: readonly Weakening[] = [...harmless, ...rights, ...refusals];
