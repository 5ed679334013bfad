import { expect } from "chai";
import { Account } from "../../../../rehearsal/aws/account";
import { NetworkUnderTest } from "../networkUnderTest";

const instance = "aws:ec2/instance:Instance";
const getAmi = "aws:ec2/getAmi:getAmi";

function gitlabAmi(net: NetworkUnderTest, name = "GitLab CE 18.5.1"): unknown {
  return net.call(getAmi, { owners: ["782774275127"], filters: [{ name: "name", values: [name] }] }).id;
}

describe("getAmi in a stand-in account", () => {
  const net = new NetworkUnderTest();
  const named = (name: string) => ({ owners: ["782774275127"], filters: [{ name: "name", values: [name] }] });

  it("finds GitLab's official image of any exact version, by processor", () => {
    for (const version of ["18.5.1", "18.5.0", "17.11.7", "0.0.0", "99.10.999"]) {
      const x86 = net.call(getAmi, named(`GitLab CE ${version}`));
      const arm = net.call(getAmi, named(`GitLab CE ${version} (ARM64)`));
      expect(x86).to.include({ architecture: "x86_64", ownerId: "782774275127" });
      expect(arm).to.include({ name: `GitLab CE ${version} (ARM64)`, architecture: "arm64" });
      for (const { id } of [x86, arm]) expect(id).to.match(/^ami-[0-9a-f]{17}$/);
    }
  });

  it("finds one image for a name, always the same, and another one in another region", () => {
    const versions = ["18.5.1", "18.5.10", "18.51.0", "1.85.1", "185.1.0"];
    const ids = versions.flatMap((version) => [
      gitlabAmi(net, `GitLab CE ${version}`),
      gitlabAmi(net, `GitLab CE ${version} (ARM64)`),
    ]);
    expect(new Set(ids).size).to.equal(2 * versions.length);
    expect(gitlabAmi(new NetworkUnderTest(), "GitLab CE 18.5.1")).to.equal(ids[0]);
    const there = new Account({ accountId: "111111111111", region: "eu-west-1", seed: "test" });
    expect(there.call(getAmi, named("GitLab CE 18.5.1")).id).not.to.equal(ids[0]);
  });

  it("finds nothing for another owner, for other processors, or for a name that is not an official one", () => {
    const filters = [{ name: "name", values: ["GitLab CE 18.5.1"] }];
    const arm = [...filters, { name: "architecture", values: ["arm64"] }];
    for (const wrong of [
      { owners: ["999999999999"], filters },
      { owners: ["782774275127"], filters: arm },
      ...["18.5", "18.5.1.2", "018.5.1", "18.5.x", "18.5.1-ee", "18.5.1 ARM64", ""].map((version) =>
        named(`GitLab CE ${version}`),
      ),
      named("GitLab EE 18.5.1"),
    ]) {
      expect(() => net.call(getAmi, wrong), JSON.stringify(wrong)).to.throw(
        "InvalidAMIID.NotFound: Your query returned no results",
      );
    }
  });

  const image = { name: "GitLab CE 18x5x1", ownerId: "782774275127", architecture: "x86_64" } as const;
  const root = { rootDeviceName: "/dev/sda1", rootVolumeSize: 8 };
  const own = ["2030", "2029"].map((year, i) => ({
    ...image,
    ...root,
    id: `ami-0123456789abcdef${i}`,
    creationDate: `${year}-01-01T00:00:00.000Z`,
  }));

  it("takes a dot in a name for a dot", () => {
    const other = new NetworkUnderTest({ images: own });
    expect(other.call(getAmi, named("GitLab CE 18.5.1")).name).to.equal("GitLab CE 18.5.1");
  });

  it("wants a single result, or the most recent", () => {
    const other = new NetworkUnderTest({ images: own });
    const several = { nameRegex: "^GitLab CE 18x" };
    expect(() => other.call(getAmi, several)).to.throw("more than one result");
    expect(other.call(getAmi, { ...several, mostRecent: true }).id).to.equal("ami-0123456789abcdef0");
    const versions = { filters: [{ name: "name", values: ["GitLab CE 18.5.1", "GitLab CE 18.10.0"] }] };
    expect(net.call(getAmi, { ...versions, mostRecent: true }).name).to.equal("GitLab CE 18.10.0");
  });
});

