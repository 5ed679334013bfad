import { createServer, type Server } from "node:net";
import { connect } from "node:net";
import { expect } from "chai";
import { ConnectPath, parseAuthority } from "../../../rehearsal/git/connectPath";
import { ForwardProxy } from "../../../rehearsal/git/forwardProxy";
import { LoopbackServers } from "../../../rehearsal/git/loopback";
import { parseSquidConf } from "../../../rehearsal/git/squidConf";
import { CODECOMMIT, SQUID_CONF } from "./lab";

/** Sends text to a port and returns all that comes back until the other side hangs up. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    let heard = "";
    socket.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    socket.on("error", reject);
    socket.on("close", () => {
      resolve(heard);
    });
  });
}

const status = async (port: number, requestLine: string) =>
  Number((await say(port, `${requestLine} HTTP/1.1\r\nHost: x\r\n\r\n`)).split(" ")[1]);

describe("a position's network path and the proxy", () => {
  const servers = new LoopbackServers();
  let echo: number;
  let path: ConnectPath;
  let pathPort: number;
  let proxy: ForwardProxy;
  let proxyPort: number;
  before(async () => {
    // Answers the first bytes it gets, and hangs up.
    const server: Server = createServer((socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("data", (chunk: Buffer) => socket.end(`heard ${chunk.toString()}`));
    });
    echo = await servers.listen(server);
  });
  beforeEach(async () => {
    path = new ConnectPath((host, port) =>
      host === "known.example" && port === 443 ? { port: echo } : { refused: `no route to ${host}` },
    );
    pathPort = await path.listen();
    proxy = new ForwardProxy(parseSquidConf(SQUID_CONF), (host) =>
      host.toLowerCase() === CODECOMMIT ? { port: echo } : { refused: "the Internet is not rehearsed" },
    );
    proxyPort = await proxy.listen("10.0.3.4");
  });
  afterEach(async () => {
    await path.close();
    await proxy.close();
  });
  after(async () => {
    await servers.close();
  });

  it("carry bytes both ways to the stand-in of the host asked for", async () => {
    const heard = await say(pathPort, "CONNECT known.example:443 HTTP/1.1\r\n\r\nhello");
    expect(heard).to.equal("HTTP/1.1 200 Connection established\r\n\r\nheard hello");
    const through = await say(proxyPort, `CONNECT ${CODECOMMIT}:443 HTTP/1.1\r\n\r\nhello`);
    expect(through).to.match(/^HTTP\/1\.1 200 .*heard hello$/s);
    expect(proxy.records).to.deep.equal([
      {
        host: CODECOMMIT,
        port: 443,
        clientIp: "10.0.3.4",
        allowed: true,
        rule: "line 7: http_access allow CONNECT codecommit https",
      },
    ]);
  });

  it("say and record why a host is out of reach", async () => {
    expect(await say(pathPort, "CONNECT other.example:443 HTTP/1.1\r\n\r\n")).to.match(
      /^HTTP\/1\.1 503 .*no route to other\.example\n$/s,
    );
    expect(path.refusals).to.deep.equal([
      { target: "other.example:443", reason: "no route to other.example" },
    ]);
  });

  const elsewhere = [
    "s3.ap-northeast-1.amazonaws.com:443",
    "git-codecommit.us-east-1.amazonaws.com:443",
    `${CODECOMMIT}.attacker.example:443`,
    `x.${CODECOMMIT}:443`,
    `${CODECOMMIT}:22`,
    `${CODECOMMIT}:80`,
    `${CODECOMMIT}:8443`,
    "52.95.31.1:443",
    "127.0.0.1:443",
    "169.254.169.254:443",
    "localhost:443",
  ];
  for (const target of elsewhere) {
    it(`the proxy refuses CONNECT ${target} with 403, by a line of squid.conf`, async () => {
      expect(await status(proxyPort, `CONNECT ${target}`)).to.equal(403);
      expect(proxy.records.map((r) => r.allowed)).to.deep.equal([false]);
      expect(proxy.refusals).to.have.length(1);
      expect(proxy.refusals[0]?.reason).to.equal("squid.conf line 8: http_access deny all");
    });
  }

  const malformed = [
    `${CODECOMMIT}.:443`,
    `user@${CODECOMMIT}:443`,
    `user:pw@${CODECOMMIT}:443`,
    CODECOMMIT,
    `${CODECOMMIT}:`,
    `${CODECOMMIT}:0443`,
    `${CODECOMMIT}:99999`,
    `${CODECOMMIT}:443/`,
    `https://${CODECOMMIT}:443`,
    `[::1]:443`,
    `${CODECOMMIT}%00.attacker.example:443`,
    `:443`,
  ];
  for (const target of malformed) {
    it(`the proxy refuses CONNECT ${target} as malformed`, async () => {
      expect(await status(proxyPort, `CONNECT ${target}`)).to.equal(400);
      expect(proxy.records, "squid.conf was not even asked").to.be.empty;
    });
  }

  it("the proxy takes a host name in any case, as squid does", async () => {
    expect(await say(proxyPort, `CONNECT ${CODECOMMIT.toUpperCase()}:443 HTTP/1.1\r\n\r\nx`)).to.contain(
      "heard x",
    );
  });

  it("the proxy refuses every other method, even to the allowed host", async () => {
    for (const method of ["GET", "POST", "PUT", "HEAD", "OPTIONS"]) {
      expect(await status(proxyPort, `${method} http://${CODECOMMIT}:443/`), method).to.equal(403);
      expect(proxy.refusals.at(-1)?.reason).to.equal("squid.conf line 6: http_access deny !CONNECT");
    }
    expect(await status(proxyPort, "GET /")).to.equal(400);
    expect(await status(pathPort, "GET http://known.example/")).to.equal(405);
  });

  it("the proxy refuses clients from outside its network", async () => {
    const outside = await proxy.listen("192.168.0.1");
    expect(await status(outside, `CONNECT ${CODECOMMIT}:443`)).to.equal(403);
    expect(proxy.refusals.at(-1)?.reason).to.equal("squid.conf line 5: http_access deny !gitlab");
  });

  it("free their ports when closed, with tunnels still open", async () => {
    const socket = connect(pathPort, "127.0.0.1");
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("connect", resolve));
    socket.write("CONNECT known.example:443 HTTP/1.1\r\n\r\n");
    await new Promise((resolve) => socket.once("data", resolve));
    await path.close();
    await closed;
    const error: unknown = await say(pathPort, "x").catch((e: unknown) => e);
    expect(error).to.have.property("code", "ECONNREFUSED");
  });

  it("read a target only in its plain form", () => {
    expect(parseAuthority("Host.example:443")).to.deep.equal({ host: "Host.example", port: 443 });
    expect(parseAuthority("a..b:443")).to.equal(undefined);
    expect(parseAuthority("a:443 b:443")).to.equal(undefined);
  });
});
