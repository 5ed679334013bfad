import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const volume = "aws:ebs/volume:Volume";
const attachment = "aws:ec2/volumeAttachment:VolumeAttachment";
const zone = "ap-northeast-1a";

describe("a volume of a stand-in account", () => {
  let net: NetworkUnderTest;
  let instanceId: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    const subnetId = await net.subnet(await net.vpc(), "a", "10.0.1.0/24", zone);
    const filters = [{ name: "name", values: ["GitLab CE 18.5.1"] }];
    const ami = net.call("aws:ec2/getAmi:getAmi", { filters }).id;
    instanceId = await net.id("aws:ec2/instance:Instance", "gitlab", {
      ami,
      instanceType: "m7i.large",
      subnetId,
    });
  });
  const make = (name: string, availabilityZone = zone) =>
    net.id(volume, name, { availabilityZone, size: 100, type: "gp3", encrypted: true });

  it("is attached under its device name", async () => {
    const volumeId = await make("data");
    const { id } = await net.create(attachment, "data", { deviceName: "/dev/sdf", instanceId, volumeId });
    expect(id).to.match(/^vai-\d+$/);
    expect(net.network.volumes.get(volumeId)).to.deep.include({
      encrypted: true,
      attachedTo: { instanceId, deviceName: "/dev/sdf" },
    });
  });

  it("is refused for an instance in another zone", async () => {
    const volumeId = await make("data", "ap-northeast-1c");
    expect(await net.refusal(attachment, "data", { deviceName: "/dev/sdf", instanceId, volumeId })).to.match(
      /^InvalidVolume\.ZoneMismatch: .*ap-northeast-1c and ap-northeast-1a/,
    );
  });

  it("is refused a device name that is in use, the root's included, or none at all", async () => {
    await net.create(attachment, "one", { deviceName: "/dev/sdf", instanceId, volumeId: await make("one") });
    const volumeId = await make("two");
    for (const deviceName of ["/dev/sdf", "/dev/sda1"]) {
      expect(await net.refusal(attachment, "two", { deviceName, instanceId, volumeId })).to.match(
        /^InvalidParameterValue: .*already in use/,
      );
    }
    expect(await net.refusal(attachment, "two", { deviceName: "sdg", instanceId, volumeId })).to.match(
      /^InvalidParameterValue: .*not a valid EBS device name/,
    );
  });

  it("is attached once", async () => {
    const volumeId = await make("data");
    await net.create(attachment, "one", { deviceName: "/dev/sdf", instanceId, volumeId });
    expect(await net.refusal(attachment, "two", { deviceName: "/dev/sdg", instanceId, volumeId })).to.match(
      /^VolumeInUse: /,
    );
  });

  it("is refused a size that its type does not have, or no size", async () => {
    const base = { availabilityZone: zone };
    expect(await net.refusal(volume, "v", { ...base, type: "st1", size: 100 })).to.match(
      /^InvalidParameterValue: .*125/,
    );
    expect(await net.refusal(volume, "v", { ...base, type: "gp2", size: 16_385 })).to.match(
      /^InvalidParameterValue: /,
    );
    expect(await net.refusal(volume, "v", base)).to.match(/^MissingParameter: /);
  });

  it("is refused in an unknown zone, and from a snapshot that does not exist", async () => {
    expect(await net.refusal(volume, "v", { availabilityZone: "ap-northeast-1b", size: 1 })).to.match(
      /^InvalidParameterValue: .*ap-northeast-1b/,
    );
    expect(await net.refusal(volume, "v", { availabilityZone: zone, snapshotId: "snap-1" })).to.match(
      /^InvalidSnapshot\.NotFound: /,
    );
  });
});
