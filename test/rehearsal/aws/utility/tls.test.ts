import {
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  generateKeyPairSync,
  X509Certificate,
} from "node:crypto";
import { expect } from "chai";
import type { Account } from "../../../../rehearsal/aws/account";
import type { Properties } from "../../../../rehearsal/aws/accountContext";
import { account, make, refused, text } from "../make";

const p256: Properties = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const contents: Properties = {
  subject: { organization: "Example" },
  dnsNames: ["gitlab.example.com"],
  allowedUses: ["digital_signature", "server_auth"],
  validityPeriodHours: 24 * 365,
};

describe("the stand-in tls provider", () => {
  let tls: Account;
  beforeEach(() => {
    tls = account();
  });
  const privateKey = (inputs = p256) => make(tls, "tls:index/privateKey:PrivateKey", "k", inputs);
  const selfSigned = (privateKeyPem: string, changes: Properties = {}) =>
    make(tls, "tls:index/selfSignedCert:SelfSignedCert", "c", { privateKeyPem, ...contents, ...changes });

  it("makes a key pair that signs and verifies", async () => {
    const made = await privateKey();
    const signature = createSign("sha256").update("data").sign(text(made, "privateKeyPem"));
    const verifier = createVerify("sha256").update("data");
    expect(verifier.verify(text(made, "publicKeyPem"), signature)).to.equal(true);
  });

  it("makes a certificate that its own key has signed and that is for it", async () => {
    const key = text(await privateKey(), "privateKeyPem");
    const x509 = new X509Certificate(text(await selfSigned(key), "certPem"));
    expect(x509.verify(createPublicKey(key))).to.equal(true);
    expect(x509.issuer).to.equal(x509.subject);
    expect(x509.checkPrivateKey(createPrivateKey(key))).to.equal(true);
  });

  it("writes names, purposes and dates into the certificate", async () => {
    const made = await selfSigned(text(await privateKey(), "privateKeyPem"));
    const x509 = new X509Certificate(text(made, "certPem"));
    expect(x509.subject).to.equal("O=Example");
    expect(x509.subjectAltName).to.equal("DNS:gitlab.example.com");
    expect(x509.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
    expect(x509.ca).to.equal(false);
    const validity = [x509.validFrom, x509.validTo].map((date) => new Date(date).toISOString());
    expect(validity).to.deep.equal(["2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"]);
  });

  it("says when the certificate is to be made anew", async () => {
    const key = text(await privateKey(), "privateKeyPem");
    const early = (hours: number) => selfSigned(key, { validityPeriodHours: 24, earlyRenewalHours: hours });
    expect((await early(23)).outputs["readyForRenewal"]).to.equal(false);
    expect((await early(24)).outputs["readyForRenewal"]).to.equal(true);
  });

  it("refuses a key that is none, and one of another curve", async () => {
    await refused("InvalidAttributeValue", selfSigned("none"));
    const { privateKey: other } = generateKeyPairSync("ec", { namedCurve: "P-384" });
    const pem = other.export({ type: "sec1", format: "pem" }).toString();
    await refused("InvalidAttributeValue", selfSigned(pem));
  });

  it("refuses what it would not put into the key or the certificate", async () => {
    await refused("ValidationException", privateKey({ algorithm: "RSA" }));
    const key = text(await privateKey(), "privateKeyPem");
    for (const change of [
      { allowedUses: ["digital_signature", "server_auth", "cert_signing"] },
      { allowedUses: ["server_auth"] },
      { subject: { organization: "Example", commonName: "gitlab.example.com" } },
      { ipAddresses: ["192.0.2.1"] },
    ]) {
      await refused("ValidationException", selfSigned(key, change));
    }
  });
});
