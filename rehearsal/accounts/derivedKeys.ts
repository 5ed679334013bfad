/** Key pairs and signatures that follow from the account's seed, so that certificates do too. */
import { checkPrimeSync, createECDH, createHash, createPrivateKey, sign, type KeyObject } from "node:crypto";
import { bytesOf, integer, sequence } from "./der";
import { derivedBytes } from "./derived";
import type { AccountContext } from "./service";

/** Order of the base point of P-256 (FIPS 186-4, D.1.2.3). */
const p256Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

const rsaExponent = 65_537n;

/** A P-256 private key. */
export function p256Key(context: AccountContext, ...parts: string[]): KeyObject {
  const secret = scalar(derivedBytes(context, 48, "p256", ...parts));
  const point = p256Point(secret);
  return createPrivateKey({
    format: "jwk",
    key: { kty: "EC", crv: "P-256", d: fixed(secret, 32).toString("base64url"), ...point },
  });
}

/** An RSA private key of so many bits. */
export function rsaKey(context: AccountContext, bits: number, ...parts: string[]): KeyObject {
  const p = prime(context, bits / 2, "p", ...parts);
  const q = prime(context, bits / 2, "q", ...parts);
  const d = inverse(rsaExponent, (p - 1n) * (q - 1n));
  const text = (value: bigint): string => bytesOf(value).toString("base64url");
  return createPrivateKey({
    format: "jwk",
    key: {
      ...{ kty: "RSA", n: text(p * q), e: text(rsaExponent), d: text(d), p: text(p), q: text(q) },
      ...{ dp: text(d % (p - 1n)), dq: text(d % (q - 1n)), qi: text(inverse(q, p)) },
    },
  });
}

/**
 * A SHA-256 signature in DER, the same one for the same key and data. RSA's is by nature; ECDSA's takes its one-time
 * number from the key and the data instead of at random, which is the idea of RFC 6979.
 */
export function signDeterministically(key: KeyObject, data: Buffer): Buffer {
  if (key.asymmetricKeyType === "rsa") return sign("sha256", data, key);
  const secret = numberOf(Buffer.from(key.export({ format: "jwk" }).d ?? "", "base64url"));
  const hash = createHash("sha256").update(data).digest();
  const once = scalar(createHash("sha512").update(fixed(secret, 32)).update(hash).digest());
  const r = numberOf(Buffer.from(p256Point(once).x, "base64url")) % p256Order;
  const s = (inverse(once, p256Order) * (numberOf(hash) + r * secret)) % p256Order;
  return sequence(integer(r), integer(s));
}

/** A number from 1 to one less than the order, from bytes that are longer than it. */
function scalar(bytes: Buffer): bigint {
  return (numberOf(bytes) % (p256Order - 1n)) + 1n;
}

/** The base point times a number, in the two coordinates of a JSON Web Key. */
function p256Point(factor: bigint): { x: string; y: string } {
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(fixed(factor, 32));
  const point = curve.getPublicKey();
  return { x: point.subarray(1, 33).toString("base64url"), y: point.subarray(33).toString("base64url") };
}

/** A prime of exactly so many bits; the product of two has exactly twice as many, for the two top bits are set. */
function prime(context: AccountContext, bits: number, ...parts: string[]): bigint {
  const start = numberOf(derivedBytes(context, bits / 8, "prime", ...parts));
  let candidate = start | (3n << BigInt(bits - 2)) | 1n;
  while ((candidate - 1n) % rsaExponent === 0n || !checkPrimeSync(candidate)) candidate += 2n;
  return candidate;
}

/** The inverse of a number modulo another that it shares no factor with. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [r, nextR, t, nextT] = [modulus, value % modulus, 0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return ((t % modulus) + modulus) % modulus;
}

function numberOf(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function fixed(value: bigint, length: number): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * length, "0"), "hex");
}
