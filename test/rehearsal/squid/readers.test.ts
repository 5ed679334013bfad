import { expect } from "chai";
import fc from "fast-check";
import { squidConf } from "../../../components/networkedGitlab/squidConf";
import { squidProblems } from "../../../isolation/model/squidConf";
import { parseSquidConf, type SquidConf } from "../../../rehearsal/git/squidConf";
import { hostile } from "./hostile";
import { ask, elsewhereAddress, RealSquid, squidVersion } from "./realSquid";
import { host } from "./requests";

const good = squidConf({ region: "eu-west-1", clientCidr: "127.0.0.0/16" });
const names = [host, "evil.test", `x.${host}`];
const asked = [...names, "127.0.0.2"].flatMap((name) => [443, 80].map((port) => ({ host: name, port })));
const clients = ["127.0.0.1", "127.1.0.1"];
// Nobody listens there, so a tunnel that is let through ends in 503.
const hosts = Object.fromEntries(names.map((name) => [name, elsewhereAddress]));

/** What a squid really lets through, of what is asked; undefined where it does not start. */
async function really(text: string): Promise<string[] | undefined> {
  const squid = await RealSquid.start(text, hosts);
  if (squid === undefined) return undefined;
  try {
    const open: string[] = [];
    for (const from of clients)
      for (const { host: name, port } of asked) {
        const status = await ask(squid.port, `CONNECT ${name}:${port} HTTP/1.1\r\n\r\n`, from);
        if (status !== 403) open.push(`${from} ${name}:${port}`);
      }
    return open;
  } finally {
    await squid.stop();
  }
}

function read(text: string): SquidConf | undefined {
  try {
    return parseSquidConf(text);
  } catch {
    return undefined;
  }
}

const readAs = (conf: SquidConf) =>
  clients.flatMap((clientIp) =>
    asked
      .filter((one) => conf.decide({ method: "CONNECT", clientIp, ...one }).allowed)
      .map((one) => `${clientIp} ${one.host}:${one.port}`),
  );

const lines = [
  "http_access allow all",
  "http_access deny all",
  "http_access allow codecommit",
  "http_access allow !clients",
  "http_access allow tunnel https",
  "http_access deny !all",
  "http_access allow CONNECT codecommit",
  "# a comment \\",
  "acl more dstdomain -n evil.test",
  "http_access allow more",
  "acl wide dstdomain -n .amazonaws.com",
  "via off # x \\",
  "http_access allow wide",
  "acl ports port 80 400-500",
  "http_access allow ports",
  "http_access allow localhost",
  "acl any method connect get",
  "http_access allow any clients",
  "acl Codecommit dstdomain -n evil.test",
  "via off \\",
  "acl plain dstdomain evil.test -n",
  "http_access allow plain",
  "via off # a comment",
  "http_access deny !codecommit",
];

const understood = [
  "# a comment \\",
  "http_access deny all",
  "http_access allow all",
  "http_access allow localhost",
];

describe("squid.conf as a real squid reads it", () => {
  for (const [what, text] of hostile)
    it(`is not taken for a proof when it has ${what}`, () => {
      expect(squidProblems(text, host)).to.not.be.empty;
    });

  if (squidVersion === undefined) {
    it("is read by neither reader as laxer than it is (squid is not installed here)");
    return;
  }

  it("lets nothing through that the readers do not see, whatever lines are put in", async () => {
    const edited = fc
      .array(fc.tuple(fc.constantFrom(...lines), fc.nat(11)), { minLength: 1, maxLength: 4 })
      .map((edits) => {
        const found = good.split("\n");
        for (const [line, at] of edits) found.splice(at, at % 3 === 0 ? 1 : 0, line);
        return found.join("\n");
      });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(edited, async (text) => {
        const conf = read(text);
        if (conf === undefined) {
          expect(squidProblems(text, host).join()).to.contain("cannot be decided");
          return;
        }
        const open = await really(text);
        if (open === undefined) return;
        compared += 1;
        expect(readAs(conf), text).to.deep.equal(open);
        if (squidProblems(text, host).length === 0)
          expect(
            open.filter((one) => !one.endsWith(` ${host}:443`)),
            text,
          ).to.deep.equal([]);
      }),
      // These are understood for sure, each with a rule more.
      { numRuns: 30, examples: understood.map((line) => [`${line}\n${good}`]) },
    );
    expect(compared).to.be.at.least(understood.length);
  });
});
