import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { administrator, sshKeyProblem } from "../../../components/networkedGitlab/administratorArgs";
import { parse } from "../../../components/schema/parse";
import { renderProblems } from "../../../components/schema/problems";
import { hasOpenSsh } from "../../openSsh";

const blobOf = (type: string, more: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), more]).toString("base64");
};
const ed25519 = `ssh-ed25519 ${blobOf("ssh-ed25519", Buffer.from([0, 0, 0, 32, ...Array(32).keys()]))}`;
const alice = { username: "alice", email: "alice@example.com" };

function linesOf(value: unknown): string[] {
  const parsed = parse(administrator(), value);
  return "problems" in parsed ? renderProblems(parsed.problems, []).map(({ text }) => text) : [];
}

describe("an administrator's public key", () => {
  it("is taken with and without a comment, of every type that GitLab takes", () => {
    for (const type of [
      "ssh-ed25519",
      "sk-ssh-ed25519@openssh.com",
      "ecdsa-sha2-nistp256",
      "ecdsa-sha2-nistp384",
      "ecdsa-sha2-nistp521",
      "sk-ecdsa-sha2-nistp256@openssh.com",
      "ssh-rsa",
    ]) {
      const key = `${type} ${blobOf(type, Buffer.alloc(64, 7))}`;
      for (const sound of [key, `${key} alice@laptop`, `${key} it's "mine" #{exit}`])
        expect(sshKeyProblem(sound), sound).to.equal(undefined);
    }
  });

  (hasOpenSsh ? it : it.skip)("is taken as ssh-keygen makes it", () => {
    const folder = mkdtempSync(join(tmpdir(), "key-"));
    try {
      const file = join(folder, "key");
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "alice@laptop", "-f", file]);
      expect(sshKeyProblem(readFileSync(`${file}.pub`, "utf8").trimEnd())).to.equal(undefined);
      expect(sshKeyProblem(readFileSync(file, "utf8"))).to.match(/^is a private key/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  for (const [what, key, problem] of [
    ["several lines", `${ed25519}\n${ed25519}`, /^is not on one line/],
    ["a line break at its end", `${ed25519}\n`, /^is not on one line/],
    ["options before it", `command="id",no-pty ${ed25519}`, /^does not begin with the type/],
    ["a blank before it", ` ${ed25519}`, /^does not begin with the type/],
    ["a type that GitLab has given up", `ssh-dss ${blobOf("ssh-dss", Buffer.alloc(64))}`, /^does not begin/],
    ["a certificate's type", "ssh-ed25519-cert-v01@openssh.com AAAA", /^does not begin/],
    ["another type than its own", ed25519.replace("ssh-ed25519", "ssh-rsa"), /^is not a public key/],
    ["no base64", "ssh-ed25519 #{exit}", /^is not a public key/],
    ["nothing after its type", "ssh-ed25519", /^is not a public key/],
    [
      "base64 of the type alone",
      `ssh-ed25519 ${blobOf("ssh-ed25519", Buffer.alloc(0))}`,
      /^is not a public key/,
    ],
    ["base64 that ends otherwise than it is written", `${ed25519}A`, /^is not a public key/],
    ["more than a parameter holds", `${ed25519} ${"a".repeat(2000)}`, /^is longer than 2000/],
  ] as const) {
    it(`is refused with ${what}`, () => {
      expect(sshKeyProblem(key)).to.match(problem);
    });
  }

  it("is not shown when it is refused: it may be the other half", () => {
    const sshKey =
      "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----";
    const lines = linesOf({ ...alice, sshKey });
    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^sshKey: is a private key: make another one, and give its public half/);
    expect(lines[0]).not.to.contain("b3Blb");
  });
});

describe("an administrator", () => {
  it("needs a name of GitLab's form and an address, and may have a name of any form", () => {
    for (const username of ["al", "alice", "a.l-i_c3", "Alice", "A".repeat(100)])
      expect(linesOf({ ...alice, username }), username).to.deep.equal([]);
    for (const username of [
      "a",
      "root",
      "Root",
      "-alice",
      "alice-",
      "al..ice",
      "alice.git",
      "a b",
      "é",
      "a".repeat(101),
    ])
      expect(linesOf({ ...alice, username }), username).to.have.length(1);
    for (const name of ["Alice O'Hara", "山田 太郎", '#{exit} {{ssm:x}} "`$(id)'])
      expect(linesOf({ ...alice, name }), name).to.deep.equal([]);
    for (const name of ["", "Alice\nBob", "a".repeat(101), "\u2028"])
      expect(linesOf({ ...alice, name })).to.have.length(1);
    expect(linesOf({ username: "alice" }).join()).to.match(/^email: is missing/);
  });
});
