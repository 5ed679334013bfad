/** The X.509 certificates of the rehearsal: of its git servers, and those that a deployment has signed itself. */
import { createPublicKey, generateKeyPairSync, webcrypto, type KeyObject } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";
// Has to be there before the library, whose decorators use it.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** What a TLS server needs, both in PEM. */
export interface ServerCertificate {
  key: string;
  cert: string;
}

/** What the certificate of a TLS server says. */
export interface ServerCertificateContents {
  /** Distinguished name, e.g. `[{ O: ["Example"] }, { CN: ["gitlab.example.com"] }]`. */
  subject: x509.JsonName;
  /** The names that the server answers to. */
  dnsNames: readonly string[];
  notBefore: Date;
  notAfter: Date;
}

/** Who signs, and by which key. */
interface Issuer {
  subject: x509.JsonName;
  /** Private P-256 key. */
  key: KeyObject;
}

/** A week covers a rehearsal that was kept; the hour before covers a clock that was set back a little. */
const VALID_BEFORE_MS = 3_600_000;
const VALID_AFTER_MS = 7 * 24 * 3_600_000;

const P256 = { name: "ECDSA", namedCurve: "P-256" };

/** The throw-away authority. Its key never leaves memory; its certificate is a file that git clients trust. */
export class CertificateAuthority {
  readonly #issuer: Issuer = { subject: [{ CN: ["git-airlock rehearsal"] }], key: newKey() };

  private constructor(
    /** Path of the authority's own certificate, PEM; for GIT_SSL_CAINFO. */
    readonly file: string,
  ) {}

  /** Makes an authority and writes `ca.pem` into the folder, which must exist. */
  static async create(folder: string): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(path.join(folder, "ca.pem"));
    const { subject, key } = authority.#issuer;
    const own = await sign(authority.#issuer, key, {
      subject,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
        await x509.SubjectKeyIdentifierExtension.create(publicDer(key)),
      ],
    });
    await writeFile(authority.file, own);
    return authority;
  }

  /** A new key with a certificate for exactly this DNS name. */
  async serverCertificate(hostname: string): Promise<ServerCertificate> {
    const key = newKey();
    const contents = { subject: [{ CN: [hostname] }], dnsNames: [hostname], ...validity() };
    const cert = await signServerCertificate(this.#issuer, key, contents);
    return { key: key.export({ type: "pkcs8", format: "pem" }).toString(), cert };
  }
}

/** PEM of a TLS server's certificate that its own private P-256 key has signed. */
export function selfSignedCertificate(key: KeyObject, contents: ServerCertificateContents): Promise<string> {
  return signServerCertificate({ subject: contents.subject, key }, key, contents);
}

/** A new P-256 key pair, as its private key. */
export function newKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

async function signServerCertificate(
  issuer: Issuer,
  key: KeyObject,
  { dnsNames, ...contents }: ServerCertificateContents,
): Promise<string> {
  const extensions = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    // The only use that an ECDSA key has in TLS.
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    new x509.SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: "dns", value }))),
    await x509.AuthorityKeyIdentifierExtension.create(publicDer(issuer.key)),
  ];
  return sign(issuer, key, { ...contents, extensions });
}

async function sign(
  issuer: Issuer,
  key: KeyObject,
  contents: Omit<x509.X509CertificateCreateCommonParams, "issuer">,
): Promise<string> {
  const issuerKey = issuer.key.export({ type: "pkcs8", format: "der" });
  const certificate = await x509.X509CertificateGenerator.create({
    ...contents,
    issuer: issuer.subject,
    publicKey: publicDer(key),
    signingKey: await webcrypto.subtle.importKey("pkcs8", issuerKey, P256, false, ["sign"]),
  });
  return `${certificate.toString("pem")}\n`;
}

function publicDer(privateKey: KeyObject): Buffer {
  return createPublicKey(privateKey).export({ type: "spki", format: "der" });
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - VALID_BEFORE_MS), notAfter: new Date(now + VALID_AFTER_MS) };
}
