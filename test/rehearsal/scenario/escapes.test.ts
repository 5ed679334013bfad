import { expect } from "chai";
import { contradictions, prove } from "../../../rehearsal/scenario/proof";
import { makeLoot, tryToEscape, type Escape } from "../../../rehearsal/scenario/escapes";
import type { DeployedStack } from "../../../rehearsal/engines/deployStack";
import {
  type BothSides,
  asTheyCome,
  boundTo,
  goThrough,
  inFolder,
  onTestbed,
  deployBoth,
  targetOn,
} from "../rehearsing";

/** Every attempt between both sides, by its name, after a repository went in. */
async function escapesOf(sides: BothSides): Promise<Map<string, Escape>> {
  const { escapes } = await goThrough(sides);
  return new Map(escapes.map((escape) => [escape.attempt, escape]));
}

/** Opens a security group of the source to and from everybody, by hand. */
async function openGroup(
  { account, deployment }: DeployedStack<"source">,
  name: string,
  way: "Ingress" | "Egress",
) {
  const group = deployment.resource("aws:ec2/securityGroup:SecurityGroup", name);
  const https = { ipProtocol: "tcp", fromPort: 443, toPort: 443 };
  await account.create({
    type: `aws:vpc/securityGroup${way}Rule:SecurityGroup${way}Rule`,
    name: `opened-${name}`,
    inputs: { securityGroupId: group.id, cidrIpv4: "0.0.0.0/0", ...https },
  });
}

/** Has a stack's DNS Firewall let every name through, by hand. */
async function letEveryNameThrough({
  account,
  deployment,
}: Pick<DeployedStack<"source">, "account" | "deployment">) {
  const make = (type: string, inputs: Record<string, unknown>) =>
    account.create({ type: `aws:route53/${type}`, name: "opened", inputs: { name: "opened", ...inputs } });
  const [group] = deployment.ofType("aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup");
  const list = await make("resolverFirewallDomainList:ResolverFirewallDomainList", { domains: ["*"] });
  const which = { firewallRuleGroupId: group?.id, firewallDomainListId: list.id };
  await make("resolverFirewallRule:ResolverFirewallRule", { ...which, action: "ALLOW", priority: 1 });
}

