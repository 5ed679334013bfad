import { expect } from "chai";
import fc from "fast-check";
import { squidConf } from "../../../components/networkedGitlab/squidConf";
import { squidLetsThrough, squidProblems } from "../../../isolation/model/squidConf";
import { parseSquidConf, type SquidConf } from "../../../rehearsal/git/squidConf";

const host = "git-codecommit.eu-west-1.amazonaws.com";
const good = squidConf({ region: "eu-west-1", clientCidr: "10.0.0.0/16" });

/** Lines that somebody might put in, harmless or not. */
const additions = [
  "http_access allow all",
  "http_access allow tunnel",
  "http_access allow codecommit",
  "http_access allow tunnel https codecommit",
  "http_access deny all",
  "http_access deny !codecommit",
  "http_access deny tunnel",
  "http_access deny !tunnel !https",
  "acl https port 80",
  "acl https port 1-65535",
  "acl tunnel method GET",
  `acl codecommit dstdomain -n .amazonaws.com`,
  "acl other dstdomain -n example.com",
  "http_access allow other",
  "http_access allow !other",
  "http_port 8080",
];

/** Our squid.conf with lines taken out, put in and moved. */
const edited = fc
  .array(
    fc.record({
      kind: fc.constantFrom("drop", "insert", "swap"),
      at: fc.nat(good.split("\n").length - 1),
      to: fc.nat(good.split("\n").length - 1),
      line: fc.constantFrom(...additions),
    }),
    { maxLength: 4 },
  )
  .map((edits) => {
    const lines = good.split("\n");
    for (const { kind, at, to, line } of edits) {
      if (kind === "drop") lines.splice(at, 1);
      else if (kind === "insert") lines.splice(at, 0, line);
      else [lines[at], lines[to]] = [lines[to] ?? "", lines[at] ?? ""];
    }
    return lines.join("\n");
  });

const request = fc.record({
  method: fc.constantFrom("CONNECT", "GET"),
  host: fc.constantFrom(host, "example.com", "loot.s3.amazonaws.com"),
  port: fc.constantFrom(80, 443, 8443),
  clientIp: fc.constantFrom("10.0.0.1", "203.0.113.9"),
});

function read(text: string): SquidConf | undefined {
  try {
    return parseSquidConf(text);
  } catch {
    return undefined;
  }
}

describe("squidProblems", () => {
  it("finds nothing in the proxy's own squid.conf", () => {
    expect(squidProblems(good, host)).to.deep.equal([]);
  });

  it("passes nothing that lets through more than git-codecommit", () => {
    let passed = 0;
    const property = fc.property(
      edited,
      fc.array(request, { minLength: 20, maxLength: 20 }),
      (text, requests) => {
        if (squidProblems(text, host).length > 0) return;
        passed += 1;
        const conf = read(text);
        const through = requests.filter((r) => conf?.decide(r).allowed);
        for (const r of through) expect(r).to.include({ method: "CONNECT", host, port: 443 });
      },
    );
    fc.assert(property, { numRuns: 2000 });
    expect(passed).to.be.greaterThan(100);
  });

  for (const [what, line] of [
    ["another file", "include /etc/squid/more.conf"],
    ["a peer to send everything to", "cache_peer parent.example.com parent 3128 0"],
    ["a domain that reverse DNS may claim", "acl other dstdomain example.com"],
    ["values in a file", 'acl other dstdomain -n "/etc/squid/list"'],
    ["a name server that may lie", "dns_nameservers 203.0.113.53"],
    ["a port that takes connections over", "http_port 3129 intercept"],
    ["a log that is sent away", "access_log tcp://203.0.113.9:514"],
    ["a log that is sent away, as squid takes it too", "access_log udp:203.0.113.9:514"],
    ["an acl of nothing", "http_access allow nothing"],
  ] as const) {
    it(`cannot decide about ${what}`, () => {
      const [problem, ...others] = squidProblems(`${line}\n${good}`, host);
      expect(others).to.deep.equal([]);
      expect(problem).to.match(/^cannot be decided: /);
    });
  }
});

describe("squidLetsThrough", () => {
  it("is sure of the proxy's own squid.conf, for its own host only", () => {
    expect([squidLetsThrough(good, host), squidLetsThrough(good, "example.com")]).to.deep.equal([
      true,
      false,
    ]);
  });

  it("is sure of nothing that squid refuses", () => {
    const asked = { method: "CONNECT", host, port: 443, clientIp: "10.0.0.1" };
    let sure = 0;
    const property = fc.property(edited, (text) => {
      const conf = read(text);
      if (conf === undefined || !squidLetsThrough(text, host)) return;
      sure += 1;
      expect(conf.decide(asked).allowed, text).to.equal(true);
    });
    fc.assert(property, { numRuns: 2000 });
    expect(sure).to.be.greaterThan(100);
  });
});
