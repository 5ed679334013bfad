/** A GitLab host to run the start script on: its root is a folder. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gitlabRb } from "../../../components/networkedGitlab/gitlabRb";
import { startScript } from "../../../components/networkedGitlab/userData";

/** An ordinary host's. */
export const settings = {
  region: "ap-northeast-1",
  dataVolumeId: "vol-0123456789abcdef0",
  rootPasswordParameter: "/git-airlock/dev/dev-root-password",
  gitlabRb: gitlabRb({
    version: "18.5.1",
    externalUrl: "https://gitlab.dev.example.com",
    loadBalancerCidr: "10.0.0.0/16",
    proxyUrl: "http://proxy.internal:3128",
  }),
};

/** What a machine image brings. */
export interface TestImage {
  version: string;
  /** The oldest version, major.minor, that its package takes over from. */
  takesOver: string;
  /** The major versions of PostgreSQL that it ships. */
  postgresql: readonly string[];
}

/**
 * Commands that change disks or talk to AWS are stand-ins, and so is gitlab-ctl: it notes on the data volume what GitLab's
 * recipes do, and its `upgrade-check` is as GitLab's (omnibus-gitlab files/gitlab-ctl-commands/upgrade-check.rb).
 */
export class Host {
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
      `[ -e ${this.root}/disk ] || exit 2; case "$*" in *UUID*) cat ${this.root}/uuid;; *) cat ${this.root}/disk;; esac`,
    );
    this.command("mkfs.ext4", `echo ext4 >${this.root}/disk`);
    this.write("uuid", "0b5e\n");
    this.command("mount", `echo "$1" >>${this.root}/mounted`);
    this.command("mountpoint", `grep -qx "$2" ${this.root}/mounted`);
    this.command(
      "gitlab-ctl",
      `cd ${this.root}
case $1 in
upgrade-check)
  least=$(cat takesOver)
  [ "$(printf '%s\\n' "$least" "$2" | sort -V | head -n 1)" = "$least" ] && exit
  echo "It is required to upgrade to the latest $least.x version first before proceeding."
  exit 1 ;;
reconfigure)
  echo "$HOME" >home
  echo "password=\${GITLAB_ROOT_PASSWORD:-}" >>gitlab
  mkdir -p var/opt/gitlab/gitlab-rails var/opt/gitlab/postgresql/data
  cp opt/gitlab/embedded/service/gitlab-rails/VERSION var/opt/gitlab/gitlab-rails/
  [ -e var/opt/gitlab/postgresql/data/PG_VERSION ] || cp postgresql var/opt/gitlab/postgresql/data/PG_VERSION
  [ ! -e broken ] ;;
esac`,
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
    this.boot({ version: "18.5.1", takesOver: "18.2", postgresql: ["16", "17"] });
  }

  /** Gives the host a new root of that image; the data stays. */
  boot({ version, takesOver, postgresql }: TestImage): void {
    rmSync(join(this.root, "opt"), { recursive: true, force: true });
    this.write("opt/gitlab/embedded/service/gitlab-rails/VERSION", `${version}\n`);
    for (const major of postgresql)
      mkdirSync(join(this.root, "opt/gitlab/embedded/postgresql", major), { recursive: true });
    this.write("takesOver", takesOver);
    this.write("postgresql", postgresql[0] ?? "");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path));
  }

  read(path: string): string {
    return existsSync(join(this.root, path)) ? readFileSync(join(this.root, path), "utf8") : "";
  }

  /** Runs the script once, with the host's folder as root. The text of gitlab.rb stays as it is. */
  start() {
    const script = startScript(settings).replace(
      /(?<=[\s"=>])\/(?=(etc|srv|var|opt|dev\/disk)\/)/g,
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
