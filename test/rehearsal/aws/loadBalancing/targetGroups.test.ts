import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const targetGroup = "aws:lb/targetGroup:TargetGroup";
const attachment = "aws:lb/targetGroupAttachment:TargetGroupAttachment";

describe("a target group of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let inputs: Record<string, unknown>;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    await net.subnet(vpcId, "a", "10.0.1.0/24");
    inputs = { vpcId, name: "proxy", protocol: "TCP", port: 3128, targetType: "ip" };
  });
  const refusal = (more: object) => net.refusal(targetGroup, "tg", { ...inputs, ...more });

  it("keeps the client's address for instances, and not for addresses, until told otherwise", async () => {
    const preserved = async (name: string, more: object) =>
      (await net.create(targetGroup, name, { ...inputs, name, ...more })).outputs.preserveClientIp;
    expect(await preserved("instance", { targetType: "instance" })).to.equal("true");
    expect(await preserved("ip", {})).to.equal("false");
    expect(await preserved("told", { targetType: "instance", preserveClientIp: "false" })).to.equal("false");
    expect(await preserved("udp", { protocol: "UDP" })).to.equal("true");
  });

  it("is refused proxy protocol and client-IP settings that its protocol does not have", async () => {
    expect(await refusal({ protocol: "UDP", proxyProtocolV2: true })).to.match(
      /^InvalidConfigurationRequest: .*UDP/,
    );
    expect(await refusal({ protocol: "UDP", preserveClientIp: "false" })).to.match(
      /^InvalidConfigurationRequest: /,
    );
    expect(await refusal({ protocol: "TLS", proxyProtocolV2: true, preserveClientIp: "false" })).to.equal(
      "not refused",
    );
  });

  for (const name of ["x".repeat(33), "-proxy", "proxy-", "my_proxy"]) {
    it(`is refused the name "${name}"`, async () => {
      expect(await refusal({ name }))
        .to.match(/^ValidationError: /)
        .and.to.include(name);
    });
  }

  it("is refused a name that is taken, and one that Pulumi would make too long", async () => {
    await net.create(targetGroup, "first", inputs);
    expect(await refusal({})).to.match(/^DuplicateTargetGroupName: .*proxy/);
    expect(await net.refusal(targetGroup, "a".repeat(25), { ...inputs, name: undefined })).to.match(
      /^ValidationError: .*longer than maximum length 32/,
    );
    expect(await net.refusal(targetGroup, "a".repeat(24), { ...inputs, name: undefined })).to.equal(
      "not refused",
    );
  });

  it("is refused a health check that does not fit", async () => {
    expect(await refusal({ healthCheck: { protocol: "TCP", path: "/" } })).to.match(
      /^ValidationError: .*path/,
    );
    expect(await refusal({ healthCheck: { interval: 10, timeout: 11 } })).to.match(/^ValidationError: .*11/);
    expect(await refusal({ healthCheck: { interval: 4 } })).to.match(/^ValidationException: .*interval/);
  });

  it("holds the targets that ECS registers, each once", async () => {
    const arn = await net.id(targetGroup, "tg", inputs);
    net.network.targetGroups.registerTargets(arn, [{ id: "10.0.1.20", port: 3128 }]);
    net.network.targetGroups.registerTargets(arn, [
      { id: "10.0.1.20", port: 3128 },
      { id: "10.0.1.21", port: 3128 },
    ]);
    expect(net.network.targetGroups.get(arn).targets).to.deep.equal([
      { id: "10.0.1.20", port: 3128 },
      { id: "10.0.1.21", port: 3128 },
    ]);
  });

  it("is refused targets outside its VPC, or of the other type", async () => {
    const arn = await net.id(targetGroup, "tg", inputs);
    const attach = (targetGroupArn: string, targetId: string) =>
      net.refusal(attachment, "t", { targetGroupArn, targetId });
    expect(await attach(arn, "10.9.0.1")).to.match(/^ValidationError: .*10\.9\.0\.1/);
    expect(await attach(arn, "i-1")).to.match(/^ValidationError: .*i-1/);
    const instances = await net.id(targetGroup, "hosts", {
      ...inputs,
      name: "hosts",
      targetType: "instance",
    });
    expect(await attach(instances, "i-1")).to.match(/^InvalidTarget: .*i-1/);
    expect(await attach("arn:none", "i-1")).to.match(/^TargetGroupNotFound: /);
    expect(await attach(arn, "10.0.1.20")).to.equal("not refused");
  });
});