describe("an attempt to get something out", () => {
  let source: DeployedStack<"source">;
  before(async () => {
    ({ source } = await asTheyCome());
  });

  it("is refused by a statement or rule of what was deployed, which it names, without the organization's help", async () => {
    const { target } = await asTheyCome();
    const escapes = await escapesOf({ source, target });
    const by = Object.fromEntries([...escapes].map(([attempt, { by }]) => [attempt, by]));
    const fromElsewhere = (user: string) =>
      `explicitly denied by statement DenyFromElsewhere of the identity policy "target-${user}-1"`;
    const notInTheEndpointPolicy = "no statement of the endpoint policy allows it";
    const blockedName = /^DNS Firewall rule "target-isolated-dns-block-all-\w+" blocks the name /;
    expect(by["GitLab's host carries data out in a DNS name"]).to.match(
      /^DNS Firewall rule "source-network-dns-block-all-\w+" blocks the name /,
    );
    expect(by["An isolated terminal pushes to GitLab, with a developer's password"]).to.match(blockedName);
    expect(by["An isolated terminal carries data out in a DNS name"]).to.match(blockedName);
    expect(by).to.deep.include({
      "An isolated terminal pushes with the pull credential": notInTheEndpointPolicy,
      "An isolated terminal pushes with the push credential, stolen": fromElsewhere("push"),
      "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential":
        notInTheEndpointPolicy,
      "An isolated terminal fetches from a stranger's AWS account": notInTheEndpointPolicy,
      "Somebody outside pushes with the push credential, stolen": fromElsewhere("push"),
      "Somebody outside pulls with the pull credential, stolen": fromElsewhere("pull"),
      "A work terminal pulls with the pull credential": fromElsewhere("pull"),
      "Somebody outside knocks at GitLab": "the ingress's security group lets nobody in from 203.0.113.250",
      "GitLab goes around the proxy": "GitLab's subnet has no route to the Internet",
    });
    expect(by["GitLab mirrors to another host, as a hostile maintainer would have it"]).to.match(
      /^squid\.conf line \d+: http_access deny all$/,
    );
  });

  it("with somebody's own credential of the production account is refused by the organization's policies alone", async () => {
    const own = "Somebody of the production account pushes with a git credential of their own";
    const bound = (await escapesOf(await asTheyCome())).get(own);
    expect(bound?.by).to.match(
      /^explicitly denied by statement OnlyWritersChangeTheAirlock of the resource control policy "guard-prd-resource-\w+"$/,
    );
    const { target } = await asTheyCome();
    const unbound = (await escapesOf({ source, target })).get(own);
    expect(unbound).to.include({ refused: false, claim: "C4" });
    expect(unbound?.knownGap).to.contain("deploy the stack org");
  });

  it("at GitLab's door succeeds once the ingress's security group admits everybody", async () => {
    const sides = await deployBoth();
    await openGroup(sides.source, "source-ingress", "Ingress");
    const { delivery, escapes: tried } = await goThrough(sides);
    const escapes = new Map(tried.map((escape) => [escape.attempt, escape]));
    // What was opened by hand is not in the state, and so the proof is contradicted.
    const report = prove(sides);
    expect(contradictions(report, delivery, tried, [])).to.deep.equal([
      "C8 is proved, and yet this was not refused: Somebody outside knocks at GitLab",
    ]);
    expect(escapes.get("Somebody outside knocks at GitLab")).to.deep.equal({
      attempt: "Somebody outside knocks at GitLab",
      claim: "C8",
      refused: false,
      by: "nothing refused it",
      alarms: [],
    });
  });

  it("around the proxy succeeds once GitLab has a route and a rule to go by, and is seen to leave", async () => {
    const sides = await deployBoth();
    const { account, deployment } = sides.source;
    const [nat] = deployment.ofType("aws:ec2/natGateway:NatGateway");
    const tables = deployment.ofType("aws:ec2/routeTable:RouteTable");
    for (const { id, name } of tables.filter(({ name }) => name.includes("isolated")))
      await account.create({
        type: "aws:ec2/route:Route",
        name: `opened-${name}`,
        inputs: { routeTableId: id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: nat?.id },
      });
    const attempt = "GitLab goes around the proxy";
    // The security group is the second lock on that door.
    expect((await escapesOf(sides)).get(attempt)).to.deep.equal({
      attempt,
      claim: "C7",
      refused: true,
      by: "GitLab's security group does not let it out on port 443",
      alarms: [],
    });
    await openGroup(sides.source, "source-gitlab", "Egress");
    const escapes = await escapesOf(sides);
    const around = escapes.get(attempt);
    expect(around?.refused).to.equal(false);
    expect(around?.by).to.match(/^the connection left, from 203\.0\.113\.1\d to 198\.18\.0\.1:443$/);
  });

  it("by a name succeeds once a rule of the source's firewall lets every name through", async () => {
    const sides = await deployBoth();
    await letEveryNameThrough(sides.source);
    const { delivery, escapes: tried } = await goThrough(sides);
    const report = prove(sides);
    expect(contradictions(report, delivery, tried, [])).to.deep.equal([
      "C7 is proved, and yet this was not refused: GitLab's host carries data out in a DNS name",
    ]);
  });

  it("to a stranger's account succeeds once the endpoint policy lets everything through", async () => {
    const { target, organization } = await boundTo(source);
    const endpoint = target.account.vpcEndpoints.get(String(target.deployment.output("pullEndpointId")));
    const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
    endpoint.policy = JSON.stringify({ Version: "2012-10-17", Statement: [everything] });
    const escapes = await escapesOf({ source, target, organization });
    const through = [...escapes.values()].filter(({ refused }) => !refused).map(({ attempt }) => attempt);
    // The gate users' own locks do not depend on the endpoint's policy.
    expect(through).to.deep.equal([
      "An isolated terminal pushes to a stranger's AWS account, with the stranger's credential",
      "An isolated terminal fetches from a stranger's AWS account",
    ]);
  });

  it("has no route to go by even where the firewall answers for every name", async () => {
    const target = await targetOn(source);
    await letEveryNameThrough(target);
    const escapes = await escapesOf({ source, target });
    // Names resolve then, but the VPC still has no route to where they lead.
    expect(escapes.get("An isolated terminal pushes to GitLab, with a developer's password")?.by).to.equal(
      "the isolated VPC has no route to the Internet",
    );
  });

  it("counts for nothing when it fails by itself, and nothing refused it", async () => {
    const sides = { source, target: await targetOn(source) };
    const escapes = await inFolder((folder) =>
      onTestbed(folder, sides, async (testbed) => {
        await testbed.codeCommit.close();
        return tryToEscape(testbed, await makeLoot(testbed), () => undefined);
      }),
    );
    const push = escapes.find(
      ({ attempt }) => attempt === "An isolated terminal pushes with the pull credential",
    );
    expect(push).to.deep.include({ refused: false, by: "it failed, but nothing refused it" });
  });
});
