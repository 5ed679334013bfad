/** What is to guard the secrets of the stacks, taken away: how they are stored, and who can use their key. */
import { ACCOUNTS, arn, document, stranger, type Row } from "./rows";
import type { Editor } from "./threeStacks";

const { mirror } = ACCOUNTS;
const CREDENTIAL = "mirror-credentials-prd";
const ADMINISTRATOR = "source-settings-credentials-administrator";

/** Of the form that CodeCommit's have. */
const gitPassword = "Eqk4LREA16x2l6ZkDueMcDQfRXaRJov6bqAaSuh1rkk=";

const changingParameter =
  (name: string, properties: Record<string, unknown>) =>
  (stack: Editor): void => {
    stack.change("ssm.Parameter", name, properties);
  };

/** Adds a statement to the policy of the credentials' key. */
const admitting =
  (statement: Record<string, unknown>) =>
  (stack: Editor): void => {
    const key = stack.find("kms.Key", "mirror-credentials");
    const given = JSON.parse(String(key.inputs.policy)) as { Statement: unknown[] };
    const more = { Effect: "Allow", Action: "kms:Decrypt", Resource: "*", ...statement };
    stack.change("kms.Key", "mirror-credentials", { policy: document(...given.Statement, more) });
  };

function granting(stack: Editor, granteePrincipal: string): void {
  const keyId = stack.find("kms.Key", "mirror-credentials").outputs.arn;
  stack.add("kms.Grant", "more", { keyId, granteePrincipal, operations: ["Decrypt"] });
}

const bySystemsManager = { StringEquals: { "kms:ViaService": "ssm.ap-northeast-1.amazonaws.com" } };

const refuting: readonly Omit<Row, "claims">[] = [
  ...["String", "StringList", undefined].map((type): Omit<Row, "claims"> => ({
    what: `keeps GitLab's first password in a parameter of the type ${type ?? "that nothing says"}`,
    stack: "source",
    edit: changingParameter("source-root-password", { type }),
  })),
  {
    what: "keeps GitLab's first password in a plain parameter, in plain text",
    stack: "source",
    edit: changingParameter("source-root-password", {
      type: "String",
      value: undefined,
      insecureValue: "correct horse",
    }),
  },
  ...["String", "StringList", undefined].map((type): Omit<Row, "claims"> => ({
    what: `keeps an administrator's first password in a parameter of the type ${type ?? "that nothing says"}`,
    stack: "source",
    edit: changingParameter(ADMINISTRATOR, { type }),
  })),
  {
    what: "shows an administrator's first password in the state",
    stack: "source",
    edit: changingParameter(ADMINISTRATOR, {
      value: JSON.stringify({ username: "alice", password: "correct horse" }),
    }),
  },
  {
    what: "shows an administrator's first password in the state, where it is made",
    stack: "source",
    edit: (stack) => {
      const type = "random:index/randomPassword:RandomPassword";
      stack.change(type, "source-administrator-password", { result: "correct horse" });
    },
  },
  {
    what: "writes a credential into the script that keeps GitLab's settings",
    stack: "source",
    edit: (stack) => {
      const content = JSON.stringify({
        mainSteps: [{ inputs: { runCommand: [`password='${gitPassword}'`] } }],
      });
      stack.change("ssm.Document", "source-settings", { content });
    },
  },
  {
    what: "hands a credential to the script that keeps GitLab's settings",
    stack: "source",
    edit: (stack) => {
      stack.change("ssm.Association", "source-settings", { parameters: { revision: gitPassword } });
    },
  },
  {
    what: "keeps the push credential in a parameter that is not a SecureString",
    stack: "mirror",
    edit: changingParameter(CREDENTIAL, { type: "String" }),
  },
  {
    what: "keeps the push credential under the account's own key",
    stack: "mirror",
    edit: changingParameter(CREDENTIAL, { keyId: undefined }),
  },
  ...Object.entries({
    everybody: { Principal: "*" },
    "everybody, as AWS principals": { Principal: { AWS: "*" } },
    "everybody who asks by Systems Manager": { Principal: "*", Condition: bySystemsManager },
    "another account": { Principal: { AWS: `arn:aws:iam::${stranger}:root` } },
    "another account, by its number": { Principal: { AWS: stranger }, Action: "kms:*" },
    "a role of another account": { Principal: { AWS: `arn:aws:iam::${stranger}:role/reader` } },
    "another account that may grant it on": {
      Principal: { AWS: `arn:aws:iam::${stranger}:root` },
      Action: "kms:CreateGrant",
    },
  }).map(([who, statement]): Omit<Row, "claims"> => ({
    what: `lets ${who} use the key of the push credential`,
    stack: "mirror",
    edit: admitting(statement),
  })),
  {
    what: "lets everybody use the key of the push credential by a policy of its own",
    stack: "mirror",
    edit: (stack) => {
      const keyId = stack.find("kms.Key", "mirror-credentials").id;
      const policy = document({ Effect: "Allow", Principal: "*", Action: "kms:*", Resource: "*" });
      stack.add("kms.KeyPolicy", "more", { keyId, policy });
    },
  },
  {
    what: "grants another account the key of the push credential",
    stack: "mirror",
    edit: (stack) => {
      granting(stack, `arn:aws:iam::${stranger}:role/reader`);
    },
  },
];

const leavingOpen: readonly Omit<Row, "claims">[] = [
  {
    what: "keeps the push credential under a key that is not shown",
    stack: "mirror",
    unknown: "is under a key that is not shown",
    edit: changingParameter(CREDENTIAL, { keyId: arn("kms", mirror, "key/other") }),
  },
  {
    what: "lets the organization use the key of the push credential",
    stack: "mirror",
    unknown: "is not shown",
    edit: admitting({
      Principal: "*",
      Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1234567890" } },
    }),
  },
  {
    what: "gives the key of the push credential a policy that is not understood",
    stack: "mirror",
    unknown: "its policy is not understood",
    edit: (stack) => {
      stack.change("kms.Key", "mirror-credentials", { policy: "{" });
    },
  },
];

const harmless: readonly Row[] = [
  {
    what: "lets everybody of the account use the key of the push credential",
    stack: "mirror",
    edit: admitting({ Principal: "*", Condition: { StringEquals: { "kms:CallerAccount": mirror } } }),
  },
  {
    what: "lets a role of the account use the key of the push credential",
    stack: "mirror",
    edit: admitting({ Principal: { AWS: `arn:aws:iam::${mirror}:role/backup` } }),
  },
  {
    what: "has a plain parameter of its own, and a key that another account uses",
    stack: "mirror",
    edit: (stack) => {
      stack.add("ssm.Parameter", "settings", { name: "/app/settings", type: "String", value: "blue" });
      const Principal = { AWS: `arn:aws:iam::${stranger}:root` };
      const policy = document({ Effect: "Allow", Principal, Action: "kms:Decrypt", Resource: "*" });
      stack.add("kms.Key", "own", { policy, arn: arn("kms", mirror, "key/own") });
    },
  },
];

export const secretRows: readonly Row[] = [
  ...[...refuting, ...leavingOpen].map((row): Row => ({ ...row, claims: ["C11"] })),
  ...harmless,
];
