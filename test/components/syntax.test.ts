import { expect } from "chai";
import {
  gitlabProjectProblem,
  instanceTypeProblem,
  originProblem,
  proxyUrlProblem,
} from "../../components/syntax";

describe("a GitLab project's path", () => {
  it("has a group and only characters that GitLab allows", () => {
    for (const path of ["platform/network", "a/b/c", ".gitlab/x", "_a/b.", "A/B-c_d.e"]) {
      expect(gitlabProjectProblem(path), path).to.equal(undefined);
    }
    for (const [path, says] of [
      ...(["", "network"] as const).map((path) => [path, "names no group"] as const),
      ...(["/a/b", "a/b/"] as const).map((path) => [path, "slash"] as const),
      ...(["a/b.git", "a/b.ATOM", "a.git/b"] as const).map((path) => [path, ".git or .atom"] as const),
      ...(["a//b", "a/-b", "a/..", "a/...", "a b/c", "ä/b", `a/${"x".repeat(256)}`] as const).map(
        (path) => [path, "is not a name"] as const,
      ),
      ["https://gitlab.example.com/a/b", "is a URL"],
      ["git@gitlab.example.com:a/b", "is a URL"],
    ] as const) {
      expect(gitlabProjectProblem(path), path).to.contain(says);
    }
  });
});

describe("an instance type", () => {
  it("is of a family on Nitro, where the data volume is found by its id", () => {
    for (const type of ["m7i.large", "m7g.large", "t3.large", "c5.xlarge", "i3en.large", "p3dn.24xlarge"]) {
      expect(instanceTypeProblem(type), type).to.equal(undefined);
    }
    for (const type of ["i3.metal", "u7i-12tb.224xlarge", "t4g.large", "m5.metal"]) {
      expect(instanceTypeProblem(type), type).to.equal(undefined);
    }
    for (const type of ["t2.large", "m4.large", "c4.large", "r4.large", "x1e.xlarge", "g3s.xlarge"]) {
      expect(instanceTypeProblem(type), type).to.contain("runs on Xen");
    }
    for (const type of ["large", "m7i", "M7i.large"]) {
      expect(instanceTypeProblem(type), type).to.equal("is not an instance type");
    }
  });
});

describe("the URL of a GitLab or a proxy that exists", () => {
  it("is a scheme, a host and perhaps a port", () => {
    for (const url of ["http://proxy.internal:3128", "http://10.0.0.5", "http://proxy.internal:80/"]) {
      expect(originProblem(url, "http"), url).to.equal(undefined);
    }
    for (const [url, says] of [
      ["proxy.internal:3128", "is not a URL of http"],
      ["https://proxy.internal", "is not a URL of http"],
      ["http://Proxy.internal", "is not a URL of http"],
      ["http://me:word@proxy.internal", "user or a password"],
      ["http://proxy.internal/path", "has a path"],
      ["http://proxy.internal/?a=1", "has a query"],
      ["http://proxy.internal:99999", "is not a URL of http"],
    ] as const) {
      expect(originProblem(url, "http"), url).to.contain(says);
    }
  });

  it("has a port where it is a proxy's, since git and Ruby take different ones without", () => {
    for (const url of ["http://proxy.internal:3128", "http://10.0.0.5:8080/", "http://proxy.internal:80"])
      expect(proxyUrlProblem(url), url).to.equal(undefined);
    for (const url of ["http://proxy.internal", "http://10.0.0.5/", "http://proxy.internal:"])
      expect(proxyUrlProblem(url), url).to.match(/names no port|is not a URL of http/);
    expect(proxyUrlProblem("http://proxy.internal:0")).to.contain("port 0");
    expect(proxyUrlProblem("https://proxy.internal:3128")).to.contain("is not a URL of http");
  });
});
