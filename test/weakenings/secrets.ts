/** Secrets in plain text. */
import type { Editor } from "./editor";
import { inContainers } from "./proxy";
import { each, type Weakening } from "./weakening";

const password = "Eqk4LREA16x2l6ZkDueMcDQfRXaRJov6bqAaSuh1rkk=";

const inUserData = (line: string) => (stack: Editor) =>
  stack.rewrite("ec2.Instance", "source-gitlab", "userData", (text) => `${text}\n${line}\n`);

const base64 = (text: string) => Buffer.from(text).toString("base64");

const places: readonly (readonly [Weakening["stack"], type: string, name: string, property: string])[] = [
  ["target", "iam.ServiceSpecificCredential", "target-push-credential-1", "servicePassword"],
  ["target", "iam.ServiceSpecificCredential", "target-pull-credential-1", "servicePassword"],
  ["target", "secretsmanager.SecretVersion", "target-pull-secret-version", "secretString"],
  ["source", "random:index/randomPassword:RandomPassword", "source-root-password", "result"],
  ["source", "ssm.Parameter", "source-root-password", "value"],
  ["source", "tls:index/privateKey:PrivateKey", "source-self-signed", "privateKeyPem"],
  ["source", "tls:index/selfSignedCert:SelfSignedCert", "source-self-signed", "privateKeyPem"],
  ["source", "acm.Certificate", "source-self-signed", "privateKey"],
  ["target", "iam.User", "target-push", "path"],
];

const resources = each({ stack: "source", claim: "C11" }, [
  ...places.map(([stack, type, name, property]) => ({
    what: `keeps a secret in plain text in ${property} of ${name} (${type})`,
    stack,
    edit: (editor: Editor) => editor.change(type, name, { [property]: password }),
  })),
  {
    what: "keeps a password in a tag",
    edit: (stack) => {
      stack.change("ebs.Volume", "source-gitlab-data", { tags: { Name: "data", secret: password } });
    },
    rule: ["no-secret-in-tags", "source-gitlab-data", "a CodeCommit password", "tags.secret"],
  },
  ...Object.entries({
    ROOT_PASSWORD: "correct horse battery",
    "api-key": "0123456789",
    GITLAB_PRIVATE_TOKEN: "abc",
  }).map(([name, value]) => ({
    what: `gives the proxy the variable ${name}`,
    edit: inContainers((one) => ({ ...one, environment: [...one.environment, { name, value }] })),
  })),
  {
    what: "writes down the key that an event connection shows",
    stack: "target",
    edit: (stack) => {
      const authParameters = { apiKey: { key: "x-key", value: "correct horse" } };
      stack.add("cloudwatch.EventConnection", "more", { authParameters });
    },
  },
]);

/** As a state holds what the program marks as a secret. */
const marked = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:AAAA",
};

const note = (stack: Editor, value: unknown) =>
  stack.add("route53.Record", "note", {
    zoneId: "Z0123456789",
    name: "note.dev.example.com",
    type: "TXT",
    records: [value],
  });

const records = each({ stack: "source", claim: "C11" }, [
  {
    what: "publishes a git password in a DNS record",
    edit: (stack) => note(stack, password),
    rule: ["no-secret-in-dns-record", "note", "a CodeCommit password", "records"],
  },
  { what: "publishes what it marks as a secret in a DNS record", edit: (stack) => note(stack, marked) },
]);

const userData = each({ stack: "source", claim: "C11" }, [
  {
    what: "writes a git password into the user data",
    edit: inUserData(`git_password='${password}'`),
    rule: ["no-secret-in-user-data", "source-gitlab", "a CodeCommit password", "userData"],
  },
  {
    what: "hides an AWS key in base64 in the user data",
    edit: inUserData(base64("[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n")),
    rule: ["no-secret-in-user-data", "source-gitlab", "an AWS access key id"],
  },
  {
    what: "hides a git password in base64 in the user data",
    edit: inUserData(base64(`git_password='${password}'  # for the mirror`)),
  },
  {
    what: "writes GitLab's first password into the user data, as a setting",
    edit: inUserData("gitlab_rails['initial_root_password'] = 'correct horse battery'"),
  },
]);

const outputs = each({ stack: "target", claim: "C11" }, [
  {
    what: "exports a password in plain text",
    edit: (stack) => {
      stack.exports({ pullCredential: { userName: "target-pull-at-222222222222", password } });
    },
    rule: ["no-secret-in-outputs", "git-airlock-prd", "a CodeCommit password", "pullCredential.password"],
  },
  {
    what: "exports the push credential in plain text",
    edit: (stack) => stack.exports({ pushCredential: { userName: "x", password } }),
  },
  ...Object.entries({
    "a webhook": `https://hooks.slack.com/services/T0${"0".repeat(7)}/B0${"0".repeat(7)}/secret`,
    "a JSON web token": `Bearer eyJ${"hbGciOi".repeat(2)}.eyJ${"zdWIiOi".repeat(2)}.${"aB3_".repeat(5)}`,
    "a token that begins with glagent-": `glagent-${"aB3".repeat(8)}`,
    "a token that begins with glptt-": `glptt-${"aB3".repeat(8)}`,
    "a token that begins with glrt-": `glrt-${"aB3".repeat(8)}`,
  }).map(([what, note]) => ({
    what: `exports ${what}`,
    edit: (stack: Editor) => stack.exports({ note }),
  })),
]);

export const secrets: readonly Weakening[] = [...userData, ...outputs, ...resources, ...records];
