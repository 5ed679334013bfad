import { createDecipheriv, pbkdf2Sync } from "node:crypto";
import { expect } from "chai";
import { z } from "zod";
import { isRecord } from "../../../facts/record";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { exportStack } from "../../../rehearsal/engines/in-process/stackExport";
import { open } from "../../../rehearsal/engines/in-process/wire";
import { type BothSides, asTheyCome } from "../rehearsing";

const passphrase = "correct horse battery staple";

const exported = z.object({
  version: z.literal(3),
  deployment: z.object({
    secrets_providers: z.object({ type: z.literal("passphrase"), state: z.object({ salt: z.string() }) }),
    resources: z.array(
      z.looseObject({
        urn: z.string(),
        inputs: z.record(z.string(), z.unknown()),
        outputs: z.record(z.string(), z.unknown()),
        parent: z.string().optional(),
        provider: z.string().optional(),
        dependencies: z.array(z.string()),
        propertyDependencies: z.record(z.string(), z.array(z.string())),
      }),
    ),
  }),
});
type Exported = z.infer<typeof exported>;

/** Opens what Pulumi's passphrase provider closed: `v1:<salt>:v1:<nonce>:<ciphertext>`, AES-256-GCM. */
class Passphrase {
  readonly #key: Buffer;

  constructor(text: string, salt: string) {
    const [version, saltText = "", ...checkText] = salt.split(":");
    expect(version).to.equal("v1");
    this.#key = pbkdf2Sync(text, Buffer.from(saltText, "base64"), 1_000_000, 32, "sha256");
    // What Pulumi looks at to tell a wrong passphrase from a right one.
    expect(this.decrypt(checkText.join(":"))).to.equal("pulumi");
  }

  decrypt(closed: string): string {
    const [version, nonce = "", sealed = ""] = closed.split(":");
    expect(version).to.equal("v1");
    const bytes = Buffer.from(sealed, "base64");
    const decipher = createDecipheriv("aes-256-gcm", this.#key, Buffer.from(nonce, "base64"));
    decipher.setAuthTag(bytes.subarray(-16));
    return decipher.update(bytes.subarray(0, -16)).toString() + decipher.final().toString();
  }
}

/** Every text inside a value. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  return isRecord(value) ? Object.values(value).flatMap(texts) : [];
}

/** The passwords and private keys of a stack, as its account made them. */
function confidential({ resources }: Deployment): string[] {
  const properties: Record<string, string[]> = {
    "random:index/randomPassword:RandomPassword": ["result", "bcryptHash"],
    "tls:index/privateKey:PrivateKey": ["privateKeyPem", "privateKeyPemPkcs8"],
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": ["servicePassword"],
  };
  return resources.flatMap(({ type, outputs }) =>
    (properties[type] ?? []).flatMap((property) => texts(open(outputs[property]))),
  );
}

/** The value with every closed secret opened by the passphrase, in the form that state in memory has. */
function reopened(value: unknown, key: Passphrase): unknown {
  if (Array.isArray(value)) return value.map((each) => reopened(each, key));
  if (!isRecord(value)) return value;
  if (typeof value["ciphertext"] === "string") return JSON.parse(key.decrypt(value["ciphertext"]));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, reopened(each, key)]));
}

/** As JSON holds it, without what is undefined. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("what a stack is exported as", () => {
  let sides: BothSides;
  let documents: { deployment: Deployment; text: string; document: Exported }[];
  before(async () => {
    sides = await asTheyCome();
    documents = [sides.source, sides.target].map(({ deployment }) => {
      const text = JSON.stringify(exportStack(deployment, passphrase));
      return { deployment, text, document: exported.parse(JSON.parse(text)) };
    });
  });

  it("is a version 3 document in which every resource comes after what it needs, and none twice", () => {
    for (const { deployment, document } of documents) {
      const { resources } = document.deployment;
      expect(resources).to.have.length(deployment.resources.length);
      const seen = new Set<string>();
      for (const { urn, parent, dependencies, propertyDependencies } of resources) {
        expect(seen.has(urn), `${urn} a second time`).to.equal(false);
        const needed = [
          ...(parent ? [parent] : []),
          ...dependencies,
          ...Object.values(propertyDependencies).flat(),
        ];
        for (const other of needed) expect(seen.has(other), `${urn} before ${other}`).to.equal(true);
        seen.add(urn);
      }
    }
  });

  it("holds no password and no private key in plain text", () => {
    for (const { deployment, text } of documents) {
      const found = confidential(deployment);
      expect(found.length).to.be.at.least(2);
      for (const secret of found) {
        expect(secret.length).to.be.at.least(20);
        for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
          expect(text.includes(form), `a secret of ${deployment.stack}`).to.equal(false);
        expect(text.includes(Buffer.from(secret).toString("base64"))).to.equal(false);
      }
    }
  });

  it("opens with the passphrase to what was deployed, and to nothing else", () => {
    for (const { deployment, document } of documents) {
      const key = new Passphrase(passphrase, document.deployment.secrets_providers.state.salt);
      document.deployment.resources.forEach(({ inputs, outputs }, i) => {
        const state = deployment.resources[i];
        expect(reopened(inputs, key)).to.deep.equal(asJson(open(state?.inputs)));
        expect(reopened(outputs, key)).to.deep.equal(asJson(open(state?.outputs)));
      });
    }
  });

  it("does not open with another passphrase", () => {
    const salt = documents[0]?.document.deployment.secrets_providers.state.salt ?? "";
    expect(() => new Passphrase("another", salt)).to.throw();
  });
});
