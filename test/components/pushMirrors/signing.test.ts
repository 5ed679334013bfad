import { execFileSync, spawn } from "node:child_process";
import { createHash, createHmac } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { revisionOf } from "../../../components/hostScript/parameters";
import { reconcileScript } from "../../../components/pushMirrors/desiredMirrors";

const prefix = "/git-airlock/mirror/mirror";
// The secret has a slash and a plus, as AWS's have; so has the session's token.
const role = { AccessKeyId: "AKIDEXAMPLE", SecretAccessKey: "wJal/EMI+K7", Token: "Fwo/token+with==/" };
const parameters: Record<string, string> = {
  settings: '{"onlyProtectedBranches":false,"createProjects":false}',
  "credentials/prd": '{"user":"target-push-at-222222222222","password":"p/+="}',
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [
      `mirrors/prd/r${i}`,
      `{"project":"日本/r${i}","url":"https://h/r${i}"}`,
    ]),
  ),
};

/** curl with --fail-with-body, as the GitLab host has it (7.76). */
function hasCurl(): boolean {
  try {
    const [, major = 0, minor = 0] = (
      /curl (\d+)\.(\d+)/.exec(execFileSync("curl", ["--version"]).toString()) ?? []
    ).map(Number);
    return major > 7 || (major === 7 && minor >= 76);
  } catch {
    return false;
  }
}

/** Whether a request is signed as AWS documents it: reference_sigv-create-signed-request.html in the IAM User Guide. */
function isSigned({ method = "", url = "", headers }: IncomingMessage, body: string): boolean {
  const [, scope = "", names = "", signature] =
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/(\S+), SignedHeaders=(\S+), Signature=(\w+)$/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  const signed = names.split(";").map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, url, "", signed.join(""), names, sha256(body)].join("\n");
  const text = ["AWS4-HMAC-SHA256", headers["x-amz-date"], scope, sha256(canonical)].join("\n");
  const key = scope
    .split("/")
    .reduce<string | Buffer>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      `AWS4${role.SecretAccessKey}`,
    );
  return (
    names.includes("x-amz-security-token") &&
    /^\d{8}\/ap-northeast-1\/ssm\/aws4_request$/.test(scope) &&
    createHmac("sha256", key).update(text).digest("hex") === signature
  );
}

(hasCurl() ? describe : describe.skip)(
  "the script's requests to Systems Manager, by a real curl",
  function () {
    this.timeout(60_000);
    const root = mkdtempSync(join(tmpdir(), "reconcile-"));
    let server: Server;
    let here: string;
    const puts: string[] = [];
    const unsigned: string[] = [];

    function answer(request: IncomingMessage, body: string): string {
      const { url = "", headers } = request;
      if (url.endsWith("/api/token")) return "session";
      if (url.startsWith("/latest/"))
        return headers["x-aws-ec2-metadata-token"] !== "session"
          ? ""
          : url.endsWith("/security-credentials/")
            ? "host-role"
            : JSON.stringify(role);
      if (!isSigned(request, body)) unsigned.push(String(headers["x-amz-target"]));
      const given = JSON.parse(body) as Record<string, string>;
      if (headers["x-amz-target"] === "AmazonSSM.PutParameter") {
        puts.push(given["Value"] ?? "");
        return "{}";
      }
      // Ten a page, as Systems Manager gives them.
      const from = Number(given["NextToken"] ?? 0);
      const all = Object.entries(parameters).map(([name, Value]) => ({ Name: `${prefix}/${name}`, Value }));
      const more = from + 10 < all.length ? { NextToken: String(from + 10) } : {};
      return JSON.stringify({ Parameters: all.slice(from, from + 10), ...more });
    }

    before(async () => {
      server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          response.end(answer(request, Buffer.concat(chunks).toString()));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      here = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      for (const folder of ["bin", "run", "var/log", "var/opt/gitlab"])
        mkdirSync(join(root, folder), { recursive: true });
      const status = {
        revision: "r",
        outcome: "succeeded",
        counts: {},
        problems: ["日本語"],
        lagSeconds: 0,
        lags: {},
      };
      for (const [name, body] of [
        ["gitlab-ctl", ""],
        ["flock", ""],
        ["gitlab-rails", `cat >/dev/null; echo '${JSON.stringify(status)}'`],
      ] as const) {
        writeFileSync(join(root, "bin", name), `#!/bin/bash\n${body}\n`);
        chmodSync(join(root, "bin", name), 0o755);
      }
    });
    after(() => {
      server.close();
      rmSync(root, { recursive: true });
    });

    it("are signed as AWS wants them, for every page and for the status", async () => {
      const script = reconcileScript({ region: "ap-northeast-1", prefix })
        .replace("{{ revision }}", revisionOf(parameters))
        .replace("https://ssm.$region.amazonaws.com/", here)
        .replaceAll("http://169.254.169.254/", here)
        .replace(/(?<=[\s=>])\/(?=(run|var)\/)/g, `${root}/`);
      const env = { PATH: `${join(root, "bin")}:${process.env["PATH"] ?? ""}` };
      const child = spawn("bash", ["-s"], { env, stdio: ["pipe", "ignore", "pipe"] });
      let said = "";
      child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
      child.stdin.end(script);
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect([code, said, unsigned]).to.deep.equal([0, "", []]);
      expect(puts.map((value) => (JSON.parse(value) as { problems: string[] }).problems)).to.deep.equal([
        ["日本語"],
      ]);
    });
  },
);
