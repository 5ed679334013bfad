/** ASN.1 in DER (X.690), as far as keys, signatures and certificates need it. */

const universal = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Any element by its tag octet. */
export function element(tag: number, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = bytesOf(BigInt(body.length));
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
}

export function sequence(...elements: Buffer[]): Buffer {
  return element(universal.sequence, ...elements);
}

export function setOf(...elements: Buffer[]): Buffer {
  return element(universal.set, ...elements);
}

export function boolean(value: boolean): Buffer {
  return element(universal.boolean, Buffer.from([value ? 0xff : 0]));
}

/** A non-negative integer: a leading zero octet keeps it from being read as a negative one. */
export function integer(value: bigint): Buffer {
  const bytes = bytesOf(value);
  const sign = (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return element(universal.integer, sign, bytes);
}

/** @param unusedBits how many bits at the end of the last octet do not count */
export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return element(universal.bitString, Buffer.from([unusedBits]), bytes);
}

export function octetString(bytes: Buffer): Buffer {
  return element(universal.octetString, bytes);
}

export function utf8String(text: string): Buffer {
  return element(universal.utf8String, Buffer.from(text));
}

/** An object identifier in dotted form, e.g. "2.5.4.3". */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const octets = [40 * first + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return element(universal.objectIdentifier, Buffer.from(octets));
}

/** A time of a certificate: RFC 5280 asks for two-digit years through 2049 and for four digits from then on. */
export function time(date: Date): Buffer {
  const digits = `${date
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/[-:T]/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? element(universal.utcTime, Buffer.from(digits.slice(2)))
    : element(universal.generalizedTime, Buffer.from(digits));
}

/** PEM (RFC 7468) of some DER. */
export function pem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/** A non-negative number in as few octets as it takes, at least one. */
export function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}
