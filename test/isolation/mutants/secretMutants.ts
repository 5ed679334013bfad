/** Secrets in plain text. */
import { z } from "zod";
import type { Exports, Mutation } from "./exports";

const password = "Eqk4LREA16x2l6ZkDueMcDQfRXaRJov6bqAaSuh1rkk=";

/** C11. */
export const secretMutants: readonly Mutation[] = [
  ...(
    [
      ["prd", "ServiceSpecificCredential", "target-push-credential-1", "servicePassword"],
      ["prd", "ServiceSpecificCredential", "target-pull-credential-1", "servicePassword"],
      ["prd", "SecretVersion", "target-pull-secret-version", "secretString"],
      ["dev", "RandomPassword", "source-root-password", "result"],
      ["dev", "Parameter", "source-root-password", "value"],
      ["dev", "PrivateKey", "source-self-signed", "privateKeyPem"],
      ["dev", "SelfSignedCert", "source-self-signed", "privateKeyPem"],
      ["dev", "Certificate", "source-self-signed", "privateKey"],
      ["prd", "User", "target-push", "path"],
      ["dev", "Volume", "source-gitlab-data", "tags"],
    ] as const
  ).map(([side, type, name, property]) => ({
    what: `keeps a secret in plain text in ${property} of ${type} ${name}`,
    mutate: (exports: Exports) => {
      exports.change(side, type, name, { [property]: property === "tags" ? { pw: password } : password });
    },
  })),
  ...Object.entries({
    ROOT_PASSWORD: "correct horse battery",
    "api-key": "0123456789",
    GITLAB_PRIVATE_TOKEN: "abc",
  }).map(([name, value]) => ({
    what: `gives the proxy the variable ${name}`,
    mutate: (exports: Exports) => {
      const { containerDefinitions } = exports.find("dev", "TaskDefinition", "source-proxy").outputs;
      const [container] = z
        .tuple([z.looseObject({ environment: z.array(z.unknown()) })])
        .parse(JSON.parse(String(containerDefinitions)));
      container.environment.push({ name, value });
      exports.change("dev", "TaskDefinition", "source-proxy", {
        containerDefinitions: JSON.stringify([container]),
      });
    },
  })),
  ...Object.entries({
    "a webhook": `https://hooks.slack.com/services/T0${"0".repeat(7)}/B0${"0".repeat(7)}/secret`,
    "a JSON web token": `Bearer eyJ${"hbGciOi".repeat(2)}.eyJ${"zdWIiOi".repeat(2)}.${"aB3_".repeat(5)}`,
  }).map(([what, note]) => ({
    what: `exports ${what}`,
    mutate: (exports: Exports) => {
      exports.change("prd", "Stack", "git-airlock-prd", { note });
    },
  })),
  {
    what: "writes down the key that an event connection shows",
    mutate: (exports) => {
      exports.add("prd", "aws:cloudwatch/eventConnection:EventConnection", "more", {
        authParameters: { apiKey: { key: "x-key", value: "correct horse" } },
      });
    },
  },
  ...["glagent-", "glptt-", "glrt-"].map((prefix) => ({
    what: `exports a token that begins with ${prefix}`,
    mutate: (exports: Exports) => {
      exports.change("dev", "Stack", "git-airlock-dev", { note: `${prefix}${"aB3".repeat(8)}` });
    },
  })),
  {
    what: "writes GitLab's first password into the user data, as a setting",
    mutate: (exports) => {
      const { userData } = exports.find("dev", "Instance", "source-gitlab").outputs;
      exports.change("dev", "Instance", "source-gitlab", {
        userData: `${String(userData)}\ngitlab_rails['initial_root_password'] = 'correct horse battery'\n`,
      });
    },
  },
  {
    what: "exports the push credential in plain text",
    mutate: (exports) => {
      exports.change("prd", "Stack", "git-airlock-prd", { pushCredential: { userName: "x", password } });
    },
  },
  {
    what: "writes a password into the user data, in base64",
    mutate: (exports) => {
      const { userData } = exports.find("dev", "Instance", "source-gitlab").outputs;
      exports.change("dev", "Instance", "source-gitlab", {
        userData: `${String(userData)}\n${Buffer.from(`git_password='${password}'  # for the mirror`).toString("base64")}\n`,
      });
    },
  },
];
