import { expect } from "chai";
import { codeCommitHost } from "../../../facts/hosts";
import { wayOut, type Obstacles } from "../../../isolation/claims/pathToCodeCommit";
import type { Network } from "../../../isolation/model/deployment";
import * as d from "./goodDeployment";

const HERE = "ap-northeast-1";

function obstacles(change: (network: Network) => Partial<Network>, ...regions: string[]): Obstacles {
  const { source } = d.changed("source", change);
  if (source === undefined) throw new Error("the good deployment has two sides");
  return wayOut(
    source,
    regions.map((region) => codeCommitHost(region)),
  );
}

/** A second proxy behind the load balancer of the first. */
const secondProxy = (n: Network): Partial<Network> => ({
  hosts: [
    ...n.hosts,
    ...n.hosts.filter(({ urn }) => urn === "squid").map((one) => ({ ...one, urn: "squid-2" })),
  ],
  loadBalancers: d.replaced(n.loadBalancers, "lb-proxy", ({ listeners }) => ({
    listeners: listeners.map((one) => ({
      ...one,
      targets: [...one.targets, ...one.targets.map((target) => ({ ...target, to: "squid-2" }))],
    })),
  })),
});

describe("GitLab's way to CodeCommit", () => {
  it("holds in a good deployment", () => {
    expect(obstacles(() => ({}), HERE)).to.deep.equal({ certain: [], possible: [] });
  });

  it("is open where a repository is in a Region to which squid leads nobody", () => {
    const { possible } = obstacles(() => ({}), HERE, "us-east-1");
    expect(possible.join()).to.contain("git-codecommit.us-east-1.amazonaws.com through is not certain");
  });

  it("holds where one proxy of two runs no task", () => {
    const idle = (n: Network) => {
      const after = { ...n, ...secondProxy(n) };
      return { ...after, hosts: d.replaced(after.hosts, "squid-2", () => ({ desiredCount: 0 })) };
    };
    expect(obstacles(idle, HERE)).to.deep.equal({ certain: [], possible: [] });
  });

  it("is open, and not surely shut, where one proxy of two runs no task and the other is not understood", () => {
    const doubtful = (n: Network) => {
      const after = { ...n, ...secondProxy(n) };
      const idle = d.replaced(after.hosts, "squid-2", () => ({ desiredCount: 0 }));
      return { ...after, hosts: d.replaced(idle, "squid", () => ({ squidConf: "http_access maybe" })) };
    };
    const { certain, possible } = obstacles(doubtful, HERE);
    expect(certain).to.deep.equal([]);
    expect(possible.join()).to.contain("squid-2 runs no task");
  });
});
