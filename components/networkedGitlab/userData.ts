/** Renders the GitLab host's user data: what the host does at each start. */
import { recordVersion, upgradeCheck } from "./upgradeCheck";

/** What the user data depends on. None of it is secret. */
export interface UserDataSettings {
  region: string;
  /** Id of the EBS volume that holds GitLab's data, e.g. "vol-0123456789abcdef0". */
  dataVolumeId: string;
  /** Name of the SecureString parameter that holds the root password. */
  rootPasswordParameter: string;
  /** The whole text of /etc/gitlab/gitlab.rb. */
  gitlabRb: string;
}

/** EC2's limit, in bytes before it is encoded. Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html. */
export const userDataLimit = 16384;

const boundary = "==git-airlock==";
const heredocEnd = "END_OF_GITLAB_RB";

/**
 * The user data, as a MIME message of two parts. cloud-init runs a user script once per instance unless `scripts-user` is
 * set to `always`; then it reads the user data anew at each start, so that a changed setting arrives with a restart.
 * Source: repost.aws/knowledge-center/execute-user-data-ec2. Listing `scripts-user` alone also leaves out the stage in
 * which the official image would run its own script, which sets the root password to the instance id (omnibus-gitlab
 * support/packer/ami-startup-script.sh); removing that script as well holds even if another stage list should win.
 *
 * @throws Error when the text would be longer than EC2 takes.
 */
export function userData(settings: UserDataSettings): string {
  const text = [
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "MIME-Version: 1.0",
    "",
    ...part("text/cloud-config", cloudConfig),
    ...part("text/x-shellscript", startScript(settings)),
    `--${boundary}--`,
    "",
  ].join("\n");
  const bytes = Buffer.byteLength(text);
  if (bytes > userDataLimit)
    throw new Error(
      `the user data is ${bytes} bytes long; EC2 takes at most ${userDataLimit}: shorten gitlab.rb`,
    );
  return text;
}

function part(type: string, body: string): string[] {
  return [`--${boundary}`, `Content-Type: ${type}; charset="utf-8"`, "MIME-Version: 1.0", "", body];
}

const cloudConfig = `#cloud-config
bootcmd:
  - [rm, -f, /var/lib/cloud/scripts/per-instance/gitlab]
cloud_final_modules:
  - [scripts-user, always]
`;

/** The text as one word of the shell, whatever it holds. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The script alone. It may run any number of times, on a new root with an old data volume too: it formats only a volume
 * that holds nothing, starts no version that the data cannot be upgraded to, and asks for the root password only until
 * GitLab has taken it.
 *
 * @throws Error when gitlab.rb holds the line that ends it in the script.
 */
export function startScript(settings: UserDataSettings): string {
  if (settings.gitlabRb.split("\n").includes(heredocEnd))
    throw new Error(`gitlab.rb must not hold the line "${heredocEnd}": it ends the file in the user data`);
  return `#!/bin/bash
set -euo pipefail
umask 022
# cloud-init sets none, and programs that gitlab-ctl runs may ask for it.
export HOME=/root

region=${shellWord(settings.region)}
volume=${shellWord(settings.dataVolumeId)}
parameter=${shellWord(settings.rootPasswordParameter)}
${dataVolume}${upgradeCheck}
${sshHostKeys}
${writeGitlabRb(settings.gitlabRb)}
${rootPassword}
${reconfigure}${recordVersion}`;
}

/**
 * An EBS volume's NVMe serial number is its id without the dash (docs.aws.amazon.com/ebs/latest/userguide/
 * identify-nvme-ebs-device.html), so this cannot be another disk, however the kernel numbers them. The volume comes
 * after the instance: it is attached once the instance runs, and when the root was replaced it first leaves the old one.
 */
