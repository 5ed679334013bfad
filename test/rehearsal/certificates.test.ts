import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { CertificateAuthority } from "../../rehearsal/certificates";

describe("the throw-away certificate authority", () => {
  let folder: string;
  let authority: CertificateAuthority;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "airlock-ca-"));
    authority = await CertificateAuthority.create(folder);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const own = () => new X509Certificate(readFileSync(authority.file));

  it("signs itself, with a P-256 key, as an authority", () => {
    expect(own().ca).to.equal(true);
    expect(own().verify(own().publicKey)).to.equal(true);
    expect(own().publicKey.asymmetricKeyDetails).to.deep.include({ namedCurve: "prime256v1" });
  });

  it("signs certificates for the name asked for, and no other", async () => {
    const { cert, key } = await authority.serverCertificate("a.example.com");
    const certificate = new X509Certificate(cert);
    expect(certificate.verify(own().publicKey)).to.equal(true);
    expect(certificate.checkIssued(own())).to.equal(true);
    expect(certificate.ca).to.equal(false);
    expect(certificate.subjectAltName).to.equal("DNS:a.example.com");
    expect(certificate.checkHost("a.example.com")).to.equal("a.example.com");
    expect(certificate.checkHost("b.example.com")).to.equal(undefined);
    expect(certificate.publicKey.equals(createPublicKey(key))).to.equal(true);
  });

  it("gives certificates that are valid now and for days, not years", async () => {
    const { cert } = await authority.serverCertificate("a.example.com");
    const certificate = new X509Certificate(cert);
    const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    expect(Date.parse(certificate.validFrom)).to.be.below(Date.now());
    expect(days).to.be.within(6, 8);
  });

  it("writes its certificate and keeps its key", () => {
    expect(readFileSync(authority.file, "utf8")).to.match(
      /^-----BEGIN CERTIFICATE-----\n[^-]+-----END CERTIFICATE-----\n$/,
    );
  });
});
