import { expect } from "chai";
import fc from "fast-check";
import { parseSquidConf, type ProxyRequest } from "../../../rehearsal/git/squidConf";
import { CODECOMMIT, SQUID_CONF } from "./lab";

const request = (change: Partial<ProxyRequest> = {}): ProxyRequest => ({
  method: "CONNECT",
  host: CODECOMMIT,
  port: 443,
  clientIp: "10.0.1.2",
  ...change,
});

const allows = (conf: string, change: Partial<ProxyRequest> = {}) =>
  parseSquidConf(conf).decide(request(change)).allowed;

describe("squid.conf", () => {
  it("allows what its allow line says, and names that line", () => {
    expect(parseSquidConf(SQUID_CONF).decide(request())).to.deep.equal({
      allowed: true,
      rule: "line 7: http_access allow CONNECT codecommit https",
    });
    expect(parseSquidConf(SQUID_CONF).httpPorts).to.deep.equal([3128]);
  });

  it("never allows anything but CONNECT to the one host and port from the one network", () => {
    const conf = parseSquidConf(SQUID_CONF);
    const anyRequest = fc.record({
      method: fc.constantFrom("CONNECT", "GET", "POST", "connect"),
      host: fc.oneof(fc.constant(CODECOMMIT), fc.domain(), fc.ipV4(), fc.constant(`x.${CODECOMMIT}`)),
      port: fc.oneof(fc.constant(443), fc.integer({ min: 1, max: 65535 })),
      clientIp: fc.oneof(fc.constant("10.0.9.9"), fc.ipV4(), fc.ipV6()),
    });
    fc.assert(
      fc.property(anyRequest, (r) => {
        const inside = /^10\.0\./.test(r.clientIp) || /^::ffff:(10\.0\.|0?a00:)/i.test(r.clientIp);
        const expected = r.method === "CONNECT" && r.host === CODECOMMIT && r.port === 443 && inside;
        expect(conf.decide(r).allowed).to.equal(expected);
      }),
    );
  });

  it("takes the first line that matches", () => {
    expect(allows("http_access deny CONNECT\nhttp_access allow all")).to.equal(false);
    expect(allows("http_access allow CONNECT\nhttp_access deny all")).to.equal(true);
  });

  it("does the opposite of the last line when none matches, and denies when there is none", () => {
    expect(allows("http_access deny !all")).to.equal(true);
    expect(allows("http_access allow !all")).to.equal(false);
    expect(parseSquidConf("http_access deny !all").decide(request()).rule).to.contain("opposite of line 1");
    expect(allows("http_port 3128")).to.equal(false);
  });

  it("matches subdomains only after a leading dot", () => {
    const conf = (name: string) => `acl d dstdomain -n ${name}\nhttp_access allow d\nhttp_access deny all`;
    expect(allows(conf(".amazonaws.com"))).to.equal(true);
    expect(allows(conf(".amazonaws.com"), { host: "amazonaws.com" })).to.equal(true);
    expect(allows(conf(".amazonaws.com"), { host: "notamazonaws.com" })).to.equal(false);
    expect(allows(conf("amazonaws.com"))).to.equal(false);
  });

  it("needs every acl of a line, and any value of an acl", () => {
    const ports = "acl p port 80 443 8000-8010\nacl h src 10.0.0.0/16\nhttp_access allow p h";
    expect(allows(ports)).to.equal(true);
    expect(allows(ports, { port: 8005 })).to.equal(true);
    expect(allows(ports, { port: 81 })).to.equal(false);
    expect(allows(ports, { clientIp: "10.1.0.1" })).to.equal(false);
    expect(allows(ports, { clientIp: "::ffff:10.0.1.2" })).to.equal(true);
  });

  it("skips comments and directives that decide nothing", () => {
    const conf =
      "# a comment\ncache deny all\nvia off  # off\nacl real has request\nhttp_access allow real CONNECT";
    expect(allows(conf)).to.equal(true);
  });

  const refused: [string, string][] = [
    ["ssl_bump bump all", 'the directive "ssl_bump" is not understood'],
    ["include /etc/squid/conf.d/*.conf", 'the directive "include" is not understood'],
    ["http_port 3128 intercept", "expected a plain port"],
    ["acl d dstdomain .amazonaws.com", "without -n"],
    ["acl d dstdom_regex amazonaws", 'the acl type "dstdom_regex" is not understood'],
    ['acl d dstdomain -n "/etc/squid/allowed"', "quotes, files"],
    ["acl d src 10.0.0.0/33", "neither an address nor a CIDR"],
    ["acl d src 10.1", "neither an address nor a CIDR"],
    ["acl d port https", "neither a port nor a range"],
    ["acl CONNECT port 443", "lower-case letters"],
    ["acl connect port 443", "squid defines"],
    ["acl d src", "at least one value"],
    ["http_access allow nothing", 'the acl "nothing" is not defined above'],
    ["http_access permit all", "expected: http_access allow|deny"],
    ["http_access allow", "without an acl"],
    ["http_access allow \\", "continued lines"],
  ];
  for (const [line, reason] of refused) {
    it(`is refused with "${line}", naming the line`, () => {
      expect(() => parseSquidConf(`# first\n${line}`))
        .to.throw(`squid.conf line 2, "${line}": `)
        .with.property("message")
        .that.contains(reason);
    });
  }
});
