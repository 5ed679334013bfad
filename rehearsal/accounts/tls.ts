/** The tls provider: private keys and self-signed certificates, real ones. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { accountTime, accountTimestamp, rfc3339 } from "./clock";
import { p256Key, rsaKey } from "./derivedKeys";
import { extendedKeyUsages, keyUsages, selfSignedCertificate } from "./selfSigned";
import { AwsError, kind, type AccountContext, type Created, type Service } from "./service";

// The provider knows more curves and Ed25519; load balancers take P-256 and RSA, and these can be derived from a seed.
const keySchema = z.discriminatedUnion("algorithm", [
  z.looseObject({ algorithm: z.literal("ECDSA"), ecdsaCurve: z.literal("P256") }),
  z.looseObject({ algorithm: z.literal("RSA"), rsaBits: z.literal([2048, 3072, 4096]).default(2048) }),
]);

const certificateSchema = z.looseObject({
  privateKeyPem: z.string(),
  validityPeriodHours: z.number().int().min(0),
  earlyRenewalHours: z.number().int().min(0).default(0),
  allowedUses: z.array(z.enum([...keyUsages, ...Object.keys(extendedKeyUsages)])),
  subject: z
    .strictObject({
      commonName: z.string().optional(),
      country: z.string().optional(),
      locality: z.string().optional(),
      organization: z.string().optional(),
      organizationalUnit: z.string().optional(),
      postalCode: z.string().optional(),
      province: z.string().optional(),
      serialNumber: z.string().optional(),
    })
    .default({}),
  dnsNames: z.array(z.string().regex(/^[\x21-\x7e]+$/, "must be ASCII")).default([]),
  ipAddresses: z.array(z.string().refine((a) => ipaddr.isValid(a), "is no IP address")).default([]),
  isCaCertificate: z.boolean().default(false),
});

export class Tls implements Service {
  constructor(private readonly context: AccountContext) {}

  readonly kinds = {
    // The OpenSSH forms of a key are left out.
    "tls:index/privateKey:PrivateKey": kind(keySchema, (inputs, { name }) => {
      const key =
        inputs.algorithm === "RSA"
          ? rsaKey(this.context, inputs.rsaBits, "tls key", name)
          : p256Key(this.context, "tls key", name);
      const publicKeyPem = createPublicKey(key).export({ type: "spki", format: "pem" });
      return {
        id: this.context.digest("tls key id", name).slice(0, 40),
        outputs: {
          ...inputs,
          privateKeyPem: key.export({ type: inputs.algorithm === "RSA" ? "pkcs1" : "sec1", format: "pem" }),
          privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }),
          publicKeyPem,
        },
      };
    }),
    "tls:index/selfSignedCert:SelfSignedCert": kind(certificateSchema, (inputs, { name }) =>
      this.#certify(inputs, name),
    ),
  };

  #certify(inputs: z.infer<typeof certificateSchema>, name: string): Created {
    const key = readKey(inputs.privateKeyPem);
    const hour = 3_600_000;
    const notAfter = new Date(accountTime.getTime() + inputs.validityPeriodHours * hour);
    const certPem = selfSignedCertificate(key, {
      subject: inputs.subject,
      dnsNames: inputs.dnsNames,
      ipAddresses: inputs.ipAddresses,
      allowedUses: inputs.allowedUses,
      isCertificateAuthority: inputs.isCaCertificate,
      notBefore: accountTime,
      notAfter,
    });
    return {
      id: this.context.digest("certificate id", name).slice(0, 39),
      outputs: {
        ...inputs,
        certPem,
        keyAlgorithm: key.asymmetricKeyType === "rsa" ? "RSA" : "ECDSA",
        readyForRenewal: inputs.earlyRenewalHours >= inputs.validityPeriodHours,
        setAuthorityKeyId: false,
        setSubjectKeyId: false,
        validityEndTime: rfc3339(notAfter),
        validityStartTime: accountTimestamp,
      },
    };
  }
}

function readKey(privateKeyPem: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(privateKeyPem);
  } catch {
    throw new AwsError("InvalidAttributeValue", "privateKeyPem is no unencrypted private key in PEM");
  }
  const p256 = key.asymmetricKeyType === "ec" && key.asymmetricKeyDetails?.namedCurve === "prime256v1";
  if (key.asymmetricKeyType !== "rsa" && !p256) {
    throw new AwsError("InvalidAttributeValue", "privateKeyPem must be an RSA or a P-256 key");
  }
  return key;
}
