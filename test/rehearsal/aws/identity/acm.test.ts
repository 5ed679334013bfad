import { expect } from "chai";
import { Acm } from "../../../../rehearsal/aws/identity/acm";
import { Tls } from "../../../../rehearsal/aws/utility/tls";
import { account, make, refused, text } from "../make";

const certificate = "aws:acm/certificate:Certificate";

async function selfSigned(
  name: string,
  hours = 24,
): Promise<{ certificateBody: string; privateKey: string }> {
  const tls = new Tls(account());
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
  let acm: Acm;
  beforeEach(() => {
    acm = new Acm(account());
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
    expect(acm.hasCertificate(made.id)).to.equal(true);
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

  it("refuses what is no certificate, no key, or no chain", async () => {
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

  it("keeps a certificate that is asked for pending, and says how to prove the domain", async () => {
    const made = await make(acm, certificate, "c", {
      domainName: "gitlab.example.com",
      validationMethod: "DNS",
    });
    expect(made.outputs).to.include({ status: "PENDING_VALIDATION", type: "AMAZON_ISSUED" });
    expect(made.outputs["domainValidationOptions"]).to.have.length(1);
    expect(acm.hasCertificate(made.id)).to.equal(false);
  });

  it("refuses a domain name that is none", async () => {
    const inputs = { domainName: "gitlab_example", validationMethod: "DNS" };
    await refused("ValidationException", make(acm, certificate, "c", inputs));
  });
});
