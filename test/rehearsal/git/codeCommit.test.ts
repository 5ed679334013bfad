import { existsSync, readFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import path from "node:path";
import { connect } from "node:tls";
import { expect } from "chai";
import type { Credential } from "../../../rehearsal/git/gitClient";
import { CODECOMMIT, commit, ELSEWHERE, Lab, PRODUCTION, PULL, PUSH, REPOSITORIES, STRANGERS } from "./lab";

const basic = ({ user, password }: Credential) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

interface Answer {
  status: number;
  body: string;
}

describe("CodeCommit's git endpoint", () => {
  let lab: Lab;
  let port: number;
  let ca: string;
  before(async () => {
    lab = await Lab.open();
    port = lab.natPort;
    ca = readFileSync(lab.authority.file, "utf8");
  });
  after(async () => {
    await lab.close();
  });

  /** One request with exactly this path, over TLS that is checked. */
  function ask(
    url: string,
    options: { method?: string; headers?: Record<string, string | string[]>; body?: string } = {},
  ) {
    return new Promise<Answer>((resolve, reject) => {
      const headers = { Host: CODECOMMIT, Authorization: basic(PUSH), ...options.headers };
      const sent = httpsRequest(
        { host: "127.0.0.1", port, servername: CODECOMMIT, ca, path: url, method: options.method, headers },
        (response) => {
          let body = "";
          response.on("data", (chunk: Buffer) => (body += chunk.toString("latin1")));
          response.on("end", () => {
            resolve({ status: response.statusCode ?? 0, body });
          });
        },
      );
      sent.on("error", reject).end(options.body);
    });
  }

  /** Sends bytes as they are, and returns the first line of the answer. */
  function raw(bytes: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, servername: CODECOMMIT, ca }, () =>
        socket.write(bytes),
      );
      let text = "";
      socket.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
      socket.on("error", reject);
      socket.on("data", () => {
        if (text.includes("\r\n\r\n")) socket.destroy();
      });
      socket.on("close", () => {
        resolve(text.split("\r\n", 1)[0] ?? "");
      });
    });
  }

  const lastRecord = () => lab.codeCommit.audit.at(-1);
  const PULL_REFS = "/v1/repos/app/info/refs?service=git-upload-pack";
  const PUSH_REFS = "/v1/repos/app/info/refs?service=git-receive-pack";

  describe("authentication", () => {
    it("answers 401 and asks for Basic without a credential", async () => {
      expect(
        await raw(`GET ${PULL_REFS} HTTP/1.1\r\nHost: ${CODECOMMIT}\r\nConnection: close\r\n\r\n`),
      ).to.equal("HTTP/1.1 401 Unauthorized");
      expect(lastRecord()).to.deep.include({ status: 401, allowed: false });
      expect(lastRecord()?.principal).to.equal(undefined);
    });

    const longest = "x".repeat(6000);
    const bad: [string, string][] = [
      ["an unknown user", basic({ user: "nobody", password: PUSH.password })],
      ["a wrong password", basic({ user: PUSH.user, password: `${PUSH.password}x` })],
      ["an empty user", basic({ user: "", password: PUSH.password })],
      ["an empty password", basic({ user: PUSH.user, password: "" })],
      ["no colon", `Basic ${Buffer.from(PUSH.user).toString("base64")}`],
      ["a NUL in the user", basic({ user: `${PUSH.user}\0`, password: PUSH.password })],
      ["a NUL in the password", basic({ user: PUSH.user, password: `${PUSH.password}\0x` })],
      ["bytes that are not UTF-8", `Basic ${Buffer.from([0xff, 0x3a, 0xfe]).toString("base64")}`],
      ["thousands of characters", basic({ user: longest, password: "x" })],
      ["another scheme", `Bearer ${Buffer.from(`${PUSH.user}:${PUSH.password}`).toString("base64")}`],
      ["text after the credential", `${basic(PUSH)} x`],
      ["a user name in upper case", basic({ user: PUSH.user.toUpperCase(), password: PUSH.password })],
    ];
    for (const [what, authorization] of bad) {
      it(`refuses ${what}`, async () => {
        expect((await ask(PULL_REFS, { headers: { Authorization: authorization } })).status).to.equal(401);
      });
    }

    it("refuses a second Authorization header instead of choosing one", async () => {
      const two = `Authorization: ${basic(PUSH)}\r\nAuthorization: ${basic(PULL)}\r\n`;
      const sent = `GET ${PULL_REFS} HTTP/1.1\r\nHost: ${CODECOMMIT}\r\n${two}Connection: close\r\n\r\n`;
      expect(await raw(sent)).to.equal("HTTP/1.1 401 Unauthorized");
    });
  });

  describe("decision", () => {
    it("lets the push user list and push from the NAT address, and names the rule", async () => {
      expect((await ask(PULL_REFS)).status).to.equal(200);
      expect(lastRecord()).to.deep.include({
        principal: "arn:aws:iam::222222222222:user/push",
        action: "codecommit:GitPull",
        repository: "app",
        allowed: true,
        reason: "row 0",
      });
      expect((await ask(PUSH_REFS)).status).to.equal(200);
      expect(lastRecord()).to.deep.include({ action: "codecommit:GitPush", reason: "row 1" });
    });

    it("refuses the pull user outside the endpoint, in AWS's words", async () => {
      const answer = await ask(PULL_REFS, { headers: { Authorization: basic(PULL) } });
      expect(answer.status).to.equal(403);
      expect(answer.body).to.equal(
        "User: arn:aws:iam::222222222222:user/pull is not authorized to perform: codecommit:GitPull\n",
      );
    });

    it("refuses a push with the pull credential from the isolated terminal", async () => {
      const { isolated } = lab.positions;
      const source = await lab.repository("out", commit("main", "secret", { secret: "data" }));
      const pushed = await isolated.git(["push", `${REPOSITORIES}/app`, "main"], {
        cwd: source,
        credential: PULL,
      });
      expect(pushed.code).to.not.equal(0);
      expect(pushed.stderr).to.contain("403");
      expect(lastRecord()).to.deep.include({ action: "codecommit:GitPush", allowed: false, status: 403 });
    });

    it("decides a push that skips the reference listing by itself", async () => {
      const answer = await ask("/v1/repos/app/git-receive-pack", {
        method: "POST",
        headers: { Authorization: basic(PULL), "Content-Type": "application/x-git-receive-pack-request" },
        body: "0000",
      });
      expect(answer.status).to.equal(403);
      expect(lastRecord()).to.deep.include({ action: "codecommit:GitPush", allowed: false });
    });

    it("looks for repositories in the caller's own account only", async () => {
      const { home } = lab.positions;
      const source = await lab.repository("theirs", commit("main", "theirs", { a: "1" }));
      const push = ["push", "--quiet", `${REPOSITORIES}/app`, "main"];
      const pushed = await home.git(push, { cwd: source, credential: STRANGERS });
      expect(pushed.code, pushed.stderr).to.equal(0);
      const listing = await lab.git(path.join(lab.folder, "cc/999999999999/app.git"), ["branch", "-a"]);
      expect(listing).to.equal("* main");
      const airlock = await lab.codeCommit.createRepository(PRODUCTION, "app");
      expect(await lab.git(airlock, ["for-each-ref"])).to.equal("");
      const other = await home.git(["ls-remote", `${REPOSITORIES}/other`], { credential: STRANGERS });
      expect(other.stderr).to.contain("not found");
      expect(lastRecord()).to.deep.include({ status: 404, arrival: ELSEWHERE });
    });

    it("believes the connection's arrival, not what headers say", async () => {
      const headers = {
        Authorization: basic(PULL),
        "X-Forwarded-For": "10.1.0.5",
        Forwarded: "for=10.1.0.5",
      };
      expect((await ask(PULL_REFS, { headers })).status).to.equal(403);
    });

    it("takes no other method's name for a request", async () => {
      const headers = { Authorization: basic(PULL), "X-HTTP-Method-Override": "POST" };
      expect((await ask(PUSH_REFS, { headers })).status).to.equal(403);
      for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]) {
        expect((await ask(PULL_REFS, { method })).status, method).to.equal(404);
      }
    });
  });

  describe("paths", () => {
    const refs = "info/refs?service=git-upload-pack";
    const refused = [
      `/v1/repos/../app/${refs}`,
      `/v1/repos/app/../other/${refs}`,
      `/v1/repos/%2e%2e/${refs}`,
      `/v1/repos/..%2fapp/${refs}`,
      `/v1/repos/../${refs}`,
      `/v1/repos/./${refs}`,
      `/v1/repos/app%2finfo/${refs}`,
      `/v1/repos/app%00/${refs}`,
      `/v1/repos/app.git/${refs}`,
      `/v1/repos/app;x/${refs}`,
      `/v1/repos//app/${refs}`,
      `//v1/repos/app/${refs}`,
      `/v1/repos/app/${refs}#x`,
      `/V1/repos/app/${refs}`,
      `/v1/repos/${"a".repeat(101)}/${refs}`,
      `/v1/repos/APP/${refs}`,
      "/v1/repos/app/info/refs",
      "/v1/repos/app/info/refs?service=",
      "/v1/repos/app/info/refs?service=git-upload-archive",
      "/v1/repos/app/info/refs?service=GIT-UPLOAD-PACK",
      "/v1/repos/app/info/refs?service=git-upload-pack&service=git-receive-pack",
      "/v1/repos/app/info/refs?service=git-upload-pack;service=git-receive-pack",
      "/v1/repos/app/info/refs?Service=git-upload-pack",
      "/v1/repos/app/info/refs?x=1&service=git-upload-pack",
      "/v1/repos/app/info/refs?service=git%2dupload-pack",
      "/v1/repos/app/HEAD",
      "/v1/repos/app/objects/info/packs",
      "/v1/repos/app/config",
      "/v1/repos/app/info/lfs/objects/batch",
      "/",
    ];
    for (const url of refused) {
      it(`are matched as written: ${url.length > 90 ? `${url.slice(0, 60)}…` : url} is not found`, async () => {
        expect((await ask(url)).status).to.equal(404);
        expect(lastRecord()).to.deep.include({ request: `GET ${url}`, allowed: false, status: 404 });
      });
    }

    it("of services are not found with GET, and that of the listing not with POST", async () => {
      expect((await ask("/v1/repos/app/git-upload-pack")).status).to.equal(404);
      expect((await ask("/v1/repos/app/git-receive-pack")).status).to.equal(404);
      expect((await ask(PULL_REFS, { method: "POST" })).status).to.equal(404);
    });

    it("leave no repository behind that nobody made", () => {
      expect(existsSync(path.join(lab.folder, "cc", PRODUCTION, "APP.git"))).to.equal(false);
      expect(existsSync(path.join(lab.folder, "cc", "app.git"))).to.equal(false);
    });
  });

  describe("HTTP", () => {
    const start = `POST /v1/repos/app/git-upload-pack HTTP/1.1\r\nHost: ${CODECOMMIT}\r\n`;

    it("refuses a body of two lengths (request smuggling)", async () => {
      const hidden = `GET ${PUSH_REFS} HTTP/1.1\r\n\r\n`;
      const before = lab.codeCommit.audit.length;
      for (const headers of [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 60\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: +4\r\n",
      ]) {
        const sent = `${start}Authorization: ${basic(PUSH)}\r\n${headers}\r\n0\r\n\r\n${hidden}`;
        expect(await raw(sent), headers).to.equal("HTTP/1.1 400 Bad Request");
      }
      expect(lab.codeCommit.audit.slice(before).filter((r) => r.request.includes("receive-pack"))).to.be
        .empty;
    });

    it("answers for its own name only", async () => {
      for (const host of ["localhost", `${CODECOMMIT}.`, `${CODECOMMIT}:8443`, `x@${CODECOMMIT}`]) {
        expect((await ask(PULL_REFS, { headers: { Host: host } })).status, host).to.equal(421);
      }
      expect(await raw(`GET ${PULL_REFS} HTTP/1.0\r\n\r\n`)).to.equal("HTTP/1.1 421 Misdirected Request");
    });

    it("refuses an absolute URL in the request line", async () => {
      const url = `https://${CODECOMMIT}${PULL_REFS}`;
      expect((await ask(url)).status).to.equal(404);
    });

    it("refuses a push that is not a push", async () => {
      const headers = { "Content-Type": "application/x-git-receive-pack-request" };
      const url = "/v1/repos/app/git-receive-pack";
      const answer = await ask(url, { method: "POST", headers, body: "zzzz this is not a pkt-line" });
      expect(answer.status).to.equal(400);
      const type = { "Content-Type": "text/plain" };
      expect((await ask(url, { method: "POST", headers: type, body: "0000" })).status).to.equal(415);
    });
  });

  describe("pushes", () => {
    const heads = ["refs/heads/main", "refs/heads/side"];

    it("make the first branch the default, which can then not be deleted; others can", async () => {
      const source = await lab.repository(
        "deleting",
        commit("main", "1", { a: "1" }) + commit("side", "2", { b: "2" }),
      );
      const proxyUrl = `http://127.0.0.1:${lab.proxyPort}`;
      const options = { cwd: source, credential: PUSH, proxyUrl };
      const { gitlab } = lab.positions;
      const pushed = await gitlab.git(["push", `${REPOSITORIES}/other`, "side", "main"], options);
      expect(pushed.code, pushed.stderr).to.equal(0);
      const other = await lab.codeCommit.createRepository(PRODUCTION, "other");
      const first = await lab.git(other, ["symbolic-ref", "HEAD"]);
      expect(heads).to.include(first);
      const [second] = heads.filter((h) => h !== first);
      const refused = await gitlab.git(["push", `${REPOSITORIES}/other`, `:${first}`], options);
      expect(refused.code).to.not.equal(0);
      expect(refused.stderr).to.contain("deletion of the current branch prohibited");
      const deleted = await gitlab.git(["push", `${REPOSITORIES}/other`, `:${second ?? ""}`], options);
      expect(deleted.code, deleted.stderr).to.equal(0);
      expect(await lab.git(other, ["for-each-ref", "--format=%(refname)"])).to.equal(first);
    });

    it("of more than 4,000 references are refused with the reason, and change nothing", async () => {
      // Sent by hand: git itself takes seconds to prepare such a push. The pack holds no object.
      const create = (i: number) => {
        const line = `${"0".repeat(40)} ${"a".repeat(40)} refs/tags/t${i}${i === 0 ? "\0 side-band-64k" : ""}\n`;
        return (line.length + 4).toString(16).padStart(4, "0") + line;
      };
      const headers = { "Content-Type": "application/x-git-receive-pack-request" };
      const body = `${Array.from({ length: 4001 }, (_, i) => create(i)).join("")}0000PACK`;
      const answer = await ask("/v1/repos/app/git-receive-pack", { method: "POST", headers, body });
      expect(answer.status).to.equal(200);
      // Channel 3 of the side band: git prints this as the remote's message, and fails.
      expect(answer.body).to.match(/^00[0-9a-f]{2}\u0003Too many reference update commands: .*\n0000$/);
      const airlock = await lab.codeCommit.createRepository(PRODUCTION, "app");
      expect(await lab.git(airlock, ["for-each-ref"])).to.equal("");
    });

    it("is refused as a whole when one of its references is not the pusher's to touch", async () => {
      const id = "1".repeat(40);
      const line = (ref: string) => `${"0".repeat(40)} ${id} ${ref}\n`;
      const packet = (text: string) => (text.length + 4).toString(16).padStart(4, "0") + text;
      const body = `${packet(line("refs/heads/a"))}${packet(line("refs/pipelines/1"))}0000PACK`;
      const headers = { "Content-Type": "application/x-git-receive-pack-request" };
      const answer = await ask("/v1/repos/app/git-receive-pack", { method: "POST", headers, body });
      expect(answer.body).to.contain("is not authorized to perform codecommit:GitPush on refs/pipelines/1");
      expect(lastRecord()).to.include({ allowed: false, reason: "the row of references" });
      const airlock = await lab.codeCommit.createRepository(PRODUCTION, "app");
      expect(await lab.git(airlock, ["for-each-ref"])).to.equal("");
    });
  });
});