describe("an instance of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let subnetId: string;
  let inputs: Record<string, unknown>;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    subnetId = await net.subnet(vpcId, "isolated", "10.0.1.0/24");
    inputs = { ami: gitlabAmi(net), instanceType: "m7i.large", subnetId };
  });
  const refusal = (more: object) => net.refusal(instance, "gitlab", { ...inputs, ...more });

  it("has a private address of its subnet, and no public one", async () => {
    const group = await net.securityGroup(vpcId, "gitlab");
    const more = { vpcSecurityGroupIds: [group], iamInstanceProfile: "gitlab", userData: "#!/bin/bash\n" };
    const { id, outputs } = await net.create(instance, "gitlab", { ...inputs, ...more });
    expect(outputs).to.include({
      availabilityZone: "ap-northeast-1a",
      publicIp: "",
      instanceState: "running",
    });
    expect(outputs.privateIp).to.match(/^10\.0\.1\.\d+$/);
    expect(net.network.instances.get(id)).to.deep.include({
      privateIp: outputs.privateIp,
      publicIp: undefined,
      securityGroupIds: [group],
      userData: "#!/bin/bash\n",
      iamInstanceProfile: "gitlab",
    });
  });

  it("has a public address when asked to", async () => {
    const { outputs } = await net.create(instance, "gitlab", { ...inputs, associatePublicIpAddress: true });
    expect(outputs.publicIp).to.equal("203.0.113.10");
  });

  it("is in its VPC's default group when none is given", async () => {
    const { outputs } = await net.create(instance, "gitlab", inputs);
    expect(outputs.vpcSecurityGroupIds).to.deep.equal([net.network.vpcs.get(vpcId).defaultSecurityGroupId]);
  });

  it("is refused an image that is malformed or does not exist", async () => {
    expect(await refusal({ ami: "gitlab" })).to.match(/^InvalidAMIID\.Malformed: .*gitlab/);
    expect(await refusal({ ami: "ami-00000000000000000" })).to.match(/^InvalidAMIID\.NotFound: /);
  });

  it("is refused a malformed type, and one whose processors do not fit the image", async () => {
    expect(await refusal({ instanceType: "m7i.huge" })).to.match(/^InvalidParameterValue: .*m7i\.huge/);
    expect(await refusal({ instanceType: "large" })).to.match(/^InvalidParameterValue: .*large/);
    expect(await refusal({ instanceType: "m7g.large" })).to.match(/^InvalidParameterValue: .*arm64.*x86_64/);
    expect(await refusal({ ami: gitlabAmi(net, "GitLab CE 18.5.1 (ARM64)") })).to.match(
      /^InvalidParameterValue: .*x86_64.*arm64/,
    );
    expect(await refusal({ instanceType: "g4dn.xlarge" })).to.equal("not refused");
  });

  it("takes 16 KB of user data, counted before base64, and no byte more", async () => {
    const bytes = (count: number) => Buffer.alloc(count, "#");
    expect(await refusal({ userData: bytes(16_385).toString() })).to.match(/^InvalidParameterValue: .*16385/);
    expect(await refusal({ userDataBase64: bytes(16_385).toString("base64") })).to.match(
      /^InvalidParameterValue: /,
    );
    expect(await refusal({ userData: "あ".repeat(5462) })).to.match(/^InvalidParameterValue: .*16386/);
    expect(await refusal({ userDataBase64: bytes(16_384).toString("base64") })).to.equal("not refused");
  });

  it("shows user data as text, however it was given", async () => {
    const userDataBase64 = Buffer.from("#cloud-config\n# 日本語\n").toString("base64");
    const id = await net.id(instance, "gitlab", { ...inputs, userDataBase64 });
    expect(net.network.instances.get(id).userData).to.equal("#cloud-config\n# 日本語\n");
  });

  it("is refused user data that is not base64, or given twice", async () => {
    expect(await refusal({ userDataBase64: "#!/bin/sh" })).to.match(/^InvalidParameterValue: .*BASE64/);
    expect(await refusal({ userData: "a", userDataBase64: "YQ==" })).to.match(
      /^InvalidParameterCombination: /,
    );
  });

  it("is refused wrong metadata options", async () => {
    expect(await refusal({ metadataOptions: { httpTokens: "require" } })).to.match(
      /^ValidationException: .*httpTokens/,
    );
    expect(await refusal({ metadataOptions: { httpPutResponseHopLimit: 65 } })).to.match(
      /^ValidationException: .*HopLimit/,
    );
    expect(await refusal({ metadataOptions: { httpToken: "required" } })).to.match(
      /^ValidationException: .*httpToken/,
    );
    expect(
      await refusal({ metadataOptions: { httpTokens: "required", httpPutResponseHopLimit: 1 } }),
    ).to.equal("not refused");
  });

  it("is refused a subnet, group or profile that does not exist, and a group of another VPC", async () => {
    const foreign = await net.securityGroup(await net.vpc("other"), "foreign");
    expect(await refusal({ subnetId: "subnet-1" })).to.match(/^InvalidSubnetID\.NotFound: /);
    expect(await refusal({ subnetId: undefined })).to.match(/^VPCIdNotSpecified: /);
    expect(await refusal({ vpcSecurityGroupIds: ["sg-1"] })).to.match(/^InvalidGroup\.NotFound: /);
    expect(await refusal({ vpcSecurityGroupIds: [foreign] })).to.match(/^InvalidGroup\.NotFound: /);
    expect(await refusal({ iamInstanceProfile: "none" })).to.match(
      /^InvalidParameterValue: .*Instance Profile/,
    );
  });

  it("is refused a root volume smaller than the image", async () => {
    expect(await refusal({ rootBlockDevice: { volumeSize: 19 } })).to.match(
      /^InvalidBlockDeviceMapping: .*19.*20/,
    );
    expect(await refusal({ rootBlockDevice: { volumeSize: 20 } })).to.equal("not refused");
  });

  it("is refused a private address outside its subnet, and one in use", async () => {
    expect(await refusal({ privateIp: "10.0.2.9" })).to.match(/^InvalidParameterValue: .*10\.0\.2\.9/);
    expect(await refusal({ privateIp: "10.0.1.3" })).to.match(/^InvalidParameterValue: .*10\.0\.1\.3/);
    await net.create(instance, "first", { ...inputs, privateIp: "10.0.1.4" });
    expect(await refusal({ privateIp: "10.0.1.4" })).to.match(/^InvalidIPAddress\.InUse: /);
  });
});
