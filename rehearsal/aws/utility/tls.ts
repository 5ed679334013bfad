/** The tls provider: P-256 keys and the certificates that TLS servers sign for themselves, real ones. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { z } from "zod";
import { newKey, selfSignedCertificate } from "../../certificates";
import { AwsError } from "../awsError";
import { accountTime, accountTimestamp, rfc3339 } from "../clock";
import { byAnyInput } from "../replacement";
import { resource } from "../resource";

const HOUR_MS = 3_600_000;

// The provider knows more algorithms, subjects and uses; the stand-in refuses what nothing here asks for.
const keySchema = z.strictObject({ algorithm: z.literal("ECDSA"), ecdsaCurve: z.literal("P256") });

const serverUses = ["digital_signature", "server_auth"] as const;

const certificateSchema = z.strictObject({
  privateKeyPem: z.string(),
  subject: z.strictObject({ organization: z.string().min(1) }),
  dnsNames: z.array(z.string().regex(/^[\x21-\x7e]+$/, "must be ASCII")).min(1),
  allowedUses: z
    .array(z.enum(serverUses))
    .refine((uses) => serverUses.every((use) => uses.includes(use)), `must be ${serverUses.join(" and ")}`),
  validityPeriodHours: z.number().int().min(0),
  earlyRenewalHours: z.number().int().min(0).default(0),
});

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/privatekey/ */
export const privateKey = resource({
  type: "tls:index/privateKey:PrivateKey",
  inputs: keySchema,
  replaces: byAnyInput,
  id: ({ aws, creation }) => aws.digest("tls key id", creation.name).slice(0, 40),
  // The private key's OpenSSH form is left out.
  outputs: () => {
    const key = newKey();
    const publicKey = createPublicKey(key);
    const ssh = sshPublicKey(publicKey);
    const md5 = createHash("md5").update(ssh).digest("hex");
    const sha256 = createHash("sha256").update(ssh).digest("base64");
    return {
      privateKeyPem: key.export({ type: "sec1", format: "pem" }),
      privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }),
      publicKeyPem: publicKey.export({ type: "spki", format: "pem" }),
      publicKeyOpenssh: `ecdsa-sha2-nistp256 ${ssh.toString("base64")}\n`,
      publicKeyFingerprintMd5: md5.replace(/..(?!$)/g, "$&:"),
      publicKeyFingerprintSha256: `SHA256:${sha256.replace(/=+$/, "")}`,
      // The default of an RSA key's size, which the provider shows of every key.
      rsaBits: 2048,
    };
  },
});

/** @see https://www.pulumi.com/registry/packages/tls/api-docs/selfsignedcert/ */
export const selfSignedCert = resource({
  type: "tls:index/selfSignedCert:SelfSignedCert",
  inputs: certificateSchema,
  replaces: byAnyInput,
  checks: [({ inputs }) => readKey(inputs.privateKeyPem)],
  id: ({ aws, creation }) => aws.digest("certificate id", creation.name).slice(0, 39),
  outputs: async ({ inputs }) => {
    const notAfter = new Date(accountTime.getTime() + inputs.validityPeriodHours * HOUR_MS);
    const certPem = await selfSignedCertificate(readKey(inputs.privateKeyPem), {
      subject: [{ O: [inputs.subject.organization] }],
      dnsNames: inputs.dnsNames,
      notBefore: accountTime,
      notAfter,
    });
    return {
      certPem,
      isCaCertificate: false,
      keyAlgorithm: "ECDSA",
      readyForRenewal: inputs.earlyRenewalHours >= inputs.validityPeriodHours,
      setAuthorityKeyId: false,
      setSubjectKeyId: false,
      validityEndTime: rfc3339(notAfter),
      validityStartTime: accountTimestamp,
    };
  },
});

/** A P-256 key as ssh writes it (RFC 5656 §3.1): the algorithm, the curve and the point, each after its length. */
function sshPublicKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
  const parts = [Buffer.from("ecdsa-sha2-nistp256"), Buffer.from("nistp256"), point];
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

function readKey(privateKeyPem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    throw new AwsError("InvalidAttributeValue", "privateKeyPem is not an unencrypted private key in PEM");
  }
  if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new AwsError("InvalidAttributeValue", "privateKeyPem must be a P-256 key");
  }
  return key;
}
