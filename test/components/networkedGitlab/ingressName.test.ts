import { expect } from "chai";
import { zoneProblem } from "../../../components/networkedGitlab/hostedZone";
import type { OwnZone } from "../../../rehearsal/aws/accountContext";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { deploySource, refusal } from "./deploySource";
import { hostedZoneId, newGitlab } from "./someSource";

const RECORD = "aws:route53/record:Record";
const changes = { gitlab: { ...newGitlab, certificateArn: undefined, hostedZoneId } };
const zone: OwnZone = { id: hostedZoneId, name: "dev.example.com", isPrivate: false };
const nothing = () => Promise.resolve({});

/** What is refused of the zone, and which names and certificates were made all the same. */
const refusalIn = (hostedZones: OwnZone[]) => refusal(changes, nothing, { hostedZones });

describe("NetworkedGitlab with a hosted zone", () => {
  let dev: Deployment;
  before(async () => {
    dev = await deploySource(changes, nothing, { hostedZones: [zone] });
  });

  it("points the host name at the ingress load balancer, and takes no other record's place", () => {
    const { dnsName, zoneId } = dev.resource("aws:lb/loadBalancer:LoadBalancer", "dev-ingress").outputs;
    expect(dev.resource(RECORD, "dev-gitlab").inputs).to.deep.include({
      zoneId: hostedZoneId,
      name: "gitlab.dev.example.com",
      type: "A",
      aliases: [{ name: dnsName, zoneId, evaluateTargetHealth: false }],
    });
    expect(dev.resource(RECORD, "dev-gitlab").inputs).to.not.have.property("allowOverwrite");
  });

  it("ends TLS with a certificate that ACM has issued for the host name", () => {
    const certificate = dev.resource("aws:acm/certificate:Certificate", "dev-gitlab");
    expect(certificate.inputs).to.include({ domainName: "gitlab.dev.example.com", validationMethod: "DNS" });
    const [wanted] = [certificate.outputs["domainValidationOptions"]].flat() as Record<string, string>[];
    expect(dev.resource(RECORD, "dev-gitlab-validation").inputs).to.deep.include({
      zoneId: hostedZoneId,
      name: wanted?.resourceRecordName,
      type: "CNAME",
      records: [wanted?.resourceRecordValue],
    });
    // By way of the validation, so that no listener is made before the certificate is issued.
    const validation = dev.resource("aws:acm/certificateValidation:CertificateValidation", "dev-gitlab");
    const listener = dev.resource("aws:lb/listener:Listener", "dev-web");
    expect(listener.inputs["certificateArn"]).to.equal(certificate.outputs["arn"]);
    expect(listener.propertyDependencies["certificateArn"]).to.include(validation.urn);
  });

  it("says where GitLab is", () => {
    expect(dev.output("gitlabUrl")).to.equal("https://gitlab.dev.example.com");
  });

  it("is refused where the zone is not in the account, is private, or is of another domain", async () => {
    for (const [zones, says] of [
      [
        [],
        /"Z0123456789ABCDEFGHIJ", which was not found; expected the id of a Route 53 zone of this account/,
      ],
      [[{ ...zone, isPrivate: true }], /the private zone "dev\.example\.com"; expected a public one/],
      [[{ ...zone, name: "example.org" }], /the zone "example\.org", which gitlab\.hostname.* is not in/],
    ] as const)
      expect((await refusalIn([...zones])).message).to.match(says);
  });
});

describe("a host name", () => {
  const problem = (hostname: string, name: string) => zoneProblem(hostname, { name, isPrivate: false });

  it("is in the zone of its own name and of every domain that it ends with", () => {
    for (const name of ["gitlab.dev.example.com", "dev.example.com.", "EXAMPLE.com", "com"])
      expect(problem("gitlab.dev.example.com", name), name).to.equal(undefined);
  });

  it("is in no zone whose name it only looks like", () => {
    for (const name of ["ev.example.com", "x.gitlab.dev.example.com", "example.org", "example.com.evil.org"])
      expect(problem("gitlab.dev.example.com", name), name).to.contain("is not in");
  });
});
