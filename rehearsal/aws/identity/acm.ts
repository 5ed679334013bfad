/** Certificate Manager: certificates that are imported. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import type { AccountContext } from "../accountContext";
import { AwsError } from "../awsError";
import { accountTime, rfc3339 } from "../clock";
import { derivedUuid } from "../derived";
import { perAccount } from "../perAccount";
import { resource } from "../resource";
import { Table } from "../table";
import { tagged } from "../tags";

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
 */
const maxKeySize = 5_120;

/** The account's certificates, all of them issued; first those that it has already. */
const certificates = perAccount(({ options }) => {
  const table = new Table<{ arn: string }>("certificate", "ResourceNotFoundException");
  for (const arn of options.certificateArns ?? []) table.add(arn, { arn });
  return table;
});

/** Whether a load balancer may use the certificate: it exists and is issued. */
export function hasCertificate(aws: AccountContext, arn: string): boolean {
  return certificates(aws).has(arn);
}

/** @see https://docs.aws.amazon.com/acm/latest/APIReference/API_ImportCertificate.html */
export const certificate = resource({
  type: "aws:acm/certificate:Certificate",
  inputs: z.looseObject({
    ...tagged.shape,
    certificateBody: z.string(),
    privateKey: z.string(),
    certificateChain: z.string().optional(),
    // What asks for a certificate instead of importing one. Nothing here proves who owns a domain.
    domainName: z.undefined().optional(),
  }),
  replaces: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm"],
  checks: [
    ({ inputs }) => requireCertificate(inputs.certificateBody, "certificate body"),
    ({ inputs }) => {
      for (const part of inputs.certificateChain?.match(/-----BEGIN[^]+?-----END [A-Z ]+-----/g) ?? [])
        requireCertificate(part, "certificate chain");
    },
    ({ inputs }) => {
      requireKeyOf(new X509Certificate(inputs.certificateBody), inputs.privateKey);
    },
    [
      "ValidationException",
      ({ inputs }) => {
        const { notBefore, notAfter } = validityOf(new X509Certificate(inputs.certificateBody));
        return (
          (notBefore > accountTime || notAfter <= accountTime) &&
          `The certificate is valid from ${rfc3339(notBefore)} to ${rfc3339(notAfter)}, which is not now (${rfc3339(accountTime)}).`
        );
      },
    ],
  ],
  id: ({ aws, creation }) => aws.arn("acm", `certificate/${derivedUuid(aws, "certificate", creation.name)}`),
  arn: ({ id }) => id,
  keep: ({ aws, arn }) => certificates(aws).add(arn, { arn }),
  outputs: ({ inputs }) => {
    const imported = new X509Certificate(inputs.certificateBody);
    const { notBefore, notAfter } = validityOf(imported);
    const names = (imported.subjectAltName ?? "")
      .split(", ")
      .flatMap((n) => (n.startsWith("DNS:") ? [n.slice(4)] : []));
    return {
      domainName: /^CN=(.+)$/m.exec(imported.subject)?.[1] ?? names[0] ?? "",
      domainValidationOptions: [],
      keyAlgorithm: keyAlgorithmOf(imported),
      notAfter: rfc3339(notAfter),
      notBefore: rfc3339(notBefore),
      options: { certificateTransparencyLoggingPreference: "ENABLED", export: "DISABLED" },
      pendingRenewal: false,
      renewalEligibility: "INELIGIBLE",
      renewalSummaries: [],
      status: "ISSUED",
      subjectAlternativeNames: names,
      type: "IMPORTED",
      validationEmails: [],
      validationMethod: "NONE",
    };
  },
});

function validityOf(imported: X509Certificate): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(imported.validFrom), notAfter: new Date(imported.validTo) };
}

function requireCertificate(text: string, what: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch {
    throw new AwsError("ValidationException", `The ${what} is not a valid certificate in PEM format.`);
  }
}

function requireKeyOf(certificate: X509Certificate, privateKey: string): void {
  if (Buffer.byteLength(privateKey) > maxKeySize) {
    throw new AwsError("ValidationException", `The private key has more than ${maxKeySize} bytes.`);
  }
  let fits: boolean;
  try {
    fits = certificate.checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    throw new AwsError(
      "ValidationException",
      "The private key is not an unencrypted private key in PEM format.",
    );
  }
  if (!fits) {
    throw new AwsError(
      "ValidationException",
      "The certificate and the private key do not match: their public keys differ.",
    );
  }
}

/** The algorithm as ACM names it; ValidationException for one that ACM does not take. */
function keyAlgorithmOf(certificate: X509Certificate): string {
  const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
  const curve = asymmetricKeyDetails?.namedCurve ?? "";
  const bits = asymmetricKeyDetails?.modulusLength ?? 0;
  if (asymmetricKeyType === "rsa" && [1024, 2048, 3072, 4096].includes(bits)) return `RSA_${bits}`;
  if (asymmetricKeyType === "ec" && ["prime256v1", "secp384r1", "secp521r1"].includes(curve))
    return `EC_${curve}`;
  throw new AwsError(
    "ValidationException",
    `The certificate's key (${asymmetricKeyType ?? "unknown"} ${curve}) is not supported.`,
  );
}
