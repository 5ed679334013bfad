import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { gitlabRb } from "../../../components/networkedGitlab/gitlabRb";
import {
  shellWord,
  startScript,
  userData,
  userDataLimit,
} from "../../../components/networkedGitlab/userData";

const settings = {
  region: "ap-northeast-1",
  dataVolumeId: "vol-0123456789abcdef0",
  rootPasswordParameter: "/git-airlock/dev/dev-root-password",
  gitlabRb: gitlabRb({
    externalUrl: "https://gitlab.dev.example.com",
    loadBalancerCidr: "10.0.0.0/16",
    proxyUrl: "http://proxy.internal:3128",
  }),
};

describe("user data", () => {
  it("fits EC2's limit with the longest names there can be", () => {
    const label = "a".repeat(63);
    const longest = userData({
      region: "ap-northeast-1",
      dataVolumeId: settings.dataVolumeId,
      rootPasswordParameter: `/${"p".repeat(1010)}`,
      gitlabRb: gitlabRb({
        externalUrl: `https://${[label, label, label, "a".repeat(61)].join(".")}`,
        loadBalancerCidr: "255.255.255.255/32",
        proxyUrl: `http://${[label, label, label, "a".repeat(61)].join(".")}:65535`,
      }),
    });
    expect(Buffer.byteLength(longest)).to.be.at.most(userDataLimit);
  });

  it("is refused when it is longer than EC2 takes", () => {
    expect(() => userData({ ...settings, gitlabRb: "#".repeat(20000) })).to.throw(
      /bytes long; EC2 takes at most 16384/,
    );
  });

  it("is the same for the same settings", () => {
    expect(userData({ ...settings })).to.equal(userData(settings));
  });

  it("runs its script at each start and keeps the image's own from setting a password", () => {
    const [config] = userData(settings).split("text/x-shellscript");
    expect(config).to.contain("  - [scripts-user, always]");
    expect(config).to.contain("  - [rm, -f, /var/lib/cloud/scripts/per-instance/gitlab]");
  });

  it("holds the start script as its own part, unchanged", () => {
    expect(userData(settings)).to.contain(`\n\n${startScript(settings)}`);
  });
});

describe("the start script", () => {
  it("is a script that bash can read, whatever the settings hold", () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', "\\", "$(id)", "`", " ", "a", "-") });
    fc.assert(
      fc.property(text, text, (rootPasswordParameter, externalUrl) => {
        const rb = gitlabRb({ externalUrl, loadBalancerCidr: "10.0.0.0/16" });
        const script = startScript({ ...settings, rootPasswordParameter, gitlabRb: rb });
        execFileSync("bash", ["-n"], { input: script, stdio: ["pipe", "pipe", "pipe"] });
      }),
      { numRuns: 25 },
    );
  });

  it("passes words to the shell as they are", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '"', "\\", "$(id)", "`", " ", "\n", "é") }),
        (text) => {
          const said = execFileSync("bash", ["-c", `printf %s ${shellWord(text)}`], { encoding: "utf8" });
          expect(said).to.equal(text);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("refuses a gitlab.rb that would end its own embedding", () => {
    expect(() => startScript({ ...settings, gitlabRb: "a\nEND_OF_GITLAB_RB\nb\n" })).to.throw(
      /END_OF_GITLAB_RB/,
    );
  });
});

/** A host to run the script on: its root is a folder, and commands that change disks or talk to AWS are stand-ins. */
class Host {
  readonly root = mkdtempSync(join(tmpdir(), "start-script-"));
  readonly password = "A1b2C3";

  constructor({ attached = true } = {}) {
    for (const folder of ["bin", "etc", "srv", "dev/disk/by-id"])
      mkdirSync(join(this.root, folder), { recursive: true });
    this.write("etc/fstab", "LABEL=root / ext4 defaults 0 1\n");
    this.write("etc/ssh/ssh_host_ed25519_key", "the first root's key");
    if (attached) this.write("dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0", "");
    this.command("sleep", "");
    this.command("seq", "echo 1 2");
    this.command("systemctl", "");
    this.command("resize2fs", "");
    // A blank disk until it is formatted; then blkid finds ext4, or whatever the file "disk" says.
    this.command(
      "blkid",
      `[ -e ${this.root}/disk ] || exit 2; case "$*" in *UUID*) echo 0b5e;; *) cat ${this.root}/disk;; esac`,
    );
    this.command("mkfs.ext4", `echo ext4 >${this.root}/disk`);
    this.command("mount", `echo "$1" >>${this.root}/mounted`);
    this.command("mountpoint", `grep -qx "$2" ${this.root}/mounted`);
    this.command(
      "gitlab-ctl",
      `echo "$HOME" >${this.root}/home; echo "password=\${GITLAB_ROOT_PASSWORD:-}" >>${this.root}/gitlab`,
    );
    this.command(
      "curl",
      `case "$*" in
*api/token*) echo session;;
*security-credentials/) echo host-role;;
*security-credentials/host-role) echo '{"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"wJalr","Token":"tok"}';;
*--config*) cat >${this.root}/request; [ ! -e ${this.root}/denied ] && echo '{"Parameter":{"Value":"${this.password}"}}';;
esac`,
    );
    this.write("mounted", "");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return existsSync(join(this.root, path)) ? readFileSync(join(this.root, path), "utf8") : "";
  }

