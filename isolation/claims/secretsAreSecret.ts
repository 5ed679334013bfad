/** C11: no secret is in plain text in state, outputs, user data or tags. */
import type { Deployment, Side } from "../deployment/deployment";
import { Secret, Unknown, type StackResource, type Value } from "../deployment/snapshot";
import { decodedTexts, secretsIn } from "../secrets";
import { judge, type Findings } from "./judgement";
import type { CounterExample, Verdict } from "./verdict";

/** Properties that hold a secret whenever they hold something, by type. */
const SECRET_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  "aws:acm/certificate:Certificate": ["privateKey"],
  "aws:iam/accessKey:AccessKey": ["secret", "sesSmtpPasswordV4"],
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": [
    "servicePassword",
    "serviceCredentialSecret",
  ],
  "aws:iam/userLoginProfile:UserLoginProfile": ["password"],
  "aws:secretsmanager/secretVersion:SecretVersion": ["secretString", "secretBinary"],
  "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
  "tls:index/privateKey:PrivateKey": ["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"],
  "tls:index/selfSignedCert:SelfSignedCert": ["privateKeyPem"],
};

/** Decides C11. */
export function secretsAreSecret({ source, target }: Deployment): Verdict {
  return judge(
    {
      claim: "C11",
      statement: "No secret is in plain text in state, outputs, user data, tags or logs.",
      proved: "Every secret property is encrypted, and no other text looks like a secret.",
      assumptions: [
        "A secret that looks like none (a word that somebody chose, say) is not recognised.",
        "squid logs hosts, ports and sizes; what tunnels carry is encrypted. GitLab's own logs are not read here.",
      ],
    },
    () => findings([source, target].filter((side) => side !== undefined)),
  );
}

function findings(sides: readonly Side[]): Findings {
  const resources = sides.flatMap(({ snapshot }) => snapshot.resources);
  return {
    evidence: [{ what: "resources looked through", values: [String(resources.length)] }],
    counterExamples: resources.flatMap(plainSecrets),
    reasons: sides.length === 0 ? ["Neither stack was given."] : [],
  };
}

function plainSecrets(resource: StackResource): CounterExample[] {
  const { urn, inputs, outputs } = resource;
  const named = namedProperties(resource).filter((name) =>
    [inputs[name], outputs[name]].some((value) => typeof value === "string" && value !== ""),
  );
  const looks = [inputs, outputs].flatMap((properties) =>
    Object.entries(properties).flatMap(([name, value]) => (named.includes(name) ? [] : texts(value, name))),
  );
  const places = new Set([
    ...named.map((name) => `${name} is in plain text`),
    ...looks.flatMap(({ path, text }) =>
      [text, ...decodedTexts(text)].flatMap(secretsIn).map((what) => `${path} holds ${what}`),
    ),
  ]);
  return [...places].sort().map((says) => ({ kind: "resource", urn, says: `${urn}: ${says}.` }));
}

function namedProperties({ type, inputs, outputs }: StackResource): readonly string[] {
  const isSecureString = [inputs.type, outputs.type].includes("SecureString");
  if (type === "aws:ssm/parameter:Parameter") return isSecureString ? ["value", "insecureValue"] : [];
  return SECRET_PROPERTIES[type] ?? [];
}

function texts(value: Value | undefined, path: string): { path: string; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return [];
  return Object.entries(value).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
}
