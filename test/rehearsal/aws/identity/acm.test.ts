import { expect } from "chai";
import { z } from "zod";
import type { Account } from "../../../../rehearsal/aws/account";
import { stateOfCertificate } from "../../../../rehearsal/aws/identity/acm";
import { account, make, refused, text } from "../make";

const optionSchema = z.object({
  resourceRecordName: z.string(),
  resourceRecordType: z.string(),
  resourceRecordValue: z.string(),
});

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
    expect(stateOfCertificate(acm, made.id)).to.equal("issued");
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

  it("takes a certificate or a name, and not both", async () => {
    const asked = { domainName: "gitlab.example.com", validationMethod: "DNS" };
    await refused("ValidationException", make(acm, certificate, "c", {}));
    await refused(
      "ValidationException",
      make(acm, certificate, "c", { ...asked, ...(await selfSigned("a")) }),
    );
  });

  describe("asked for a name's certificate", () => {
    const hostedZones = [
      { id: "Z1PUBLIC", name: "example.com", isPrivate: false },
      { id: "Z1PRIVATE", name: "example.com", isPrivate: true },
    ];
    const asked = { domainName: "gitlab.example.com", validationMethod: "DNS" };
    const validation = "aws:acm/certificateValidation:CertificateValidation";
    beforeEach(() => {
      acm = account("test", { hostedZones });
    });

    /** Asks for a certificate, and writes the record that ACM wants into a zone. */
    async function prove(zoneId: string, change: object = {}): Promise<{ arn: string; fqdn: string }> {
      const { id: arn, outputs } = await make(acm, certificate, "c", asked);
      const options = z.array(optionSchema).length(1).parse(outputs["domainValidationOptions"]);
      const [proof] = options;
      const made = await make(acm, "aws:route53/record:Record", "proof", {
        zoneId,
        name: proof?.resourceRecordName,
        type: proof?.resourceRecordType,
        records: [proof?.resourceRecordValue],
        ttl: 300,
        ...change,
      });
      return { arn, fqdn: text(made, "fqdn") };
    }

    it("issues it once the public zone of the name shows the proof", async () => {
      const { arn, fqdn } = await prove("Z1PUBLIC");
      await make(acm, validation, "v", { certificateArn: arn, validationRecordFqdns: [fqdn] });
      expect(stateOfCertificate(acm, arn)).to.equal("issued");
    });

    it("leaves it pending where the record is in a private zone, or says something else", async () => {
      for (const [zoneId, change] of [
        ["Z1PRIVATE", {}],
        ["Z1PUBLIC", { records: ["_other.acm-validations.aws."] }],
      ] as const) {
        acm = account("test", { hostedZones });
        const { arn, fqdn } = await prove(zoneId, change);
        const inputs = { certificateArn: arn, validationRecordFqdns: [fqdn] };
        expect(await refused("Timeout", make(acm, validation, "v", inputs))).to.contain("PENDING_VALIDATION");
        expect(stateOfCertificate(acm, arn)).to.equal("pending");
      }
    });

    it("waits for no record but the proof, and for no certificate that was imported", async () => {
      const { arn } = await prove("Z1PUBLIC");
      const other = { certificateArn: arn, validationRecordFqdns: ["gitlab.example.com"] };
      expect(await refused("ValidationException", make(acm, validation, "v", other))).to.contain("missing _");
      const imported = await make(acm, certificate, "i", { ...(await selfSigned("a")) });
      const inputs = { certificateArn: imported.id };
      expect(await refused("ValidationException", make(acm, validation, "v", inputs))).to.contain("IMPORTED");
    });

    it("asks for the same proof again for the same name", async () => {
      const [first, second] = await Promise.all(
        ["a", "b"].map((name) => make(acm, certificate, name, asked)),
      );
      expect(first?.outputs["domainValidationOptions"]).to.deep.equal(
        second?.outputs["domainValidationOptions"],
      );
      expect(first?.id).to.not.equal(second?.id);
    });

    it("makes none for a name of more than 64 characters", async () => {
      const inputs = { ...asked, domainName: `${"a".repeat(53)}.example.com` };
      await refused("ValidationException", make(acm, certificate, "c", inputs));
    });
  });
});
