import { expect } from "chai";
import { textAt, type Deployment } from "../../../rehearsal/engines/in-process/deployment";
import { isSecret, open } from "../../../rehearsal/engines/in-process/wire";
import { counts, sum } from "./counting";
import {
  deploySource,
  document,
  instance,
  ordinarySource,
  refusal,
  selfSigned,
  subnetId,
} from "./deploySource";
import { accountId, region } from "./someSource";

const officeHours = { start: "0 8 ? * MON-FRI *", stop: "0 20 ? * MON-FRI *", timezone: "Asia/Tokyo" };

describe("NetworkedGitlab", () => {
  let dev: Deployment;
  before(async () => {
    dev = await ordinarySource();
  });

  describe("the GitLab host", () => {
    it("runs the official image of the version asked for, in an isolated subnet, without a public address", () => {
      const { inputs } = instance(dev);
      expect(inputs["ami"]).to.match(/^ami-/);
      expect(inputs["subnetId"]).to.equal(subnetId(dev, "isolated-1"));
      expect(inputs["associatePublicIpAddress"]).to.equal(false);
    });

    it("runs another image on Graviton, and the very image that is given", async () => {
      const graviton = await deploySource({ gitlab: { ...selfSigned, instanceType: "m7g.large" } });
      expect(instance(graviton).inputs["ami"]).not.to.equal(instance(dev).inputs["ami"]);
      const amiId = textAt(instance(graviton).inputs, "ami");
      const given = await deploySource({ gitlab: { ...selfSigned, instanceType: "m7g.large", amiId } });
      expect(instance(given).inputs["ami"]).to.equal(amiId);
    });

    it("says which image is missing, and what to do, when GitLab has published none of the version", async () => {
      const { message } = await refusal({ gitlab: { ...selfSigned, version: "18.5.1000" } });
      expect(message).to.contain(
        'gitlab.version: got "18.5.1000", but the image "GitLab CE 18.5.1000" of GitLab\'s account 782774275127 was not ' +
          "found in ap-northeast-1; expected a version that GitLab has published there, or gitlab.amiId",
      );
    });

    it("is protected in Pulumi and in EC2, encrypts its disks and asks for metadata sessions", () => {
      const { inputs, protect } = instance(dev);
      expect([protect, inputs["disableApiTermination"]]).to.deep.equal([true, true]);
      expect(inputs["rootBlockDevice"]).to.include({ encrypted: true, volumeType: "gp3", volumeSize: 30 });
      expect(inputs["metadataOptions"]).to.include({ httpTokens: "required", httpPutResponseHopLimit: 1 });
    });

    it("keeps its data on a protected, encrypted volume in its own zone", () => {
      const volume = dev.resource("aws:ebs/volume:Volume", "dev-gitlab-data");
      expect(volume.protect).to.equal(true);
      expect(volume.inputs).to.include({
        encrypted: true,
        type: "gp3",
        size: 100,
        availabilityZone: `${region}a`,
      });
      const attachment = dev.resource("aws:ec2/volumeAttachment:VolumeAttachment", "dev-gitlab-data");
      expect(attachment.deleteBeforeReplace).to.equal(true);
      expect(attachment.inputs).to.include({ volumeId: volume.id, instanceId: instance(dev).id });
      expect(attachment.inputs).to.include({ stopInstanceBeforeDetaching: true });
    });

    it("is told its URL, its proxy, its volume and where its password is, but not the password", () => {
      const text = textAt(instance(dev).inputs, "userData");
      const volume = dev.resource("aws:ebs/volume:Volume", "dev-gitlab-data").id ?? "none";
      for (const told of [
        dev.output("gitlabUrl"),
        dev.output("proxyUrl"),
        "/git-airlock/dev/dev-root-password",
        volume,
      ])
        expect(text).to.contain(`'${String(told)}'`);
      const password = dev.resource("random:index/randomPassword:RandomPassword", "dev-root-password");
      expect(text).not.to.contain(textAt(password.outputs, "result"));
      expect(isSecret(instance(dev).inputs["userData"])).to.equal(false);
    });

    it("may speak to Systems Manager and read the root password, and nothing else", () => {
      const policy = dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-gitlab");
      expect(document(policy, "policy")).to.deep.equal({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: [
              "ssm:UpdateInstanceInformation",
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
            ],
            Resource: "*",
          },
          {
            Effect: "Allow",
            Action: ["ssm:GetParameter"],
            Resource: `arn:aws:ssm:${region}:${accountId}:parameter/git-airlock/dev/dev-root-password`,
          },
        ],
      });
    });

    it("starts after what it needs at its first start", () => {
      const needs = instance(dev).dependencies.map((urn) => urn.slice(urn.lastIndexOf("::") + 2));
      expect(needs).to.include.members([
        "dev-ssm",
        "dev-ssmmessages",
        "dev-network-dns-association",
        "dev-gitlab",
        "dev-root-password",
      ]);
    });

    it("has its root password in a SecureString, marked as a secret", () => {
      const parameter = dev.resource("aws:ssm/parameter:Parameter", "dev-root-password");
      expect(parameter.inputs["type"]).to.equal("SecureString");
      expect(isSecret(parameter.inputs["value"])).to.equal(true);
      expect(open(parameter.inputs["value"])).to.match(/^[A-Za-z0-9]{32}$/);
    });
  });

  describe("backups", () => {
    it("take the data volume nightly at the given time, whether or not GitLab can be stopped first", () => {
      const { inputs } = dev.resource("aws:dlm/lifecyclePolicy:LifecyclePolicy", "dev-backup");
      const text = JSON.stringify(inputs);
      for (const part of [
        '"resourceTypes":["INSTANCE"]',
        '"excludeBootVolume":true',
        '"times":"17:00"',
        '"count":7',
        '"executeOperationOnScriptFailure":true',
      ])
        expect(text).to.contain(part);
      expect(instance(dev).inputs["tags"]).to.include({ "git-airlock-backup": "git-airlock/dev/dev" });
    });

    it("use a document that Data Lifecycle Manager may run", () => {
      const script = dev.resource("aws:ssm/document:Document", "dev-backup");
      expect(script.inputs["tags"]).to.include({ DLMScriptsAccess: "true" });
      expect(document(script, "content")).to.have.nested.property("parameters.command.allowedValues");
    });

    it("may command this host alone, and delete only their own snapshots", () => {
      const { inputs } = dev.resource("aws:iam/rolePolicy:RolePolicy", "dev-backup");
      const policy = textAt(inputs, "policy");
      expect(policy).to.contain(`:instance/${instance(dev).id ?? "none"}"`);
      expect(policy).not.to.contain("instance/*");
      expect(policy).to.contain('"aws:ResourceTag/git-airlock-backup":"git-airlock/dev/dev"');
    });
  });

  it("starts and stops the host by the clock when office hours are given, and may do so to this host only", async () => {
    const timed = await deploySource({ gitlab: { ...selfSigned, officeHours } });
    expect(counts(timed)).to.deep.equal(
      sum(counts(dev), { "scheduler.Schedule": 2, "iam.Role": 1, "iam.RolePolicy": 1 }),
    );
    const start = timed.resource("aws:scheduler/schedule:Schedule", "dev-office-hours-start").inputs;
    expect(start).to.include({
      scheduleExpression: "cron(0 8 ? * MON-FRI *)",
      scheduleExpressionTimezone: "Asia/Tokyo",
    });
    expect(textAt(start, "target", "arn")).to.equal("arn:aws:scheduler:::aws-sdk:ec2:startInstances");
    // A start that failed is not to come after the next stop.
    expect(start["target"]).to.have.deep.property("retryPolicy", { maximumEventAgeInSeconds: 3600 });
    expect(textAt(start, "target", "input")).to.equal(JSON.stringify({ InstanceIds: [instance(timed).id] }));
    const policy = textAt(
      timed.resource("aws:iam/rolePolicy:RolePolicy", "dev-office-hours").inputs,
      "policy",
    );
    expect(policy).to.contain(
      `"Resource":"arn:aws:ec2:${region}:${accountId}:instance/${instance(timed).id ?? "none"}"`,
    );
  });
});
