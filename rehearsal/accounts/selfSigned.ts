/** Self-signed X.509 certificates (RFC 5280). */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import ipaddr from "ipaddr.js";
import * as der from "./der";
import { signDeterministically } from "./derivedKeys";

/** The parts of a name, in the order that a certificate has them. */
export const subjectFields = {
  country: "2.5.4.6",
  organization: "2.5.4.10",
  organizationalUnit: "2.5.4.11",
  locality: "2.5.4.7",
  province: "2.5.4.8",
  postalCode: "2.5.4.17",
  serialNumber: "2.5.4.5",
  commonName: "2.5.4.3",
} as const;

/** The bits of the key usage extension, from bit 0. */
export const keyUsages = [
  ...["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"],
  ...["cert_signing", "crl_signing", "encipher_only", "decipher_only"],
];

/** Purposes of the extended key usage extension. */
export const extendedKeyUsages: Readonly<Record<string, string>> = {
  any_extended: "2.5.29.37.0",
  server_auth: "1.3.6.1.5.5.7.3.1",
  client_auth: "1.3.6.1.5.5.7.3.2",
  code_signing: "1.3.6.1.5.5.7.3.3",
  email_protection: "1.3.6.1.5.5.7.3.4",
  timestamping: "1.3.6.1.5.5.7.3.8",
  ocsp_signing: "1.3.6.1.5.5.7.3.9",
};

export interface CertificateContents {
  subject: Partial<Record<keyof typeof subjectFields, string>>;
  dnsNames: string[];
  ipAddresses: string[];
  /** Names out of `keyUsages` and `extendedKeyUsages`. */
  allowedUses: string[];
  isCertificateAuthority: boolean;
  notBefore: Date;
  notAfter: Date;
}

/** PEM of a certificate signed by the key that it is for. The same contents and key give the same bytes. */
export function selfSignedCertificate(key: KeyObject, contents: CertificateContents): string {
  const publicKey = createPublicKey(key).export({ type: "spki", format: "der" });
  const name = distinguishedName(contents.subject);
  const algorithm =
    key.asymmetricKeyType === "rsa"
      ? der.sequence(der.objectIdentifier("1.2.840.113549.1.1.11"), der.element(0x05))
      : der.sequence(der.objectIdentifier("1.2.840.10045.4.3.2"));
  const validity = der.sequence(der.time(contents.notBefore), der.time(contents.notAfter));
  const extensions = der.element(0xa3, der.sequence(...extensionsOf(contents)));
  // A serial number must be positive and at most 20 octets.
  const serial = createHash("sha256")
    .update(publicKey)
    .update(name)
    .update(validity)
    .digest("hex")
    .slice(0, 38);
  const toBeSigned = der.sequence(
    der.element(0xa0, der.integer(2n)),
    der.integer(BigInt(`0x${serial}`)),
    ...[algorithm, name, validity, name, publicKey, extensions],
  );
  const signature = der.bitString(signDeterministically(key, toBeSigned));
  return der.pem("CERTIFICATE", der.sequence(toBeSigned, algorithm, signature));
}

function distinguishedName(subject: CertificateContents["subject"]): Buffer {
  const parts = Object.entries(subjectFields).flatMap(([field, oid]) => {
    const value = Object.entries(subject).find(([name]) => name === field)?.[1];
    return value ? [der.setOf(der.sequence(der.objectIdentifier(oid), der.utf8String(value)))] : [];
  });
  return der.sequence(...parts);
}

function extensionsOf(contents: CertificateContents): Buffer[] {
  const extension = (oid: string, critical: boolean, value: Buffer): Buffer =>
    der.sequence(der.objectIdentifier(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(value));
  const { allowedUses, isCertificateAuthority } = contents;
  const purposes = allowedUses.flatMap((use) => extendedKeyUsages[use] ?? []);
  const names = [
    ...contents.dnsNames.map((name) => der.element(0x82, Buffer.from(name, "ascii"))),
    ...contents.ipAddresses.map((address) =>
      der.element(0x87, Buffer.from(ipaddr.parse(address).toByteArray())),
    ),
  ];
  const noSubject = Object.keys(contents.subject).length === 0;
  return [
    ...(allowedUses.some((use) => keyUsages.includes(use))
      ? [extension("2.5.29.15", true, keyUsage(allowedUses))]
      : []),
    ...(purposes.length > 0
      ? [extension("2.5.29.37", false, der.sequence(...purposes.map(der.objectIdentifier)))]
      : []),
    extension("2.5.29.19", true, der.sequence(...(isCertificateAuthority ? [der.boolean(true)] : []))),
    // RFC 5280, 4.2.1.6: critical when there is no subject to go by.
    ...(names.length > 0 ? [extension("2.5.29.17", noSubject, der.sequence(...names))] : []),
  ];
}

/** The bits as DER wants them: none that are zero at the end. */
function keyUsage(allowedUses: string[]): Buffer {
  const bits = keyUsages
    .map((use) => (allowedUses.includes(use) ? "1" : "0"))
    .join("")
    .replace(/0+$/, "");
  const unused = (8 - (bits.length % 8)) % 8;
  const padded = bits + "0".repeat(unused);
  const octets = padded.match(/.{8}/g) ?? [];
  return der.bitString(Buffer.from(octets.map((octet) => Number.parseInt(octet, 2))), unused);
}
