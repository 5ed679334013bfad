/** A deployment in the format of `pulumi stack export`, secrets encrypted as Pulumi's passphrase provider does. */
import { createCipheriv, pbkdf2Sync, randomBytes } from "node:crypto";
import type { Properties } from "../../aws/accountContext";
import type { Deployment, ResourceState } from "./deployment";
import { isSecret, open, rewrite, secretSignature, signatureKey } from "./wire";

/**
 * AES-256-GCM under a key stretched from the passphrase; `v1:<nonce>:<ciphertext and tag>`, in base64.
 *
 * Source: pulumi `sdk/go/common/resource/config/crypt.go`, `pkg/secrets/passphrase/manager.go`.
 */
class PassphraseSecrets {
  readonly #key: Buffer;
  readonly salt: string;

  constructor(passphrase: string) {
    const salt = randomBytes(8);
    this.#key = pbkdf2Sync(passphrase, salt, 1_000_000, 32, "sha256");
    // The encrypted word lets Pulumi tell a wrong passphrase from a right one.
    this.salt = `v1:${salt.toString("base64")}:${this.encrypt("pulumi")}`;
  }

  encrypt(plaintext: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key, nonce);
    const sealed = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  }
}

/** The JSON document of `pulumi stack export`, version 3. `pulumi stack import` reads it with the same passphrase. */
export function exportStack(deployment: Deployment, passphrase: string): object {
  const secrets = new PassphraseSecrets(passphrase);
  const close = (properties: Properties) =>
    rewrite(properties, (value) =>
      isSecret(value)
        ? { [signatureKey]: secretSignature, ciphertext: secrets.encrypt(JSON.stringify(open(value))) }
        : undefined,
    );
  const asExported = ({ name, inputs, outputs, ...rest }: ResourceState) => ({
    ...rest,
    inputs: close(inputs),
    outputs: close(outputs),
  });
  return {
    version: 3,
    deployment: {
      manifest: { time: "0001-01-01T00:00:00Z", magic: "", version: "" },
      secrets_providers: { type: "passphrase", state: { salt: secrets.salt } },
      resources: deployment.resources.map(asExported),
    },
  };
}
