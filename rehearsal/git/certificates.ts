/**
 * A certificate authority that lives as long as one rehearsal, and the server certificates it signs.
 * X.509 (RFC 5280) in DER is a handful of nested lengths, so it is written here directly on node:crypto.
 */
import { type KeyObject, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { writeFile } from "node:fs/promises";
import path from "node:path";

/** What a TLS server needs, both in PEM. */
export interface ServerCertificate {
  key: string;
  cert: string;
}

const TAG = { boolean: 0x01, bits: 0x03, octets: 0x04, utf8: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 };

/** ecdsa-with-SHA256, commonName, and the extensions used below; DER of the object identifiers. */
const OID = {
  ecdsaWithSha256: Buffer.from("06082a8648ce3d040302", "hex"),
  commonName: Buffer.from("0603550403", "hex"),
  subjectKeyIdentifier: Buffer.from("0603551d0e", "hex"),
  keyUsage: Buffer.from("0603551d0f", "hex"),
  subjectAltName: Buffer.from("0603551d11", "hex"),
  basicConstraints: Buffer.from("0603551d13", "hex"),
  authorityKeyIdentifier: Buffer.from("0603551d23", "hex"),
  extKeyUsage: Buffer.from("0603551d25", "hex"),
  serverAuth: Buffer.from("06082b06010505070301", "hex"),
};

const VERSION_3 = Buffer.from("a003020102", "hex");

/** A week covers a rehearsal that was kept; the hour before covers a clock that was set back a little. */
const VALID_BEFORE_MS = 3_600_000;
const VALID_AFTER_MS = 7 * 24 * 3_600_000;

function der(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const hex = body.length.toString(16);
  const length = Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

function commonName(name: string): Buffer {
  const attribute = der(TAG.sequence, OID.commonName, der(TAG.utf8, Buffer.from(name)));
  return der(TAG.sequence, der(TAG.set, attribute));
}

function generalizedTime(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
  return der(TAG.time, Buffer.from(text.replace(/[-:T]/g, "")));
}

function extension(oid: Buffer, critical: boolean, value: Buffer): Buffer {
  const flag = critical ? [der(TAG.boolean, Buffer.from([0xff]))] : [];
  return der(TAG.sequence, oid, ...flag, der(TAG.octets, value));
}

function pem(label: string, body: Buffer): string {
  const lines = body.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

interface Contents {
  subject: string;
  publicKey: KeyObject;
  extensions: Buffer[];
}

/** The throw-away authority. Its key never leaves memory; its certificate is a file that git clients trust. */
export class CertificateAuthority {
  readonly #name = "git-airlock rehearsal";
  readonly #keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #keyId = randomBytes(20);

  private constructor(
    /** Path of the authority's own certificate, PEM; for GIT_SSL_CAINFO. */
    readonly file: string,
  ) {}

  /** Makes an authority and writes `ca.pem` into the folder, which must exist. */
  static async create(folder: string): Promise<CertificateAuthority> {
    const authority = new CertificateAuthority(path.join(folder, "ca.pem"));
    await writeFile(authority.file, authority.#certify(authority.#ownContents()));
    return authority;
  }

  /** A new P-256 key with a certificate for exactly these DNS names (at least one). */
  serverCertificate(...dnsNames: [string, ...string[]]): ServerCertificate {
    const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const names = dnsNames.map((name) => der(0x82, Buffer.from(name, "ascii")));
    const cert = this.#certify({
      subject: dnsNames[0],
      publicKey: keys.publicKey,
      extensions: [
        extension(OID.basicConstraints, true, der(TAG.sequence)),
        // digitalSignature: the only use an ECDSA key has in TLS.
        extension(OID.keyUsage, true, Buffer.from("03020780", "hex")),
        extension(OID.extKeyUsage, false, der(TAG.sequence, OID.serverAuth)),
        extension(OID.authorityKeyIdentifier, false, der(TAG.sequence, der(0x80, this.#keyId))),
        extension(OID.subjectAltName, false, der(TAG.sequence, ...names)),
      ],
    });
    return { key: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert };
  }

  #ownContents(): Contents {
    return {
      subject: this.#name,
      publicKey: this.#keys.publicKey,
      extensions: [
        extension(OID.basicConstraints, true, der(TAG.sequence, der(TAG.boolean, Buffer.from([0xff])))),
        // keyCertSign only.
        extension(OID.keyUsage, true, Buffer.from("03020204", "hex")),
        extension(OID.subjectKeyIdentifier, false, der(TAG.octets, this.#keyId)),
      ],
    };
  }

  #certify(contents: Contents): string {
    const algorithm = der(TAG.sequence, OID.ecdsaWithSha256);
    // A leading 0x01 keeps the serial number positive and of full length.
    const serial = der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
    const now = Date.now();
    const toBeSigned = der(
      TAG.sequence,
      VERSION_3,
      serial,
      algorithm,
      commonName(this.#name),
      der(TAG.sequence, generalizedTime(now - VALID_BEFORE_MS), generalizedTime(now + VALID_AFTER_MS)),
      commonName(contents.subject),
      contents.publicKey.export({ type: "spki", format: "der" }),
      der(0xa3, der(TAG.sequence, ...contents.extensions)),
    );
    const signature = sign("sha256", toBeSigned, this.#keys.privateKey);
    // The first octet of a BIT STRING counts its unused bits.
    const bits = der(TAG.bits, Buffer.from([0]), signature);
    return pem("CERTIFICATE", der(TAG.sequence, toBeSigned, algorithm, bits));
  }
}
