import { expect } from "chai";
import { NetworkUnderTest } from "../networkUnderTest";

const domainList = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList";
const ruleGroup = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup";
const rule = "aws:route53/resolverFirewallRule:ResolverFirewallRule";
const association = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation";
const config = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig";
const host = "git-codecommit.ap-northeast-1.amazonaws.com";

describe("DNS Firewall in a stand-in account", () => {
  let net: NetworkUnderTest;
  let vpcId: string;
  let firewallRuleGroupId: string;
  let allowed: string;
  let everything: string;
  beforeEach(async () => {
    net = new NetworkUnderTest();
    vpcId = await net.vpc();
    firewallRuleGroupId = await net.id(ruleGroup, "room", { name: "room" });
    allowed = await net.id(domainList, "allowed", {
      name: "allowed",
      domains: [`${host}.`, "*.vpce.amazonaws.com"],
    });
    everything = await net.id(domainList, "everything", { name: "everything", domains: ["*"] });
  });
  const allow = () => ({
    name: "allow",
    action: "ALLOW",
    priority: 1,
    firewallRuleGroupId,
    firewallDomainListId: allowed,
  });
  const block = () => ({
    name: "block",
    action: "BLOCK",
    blockResponse: "NXDOMAIN",
    priority: 2,
    firewallRuleGroupId,
    firewallDomainListId: everything,
  });
  const associate = () => ({ name: "room", firewallRuleGroupId, vpcId, priority: 101 });

  it("lets only listed names through, whatever order the rules came in", async () => {
    await net.create(rule, "block", block());
    await net.create(rule, "allow", allow());
    await net.create(association, "room", associate());
    const query = (domain: string) => net.network.resolverFirewall.query(vpcId, domain);
    expect(query(host)).to.deep.equal({ action: "ALLOW", rule: "allow" });
    expect(query(`${host.toUpperCase()}.`)).to.deep.equal({ action: "ALLOW", rule: "allow" });
    expect(query("x.git-codecommit.vpce.amazonaws.com").rule).to.equal("allow");
    expect(query("vpce.amazonaws.com").rule).to.equal("block");
    expect(query(`secret.${host}`)).to.deep.equal({ action: "BLOCK", rule: "block" });
    expect(query("evilvpce.amazonaws.com").rule).to.equal("block");
    expect(query("example.com")).to.deep.equal({ action: "BLOCK", rule: "block" });
  });

  it('takes "*.", as Route 53 writes it, for every name', async () => {
    const all = await net.id(domainList, "dotted", { name: "dotted", domains: ["*."] });
    await net.create(rule, "block", { ...block(), firewallDomainListId: all });
    await net.create(association, "room", associate());
    expect(net.network.resolverFirewall.query(vpcId, "a.example.com").action).to.equal("BLOCK");
  });

  it("lets everything through in a VPC without a rule group", async () => {
    await net.create(rule, "block", block());
    expect(net.network.resolverFirewall.query(vpcId, "example.com")).to.deep.equal({
      action: "ALLOW",
      rule: undefined,
    });
  });

  it("fails closed until told to fail open", async () => {
    const failsOpen = () => net.network.resolverFirewall.failsOpen(vpcId);
    expect(failsOpen()).to.equal(false);
    await net.create(config, "closed", { resourceId: vpcId, firewallFailOpen: "DISABLED" });
    expect(failsOpen()).to.equal(false);
    await net.create(config, "open", { resourceId: vpcId, firewallFailOpen: "ENABLED" });
    expect(failsOpen()).to.equal(true);
  });

  it("refuses two rules of one priority, or for one domain list, in a group", async () => {
    await net.create(rule, "allow", allow());
    expect(await net.refusal(rule, "block", { ...block(), priority: 1 })).to.match(
      /^ConflictException: .*priority 1/,
    );
    expect(await net.refusal(rule, "block", { ...block(), firewallDomainListId: allowed })).to.match(
      /^ConflictException: .*domain list/,
    );
  });

  it("refuses an action and a response that do not go together", async () => {
    expect(await net.refusal(rule, "r", { ...block(), blockResponse: undefined })).to.match(
      /^ValidationException: .*missing/,
    );
    expect(await net.refusal(rule, "r", { ...allow(), blockResponse: "NODATA" })).to.match(
      /^ValidationException: /,
    );
    expect(await net.refusal(rule, "r", { ...block(), blockResponse: "OVERRIDE" })).to.match(
      /^ValidationException: .*Override/,
    );
    expect(await net.refusal(rule, "r", { ...block(), action: "DENY" })).to.match(
      /^ValidationException: .*action/,
    );
  });

  for (const domain of [
    "",
    "exa mple.com",
    "*example.com",
    "a.*.com",
    "-a.com",
    "a..com",
    "a".repeat(64) + ".com",
  ]) {
    it(`refuses the domain "${domain}"`, async () => {
      const refusal = await net.refusal(domainList, "l", { name: "l", domains: [domain] });
      expect(refusal)
        .to.match(/^ValidationException: /)
        .and.to.include(`'${domain}'`);
    });
  }

  it("refuses names that are taken", async () => {
    expect(await net.refusal(domainList, "l", { name: "allowed" })).to.match(
      /^ConflictException: .*'allowed'/,
    );
    expect(await net.refusal(ruleGroup, "g", { name: "room" })).to.match(/^ConflictException: .*'room'/);
    await net.create(rule, "allow", allow());
    expect(await net.refusal(rule, "r", { ...block(), name: "allow" })).to.match(
      /^ConflictException: .*'allow'/,
    );
  });

  it("refuses an association twice, with a reserved priority, or with what does not exist", async () => {
    expect(await net.refusal(association, "a", { ...associate(), priority: 100 })).to.match(
      /^ValidationException: .*100/,
    );
    expect(await net.refusal(association, "a", { ...associate(), priority: 9900 })).to.match(
      /^ValidationException: /,
    );
    expect(await net.refusal(association, "a", { ...associate(), vpcId: "vpc-1" })).to.match(
      /^InvalidVpcID\.NotFound: /,
    );
    expect(await net.refusal(association, "a", { ...associate(), firewallRuleGroupId: "none" })).to.match(
      /^ResourceNotFoundException: /,
    );
    await net.create(association, "first", associate());
    expect(await net.refusal(association, "second", { ...associate(), priority: 102 })).to.match(
      /^ConflictException: /,
    );
  });
});
