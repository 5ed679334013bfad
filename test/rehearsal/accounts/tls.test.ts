import { createPrivateKey, createPublicKey, createSign, createVerify, X509Certificate } from "node:crypto";
import { expect } from "chai";
import type { Properties } from "../../../rehearsal/accounts/service";
import { Tls } from "../../../rehearsal/accounts/tls";
import { account, make, refused, text } from "./make";

const privateKey = "tls:index/privateKey:PrivateKey";
const selfSigned = "tls:index/selfSignedCert:SelfSignedCert";

async function certificate(algorithm: Properties, changes: Properties = {}): Promise<[string, string]> {
  const tls = new Tls(account());
  const privateKeyPem = text(await make(tls, privateKey, "k", algorithm), "privateKeyPem");
  const made = await make(tls, selfSigned, "c", {
    privateKeyPem,
    subject: { commonName: "gitlab.example.com", organization: "Example" },
    dnsNames: ["gitlab.example.com"],
    ipAddresses: ["192.0.2.1", "2001:db8::1"],
    allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
    validityPeriodHours: 24 * 365,
    ...changes,
  });
  return [text(made, "certPem"), privateKeyPem];
}

describe("the stand-in tls provider", () => {
  for (const algorithm of [{ algorithm: "ECDSA", ecdsaCurve: "P256" }, { algorithm: "RSA" }]) {
    describe(`with ${algorithm.algorithm}`, () => {
      it("makes a key pair that signs and verifies", async () => {
        const made = await make(new Tls(account()), privateKey, "k", algorithm);
        const signature = createSign("sha256").update("data").sign(text(made, "privateKeyPem"));
        expect(createVerify("sha256").update("data").verify(text(made, "publicKeyPem"), signature)).to.equal(
          true,
        );
      });

      it("makes the same key pair and certificate again, and another key under another name", async () => {
        expect(await certificate(algorithm)).to.deep.equal(await certificate(algorithm));
        const tls = new Tls(account());
        const one = await make(tls, privateKey, "k", algorithm);
        const other = await make(tls, privateKey, "other", algorithm);
        expect(one.outputs["privateKeyPem"]).not.to.equal(other.outputs["privateKeyPem"]);
      });

      it("makes a certificate that its own key has signed and that is for it", async () => {
        const [pem, key] = await certificate(algorithm);
        const x509 = new X509Certificate(pem);
        expect(x509.verify(createPublicKey(key))).to.equal(true);
        expect(x509.checkPrivateKey(createPrivateKey(key))).to.equal(true);
      });
    });
  }

  it("writes names, purposes and dates into the certificate", async () => {
    const x509 = new X509Certificate((await certificate({ algorithm: "ECDSA", ecdsaCurve: "P256" }))[0]);
    expect(x509.subject).to.equal("O=Example\nCN=gitlab.example.com");
    expect(x509.checkHost("gitlab.example.com")).to.equal("gitlab.example.com");
    expect(x509.checkHost("other.example.com")).to.equal(undefined);
    expect(x509.checkIP("192.0.2.1")).to.equal("192.0.2.1");
    expect(x509.checkIP("2001:db8::1")).to.equal("2001:db8::1");
    expect(x509.keyUsage).to.deep.equal(["1.3.6.1.5.5.7.3.1"]);
    expect(x509.ca).to.equal(false);
    const days = (Date.parse(x509.validTo) - Date.parse(x509.validFrom)) / 86_400_000;
    expect(days).to.equal(365);
  });

  it("writes dates beyond 2049 and a certificate authority too", async () => {
    const changes = {
      validityPeriodHours: 24 * 365 * 30,
      isCaCertificate: true,
      allowedUses: ["cert_signing"],
    };
    const x509 = new X509Certificate(
      (await certificate({ algorithm: "ECDSA", ecdsaCurve: "P256" }, changes))[0],
    );
    expect(new Date(x509.validTo).getUTCFullYear()).to.equal(2055);
    expect(x509.ca).to.equal(true);
  });

  it("signs whatever it is given so that anyone can verify it", async () => {
    for (let i = 0; i < 40; i++) {
      const [pem, key] = await certificate(
        { algorithm: "ECDSA", ecdsaCurve: "P256" },
        { dnsNames: [`host${i}.example.com`] },
      );
      expect(new X509Certificate(pem).verify(createPublicKey(key)), `host${i}`).to.equal(true);
    }
  });

  it("refuses a key that is none, and a use that it does not know", async () => {
    const rest = { allowedUses: [], validityPeriodHours: 1 };
    await refused(
      "InvalidAttributeValue",
      make(new Tls(account()), selfSigned, "c", { privateKeyPem: "none", ...rest }),
    );
    const [, privateKeyPem] = await certificate({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    const unknown = { privateKeyPem, ...rest, allowedUses: ["digitalSignature"] };
    await refused("ValidationException", make(new Tls(account()), selfSigned, "c", unknown));
  });
});
