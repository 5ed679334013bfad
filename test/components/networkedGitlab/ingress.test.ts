import * as aws from "@pulumi/aws";
import * as tls from "@pulumi/tls";
import { expect } from "chai";
import type { Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { deploySource, ordinarySource, selfSigned, subnetId } from "./deploySource";
import { rules } from "./securityGroupRules";
import { newGitlab } from "./someSource";

/** The ARN of a certificate that ACM holds already. */
function someonesCertificate() {
  const { privateKeyPem } = new tls.PrivateKey("theirs", { algorithm: "ECDSA", ecdsaCurve: "P256" });
  const { certPem } = new tls.SelfSignedCert("theirs", {
    privateKeyPem,
    subject: { organization: "Example" },
    dnsNames: ["gitlab.dev.example.com"],
    allowedUses: ["digital_signature", "server_auth"],
    validityPeriodHours: 24,
  });
  return new aws.acm.Certificate("theirs", { privateKey: privateKeyPem, certificateBody: certPem }).arn;
}

describe("NetworkedGitlab", () => {
  let dev: Deployment;
  before(async () => {
    dev = await ordinarySource();
  });

  describe("the ingress", () => {
    const byName = (type: string, name: string) => dev.resource(`aws:lb/${type}`, name).inputs;

    it("faces the Internet from the public subnets, with a security group from the start", () => {
      const balancer = byName("loadBalancer:LoadBalancer", "dev-ingress");
      expect(balancer).to.include({ loadBalancerType: "network", internal: false });
      expect(balancer["subnets"]).to.deep.equal([subnetId(dev, "public-1"), subnetId(dev, "public-2")]);
      expect(balancer["securityGroups"]).to.deep.equal([
        dev.resource("aws:ec2/securityGroup:SecurityGroup", "dev-ingress").id,
      ]);
    });

    it("reaches the one host from the addresses of both zones", () => {
      expect(byName("loadBalancer:LoadBalancer", "dev-ingress")).to.include({
        enableCrossZoneLoadBalancing: true,
      });
    });

    it("ends TLS on 443 and hands on with the PROXY protocol; git over ssh goes on as it is", () => {
      expect(byName("listener:Listener", "dev-web")).to.include({ port: 443, protocol: "TLS" });
      expect(byName("targetGroup:TargetGroup", "dev-web")).to.include({ port: 80, proxyProtocolV2: true });
      expect(byName("listener:Listener", "dev-ssh")).to.include({ port: 22, protocol: "TCP" });
      expect(byName("targetGroup:TargetGroup", "dev-ssh")).to.include({ port: 22, proxyProtocolV2: false });
      for (const name of ["dev-web", "dev-ssh"])
        expect(byName("targetGroup:TargetGroup", name)).to.include({ preserveClientIp: "false" });
    });

    it("has no door for ssh when git over ssh is off", async () => {
      const closed = await deploySource({ gitlab: { ...selfSigned, gitOverSsh: false } });
      expect(rules(closed).filter((rule) => rule.includes(" 22 "))).to.deep.equal([]);
      expect(closed.ofType("aws:lb/listener:Listener").map(({ name }) => name)).to.have.members([
        "dev-web",
        "dev-proxy",
      ]);
    });

    it("uses the certificate that is given, under the hostname that is given", async () => {
      const own = await deploySource({}, () => {
        return Promise.resolve({ gitlab: { ...newGitlab, certificateArn: someonesCertificate() } });
      });
      const arn = own.resource("aws:acm/certificate:Certificate", "theirs").outputs["arn"];
      expect(own.resource("aws:lb/listener:Listener", "dev-web").inputs["certificateArn"]).to.equal(arn);
      expect(own.output("gitlabUrl")).to.equal("https://gitlab.dev.example.com");
      expect(own.ofType("tls:index/privateKey:PrivateKey").map(({ name }) => name)).to.deep.equal(["theirs"]);
    });
  });
});
