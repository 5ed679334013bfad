import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { expect } from "chai";
import { refusedRequests, squidConf } from "../../../components/networkedGitlab/squidConf";
import { matchesLine, parseFilterPattern } from "../../../rehearsal/aws/management/logFilterPattern";
import { ForwardProxy } from "../../../rehearsal/git/forwardProxy";
import { LoopbackServers } from "../../../rehearsal/git/loopback";
import { parseSquidConf } from "../../../rehearsal/git/squidConf";
import { differences } from "./differences";
import { ask, codecommitAddress, elsewhereAddress, RealSquid, squidVersion } from "./realSquid";
import { host, requests } from "./requests";

const conf = squidConf({ region: "eu-west-1", clientCidr: "127.0.0.0/16" });
const filters = Object.values(refusedRequests("eu-west-1")).map((pattern) => {
  const parsed = parseFilterPattern(pattern);
  if (parsed === undefined) throw new Error(`${pattern} is not a pattern`);
  return parsed;
});
const isCounted = (line: string) => filters.some((filter) => matchesLine(filter, line));

/** What became of a request, and whether the alarm counts it. By which status it is refused is left open. */
type Outcomes = Map<string, string>;
const outcome = (status: number | undefined, lines: readonly string[]) =>
  `${status === 200 ? "open" : "refused"}${lines.some(isCounted) ? " and counted" : ""}`;
const isOpen = (text: string | undefined) => text?.startsWith("open") === true;
/** What may be refused and not counted: GitLab's daily question in any form, and what asks for CodeCommit oddly. */
const isExcused = (what: string) =>
  /^CONNECT (version\.gitlab\.com|git-codecommit\.eu-west-1\.amazonaws\.com\b(?!\.))/i.test(what) ||
  (what.startsWith("garbage") && what.includes("CONNECT git-codecommit"));

describe("requests to the forward proxy", () => {
  const standIn: Outcomes = new Map();
  before(async () => {
    const servers = new LoopbackServers();
    const echo = await servers.listen(createServer((socket) => socket.end()));
    const proxy = new ForwardProxy(parseSquidConf(conf), () => ({ port: echo }));
    const port = await proxy.listen("127.0.0.1");
    for (const [what, bytes] of requests) {
      const before = proxy.log.length;
      const status = await ask(port, bytes);
      standIn.set(what, outcome(status, proxy.log.slice(before)));
    }
    await proxy.close();
    await servers.close();
  });

  it("that the stand-in refuses are counted by the deployed filters, but for GitLab's daily question and what asks for CodeCommit", () => {
    const silent = [...standIn].filter(
      ([what, text]) => !text.includes("counted") && !isOpen(text) && !isExcused(what),
    );
    expect(silent.map(([what]) => what)).to.deep.equal([]);
    expect(requests.size).to.be.greaterThan(300);
  });

  it("open the stand-in for CodeCommit's name and port alone", () => {
    for (const [what, text] of standIn)
      if (isOpen(text))
        expect(what.toLowerCase()).to.match(
          new RegExp(`^connect ${host}(:443)?( |$)|^connect git-codecommit.*:443$`),
        );
  });

  if (squidVersion === undefined) {
    it("end in a real squid as in the stand-in (squid is not installed here)");
    return;
  }
  describe(`in squid ${squidVersion}, with the deployed configuration and command`, () => {
    const real: Outcomes = new Map();
    const reached: string[] = [];
    let log = "";
    let silence = "";
    before(async () => {
      const listeners = await Promise.all([
        listen(codecommitAddress, 443, reached),
        ...[80, 443, 8443].map((port) => listen(elsewhereAddress, port, reached)),
      ]);
      const squid = await RealSquid.start(conf, {
        [host]: codecommitAddress,
        ...Object.fromEntries(
          ["evil.test", "version.gitlab.com", "s3.amazonaws.com", `x.${host}`, `${host}.evil.test`].map(
            (name) => [name, elsewhereAddress],
          ),
        ),
      });
      if (squid === undefined) throw new Error("squid does not start with the deployed configuration");
      try {
        silence = await squid.logWith("");
        const statuses = new Map<string, number | undefined>();
        let number = 0;
        for (const [what, bytes] of requests) {
          statuses.set(what, await ask(squid.port, bytes));
          number += 1;
          await ask(squid.port, `GET http://mark-${number}.test/ HTTP/1.1\r\n\r\n`);
        }
        log = await squid.logWith(`mark-${number}.test`);
        const parts = log.split(/^.*mark-\d+\.test.*\n/m);
        [...statuses].forEach(([what, status], index) => {
          real.set(what, outcome(status, (parts[index] ?? "").split("\n")));
        });
      } finally {
        await squid.stop();
        for (const listener of listeners) listener.close();
      }
    });

    it("reach nothing but CodeCommit's port 443", () => {
      expect(new Set(reached)).to.deep.equal(new Set([`${codecommitAddress}:443`]));
      const ways = [...log.matchAll(/ HIER_(?!NONE\/- )\S+ /g)].map(([way]) => way.trim());
      expect(new Set(ways)).to.deep.equal(new Set([`HIER_DIRECT/${codecommitAddress}`]));
    });

    it("leave no line when they are none, as a health check's", () => {
      expect(silence).to.equal("");
    });

    it("are counted by the deployed filters when they are refused, but for GitLab's daily question and what asks for CodeCommit", () => {
      const silent = [...real].filter(
        ([what, text]) => !text.includes("counted") && !isOpen(text) && !isExcused(what),
      );
      expect(silent).to.deep.equal([]);
    });

    it("open squid wherever they open the stand-in", () => {
      const lax = [...standIn].filter(([what, text]) => isOpen(text) && !isOpen(real.get(what)));
      expect(lax).to.deep.equal([]);
    });

    it("end as in the stand-in, or as listed with the reason", function () {
      // The list was made with this one; others word some of their refusals in other ways.
      if (!squidVersion?.startsWith("5.")) return;
      const found = [...real].flatMap(([what, squid]) =>
        squid === standIn.get(what) ? [] : [`${what}: ${squid}, in the stand-in ${standIn.get(what) ?? ""}`],
      );
      const listed = differences.flatMap(({ squid, standIn, requests }) =>
        requests.map((what) => `${what}: ${squid}, in the stand-in ${standIn}`),
      );
      expect(found.sort()).to.deep.equal(listed.sort());
    });
  });
});

async function listen(address: string, port: number, reached: string[]): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    reached.push(`${address}:${port}`);
    socket.end();
  }).listen(port, address);
  await once(server, "listening");
  return server;
}
