import { expect } from "chai";
import type { Host, Network } from "../../../isolation/model/deployment";
import type { Verdict } from "../../../isolation/verdict";
import * as d from "./goodDeployment";
import { networkVerdicts } from "./networkVerdicts";

/** What C7 says where the resolver of GitLab's VPC asks for more names, and the source is otherwise changed. */
function verdict(names: readonly string[], change: (network: Network) => Partial<Network> = () => ({})) {
  const changed = d.changed("source", (network) => ({
    resolverFirewalls: network.resolverFirewalls.map((firewall) => ({
      ...firewall,
      rules: firewall.rules.map((rule) =>
        rule.action === "ALLOW" ? { ...rule, domains: [...rule.domains, ...names] } : rule,
      ),
    })),
    ...change(network),
  }));
  const found = networkVerdicts(changed).find(({ claim }) => claim === "C7");
  if (found === undefined) throw new Error("C7 is among the claims about packets");
  return found;
}

const proxyRuns =
  (image: string) =>
  ({ hosts }: Network): Partial<Network> => ({ hosts: d.replaced(hosts, "squid", () => ({ image })) });
const withoutProxy = ({ hosts }: Network): Partial<Network> => ({
  hosts: hosts.filter(({ role }: Host) => role !== "proxy"),
});
const summary = ({ status, summary }: Verdict) => `${status}: ${summary}`;

describe("what GitLab's resolver is let ask for (C7)", () => {
  it("may be what the proxy's image and log are kept under, where AWS answers for it", () => {
    const names = [
      "logs.ap-northeast-1.amazonaws.com.",
      "123456789012.dkr.ecr.eu-west-1.amazonaws.com.",
      "API.ECR.eu-west-1.amazonaws.com",
      "prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com.",
    ];
    const image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/squid:1";
    expect(verdict(names, proxyRuns(image)).status).to.equal("proved");
    expect(verdict(names, proxyRuns("ghcr.io/somebody/squid:1")).status).to.equal("refuted");
  });

  it("is printed as an assumption where it is another registry, and only where it is asked for", () => {
    const assumption =
      "Who answers for ghcr.io, where the proxy's image is kept, takes no data from how it is asked for.";
    const asking = verdict(["ghcr.io."], proxyRuns("ghcr.io/somebody/squid:1"));
    expect(summary(asking)).to.match(/^proved/);
    expect(asking.assumptions).to.include(assumption);
    const silent = verdict([], proxyRuns("ghcr.io/somebody/squid:1"));
    expect(silent.assumptions).not.to.include(assumption);
    expect(verdict(["layers.ghcr.io."], proxyRuns("ghcr.io/somebody/squid:1")).status).to.equal("refuted");
  });

  it("leaves the claim open where it may be the name of a proxy that is not shown", () => {
    const open = verdict(["proxy.internal."], withoutProxy);
    expect(open.status).to.equal("unknown");
    expect(open.reasons.join()).to.contain("ask for proxy.internal.: who answers for it is not shown");
    expect(verdict(["*.internal."], withoutProxy).status).to.equal("refuted");
    expect(verdict(["proxy.internal."], proxyRuns("public.ecr.aws/ubuntu/squid:6")).status).to.equal(
      "refuted",
    );
  });

  it("is any name where there is no firewall, and nobody knows in a VPC that is not shown", () => {
    expect(summary(verdict([], () => ({ resolverFirewalls: [] })))).to.match(
      /^refuted.*asks the world for any name/,
    );
    const elsewhere = verdict([], ({ securityGroups }) => ({
      vpcs: [],
      securityGroups: d.replaced(securityGroups, "sg-gitlab", () => ({ egress: [] })),
    }));
    expect(elsewhere.status).to.equal("unknown");
    expect(elsewhere.reasons).to.include("The resolver of vpc is not shown");
  });
});
