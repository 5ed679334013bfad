import { expect } from "chai";
import { certificateArn, NetworkUnderTest } from "../networkUnderTest";

const listener = "aws:lb/listener:Listener";

describe("a listener of a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let loadBalancerArn: string;
  let dnsName: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    const subnets = [await net.subnet(vpcId, "a", "10.0.1.0/24")];
    const made = await net.create("aws:lb/loadBalancer:LoadBalancer", "lb", {
      name: "proxy",
      loadBalancerType: "network",
      internal: true,
      subnets,
    });
    loadBalancerArn = made.id;
    dnsName = String(made.outputs.dnsName);
  });

  const group = (name: string, protocol = "TCP", vpc = vpcId) =>
    net.id("aws:lb/targetGroup:TargetGroup", name, {
      vpcId: vpc,
      name,
      protocol,
      port: 3128,
      targetType: "ip",
    });
  const listen = (targetGroupArn: string, more: object = {}) => ({
    loadBalancerArn,
    port: 3128,
    protocol: "TCP",
    defaultActions: [{ type: "forward", targetGroupArn }],
    ...more,
  });

  it("leads from the load balancer's name and port to the registered targets", async () => {
    const arn = await group("proxy");
    await net.create(listener, "l", listen(arn));
    net.network.targetGroups.registerTargets(arn, [{ id: "10.0.1.20", port: 3128 }]);
    const answer = net.network.listeners.at(dnsName, 3128);
    expect(answer?.loadBalancer.arn).to.equal(loadBalancerArn);
    expect(answer?.targetGroups.flatMap((g) => g.targets)).to.deep.equal([{ id: "10.0.1.20", port: 3128 }]);
    expect(net.network.listeners.at(dnsName, 443)).to.equal(undefined);
    expect(net.network.listeners.at("other.example.com", 3128)).to.equal(undefined);
  });

  it("needs a certificate for TLS, and one that exists", async () => {
    const arn = await group("tls", "TLS");
    expect(await net.refusal(listener, "l", listen(arn, { protocol: "TLS" }))).to.match(
      /^ValidationError: .*certificate/,
    );
    const wrong = {
      protocol: "TLS",
      certificateArn: "arn:aws:acm:ap-northeast-1:111111111111:certificate/none",
    };
    expect(await net.refusal(listener, "l", listen(arn, wrong))).to.match(/^CertificateNotFound: /);
    expect(await net.refusal(listener, "l", listen(arn, { protocol: "TLS", certificateArn }))).to.equal(
      "not refused",
    );
  });

  it("takes no certificate for TCP", async () => {
    const arn = await group("tcp");
    expect(await net.refusal(listener, "l", listen(arn, { certificateArn }))).to.match(
      /^ValidationError: .*TCP/,
    );
  });

  it("is refused a port that another one has", async () => {
    await net.create(listener, "first", listen(await group("one")));
    expect(await net.refusal(listener, "second", listen(await group("two")))).to.match(
      /^DuplicateListener: .*3128/,
    );
  });

  it("is refused protocols that do not fit the load balancer or the target group", async () => {
    const arn = await group("tcp");
    expect(await net.refusal(listener, "l", listen(arn, { protocol: "HTTP" }))).to.match(
      /^ValidationError: .*HTTP/,
    );
    expect(await net.refusal(listener, "l", listen(arn, { protocol: "UDP" }))).to.match(
      /^IncompatibleProtocols: .*UDP/,
    );
    expect(await net.refusal(listener, "l", listen(await group("datagrams", "UDP")))).to.match(
      /^IncompatibleProtocols: /,
    );
  });

  it("is refused target groups of another VPC or of another load balancer", async () => {
    const foreign = await group("foreign", "TCP", await net.vpc("other"));
    expect(await net.refusal(listener, "l", listen(foreign))).to.match(/^InvalidConfigurationRequest: /);
    const shared = await group("shared");
    await net.create(listener, "l", listen(shared));
    const subnets = [await net.subnet(vpcId, "b", "10.0.2.0/24")];
    const second = await net.id("aws:lb/loadBalancer:LoadBalancer", "second", {
      name: "second",
      loadBalancerType: "network",
      internal: true,
      subnets,
    });
    expect(await net.refusal(listener, "m", listen(shared, { loadBalancerArn: second }))).to.match(
      /^TargetGroupAssociationLimit: /,
    );
  });

  it("is refused without a load balancer or a target group", async () => {
    expect(await net.refusal(listener, "l", listen("arn:none"))).to.match(/^TargetGroupNotFound: /);
    const defaultActions = [{ type: "forward" }];
    expect(await net.refusal(listener, "l", listen("", { defaultActions }))).to.match(/^ValidationError: /);
    expect(await net.refusal(listener, "l", listen("", { loadBalancerArn: "arn:none" }))).to.match(
      /^LoadBalancerNotFound: /,
    );
  });
});
