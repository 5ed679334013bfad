import { expect } from "chai";
import { openAll } from "../../../rehearsal/engines/in-process/wire";
import { deployMirror } from "../../../rehearsal/engines/deployStack";
import { root, deployBoth } from "../rehearsing";
import { missingOutputs } from "./promisedOutputs";

/**
 * What the SDK's types promise and the provider leaves out all the same, or the stand-in on purpose. The types come
 * from the provider's schema, where "computed" says only that AWS may fill it in.
 */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  // What an Elastic IP gets when something is associated with it, which is after the provider has read it.
  "aws:ec2/eip:Eip": ["privateDns"],
  // The cores of a processor are not known here; the market is of spot instances; user data is given in one form.
  "aws:ec2/instance:Instance": ["cpuOptions", "instanceMarketOptions", "userDataBase64"],
  // Of a gateway endpoint only: the ranges of its prefix list.
  "aws:ec2/vpcEndpoint:VpcEndpoint": ["cidrBlocks"],
  // Of deployments in steps only.
  "aws:ecs/service:Service": [
    "deploymentConfiguration.canaryConfiguration",
    "deploymentConfiguration.linearConfiguration",
  ],
  // Of an HTTPS listener only, as is everything that begins with `routingHttp`.
  "aws:lb/listener:Listener": ["mutualAuthentication"],
  // Blocks that a bucket has only when they are given, and the access control list, which AWS does not tell by name.
  "aws:s3/bucket:Bucket": [
    "acl",
    "logging",
    "objectLockConfiguration",
    "replicationConfiguration",
    "website",
    "websiteDomain",
    "websiteEndpoint",
  ],
  // One of the two.
  "aws:ssm/parameter:Parameter": ["value", "insecureValue"],
  // Node.js has no bcrypt, and no OpenSSH form of a private key. Nothing here reads either.
  "random:index/randomPassword:RandomPassword": ["bcryptHash"],
  "tls:index/privateKey:PrivateKey": ["privateKeyOpenssh"],
  // Of a certificate authority only.
  "tls:index/selfSignedCert:SelfSignedCert": ["maxPathLength"],
};

/** The stacks as they come, with what is off by default turned on, so that more types are made. */
const everything = {
  dev: {
    "git-airlock:alarms": { emails: ["ops@example.com"] },
    "git-airlock:gitlab": {
      hostname: "gitlab.dev.example.com",
      version: "19.4.1",
      selfSignedCertificate: true,
      officeHours: { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" },
    },
  },
  prd: { "git-airlock:alarms": { emails: ["ops@example.com"] } },
};
const dashboard = { "git-airlock:dashboard": true };

describe("what the stand-in accounts answer with", () => {
  it("is every output that the SDK's types promise", async () => {
    const { source, target } = await deployBoth(everything);
    const mirror = await deployMirror(source, [target], { root, seed: "test", overrides: dashboard });
    const missing = [source, target, mirror]
      .flatMap(({ deployment }) => deployment.resources)
      .filter(({ type }) => /^(aws|random|tls):/.test(type))
      .flatMap(({ type, name, outputs }) =>
        missingOutputs(type, openAll(outputs))
          .filter((path) => !leftOut[type]?.includes(path) && !path.startsWith("routingHttp"))
          .map((path) => `${type} ${name}: ${path}`),
      );
    expect(missing).to.deep.equal([]);
  });

  it("would be missed, at any depth", () => {
    const type = "aws:ec2/instance:Instance";
    expect(missingOutputs(type, { rootBlockDevice: { iops: 3000 } })).to.include.members([
      "arn",
      "rootBlockDevice.kmsKeyId",
    ]);
    expect(missingOutputs(type, { rootBlockDevice: { iops: 3000 } })).not.to.include("rootBlockDevice.iops");
  });
});
