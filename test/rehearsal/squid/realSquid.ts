/** A real squid, started as the deployed container starts it: on loopback alone, and gone with this process. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { squidCommand } from "../../../components/networkedGitlab/squidConf";

const program = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin"]
  .map((folder) => join(folder, "squid"))
  .find(existsSync);

/** Version of the squid that is installed; undefined where none is. */
export const squidVersion =
  program && /Version (\S+)/.exec(execFileSync(program, ["-v"], { encoding: "utf8" }))?.[1];

/** Where names lead to: CodeCommit's to the one address, every other that is asked for to the other. */
export const codecommitAddress = "127.77.0.1";
export const elsewhereAddress = "127.77.0.2";

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const guarded = `mkfifo "$1/log"; cat "$1/log" & sh -c "$0" >"$1/log" 2>"$1/errors" & squid=$!
read -r line; kill -9 $squid; wait; rm -rf "$1"`;

export class RealSquid {
  #log = "";
  private constructor(
    readonly port: number,
    private readonly guard: ChildProcess,
  ) {
    guard.stdout?.on("data", (chunk: Buffer) => (this.#log += chunk.toString("latin1")));
  }

  /**
   * Starts squid with a configuration, but for its port, and with names that lead to loopback. Returns undefined where
   * squid does not take it.
   */
  static async start(conf: string, hosts: Record<string, string>): Promise<RealSquid | undefined> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), "squid-"));
    chmodSync(folder, 0o755);
    const hostsFile = join(folder, "hosts");
    writeFileSync(
      hostsFile,
      Object.entries(hosts)
        .map(([name, address]) => `${address} ${name}\n`)
        .join(""),
    );
    const ending = `\nhosts_file ${hostsFile}\ndns_nameservers 127.0.0.1\n`;
    const text = conf.replace(/^http_port .*$/m, `http_port 127.0.0.1:${port}`) + ending;
    const command = String(squidCommand.command[0]).replaceAll("/tmp/", `${folder}/`);
    // The guard ends squid when its standard input does, which it does with this process, however that ends. What Node.js
    // gives for a pipe is a socket, which squid cannot open by its name.
    const guard = spawn("sh", ["-c", guarded, command, folder], {
      stdio: ["pipe", "pipe", "ignore"],
      env: {
        PATH: `${process.env["PATH"] ?? ""}:/usr/sbin`,
        SQUID_CONF: Buffer.from(text, "latin1").toString("base64"),
      },
    });
    const squid = new RealSquid(port, guard);
    const isUp = await squid.#isUp(conf, folder);
    if (isUp) return squid;
    await squid.stop();
    return undefined;
  }

  async #isUp(conf: string, folder: string): Promise<boolean> {
    if (program === undefined) return false;
    const file = join(folder, "parsed.conf");
    writeFileSync(file, conf, "latin1");
    try {
      execFileSync(program, ["-k", "parse", "-f", file], { stdio: "ignore" });
    } catch {
      return false;
    }
    for (let tries = 0; tries < 1_000; tries += 1) {
      if (await answers(this.port)) return true;
      await sleep(10);
    }
    return false;
  }

  /** The access log so far, once it holds a text. */
  async logWith(text: string): Promise<string> {
    for (let tries = 0; tries < 1_000 && !this.#log.includes(text); tries += 1) await sleep(5);
    return this.#log;
  }

  async stop(): Promise<void> {
    const closed = once(this.guard, "close");
    this.guard.stdin?.end();
    await closed;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      resolve(true);
      socket.destroy();
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

/** Sends bytes from an address, and returns the first status that comes back; undefined where none does. */
export function ask(port: number, bytes: string, from = "127.0.0.1"): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", localAddress: from });
    let heard = "";
    const end = () => {
      const status = /^HTTP\/1\.\d (\d{3})/.exec(heard)?.[1];
      resolve(status === undefined ? undefined : Number(status));
      socket.destroy();
    };
    socket.once("connect", () => socket.write(bytes, "latin1"));
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (heard.includes("\r\n")) end();
    });
    socket.once("error", end);
    socket.once("close", end);
  });
}
