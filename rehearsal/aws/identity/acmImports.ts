/** What Certificate Manager makes of a certificate that is imported. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { AwsError } from "../awsError";
import { accountTime, rfc3339 } from "../clock";

/**
 * Bytes.
 * @see https://docs.aws.amazon.com/acm/latest/userguide/import-certificate-prerequisites.html
 */
const maxKeySize = 5_120;

/** A certificate with its key, in PEM. */
export interface ImportedCertificate {
  certificateBody: string;
  privateKey: string;
  certificateChain?: string | undefined;
}

/** Throws ValidationException where ACM would not take it. */
export function checkImported({ certificateBody, privateKey, certificateChain }: ImportedCertificate): void {
  const certificate = requireCertificate(certificateBody, "certificate body");
  for (const part of certificateChain?.match(/-----BEGIN[^]+?-----END [A-Z ]+-----/g) ?? [])
    requireCertificate(part, "certificate chain");
  requireKeyOf(certificate, privateKey);
  const { notBefore, notAfter } = validityOf(certificate);
  if (notBefore > accountTime || notAfter <= accountTime)
    throw new AwsError(
      "ValidationException",
      `The certificate is valid from ${rfc3339(notBefore)} to ${rfc3339(notAfter)}, which is not now (${rfc3339(accountTime)}).`,
    );
}

/** What ACM then says of it. */
export function importedOutputs({ certificateBody }: ImportedCertificate) {
  const imported = new X509Certificate(certificateBody);
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
    status: "ISSUED",
    subjectAlternativeNames: names,
    type: "IMPORTED",
    validationMethod: "NONE",
  };
}

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
