import { expect } from "chai";
import { proxyFor } from "../../../rehearsal/git/mirrorProxy";
import { CODECOMMIT } from "./lab";

const url = new URL(`https://${CODECOMMIT}/v1/repos/app`);
const proxy = { host: "proxy.internal", port: 3128 };
const https_proxy = "http://proxy.internal:3128";

describe("the proxy of a mirror", () => {
  it("comes from https_proxy, and from the others where that is absent", () => {
    expect(proxyFor(url, { https_proxy, all_proxy: "http://x:1" })).to.deep.equal(proxy);
    expect(proxyFor(url, { HTTPS_PROXY: https_proxy })).to.deep.equal(proxy);
    expect(proxyFor(url, { all_proxy: https_proxy })).to.deep.equal(proxy);
    expect(proxyFor(url, { http_proxy: https_proxy })).to.equal(undefined);
  });

  it("is none where the variable that decides is empty, or one that Gitaly does not pass on", () => {
    expect(proxyFor(url, { https_proxy: "", HTTPS_PROXY: https_proxy })).to.equal(undefined);
    expect(proxyFor(url, { https_proxy: "", all_proxy: https_proxy })).to.equal(undefined);
    expect(proxyFor(url, { ALL_PROXY: https_proxy })).to.equal(undefined);
  });

  it("is none where no_proxy names the host or a domain above it", () => {
    for (const no_proxy of [
      CODECOMMIT,
      ".amazonaws.com",
      "localhost, amazonaws.com",
      "amazonaws.com.",
      "*",
    ]) {
      expect(proxyFor(url, { https_proxy, no_proxy }), no_proxy).to.equal(undefined);
    }
    for (const no_proxy of [
      "",
      "localhost",
      "codecommit.amazonaws.com",
      "s.com",
      ".dev.example.com",
      "x,*",
      "*,x",
      "x\namazonaws.com",
    ]) {
      expect(proxyFor(url, { https_proxy, no_proxy }), no_proxy).to.deep.equal(proxy);
    }
  });

  it("is refused when it is not http://host:port", () => {
    for (const value of ["https://proxy.internal:3128", "proxy.internal:3128", "http://u:p@proxy:3128"]) {
      expect(() => proxyFor(url, { https_proxy: value }), value).to.throw("expected e.g.");
    }
  });
});
