import { expect } from "chai";
import fc from "fast-check";
import { codeCommitHost } from "../../../facts/hosts";
import { squidConf } from "../../../components/networkedGitlab/squidConf";

const settings = { region: "ap-northeast-1", clientCidr: "10.0.0.0/16" };

describe("squid.conf", () => {
  const lines = squidConf(settings).split("\n");

  it("lets through git-codecommit of the region and no other host", () => {
    const domains = lines.filter((line) => line.includes("dstdomain"));
    expect(domains).to.deep.equal([
      "acl codecommit dstdomain -n git-codecommit.ap-northeast-1.amazonaws.com",
    ]);
  });

  it("lets through the FIPS endpoint, and not the ordinary one, where that is asked for", () => {
    const conf = squidConf({ ...settings, region: "us-east-1", fips: true });
    expect(conf.match(/\S*codecommit\S*\.com/g)).to.deep.equal([
      "git-codecommit-fips.us-east-1.amazonaws.com",
    ]);
  });

  it("names the host exactly: with a leading dot it would stand for every host below it", () => {
    fc.assert(
      fc.property(fc.constantFrom("eu-west-1", "us-east-1", "ap-southeast-2"), (region) => {
        expect(squidConf({ ...settings, region })).to.contain(` ${codeCommitHost(region)}\n`);
        expect(squidConf({ ...settings, region })).not.to.match(/\s\.[a-z]/);
      }),
    );
  });

  it("decides in this order: clients, tunnels and port 443 only, then the host, then nobody", () => {
    expect(lines.filter((line) => line.startsWith("http_access"))).to.deep.equal([
      "http_access deny !clients",
      "http_access deny !tunnel",
      "http_access deny !https",
      "http_access allow codecommit",
      "http_access deny all",
    ]);
    expect(lines).to.include.members([
      "acl tunnel method CONNECT",
      "acl https port 443",
      "acl clients src 10.0.0.0/16",
    ]);
  });

  it("listens where GitLab is to ask it", () => {
    expect(lines.filter((line) => line.startsWith("http_port"))).to.deep.equal(["http_port 3128"]);
  });

  it("runs as a container does: without a pid file or a pinger, in little memory, and ends within seconds", () => {
    expect(lines).to.include.members([
      "pid_filename none",
      "pinger_enable off",
      "cache_mem 8 MB",
      "shutdown_lifetime 5 seconds",
    ]);
  });

  it("keeps nothing and tells the other side nothing about the client", () => {
    expect(lines).to.include.members(["cache deny all", "via off", "forwarded_for delete"]);
  });

  it("writes its log where the container's log is read", () => {
    expect(lines).to.include.members([
      "acl request has request",
      "access_log stdio:/dev/stdout request",
      "cache_log /dev/stderr",
    ]);
  });

  it("uses only names it has defined", () => {
    const defined = new Set([
      "all",
      ...lines.filter((l) => l.startsWith("acl ")).map((l) => l.split(" ")[1]),
    ]);
    const used = lines
      .filter((l) => l.startsWith("http_access"))
      .map((l) => l.split(" ")[2]?.replace("!", ""));
    expect([...defined]).to.include.members(used);
  });
});
