import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { createServer as createTcpServer, type AddressInfo, type Server } from "node:net";
import { createServer } from "node:https";
import { once } from "node:events";
import { expect } from "chai";
import { Patience } from "../../automation/pull/patience";
import { printableLines } from "../../automation/pull/printable";
import { CertificateAuthority } from "../../rehearsal/certificates";
import { PullWorld, airlockPull, type Printed } from "./pullWorld";

/** Sets variables while something runs. */
async function withVariables<Result>(
  variables: Readonly<Record<string, string>>,
  work: () => Promise<Result>,
): Promise<Result> {
  const before = { ...process.env };
  Object.assign(process.env, variables);
  try {
    return await work();
  } finally {
    for (const name of Object.keys(variables)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  }
}

describe("git airlock pull on its way to the source", function () {
  this.timeout(120_000);
  let world: PullWorld;
  let server: Server | undefined;
  beforeEach(() => {
    world = new PullWorld();
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    world.close();
  });

  async function listen(made: Server): Promise<number> {
    server = made;
    made.listen(0, "127.0.0.1");
    await once(made, "listening");
    return (made.address() as AddressInfo).port;
  }

  /** Settings as a user's own file has them. */
  function settings(text: string): Record<string, string> {
    writeFileSync(world.at("gitconfig"), text);
    return { GIT_CONFIG_GLOBAL: world.at("gitconfig") };
  }

  /** A server with a certificate of its own authority, which answers everything with a login page. */
  async function loginPage(): Promise<{ url: string; authority: string; asked: string[] }> {
    const authority = await CertificateAuthority.create(world.folder);
    const asked: string[] = [];
    const made = createServer(await authority.serverCertificate("localhost"), (request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Please log in</html>");
    });
    return { url: `https://localhost:${await listen(made)}/r`, authority: authority.file, asked };
  }

  const off: [string, (url: string) => Record<string, string>][] = [
    ["http.sslVerify in the user's settings", () => settings("[http]\n\tsslVerify = false\n")],
    ["http.sslVerify for the host", (url) => settings(`[http "${new URL(url).origin}"]\n\tsslVerify = 0\n`)],
    ["http.sslVerify for exactly this URL", (url) => settings(`[http "${url}"]\n\tsslVerify = no\n`)],
    ["GIT_SSL_NO_VERIFY", () => ({ GIT_SSL_NO_VERIFY: "1" })],
    [
      "GIT_CONFIG_COUNT",
      (url) => ({
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `http.${url}.sslVerify`,
        GIT_CONFIG_VALUE_0: "false",
      }),
    ],
  ];
  for (const [what, variables] of off)
    it(`checks who answers in spite of ${what}`, async () => {
      const { url, asked } = await loginPage();
      for (const asGiven of [url, `${url}?a=b`]) {
        const { code, text } = await withVariables(variables(asGiven), () =>
          airlockPull(asGiven, world.clone),
        );
        expect([code, asked], text).to.deep.equal([2, []]);
        expect(text).to.contain("http.sslCAInfo");
      }
    });

  it("takes the room's own authority, and says what a login page is", async () => {
    const { url, authority, asked } = await loginPage();
    const own = { ...settings("[http]\n\tsslVerify = false\n"), GIT_SSL_CAINFO: authority };
    const { code, text } = await withVariables(own, () => airlockPull(url, world.clone));
    expect([code, asked.length > 0], text).to.deep.equal([2, true]);
    expect(text, text).to.contain("What answered is not a git server").and.contain("login page");
  });

  const hasSsh = spawnSync("ssh", ["-V"]).error === undefined;
  (hasSsh ? describe : describe.skip)("over ssh", () => {
    const believing: [string, () => Record<string, string>][] = [
      ["GIT_SSH_COMMAND", () => ({ GIT_SSH_COMMAND: "ssh -o StrictHostKeyChecking=no" })],
      ["GIT_SSH_COMMAND in other words", () => ({ GIT_SSH_COMMAND: "ssh -oStrictHostKeyChecking=off -v" })],
      [
        "core.sshCommand",
        () => settings('[core]\n\tsshCommand = ssh -o "StrictHostKeyChecking accept-new"\n'),
      ],
      [
        "ssh_config",
        () => {
          writeFileSync(world.at("ssh_config"), "Host *.invalid\n  StrictHostKeyChecking no\n");
          return { GIT_SSH_COMMAND: `ssh -F '${world.at("ssh_config")}'` };
        },
      ],
      [
        "a script of the user's",
        () => {
          writeFileSync(world.at("my-ssh"), '#!/bin/sh\nexec ssh -o StrictHostKeyChecking=no "$@"\n', {
            mode: 0o755,
          });
          return { GIT_SSH: world.at("my-ssh") };
        },
      ],
    ];
    for (const [what, variables] of believing)
      it(`refuses to believe whoever answers by ${what}`, async () => {
        const got = await withVariables(variables(), async () => [
          await airlockPull("ssh://git@gate.invalid:2222/r", world.clone),
          await airlockPull("git@gate.invalid:r", world.clone),
        ]);
        for (const { code, text } of got)
          expect(
            [code, text.includes("believe whoever answers (StrictHostKeyChecking)")],
            text,
          ).to.deep.equal([2, true]);
      });
  });

  describe("when nothing comes", () => {
    const soon = { GIT_HTTP_LOW_SPEED_TIME: "1", GIT_HTTP_LOW_SPEED_LIMIT: "10" };

    it("ends at a server that takes the connection and is silent", async () => {
      const port = await listen(createTcpServer((socket) => socket.on("error", () => undefined)));
      const { code, text } = await withVariables(soon, () =>
        airlockPull(`https://localhost:${port}/r`, world.clone),
      );
      expect([code, text.includes("fewer than 10 bytes a second for 1 seconds")], text).to.deep.equal([
        2,
        true,
      ]);
    });

    for (const [what, script] of [
      ["is silent", "exec sleep 1000"],
      ["trickles", "while :; do printf 0; sleep 0.3; done"],
    ] as const)
      it(`ends at an ssh that ${what}`, async () => {
        writeFileSync(world.at("ssh"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
        const variables = { ...soon, GIT_SSH: world.at("ssh"), GIT_SSH_VARIANT: "simple" };
        const { code, text } = await withVariables(variables, () =>
          airlockPull("ssh://source/r", world.clone),
        );
        expect([code, text.includes("http.lowSpeedTime")], text).to.deep.equal([2, true]);
      });

    it("counts what has come, and not how often progress is printed", () => {
      const ended: string[] = [];
      const patience = new Patience(1, 1000);
      const line = (n: number, kib: string) =>
        `Receiving objects:   1% (${n}/100), ${kib} KiB | 1.00 KiB/s\r`;
      patience.begin(() => ended.push("ended"));
      for (let at = 0; at < 100; at++) patience.saw(line(1, "0.10"));
      for (let at = 0; at < 100; at++) patience.saw("ssh: a word of its own\n");
      expect(patience.seen).to.be.lessThan(200);
      patience.saw(line(2, "100.00"));
      expect(patience.seen).to.equal(0);
      patience.end();
    });
  });

  it("tells garbage from a git server", async () => {
    writeFileSync(world.at("ssh"), "#!/bin/sh\necho '<html>log in</html>'\n", { mode: 0o755 });
    const variables = { GIT_SSH: world.at("ssh"), GIT_SSH_VARIANT: "simple" };
    const { code, text } = await withVariables(variables, () => airlockPull("ssh://source/r", world.clone));
    expect([code, text.includes("What answered is not a git server")], text).to.deep.equal([2, true]);
  });

  /** A commit at the source with this author's line, whatever git would make of it. */
  function oldCommit(author: string): void {
    const tree = world.git("rev-parse", "HEAD^{tree}");
    const parent = world.git("rev-parse", "HEAD");
    const text = `tree ${tree}\nparent ${parent}\nauthor ${author}\ncommitter Dev <dev@example.com> 1 +0000\n\nold\n`;
    writeFileSync(world.at("object"), text);
    const oid = world.git("hash-object", "-t", "commit", "--literally", "-w", world.at("object"));
    world.git("update-ref", "refs/heads/main", oid);
  }

  it("takes the old faults that GitLab takes", async () => {
    oldCommit("Dev <dev@example.com> 1313584730 +051800");
    oldCommit("Dev <dev@example.com>1313584730 +0000");
    const { code, text } = await world.pull();
    expect(code, text).to.equal(0);
  });

  it("names the setting for another fault", async () => {
    oldCommit("Dev <dev@example.com> 0123 +0000");
    const { code, text } = await world.pull();
    expect([code, text.includes("git config --global fetch.fsck.zeroPaddedDate ignore")], text).to.deep.equal(
      [2, true],
    );
    const own = settings('[fetch "fsck"]\n\tzeroPaddedDate = ignore\n');
    expect((await withVariables(own, () => world.pull())).code).to.equal(0);
  });

  it("clones a source in SHA-256, and its bundle", async () => {
    rmSync(world.source, { recursive: true });
    world.gitIn(world.folder, "init", "--quiet", "--initial-branch=main", "--object-format=sha256", "source");
    const tip = world.commit("first", { "a.txt": "1\n" });
    world.git("bundle", "create", "--quiet", world.at("b.bundle"), "--all");
    for (const from of [world.source, `file://${world.source}`, world.at("b.bundle")]) {
      const { code, text } = await airlockPull(from, world.clone);
      expect([code, world.gitIn(world.clone, "rev-parse", "HEAD")], text).to.deep.equal([0, tip]);
      expect((await airlockPull(world.clone)).text).to.contain("Up to date.");
      rmSync(world.clone, { recursive: true });
    }
  });

  it("shows the traces that are asked for, without their secrets", async () => {
    const { url, authority } = await loginPage();
    const own = settings(
      `[http]\n\textraHeader = "PRIVATE-TOKEN: hunter2"\n\textraHeader = "Authorization: Basic hunter2"\n`,
    );
    const shown: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => shown.push(String(text)) > 0;
    let printed: Printed;
    try {
      printed = await withVariables(
        { ...own, GIT_SSL_CAINFO: authority, GIT_TRACE_CURL: world.at("trace"), GIT_TRACE_REDACT: "0" },
        () => airlockPull(url, world.clone),
      );
    } finally {
      process.stderr.write = write;
    }
    const all = shown.join("");
    expect(all)
      .to.match(/Send header: GET \/r\/info\/refs/)
      .and.match(/PRIVATE-TOKEN: <redacted>/i);
    expect(all + printed.text).to.not.contain("hunter2");
    expect(printed.text).to.not.contain("Send header");
  });

  it("strikes out the secrets of traces", () => {
    for (const line of [
      "09:00:00.1 http.c:1 => Send header: Authorization: Basic abc",
      "09:00:00.1 http.c:1 == Info: [HTTP/2] [1] [authorization: Basic abc]",
      "09:00:00.1 http.c:1 => Send header: Proxy-Authorization: Basic abc",
      "09:00:00.1 http.c:1 => Send header: Cookie: session=abc",
      '{"event":"def_param","param":"http.extraHeader","value":"Authorization: Basic abc"}',
    ])
      expect(printableLines(line)).to.not.contain("abc");
  });
});
