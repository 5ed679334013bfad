import { execFileSync } from "node:child_process";
import { expect } from "chai";
import fc from "fast-check";
import { gitlabRb } from "../../../components/networkedGitlab/gitlabRb";
import {
  shellWord,
  startScript,
  userData,
  userDataLimit,
} from "../../../components/networkedGitlab/userData";
import { Host, settings } from "./host";

describe("user data", () => {
  it("fits EC2's limit with the longest names there can be", () => {
    const label = "a".repeat(63);
    const longest = userData({
      region: "ap-northeast-1",
      dataVolumeId: settings.dataVolumeId,
      rootPasswordParameter: `/${"p".repeat(1010)}`,
      gitlabRb: gitlabRb({
        version: "18.5.1",
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
        const rb = gitlabRb({ version: "18.5.1", externalUrl, loadBalancerCidr: "10.0.0.0/16" });
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

  it("mounts the volume by its new id once a snapshot was copied onto it", () => {
    host = new Host();
    host.start();
    host.write("uuid", "77aa\n");
    const { status, output } = host.start();
    expect(status, output).to.equal(0);
    const [root, data, ...binds] = host.read("etc/fstab").trim().split("\n");
    expect(root).to.equal("LABEL=root / ext4 defaults 0 1");
    expect(data).to.match(/^UUID=77aa /);
    expect(binds).to.have.length(2);
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
