import { expect } from "chai";
import type { Account } from "../../../../rehearsal/aws/account";
import { hasCertificate } from "../../../../rehearsal/aws/identity/acm";
import { account, make, refused, text } from "../make";

const certificate = "aws:acm/certificate:Certificate";

async function selfSigned(
  name: string,
  hours = 24,
): Promise<{ certificateBody: string; privateKey: string }> {
  const tls = account();
  const key = await make(tls, "tls:index/privateKey:PrivateKey", name, {
    algorithm: "ECDSA",
    ecdsaCurve: "P256",
  });
  const privateKey = text(key, "privateKeyPem");
  const made = await make(tls, "tls:index/selfSignedCert:SelfSignedCert", name, {
    privateKeyPem: privateKey,
    subject: { organization: "Example" },
    dnsNames: ["gitlab.example.com"],
    allowedUses: ["digital_signature", "server_auth"],
    validityPeriodHours: hours,
  });
  return { certificateBody: text(made, "certPem"), privateKey };
}

describe("the stand-in Certificate Manager", () => {
  let acm: Account;
  beforeEach(() => {
    acm = account();
  });

  it("imports a certificate with its key, and reads its names", async () => {
    const made = await make(acm, certificate, "c", { ...(await selfSigned("a")) });
    expect(made.outputs).to.include({
      domainName: "gitlab.example.com",
      keyAlgorithm: "EC_prime256v1",
      status: "ISSUED",
      type: "IMPORTED",
      notAfter: "2026-01-02T00:00:00Z",
    });
    expect(hasCertificate(acm, made.id)).to.equal(true);
  });

  it("refuses a certificate with the key of another", async () => {
    const { certificateBody } = await selfSigned("a");
    const { privateKey } = await selfSigned("b");
    const message = await refused(
      "ValidationException",
      make(acm, certificate, "c", { certificateBody, privateKey }),
    );
    expect(message).to.contain("do not match");
  });

  it("refuses what is not a certificate, no key, or no chain", async () => {
    const good = await selfSigned("a");
    const certificateChain = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (const change of [{ certificateBody: "none" }, { privateKey: "none" }, { certificateChain }]) {
      await refused("ValidationException", make(acm, certificate, "c", { ...good, ...change }));
    }
  });

  it("refuses a certificate that has expired", async () => {
    const expired = await selfSigned("a", 0);
    expect(await refused("ValidationException", make(acm, certificate, "c", { ...expired }))).to.contain(
      "not now",
    );
  });

  it("imports certificates and asks for none", async () => {
    const inputs = { domainName: "gitlab.example.com", validationMethod: "DNS" };
    await refused("ValidationException", make(acm, certificate, "c", inputs));
  });
});