const dataVolume = `
# The data volume. It comes some time after the host: fifteen minutes are more than stopping an old host takes.
device="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_\${volume/-/}"
for _ in $(seq 180); do
  [ -e "$device" ] && break
  sleep 5
done
if [ ! -e "$device" ]; then
  echo "the data volume $volume is not attached: attach it and restart this host" >&2
  exit 1
fi

# blkid answers 2 for a disk on which it finds nothing; any other failure is no licence to format.
status=0
filesystem=$(blkid -p -s TYPE -o value "$device") || status=$?
if [ "$status" -eq 2 ]; then
  mkfs.ext4 -q -L gitlab-data "$device"
elif [ "$status" -ne 0 ] || [ "$filesystem" != ext4 ]; then
  echo "the data volume $volume holds no ext4 file system (blkid: $status, \${filesystem:-none})" >&2
  exit 1
fi

# nofail: without its data the host still starts, so that somebody can look; GitLab itself waits for the mount. Written
# anew each time: a volume onto which a snapshot was copied has the snapshot's UUID.
data=/srv/gitlab-data
mkdir -p "$data" /etc/gitlab /var/opt/gitlab
uuid=$(blkid -p -s UUID -o value "$device")
sed -i "\\|$data|d" /etc/fstab
cat >>/etc/fstab <<FSTAB
UUID=$uuid $data ext4 defaults,nofail,x-systemd.device-timeout=300s 0 2
$data/etc /etc/gitlab none bind,nofail,x-systemd.requires-mounts-for=$data 0 0
$data/var /var/opt/gitlab none bind,nofail,x-systemd.requires-mounts-for=$data 0 0
FSTAB
systemctl daemon-reload
mountpoint -q "$data" || mount "$data"
mkdir -p "$data/etc" "$data/var"
mountpoint -q /etc/gitlab || mount /etc/gitlab
mountpoint -q /var/opt/gitlab || mount /var/opt/gitlab

# The volume may have grown since the last start.
resize2fs "$device"
`;

/**
 * A new root brings new host keys, at which every git client would stop and warn of an attack
 * (gitlab.com/gitlab-org/gitlab-ce/issues/64211). They are moved into place whole, so that a start that was cut off leaves
 * either all of them or none.
 */
const sshHostKeys = `# The first root's ssh host keys stay with the data: git over ssh is to know the host on the next root too.
if [ ! -e "$data/ssh" ]; then
  mkdir -p -m 700 "$data/ssh.new"
  cp -p /etc/ssh/ssh_host_* "$data/ssh.new/"
  mv "$data/ssh.new" "$data/ssh"
fi
cp -p "$data"/ssh/ssh_host_* /etc/ssh/
systemctl try-restart ssh
`;

function writeGitlabRb(text: string): string {
  return `cat >/etc/gitlab/gitlab.rb <<'${heredocEnd}'
${text.replace(/\n$/, "")}
${heredocEnd}
chmod 600 /etc/gitlab/gitlab.rb
`;
}

/**
 * The image has no AWS CLI, but curl signs requests itself since 7.75 (curl.se/docs/manpage.html#--aws-sigv4). The
 * credentials go to curl on standard input and the password stays in a variable: neither shows in a process list, a
 * file or cloud-init's log. GITLAB_ROOT_PASSWORD counts only while the database is made (omnibus-gitlab
 * files/gitlab-cookbooks/gitlab/libraries/gitlab_rails.rb).
 */
const rootPassword = `# The root password, until GitLab has taken it. The mark lies on the data volume, as the database does.
taken=/etc/gitlab/.root-password-taken
metadata() {
  curl -sS --fail --noproxy '*' --retry 10 --retry-connrefused -H "X-aws-ec2-metadata-token: $token" \\
    "http://169.254.169.254/latest/meta-data/$1"
}
json() {
  python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, key: value[key], sys.argv[1:], json.load(sys.stdin)))' "$@"
}
read_password() {
  local token role credentials
  token=$(curl -sS --fail --noproxy '*' --retry 10 --retry-connrefused -X PUT \\
    -H "X-aws-ec2-metadata-token-ttl-seconds: 300" http://169.254.169.254/latest/api/token) || return
  role=$(metadata iam/security-credentials/) || return
  credentials=$(metadata "iam/security-credentials/$role") || return
  curl -sS --fail --noproxy '*' --max-time 20 --config - <<CURL | json Parameter Value
url = "https://ssm.$region.amazonaws.com/"
aws-sigv4 = "aws:amz:$region:ssm"
user = "$(json AccessKeyId <<<"$credentials"):$(json SecretAccessKey <<<"$credentials")"
header = "X-Amz-Security-Token: $(json Token <<<"$credentials")"
header = "X-Amz-Target: AmazonSSM.GetParameter"
header = "Content-Type: application/x-amz-json-1.1"
data = "{\\"Name\\":\\"$parameter\\",\\"WithDecryption\\":true}"
CURL
}
if [ ! -e "$taken" ]; then
  password=
  for _ in $(seq 60); do
    password=$(read_password) && [ -n "$password" ] && break
    password=
    sleep 5
  done
  if [ -z "$password" ]; then
    echo "the parameter $parameter cannot be read: check the endpoints and the host's role, and restart this host" >&2
    exit 1
  fi
  GITLAB_ROOT_PASSWORD="$password" gitlab-ctl reconfigure
  unset password
  touch "$taken"
fi
`;

/** Chef keeps the last run's attributes on disk; on the first start this second run leaves them without the password. */
const reconfigure = `# On the first start too: Chef keeps the last run's attributes on disk, and these then hold no password.
gitlab-ctl reconfigure
gitlab-ctl start
`;
