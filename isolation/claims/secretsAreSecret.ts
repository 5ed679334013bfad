/** C11: no secret is in plain text in state, outputs, user data or tags. */
import type { Side } from "../model/deployment";
import { sidesOf } from "../model/sides";
import { Secret, Unknown, type StackResource, type Value } from "../model/snapshot";
import { parsed } from "../../facts/json";
import { oncePerObject } from "../model/oncePerObject";
import { readValue } from "../model/stackExport";
import { PARAMETER } from "../model/types";
import { decodedTexts, kindsOfSecretsIn } from "../secrets";
import type { CounterExample, Findings } from "../verdict";
import type { Claim } from "./claim";
import { storedSecrets } from "./storedSecrets";

/** Properties that hold a secret whenever they hold something, by type. */
const SECRET_PROPERTIES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "aws:acm/certificate:Certificate": ["privateKey"],
    "aws:cloudwatch/eventConnection:EventConnection": ["authParameters.apiKey.value"],
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
  }),
);

/** Properties that anybody may read, by type: what is a secret there is none any more. */
const PUBLISHED: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws:route53/record:Record", ["name", "records", "setIdentifier"]],
]);

/** What properties, outputs and variables are called that hold a secret, whoever made them: without "_" and "-". */
const SECRET_NAMES =
  /(?:^|\.)(?:\w*(?:password|passphrase)|\w*privateKey(?:Pem)?|\w*secret(?:String|Binary|Key|AccessKey)|\w*(?:client|app)secret|\w*apiKey|\w*(?:auth|access|private|deploy|trigger|runner)token)$/i;

/** C11. */
export const secretsAreSecret: Claim<"C11"> = {
  id: "C11",
  title: "Secrets are secret",
  statement: "No secret is in plain text in state, outputs, user data, tags or logs.",
  proved: () =>
    "Every secret property is encrypted, no other text looks like a secret, and what holds the components' secrets guards them.",
  assumptions: () => [
    "A secret that looks like none (a word that somebody chose, say) is not recognised.",
    "squid logs hosts, ports and sizes; what tunnels carry is encrypted. GitLab's own logs are not read here.",
  ],
  needs: [],
  // Pulumi opens secrets for policies, so every one would refute it there; the rules on secrets stand for it.
  isSeenByPolicies: false,
  decide: ({ deployment }) => findings(sidesOf(deployment)),
};

function findings(sides: readonly Side[]): Findings {
  const resources = sides.flatMap(({ snapshot }) => snapshot.resources);
  const stored = sides.map(storedSecrets);
  return {
    evidence: [{ what: "resources looked through", values: [String(resources.length)] }],
    counterExamples: [
      ...resources.flatMap(plainSecrets),
      ...stored.flatMap(({ counterExamples }) => counterExamples),
    ],
    reasons: [
      ...(sides.length === 0 ? ["Neither stack was given."] : []),
      ...stored.flatMap(({ reasons }) => reasons),
    ],
  };
}

const plainSecrets = oncePerObject((resource: StackResource): CounterExample[] => {
  const { urn, inputs, outputs } = resource;
  const known = namedProperties(resource);
  const isSecret = (path: string) => known.includes(path) || SECRET_NAMES.test(path.replace(/[_-]/g, ""));
  // Outputs repeat most of the inputs.
  const found = new Map(
    [inputs, outputs].flatMap((properties) =>
      texts(properties).map((one) => [`${one.path} ${one.text}`, one] as const),
    ),
  );
  const places = new Set(
    [...found.values()].flatMap(({ path, text }) =>
      isSecret(path)
        ? [`${path} is in plain text`]
        : [text, ...decodedTexts(text)].flatMap(kindsOfSecretsIn).map((what) => `${path} holds ${what}`),
    ),
  );
  for (const path of PUBLISHED.get(resource.type) ?? []) {
    if ([inputs[path], outputs[path]].some(holdsSecret))
      places.add(`${path} holds a secret, which name servers tell whoever asks`);
  }
  return [...places].sort().map((says) => ({ kind: "resource", urn, says: `${urn}: ${says}.` }));
});

/** Whether the program marks any of a value as a secret. */
function holdsSecret(value: Value | undefined): boolean {
  if (value instanceof Secret) return true;
  if (typeof value !== "object" || value === null || value instanceof Unknown) return false;
  return Object.values<Value>(value).some(holdsSecret);
}

function namedProperties({ type, inputs, outputs }: StackResource): readonly string[] {
  const isSecureString = [inputs.type, outputs.type].includes("SecureString");
  if (type === PARAMETER) return isSecureString ? ["value", "insecureValue"] : [];
  return SECRET_PROPERTIES.get(type) ?? [];
}

/** Every text but empty ones, and the way to it, e.g. "tags.Name". */
function texts(value: Value | undefined, path: readonly string[] = []): { path: string; text: string }[] {
  if (typeof value === "string") {
    const inner = /^[[{]/.test(value) ? valueOf(value) : undefined;
    return [
      ...(value === "" ? [] : [{ path: path.join("."), text: value }]),
      ...(inner === undefined ? [] : texts(inner, path)),
    ];
  }
  if (typeof value !== "object" || value === null || value instanceof Secret || value instanceof Unknown)
    return [];
  // A resource of a name and a value, as parameters are, is not a variable.
  const variable = path.length > 0 && "name" in value && "value" in value ? value.name : undefined;
  return Object.entries(value).flatMap(([key, inner]) =>
    texts(inner, [...path, ...(typeof variable === "string" && key === "value" ? [variable] : [key])]),
  );
}

/** What a JSON text says, as containers and documents are written. */
function valueOf(text: string): Value | undefined {
  const given = parsed(text);
  return given === undefined ? undefined : readValue(given);
}