  /** Runs the script once, with the host's folder as root. The text of gitlab.rb stays as it is. */
  start() {
    const script = startScript(settings).replace(
      /(?<=[\s"=>])\/(?=(etc|srv|var|dev\/disk)\/)/g,
      `${this.root}/`,
    );
    const path = `${join(this.root, "bin")}:${process.env["PATH"] ?? ""}`;
    const run = spawnSync("bash", ["-s"], { input: script, encoding: "utf8", env: { PATH: path } });
    return { status: run.status, output: run.stdout + run.stderr };
  }

  calls(command: string): string[] {
    return this.read("calls")
      .split("\n")
      .filter((line) => line.split(" ")[0] === command);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private command(name: string, body: string): void {
    const path = join(this.root, "bin", name);
    writeFileSync(path, `#!/bin/bash\necho "${name} $*" >>${this.root}/calls\n${body}\n`);
    chmodSync(path, 0o755);
  }
}

describe("the start script on a host", () => {
  let host: Host;
  afterEach(() => {
    host.close();
  });

  it("formats a blank volume, mounts it, writes gitlab.rb and configures GitLab with the password", () => {
    host = new Host();
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    expect(host.calls("mkfs.ext4")).to.have.length(1);
    expect(
      host
        .read("mounted")
        .split("\n")
        .slice(0, 3)
        .map((path) => path.replace(host.root, "")),
    ).to.deep.equal(["/srv/gitlab-data", "/etc/gitlab", "/var/opt/gitlab"]);
    expect(host.read("etc/gitlab/gitlab.rb")).to.equal(settings.gitlabRb);
    expect(host.read("gitlab").split("\n")[0]).to.equal(`password=${host.password}`);
  });

  it("mounts by the volume's own id at the next starts, and starts without the volume too", () => {
    host = new Host();
    host.start();
    const [, data, ...binds] = host.read("etc/fstab").trim().split("\n");
    expect(data).to.match(/^UUID=0b5e \S+\/srv\/gitlab-data ext4 defaults,nofail,/);
    expect(binds).to.have.length(2);
    for (const bind of binds) expect(bind).to.match(/ none bind,nofail,x-systemd.requires-mounts-for=/);
  });

  it("changes nothing when it runs again: no format, no second fstab entry, no password", () => {
    host = new Host();
    host.start();
    const [fstab, requests] = [host.read("etc/fstab"), host.calls("curl").length];
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    expect(host.calls("mkfs.ext4")).to.have.length(1);
    expect(host.read("etc/fstab")).to.equal(fstab);
    expect(host.calls("curl")).to.have.length(requests);
    expect(host.read("gitlab").trim().split("\n").slice(1)).to.satisfy((runs: string[]) =>
      runs.every((r) => r === "password="),
    );
  });

  it("keeps the data of a volume that comes from an older root", () => {
    host = new Host();
    host.write("disk", "ext4\n");
    host.write("etc/gitlab/.root-password-taken", "");
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    expect(host.calls("mkfs.ext4")).to.deep.equal([]);
    expect(host.calls("curl")).to.deep.equal([]);
    expect(host.calls("gitlab-ctl")).to.deep.equal(["gitlab-ctl reconfigure", "gitlab-ctl start"]);
  });

  it("gives gitlab-ctl the home directory that cloud-init leaves out", () => {
    host = new Host();
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    expect(host.read("home")).to.equal("/root\n");
  });

  it("shows git clients the same ssh host key on the next root", () => {
    host = new Host();
    host.start();
    expect(host.read("etc/ssh/ssh_host_ed25519_key")).to.equal("the first root's key");
    host.write("etc/ssh/ssh_host_ed25519_key", "the next root's key");
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    expect(host.read("etc/ssh/ssh_host_ed25519_key")).to.equal("the first root's key");
    expect(host.calls("systemctl")).to.include("systemctl try-restart ssh");
  });

  it("formats nothing that it does not know", () => {
    host = new Host();
    host.write("disk", "xfs\n");
    const { status, output } = host.start();
    expect(status).to.equal(1);
    expect(output).to.contain("vol-0123456789abcdef0 holds no ext4 file system");
    expect(host.calls("mkfs.ext4")).to.deep.equal([]);
  });

  it("gives up on a volume that never comes, and says what to do", () => {
    host = new Host({ attached: false });
    const { status, output } = host.start();
    expect(status).to.equal(1);
    expect(output).to.contain("attach it and restart this host");
    expect(host.calls("gitlab-ctl")).to.deep.equal([]);
  });

  it("does not configure GitLab without the password, or a default one would stand", () => {
    host = new Host();
    host.write("denied", "");
    const { status, output } = host.start();
    expect(status).to.equal(1);
    expect(output).to.contain("/git-airlock/dev/dev-root-password cannot be read");
    expect(host.calls("gitlab-ctl")).to.deep.equal([]);
  });

  it("asks Parameter Store with the role's signed credentials, and shows secrets to nobody", () => {
    host = new Host();
    const { output } = host.start();
    const request = host.read("request");
    expect(request).to.contain('url = "https://ssm.ap-northeast-1.amazonaws.com/"');
    expect(request).to.contain('aws-sigv4 = "aws:amz:ap-northeast-1:ssm"');
    expect(request).to.contain('user = "AKIDEXAMPLE:wJalr"');
    expect(request).to.contain('header = "X-Amz-Security-Token: tok"');
    expect(request).to.contain(
      String.raw`{\"Name\":\"/git-airlock/dev/dev-root-password\",\"WithDecryption\":true}`,
    );
    for (const shown of [
      output,
      host.read("calls"),
      host.read("etc/gitlab/gitlab.rb"),
      host.read("etc/fstab"),
    ])
      for (const secret of [host.password, "wJalr"]) expect(shown).not.to.contain(secret);
  });
});
